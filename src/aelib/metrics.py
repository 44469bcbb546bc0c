"""Reconstruction error: MSE and PSNR."""

import math

import numpy as np
import torch

Images = torch.Tensor | np.ndarray
PART = 1000 * 784  # numbers compared at once: copies of all training images would take a gigabyte


def _pair(images: Images, references: Images) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both as float64 tensors of one shape, or say how the shapes differ."""
    a, b = torch.as_tensor(images), torch.as_tensor(references)
    if a.shape != b.shape:
        raise ValueError(
            f"Two sets of images of one shape are compared; found {tuple(a.shape)} and "
            f"{tuple(b.shape)}. Flatten both to (n, 784)."
        )
    if not a.numel():
        raise ValueError("At least one image is needed to measure an error; found none.")
    return a.detach().flatten().cpu(), b.detach().flatten().cpu()


def mse(images: Images, references: Images) -> float:
    """Mean squared error over all pixels of all images.

    Parameters
    ----------
    images, references
        Arrays or tensors of one shape, values in [0, 1].

    Returns
    -------
    float
        0 for equal images; at most 1. In units of squared intensity.

    Raises
    ------
    ValueError
        The shapes differ, or there is no image.
    """
    a, b = _pair(images, references)
    return sum(map(_squares, a.split(PART), b.split(PART))) / a.numel()


def _squares(part: torch.Tensor, other: torch.Tensor) -> float:
    """Return the sum of squared differences, in double precision."""
    return float((part.double() - other.double()).square_().sum())


def psnr(images: Images, references: Images) -> float:
    """Peak signal-to-noise ratio of all images together, in decibels.

    ``10 * log10(1 / MSE)``: the peak of images in [0, 1] is 1. Infinite for equal images. The mean
    is taken over the squared errors, before the logarithm, so that ``psnr`` follows from ``mse``.

    Raises
    ------
    ValueError
        The shapes differ, or there is no image.
    """
    error = mse(images, references)
    return math.inf if error == 0 else -10 * math.log10(error)
