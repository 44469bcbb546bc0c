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
    "The pictures look turned{}: so turned, the classes resemble MNIST's digits; "
    "images.reshape(-1, 28, 28){} sets them upright."
)
_STRANGE = (
    "The pictures of each label do not resemble MNIST's digit: this is another set, they are drawn "
    "elsewhere in the frame, or labels and pictures do not belong together."
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
_TRANSPOSED = ".transpose(0, 2, 1)"
_UNDO = {  # what sets pictures upright that lie so; "" for those that stand
    "": lambda x: x,
    _TRANSPOSED: lambda x: x.transpose(0, 2, 1),
    "[:, :, ::-1]": lambda x: x[:, :, ::-1],
    "[:, ::-1]": lambda x: x[:, ::-1],
    "[:, ::-1, ::-1]": lambda x: x[:, ::-1, ::-1],
    f"{_TRANSPOSED}[:, ::-1]": lambda x: x.transpose(0, 2, 1)[:, ::-1],
    f"{_TRANSPOSED}[:, :, ::-1]": lambda x: x.transpose(0, 2, 1)[:, :, ::-1],
    f"{_TRANSPOSED}[:, ::-1, ::-1]": lambda x: x.transpose(0, 2, 1)[:, ::-1, ::-1],
}
# Correlations of the classes' means: of MNIST's own 0.99, of turned ones at most 0.49, of wrong
# labels or another set about 0.
_ALIKE, _APART, _UNLIKE = 0.6, 0.2, 0.4
_ENOUGH = 20  # pictures of each class, to call them unlike
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
    alike = _likeness(data, labels)
    undo = _undo(alike)
    if word in _EMNIST:
        how = "" if undo == "" else f" {_STORED_TURNED}"
        notes.append(f"This is EMNIST.{_letters(labels)}{how}")
    elif labels.max() >= CLASSES:
        emnist = "" if word else f"{_letters(labels)} If this is EMNIST: {_STORED_TURNED}"
        notes.append(
            f"The labels run from {labels.min()} to {labels.max()}, so these are not MNIST's ten "
            f"digits.{emnist}"
        )
    elif undo and not notes:
        how = " and mirrored (rows and columns exchanged), as EMNIST's files have them"
        notes.append(_LOOK_TURNED.format(how if undo == _TRANSPOSED else "", undo))
    elif alike and not notes and not word and _are_unlike(data, alike):
        notes.append(_STRANGE)
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
    seen = {hash(image.tobytes()) for image in data.train.images}  # 60,000 images are 188 MB
    count = sum(hash(image.tobytes()) in seen for image in data.test.images)
    if count <= max(_FEW, _SHARED * len(data.test.images)):
        return ""
    return (
        f"{count:,} of the {len(data.test.images):,} test images stand in the training set, too: "
        "errors on them say nothing of new images. Is it the same file twice?"
    )


def _letters(labels: np.ndarray) -> str:
    known = _LETTERS.get((labels.min(), labels.max()))
    return f" {known}" if known else ""


def _likeness(data: Mnist, labels: np.ndarray) -> dict[str, float]:
    """Return how much the classes look like MNIST's, set upright in each way; {}: not known."""
    if labels.max() >= CLASSES:
        return {}
    found = _class_means(*data.train)
    seen = found.std(axis=1) > 0  # classes that come, and have something drawn
    if not seen.any():
        return {}
    # What all classes share tells nothing.
    known, found = (each[seen] - each[seen].mean(axis=0) for each in (_digits(), found))
    if not found.std(axis=1).all():  # there is one class, or one picture for all
        return {}
    found = found.reshape(-1, SIDE, SIDE)
    likeness = {}
    for undo, upright in _UNDO.items():
        pairs = zip(upright(found), known, strict=True)
        likeness[undo] = float(np.mean([np.corrcoef(a.ravel(), b)[0, 1] for a, b in pairs]))
    return likeness


def _undo(likeness: dict[str, float]) -> str | None:
    """Return what sets the pictures upright; None where it cannot be told."""
    if not likeness:
        return None
    best, second, *_ = sorted(likeness, key=likeness.get, reverse=True)
    apart = likeness[best] - likeness[second]
    return best if likeness[best] >= _ALIKE and apart >= _APART else None


def _are_unlike(data: Mnist, likeness: dict[str, float]) -> bool:
    """Tell that no class looks like MNIST's, turned or inverted, and there are enough to say so."""
    counts = np.bincount(data.train.labels, minlength=CLASSES)
    return counts.min() >= _ENOUGH and max(map(abs, likeness.values())) < _UNLIKE


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
    mean = images.mean()
    squares = [np.square(part).mean() for part in np.split(images, 60)]
    deviation = np.sqrt(np.mean(squares) - mean**2)
    return [
        note
        for known_mean, known_deviation, note in _KNOWN
        if abs(mean - known_mean) < 5e-4 and abs(deviation - known_deviation) < 5e-4
    ]
