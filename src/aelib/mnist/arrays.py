"""NumPy's files: ``.npz`` with all four arrays as Keras has it, or arrays in files of their own."""

import io
import math
from contextlib import suppress

import numpy as np

from aelib.mnist.contents import UNREADABLE, Source, members, unpacked
from aelib.mnist.errors import MnistError, replace_it
from aelib.mnist.naming import read_name
from aelib.mnist.sets import PIXELS, SIDE, Raw, Where

_AS_NUMBERS = "save it as numbers, for example array.astype(np.uint8)"
_SHAPES = ((PIXELS,), (SIDE, SIDE), (SIDE, SIDE, 1), (1, SIDE, SIDE))


def array_names(source: Source) -> list[str]:
    """Return the names of a ``.npz`` file's arrays."""
    return [member.names[-1].removesuffix(".npy") for member in members(source, "zip")]


def load_arrays(source: Source, split: str) -> Raw:
    """Read a split from a file that holds several arrays."""
    found = {}
    for name in array_names(source):
        says = read_name(name)
        if says.split == split and says.part:
            found.setdefault(says.part, []).append(name)
    wanted = "x_train, y_train, x_test and y_test"
    if sorted(map(len, found.values())) != [1, 1]:
        raise MnistError(
            source.path,
            "the names of its arrays",
            wanted,
            ", ".join(array_names(source)) or "no array",
            f"save it with np.savez(..., under the names {wanted})",
        )
    (images,), (labels,) = found["images"], found["labels"]
    return _raw(source, images, _array(source, images), source, labels, _array(source, labels))


def load_array_files(images: Source, labels: Source) -> Raw:
    """Read a split from two files with one array each."""
    return _raw(images, "", _array(images, None), labels, "", _array(labels, None))


def _array(source: Source, name: str | None) -> np.ndarray:
    """Return an array of numbers: the named one, or the only one."""
    try:
        loaded = np.load(io.BytesIO(unpacked(source)), allow_pickle=False)
        if not isinstance(loaded, np.ndarray):
            with loaded:
                loaded = loaded[name or array_names(source)[0]]
    except (ValueError, KeyError, OSError, MemoryError, *UNREADABLE) as error:
        raise MnistError(
            source.path,
            f"its array {name}" if name else "its array",
            "one complete array of numbers",
            "objects of Python" if "allow_pickle" in str(error) else f"{error}",
            _AS_NUMBERS if "allow_pickle" in str(error) else replace_it(source.name),
        ) from error
    if loaded.dtype.kind in "US":  # "5", as OpenML gives labels
        with suppress(ValueError):
            loaded = loaded.astype(np.float64)
    if loaded.dtype.kind not in "buif":
        raise MnistError(
            source.path,
            f"its array {name}" if name else "its array",
            "numbers",
            f"values of type {loaded.dtype}",
            _AS_NUMBERS,
        )
    return loaded


def _raw(
    image_file: Source,
    image_name: str,
    images: np.ndarray,
    label_file: Source,
    label_name: str,
    labels: np.ndarray,
) -> Raw:
    if images.shape[1:] not in _SHAPES or not len(images):
        raise MnistError(
            image_file.path,
            f"the shape of its array {image_name}".rstrip(),
            f"(n, {SIDE}, {SIDE}) or (n, {PIXELS}), n at least 1",
            str(images.shape),
            _shape_remedy(images, labels),
        )
    labels = _classes(label_file, label_name, labels, len(images))
    where = f"{image_name} ".lstrip()

    def pixel_at(row: int, pixel: int) -> Where:
        place = f"{where}image {row}, pixel {pixel} (counted from 0)"
        return Where(image_file.path, place, f"{pixels[row, pixel]:g}")

    def label_at(row: int) -> Where:
        place = f"{label_name} label {row} (counted from 0)".lstrip()
        return Where(label_file.path, place, f"{labels[row]:g}")

    pixels = as_pixels(images.reshape(len(images), PIXELS))
    return Raw(pixels, labels, image_file.path, pixel_at, label_at, [])


def _shape_remedy(images: np.ndarray, labels: np.ndarray) -> str:
    if math.prod(images.shape[:-1]) == PIXELS and images.shape[-1:] == labels.shape[:1]:
        return "its last axis counts the pictures: save np.moveaxis(images, -1, 0)"
    if images.shape[1:] in {(SIDE, SIDE, 3), (SIDE, SIDE, 4)}:
        return "its pictures have colours: save one of them, images[..., 0]"
    return "save one grey picture of 28 x 28 for each label"


def as_pixels(values: np.ndarray) -> np.ndarray:
    """Return numbers as uint8 where all are whole and 0-255, else as float32."""
    if values.dtype == np.uint8:
        return values
    is_byte = (values >= 0) & (values <= 255) & (values == np.floor(values))
    return values.astype(np.uint8 if is_byte.all() else np.float32)


def _classes(source: Source, name: str, labels: np.ndarray, count: int) -> np.ndarray:
    """Return labels ``(n,)`` from ``(n,)``, ``(n, 1)`` or one-hot ``(n, classes)``."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    elif labels.ndim == 2 and ((labels == 0) | (labels == 1)).all() and (labels.sum(1) == 1).all():
        labels = labels.argmax(axis=1)
    if labels.ndim == 2 and len(labels) == count:
        raise MnistError(
            source.path,
            f"its array {name}".rstrip(),
            "a whole number for each picture, or rows with one 1 and else 0",
            f"rows of {labels.shape[1]} numbers such as {labels[0].max():.3g}",
            "save the classes themselves: labels.argmax(axis=1)",
        )
    if labels.shape != (count,):
        raise MnistError(
            source.path,
            f"the shape of its array {name}".rstrip(),
            f"({count},): as many labels as images",
            str(labels.shape),
            "take images and labels from the same source",
        )
    return labels
