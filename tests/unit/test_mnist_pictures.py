"""Pixels and labels as files hold them: which range they have, and what is no pixel or label."""

import tracemalloc

import numpy as np
import pytest

from aelib.mnist import MnistError
from aelib.mnist import pictures as mnist_pictures
from aelib.mnist.pictures import make_mnist
from aelib.mnist.sets import Raw, Where

DIGITS = np.arange(10)


def raw(pixels, labels=DIGITS, file="train.csv", notes=()):
    """Return a split whose places are told by their numbers."""
    pixels = np.asarray(pixels)
    if pixels.ndim == 1:  # the first of each picture's pixels; the others are black
        row = np.concatenate([pixels, np.zeros(784 - len(pixels), pixels.dtype)])
        pixels = np.tile(row, (10 if labels is None else len(labels), 1))
    return Raw(
        pixels,
        None if labels is None else np.asarray(labels),
        file,
        lambda row, pixel: Where(file, f"picture {row}, pixel {pixel}", f"{pixels[row, pixel]:g}"),
        lambda row: Where(file, f"label {row}", f"{labels[row]:g}"),
        list(notes),
    )


BYTES = np.array([0, 7, 255], np.uint8)
TEST = raw(BYTES, file="test.csv")


def made(pixels, labels=DIGITS, test=TEST):
    """Return the pictures for training, and what is said."""
    data, said = make_mnist(raw(pixels, labels), test)
    assert data.train.images.dtype == data.test.images.dtype == np.float32
    assert data.train.labels.dtype == data.test.labels.dtype == np.int64
    return data.train.images, said


@pytest.fixture
def refused(snapshot):
    def make(train, test=TEST):
        with pytest.raises(MnistError) as caught:
            make_mnist(train, test)
        assert str(caught.value) == snapshot

    return make


# Labels ------------------------------------------------------------------------------------------


def test_what_was_said_of_the_files_comes_first():
    train = raw(np.array([0, 9], np.uint8), notes=["of the one"])
    test = raw(BYTES, None, "test.csv", ["of the other"])
    data, said = make_mnist(train, test)
    assert said[:2] == ["of the one", "of the other"]
    assert ["are dark" in text for text in said] == [False, False, True, False]
    assert "test.csv has pictures and no labels" in said[3]
    assert data.test.labels.tolist() == [-1] * 10
    assert data.train.labels.tolist() == list(range(10))


def test_labels_for_testing_that_are_all_minus_1_are_none():
    data, said = make_mnist(raw(BYTES), raw(BYTES, [-1.0, -1.0], "test.csv"))
    assert data.test.labels.tolist() == [-1, -1]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("train", "test"),
    [([0, 10], [11, 9]), ([0, 10, 11], [1]), ([61, 10], [1]), ([1, 1], [60, 61])],
)
def test_more_than_ten_classes_are_read_where_two_show_in_both_files_together(train, test):
    data, _said = make_mnist(raw(BYTES, train), raw(BYTES, test, "test.csv"))
    assert data.train.labels.tolist() == train
    assert data.test.labels.tolist() == test


BAD_LABELS = {
    "one class above 9": ([0, 1, 10, 2], [1]),
    "one class above 9, twice": ([0, 1, 10, 2], [9, 10]),
    "one class above 9, for testing": ([0, 1], [9, 12]),
    "one above 9 and one above all": ([0, 62], [10, 1]),
    "one above all among two": ([10, 11, 62], [1]),
    "below 0": ([3, -1], [1]),
    "below 0 among those for testing": ([3], [-1, 1]),
    "a fraction": ([3, 2.5], [1]),
}


@pytest.mark.parametrize(("train", "test"), BAD_LABELS.values(), ids=BAD_LABELS)
def test_a_label_that_is_no_class_is_named(refused, train, test):
    refused(raw(BYTES, train), raw(BYTES, test, "test.csv"))


@pytest.mark.parametrize("named", ["train", "test"])
def test_a_single_class_above_9_is_read_where_one_of_the_files_names_another_set(named):
    names = {"train": "train.csv", "test": "test.csv"} | {named: "emnist-letters.csv"}
    data, _ = make_mnist(raw(BYTES, [1, 26], names["train"]), raw(BYTES, [1, 2], names["test"]))
    assert data.train.labels.tolist() == [1, 26]


def test_pictures_for_training_must_have_labels(refused):
    refused(raw(BYTES, None))


# The range of the pixels -------------------------------------------------------------------------


def test_bytes_are_divided_by_255_in_float32():
    images, said = made(np.arange(256, dtype=np.uint8))
    assert (images[0, :256] == np.arange(256, dtype=np.float32) / np.float32(255)).all()
    assert not said


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float64, bool])
def test_pixels_of_0_and_1_are_binarised_ones(kind):
    images, said = made(np.array([0, 1]).astype(kind), test=raw([0, 1], file="test.csv"))
    assert images[0, :3].tolist() == [0, 1, 0]
    assert said == [
        f"{file}: every pixel is 0 or 1, so its pictures are taken as binarised."
        for file in ("train.csv", "test.csv")
    ]


