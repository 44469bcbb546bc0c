"""Layouts people have: each is read right, and what is uncertain is said."""

import bz2
import gzip
import lzma
import re
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mnist_files import (
    BALANCED,
    BINARY,
    BYCLASS,
    COUNT,
    HEADER,
    IDX,
    LETTERS,
    NPYS,
    PIXEL_NAMES,
    TEST,
    TRAIN,
    XY_NAMES,
    Raw,
    archive,
    below,
    both,
    compare,
    csvs,
    dotted,
    giving,
    idx,
    npys,
    npz,
    other,
    packed_as,
    pictures,
    quoted,
    read,
    rows,
    savetxt,
    shuffled,
    table,
    upper,
    with_columns,
    with_corners,
    zip_each,
)
from told import steady
from torch.nn.functional import cross_entropy

from aelib import fit, mlp_autoencoder, sweep
from aelib.live import Explorer, LatentMap
from aelib.mnist import MnistError, load_mnist
from aelib.mnist import notes as mnist_notes

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
    "tabs, also at the end": csvs(separator="\t", change=lambda text: text.replace("\n", "\t\n")),
    "pipes": csvs(header=HEADER, separator="|"),
    "spaces": csvs(separator=" "),
    "runs of spaces": csvs(separator="   "),
    "UTF-16 with tabs": csvs(header=HEADER, separator="\t", encoding="utf-16", end="\r\n"),
    "UTF-16 without mark, big end first": csvs(header=HEADER, encoding="utf-16-be"),
    "UTF-16 without mark": csvs(header=HEADER, encoding="utf-16-le"),
    "UTF-32": csvs(header=HEADER, encoding="utf-32"),
    "header quoted": csvs(change=lambda text: ",".join(map(quoted, HEADER)) + "\n" + text),
    "all quoted": csvs(header=HEADER, quote=quoted),
    "all quoted, semicolons": csvs(header=HEADER, quote=quoted, separator=";"),
    "old Mac line ends": csvs(header=HEADER, end="\r"),
    "blank lines and commas at the end": csvs(
        header=HEADER, change=lambda text: text.replace("\n", ",\n") + "\n" * 1000
    ),
    "commas at the end of the header alone": csvs(header=[*HEADER, "", ""]),
    "commas at the end of rows alone": csvs(
        change=lambda text: ",".join(HEADER) + "\n" + text.replace("\n", ",\n")
    ),
    "comment first": csvs(change=lambda text: "# from UCI\n# 12 rows\n" + text),
    "comment first, then header": csvs(header=HEADER, change=lambda text: "% MNIST\n\n" + text),
    "comments among the rows": csvs(change=lambda text: text.replace("\n", "\n# a row\n", 3)),
    "Excel's sep line": csvs(header=HEADER, separator=";", change=lambda text: "sep=;\n" + text),
    "Excel's sep line, quoted": csvs(
        header=HEADER, separator=";", change=lambda text: '"SEP=;"\r\n' + text
    ),
    "comment with a percent sign, then rows": csvs(change=lambda text: "  % 12 rows\n" + text),
    "comment with slashes, then rows": csvs(change=lambda text: "// 12 rows\n" + text),
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
    "gz of another name": csvs(("digits_train.csv.gz", "digits_test.csv.gz"), pack=gzip.compress),
    "bz2 of another name": csvs(("digits_train.csv.bz2", "digits_test.csv.bz2"), pack=bz2.compress),
    "xz of another name": csvs(("digits_train.csv.xz", "digits_test.csv.xz"), pack=lzma.compress),
    "zip with backslashes": packed_as(
        "archive.zip", "data\\mnist_train.csv", "data\\mnist_test.csv"
    ),
    "tar with dots": packed_as("archive.tar", "./mnist_train.csv", "./mnist_test.csv"),
    "zip from a Mac": archive(
        both(
            csvs(), other("__MACOSX/mnist_train.csv", table(TEST)), other(".a/mnist_test.csv", "")
        ),
        "archive.zip",
    ),
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
    "a copy given": giving(
        both(csvs(), csvs(("mnist_train (1).csv", "mnist_test.csv"))), "mnist_train (1).csv"
    ),
    "tsv": csvs(("mnist_train.tsv", "mnist_test.tsv"), separator="\t"),
    "capitals inside": csvs(("MnistTrain.csv", "MnistTest.csv")),
    "a table for validation beside": both(csvs(), csvs(("mnist_val.csv", "mnist_validation.csv"))),
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
    "IDX known by its content alone": idx(
        lambda name: name.replace("images-idx3-ubyte", "a").replace("labels-idx1-ubyte", "b")
    ),
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
    "npy xtrain": npys("{short}{split}.npy"),
    "npy trainx": npys("{split}{short}.npy"),
    "npy train_images": npys(NPYS[1]),
    "npz of each": npys(NPYS[2]),
}


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
TWO_CLASSES = tuple((pixels, labels % 2) for pixels, labels in (TRAIN, TEST))
THREES = tuple((pixels, 0 * labels + 3) for pixels, labels in (TRAIN, TEST))
FAINT = tuple((pixels * np.float32(0.7 / 255), labels) for pixels, labels in (TRAIN, TEST))
WITH_TWO_MORE = tuple(
    (pixels, np.where(labels == 5, more, labels))
    for (pixels, labels), more in zip((TRAIN, TEST), (12, 13), strict=True)
)
WITH_BRIGHT_CORNER = (with_corners(200, 0, COUNT % 10),) * 2
WITH_LABELS_ABOVE_9 = (with_corners(0, COUNT % 9, 2 * COUNT),) * 2
WITH_CORNER_ABOVE_9 = (with_corners(0, 2 * COUNT, COUNT % 9),) * 2

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
    "label last, of two classes": (
        csvs(raws=TWO_CLASSES, last=True),
        TWO_CLASSES,
        255,
        "from the last column, as the first is the same in every row",
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
        r"\(writer, source\) are not read",
    ),
    "an extra column named after the label": (
        with_columns(
            lambda names: ["label_7", *names[1:], "my label"],
            {"label_7": lambda n: "1", "my label": lambda n: str(TRAIN[1][n])},
        ),
        (TRAIN, TEST),
        255,
        r"\(label_7\) are not read",
    ),
    "many extra columns": (
        with_columns(
            lambda names: [*"abcdefgh", *names], {name: lambda n: "1" for name in "abcdefgh"}
        ),
        (TRAIN, TEST),
        255,
        r"\(a, b, c, d, e, f, \.\.\.\) are not read",
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
    "two classes above 9, one in each file": (
        idx(raws=WITH_TWO_MORE),
        WITH_TWO_MORE,
        255,
        "The labels run from 0 to 13",
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


@pytest.mark.parametrize("brightest", [127, 128])
def test_pictures_that_do_not_reach_half_of_the_grey_levels_are_called_dark(folder, brightest):
    raws = tuple((np.minimum(pixels, brightest), labels) for pixels, labels in (TRAIN, TEST))
    data, said = read(idx(raws=raws)(folder))
    compare(data, raws)
    assert ["are dark" in text for text in said] == [True, True] * (brightest < 128)


def test_without_a_header_labels_of_two_classes_are_found_first_without_a_word(folder):
    compare(load_mnist(csvs(raws=TWO_CLASSES)(folder)), TWO_CLASSES)


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


@pytest.mark.parametrize(("shared", "others"), [(20, 0), (21, 0), (30, 10), (25, 475), (26, 474)])
def test_test_images_that_were_trained_on_are_counted_if_they_are_many(
    folder, shared, others, snapshot
):
    train, fresh = pictures(60), pictures(others, seed=1)
    test = tuple(np.concatenate([a[:shared], b]) for a, b in zip(train, fresh, strict=True))
    data, said = read(idx(raws=(train, test))(folder))
    compare(data, (train, test))
    assert said == snapshot


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
