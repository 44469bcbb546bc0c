"""Layouts, paths and files that cannot be read: each is refused with words."""

import gzip
import io
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from mnist_files import (
    BINARY,
    COUNT,
    HEADER,
    IDX,
    NPYS,
    PIXEL_NAMES,
    TEST,
    TRAIN,
    XY_NAMES,
    archive,
    archive_bytes,
    below,
    both,
    compare,
    csvs,
    giving,
    idx,
    locked,
    npys,
    npz,
    other,
    packed_as,
    quoted,
    shuffled,
    table,
    with_columns,
    with_corners,
)

from aelib.mnist import folder as mnist_folder
from aelib.mnist import load_mnist
from aelib.mnist import text as mnist_text

# Refused -----------------------------------------------------------------------------------------

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4665\nsize 109575994\n"
MANGLED = [f"{value}.{n}" if n else "0" for n in range(700) for value in (0,)]
MANGLED = ["5", *MANGLED, *(f"{v}.1" for v in range(1, 85))]


def edited(file: Path, change: Callable[[str], str]) -> None:
    file.write_bytes(change(file.read_text(encoding="utf-8")).encode())


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
        csvs(raws=(with_corners(0, COUNT % 9, COUNT % 10),) * 2),
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
    "pixels by three numbers": (
        csvs(header=["label", *(f"{n // 28}x{n % 28}x{n % 27}" for n in range(784))]),
        "near '0x0x0'",
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
    "a row shorter than a header with an index": (
        both(
            with_columns(lambda names: ["id", *names], {"id": str}),
            lambda folder: edited(folder / "mnist_train.csv", lambda text: text[:-1000]),
        ),
        ": as in the header",
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
    "a pixel in words among decimal commas": (
        csvs(
            separator=";",
            cell=lambda value: f"{value},0",
            change=lambda text: text.replace(";255,0;", ";white;", 1),
        ),
        "line 1, column 121 (pixel 120 of 784)",
    ),
    "quotes inside a cell": (
        csvs(change=lambda text: text.replace(",255,", ',2"5"5,', 1)),
        "'2\"5\"5'",
    ),
    "quotes around a part of a cell": (
        csvs(change=lambda text: text.replace(",255,", ',"25"5,', 1)),
        "'\"25\"5'",
    ),
    "a stray control character": (
        csvs(change=lambda text: text.replace(",255,", ",25\x015,", 1)),
        "line 1, column 121 (pixel 120 of 784)",
    ),
    "an object of JSON": (other("mnist.json", '\n {"train": [[5, 0]]}'), "a JSON file"),
    "a list of JSON": (other("mnist.json", "[[5, 0]]"), "a JSON file"),
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
    "npz of splits alone": (
        lambda folder: np.savez(folder / "digits.npz", train=0, test=0, images=0) or folder,
        "arrays images, test, train",
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
    "a zip of nothing of use, with backslashes": (
        other("archive.zip", archive_bytes("data\\notes.txt")),
        "archive.zip/data/notes.txt",
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


@pytest.mark.parametrize("name", ["my data", "50%25", "数据"])
def test_a_file_url_is_a_path(home, name):
    (home / "my data").rename(home / name)
    csvs(raws=(TEST, TRAIN))(home)
    path = (home / name).as_posix().lstrip("/")
    url = f"file:///{quote(path, safe='/:')}"  # in UTF-8 whatever the system's own encoding
    compare(load_mnist(url))
    compare(load_mnist(url.replace("file:", "FILE:")))


@pytest.mark.parametrize("name", ["X", "~", "'data'", "$HOME", "%HOME%", "file;a", " a "])
def test_a_folder_of_any_name_is_read_where_it_is_there_as_it_stands(home, name):
    csvs(raws=(TEST, TRAIN))(home)
    csvs()(home / name)
    compare(load_mnist(name))


@pytest.mark.parametrize("path", ["", "  ", '""', "''", "\t\r\n"])
def test_an_empty_path_is_named(path, refused):
    assert refused(path).found == "an empty path"


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/mnist.zip",
        "http://example.org",
        " ftp://example.org",
        "s3://mnist/train",
        "hf://datasets/ylecun/mnist",
    ],
)
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


def test_of_a_quoted_path_nothing_but_the_quotes_is_taken_off(home):
    csvs(raws=(TEST, TRAIN))(home)
    csvs()(home / "X")
    compare(load_mnist(' "X" '))


def test_of_a_path_below_home_it_is_told_what_is_there_in_home(home, refused):
    error = refused("~/my dta")
    assert f"did you mean {home / 'my data'}?" in error.remedy


def test_of_a_path_that_ends_early_the_last_folder_that_is_there_is_told(home, refused):
    (home / "empty").mkdir()
    assert refused("empty/1/2").found.endswith("empty is there and holds nothing")
    error = refused("my data/mnist_tain.csv/2")
    assert f"did you mean {home / 'my data' / 'mnist_train.csv'}?" in error.remedy


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


@pytest.mark.parametrize("name", ["archive.zip", "archive.tar"])
def test_an_archive_that_is_too_large_is_to_be_unpacked(name, folder, refused, monkeypatch):
    packed_as(name, "mnist_train.csv", "mnist_test.csv")(folder)
    size = (folder / name).stat().st_size
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
