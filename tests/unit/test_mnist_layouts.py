"""Layouts people have: each is read right, said where it is uncertain, or refused with words."""

import bz2
import gzip
import io
import lzma
import os
import re
import struct
import sys
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image
from told import steady
from torch.nn.functional import cross_entropy

from aelib import fit, mlp_autoencoder, sweep
from aelib.live import Explorer, LatentMap
from aelib.mnist import Mnist, MnistError, load_mnist
from aelib.mnist import folder as mnist_folder
from aelib.mnist import notes as mnist_notes
from aelib.mnist import text as mnist_text

Raw = tuple[np.ndarray, np.ndarray]  # uint8 pixels (n, 784) and labels (n,)

PIXEL_NAMES = [f"pixel{number}" for number in range(784)]
XY_NAMES = [f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)]
TEXT = [str(value) for value in range(256)]


def pictures(count: int, seed: int = 0, labels: np.ndarray | None = None) -> Raw:
    """Make pictures as MNIST's: bright inside, a dark frame of two pixels, labels of all kinds."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros((count, 28, 28), np.uint8)
    pixels[:, 2:26, 2:26] = rng.integers(0, 256, (count, 24, 24))
    pixels[:, 10, 10] = 255
    if labels is None:
        labels = (7 * np.arange(count) + 5) % 10
    return pixels.reshape(count, 784), labels.astype(np.uint8)


TRAIN, TEST = pictures(12), pictures(6, seed=1)
BINARY = tuple(((pixels > 127).astype(np.uint8), labels) for pixels, labels in (TRAIN, TEST))
LETTERS = tuple(
    (pixels, (11 * np.arange(len(labels)) % 26) + 1) for pixels, labels in (TRAIN, TEST)
)
BALANCED, BYCLASS = (
    tuple(
        (pixels, np.where(np.arange(len(labels)) == 1, most, 9 * np.arange(len(labels)) % most))
        for pixels, labels in (TRAIN, TEST)
    )
    for most in (46, 61)
)


def rows(raw: Raw, cell: Callable[[int], str] = TEXT.__getitem__, last: bool = False) -> list[list]:
    table = []
    for pixels, label in zip(raw[0].tolist(), raw[1].tolist(), strict=True):
        cells = [cell(value) for value in pixels]
        table.append([*cells, str(label)] if last else [str(label), *cells])
    return table


def table(
    raw: Raw,
    header: list[str] | None = None,
    separator: str = ",",
    end: str = "\n",
    quote: Callable[[str], str] = str,
    **how,
) -> str:
    lines = ([header] if header else []) + rows(raw, **how)
    return end.join(separator.join(map(quote, line)) for line in lines) + end


def quoted(cell: str) -> str:
    return f'"{cell}"'


HEADER = ["label", *PIXEL_NAMES]


def csvs(
    names: tuple[str, str] = ("mnist_train.csv", "mnist_test.csv"),
    encoding: str = "utf-8",
    change: Callable[[str], str] = str,
    pack: Callable[[bytes], bytes] = bytes,
    raws: tuple[Raw, Raw] = (TRAIN, TEST),
    **how,
) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for name, raw in zip(names, raws, strict=True):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pack(change(table(raw, **how)).encode(encoding)))
        return folder

    return write


def idx_bytes(raw: Raw) -> tuple[bytes, bytes]:
    pixels, labels = raw
    return (
        struct.pack(">4I", 2051, len(pixels), 28, 28) + pixels.tobytes(),
        struct.pack(">2I", 2049, len(labels)) + labels.astype(np.uint8).tobytes(),
    )


IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
IDX += ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx(
    rename: Callable[[str], str] = str,
    pack: Callable[[bytes], bytes] = bytes,
    raws: tuple[Raw, Raw] = (TRAIN, TEST),
) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for name, content in zip(IDX, idx_bytes(raws[0]) + idx_bytes(raws[1]), strict=True):
            file = folder / rename(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(pack(content))
        return folder

    return write


def below(write: Callable[[Path], Path], part: str) -> Callable[[Path], Path]:
    """Write into a folder below, and give the one above."""

    def write_below(folder: Path) -> Path:
        (folder / part).mkdir(parents=True)
        write(folder / part)
        return folder

    return write_below


def giving(write: Callable[[Path], Path], part: str) -> Callable[[Path], Path]:
    """Write a folder, and give a path in it."""
    return lambda folder: write(folder) / part


def both(*writers: Callable[[Path], Path]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for writer in writers:
            writer(folder)
        return folder

    return write


def other(name: str, content: bytes | str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write


def archive(write: Callable[[Path], Path], name: str) -> Callable[[Path], Path]:
    """Pack what is written into a zip or a tar."""

    def write_archive(folder: Path) -> Path:
        inside = folder / "inside"
        inside.mkdir()
        write(inside)
        files = [path for path in sorted(inside.rglob("*")) if path.is_file()]
        if name.endswith(".zip"):
            with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
                for file in files:
                    packed.write(file, file.relative_to(inside))
        else:
            with tarfile.open(folder / name, "w:gz") as packed:
                for file in files:
                    packed.add(file, file.relative_to(inside))
        for file in files:
            file.unlink()
        return folder

    return write_archive


def archive_bytes(*names: str) -> bytes:
    """A zip of files that hold one line."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "buy milk\n")
    return buffer.getvalue()


def locked(content: bytes) -> bytes:
    """Mark the files of a zip as encrypted, in each of their two headers."""
    changed = bytearray(content)
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for found in re.finditer(re.escape(header), content):
            changed[found.start() + flags] |= 1
    return bytes(changed)


