"""What should be said of a set that is not quite MNIST."""

import numpy as np

from aelib.mnist.naming import other_set
from aelib.mnist.sets import CLASSES, SIDE, Mnist

_TURNED = (
    "Its pictures are stored turned and mirrored (rows and columns exchanged), here as in its "
    "files; images.reshape(-1, 28, 28).transpose(0, 2, 1) sets them upright."
)
_FASHION = (
    "This is Fashion-MNIST, not digits: the labels 0-9 stand for T-shirt, trouser, pullover, "
    "dress, coat, sandal, shirt, sneaker, bag, ankle boot."
)
_KMNIST = (
    "This is KMNIST, not digits: the labels 0-9 stand for the hiragana o, ki, su, tsu, na, ha, ma, "
    "ya, re, wo."
)
# Means and deviations of all training pixels in [0, 1], and what these sets are.
_FULL_SIZE = 60_000
_KNOWN = ((0.2860, 0.3530, _FASHION), (0.1918, 0.3483, _KMNIST))
_EDGE = np.ones((SIDE, SIDE), bool)
_EDGE[1:-1, 1:-1] = False


def notes_on(data: Mnist, path: str) -> list[str]:
    """Tell what a set is, as far as its files' names, its labels and its pixels let know."""
    word = other_set(path) or ""
    labels = np.unique(np.concatenate([data.train.labels, data.test.labels]))
    labels = labels[labels >= 0]
    notes = []
    if "fashion" in word:
        notes.append(_FASHION)
    elif word in {"kmnist", "kuzushiji"}:
        notes.append(_KMNIST)
    elif len(data.train.labels) == _FULL_SIZE:
        notes += _by_its_pixels(data)
    if word in {"emnist", "letters", "byclass", "bymerge", "balanced"}:
        notes.append(f"This is EMNIST.{_letters(labels)} {_TURNED}")
    elif len(labels) and labels.max() >= CLASSES:
        notes.append(
            f"The labels run from {labels.min()} to {labels.max()}, so these are not MNIST's ten "
            f"digits.{_letters(labels)} If this is EMNIST: {_TURNED}"
        )
    edge = data.train.images[:, _EDGE.ravel()].mean()
    if edge > 0.9:
        notes.append(
            "The pictures look inverted, dark on a light ground; MNIST is light on dark, and "
            "1 - images turns them."
        )
    return notes


def _letters(labels: np.ndarray) -> str:
    if len(labels) and labels.min() == 1 and labels.max() == 26:
        return " The labels 1-26 stand for the letters A-Z, as in EMNIST Letters."
    return ""


def _by_its_pixels(data: Mnist) -> list[str]:
    images = data.train.images
    mean = images.mean(dtype=np.float64)
    squares = [np.square(part, dtype=np.float64).mean() for part in np.split(images, 60)]
    deviation = np.sqrt(np.mean(squares) - mean**2)
    return [
        note
        for known_mean, known_deviation, note in _KNOWN
        if abs(mean - known_mean) < 5e-4 and abs(deviation - known_deviation) < 5e-4
    ]
