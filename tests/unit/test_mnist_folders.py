"""Which files of a folder make a set, how far is looked for them, and what is said without one."""

from pathlib import Path

import numpy as np
import pytest
from mnist_files import (
    BINARY,
    IDX,
    NPYS,
    TEST,
    TRAIN,
    archive,
    archive_bytes,
    below,
    both,
    compare,
    csvs,
    giving,
    idx,
    npys,
    npz,
    other,
    read,
    table,
    zip_each,
)

from aelib.mnist import folder as mnist_folder
from aelib.mnist import load_mnist
from aelib.mnist.contents import HEAD, Source


def by_split(name):
    return ("train/" if name.startswith("train") else "test/") + name


def by_part(name):
    part = "images" if "images" in name else "labels"
    return f"{part}/{'train' if name.startswith('train') else 'test'}"


FOUND = {
    "folders named after set and split": csvs(("mnist_train/data.csv", "mnist_test/data.csv")),
    "folders that share a word with their files": csvs(
        ("digits_train/digits_1.csv", "digits_test/digits_1.csv")
    ),
    "a folder for each part": idx(by_part),
    "a folder for one split alone": csvs(("train/mnist_train.csv", "mnist_test.csv")),
    "a folder for one split, arrays of something else in it": both(
        csvs(("train/mnist_train.csv", "mnist_test.csv")),
        lambda folder: np.savez(folder / "train" / "weights.npz", a=1),
    ),
    "one of several folders for one split": both(
        csvs(("train/data.csv", "test/data.csv")), other("letters_train/data.csv", table(TEST))
    ),
    "a table under another suffix beside": both(csvs(), other("mnist_train.doc", table(TEST))),
    "an empty table of something else beside": both(csvs(), other("titanic_train.csv", "")),
    "a damaged file of arrays beside": both(csvs(), other("weights.npz", b"PK, and no more")),
    "arrays of something else beside": both(csvs(), other("weights.npy", b"\x93NUMPY\1\0")),
    "files of a Mac in a zip": archive(
        both(csvs(), other("._mnist_train.csv", b"\0\5\26\7")), "archive.zip"
    ),
    "a zip of one table beside it, with others": both(
        csvs(), csvs(("mnist_train.csv.zip", "mnist_test.csv.zip"), raws=BINARY, pack=zip_each)
    ),
    "a file whose other one is also packed": giving(
        both(
            csvs(("train.csv", "test.csv")),
            other("test.csv.zip", zip_each(table(TRAIN).encode())),
        ),
        "train.csv",
    ),
    "a file whose other one is also packed, in a folder": giving(
        both(
            csvs(("train/train.csv", "test/test.csv")),
            other("test/test.csv.ZIP", zip_each(table(TRAIN).encode())),
        ),
        "train/train.csv",
    ),
    "arrays that are hidden, given": giving(npz(".mnist.npz"), ".mnist.npz"),
    "an archive that is hidden, given": giving(archive(csvs(), ".mnist.zip"), ".mnist.zip"),
    "MNIST beside another set": both(csvs(), below(npz(raws=BINARY), "fashion")),
    "MNIST beside another set, in one folder": both(
        idx(), idx(lambda name: f"fashion-{name}", raws=BINARY)
    ),
}


@pytest.mark.parametrize("layout", FOUND)
def test_the_files_of_a_set_are_found_without_a_word(folder, layout):
    data, said = read(FOUND[layout](folder))
    compare(data)
    assert said == []


@pytest.mark.parametrize(
    ("given", "raw"), [("mnist_train.csv", TRAIN), ("mnist_train (1).csv", TEST)]
)
def test_of_copies_that_differ_the_one_given_is_read(folder, given, raw):
    both(csvs(), other("mnist_train (1).csv", table(TEST)))(folder)
    data, _ = read(folder / given)
    compare(data, (raw, TEST))