def zip_each(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.csv", content)
    return buffer.getvalue()


def npz(
    name: str = "mnist.npz",
    shape: tuple[int, ...] = (28, 28),
    raws: tuple[Raw, Raw] = (TRAIN, TEST),
    **change,
) -> Callable:
    def write(folder: Path) -> Path:
        arrays = {}
        for split, (pixels, labels) in zip(("train", "test"), raws, strict=True):
            pixels = change.get("pixels", np.asarray)(pixels)
            arrays[f"x_{split}"] = pixels.reshape(-1, *shape)
            arrays[f"y_{split}"] = change.get("labels", np.asarray)(labels)
        np.savez_compressed(folder / name, **arrays)
        return folder

    return write


NPYS = ("{short}_{split}.npy", "{split}_{part}.npy", "mnist-{split}-{part}.npz")


def npys(style: str, raws: tuple[Raw, Raw] = (TRAIN, TEST)) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for split, raw in zip(("train", "test"), raws, strict=True):
            for part, values in zip(("images", "labels"), raw, strict=True):
                save = np.savez_compressed if style.endswith("npz") else np.save
                short = {"images": "x", "labels": "y"}[part]
                name = style.format(split=split, part=part, short=short)
                save(folder / name, values.reshape(-1, 28, 28) if part == "images" else values)
        return folder

    return write


def savetxt(**how) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for name, (pixels, labels) in zip(("train", "test"), (TRAIN, TEST), strict=True):
            both = np.column_stack([labels, pixels])
            np.savetxt(folder / f"mnist_{name}.csv", both, **how)
        return folder

    return write


def with_columns(
    arrange: Callable[[list[str]], list[str]], extra: dict[str, Callable[[int], str]] | None = None
) -> Callable[[Path], Path]:
    """Write columns in another order, with others among them."""

    def write(folder: Path) -> Path:
        for name, raw in zip(("mnist_train.csv", "mnist_test.csv"), (TRAIN, TEST), strict=True):
            lines = []
            names = arrange(HEADER)
            for number, cells in enumerate(rows(raw)):
                known = dict(zip(HEADER, cells, strict=True))
                known |= {key: make(number) for key, make in (extra or {}).items()}
                lines.append(",".join(known[name] for name in names))
            text = "\n".join([",".join("" if name == "!" else name for name in names), *lines])
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


def shuffled(names: list[str]) -> list[str]:
    return [names[index] for index in np.random.default_rng(3).permutation(len(names))]


def upper(name: str) -> str:
    return name.upper()


def dotted(name: str) -> str:
    return name.replace("-idx", ".idx")


# Read right, without a word ----------------------------------------------------------------------

RIGHT = {
    "no header": csvs(),
    "Kaggle's header": csvs(header=HEADER),
    "1x1 to 28x28": csvs(header=["label", *XY_NAMES]),
    "numbered from 1": csvs(header=["label", *(f"pixel{n}" for n in range(1, 785))]),
    "header of numbers": csvs(header=["label", *map(str, range(784))]),
    "pandas without names": csvs(header=[*map(str, range(785))]),
    "R without names": csvs(header=[f"V{n}" for n in range(1, 786)]),
    "label in another word": csvs(header=["number", *PIXEL_NAMES]),
    "capitals and spaces": csvs(header=[" Label", *(f" Pixel {n} " for n in range(784))]),
    "pandas' repeated name": csvs(header=["label", "px", *(f"px.{n}" for n in range(1, 784))]),
    "Chinese header in GBK": csvs(
        header=["标签", *(f"像素{n}" for n in range(1, 785))], encoding="gbk"
    ),
    "Chinese header in UTF-8": csvs(header=["标签", *(f"像素{n}" for n in range(784))]),
    "byte order mark, CRLF": csvs(header=HEADER, encoding="utf-8-sig", end="\r\n"),
    "semicolons": csvs(header=HEADER, separator=";"),
    "semicolons, decimal commas": csvs(separator=";", cell=lambda value: f"{value},0"),
    "tabs": csvs(header=HEADER, separator="\t"),
    "pipes": csvs(header=HEADER, separator="|"),
    "spaces": csvs(separator=" "),
    "runs of spaces": csvs(separator="   "),
    "UTF-16 with tabs": csvs(header=HEADER, separator="\t", encoding="utf-16", end="\r\n"),
    "UTF-16 without mark": csvs(header=HEADER, encoding="utf-16-le"),
    "UTF-32": csvs(header=HEADER, encoding="utf-32"),
    "header quoted": csvs(change=lambda text: ",".join(map(quoted, HEADER)) + "\n" + text),
    "all quoted": csvs(header=HEADER, quote=quoted),
    "all quoted, semicolons": csvs(header=HEADER, quote=quoted, separator=";"),
    "old Mac line ends": csvs(header=HEADER, end="\r"),
    "blank lines and commas at the end": csvs(
        header=HEADER, change=lambda text: text.replace("\n", ",\n") + "\n" * 1000
    ),
    "commas at the end of rows alone": csvs(
        change=lambda text: ",".join(HEADER) + "\n" + text.replace("\n", ",\n")
    ),
    "comment first": csvs(change=lambda text: "# from UCI\n# 12 rows\n" + text),
    "comment first, then header": csvs(header=HEADER, change=lambda text: "% MNIST\n\n" + text),
    "comments among the rows": csvs(change=lambda text: text.replace("\n", "\n# a row\n", 3)),
    "Excel's sep line": csvs(header=HEADER, separator=";", change=lambda text: "sep=;\n" + text),
    "index column": with_columns(lambda names: ["!", *names], {"!": str}),
    "index column named": with_columns(lambda names: ["Unnamed: 0", *names], {"Unnamed: 0": str}),
    "id column last": with_columns(lambda names: [*names, "id"], {"id": lambda n: f"row_{n}"}),
    "index column without header": csvs(
        change=lambda text: "\n".join(f"{n},{line}" for n, line in enumerate(text.splitlines()))
    ),
    "R's row names": csvs(
        change=lambda text: (
            " ".join(map(quoted, HEADER))
            + "\n"
            + "\n".join(
                f'"{n}" {line.replace(",", " ")}' for n, line in enumerate(text.splitlines(), 1)
            )
        )
    ),
    "index column without header, from 1": csvs(
        change=lambda text: "\n".join(f"{n},{line}" for n, line in enumerate(text.splitlines(), 1))
    ),
    "header in Latin-1": csvs(header=["label", *(f"{n}°" for n in range(784))], encoding="latin-1"),
    "label last, named class": csvs(header=[*PIXEL_NAMES, "class"], last=True),
    "label last, named label": csvs(header=[*XY_NAMES, "label"], last=True),
    "label in the middle": with_columns(lambda names: [*names[1:300], names[0], *names[300:]]),
    "columns shuffled": with_columns(shuffled),
    "np.savetxt as it is": savetxt(),
    "np.savetxt with commas": savetxt(delimiter=",", fmt="%d"),
    "np.savetxt with a header": savetxt(delimiter=",", fmt="%.1f", header=",".join(HEADER)),
    "gz": csvs(("mnist_train.csv.gz", "mnist_test.csv.gz"), pack=gzip.compress),
    "gzip without the suffix": csvs(pack=gzip.compress),
    "gzip twice": csvs(
        ("mnist_train.csv.gz", "mnist_test.csv.gz"),
        pack=lambda content: gzip.compress(gzip.compress(content)),
    ),
    "bz2": csvs(("mnist_train.csv.bz2", "mnist_test.csv.bz2"), pack=bz2.compress),
    "xz": csvs(("mnist_train.csv.xz", "mnist_test.csv.xz"), pack=lzma.compress),
    "zip of each": csvs(("mnist_train.csv.zip", "mnist_test.csv.zip"), pack=zip_each),
    "zip without the suffix": csvs(pack=zip_each),
    "zip of both": archive(csvs(), "archive.zip"),
    "zip of a folder": archive(below(csvs(), "mnist-in-csv"), "archive.zip"),
    "zip given": giving(archive(csvs(), "archive.zip"), "archive.zip"),
    "zip of IDX": archive(idx(), "download.zip"),
    "tar.gz of IDX": archive(below(idx(), "mnist"), "mnist.tar.gz"),
    "Kaggle's names": csvs(("train.csv", "test.csv"), header=HEADER),
    "txt after csv": csvs(("mnist_train.csv.txt", "mnist_test.csv.txt")),
    "(1) after the name": csvs(("mnist_train (1).csv", "mnist_test(1).csv")),
    "a copy beside it": both(csvs(), csvs(("mnist_train (1).csv", "mnist_test.csv"))),
    "tsv": csvs(("mnist_train.tsv", "mnist_test.tsv"), separator="\t"),
    "capitals": csvs(("MNIST_Train.CSV", "MNIST_Test.CSV")),
    "another style of names": csvs(("mnist-training.csv", "mnist-testing.csv")),
    "splits in folders": csvs(("train/data.csv", "test/data.csv")),
    "other tables beside": both(
        csvs(("mnist_train_small.csv", "mnist_test.csv")),
        other("california_housing_train.csv", "longitude,latitude\n-114.3,34.2\n"),
        other("california_housing_test.csv", "longitude,latitude\n-114.3,34.2\n"),
        other("README.md", "# Sample data\n"),
        other("anscombe.json", "[1, 2]"),
    ),
    "hidden files of a Mac": both(
        csvs(), other("._mnist_train.csv", b"\0\5\26\7"), other("__MACOSX/mnist_train.csv", "x")
    ),
    "folder below": below(csvs(), "data/mnist"),
    "training file given": giving(csvs(), "mnist_train.csv"),
    "test file given": giving(csvs(("train.csv", "test.csv")), "test.csv"),
    "IDX": idx(),
    "IDX gzipped": idx(lambda name: name + ".gz", gzip.compress),
    "IDX named gz and unpacked": idx(lambda name: name + ".gz"),
    "IDX with dots": idx(dotted),
    "IDX in capitals": idx(upper),
    "IDX in capitals, gzipped": idx(lambda name: name.title() + ".GZ", gzip.compress),
    "IDX with txt": idx(lambda name: name + ".txt"),
    "IDX with (1)": idx(lambda name: name + " (1)"),
    "IDX with (1) before gz": idx(lambda name: name + "(1).gz", gzip.compress),
    "IDX of a test called test": idx(lambda name: name.replace("t10k", "test")),
    "IDX with underscores": idx(lambda name: name.replace("-", "_")),
    "IDX in a folder each": idx(lambda name: f"{name}/{name}"),
    "IDX in a folder each, dotted": idx(lambda name: f"{name}/{dotted(name)}"),
    "IDX beside folders of their names": both(idx(dotted), idx(lambda name: f"{name}/{name}")),
    "torchvision's root": below(idx(), "MNIST/raw"),
    "torchvision's root of several": both(
        below(idx(), "MNIST/raw"), below(idx(raws=BINARY), "FashionMNIST/raw")
    ),
    "torchvision's raw, both packed and not": both(
        idx(), idx(lambda name: name + ".gz", gzip.compress)
    ),
    "an IDX file given": giving(idx(), IDX[0]),
    "an IDX file in its folder given": giving(
        idx(lambda name: f"{name}/{name}"), f"{IDX[0]}/{IDX[0]}"
    ),
    "QMNIST's labels": both(
        idx(),
        lambda folder: (folder / IDX[1]).rename(folder / "away"),
        other(
            "train-labels-idx2-int",
            struct.pack(">3I", 0x0C02, 12, 8)
            + np.column_stack([TRAIN[1], np.ones((12, 7))]).astype(">i4").tobytes(),
        ),
    ),
    "Keras": npz(),
    "Keras given": giving(npz(), "mnist.npz"),
    "npz, flat": npz(shape=(784,)),
    "npz with channels last": npz(shape=(28, 28, 1)),
    "npz with channels first": npz(shape=(1, 28, 28)),
    "npz of int64": npz(pixels=lambda x: x.astype(np.int64), labels=lambda y: y[:, None]),
    "npz of float 0-255": npz(pixels=lambda x: x.astype(np.float64)),
    "npz with one-hot labels": npz(labels=lambda y: np.eye(10)[y]),
    "npz with labels as text": npz(labels=lambda y: y.astype(str)),
    "npz named after its arrays": npz("x_train_y_train_x_test_y_test.npz"),
    "npy x_train": npys(NPYS[0]),
    "npy train_images": npys(NPYS[1]),
    "npz of each": npys(NPYS[2]),
}


def compare(data: Mnist, raws: tuple[Raw, Raw] = (TRAIN, TEST), scale: int = 255) -> None:
    for split, (pixels, labels) in zip(data, raws, strict=True):
        assert split.images.dtype == np.float32
        assert split.labels.dtype == np.int64
        np.testing.assert_array_equal(split.images, pixels.astype(np.float32) / np.float32(scale))
        np.testing.assert_array_equal(split.labels, labels)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return an empty folder, alone in the one above it, which may be searched too."""
    folder = tmp_path / "set"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("layout", RIGHT)
def test_a_layout_is_read_right_without_a_word(folder, layout):
    compare(load_mnist(RIGHT[layout](folder)))


# Read right, and said ----------------------------------------------------------------------------

UNLABELLED = both(
    csvs(("train.csv", "unused.csv"), header=HEADER),
    lambda folder: (folder / "unused.csv").unlink(),
    other("sample_submission.csv", "ImageId,Label\n1,0\n"),
    other(
        "test.csv",
        "\n".join([",".join(PIXEL_NAMES), *(",".join(row[1:]) for row in rows(TEST))]),
    ),
)
NO_LABELS = TEST[0], np.full(len(TEST[1]), -1)
SCALED = {"cell": lambda value: repr(value / 255), "header": HEADER}
DARK = tuple((pixels // 4, labels) for pixels, labels in (TRAIN, TEST))
INVERTED = tuple((255 - pixels, labels) for pixels, labels in (TRAIN, TEST))
THREES = tuple((pixels, 0 * labels + 3) for pixels, labels in (TRAIN, TEST))
FAINT = tuple((pixels * np.float32(0.7 / 255), labels) for pixels, labels in (TRAIN, TEST))


def with_corners(first: np.ndarray | int, last: np.ndarray | int, labels: np.ndarray) -> Raw:
    """Make pictures whose first and last pixel are not the dark frame's."""
    pixels, labels = pictures(len(labels), labels=labels)
    pixels[:, 0], pixels[:, -1] = first, last
    return pixels, labels


COUNT = np.arange(20)
WITH_BRIGHT_CORNER = (with_corners(200, 0, COUNT % 10),) * 2
WITH_LABELS_ABOVE_9 = (with_corners(0, COUNT % 9, 2 * COUNT),) * 2
WITH_CORNER_ABOVE_9 = (with_corners(0, 2 * COUNT, COUNT % 9),) * 2
WITH_CORNER_BELOW_10 = (with_corners(0, COUNT % 9, COUNT % 10),) * 2

SAID = {
    "Kaggle, as downloaded": (UNLABELLED, (TRAIN, NO_LABELS), 255, "no labels"),
    "Kaggle's test file given": (
        giving(UNLABELLED, "test.csv"),
        (TRAIN, NO_LABELS),
        255,
        "no labels",
    ),
    "label last, no header": (csvs(last=True), (TRAIN, TEST), 255, "from the last column"),
    "label last, a bright first pixel": (
        csvs(raws=WITH_BRIGHT_CORNER, last=True),
        WITH_BRIGHT_CORNER,
        255,
        "the first holds values that are none",
    ),
    "label last, the same in every row": (
        csvs(raws=THREES, last=True),
        THREES,
        255,
        "the first is 0 in every row",
    ),
    "no header, the last pixel above 9": (
        csvs(raws=WITH_CORNER_ABOVE_9),
        WITH_CORNER_ABOVE_9,
        255,
        "from the first column, as the last holds values above 9",
    ),
    "label last, the first pixel above 9": (
        csvs(raws=tuple((x[:, ::-1], y) for x, y in WITH_CORNER_ABOVE_9), last=True),
        tuple((x[:, ::-1], y) for x, y in WITH_CORNER_ABOVE_9),
        255,
        "from the last column, as the first holds values above 9",
    ),
    "binarised CSV": (csvs(raws=BINARY), BINARY, 1, "0 or 1"),
    "binarised CSV, label last": (csvs(raws=BINARY, last=True), BINARY, 1, "last column"),
    "binarised as floats": (
        csvs(raws=BINARY, cell=lambda value: f"{value}.0"),
        BINARY,
        1,
        "0 or 1",
    ),
    "binarised, True and False": (
        csvs(raws=BINARY, header=HEADER, cell=lambda value: str(value == 1)),
        BINARY,
        1,
        "0 or 1",
    ),
    "no labels for testing, as load_mnist has them": (
        csvs(raws=(TRAIN, NO_LABELS), header=HEADER),
        (TRAIN, NO_LABELS),
        255,
        "no labels",
    ),
    "signs": (
        csvs(("sign_mnist_train.csv", "sign_mnist_test.csv"), raws=LETTERS, header=HEADER),
        LETTERS,
        255,
        r"The labels run from 1 to \d+, so these are not MNIST's ten digits\.$",
    ),
    "binarised IDX": (idx(raws=BINARY), BINARY, 1, "0 or 1"),
    "binarised npz": (npz(pixels=lambda x: x > 127), BINARY, 1, "0 or 1"),
    "scaled CSV": (csvs(**SCALED), (TRAIN, TEST), 255, "scaled beforehand"),
    "scaled, four decimals": (
        csvs(header=HEADER, cell=lambda value: f"{value / 255:.4f}"),
        (TRAIN, TEST),
        255,
        "scaled beforehand",
    ),
    "scaled, without header": (
        csvs(cell=lambda value: f"{value / 255:.6g}"),
        (TRAIN, TEST),
        255,
        "scaled beforehand",
    ),
    "scaled, decimal commas": (
        csvs(separator=";", cell=lambda value: f"{value / 255:.6f}".replace(".", ",")),
        (TRAIN, TEST),
        255,
        "scaled beforehand",
    ),
    "scaled npz": (
        npz(pixels=lambda x: x.astype(np.float32) / np.float32(255)),
        (TRAIN, TEST),
        255,
        "scaled beforehand",
    ),
    "scaled to less than 1": (npz(raws=FAINT), FAINT, 1, "its pixels, 0 to 0.7, were scaled"),
    "dark": (csvs(raws=DARK), DARK, 255, "no pixel is brighter than 63"),
    "inverted": (csvs(raws=INVERTED, header=HEADER), INVERTED, 255, "inverted"),
    "extra columns": (
        with_columns(
            lambda names: ["writer", *names, "source"],
            {"writer": lambda n: f"w{n}", "source": lambda n: "NIST"},
        ),
        (TRAIN, TEST),
        255,
        "not read: writer, source",
    ),
    "many extra columns": (
        with_columns(
            lambda names: [*"abcdefgh", *names], {name: lambda n: "1" for name in "abcdefgh"}
        ),
        (TRAIN, TEST),
        255,
        "not read: a, b, c, d, e, f",
    ),
    "Fashion by name": (
        csvs(("fashion-mnist_train.csv", "fashion-mnist_test.csv"), header=HEADER),
        (TRAIN, TEST),
        255,
        "Fashion-MNIST",
    ),
    "Fashion in torchvision's folder": (
        below(idx(), "FashionMNIST/raw"),
        (TRAIN, TEST),
        255,
        "Fashion-MNIST",
    ),
    "KMNIST": (npys("kmnist-{split}-{part}.npz"), (TRAIN, TEST), 255, "KMNIST"),
    "KMNIST as published": (
        both(
            npys("kmnist-{split}-{part}.npz"),
            lambda folder: [
                file.rename(file.with_name(file.name.replace("images", "imgs")))
                for file in folder.glob("*images*")
            ],
        ),
        (TRAIN, TEST),
        255,
        "KMNIST",
    ),
    "EMNIST digits": (
        idx(lambda name: "emnist-digits-" + name.replace("t10k", "test")),
        (TRAIN, TEST),
        255,
        "EMNIST",
    ),
    "EMNIST balanced renamed": (idx(raws=BALANCED), BALANCED, 255, "Balanced.*turned and mirrored"),
    "EMNIST byclass as CSV": (
        csvs(("emnist-byclass-train.csv", "emnist-byclass-test.csv"), raws=BYCLASS),
        BYCLASS,
        255,
        "This is EMNIST.*0-61 stand for.*turned and mirrored",
    ),
    "EMNIST letters renamed": (idx(raws=LETTERS), LETTERS, 255, "turned and mirrored"),
    "EMNIST letters": (
        idx(lambda name: f"emnist-letters-{name}.gz", gzip.compress, LETTERS),
        LETTERS,
        255,
        "letters A-Z|EMNIST",
    ),
    "EMNIST letters as CSV": (
        csvs(("emnist-letters-train.csv", "emnist-letters-test.csv"), raws=LETTERS),
        LETTERS,
        255,
        "EMNIST",
    ),
    "one of several sets, by its file": (
        giving(
            both(
                idx(lambda name: f"emnist-digits-{name}", raws=DARK),
                idx(lambda name: f"emnist-letters-{name}", raws=LETTERS),
            ),
            f"emnist-letters-{IDX[1]}",
        ),
        LETTERS,
        255,
        "EMNIST",
    ),
}


@pytest.mark.parametrize("layout", SAID)
def test_a_layout_is_read_right_and_what_is_uncertain_is_said(folder, layout, snapshot):
    write, raws, scale, words = SAID[layout]
    data, said = read(write(folder))
    compare(data, raws, scale)
    assert re.search(words, "\n".join(said))
    assert [steady(text, folder) for text in said] == snapshot


def digits_of_the_package(turned: bool) -> tuple[Raw, Raw]:
    """Some real digits, as they are or with rows and columns exchanged."""
    images, labels = load_mnist().train
    pixels = np.rint(255 * images[:60]).astype(np.uint8).reshape(-1, 28, 28)
    pixels = pixels.transpose(0, 2, 1) if turned else pixels
    pixels = pixels.reshape(-1, 784)
    return (pixels[:40], labels[:40]), (pixels[40:], labels[40:60])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_digits_that_lie_on_their_side_are_said_to_whatever_their_files_are_called(folder):
    raws = digits_of_the_package(turned=True)
    idx(raws=raws)(folder)
    with pytest.warns(UserWarning, match="look turned and mirrored"):
        data = load_mnist(folder)
    compare(data, raws)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_digits_that_lie_in_any_way_are_said_to_with_what_sets_them_upright(
    folder, turns, mirrored
):
    if not turns and not mirrored:
        return
    images, labels = load_mnist().train
    upright = np.rint(255 * images[:300]).astype(np.uint8).reshape(-1, 28, 28)
    lying = np.rot90(upright[:, :, ::-1] if mirrored else upright, turns, (1, 2))
    raws = (lying.reshape(-1, 784), labels[:300]), (lying[:9].reshape(-1, 784), labels[:9])
    _data, said = read(idx(raws=raws)(folder))
    (way,) = re.findall(r"images\.reshape\(-1, 28, 28\).*(?= sets)", " ".join(said))
    found = eval(way, {"images": raws[0][0]})
    np.testing.assert_array_equal(found, upright)


@pytest.mark.parametrize("rolled", [0, 1])
def test_labels_that_belong_to_other_pictures_are_noticed(folder, rolled):
    (images, labels), test = load_mnist().train, load_mnist().test
    pixels = np.rint(255 * images[:600]).astype(np.uint8)
    fresh = np.rint(255 * test.images[:9]).astype(np.uint8), test.labels[:9]
    _data, said = read(idx(raws=((pixels, np.roll(labels[:600], rolled)), fresh))(folder))
    assert ["do not belong together" in text for text in said] == [True] * rolled


def test_upright_digits_are_not_called_turned_whatever_their_files_are_called(folder):
    raws = digits_of_the_package(turned=False)
    compare(load_mnist(idx(raws=raws)(folder)), raws)
    emnist = folder.parent / "other"
    idx(lambda name: f"emnist-digits-{name}", raws=raws)(emnist)
    data, said = read(emnist)
    compare(data, raws)
    assert [text.split(":")[0] for text in said] == ["This is EMNIST."]


BLACK = tuple((0 * pixels, labels) for pixels, labels in (TRAIN, TEST))
SAME = tuple((0 * pixels + pixels[0], labels) for pixels, labels in (TRAIN, TEST))


@pytest.mark.parametrize("raws", [THREES, BLACK, SAME], ids=["of one class", "black", "the same"])
def test_of_pictures_that_tell_too_little_nothing_is_said(folder, raws):
    compare(load_mnist(idx(raws=raws)(folder)), raws)


@pytest.mark.parametrize(
    ("grey", "share", "set_of"),
    [
        (184, 0.3964, "Fashion-MNIST"),
        (210, 0.2329, "KMNIST"),
        (73, 1, None),  # the mean of Fashion-MNIST
        (216, 0.2236, None),  # its deviation
        (255, 0.1418, None),  # the deviation of KMNIST
    ],
)
def test_a_set_of_full_size_is_known_by_its_pixels(folder, grey, share, set_of, monkeypatch):
    monkeypatch.setattr(mnist_notes, "_FULL_SIZE", 60)
    pixels = np.zeros(60 * 784, np.uint8)
    pixels[np.random.default_rng(0).permutation(len(pixels))[: round(share * len(pixels))]] = grey
    train = pixels.reshape(60, 784), np.arange(60) % 10
    _data, said = read(idx(raws=(train, TEST))(folder))
    known = [text.split(",")[0] for text in said if text.startswith("This is")]
    assert known == [f"This is {set_of}"] * bool(set_of)


@pytest.mark.frames
def test_a_warning_points_at_the_line_that_loads(tmp_path):
    csvs(raws=BINARY)(tmp_path)
    with pytest.warns(UserWarning, match="0 or 1") as caught:
        load_mnist(tmp_path)
    assert {Path(warning.filename) for warning in caught} == {Path(__file__)}


def test_test_images_that_were_trained_on_are_counted(folder):
    train, others = pictures(60), pictures(10, seed=1)
    test = tuple(np.concatenate([a[:30], b]) for a, b in zip(train, others, strict=True))
    csvs(raws=(train, test))(folder)
    data, said = read(folder)
    compare(data, (train, test))
    assert [text[:57] for text in said] == [
        "30 of the 40 test images stand in the training set, too: "
    ]


# Refused -----------------------------------------------------------------------------------------

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 109575994\n"
MANGLED = [f"{value}.{n}" if n else "0" for n in range(700) for value in (0,)]
MANGLED = ["5", *MANGLED, *(f"{v}.1" for v in range(1, 85))]

REFUSED = {
    "no label, no header": (
        csvs(change=lambda text: "\n".join(line.partition(",")[2] for line in text.splitlines())),
        "784 cells",
    ),
    "label between the pixels, no header": (
        csvs(
            change=lambda text: "\n".join(
                ",".join([*row[1:301], row[0], *row[301:]])
                for row in (line.split(",") for line in text.splitlines())
            )
        ),
        "0 in every row of both",
    ),
    "no label in training": (
        csvs(
            header=HEADER,
            change=lambda text: "\n".join(line.partition(",")[2] for line in text.splitlines()),
        ),
        "no labels",
    ),
    "labels that the last pixels could be, no header": (
        csvs(raws=WITH_CORNER_BELOW_10),
        "values that could be labels in both",
    ),
    "a pixel's column less than 784": (
        csvs(
            change=lambda text: "\n".join(
                [",".join(HEADER[:-1]), *(line.rpartition(",")[0] for line in text.splitlines())]
            )
        ),
        "783 columns named like pixels among 784",
    ),
    "a pixel's column more than 784": (
        with_columns(lambda names: [*names, "pixel784"], {"pixel784": lambda n: "0"}),
        "785 columns named like pixels among 786",
    ),
    "pixels by row and column, one twice": (
        csvs(header=["label", *XY_NAMES[:-1], "1x1"]),
        "near '1x1'",
    ),
    "pixels by row and column, one outside": (
        csvs(header=["label", *XY_NAMES[:-1], "29x1"]),
        "near '29x1'",
    ),
    "seven columns that could be the label": (
        with_columns(
            lambda names: [*names[1:], *"abcdefg"], {name: lambda n: "1" for name in "abcdefg"}
        ),
        "7 columns that could be it: a, b, c, d, e, f, ...",
    ),
    "six columns that could be the label": (
        with_columns(
            lambda names: [*names[1:], *"abcdef"], {name: lambda n: "1" for name in "abcdef"}
        ),
        "6 columns that could be it: a, b, c, d, e, f\n",
    ),
    "a row that breaks off before the table": (
        csvs(change=lambda text: "5,0,0,0\n" + text),
        "4 cells",
    ),
    "a last row that breaks off": (
        csvs(change=lambda text: text[:-1000]),
        "the file may have broken off",
    ),
    "a first column that counts no rows": (
        csvs(change=lambda text: "\n".join(f"7,{line}" for line in text.splitlines())),
        "line 1",
    ),
    "a first column that begins to count at 2": (
        csvs(
            change=lambda text: "\n".join(
                f"{n},{line}" for n, line in enumerate(text.splitlines(), 2)
            )
        ),
        "line 1",
    ),
    "a first column that leaves out a number": (
        csvs(
            change=lambda text: "\n".join(
                f"{n + (n > 4)},{line}" for n, line in enumerate(text.splitlines())
            )
        ),
        "line 6",
    ),
    "a first column of words": (
        csvs(change=lambda text: "\n".join(f"a,{line}" for line in text.splitlines())),
        "line 1",
    ),
    "all quoted, one pixel in words": (
        csvs(
            header=HEADER,
            quote=quoted,
            change=lambda text: text.replace(quoted("255"), quoted("white"), 1),
        ),
        "white",
    ),
    "a pixel in words among spaces": (
        csvs(separator="  ", change=lambda text: text.replace(" 255 ", " white ", 1)),
        "line 1, column 121 (pixel 120 of 784)",
    ),
    "a pixel in words among semicolons": (
        csvs(
            header=HEADER,
            separator=";",
            change=lambda text: text.replace(";255;", ";white;", 1),
        ),
        "line 2, column 121 (pixel 120 of 784)",
    ),
    "a label in words among shuffled columns": (
        with_columns(shuffled, {"label": lambda number: "five"}),
        "(the label)",
    ),
    "quotes inside a cell": (
        csvs(change=lambda text: text.replace(",255,", ',2"5"5,', 1)),
        "'2\"5\"5'",
    ),
    "quotes around a part of a cell": (
        csvs(change=lambda text: text.replace(",255,", ',"25"5,', 1)),
        "'\"25\"5'",
    ),
    "a space that is none of ASCII's": (
        csvs(change=lambda text: text.replace(",255,", ",255\xa0,", 1), encoding="latin-1"),
        "pixel 120 of 784",
    ),
    "UTF-16 cut within a character": (
        csvs(header=HEADER, encoding="utf-16", pack=lambda content: content[:-1]),
        "text in UTF-16",
    ),
    "a control character": (
        csvs(change=lambda text: text[:3000] + "\1\0" + text[3000:]),
        "byte 3000",
    ),
    "Excel for CSV": (
        other("mnist_train.xlsx", archive_bytes("[Content_Types].xml")),
        "an Excel or Word file",
    ),
    "LFS pointer for CSV": (both(csvs(), other("mnist_train.csv", LFS)), "git lfs pull"),
    "LFS pointer for IDX": (both(idx(), other(IDX[2], LFS)), "git lfs pull"),
    "web page for IDX": (both(idx(), other(IDX[2], "<html></html>")), "web page"),
    "standardised": (
        csvs(header=HEADER, cell=lambda value: f"{(value / 255 - 0.1307) / 0.3081:.4f}"),
        "undo the standardisation",
    ),
    "scaled to -1..1": (
        csvs(header=HEADER, cell=lambda value: f"{value / 127.5 - 1:.4f}"),
        "-1..1",
    ),
    "16 bits": (npz(pixels=lambda x: x.astype(np.uint16) * 257), "65535"),
    "one split binarised": (csvs(raws=(TRAIN, BINARY[1])), "0 and 1"),
    "two columns of labels": (
        with_columns(lambda names: [*names, "class"], {"class": lambda n: "3"}),
        "label, class",
    ),
    "a pixel's name twice": (
        csvs(header=["label", *PIXEL_NAMES[:-1], "pixel5"]),
        "come twice",
    ),
    "one-hot columns": (
        with_columns(
            lambda names: [*names[1:], *(f"label_{n}" for n in range(10))],
            {f"label_{n}": lambda n: "0" for n in range(10)},
        ),
        "label_0",
    ),
    "a row taken as header by pandas": (csvs(header=MANGLED), "header=None"),
    "labels as words": (csvs(change=lambda text: "five" + text[1:]), "'five'"),
    "two sets": (
        both(csvs(), csvs(("digits_train.csv", "digits_test.csv"))),
        "digits_train.csv",
    ),
    "two forms": (both(csvs(), npz()), "mnist.npz"),
    "copies that differ": (
        both(csvs(), other("mnist_train (1).csv", table(TEST))),
        "different content",
    ),
    "one table of all": (csvs(("mnist_784.csv", "notes.csv")), "first 60,000 are for training"),
    "one table given": (
        giving(csvs(("mnist_784.csv", "notes.csv")), "mnist_784.csv"),
        "says neither train nor test",
    ),
    "a pickle": (other("mnist.pkl.gz", gzip.compress(b"\x80\x03cnumpy\n")), "np.savez"),
    "a pickle given": (
        giving(other("mnist.pkl", b"\x80\x04\x95cnumpy\n"), "mnist.pkl"),
        "may run any code",
    ),
    "PyTorch's files": (archive(other("training/data.pkl", b"x"), "training.zip"), "PyTorch"),
    "pictures as PNG": (other("train/5/1.png", b"\x89PNG\r\n"), "PNG"),
    "MATLAB": (other("emnist-letters.mat", b"MATLAB 5.0 MAT-file"), "MATLAB"),
    "ARFF": (other("mnist_784.arff", "% MNIST\n@RELATION mnist\n"), "ARFF"),
    "LIBSVM": (other("mnist.scale", "5 153:0.1 154:0.2 155:0.3 156:1\n"), "LIBSVM"),
    "nothing of use": (other("notes.txt", "buy milk"), "notes.txt"),
    "one file": (
        both(csvs(), lambda folder: (folder / "mnist_test.csv").unlink()),
        "no mnist_test",
    ),
    "one file given": (
        giving(
            both(csvs(), lambda folder: (folder / "mnist_test.csv").unlink()), "mnist_train.csv"
        ),
        "no mnist_test.csv",
    ),
    "only the training pair": (
        both(idx(), lambda folder: [(folder / name).unlink() for name in IDX[2:]]),
        "no t10k-images-idx3-ubyte, no t10k-labels-idx1-ubyte",
    ),
    "names that do not pair": (
        both(
            csvs(("mnist_train.csv", "digits_test.csv")), other("letters_train.csv", table(TRAIN))
        ),
        "none that belong together",
    ),
    "npz with other names": (
        lambda folder: np.savez(folder / "mnist.npz", a=TRAIN[0], b=TRAIN[1]) or folder,
        "x_train",
    ),
    "npz cut short": (both(npz(), other("mnist.npz", b"PK\3\4 and no more")), "mnist.npz"),
    "npz with words": (npz(labels=lambda y: np.array([*"abcdefghij"])[y]), "numbers"),
    "npz with objects": (npz(labels=lambda y: y.astype(object)), "array.astype(np.uint8)"),
    "npz with smoothed labels": (
        npz(labels=lambda y: np.eye(10)[y] * 0.9),
        "labels.argmax(axis=1)",
    ),
    "npz with a picture a column": (
        npz(pixels=lambda x: x.T, shape=(12,), raws=(TRAIN, TRAIN)),
        "np.moveaxis(images, -1, 0)",
    ),
    "npz with a picture in the last axis": (
        npz(pixels=lambda x: x.T, shape=(28, 12), raws=(TRAIN, TRAIN)),
        "np.moveaxis(images, -1, 0)",
    ),
    "npz in colours": (
        npz(pixels=lambda x: np.repeat(x[..., None], 3, -1), shape=(28, 28, 3)),
        "images[..., 0]",
    ),
    "npz in colours, with transparency": (
        npz(pixels=lambda x: np.repeat(x[..., None], 4, -1), shape=(28, 28, 4)),
        "images[..., 0]",
    ),
    "npz of larger pictures": (
        npz(pixels=lambda x: np.zeros((len(x), 32, 32)), shape=(32, 32)),
        "(12, 32, 32)",
    ),
    "npz of one long row": (npz(pixels=np.ravel, shape=()), "(9408,)"),
    "npz without pictures": (npz(raws=((TRAIN[0][:0], TRAIN[1][:0]),) * 2), "(0, 28, 28)"),
    "npz with labels for some pictures": (npz(labels=lambda y: y[:-1]), "(11,)"),
    "npz with a label above 9": (npz(labels=lambda y: np.where(y == 5, 12, y)), "y_train label 0"),
    "npy with a label above 9": (
        npys(NPYS[0], ((TRAIN[0], TRAIN[1] + 1), TEST)),
        "label 2 (counted",
    ),
    "npz with several arrays of labels": (
        lambda folder: (
            np.savez(folder / "mnist.npz", x_train=0, y_train=0, train_labels=0) or folder
        ),
        "x_train, y_train, train_labels",
    ),
    "npz of nothing": (other("mnist.npz", archive_bytes("notes.txt")), "notes.txt"),
    "npz with one array": (
        lambda folder: np.savez(folder / "mnist.npz", images=TRAIN[0]) or folder,
        "images",
    ),
    "npz of another kind": (
        lambda folder: np.savez(folder / "weights.npz", *range(7)) or folder,
        "arrays arr_0, arr_1, arr_2, arr_3, arr_4, arr_5)",
    ),
    "npy of larger pictures": (
        both(
            npys(NPYS[0]),
            lambda folder: np.save(folder / "x_train.npy", np.zeros((12, 32, 32))),
        ),
        "the shape of its array\n",
    ),
    "npy with labels for some pictures": (
        both(npys(NPYS[0]), lambda folder: np.save(folder / "y_train.npy", TRAIN[1][:-1])),
        "the shape of its array\n",
    ),
    "npy with smoothed labels": (
        both(
            npys(NPYS[0]),
            lambda folder: np.save(folder / "y_train.npy", np.eye(10)[TRAIN[1]] * 0.9),
        ),
        "its array\n",
    ),
    "npy with NaN": (
        both(
            npys(NPYS[0]),
            lambda folder: np.save(
                folder / "x_train.npy", np.where(np.arange(784) == 3, np.nan, TRAIN[0])
            ),
        ),
        ", image 0, pixel 3 (counted",
    ),
    "npy in words": (
        both(npys(NPYS[0]), lambda folder: np.save(folder / "y_train.npy", np.array([*"five"]))),
        "values of type <U1",
    ),
    "npy with objects": (
        both(
            npys(NPYS[0]),
            lambda folder: np.save(folder / "y_train.npy", np.array([*"five"], object)),
        ),
        "objects of Python",
    ),
    "npy without a split": (
        both(*(other(f"{name}.npy", b"\x93NUMPY\1\0") for name in "Xy")),
        "neither train nor test",
    ),
    "an Arrow stream": (other("mnist-train.arrow", b"\xff" * 4 + bytes(99)), "an Arrow file"),
    "28 rows for a picture": (
        csvs(change=lambda text: "\n".join(["0,1," + "0," * 25 + "0"] * 56)),
        "if all rows are so: write a row of its label and 784 pixels",
    ),
    "labels in a file of their own": (
        both(
            *(
                other(f"{part}_{split}.csv", "\n".join([",".join(["0"] * cells)] * 9))
                for split in ("train", "test")
                for part, cells in (("X", 784), ("y", 1))
            )
        ),
        "np.column_stack([labels, pixels])",
    ),
    "one True among the pixels": (
        csvs(change=lambda text: text.replace(",255,", ",True,", 1)),
        "'True'",
    ),
    "npz with NaN": (
        npz(pixels=lambda x: np.where(np.arange(784) == 3, np.nan, x)),
        "image 0, pixel 3",
    ),
    "an empty zip": (other("archive.zip", archive_bytes()), "an empty archive"),
    "a zip of nothing of use": (
        giving(other("archive.zip", archive_bytes("notes.txt")), "archive.zip"),
        "archive.zip/notes.txt",
    ),
    "a zip with a password": (
        other("archive.zip", locked(archive_bytes("mnist_train.csv", "mnist_test.csv"))),
        "unpack it with its password",
    ),
    "many files": (
        both(*(other(f"{n:02}.bin", b"\0\1") for n in range(15))),
        "11.bin (unknown bytes) and 3 more",
    ),
    "twelve files": (
        both(*(other(f"{n:02}.txt", "milk") for n in range(12))),
        "11.txt (text)\n",
    ),
    "a file of nothing given": (giving(other("notes.txt", "buy milk"), "notes.txt"), "text"),
    "a damaged gzip": (
        both(
            csvs(("mnist_train.csv.gz", "mnist_test.csv.gz")),
            other("mnist_train.csv.gz", b"\x1f\x8b"),
        ),
        "breaks off",
    ),
    "three sets": (
        both(*(csvs((f"{name}_train.csv", f"{name}_test.csv")) for name in "abc")),
        "3 sets: a_train.csv, b_train.csv, c_train.csv",
    ),
    "two sets of other words": (
        both(*(idx(lambda name, of=of: f"emnist-{of}-{name}") for of in ("digits", "letters"))),
        "both: emnist-digits",
    ),
    "only the labels as arrays": (
        both(
            npys(NPYS[0]),
            lambda folder: [(folder / f"x_{name}.npy").unlink() for name in ("train", "test")],
        ),
        "no train-images-idx3-ubyte, no t10k-images-idx3-ubyte",
    ),
    "only the training table, as Parquet": (
        other("mnist-train.parquet", b"PAR1 and so on"),
        "no mnist-test.parquet",
    ),
    "a damaged zip": (other("archive.zip", b"PK\3\4 and no more"), "download that archive again"),
    "QMNIST with a label above 9": (
        both(
            idx(),
            lambda folder: (folder / IDX[1]).unlink(),
            other(
                "train-labels-idx2-int",
                struct.pack(">3I", 0x0C02, 12, 8)
                + (TRAIN[1][:, None] + [[0] * 8])
                .astype(">i4")
                .tobytes()
                .replace(b"\0\5", b"\0\x0c"),
            ),
        ),
        "train-labels-idx2-int, label 0 (counted from 0)\n",
    ),
    "IDX in other bytes": (
        both(idx(), other(IDX[0], struct.pack(">4I", 0xD03, 12, 28, 28) + bytes(12 * 784 * 4))),
        "3331",
    ),
}


@pytest.mark.parametrize("layout", REFUSED)
def test_a_layout_that_cannot_be_read_is_refused_with_words(folder, layout, refused):
    write, words = REFUSED[layout]
    error = refused(write(folder))
    assert words in str(error)
    assert "Errno" not in str(error)


# The path ----------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    csvs()(tmp_path / "my data")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "path",
    [
        "~/my data",
        "my data",
        "./my data/",
        " my data ",
        '"my data"',
        "'~/my data'",
        "$HOME/my data",
        ".\\my data",
        "~\\my data\\mnist_train.csv",
        b"my data",
        Path("~/my data"),
    ],
)
def test_a_path_is_understood_as_people_write_it(home, path):
    compare(load_mnist(path))


