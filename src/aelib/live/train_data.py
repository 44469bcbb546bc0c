"""The images that the page trains on: those of a set, in sixteen grey levels and in parts.

Sixteen levels add 5e-5 to the mean squared error of MNIST, and halve what a reader has to load.
"""

import functools
import gzip
import hashlib

import numpy as np
import torch
from torch import Tensor

from aelib.live.images import check_images
from aelib.live.labels import check_labels
from aelib.live.recipe import COUNTS
from aelib.mnist import Mnist, Split, load_mnist

PART = 10_000
TESTED = 1_000
SHOWN = 10
"""Images of a part; how many of the test images are measured, and how many are shown."""

LEVELS = 15
LARGEST_CODE = 128
UNLABELLED = -1
"""What ``load_mnist`` writes where a set has no labels; 255 on the way to the page."""

_measured: dict[bytes, list[float]] = {}


class TrainingSet:
    """A set as the page has it.

    Parameters
    ----------
    data : Mnist
        As ``load_mnist`` returns it. The first 60,000 images are trained on.

    Attributes
    ----------
    train, test : numpy.ndarray
        ``(n, 784)`` in [0, 1]: at most 60,000 images, and at most 1,000.
    labels : list of int
        Of all test images, 0 to 46; empty where the set has none.
    examples : list of int
        The test images on the screen: of each class the first, of sets with one class or none any;
        at most ten, evenly from all.
    parts : list of str
        What the page may ask for: "test", and as many of "train-0" to "train-5" as there are.

    Raises
    ------
    TypeError
        ``data`` is something else.
    ValueError
        For images of another shape or outside [0, 1], none at all, or labels that are no classes.
    """

    def __init__(self, data: Mnist):
        if not isinstance(data, Mnist) or not all(isinstance(split, Split) for split in data):
            raise TypeError(
                f"data is a {type(data).__name__}; expected what aelib.load_mnist(folder) returns, "
                "an aelib.Mnist of two aelib.Split."
            )
        self.train = check_images(data.train.images, "training images")[: COUNTS[-1]]
        test, labels = check_images(data.test.images, "test images"), data.test.labels
        none = np.array_equal(labels, np.full(len(test), UNLABELLED))
        self.labels = [] if none else check_labels(labels, len(test))
        self.test = test[:TESTED]
        self.examples = examples(self.labels[:TESTED], len(self.test))
        self.parts = ["test", *(f"train-{k}" for k in range(-(-len(self.train) // PART)))]

    def packed(self, part: str) -> bytes:
        """Write one part of the images for the browser.

        Parameters
        ----------
        part : str
            One of ``parts``.

        Returns
        -------
        bytes
            gzip of two pixels a byte, the first of them in the lower four bits; behind the pixels
            of ``"test"`` stand the labels, one a byte, 255 where there are none.

        Raises
        ------
        ValueError
            There is no such part.
        """
        if part not in self.parts:
            known = ", ".join(self.parts)
            raise ValueError(f"There is no part {part!r}; expected one of {known}.")
        if part == "test":
            images, tail = self.test, bytes(self.labels[:TESTED]) or b"\xff" * len(self.test)
        else:
            first = PART * (self.parts.index(part) - 1)
            images, tail = self.train[first : first + PART], b""
        level = levels(images)
        return gzip.compress((level[:, ::2] | level[:, 1::2] << 4).tobytes() + tail, mtime=0)

    def images(self, count: int) -> Tensor:
        """Give the first training images as the page has them: float32 ``(count, 784)``."""
        grey = levels(self.train[:count]) * np.uint8(255 // LEVELS)
        return torch.from_numpy(grey).float() / 255

    @functools.cached_property
    def baselines(self) -> list[float]:
        """What a linear method reaches on the page's test images.

        Mean squared error of PCA with 0 to 128 components, fitted to all training images; the
        first is that of the mean image. Measured once for the same images.
        """
        seen = hashlib.sha256(np.ascontiguousarray(self.train))
        seen.update(np.ascontiguousarray(self.test))
        key = seen.digest()
        if key not in _measured:
            _measured[key] = linear_errors(self.train, self.test)
        return _measured[key]


@functools.cache
def embedded() -> TrainingSet:
    """Give the set in the package, MNIST."""
    return TrainingSet(load_mnist())


def set_of(data: Mnist | None) -> TrainingSet:
    """Give a set as the page has it; without one, MNIST."""
    return embedded() if data is None else TrainingSet(data)


def examples(labels: list[int], count: int) -> list[int]:
    """Choose which of ``count`` images are shown, as ``TrainingSet.examples`` says."""
    firsts = np.unique(labels, return_index=True)[1]
    chosen = firsts if len(firsts) > 1 else np.arange(count)
    shown = min(SHOWN, len(chosen))
    return chosen[len(chosen) * np.arange(shown) // shown].tolist()


def levels(images: np.ndarray) -> np.ndarray:
    """Round pixels in [0, 1] to sixteen levels: uint8 from 0 to 15, of the same shape."""
    return np.rint(images * LEVELS).astype(np.uint8)


def linear_errors(train: np.ndarray, test: np.ndarray) -> list[float]:
    """Measure the mean squared error of PCA with 0 to 128 components, fitted to ``train``."""
    mean = train.mean(0, dtype=np.float64)
    scatter = np.zeros((len(mean), len(mean)))
    for first in range(0, len(train), PART):  # a part at a time: memory
        part = train[first : first + PART] - mean.astype(np.float32)
        scatter += part.T @ part
    _, directions = np.linalg.eigh(scatter)  # by rising variance
    rest = test - mean
    explained = ((rest @ directions[:, ::-1][:, :LARGEST_CODE]) ** 2).sum(0)
    explained[len(train) - 1 :] = 0  # n images vary in n - 1 directions
    total = (rest**2).sum()
    left = np.concatenate([[total], total - np.cumsum(explained)])
    return [float(f"{value:.4g}") for value in left / rest.size]
