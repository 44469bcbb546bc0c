"""MNIST for the checks: read once, kept small, handed out as copies."""

import functools

import torch

from aelib.mnist import Split, load_mnist

_AT_ONCE = 4096  # images packed together: their copies stay in the processor's cache


@functools.cache
def _bytes() -> tuple[Split, Split]:
    """Both splits with their pixels as bytes 0-255: a quarter of the memory of floats."""

    def pack(part: Split) -> Split:
        some = torch.from_numpy(part.images).split(_AT_ONCE)
        pixels = torch.cat([images.mul(255).round_().byte() for images in some])
        return Split(pixels, torch.from_numpy(part.labels))

    data = load_mnist()
    return pack(data.train), pack(data.test)


def training_digits(count: int) -> Split:
    """Return new tensors of the first digits of the training split; the caller may change them.

    Parameters
    ----------
    count
        How many.

    Returns
    -------
    Split
        Images float32 ``(count, 784)`` in [0, 1], equal to those of :func:`aelib.load_mnist` bit
        for bit, and labels int64 ``(count,)``.
    """
    return _unpacked(_bytes()[0], count)


def test_digits() -> Split:
    """Return new tensors of the whole test split, as :func:`training_digits` does."""
    return _unpacked(_bytes()[1], None)


def _unpacked(part: Split, count: int | None) -> Split:
    return Split(part.images[:count].float().div_(255), part.labels[:count].clone())
