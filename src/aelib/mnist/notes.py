"""What should be said of a set that is not quite MNIST."""

import functools

import numpy as np

from aelib.mnist.embedded import embedded_split
from aelib.mnist.naming import other_set
from aelib.mnist.sets import CLASSES, PIXELS, SIDE, Mnist

_UPRIGHT = "images.reshape(-1, 28, 28).transpose(0, 2, 1) sets them upright."
_STORED_TURNED = (
    "Its pictures are stored turned and mirrored (rows and columns exchanged), here as in its "
    f"files; {_UPRIGHT}"
)
_LOOK_TURNED = (
    "The pictures look turned and mirrored (rows and columns exchanged), as EMNIST's files have "
    f"them: so turned, the classes resemble MNIST's digits; {_UPRIGHT}"
)
_LETTERS = {
    (1, 26): "The labels 1-26 stand for the letters A-Z, as in EMNIST Letters.",
    (0, 46): "The labels 0-46 stand for 0-9, A-Z and a, b, d, e, f, g, h, n, q, r, t, as in "
    "EMNIST Balanced.",
    (0, 61): "The labels 0-61 stand for 0-9, A-Z and a-z, as in EMNIST ByClass.",
}
_FASHION = (
    "This is Fashion-MNIST, not digits: the labels 0-9 stand for T-shirt, trouser, pullover, "
    "dress, coat, sandal, shirt, sneaker, bag, ankle boot."
)
_KMNIST = (
    "This is KMNIST, not digits: the labels 0-9 stand for the hiragana o, ki, su, tsu, na, ha, ma, "
    "ya, re, wo."
)
_EMNIST = {"emnist", "letters", "byclass", "bymerge", "balanced"}
# Means and deviations of all training pixels in [0, 1], and what these sets are.
_FULL_SIZE = 60_000
_KNOWN = ((0.2860, 0.3530, _FASHION), (0.1918, 0.3483, _KMNIST))
_ALIKE, _APART = 0.7, 0.2  # correlations: MNIST's own classes reach 0.98, turned ones 0.56
_SHARED, _FEW = 0.05, 20  # of the test images, and so many; Fashion-MNIST itself repeats some
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
    turned = _look_turned(data, labels)
    if word in _EMNIST:
        how = "" if turned is False else f" {_STORED_TURNED}"
        notes.append(f"This is EMNIST.{_letters(labels)}{how}")
    elif len(labels) and labels.max() >= CLASSES:
        notes.append(
            f"The labels run from {labels.min()} to {labels.max()}, so these are not MNIST's ten "
            f"digits.{_letters(labels)} If this is EMNIST: {_STORED_TURNED}"
        )
    elif turned and not notes:
        notes.append(_LOOK_TURNED)
    if shared := _in_both(data):
        notes.append(shared)
    edge = data.train.images[:, _EDGE.ravel()].mean()
    if edge > 0.9:
        notes.append(
            "The pictures look inverted, dark on a light ground; MNIST is light on dark, and "
            "1 - images turns them."
        )
    return notes


def _in_both(data: Mnist) -> str:
    """Say how many test images were trained on; nothing where they are few."""
    seen = {image.tobytes() for image in data.train.images}
    count = sum(image.tobytes() in seen for image in data.test.images)
    if count <= max(_FEW, _SHARED * len(data.test.images)):
        return ""
    return (
        f"{count:,} of the {len(data.test.images):,} test images stand in the training set, too: "
        "errors on them say nothing of new images. Is it the same file twice?"
    )


def _letters(labels: np.ndarray) -> str:
    known = _LETTERS.get((labels.min(), labels.max())) if len(labels) else None
    return f" {known}" if known else ""


def _look_turned(data: Mnist, labels: np.ndarray) -> bool | None:
    """Tell whether digits lie on their side; None where it cannot be told."""
    if not len(labels) or labels.max() >= CLASSES:
        return None
    upright = _digits()
    turned = upright.reshape(-1, SIDE, SIDE).transpose(0, 2, 1).reshape(-1, PIXELS)
    found = _class_means(*data.train)
    seen = found.std(axis=1) > 0  # classes that come, and have something drawn
    if not seen.any():
        return None
    as_mnist, on_side = (
        np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(found[seen], known[seen], strict=True)])
        for known in (upright, turned)
    )
    if max(as_mnist, on_side) < _ALIKE or abs(on_side - as_mnist) < _APART:
        return None
    return bool(on_side > as_mnist)


@functools.cache
def _digits() -> np.ndarray:
    """Return what MNIST's test digits look like in the mean: ``(10, 784)``."""
    return _class_means(*embedded_split("t10k"))


def _class_means(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean picture of each class, ``(10, 784)``; nothing drawn where there is none."""
    return np.stack(
        [
            images[labels == digit].mean(axis=0) if (labels == digit).any() else np.zeros(PIXELS)
            for digit in range(CLASSES)
        ]
    )


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