def test_a_file_url_is_a_path(home):
    compare(load_mnist((home / "my data").as_uri()))


@pytest.mark.parametrize("path", ["", "  ", '""'])
def test_an_empty_path_is_named(path, refused):
    assert refused(path).found == "an empty path"


@pytest.mark.parametrize("path", ["https://example.org/mnist.zip", "http://example.org"])
def test_an_address_on_the_web_is_told_to_be_downloaded(path, refused):
    assert "download" in refused(path).remedy


@pytest.mark.parametrize("path", [True, 7, 1.5, ["folder"], {}])
def test_something_that_is_no_path_is_a_type_error_with_words(path):
    with pytest.raises(TypeError, match="load_mnist takes a folder"):
        load_mnist(path)


def test_a_misspelled_path_is_told_what_is_there_instead(home, refused):
    error = refused("my dta")
    assert "my data" in error.found
    assert f"did you mean {home / 'my data'}?" in error.remedy


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_a_path_that_cannot_be_is_named(home, path, refused):
    assert refused(path, path).found.startswith("nothing of that name")


def test_of_what_is_beside_a_path_that_is_not_there_eight_are_shown_and_nothing_hidden(
    tmp_path, refused
):
    for number in range(8):
        other(f"{number}", "")(tmp_path)
    other(".hidden", "")(tmp_path)
    assert refused(tmp_path / "nowhere").found.endswith("holds 0, 1, 2, 3, 4, 5, 6, 7")
    other("8", "")(tmp_path)
    assert refused(tmp_path / "nowhere").found.endswith("holds 0, 1, 2, 3, 4, 5, 6, 7, ...")


