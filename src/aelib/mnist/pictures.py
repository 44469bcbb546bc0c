"""Pixels and labels as they stand in files, brought to the form of a ``Split``.

Pixels run from 0 to 255, or from 0 to 1 where they were scaled or binarised beforehand. Which of
them is told from the values: any fraction means a scaled file, a brightest pixel of exactly 1 a
binarised one.
"""

from dataclasses import replace

import numpy as np

from aelib.mnist.arrays import as_pixels
from aelib.mnist.columns import JOIN_THEM
from aelib.mnist.errors import MnistError
from aelib.mnist.naming import other_set
from aelib.mnist.sets import CLASSES, MOST_CLASSES, PIXELS, Mnist, Raw, Split

_AS_WRITTEN = 0.02  # how far 255 times a fraction with four decimals lies from a whole number
_AT_ONCE = 4096  # images looked at together: 13 MB
_FEW = 0.01  # bad values up to this share are damage; more of them are another range


def make_mnist(train: Raw, test: Raw) -> tuple[Mnist, list[str]]:
    """Check two splits and bring them to their final form; return also what should be said."""
    if test.labels is not None and (test.labels == -1).all():
        test = replace(test, labels=None)  # as they are set below
    raws = (train, test)
    if train.labels is None:
        raise MnistError(
            train.file,
            "its columns",
            f"a label and {PIXELS} pixels",
            "pictures and no labels",
            "take the file that has the labels; labels in a file of their own are put before the "
            f"pixels: {JOIN_THEM}",
        )
    _check_labels(raws)
    notes, images, ranges = [], [], []
    for raw in raws:
        values, kind, said = _scale(raw)
        images.append(values)
        ranges.append(kind)
        notes += said
    if set(ranges) == {"bytes", "binary"}:
        binary = raws[ranges.index("binary")]
        raise MnistError(
            binary.file,
            "the range of all its pixels",
            "0-255, as in " + raws[ranges.index("bytes")].file,
            "only 0 and 1",
            "write both files in the same range",
        )
    splits = []
    for raw, values in zip(raws, images, strict=True):
        labels = raw.labels
        if labels is None:
            labels = np.full(len(values), -1)
            notes.append(
                f"{raw.file} has pictures and no labels (Kaggle keeps them back): its labels are "
                "set to -1. The pictures can be used; accuracies on them cannot."
            )
        splits.append(Split(values, labels.astype(np.int64)))
    return Mnist(*splits), [*train.notes, *test.notes, *notes]


def as_unit(pixels: np.ndarray) -> np.ndarray:
    """Scale uint8 pixels to float32 in [0, 1]: the one place where it is done."""
    images = pixels.astype(np.float32)
    images /= np.float32(255)
    return images


def _check_labels(raws: tuple[Raw, Raw]) -> None:
    """Refuse labels that are no classes; more than ten classes must show in both files together."""
    labelled = [raw for raw in raws if raw.labels is not None]
    beyond = set()
    for raw in labelled:
        whole = raw.labels[(raw.labels >= CLASSES) & (raw.labels < MOST_CLASSES)]
        beyond |= set(np.unique(whole).tolist())
    many = len(beyond) > 1 or any(other_set(raw.file) for raw in raws)
    most = MOST_CLASSES if many else CLASSES
    for raw in labelled:
        labels = raw.labels
        bad = np.flatnonzero(~((labels >= 0) & (labels < most) & (labels == np.floor(labels))))
        if len(bad):
            where = raw.label_at(int(bad[0]))
            raise MnistError(
                where.file,
                where.place,
                f"a whole number 0-{most - 1}",
                where.value,
                "mend or delete that label, or replace the file by a complete copy; EMNIST's "
                "letters, 1-26, are read when their own file names or more of them tell",
            )


def _scale(raw: Raw) -> tuple[np.ndarray, str | None, list[str]]:
    """Return the images, their range ("bytes" or "binary"; None: it goes with both), and notes."""
    pixels = as_pixels(raw.pixels)
    if pixels.dtype == np.uint8:
        brightest = int(pixels.max())
        if brightest == 0:
            return as_unit(pixels), None, []
        if brightest == 1:
            note = f"{raw.file}: every pixel is 0 or 1, so its pictures are taken as binarised."
            return pixels.astype(np.float32), "binary", [note]
        note = (
            f"{raw.file}: no pixel is brighter than {brightest} of 255, so the pictures are dark. "
            "If they run from 0 to another value, scale them to 0-255 before you save them."
        )
        return as_unit(pixels), "bytes", [note] * (brightest < 128)
    low, high = float(pixels.min()), float(pixels.max())
    inside = (pixels > 0) & (pixels < 1)
    if np.count_nonzero(inside) <= np.count_nonzero(pixels > 1):
        _refuse(
            raw,
            low,
            high,
            (pixels >= 0) & (pixels <= 255) & (pixels == np.floor(pixels)),
            "a whole number 0-255",
            most=255,
        )
    _refuse(raw, low, high, (pixels >= 0) & (pixels <= 1), "a number 0-1, as its others", most=1)
    parts = [pixels[start : start + _AT_ONCE] for start in range(0, len(pixels), _AT_ONCE)]
    if all(np.abs(part * 255 - np.rint(part * 255)).max() <= _AS_WRITTEN for part in parts):
        levels = np.concatenate([np.rint(part * 255).astype(np.uint8) for part in parts])
        pixels = as_unit(levels)  # the same bits as from 0-255
    note = f"{raw.file}: its pixels, {low:.4g} to {high:.4g}, were scaled beforehand and are kept."
    return pixels, None, [note]


def _refuse(raw: Raw, low: float, high: float, good: np.ndarray, expected: str, most: int) -> None:
    """Refuse pixels that are not good: the range where there are many, else the first of them."""
    pixels = raw.pixels
    bad = ~good
    if not bad.any():
        return
    outside = np.count_nonzero((pixels < 0) | (pixels > most))
    if outside > _FEW * pixels.size:
        if low >= 0:
            remedy = f"divide by the highest value there can be ({high:g}?) and save 0-1 or 0-255"
        elif low >= -1 and high <= 1:
            remedy = "undo the scaling to -1..1 before you save them: x = (x + 1) / 2"
        else:
            remedy = (
                "undo the standardisation before you save them: x = x * std + mean, for MNIST "
                "usually x * 0.3081 + 0.1307"
            )
        raise MnistError(
            raw.file,
            "the range of all its pixels",
            "0-255, or 0-1 scaled beforehand",
            f"{low:.6g} to {high:.6g}",
            remedy,
        )
    row, pixel = np.argwhere(bad)[0]
    where = raw.pixel_at(int(row), int(pixel))
    raise MnistError(
        where.file,
        where.place,
        expected,
        where.value,
        "mend or delete that picture; pixels are 0-255 in whole numbers and not scaled beforehand, "
        "or 0-1 all together",
    )