def test_black_pictures_go_with_any_range():
    for other in (BYTES, np.array([0, 1]), np.array([0, 0.3])):
        images, said = made([0, 0], test=raw(other, file="test.csv"))
        assert not images.any()
        assert not any("train.csv" in text for text in said)


@pytest.mark.parametrize("binary", ["train", "test"])
def test_one_file_binarised_and_the_other_not_is_refused(refused, binary):
    one, other = raw(np.array([0, 1]), file="binary.csv"), raw(BYTES, file="bytes.csv")
    refused(*((one, other) if binary == "train" else (other, one)))


@pytest.mark.parametrize("other", [[0, 1], [0, 255], [0, 0.1234567]])
def test_scaled_pixels_go_with_any_range(other):
    images, _ = made(np.array([0, 0.25]), test=raw(other, file="test.csv"))
    assert images[0, :2].tolist() == [0, 0.25]


@pytest.mark.parametrize("at_once", [3, 10, 4096])
def test_fractions_of_255_with_four_decimals_become_what_the_bytes_would_be(at_once, monkeypatch):
    monkeypatch.setattr(mnist_pictures, "_AT_ONCE", at_once)
    levels = np.random.default_rng(0).integers(0, 256, (10, 784))
    images, said = made(np.round(levels / 255, 4))
    assert (images == levels.astype(np.float32) / np.float32(255)).all()
    assert said == ["train.csv: its pixels, 0 to 1, were scaled beforehand and are kept."]


@pytest.mark.parametrize("at_once", [3, 10, 4096])
@pytest.mark.parametrize("row", [0, 9])
def test_fractions_are_kept_where_any_is_no_255th(at_once, row, monkeypatch):
    monkeypatch.setattr(mnist_pictures, "_AT_ONCE", at_once)
    pixels = np.full((10, 784), 0.2, np.float32)
    pixels[row, 5] = 0.123456
    images, said = made(pixels)
    assert (images == pixels).all()
    assert said == ["train.csv: its pixels, 0.1235 to 0.2, were scaled beforehand and are kept."]


def test_scaled_pixels_take_little_memory_beside_the_pictures(monkeypatch):
    monkeypatch.setattr(mnist_pictures, "_AT_ONCE", 16)
    labels = np.arange(1000) % 10
    train = raw(np.full((1000, 784), np.float32(0.2)), labels)
    tracemalloc.start()
    make_mnist(train, TEST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.7 * train.pixels.nbytes  # the pictures, their copy as read, and bytes


def test_many_ones_among_fractions_are_no_greys_out_of_range():
    images, _ = made(np.array([0.3, 1, 1, 1, 1]))
    assert images[0, :6].tolist() == [np.float32(0.3), 1, 1, 1, 1, 0]


def damaged(pixels, value, pixel=5):
    """Return pictures of which one, or some of its pixels, is another."""
    pixels = np.tile(np.concatenate([pixels, np.zeros(784 - len(pixels))]), (100, 1))
    pixels[3, pixel] = value
    return raw(pixels, np.arange(100) % 10)


DAMAGED = {
    "a fraction among bytes": damaged([0, 200], 0.5),
    "a fraction among bytes that are nearly all 1": damaged([1] * 700 + [2] * 20, 0.5),
    "a fraction and a byte, as many": damaged([], [0.5, 200], pixel=[5, 6]),
    "256 among bytes": damaged([0, 200], 256),
    "below 0 among bytes": damaged([0, 200], -1),
    "256 among bytes that are nearly all 255": damaged([255] * 784, 256),
    "above 1 among fractions": damaged([0.3, 0.4], 1.5),
    "above 1 among fractions that are nearly all 1": damaged([1] * 783 + [0.3], 1.5),
    "below 0 among fractions": damaged([0.3, 0.4], -0.1),
}


@pytest.mark.parametrize("train", DAMAGED.values(), ids=DAMAGED)
def test_a_single_bad_pixel_is_named(refused, train):
    refused(train)


OTHER_RANGES = {
    "above 255": [0, 256, 300.5],
    "256 in many": [0] + [256.0] * 9,
    "16 bits": np.array([0, 65535]),
    "fractions up to 1.5": [0, 0.5, 0.6, 1.5],
    "-1 to 1": [-1, 0.5, 1],
    "-1 to 1.5": [-1, 0.5, 1.5],
    "-1.5 to 1": [-1.5, 0.5, 1],
    "standardised": [-0.4242, 2.8215],
}


@pytest.mark.parametrize("pixels", OTHER_RANGES.values(), ids=OTHER_RANGES)
def test_another_range_is_told_with_what_undoes_it(refused, pixels):
    refused(raw(np.tile(np.asarray(pixels, np.float64), 784)[:784]))


@pytest.mark.parametrize("more", [0, 1])
def test_bad_pixels_up_to_a_hundredth_are_damage_and_more_are_another_range(refused, more):
    pixels = np.zeros((100, 784))
    pixels[:, 1] = 200
    pixels.ravel()[2 : 784 + more + 2] = 300
    refused(raw(pixels, np.arange(100) % 10))
