"""MNIST: the set embedded in the package, or a folder of CSV or IDX files.

The four embedded files are the originals of Y. LeCun, C. Cortes and C. J. C. Burges, gzipped
(CC BY-SA 3.0, see ``data/LICENSE.md``). An IDX file is a big-endian header (magic number, then one
uint32 for each dimension) followed by unsigned bytes; http://yann.lecun.com/exdb/mnist/ describes
it. Whatever the route, pixels arrive as ``uint8`` and are scaled in one place, so that every route
gives the same bits.
"""

import csv
import gzip
import hashlib
import io
import os
import re
import struct
import zlib
from importlib import resources
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

SIDE = 28
PIXELS = SIDE * SIDE
CLASSES = 10

# SHA-256 of the unpacked files, byte for byte those first published.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
CSV_NAMES = ("mnist_train.csv", "mnist_test.csv")

_KINDS = {2051: "images", 2049: "labels"}  # magic number: 0x08 for bytes, then the dimensions
_CELLS = 1 + PIXELS  # a CSV row: the label, then the pixels
_ROWS_AT_ONCE = 4096  # CSV rows parsed together: 26 MB as float64
# Narrower than what pandas accepts, so that among cells of which it refuses one, one fails here.
_NUMBER = re.compile(rb"\s*[+-]?\d{1,18}(\.\d{0,18})?([eE][+-]?\d{1,2})?\s*")


class MnistError(ValueError):
    """A data file that is not what it should be; nothing has been loaded.

    Attributes
    ----------
    file, place, expected, found, remedy : str
        The file or folder, where in it, both values, and what to do. The message holds all five.
    """

    def __init__(self, file: object, place: str, expected: str, found: str, remedy: str):
        super().__init__(str(file), place, expected, found, remedy)
        self.file, self.place, self.expected, self.found, self.remedy = self.args

    def __str__(self) -> str:
        return (
            f"{self.file}, {self.place}\n"
            f"  expected:   {self.expected}\n"
            f"  found:      {self.found}\n"
            f"  what to do: {self.remedy}"
        )


class Split(NamedTuple):
    """Images, float32 ``(n, 784)`` in [0, 1], and their labels, int64 ``(n,)`` in 0..9."""

    images: np.ndarray
    labels: np.ndarray


class Mnist(NamedTuple):
    """The training and the test split."""

    train: Split
    test: Split


class _File(Protocol):
    """What a ``pathlib.Path`` and a packaged resource have in common."""

    @property
    def name(self) -> str: ...

    def read_bytes(self) -> bytes: ...


def load_mnist(folder: str | os.PathLike | None = None) -> Mnist:
    """Load MNIST as NumPy arrays.

    Parameters
    ----------
    folder
        None: the embedded set, 60,000 training and 10,000 test digits, each file checked against
        its SHA-256. Otherwise a folder with any number of digits in one of two forms:

        - ``mnist_train.csv`` and ``mnist_test.csv``: one digit a row, the label (0-9) first, then
          784 pixels (0-255); with or without a header line;
        - the four IDX files under their usual names (``train-images-idx3-ubyte`` or
          ``train-images.idx3-ubyte`` ...), gzipped (``.gz``) or not; where both stand side by
          side, the unpacked one is read.

    Returns
    -------
    Mnist
        ``train`` and ``test``, each with ``images``, float32 ``(n, 784)`` in [0, 1], and
        ``labels``, int64 ``(n,)``.

    Raises
    ------
    MnistError
        A file is missing, damaged or not MNIST. The message says file, place, what was expected,
        what was found, and what to do.
    """
    if folder is None:
        return _load_embedded()
    return _load_folder(Path(folder))


def _load_embedded() -> Mnist:
    data = resources.files("aelib").joinpath("data")
    return _load_idx({name: data.joinpath(f"{name}.gz") for name in SHA256}, SHA256)


def _load_folder(folder: Path) -> Mnist:
    if not folder.is_dir():
        raise MnistError(
            folder,
            "the folder itself",
            "a folder with MNIST as CSV or IDX files",
            "a file" if folder.exists() else "nothing of that name",
            "pass the folder that holds the files, or load_mnist() for the embedded set",
        )
    csv_files = {name: _first_existing(folder, name) for name in CSV_NAMES}
    idx_files = {name: _first_existing(folder, *_spellings(name)) for name in SHA256}
    has_csv, has_idx = any(csv_files.values()), any(idx_files.values())
    if has_csv and has_idx:
        present = [path.name for path in (csv_files | idx_files).values() if path]
        raise MnistError(
            folder,
            "its files",
            "MNIST in one form, CSV or IDX",
            "both: " + ", ".join(present),
            "keep the files of one form in this folder and move the others elsewhere",
        )
    files = csv_files if has_csv else idx_files
    missing = [name for name, path in files.items() if path is None]
    if missing:
        raise MnistError(
            folder,
            "its files",
            " and ".join(CSV_NAMES) if has_csv else _expected_names(has_idx),
            "no " + ", no ".join(missing) if has_csv or has_idx else "none of them",
            "put the missing files there under these names, or load_mnist() for the embedded set",
        )
    if has_csv:
        return Mnist(*(_read_csv(path) for path in files.values()))
    return _load_idx(files)