NOT_FOUND = {
    "an array that says no split, given": giving(other("X.npy", b"\x93NUMPY\1\0"), "X.npy"),
    "an array that says no part, given": giving(other("train.npy", b"\x93NUMPY\1\0"), "train.npy"),
    "IDX that says no split, given": giving(
        other("images-idx3-ubyte", b"\0\0\x08\3"), "images-idx3-ubyte"
    ),
    "Parquet that says no split, given": giving(other("data.parquet", b"PAR1"), "data.parquet"),
    "Parquet by its name alone": other("mnist-train.parquet", "buy milk"),
    "Parquet by its content alone": other("mnist-train.pq", b"PAR1 and so on"),
    "arrays without labels": both(
        npys(NPYS[2]), lambda folder: [file.unlink() for file in folder.glob("*labels*")]
    ),
    "damaged files": both(
        *(
            other(name, magic + b"damaged" * 9)
            for name, magic in (("a.gz", b"\x1f\x8b"), ("a.bz2", b"BZh"), ("a.xz", b"\xfd7zXZ\0"))
        )
    ),
    "a file of no arrays": other("mnist.npz", archive_bytes()),
    "thirteen files": both(*(other(f"{n:02}.txt", "milk") for n in range(13))),
    "a hidden file given": giving(other(".mnist_train.csv", table(TRAIN)), ".mnist_train.csv"),
    "a folder in place of the test table": both(
        csvs(),
        lambda folder: (folder / "mnist_test.csv").unlink(),
        below(other("a", ""), "mnist_test.csv"),
    ),
    "nothing but a folder in place of each table": both(
        below(other("a", ""), "mnist_train.csv"), below(other("a", ""), "mnist_test.csv")
    ),
    "nothing but a folder in place of the training table": below(other("a", ""), "mnist_train.csv"),
    "nothing but a folder in place of the test table": below(other("a", ""), "mnist_test.csv"),
    "a table and an IDX file": both(
        csvs(), idx(), lambda folder: [(folder / n).unlink() for n in ("mnist_test.csv", *IDX[1:])]
    ),
    "a table and three IDX files": both(
        csvs(), idx(), lambda folder: [(folder / n).unlink() for n in ("mnist_test.csv", IDX[3])]
    ),
    "two sets in an archive given": giving(
        archive(both(csvs(), npz()), "archive.zip"), "archive.zip"
    ),
    "two sets in a folder for each split": both(
        csvs(("train/mnist_train.csv", "test/mnist_test.csv")), idx(by_split)
    ),
    "MNIST twice beside another set": both(csvs(), npz(), npz("fashion.npz")),
    "an empty table named after its split alone": both(
        csvs(("train.csv", "test.csv")), other("train.csv", "")
    ),
    "a folder of other words": csvs(("letters_train/data.csv", "letters_test/data.csv")),
    "a table in a folder that says no split": csvs(("mnist/mnist_train.csv", "mnist_test.csv")),
    "a file two folders below the one beside": giving(
        csvs(("train/mnist_train.csv", "more/test/mnist_test.csv")), "train/mnist_train.csv"
    ),
}


@pytest.mark.parametrize("layout", NOT_FOUND)
def test_without_a_set_or_with_several_it_is_said_what_is_there(folder, layout, refused):
    refused(NOT_FOUND[layout](folder))


def test_of_a_file_that_is_looked_at_only_the_beginning_is_read():
    asked = []
    source = Source("a.csv", ("a.csv",), lambda size: asked.append(size) or b"1,2\n")
    mnist_folder._open(source)
    assert asked == [HEAD]


def test_after_as_many_files_as_are_looked_at_one_folder_is_still_looked_into(folder, monkeypatch):
    monkeypatch.setattr(mnist_folder, "_MOST", 3)
    below(npz(), "0")(folder)
    both(*(other(f"{number}.txt", "buy milk") for number in range(3)))(folder)
    compare(load_mnist(folder))
    other("3.txt", "buy milk")(folder)
    error, _ = read(folder)
    assert error.found.startswith("none of them")


def without_words(path: object, *_: object) -> None:
    raise OSError("the disk is gone")


@pytest.mark.parametrize("method", ["open", "iterdir"])
def test_an_error_for_which_the_system_has_no_words_is_told_in_python_s(
    folder, refused, monkeypatch, method
):
    csvs()(folder)
    monkeypatch.setattr(Path, method, without_words)
    assert refused(folder).found == "the disk is gone"


def test_a_file_that_may_not_be_read_is_listed_as_such(folder, refused, monkeypatch):
    other("notes.txt", "buy milk")(folder)
    monkeypatch.setattr(Path, "open", without_words)
    assert refused(folder).found.endswith("notes.txt (unreadable)")


def test_another_set_is_known_by_the_folders_above_a_relative_path(folder, monkeypatch):
    idx()(folder / "FashionMNIST" / "raw")
    monkeypatch.chdir(folder / "FashionMNIST")
    data, said = read(Path("raw"))
    compare(data)
    assert [text.partition(",")[0] for text in said] == ["This is Fashion-MNIST"]
