"""Small data to train on, and what is said of rows and pixels that were seen in a training."""

import torch

from aelib.checks.data import training_digits
from aelib.mnist import Split

IMAGES = 512  # two batches of 256
EPOCHS = 3
NOISE = 0.08  # so weak that gray pixels are not clipped, and no number that others have written
GRAY = slice(0, 392)  # in the probe for noise: pixels in 0.4-0.6; the others are black or white
SAME = 1e-3  # root mean square difference of pixels below which images count as equal


def digit_probe() -> Split:
    """Return the first training digits as tensors, ``(512, 784)`` and ``(512,)``: all ten kinds."""
    return training_digits(IMAGES)


def noise_probe() -> Split:
    """Return images whose first half is gray, where noise shows in full, the rest black or white.

    Any two of them differ by far more than the noise of ``NOISE``, so that a noisy copy is
    always nearest to its own original.
    """
    images = torch.rand(IMAGES, 784)
    images[:, GRAY] = 0.4 + 0.2 * images[:, GRAY]
    images[:, GRAY.stop :] = images[:, GRAY.stop :].round()
    return Split(images, torch.zeros(IMAGES, dtype=torch.int64))


def nearest(rows: torch.Tensor, originals: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Find for each row the nearest original.

    Returns
    -------
    places, distances
        Index of the original, int64 ``(n,)``, and the root mean square difference of the
        pixels, ``(n,)``.
    """
    distances, places = torch.cdist(rows, originals).min(1)
    return places, distances / rows.shape[1] ** 0.5
