"""Parquet, read by pyarrow where it is installed: pictures as PNG (Hugging Face) or as columns."""

import io

import numpy as np
import pandas as pd

from aelib.mnist.arrays import as_pixels
from aelib.mnist.columns import by_name, by_values
from aelib.mnist.contents import Source, unpacked
from aelib.mnist.errors import MnistError, replace_it
from aelib.mnist.sets import PIXELS, SIDE, Raw, Where


def load_parquet(source: Source) -> Raw:
    """Read a split from a Parquet file."""
    frame = _frame(source)
    names = [str(name) for name in frame.columns]
    if not len(frame):
        raise MnistError(
            source.path, "the whole file", "at least one row", "no row", replace_it(source.name)
        )
    image = [name for name in frame.columns if str(name).lower() in {"image", "img", "images"}]
    if image:
        label = [
            name for name in frame.columns if str(name).lower() in {"label", "labels", "class"}
        ]
        pixels = np.stack([_picture(source, row, cell) for row, cell in enumerate(frame[image[0]])])
        labels = _numbers(source, frame[label[0]].to_numpy()) if label else None
        return _raw(source, as_pixels(pixels), labels, [])
    columns = by_name(source.path, "its column names", names)
    notes = []
    label = columns.label
    used = columns.pixels
    if not columns.names_tell:
        values = _numbers(source, frame.iloc[:, used].to_numpy())
        is_last, note = by_values(source.path, values)
        notes += [note] * bool(note)
        label, used = (used[-1], used[:-1]) if is_last else (used[0], used[1:])
    pixels = _numbers(source, frame.iloc[:, used].to_numpy())
    labels = None if label is None else _numbers(source, frame.iloc[:, label].to_numpy())
    return _raw(source, as_pixels(pixels), labels, notes)


def _frame(source: Source) -> pd.DataFrame:
    content = unpacked(source)
    try:
        return pd.read_parquet(io.BytesIO(content))
    except ImportError as error:
        raise MnistError(
            source.path,
            "the file itself",
            "a file that can be read here",
            "a Parquet file, and no pyarrow",
            "install pyarrow (pip install pyarrow), or save the table as CSV",
        ) from error
    except (ValueError, OSError, KeyError) as error:  # pyarrow's errors are of these kinds
        raise MnistError(
            source.path,
            "the file itself",
            "a complete Parquet file",
            str(error),
            replace_it(source.name),
        ) from error


def _picture(source: Source, row: int, cell: object) -> np.ndarray:
    """Return a picture's pixels ``(784,)`` from the bytes of a PNG or from nested lists."""
    from PIL import Image, UnidentifiedImageError  # comes with matplotlib

    content = cell.get("bytes") if isinstance(cell, dict) else cell
    try:
        if isinstance(content, bytes):
            with Image.open(io.BytesIO(content)) as picture:
                if picture.mode not in {"L", "1"}:
                    raise ValueError(f"a picture of mode {picture.mode}")
                values = np.asarray(picture.convert("L"))
        else:
            values = np.stack(content)  # its rows
        if values.size != PIXELS:
            raise ValueError(f"a picture of {' x '.join(map(str, values.shape))}")
        return values.reshape(PIXELS)
    except (ValueError, TypeError, OSError) as error:
        is_other = isinstance(error, (UnidentifiedImageError, TypeError))
        raise MnistError(
            source.path,
            f"picture {row} (counted from 0)",
            f"a grey picture of {SIDE} x {SIDE}",
            "no picture" if is_other else str(error),
            replace_it(source.name),
        ) from error


def _numbers(source: Source, values: np.ndarray) -> np.ndarray:
    try:
        return values if values.dtype.kind in "buif" else values.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise MnistError(
            source.path,
            "its columns",
            "numbers",
            str(error),
            "save labels as numbers 0-9 and pixels as numbers 0-255",
        ) from error


def _raw(source: Source, pixels: np.ndarray, labels: np.ndarray | None, notes: list[str]) -> Raw:
    def pixel_at(row: int, pixel: int) -> Where:
        place = f"row {row}, pixel {pixel} (counted from 0)"
        return Where(source.path, place, f"{pixels[row, pixel]:g}")

    def label_at(row: int) -> Where:
        return Where(source.path, f"row {row} (counted from 0), the label", f"{labels[row]:g}")

    return Raw(pixels, labels, source.path, pixel_at, label_at, notes)