def _expected_names(only_idx: bool) -> str:
    idx = ", ".join(SHA256) + " (each with or without .gz)"
    return idx if only_idx else f"{' and '.join(CSV_NAMES)}; or {idx}"


def _spellings(name: str) -> list[str]:
    dotted = name.replace("-idx", ".idx")
    return [name, dotted, f"{name}.gz", f"{dotted}.gz"]


def _first_existing(folder: Path, *names: str) -> Path | None:
    return next((folder / name for name in names if (folder / name).exists()), None)


def _split(pixels: np.ndarray, labels: np.ndarray) -> Split:
    """Scale uint8 pixels ``(n, 784)`` to [0, 1]: the one place where it is done."""
    images = pixels.astype(np.float32)  # (n, 784)
    images /= np.float32(255)
    return Split(images, labels.astype(np.int64))


def _read_bytes(file: _File) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise MnistError(
            file,
            "the file itself",
            "a file that can be read",
            error.strerror or str(error),
            "check that it is a file, is there, and may be read by you",
        ) from error
    if not content:
        raise MnistError(file, "the file itself", "data", "an empty file", _again(file))
    return content


def _again(file: _File) -> str:
    return f"replace {file.name} by a complete copy (download or write it again)"


# IDX ---------------------------------------------------------------------------------------------


def _load_idx(files: dict[str, _File], sha256: dict[str, str] | None = None) -> Mnist:
    """Read the four files, named as in ``SHA256``; check their hashes where given."""
    splits = []
    for stem in ("train", "t10k"):
        names = f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte"
        pixels, labels = (_read_idx(files[name], sha256 and sha256[name]) for name in names)
        if len(pixels) != len(labels):
            raise MnistError(
                files[names[0]],
                f"together with {files[names[1]].name}",
                "as many labels as images",
                f"{len(pixels)} images and {len(labels)} labels",
                "take both files from the same source",
            )
        splits.append(_split(pixels, labels))
    return Mnist(*splits)


def _read_idx(file: _File, sha256: str | None) -> np.ndarray:
    """Return uint8 pixels ``(n, 784)`` or labels ``(n,)``, whichever the file's name promises."""
    if sha256 is None:
        return _parse_idx(file, _unpack(file))
    try:
        content = _unpack(file)
    except MnistError as error:
        raise _damaged(file, sha256, error.found) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise _damaged(file, sha256, f"SHA-256 {found}")
    return _parse_idx(file, content)


def _damaged(file: _File, sha256: str, found: str) -> MnistError:
    return MnistError(
        file,
        "the file inside the aelib package",
        f"SHA-256 {sha256} after unpacking",
        found,
        "reinstall aelib from a fresh copy (pip install --force-reinstall), "
        "or pass load_mnist a folder of your own",
    )


def _unpack(file: _File) -> bytes:
    content = _read_bytes(file)
    if not (file.name.endswith(".gz") or content.startswith(b"\x1f\x8b")):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        cut = isinstance(error, EOFError)
        found = "the file breaks off early" if cut else f"damaged or not gzip ({error})"
        raise MnistError(
            file, "the gzip stream", "a complete gzip file", found, _again(file)
        ) from error