def may_not_be_read(path: object, *_: object) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def test_a_path_below_a_folder_that_may_not_be_listed_is_named(tmp_path, refused, monkeypatch):
    monkeypatch.setattr(os, "listdir", may_not_be_read)
    assert refused(tmp_path / "nowhere").found == "nothing of that name"


def test_a_path_on_a_drive_that_is_not_there_is_named(tmp_path, refused, monkeypatch):
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    assert refused(tmp_path / "nowhere").found == "nothing of that name"


def test_a_folder_that_may_not_be_read_is_named(folder, refused, monkeypatch):
    monkeypatch.setattr(Path, "iterdir", may_not_be_read)
    assert refused(folder).found == "Permission denied"


def test_a_folder_below_that_may_not_be_read_is_passed_over(folder, monkeypatch):
    (csvs()(folder) / "below").mkdir()
    entries = Path.iterdir
    monkeypatch.setattr(
        Path, "iterdir", lambda path: (may_not_be_read if path.name == "below" else entries)(path)
    )
    compare(load_mnist(folder))


def test_a_file_that_may_not_be_read_is_named(folder, refused, monkeypatch):
    csvs()(folder)
    monkeypatch.setattr(Path, "open", may_not_be_read)
    assert refused(folder).found == "Permission denied"


def test_an_archive_that_is_too_large_is_to_be_unpacked(folder, refused, monkeypatch):
    archive(csvs(), "archive.zip")(folder)
    size = (folder / "archive.zip").stat().st_size
    monkeypatch.setattr(mnist_folder, "_LARGEST", size)
    compare(load_mnist(folder))
    monkeypatch.setattr(mnist_folder, "_LARGEST", size - 1)
    assert "too large to look into" in refused(folder).found


