"""Gaussian noise for images in [0, 1]."""

import math

import torch


def add_noise(
    images: torch.Tensor, factor: float, *, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Add Gaussian noise to images and clip the result to [0, 1].

    ``clip(images + factor * N(0, 1), 0, 1)``, drawn independently for every pixel: the corruption
    of exercise 4 (textbook chapter 18).

    Parameters
    ----------
    images
        Floating-point images of any shape, values in [0, 1].
    factor
        Noise factor, 0 or more: the standard deviation of the noise before clipping.
    generator
        Source of the noise, on the images' device; torch's global generator without it.

    Returns
    -------
    torch.Tensor
        A new tensor with the shape, dtype and device of ``images``.

    Raises
    ------
    TypeError
        ``images`` is not a floating-point tensor.
    ValueError
        ``factor`` is negative or not finite.
    """
    if not isinstance(images, torch.Tensor) or not images.is_floating_point():
        found = images.dtype if isinstance(images, torch.Tensor) else type(images).__name__
        raise TypeError(
            f"add_noise expects a floating-point tensor of images in [0, 1]; found {found}. "
            "Convert with torch.from_numpy(images).float()."
        )
    if not math.isfinite(factor) or factor < 0:
        raise ValueError(
            f"add_noise expects a finite noise factor of 0 or more; found {factor}. "
            "A factor of 0 leaves the images as they are."
        )
    noise = torch.randn(images.shape, generator=generator, dtype=images.dtype, device=images.device)
    return torch.addcmul(images, noise, noise.new_tensor(factor)).clamp_(0, 1)
