"""What a file's name says, and what its first bytes are."""

import bz2
import gzip
import lzma

import numpy as np
import pytest

from aelib.mnist.contents import HEAD, inner_head, kind_of, utf16_of
from aelib.mnist.naming import other_set, read_name, read_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mnist_train.csv", ("train", None, ("mnist",), 0)),
        ("MnistTest.csv", ("test", None, ("mnist",), 0)),
        ("t10k-labels-idx1-ubyte.gz", ("test", "labels", (), 0)),
        ("train-images.idx3-ubyte", ("train", "images", (), 0)),
        ("x_train.npy", ("train", "images", (), 0)),
        ("ytest.npy", ("test", "labels", (), 0)),
        ("testx.npy", ("test", "images", (), 0)),
        ("extrax.npy", (None, None, ("extrax",), 0)),
        ("train_test.csv", ("train", None, (), 0)),
        ("labels_of_images.npy", (None, "labels", (), 0)),
        ("mnist_val.csv", ("other", None, ("mnist",), 0)),
        ("训练集.csv", ("train", None, (), 0)),
        ("digits_train (1).csv", ("train", None, ("digits",), 1)),
        ("digits_train(2) (1).csv", ("train", None, ("digits",), 2)),
        ("train copy 2.csv", ("train", None, (), 1)),
        ("train - 副本.csv", ("train", None, (), 1)),
        ("train-00000-of-00001.parquet", ("train", None, (), 0)),
        ("", (None, None, (), 0)),
    ],
)
def test_a_name_says_split_part_the_set_s_words_and_how_often_it_was_copied(name, expected):
    assert tuple(read_name(name)) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["train", "mnist", "images.csv"], ("train", "images")),
        (["test", "train", "0.csv"], ("train", None)),
        (["train", "labels", "test.csv"], ("test", "labels")),
        (["0.csv"], (None, None)),
    ],
)
def test_what_a_file_s_name_does_not_say_the_nearest_folder_says(names, expected):
    assert read_path(names)[:2] == expected


@pytest.mark.parametrize(
    ("path", "word"),
    [("Fashion-MNIST/train.csv", "fashion"), ("a/EMNIST-letters", "emnist"), ("mnist.csv", None)],
)
def test_the_word_for_another_set_is_found_in_a_path(path, word):
    assert other_set(path) == word


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "empty"),
        (gzip.compress(b"1", mtime=0), "packed"),
        (bz2.compress(b"1"), "packed"),
        (lzma.compress(b"1"), "packed"),
        (bytes(257).replace(b"\0", b"a") + b"ustar", "tar"),
        (b"\0\0\x08\3", "idx"),
        (b"\x80\4\x95", "a Python pickle"),
        (b"\n <html>", "a web page (HTML or XML)"),
        (b"% digits\n@RELATION", "an ARFF file"),
        (b"5 1:0.1 2:0.2 3:0.3", "a LIBSVM file"),
        (b" {", "a JSON file"),
        (b"\n[", "a JSON file"),
        ("1,2,3".encode("utf-16-le"), "text"),
        (b"1,2\n" * 24 + b"1,\1\2", "text"),  # two control characters of a hundred
        (b"1,2\n" * 24 + b"\1\2\3", "binary"),
        (b"1,2\n" * 99 + b"\0", "binary"),
    ],
)
def test_a_kind_is_told_from_the_first_bytes(head, kind):
    assert kind_of(head) == kind


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_an_encoding_of_two_or_four_bytes_is_told_by_its_mark(encoding):
    assert utf16_of("1".encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_an_encoding_of_two_bytes_is_told_by_its_zeros(encoding):
    assert utf16_of("1,2,3".encode(encoding)) == encoding
    assert utf16_of((9 * "1" + "数").encode(encoding)) is None  # nine of ten are not enough
    assert utf16_of((10 * "1" + "数").encode(encoding)) == encoding
    assert utf16_of("1,\0".encode(encoding)) is None
    assert utf16_of("1,".encode(encoding)) == encoding
    assert utf16_of("1".encode(encoding)) is None


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_the_beginning_of_what_is_packed_is_unpacked_and_no_more_than_is_looked_at(pack):
    content = np.random.default_rng(0).bytes(2_000_000)
    found = inner_head(pack(content)[:1_500_000])
    assert 0 < len(found) <= HEAD
    assert content.startswith(found)