def test_a_folder_of_very_many_files_is_not_looked_through_to_the_end(folder, refused, monkeypatch):
    below(csvs(), "a folder")(folder)
    monkeypatch.setattr(mnist_folder, "_MOST", 4)
    both(*(other(f"{number}.txt", "buy milk") for number in range(2)))(folder)
    compare(load_mnist(folder))
    both(*(other(f"{number}.txt", "buy milk") for number in range(9)))(folder)
    found = refused(folder).found
    assert "4.txt (text)" in found
    assert "5.txt" not in found


def test_a_set_is_found_four_folders_below_and_no_deeper(folder, refused):
    compare(load_mnist(below(csvs(), "1/2/3/4")(folder)))
    (folder / "1/2/3/4").rename(folder / "4")
    (folder / "1/2/3/deep").mkdir()
    (folder / "4").rename(folder / "1/2/3/deep/5")
    assert refused(folder).found == "none of them; there is no file at all"


def test_an_array_that_breaks_off_is_named_with_what_numpy_says(folder, refused):
    start = b"\x93NUMPY\1\0"
    both(npys(NPYS[0]), other("y_train.npy", start))(folder)
    with pytest.raises(ValueError, match="EOF") as error:
        np.load(io.BytesIO(start))
    assert refused(folder, error.value).found == str(error.value)


