"""The images that the page trains on: MNIST in sixteen grey levels, in parts of ten thousand.

Sixteen levels add 5e-5 to the mean squared error, and halve what a reader has to load.
"""

import functools
import gzip

import numpy as np
import torch
from torch import Tensor

from aelib.mnist import load_mnist

PART = 10_000
TESTED = 1_000
"""Images of a part, and how many of the test images are measured and shown."""

PARTS = (*(f"train-{part}" for part in range(6)), "test")
LEVELS = 15
LARGEST_CODE = 128


def packed(part: str) -> bytes:
    """Write one part of the images for the browser.

    Parameters
    ----------
    part : str
        One of ``PARTS``.

    Returns
    -------
    bytes
        gzip of two pixels a byte, the first of them in the lower four bits; behind the pixels of
        ``"test"`` stand the labels, one a byte.

    Raises
    ------
    ValueError
        There is no such part.
    """
    if part not in PARTS:
        raise ValueError(f"There is no part {part!r}; expected one of {', '.join(PARTS)}.")
    data = load_mnist()
    if part == "test":
        images, tail = data.test.images[:TESTED], data.test.labels[:TESTED].astype(np.uint8)
    else:
        first = PART * PARTS.index(part)
        images, tail = data.train.images[first : first + PART], np.empty(0, np.uint8)
    level = levels(images)
    return gzip.compress((level[:, ::2] | level[:, 1::2] << 4).tobytes() + tail.tobytes(), mtime=0)


def levels(images: np.ndarray) -> np.ndarray:
    """Round pixels in [0, 1] to sixteen levels: uint8 from 0 to 15, of the same shape."""
    return np.rint(images * LEVELS).astype(np.uint8)


def page_images(count: int) -> Tensor:
    """Give the first training images as the page has them: float32 ``(count, 784)`` in [0, 1]."""
    grey = levels(load_mnist().train.images[:count]) * np.uint8(255 // LEVELS)
    return torch.from_numpy(grey).float() / 255


@functools.cache
def baselines() -> list[float]:
    """Measure what a linear method reaches on the page's test images.

    Returns
    -------
    list of float
        Mean squared error of PCA with 0 to 128 components, fitted to all training images; the
        first is that of the mean image.
    """
    data = load_mnist()
    mean = data.train.images.mean(0, dtype=np.float64)
    scatter = np.zeros((len(mean), len(mean)))
    for first in range(0, len(data.train.images), PART):  # a part at a time: memory
        part = data.train.images[first : first + PART] - mean.astype(np.float32)
        scatter += part.T @ part
    _, directions = np.linalg.eigh(scatter)  # by rising variance
    rest = data.test.images[:TESTED] - mean
    explained = ((rest @ directions[:, ::-1][:, :LARGEST_CODE]) ** 2).sum(0)
    total = (rest**2).sum()
    left = np.concatenate([[total], total - np.cumsum(explained)])
    return [float(f"{value:.4g}") for value in left / rest.size]
