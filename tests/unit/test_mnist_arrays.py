"""Sets in NumPy's files: what arrays may hold, and what is said of others."""

import io

import numpy as np
import pytest
from mnist_files import NPYS, TRAIN, both, compare, npys, npz, other, pictures

from aelib.mnist import MnistError, load_mnist
from aelib.mnist.arrays import as_pixels


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([0, 255], np.uint8), np.uint8),
        (np.array([False, True]), np.uint8),
        (np.array([0, 255], np.int64), np.uint8),
        (np.array([0.0, 255.0]), np.uint8),
        (np.array([0, 256], np.uint16), np.float32),
        (np.array([-1, 255], np.int64), np.float32),
        (np.array([0, 0.5]), np.float32),
        (np.array([0, np.nan]), np.float32),
    ],
)
def test_pixels_are_kept_as_bytes_where_all_are_and_as_float32_where_not(values, dtype):
    pixels = as_pixels(values)
    assert pixels.dtype == dtype
    np.testing.assert_array_equal(pixels, values)


@pytest.mark.parametrize(
    "form",
    [
        lambda labels: labels.astype(str).astype("S"),
        lambda labels: labels.astype(float).astype(str),
        lambda labels: np.eye(10, dtype=bool)[labels],
        lambda labels: np.eye(10, dtype=np.uint8)[labels],
        lambda labels: labels[:, None].astype(np.float32),
    ],
    ids=["bytes", "text of decimals", "one-hot, true or false", "one-hot bytes", "a column"],
)
def test_labels_may_be_written_in_several_ways(folder, form):
    compare(load_mnist(npz(labels=form)(folder)))


def unequal(labels: np.ndarray) -> np.ndarray:
    """Spread labels as far as one of ten numbers each, the first less than the others."""
    rows = np.eye(10)[labels] * 0.9
    rows[0] /= 2.7
    return rows


ARRAYS_REFUSED = {
    "labels in rows of which the first has less": npz(labels=unequal),
    "two labels for a picture": npz(labels=lambda y: np.eye(10, dtype=int)[y] | ([1] + [0] * 9)),
    "no label for some pictures": npz(
        labels=lambda y: np.eye(10, dtype=int)[y] * (y != 5)[:, None]
    ),
    "rows of numbers for some pictures": npz(labels=lambda y: np.eye(10)[y][:-1] * 0.9),
    "labels in three axes": npz(labels=lambda y: y[:, None, None]),
    "labels that are one number": npz(labels=lambda y: np.array(3)),
    "one picture in the last axis": npz(
        pixels=lambda x: x.T, shape=(28, 1), raws=(pictures(1), pictures(1))
    ),
    "a picture a column, a row for each label": npz(
        pixels=lambda x: x.T, shape=(12,), labels=lambda y: y[:, None], raws=(TRAIN, TRAIN)
    ),
    "a picture a column, labels for some": npz(
        pixels=lambda x: x.T, shape=(12,), labels=lambda y: y[:-1], raws=(TRAIN, TRAIN)
    ),
    "larger pictures and one number as labels": npz(
        pixels=lambda x: np.zeros((len(x), 32, 32)), shape=(32, 32), labels=lambda y: np.array(3)
    ),
    "numbers alone": npz(pixels=lambda x: np.array(1), shape=(), labels=lambda y: np.array(3)),
    "complex numbers": npz(pixels=lambda x: x.astype(complex)),
}


@pytest.mark.parametrize("layout", ARRAYS_REFUSED)
def test_arrays_that_are_no_pictures_or_no_labels_are_refused_with_words(folder, layout, refused):
    refused(ARRAYS_REFUSED[layout](folder))


@pytest.mark.parametrize("size", [1, 20])
@pytest.mark.parametrize("style", ["mnist.npz", NPYS[2]])
def test_packed_arrays_that_are_damaged_anywhere_are_named(folder, style, size):
    write = npz() if style == "mnist.npz" else npys(style)
    name = style.format(split="train", part="images")
    content = (write(folder) / name).read_bytes()
    for start in range(100, len(content) // 2, len(content) // 12):
        damaged = bytearray(content)
        damaged[start : start + size] = bytes(255 - byte for byte in content[start : start + size])
        other(name, bytes(damaged))(folder)
        with pytest.raises(MnistError) as caught:
            load_mnist(folder)
        assert name in str(caught.value)


def test_an_array_that_promises_more_than_any_memory_holds_is_named(folder):
    header = {"descr": "|u1", "fortran_order": False, "shape": (10**15, 28, 28)}
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, header)
    both(npys(NPYS[0]), other("x_train.npy", buffer.getvalue() + bytes(784)))(folder)
    with pytest.raises(MnistError) as caught:
        load_mnist(folder)
    assert caught.value.file == str(folder / "x_train.npy")