def test_an_error_lists_what_is_in_the_folder(tmp_path, refused):
    other("notes.txt", "buy milk")(tmp_path)
    other("titanic/train.csv", "a,b\n1,2\n")(tmp_path)
    found = refused(tmp_path).found
    assert "notes.txt (text)" in found
    assert "titanic/train.csv (text)" in found


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_in_the_folder_is_passed_over(tmp_path):
    csvs()(tmp_path)
    os.mkfifo(tmp_path / "train.csv")
    compare(load_mnist(tmp_path))


@pytest.mark.parametrize("last", [True, False])
def test_labels_that_are_all_0_are_not_guessed_without_a_header(tmp_path, last, refused):
    zeros = tuple((pixels, 0 * labels) for pixels, labels in (TRAIN, TEST))
    csvs(raws=zeros, last=last)(tmp_path)
    assert refused(tmp_path).place == "its first and last column"


def test_a_damaged_label_in_the_first_column_does_not_move_the_label_to_the_last(tmp_path, refused):
    csvs(change=lambda text: text.replace("5,", "256,", 1))(tmp_path)
    error = refused(tmp_path)
    assert error.place == "line 1, column 1 (the label)"
    assert error.found == "'256'"


def test_files_of_one_name_in_two_folders_are_not_paired(tmp_path, refused):
    csvs()(tmp_path / "a")
    csvs()(tmp_path / "b")
    (tmp_path / "a" / "mnist_test.csv").unlink()
    (tmp_path / "b" / "mnist_train.csv").unlink()
    assert refused(tmp_path).found.startswith("none that belong together; there are a/mnist_")
    assert refused(tmp_path / "a" / "mnist_train.csv").place == "the file that belongs to it"