def _parse_idx(file: _File, content: bytes) -> np.ndarray:
    kind = "images" if "images" in file.name else "labels"
    dimensions = 3 if kind == "images" else 1
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise MnistError(
            file, "the header", f"{start} bytes", f"{len(content)} bytes in all", _again(file)
        )
    magic, count, *shape = struct.unpack_from(f">{1 + dimensions}I", content)
    if _KINDS.get(magic) != kind:
        wanted = next(number for number, name in _KINDS.items() if name == kind)
        is_other = f" (an IDX file of {_KINDS[magic]})" if magic in _KINDS else ""
        raise MnistError(
            file,
            "bytes 0-3, the magic number",
            f"{wanted} (an IDX file of {kind})",
            f"{magic}{is_other}",
            "check that the file is MNIST's and bears its own name",
        )
    if shape not in ([], [SIDE, SIDE]):
        raise MnistError(
            file,
            "bytes 8-15, the size of an image",
            f"{SIDE} x {SIDE}",
            " x ".join(map(str, shape)),
            "use MNIST's own images, or resize yours",
        )
    size = count * (PIXELS if shape else 1)
    if count == 0 or len(content) - start != size:
        raise MnistError(
            file,
            f"after the header, which promises {count} {kind}",
            f"{size} bytes" if count else f"at least 1 of {kind}",
            f"{len(content) - start} bytes",
            _again(file),
        )
    values = np.frombuffer(content, np.uint8, offset=start)
    if kind == "images":
        return values.reshape(count, PIXELS)
    wrong = np.flatnonzero(values >= CLASSES)
    if len(wrong):
        raise MnistError(
            file,
            f"label {wrong[0]} (counted from 0), byte {start + wrong[0]}",
            "a digit 0-9",
            str(values[wrong[0]]),
            _again(file),
        )
    return values


# CSV ---------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    number: int  # counted from 1, as editors do
    text: bytes

    @property
    def cells(self) -> list[bytes]:
        return self.text.split(b",")


def _read_csv(file: Path) -> Split:
    content = _read_bytes(file).removeprefix(b"\xef\xbb\xbf")  # Excel's byte order mark
    _check_is_text(file, content)
    lines = [
        _Line(number, text) for number, text in enumerate(content.splitlines(), 1) if text.strip()
    ]
    for line in lines:
        _check_width(file, line)
    if lines and _is_header(lines[0]):
        del lines[0]
    if not lines:
        raise MnistError(file, "the whole file", "at least one row", "no row", _again(file))
    values = np.empty((len(lines), _CELLS), np.uint8)
    for start in range(0, len(lines), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        values[part] = _parse_rows(file, lines[part])
    return _split(values[:, 1:], values[:, 0])


def _check_is_text(file: Path, content: bytes) -> None:
    if content.lstrip().startswith(b"<"):
        place, found = "line 1", "a web page (HTML or XML)"
    elif b"\0" in content:
        place, found = f"byte {content.index(0)}", "binary data, or text in UTF-16"
    else:
        return
    raise MnistError(
        file,
        place,
        "comma-separated numbers as plain text",
        found,
        "download the file itself (the 'raw' link, not the page about it), unpacked",
    )


def _check_width(file: Path, line: _Line) -> None:
    width = line.text.count(b",") + 1
    if width == _CELLS:
        return
    raise MnistError(
        file,
        f"line {line.number}",
        f"{_CELLS} cells separated by commas: the label and {PIXELS} pixels",
        f"{width} cell{'s' * (width > 1)}",
        "mend or delete that line; with pandas, write with to_csv(..., index=False)"
        if width > _CELLS
        else "mend or delete that line; if it is the last, the file may have broken off",
    )


def _is_header(line: _Line) -> bool:
    """Tell column names: none is a number, or no two agree, as pixels of 256 values must."""
    no_number = all(cell.strip() and not _NUMBER.fullmatch(cell) for cell in line.cells)
    return no_number or len(set(line.cells)) == _CELLS


def _parse_rows(file: Path, lines: list[_Line]) -> np.ndarray:
    """Return the rows as uint8 ``(len(lines), 785)``."""
    text = io.BytesIO(b"\n".join(line.text for line in lines))
    try:
        values = pd.read_csv(
            text, header=None, dtype=np.float64, quoting=csv.QUOTE_NONE, encoding="latin-1"
        ).to_numpy()  # (rows, 785), NaN where a cell is missing
    except ValueError as error:  # says neither line nor column
        row, column = next(
            (row, column)
            for row, line in enumerate(lines)
            for column, cell in enumerate(line.cells)
            if not _NUMBER.fullmatch(cell)
        )
        raise _bad_cell(file, lines[row], column) from error
    bad = ~((values >= 0) & (values <= 255) & (values == np.floor(values)))
    bad[:, 0] |= values[:, 0] >= CLASSES
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise _bad_cell(file, lines[row], column)
    return values.astype(np.uint8)


def _bad_cell(file: Path, line: _Line, column: int) -> MnistError:
    text = line.cells[column].decode("utf-8", "replace").strip()
    what = f"pixel {column} of {PIXELS}" if column else "the label"
    return MnistError(
        file,
        f"line {line.number}, column {column + 1} ({what})",
        f"a whole number 0-{255 if column else CLASSES - 1}",
        repr(text[:40]) if text else "an empty cell",
        "mend or delete that line; labels are 0-9, pixels 0-255, not scaled beforehand",
    )
