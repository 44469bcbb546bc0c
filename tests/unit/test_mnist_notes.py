"""What is said of a set that is not quite MNIST: by its files' names, its labels and its pixels."""

import numpy as np
import pytest

from aelib.mnist import Mnist, Split, load_mnist
from aelib.mnist.notes import notes_on


def set_of(images, labels, test_labels=None):
    """Return a set with these pictures for training, and for testing others that are black."""
    test_labels = labels[:1] if test_labels is None else test_labels
    black = np.zeros((len(test_labels), 784), np.float32)
    return Mnist(
        Split(np.asarray(images, np.float32), np.asarray(labels, np.int64)),
        Split(black, np.asarray(test_labels, np.int64)),
    )


# By names and labels -----------------------------------------------------------------------------

LABELS = {
    "0-9": range(10),
    "0-10": range(11),
    "1-26": range(1, 27),
    "2-26": range(2, 27),
    "0-46": range(47),
    "0-61": range(62),
}
PATHS = ["mnist.csv", "EMNIST-digits.csv", "Sign_MNIST.csv", "Fashion-MNIST/train.csv"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_names_and_labels_tell_which_set_it_is(path, labels, snapshot):
    grey = np.full((len(labels), 784), 0.5)
    assert notes_on(set_of(grey, labels), path) == snapshot


@pytest.mark.parametrize(
    "word", ["kmnist", "kuzushiji", "letters", "byclass", "bymerge", "notmnist"]
)
def test_a_word_in_the_name_tells_which_set_it_is(word, snapshot):
    assert notes_on(set_of(np.full((10, 784), 0.5), range(10)), f"{word}.npz") == snapshot


def test_the_labels_of_both_files_count_and_those_that_are_missing_do_not():
    grey = np.full((10, 784), 0.5)
    assert notes_on(set_of(grey, range(10), [-1, -1]), "mnist.csv") == []
    (letters,) = notes_on(set_of(grey, range(1, 11), [26, -1]), "mnist.csv")
    assert letters.startswith("The labels run from 1 to 26, so")
    assert "letters A-Z" in letters


# By the pixels -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    """Return twenty real pictures of each digit, ordered by their labels."""
    images, labels = load_mnist().test
    chosen = np.concatenate([np.flatnonzero(labels == digit)[:20] for digit in range(10)])
    return images[chosen], labels[chosen]


def turned(images):
    return images.reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)


@pytest.mark.parametrize("path", ["mnist.csv", "emnist.csv", "sign_mnist.csv", "fashion.csv"])
@pytest.mark.parametrize("lying", [False, True])
def test_of_real_digits_it_is_said_how_they_lie(digits, path, lying, snapshot):
    images, labels = digits
    assert notes_on(set_of(turned(images) if lying else images, labels), path) == snapshot


def test_digits_turned_around_are_said_to_with_what_sets_them_upright(digits, snapshot):
    images, labels = digits
    assert notes_on(set_of(images[:, ::-1], labels), "mnist.csv") == snapshot


@pytest.mark.parametrize("kept", [[0, 1], [2, 4, 7], [3, 5, 8, 9]])
def test_digits_that_do_not_come_do_not_count(digits, kept):
    images, labels = digits
    some = np.isin(labels, kept)
    assert notes_on(set_of(images[some], labels[some]), "mnist.csv") == []
    (said,) = notes_on(set_of(turned(images[some]), labels[some]), "mnist.csv")
    assert said.startswith("The pictures look turned and mirrored")


def test_of_a_class_that_is_the_mean_of_all_nothing_can_be_told():
    first, second = np.zeros((2, 28, 28))
    first[:9, :9] = second[:9, 9:18] = 1
    pictures = np.stack([first, second, (first + second) / 2]).reshape(3, 784)
    assert notes_on(set_of(pictures, range(3)), "mnist.csv") == []  # and NumPy does not warn


def test_pictures_that_resemble_no_digit_of_their_label_are_strange(digits, snapshot):
    images, labels = digits
    assert notes_on(set_of(images, (labels + 1) % 10), "mnist.csv") == snapshot


@pytest.mark.parametrize("path", ["notmnist.csv", "kmnist.csv", "emnist.csv"])
def test_a_set_that_names_itself_is_not_called_strange(digits, path):
    images, labels = digits
    said = notes_on(set_of(images, (labels + 1) % 10), path)
    assert not any("do not resemble" in text for text in said)


def test_of_fewer_than_twenty_pictures_of_a_digit_none_is_called_strange(digits):
    images, labels = digits
    assert notes_on(set_of(images[1:], (labels[1:] + 1) % 10), "mnist.csv") == []
    some = labels != 8  # so that no label is 9
    assert notes_on(set_of(images[some], (labels[some] + 1) % 10), "mnist.csv") == []


@pytest.mark.parametrize(("own", "strange"), [(0.35, True), (0.5, False)])
def test_pictures_that_resemble_their_digits_a_little_are_not_called_strange(digits, own, strange):
    images, labels = digits
    mixed = own * images + (1 - own) * np.roll(images, 20, axis=0)
    said = notes_on(set_of(mixed, labels), "mnist.csv")
    assert ["do not resemble" in text for text in said] == [True] * strange


@pytest.mark.parametrize(("share", "lying"), [(1, True), (0.8, True), (0.55, False), (0.2, False)])
def test_digits_are_said_to_lie_where_they_look_so_much_more_than_upright(digits, share, lying):
    images, labels = digits
    mixed = share * turned(images) + (1 - share) * images
    said = notes_on(set_of(mixed, labels), "mnist.csv")
    assert ["look turned" in text for text in said] == [True] * lying


def test_digits_that_lie_and_look_little_like_themselves_are_not_called_turned(digits):
    images, labels = digits
    mixed = turned(0.5 * images + 0.5 * np.roll(images, 20, axis=0))
    assert notes_on(set_of(mixed, labels), "mnist.csv") == []


def test_of_more_than_ten_classes_it_is_not_looked_how_they_lie(digits):
    images, labels = digits
    (said,) = notes_on(set_of(images, labels, [10]), "emnist.csv")
    assert "stored turned and mirrored" in said


def test_inverted_digits_are_not_strange_but_inverted(digits, snapshot):
    images, labels = digits
    assert notes_on(set_of(1 - images, labels), "mnist.csv") == snapshot


@pytest.mark.parametrize(("edge", "inner", "inverted"), [(0.91, 0, True), (0.89, 1, False)])
def test_pictures_with_a_light_edge_look_inverted(edge, inner, inverted):
    pictures = np.full((10, 28, 28), edge)
    pictures[:, 1:-1, 1:-1] = inner
    said = notes_on(set_of(pictures.reshape(10, 784), range(10)), "mnist.csv")
    assert ["look inverted" in text for text in said] == [True] * inverted