def test_a_cell_that_only_pandas_takes_for_none_is_told_with_its_lines(
    folder, refused, monkeypatch
):
    monkeypatch.setattr(mnist_text, "NUMBER", re.compile(".*"))
    csvs(header=HEADER, change=lambda text: text.replace(",255,", ",x,", 1))(folder)
    assert refused(folder).place == "lines 2 to 13"


# Parquet -----------------------------------------------------------------------------------------


def as_png(pixels: np.ndarray) -> dict:
    buffer = io.BytesIO()
    Image.fromarray(pixels.reshape(28, 28)).save(buffer, "png")
    return {"bytes": buffer.getvalue(), "path": None}


PARQUET = {
    "Hugging Face": lambda raw: pd.DataFrame(
        {"image": list(map(as_png, raw[0])), "label": raw[1].astype(int)}
    ),
    "columns": lambda raw: pd.DataFrame(np.column_stack([raw[1], raw[0]]), columns=HEADER),
    "columns that are numbered": lambda raw: pd.DataFrame(
        np.column_stack([raw[1], raw[0]]), columns=[str(number) for number in range(785)]
    ),
    "label last": lambda raw: pd.DataFrame(
        np.column_stack([raw[0], raw[1]]), columns=[*PIXEL_NAMES, "class"]
    ),
    "nested lists": lambda raw: pd.DataFrame(
        {"image": raw[0].reshape(-1, 28, 28).tolist(), "label": raw[1].astype(int)}
    ),
    "flat lists": lambda raw: pd.DataFrame({"image": raw[0].tolist(), "label": raw[1].astype(int)}),
    "other names": lambda raw: PARQUET["flat lists"](raw).set_axis(["Img", "Class"], axis=1),
    "names in the plural": lambda raw: PARQUET["flat lists"](raw).set_axis(
        ["images", "labels"], axis=1
    ),
}


@pytest.mark.parametrize("form", PARQUET)
def test_parquet_is_read_where_pyarrow_is_installed(tmp_path, form):
    pytest.importorskip("pyarrow")  # not among the lowest versions; locked for all other tests
    for name, raw in (("train", TRAIN), ("test", TEST)):
        PARQUET[form](raw).to_parquet(tmp_path / f"{name}-00000-of-00001.parquet")
    compare(load_mnist(tmp_path))


def with_cell(column: str, row: int, value: object) -> Callable[[Raw], pd.DataFrame]:
    """Write one cell as something else."""

    def form(raw: Raw) -> pd.DataFrame:
        frame = PARQUET["columns" if column in HEADER else "Hugging Face"](raw)
        frame[column] = frame[column].astype(object)
        frame.at[row, column] = value
        return frame.astype({column: type(value)}) if column in HEADER else frame

    return form


def as_picture(mode: str, side: int) -> dict:
    buffer = io.BytesIO()
    Image.new(mode, (side, side)).save(buffer, "png")
    return {"bytes": buffer.getvalue(), "path": None}


PARQUET_REFUSED = {
    "no row": lambda raw: PARQUET["columns"](raw)[:0],
    "colours": with_cell("image", 3, as_picture("RGB", 28)),
    "a larger picture": with_cell("image", 3, as_picture("L", 32)),
    "larger pictures as lists": lambda raw: pd.DataFrame(
        {"image": [[0] * 1024] * len(raw[1]), "label": raw[1].astype(int)}
    ),
    "no picture": with_cell("image", 3, {"bytes": b"buy milk", "path": None}),
    "a negative pixel": with_cell("pixel7", 3, -1.0),
    "a label above 9": with_cell("label", 3, 12.0),
    "two columns of labels": lambda raw: PARQUET["columns"](raw).assign(target=1),
    "no labels": lambda raw: PARQUET["Hugging Face"](raw)[["image"]],
    "0 in the first and last column": lambda raw: PARQUET["columns that are numbered"](
        (raw[0], 0 * raw[1])
    ),
}


