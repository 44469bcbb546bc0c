"""The form in which pictures and labels leave the loader, and the one in which files give them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

SIDE = 28
PIXELS = SIDE * SIDE
CLASSES = 10
MOST_CLASSES = 62  # EMNIST ByClass: digits, capitals, small letters


class Split(NamedTuple):
    """Images, float32 ``(n, 784)`` in [0, 1], and their labels, int64 ``(n,)``."""

    images: np.ndarray
    labels: np.ndarray


class Mnist(NamedTuple):
    """The training and the test split."""

    train: Split
    test: Split


class Where(NamedTuple):
    """Where a value stands, for a message: the file, the place in it, the value as written."""

    file: str
    place: str
    value: str


@dataclass
class Raw:
    """A split as its files have it.

    Attributes
    ----------
    pixels
        ``(n, 784)``, uint8 where every value is a whole number 0-255, else float32.
    labels
        ``(n,)``, any numbers; None where the file has none.
    file
        The file of the pixels.
    pixel_at, label_at
        Tell where a value stands: ``pixel_at(image, pixel)`` and ``label_at(image)``. None where
        no pixel can be wrong: every byte of an IDX file is one.
    notes
        What the reader should be told.
    """

    pixels: np.ndarray
    labels: np.ndarray | None
    file: str
    pixel_at: Callable[[int, int], Where] | None
    label_at: Callable[[int], Where]
    notes: list[str]