@pytest.mark.parametrize("form", PARQUET_REFUSED)
def test_parquet_that_cannot_be_read_is_refused_with_words(folder, form, refused):
    pytest.importorskip("pyarrow")
    for name, raw in (("train", TRAIN), ("test", TEST)):
        PARQUET_REFUSED[form](raw).to_parquet(folder / f"{name}.parquet")
    refused(folder)


def test_parquet_with_a_label_in_words_is_refused_with_what_numpy_says(folder, refused):
    pytest.importorskip("pyarrow")
    for name, raw in (("train", TRAIN), ("test", TEST)):
        with_cell("label", 3, "five")(raw).to_parquet(folder / f"{name}.parquet")
    with pytest.raises(ValueError, match="five") as error:
        np.array(["five"], object).astype(np.float64)
    assert refused(folder, error.value).found == str(error.value)


def test_a_damaged_parquet_file_is_named_with_what_pyarrow_says(folder, refused):
    pytest.importorskip("pyarrow")
    for name in ("train", "test"):
        (folder / f"{name}.parquet").write_bytes(b"PAR1 and so on")
    with pytest.raises(ValueError, match="Parquet") as error:
        pd.read_parquet(io.BytesIO(b"PAR1 and so on"))
    assert refused(folder, error.value).found == str(error.value)


def test_without_pyarrow_a_parquet_file_says_what_to_install(tmp_path, monkeypatch, refused):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "fastparquet", None)
    for name in ("train", "test"):
        (tmp_path / f"{name}.parquet").write_bytes(b"PAR1 and so on")
    assert "install pyarrow" in refused(tmp_path).remedy


# Any layout, and any damage ----------------------------------------------------------------------


@st.composite
def text_layouts(draw: st.DrawFn) -> tuple[Callable[[Path], Path], tuple[Raw, Raw]]:
    """Draw a way to write a set as text, and the set."""
    seed = draw(st.integers(0, 99))
    raws = pictures(draw(st.integers(3, 6)), seed), pictures(draw(st.integers(3, 6)), seed + 1)
    separator = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    last = draw(st.booleans())
    names = draw(st.sampled_from([PIXEL_NAMES, XY_NAMES, [str(n) for n in range(784)]]))
    label = draw(st.sampled_from(["label", "Class", "target", "标签", "y"]))
    header = [*names, label] if last else [label, *names]
    cell = draw(st.sampled_from(["{}", "{}.0", " {}" if separator != " " else "{}"]))
    scaled = draw(st.booleans())
    quote = draw(st.sampled_from([str, quoted]))
    comment = draw(st.sampled_from(["", "# made by hand\n", "\n\n", "% a, b\n"]))
    write = csvs(
        raws=raws,
        header=draw(st.sampled_from([header, None])),
        separator=separator,
        last=last,
        cell=(lambda value: f"{value / 255:.5f}") if scaled else cell.format,
        quote=quote,
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        change=lambda text: comment + text,
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gbk"])),
        pack=draw(st.sampled_from([bytes, gzip.compress, zip_each])),
    )
    return write, raws


def read(path: Path) -> tuple[Mnist | MnistError, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            data = load_mnist(path)
        except MnistError as error:
            return error, []
    return data, [str(warning.message) for warning in caught]


@settings(max_examples=20, deadline=None)
@given(text_layouts())
def test_any_layout_of_text_is_read_right(drawn):
    write, raws = drawn
    with tempfile.TemporaryDirectory() as folder:
        data, _ = read(write(Path(folder)))
    assert not isinstance(data, MnistError), data
    compare(data, raws)


@settings(max_examples=20, deadline=None)
@given(text_layouts(), st.data())
def test_any_layout_with_a_cell_lost_or_doubled_is_refused_or_read_with_a_word(drawn, data):
    write, raws = drawn
    with tempfile.TemporaryDirectory() as name:
        file = write(Path(name)) / "mnist_train.csv"
        content = file.read_bytes()
        assume(not content.startswith((b"\x1f\x8b", b"PK")) and b"\0" not in content)
        lines = content.splitlines()
        row = data.draw(st.integers(len(lines) - len(raws[0][1]), len(lines) - 1))
        separator = max(b",;\t| ", key=lambda code: lines[row].count(code))
        cells = lines[row].split(bytes([separator]))
        column = data.draw(st.integers(0, len(cells) - 1))
        cells[column : column + 1] = data.draw(st.sampled_from([0, 2])) * [cells[column]]
        lines[row] = bytes([separator]).join(cells)
        file.write_bytes(b"\n".join(lines))
        result, said = read(Path(name))
    assert isinstance(result, MnistError) or said


@st.composite
def array_layouts(draw: st.DrawFn) -> tuple[Callable[[Path], Path], tuple[Raw, Raw]]:
    """Draw a way to write a set as IDX, ``.npz`` or ``.npy``, and the set."""
    seed = draw(st.integers(0, 99))
    raws = pictures(draw(st.integers(3, 6)), seed), pictures(draw(st.integers(3, 6)), seed + 1)
    pack, suffix = draw(st.sampled_from([(bytes, ""), (gzip.compress, ".gz")]))
    change = draw(st.sampled_from([str, upper, dotted, str.title]))
    mark = draw(st.sampled_from(["", " (1)", ".txt"]))
    shape = draw(st.sampled_from([(784,), (28, 28), (28, 28, 1), (1, 28, 28)]))
    kind = draw(st.sampled_from([np.uint8, np.int64, np.float32, np.float64]))
    write = draw(
        st.sampled_from(
            [
                idx(lambda name: change(name) + mark + suffix, pack, raws),
                idx(lambda name: f"{name}/{change(name)}{suffix}", pack, raws),
                npz(shape=shape, raws=raws, pixels=lambda x: x.astype(kind)),
                npys(draw(st.sampled_from(NPYS)), raws),
            ]
        )
    )
    part = draw(st.sampled_from(["", "MNIST/raw", "data/my digits", "数据"]))
    return (below(write, part) if part else write), raws


@settings(max_examples=30, deadline=None)
@given(array_layouts())
def test_any_layout_of_arrays_is_read_right(drawn):
    write, raws = drawn
    with tempfile.TemporaryDirectory() as folder:
        data, said = read(write(Path(folder)))
    assert not isinstance(data, MnistError), data
    assert not said
    compare(data, raws)


@settings(max_examples=30, deadline=None)
@given(array_layouts(), st.data())
def test_any_layout_of_arrays_cut_short_is_refused(drawn, data):
    write, _ = drawn
    with tempfile.TemporaryDirectory() as name:
        files = sorted(path for path in write(Path(name)).rglob("*") if path.is_file())
        file = data.draw(st.sampled_from(files))
        content = file.read_bytes()
        percent = data.draw(st.sampled_from(range(100)))
        file.write_bytes(content[: len(content) * percent // 100])
        result, _ = read(Path(name))
    assert isinstance(result, MnistError)


# Taken by all that takes pictures ----------------------------------------------------------------


@pytest.mark.slow
def test_a_set_of_47_classes_goes_through_training_sweep_explorer_and_map(folder):
    idx(lambda name: f"emnist-balanced-{name}", raws=BALANCED)(folder)
    data, _ = read(folder)
    images, labels = data.train
    encoder, decoder = mlp_autoencoder((784, 2), torch.nn.Sigmoid)
    history = fit(torch.nn.Sequential(encoder, decoder), images, epochs=1)
    scores = fit(torch.nn.Linear(784, 47), images, labels, epochs=1, loss=cross_entropy)
    assert history.final_loss > 0
    assert scores.final_loss > 1  # near log 47

    def run(size, seed):
        data, _ = read(folder)
        model = torch.nn.Sequential(*mlp_autoencoder((784, size), torch.nn.Sigmoid))
        return {"loss": fit(model, data.train.images, epochs=1, seed=seed).final_loss}

    assert (sweep(run, {"size": [2]}, folder=folder / "runs", seeds=[0])["loss"] > 0).all()
    assert Explorer((encoder, decoder), images, labels).view.labels == labels.tolist()
    assert LatentMap(encoder, decoder, images, labels).labels == labels.tolist()
