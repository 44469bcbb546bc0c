"""Loading MNIST: the embedded set, CSV, IDX, and every bad input with the message it gives."""

import copy
import gzip
import hashlib
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import aelib
from aelib import mnist
from aelib.mnist import Mnist, MnistError, Split, load_mnist
from aelib.mnist import embedded as embedded_set
from aelib.mnist import text as mnist_text
from aelib.mnist.idx import parse_idx

DATA = Path(aelib.__file__).parent / "data"
Raw = tuple[np.ndarray, np.ndarray]  # uint8 pixels (n, 784) and labels (n,)

KAGGLE_HEADER = "label," + ",".join(f"{row}x{column}" for row in range(28) for column in range(28))
NUMBERED_HEADER = "label," + ",".join(str(pixel) for pixel in range(784))
AS_TEXT = [str(value) for value in range(256)]
IDX_NAMES = list(mnist.SHA256)
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = IDX_NAMES


def digits(count: int, seed: int = 0) -> Raw:
    rng = np.random.default_rng(seed)
    return (
        rng.integers(0, 256, (count, 784), dtype=np.uint8),
        rng.integers(0, 10, count, dtype=np.uint8),
    )


def as_csv(raw: Raw, header: str | None = None) -> str:
    rows = (
        ",".join(map(AS_TEXT.__getitem__, [label, *pixels]))
        for pixels, label in zip(raw[0].tolist(), raw[1].tolist(), strict=True)
    )
    return "\n".join([header, *rows] if header else rows) + "\n"


def as_idx(raw: Raw) -> tuple[bytes, bytes]:
    pixels, labels = raw
    return (
        struct.pack(">4I", 2051, len(pixels), 28, 28) + pixels.tobytes(),
        struct.pack(">2I", 2049, len(labels)) + labels.tobytes(),
    )


def write_csv(folder: Path, train: Raw, test: Raw, header: str | None = None) -> Path:
    for name, raw in zip(mnist.CSV_NAMES, (train, test), strict=True):
        (folder / name).write_text(as_csv(raw, header), encoding="utf-8")
    return folder


def write_idx(folder: Path, train: Raw, test: Raw, suffix: str = "") -> Path:
    for name, content in zip(IDX_NAMES, as_idx(train) + as_idx(test), strict=True):
        (folder / (name + suffix)).write_bytes(gzip.compress(content) if suffix else content)
    return folder


def bits(split: Split) -> tuple[bytes, bytes]:
    return split.images.tobytes(), split.labels.tobytes()


def expected(raw: Raw) -> tuple[bytes, bytes]:
    images = raw[0].astype(np.float32) / np.float32(255)
    return images.tobytes(), raw[1].astype(np.int64).tobytes()


def is_valid(split: Split) -> bool:
    images, labels = split
    return (
        images.shape == (len(labels), 784)
        and 0 <= images.min() <= images.max() <= 1
        and 0 <= labels.min() <= labels.max() <= 9
    )


def error_from(folder: Path | str | None) -> MnistError:
    with pytest.raises(MnistError) as caught:
        load_mnist(folder)
    error = caught.value
    assert all(part and part in str(error) for part in error.args)
    return error


def outcome(folder: Path) -> Mnist | MnistError:
    """Load, and let no exception pass but ours."""
    try:
        return load_mnist(folder)
    except MnistError as error:
        return error


@contextmanager
def new_folder() -> Iterator[Path]:
    """Serve as a fresh folder for each example of a property test."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def embedded() -> Mnist:
    return load_mnist()


@pytest.fixture
def csv_folder(tmp_path: Path) -> Path:
    return write_csv(tmp_path, digits(3), digits(2, seed=1))


@pytest.fixture
def idx_folder(tmp_path: Path) -> Path:
    return write_idx(tmp_path, digits(3), digits(2, seed=1))


def edit_line(file: Path, number: int, column: int, cell: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[number - 1].split(",")
    cells[column - 1] = cell
    lines[number - 1] = ",".join(cells)
    file.write_bytes("\n".join(lines).encode())


# The embedded set --------------------------------------------------------------------------------


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
def test_the_embedded_set_has_the_documented_shapes_types_and_ranges(embedded, split, count):
    images, labels = getattr(embedded, split)
    assert images.shape == (count, 784)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert labels.shape == (count,)
    assert labels.dtype == np.int64
    assert np.unique(labels).tolist() == list(range(10))


def test_the_embedded_set_is_mnist(embedded):
    assert embedded.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert embedded.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert embedded.train.images.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)


def test_the_arrays_belong_to_the_caller_and_can_be_written(embedded):
    again = load_mnist()
    again.test.images[:] = 0.5
    assert not np.shares_memory(again.test.images, embedded.test.images)
    assert embedded.test.images.max() == 1


def test_every_embedded_file_unpacks_to_the_hash_in_the_licence():
    licence = (DATA / "LICENSE.md").read_text(encoding="utf-8")
    for name, sha256 in mnist.SHA256.items():
        content = gzip.decompress((DATA / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == sha256
        assert f"| `{name}` | {len(content):,} | `{sha256}` |" in licence


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory from /proc")
def test_the_embedded_set_loads_within_its_time_and_memory_and_again_for_nothing():
    script = """
import time
import torch  # noqa: F401  # its memory is not the loader's
from aelib.mnist import load_mnist

def peak_megabytes():
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

def seconds():
    start = time.process_time()
    return load_mnist(), time.process_time() - start

before = peak_megabytes()
first, first_seconds = seconds()
first.train.images.sum(), first.test.images.sum()  # so that the pages are counted
first_peak = peak_megabytes() - before
second, second_seconds = seconds()
print(first_peak, peak_megabytes() - before, first_seconds, second_seconds)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    megabytes, megabytes_again, seconds, seconds_again = map(float, run.stdout.split())
    assert 200 < megabytes <= 400  # below 200 the arrays cannot have been counted
    assert megabytes_again <= megabytes + 1
    assert seconds <= 1.5
    assert seconds_again <= 0.05


def test_arrays_of_the_embedded_set_go_through_joblib_and_torch_as_any_other(embedded):
    images = load_mnist().test.images
    tensor = torch.from_numpy(images)  # would warn of an array that cannot be written
    tensor[0] += 1
    assert images[0].min() == 1
    sums = joblib.Parallel(n_jobs=2)(joblib.delayed(np.sum)(part) for part in (images, images[:9]))
    assert sums == [images.sum(), images[:9].sum()]
    assert embedded.test.images[0].min() == 0
    assert pickle.loads(pickle.dumps(images[:2])).tobytes() == images[:2].tobytes()


@pytest.mark.skipif(sys.platform != "linux", reason="reads where it lies from /proc")
def test_the_set_lies_in_nameless_memory_where_the_system_has_it():
    descriptor, _ = embedded_set._kept.__wrapped__("t10k")
    assert os.readlink(f"/proc/self/fd/{descriptor}").startswith("/memfd:mnist ")
    os.close(descriptor)


def forbidden(*_: object) -> None:
    raise OSError


@pytest.mark.parametrize("memory", [None, forbidden], ids=["not there", "forbidden"])
def test_without_nameless_memory_the_set_lies_in_a_temporary_file(embedded, memory, monkeypatch):
    monkeypatch.delattr("os.memfd_create", raising=False)
    if memory:
        monkeypatch.setattr("os.memfd_create", memory, raising=False)
    monkeypatch.setattr(embedded_set, "_kept", embedded_set._kept.__wrapped__)
    assert bits(load_mnist().test) == bits(embedded.test)


def package_with(monkeypatch, tmp_path: Path, name: str, content: bytes | None) -> Path:
    """Let the package be one whose file ``name`` holds ``content``, or is not there."""
    data = tmp_path / "data"
    data.mkdir()
    for file in DATA.glob("*.gz"):
        (data / file.name).symlink_to(file)
    (data / name).unlink()
    if content is not None:
        (data / name).write_bytes(content)
    monkeypatch.setattr(embedded_set.resources, "files", lambda _: tmp_path)
    monkeypatch.setattr(embedded_set, "_kept", embedded_set._kept.__wrapped__)
    return data / name


def test_an_embedded_file_that_is_not_the_original_is_named_with_both_hashes(
    monkeypatch, tmp_path, refused
):
    content = as_idx(digits(10_000))[1]
    file = package_with(monkeypatch, tmp_path, f"{TEST_LABELS}.gz", gzip.compress(content))
    error = refused(None)
    assert error.file == str(file)
    assert mnist.SHA256[TEST_LABELS] in error.expected
    assert hashlib.sha256(content).hexdigest() in error.found
    assert "reinstall" in error.remedy


def test_an_embedded_file_that_broke_off_is_named(monkeypatch, tmp_path, refused):
    original = (DATA / f"{TEST_LABELS}.gz").read_bytes()
    file = package_with(monkeypatch, tmp_path, f"{TEST_LABELS}.gz", original[:-10])
    error = refused(None)
    assert error.file == str(file)
    assert "breaks off" in error.found
    assert "reinstall" in error.remedy


def test_an_embedded_file_that_is_not_there_is_named(monkeypatch, tmp_path, refused):
    file = package_with(monkeypatch, tmp_path, f"{TRAIN_LABELS}.gz", None)
    error = refused(None)
    assert error.file == str(file)
    assert "No such file" in error.found
    assert "reinstall" in error.remedy


# A folder ----------------------------------------------------------------------------------------


def test_real_digits_as_csv_are_identical_to_the_embedded_ones(embedded, tmp_path):
    images, labels = (part[:600] for part in embedded.test)
    raw = np.rint(images * 255).astype(np.uint8), labels.astype(np.uint8)
    folder = write_csv(tmp_path, raw, raw)
    with pytest.warns(UserWarning, match="600 of the 600 test images stand in the training set"):
        from_csv = load_mnist(folder)
    assert bits(from_csv.train) == bits(from_csv.test) == (images.tobytes(), labels.tobytes())


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_are_read_gzipped_or_not(tmp_path, suffix):
    train, test = digits(3), digits(2, seed=1)
    loaded = load_mnist(write_idx(tmp_path, train, test, suffix))
    assert (bits(loaded.train), bits(loaded.test)) == (expected(train), expected(test))


def test_idx_files_may_be_spelled_with_a_dot(idx_folder):
    for name in IDX_NAMES:
        (idx_folder / name).rename(idx_folder / name.replace("-idx", ".idx"))
    assert bits(load_mnist(idx_folder).train) == expected(digits(3))


def test_an_unpacked_idx_file_is_read_before_its_gzipped_neighbour(idx_folder):
    for name in IDX_NAMES:
        (idx_folder / f"{name}.gz").write_bytes(b"not read")
    assert bits(load_mnist(idx_folder).train) == expected(digits(3))


def test_a_gzipped_idx_file_without_its_suffix_is_unpacked_all_the_same(tmp_path):
    write_idx(tmp_path, digits(3), digits(2), suffix=".gz")
    for name in IDX_NAMES:
        (tmp_path / f"{name}.gz").rename(tmp_path / name)
    assert bits(load_mnist(tmp_path).train) == expected(digits(3))


@pytest.mark.parametrize("header", [None, KAGGLE_HEADER, NUMBERED_HEADER])
def test_a_csv_is_read_with_and_without_header(tmp_path, header):
    train, test = digits(3), digits(2, seed=1)
    loaded = load_mnist(write_csv(tmp_path, train, test, header))
    assert (bits(loaded.train), bits(loaded.test)) == (expected(train), expected(test))


def test_a_header_that_repeats_a_name_is_still_a_header(tmp_path):
    write_csv(tmp_path, digits(3), digits(2), header="label" + ",pixel" * 784)
    assert bits(load_mnist(tmp_path).train) == expected(digits(3))


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace(",", " , "),
        lambda text: text.replace(",", ".0,"),
    ],
    ids=["CRLF", "no last newline", "byte order mark", "blank lines", "spaces", "as floats"],
)
def test_a_csv_may_be_written_as_other_programs_write_it(csv_folder, rewrite):
    for name in mnist.CSV_NAMES:
        file = csv_folder / name
        file.write_bytes(rewrite(file.read_text(encoding="utf-8")).encode())
    assert bits(load_mnist(csv_folder).train) == expected(digits(3))


def test_more_rows_than_are_parsed_at_once_keep_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist_text, "_BLOCK", 10_000)
    raw = digits(40)
    file = write_csv(tmp_path, raw, digits(1)) / "mnist_train.csv"
    assert bits(load_mnist(tmp_path).train) == expected(raw)
    rows = file.read_text(encoding="utf-8")
    file.write_text(rows + "\n" * 20_000 + rows, encoding="utf-8")
    assert bits(load_mnist(tmp_path).train) == expected(tuple(np.tile(part.T, 2).T for part in raw))


def test_the_folder_may_be_given_as_text(csv_folder):
    assert bits(load_mnist(str(csv_folder)).train) == expected(digits(3))


# Bad input: the folder ---------------------------------------------------------------------------


def test_a_missing_folder_is_named(tmp_path, refused):
    error = refused(tmp_path / "nowhere")
    assert error.file == str(tmp_path / "nowhere")
    assert error.found.startswith(f"nothing of that name; {tmp_path} is there")


def test_a_file_without_its_sibling_is_told_which_is_missing(csv_folder, refused):
    (csv_folder / "mnist_test.csv").unlink()
    error = refused(csv_folder / "mnist_train.csv")
    assert error.file == str(csv_folder / "mnist_train.csv")
    assert error.found.startswith("no mnist_test.csv; ")


def test_an_empty_folder_is_told_both_forms(tmp_path, refused):
    error = refused(tmp_path)
    assert "mnist_train.csv and mnist_test.csv" in error.expected
    assert TEST_LABELS in error.expected
    assert error.found == "none of them; there is no file at all"


@pytest.mark.parametrize("missing", mnist.CSV_NAMES)
def test_only_one_csv_file_is_not_enough_and_the_other_is_named(csv_folder, missing, refused):
    (csv_folder / missing).unlink()
    (kept,) = csv_folder.iterdir()
    found = f"no {missing}; there is {kept.name} (a table of pictures)"
    assert refused(csv_folder).found == found


@pytest.mark.parametrize("missing", IDX_NAMES)
def test_a_missing_idx_file_is_named(idx_folder, missing, refused):
    (idx_folder / missing).unlink()
    error = refused(idx_folder)
    assert error.found.startswith(f"no {missing}; there are ")
    assert "csv" not in error.expected


def test_csv_and_idx_files_in_one_folder_are_refused(csv_folder, refused):
    write_idx(csv_folder, digits(3), digits(2))
    error = refused(csv_folder)
    assert error.found.startswith("both: mnist_train.csv, mnist_test.csv, train-images")


def test_a_folder_with_the_name_of_a_file_is_named(csv_folder, refused):
    (csv_folder / "mnist_test.csv").unlink()
    (csv_folder / "mnist_test.csv").mkdir()
    error = refused(csv_folder)
    assert error.file == str(csv_folder / "mnist_test.csv")
    assert error.found == "Is a directory"


# Bad input: IDX ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDX_NAMES)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_an_empty_idx_file_is_named(tmp_path, name, suffix, refused):
    file = write_idx(tmp_path, digits(3), digits(2), suffix) / (name + suffix)
    file.write_bytes(b"")
    error = refused(tmp_path)
    assert (error.file, error.found) == (str(file), "an empty file")


def test_a_truncated_gzip_file_is_named(tmp_path, refused):
    file = write_idx(tmp_path, digits(3), digits(2), ".gz") / f"{TRAIN_IMAGES}.gz"
    file.write_bytes(file.read_bytes()[:-1])
    error = refused(tmp_path)
    assert (error.file, error.found) == (str(file), "the file breaks off early")


def test_a_file_called_gz_that_is_not_gzip_is_named(idx_folder, refused):
    (idx_folder / TRAIN_LABELS).unlink()
    (idx_folder / f"{TRAIN_LABELS}.gz").write_bytes(b"\x07\x00\x01")
    error = refused(idx_folder)
    assert error.file == str(idx_folder / f"{TRAIN_LABELS}.gz")
    assert "not gzip" in error.found


@pytest.mark.parametrize(
    ("name", "promised"), [(TRAIN_IMAGES, 3 * 784), (TEST_IMAGES, 2 * 784), (TRAIN_LABELS, 3)]
)
@pytest.mark.parametrize("change", [-1, 1], ids=["truncated", "trailing"])
def test_an_idx_file_with_too_few_or_too_many_bytes_is_told_both_sizes(
    idx_folder, name, promised, change, refused
):
    file = idx_folder / name
    content = file.read_bytes()
    file.write_bytes(content[:-1] if change < 0 else content + b"\0")
    error = refused(idx_folder)
    assert error.file == str(file)
    assert error.expected == f"{promised} bytes"
    assert error.found == f"{promised + change} bytes"


@pytest.mark.parametrize(("name", "size"), [(TRAIN_IMAGES, 16), (TEST_LABELS, 8)])
def test_an_idx_file_that_ends_in_its_header_is_named(idx_folder, name, size, refused):
    (idx_folder / name).write_bytes((idx_folder / name).read_bytes()[: size - 1])
    error = refused(idx_folder)
    assert (error.place, error.expected) == ("the header", f"{size} bytes")
    assert error.found == f"{size - 1} bytes in all"


@pytest.mark.parametrize(("name", "size"), [(TRAIN_IMAGES, 16), (TEST_LABELS, 8)])
def test_an_idx_file_that_ends_after_its_header_is_told_what_the_header_promises(
    idx_folder, name, size, refused
):
    (idx_folder / name).write_bytes((idx_folder / name).read_bytes()[:size])
    error = refused(idx_folder)
    assert error.place.startswith("after the header, which promises ")
    assert error.found == "0 bytes"


@pytest.mark.parametrize(("name", "magic"), [(TRAIN_IMAGES, 2051), (TEST_LABELS, 2049)])
def test_a_wrong_magic_number_is_told_with_the_right_one(idx_folder, name, magic, refused):
    content = (idx_folder / name).read_bytes()
    (idx_folder / name).write_bytes(struct.pack(">I", 2052) + content[4:])
    error = refused(idx_folder)
    assert "magic number" in error.place
    assert str(magic) in error.expected
    assert error.found == "2052"


@pytest.mark.parametrize("content", [b"buy milk and bread", b"\7\0\1" * 9], ids=["text", "bytes"])
def test_an_idx_file_of_something_else_is_told_with_the_number_it_begins_with(
    idx_folder, content, refused
):
    (idx_folder / TRAIN_IMAGES).write_bytes(content)
    assert refused(idx_folder).found == str(int.from_bytes(content[:4], "big"))


@pytest.mark.parametrize(
    "path", [r"C:\data\raw\name", r"C:\data/raw/name", "/data/raw/name", "name"]
)
def test_the_remedy_for_an_idx_file_names_it_without_its_folders(path):
    with pytest.raises(MnistError) as caught:
        parse_idx(path, b"%PDF", "images")
    assert caught.value.remedy.startswith("replace name by")


def test_images_in_place_of_labels_are_recognised(idx_folder, refused):
    images = (idx_folder / TRAIN_IMAGES).read_bytes()
    (idx_folder / TRAIN_LABELS).write_bytes(images)
    assert refused(idx_folder).found == "2051 (an IDX file of images)"


def test_images_of_another_size_are_refused(idx_folder, refused):
    content = struct.pack(">4I", 2051, 3, 32, 32) + bytes(3 * 32 * 32)
    (idx_folder / TRAIN_IMAGES).write_bytes(content)
    error = refused(idx_folder)
    assert (error.expected, error.found) == ("28 x 28", "32 x 32")


def test_counts_of_images_and_labels_that_differ_are_told(idx_folder, refused):
    (idx_folder / TEST_LABELS).write_bytes(as_idx(digits(5))[1])
    error = refused(idx_folder)
    assert error.file == str(idx_folder / TEST_IMAGES)
    assert TEST_LABELS in error.place
    assert error.found == "2 images and 5 labels"


def test_a_label_above_nine_in_an_idx_file_is_told_with_its_place(idx_folder, refused):
    file = idx_folder / TRAIN_LABELS
    file.write_bytes(file.read_bytes()[:-1] + b"\x0a")
    error = refused(idx_folder)
    assert error.place == "label 2 (counted from 0), byte 10"
    assert error.found == "10"


def test_an_idx_file_without_any_digit_is_refused(idx_folder, refused):
    for name, content in zip(IDX_NAMES, as_idx(digits(0)), strict=False):
        (idx_folder / name).write_bytes(content)
    assert refused(idx_folder).expected == "at least 1 of images"


@pytest.mark.parametrize("content", [struct.pack(">2I", 2049, 0), struct.pack(">3I", 3074, 3, 0)])
def test_an_idx_file_without_any_label_is_refused(idx_folder, content, refused):
    (idx_folder / TRAIN_LABELS).write_bytes(content)
    assert refused(idx_folder).expected == "at least 1 of labels"


# Bad input: CSV ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", mnist.CSV_NAMES)
def test_an_empty_csv_file_is_named(csv_folder, name, refused):
    (csv_folder / name).write_bytes(b"")
    error = refused(csv_folder)
    assert (error.file, error.found) == (str(csv_folder / name), "an empty file")


@pytest.mark.parametrize("content", ["\n \n", KAGGLE_HEADER], ids=["blank", "only a header"])
def test_a_csv_file_without_a_row_is_named(csv_folder, content, refused):
    (csv_folder / "mnist_train.csv").write_text(content, encoding="utf-8")
    error = refused(csv_folder)
    assert (error.expected, error.found) == ("at least one row", "no row")


@pytest.mark.parametrize("header", [None, KAGGLE_HEADER])
def test_a_csv_row_that_is_too_short_is_named_with_its_line(tmp_path, header, refused):
    file = write_csv(tmp_path, digits(3), digits(2), header) / "mnist_train.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].rpartition(",")[0]
    file.write_text("\n".join(lines), encoding="utf-8")
    error = refused(tmp_path)
    assert (error.file, error.place) == (str(file), "line 3")
    assert error.expected.startswith("785 cells")
    assert error.found == "784 cells"


@pytest.mark.parametrize("number", [1, 3])
def test_a_csv_row_that_is_too_long_is_named_with_its_line(csv_folder, number, refused):
    file = csv_folder / "mnist_train.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[number - 1] += ",0"
    file.write_text("\n".join(lines), encoding="utf-8")
    error = refused(csv_folder)
    assert (error.place, error.found) == (f"line {number}", "786 cells")


def test_lines_are_counted_as_an_editor_counts_them(csv_folder, refused):
    file = csv_folder / "mnist_train.csv"
    file.write_text("\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    edit_line(file, 4, 2, "x")
    assert refused(csv_folder).place.startswith("line 4,")


def test_a_csv_with_a_separator_nobody_uses_is_told_what_separates_cells(csv_folder, refused):
    file = csv_folder / "mnist_train.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",", "~"), encoding="utf-8")
    error = refused(csv_folder)
    assert "commas" in error.expected
    assert error.found == "1 cell"


BAD_CELLS = ["abc", "", "  ", "nan", "NA", "inf", "-1", "256", "1.5", "1_0", '"7', "True", "七"]


@pytest.mark.parametrize("cell", BAD_CELLS)
@pytest.mark.parametrize("number", [1, 3])
def test_a_bad_pixel_is_named_with_line_and_column(csv_folder, number, cell, refused):
    edit_line(csv_folder / "mnist_train.csv", number, 785, cell)
    error = refused(csv_folder)
    assert error.place == f"line {number}, column 785 (pixel 784 of 784)"
    assert error.expected == "a whole number 0-255"
    assert error.found == (repr(cell) if cell.strip() else "an empty cell")


@pytest.mark.parametrize("cell", [*BAD_CELLS, "10"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_bad_label_is_named_with_line_and_column(csv_folder, number, cell, refused):
    edit_line(csv_folder / "mnist_test.csv", number, 1, cell)
    error = refused(csv_folder)
    assert error.file == str(csv_folder / "mnist_test.csv")
    assert error.place == f"line {number}, column 1 (the label)"
    assert error.expected == "a whole number 0-9"


def test_a_bad_cell_far_down_is_named_with_its_line(tmp_path, monkeypatch, refused):
    monkeypatch.setattr(mnist_text, "_BLOCK", 10_000)
    write_csv(tmp_path, digits(40), digits(1), KAGGLE_HEADER)
    edit_line(tmp_path / "mnist_train.csv", 41, 20, "300")
    assert refused(tmp_path).place == "line 41, column 20 (pixel 19 of 784)"


def test_pixels_scaled_beforehand_are_refused(csv_folder, refused):
    edit_line(csv_folder / "mnist_train.csv", 2, 300, "0.4980392")
    error = refused(csv_folder)
    assert error.found == "'0.4980392'"
    assert "not scaled" in error.remedy


@pytest.mark.parametrize("page", ["<!DOCTYPE html>\n<html></html>", "\n  <html>", "\ufeff<html>"])
def test_a_web_page_saved_as_csv_is_recognised(csv_folder, page, refused):
    (csv_folder / "mnist_train.csv").write_bytes(page.encode())
    error = refused(csv_folder)
    assert error.found == "a web page (HTML or XML)"
    assert "download the file itself" in error.remedy


def test_a_csv_that_is_not_plain_text_is_recognised(csv_folder, refused):
    (csv_folder / "mnist_train.csv").write_bytes(b"1,2\0")
    assert refused(csv_folder).place == "byte 3"


def test_the_error_survives_pickling_and_copying(tmp_path):
    error = error_from(tmp_path)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(copy.copy(error)) == str(error)


def test_the_error_is_a_value_error(tmp_path):
    assert isinstance(error_from(tmp_path), ValueError)


# Properties --------------------------------------------------------------------------------------

few = settings(max_examples=25, deadline=None)
OTHER = digits(1, seed=9)  # the split that is not being tested


@st.composite
def raw_sets(draw: st.DrawFn) -> Raw:
    count = draw(st.integers(1, 4))
    return (
        draw(hnp.arrays(np.uint8, (count, 784))),
        draw(hnp.arrays(np.uint8, count, elements=st.integers(0, 9))),
    )


def said(folder: Path) -> tuple[Mnist | MnistError, str]:
    """Load, and return also what was said."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = outcome(folder)
    return result, "\n".join(str(warning.message) for warning in caught)


def check_set(result: Mnist | MnistError, words: str, train: Raw, test: Raw) -> None:
    """Check that a set came back, or was refused as one of its two files is binarised."""
    highest = [raw[0].max() for raw in (train, test)]
    if isinstance(result, MnistError):
        assert min(highest) == 1 < max(highest)
        assert result.found == "only 0 and 1"
        return
    for split, raw in zip(result, (train, test), strict=True):
        if raw[0].max() == 1:
            assert "binarised" in words
            assert (split.images == raw[0]).all()
            assert (split.labels == raw[1]).all()
        else:
            assert bits(split) == expected(raw)


@few
@given(train=raw_sets(), test=raw_sets(), suffix=st.sampled_from(["", ".gz"]))
def test_any_set_comes_back_from_idx(train, test, suffix):
    with new_folder() as folder:
        result, words = said(write_idx(folder, train, test, suffix))
    check_set(result, words, train, test)


@few
@given(
    train=raw_sets(),
    test=raw_sets(),
    header=st.sampled_from([KAGGLE_HEADER, NUMBERED_HEADER]),
)
def test_any_set_comes_back_from_csv(train, test, header):
    with new_folder() as folder:
        result, words = said(write_csv(folder, train, test, header))
    check_set(result, words, train, test)


@few
@given(train=raw_sets(), test=raw_sets(), last=st.booleans())
def test_any_set_without_header_comes_back_or_is_refused_or_spoken_of(train, test, last):
    for pixels, labels in (train, test):  # the same bytes are a file with the labels first
        assume(not last or labels.any() or not pixels[:, 0].any())
        assume(not last or pixels[:, 1:].max() > 1 or labels.max() > 1 or pixels[:, 0].max() <= 1)
    with new_folder() as folder:
        write_csv(folder, train, test)
        if last:
            for name in mnist.CSV_NAMES:
                lines = [
                    line.split(",")
                    for line in (folder / name).read_text(encoding="utf-8").splitlines()
                ]
                (folder / name).write_text(
                    "\n".join(",".join([*x, y]) for y, *x in lines), encoding="utf-8"
                )
        result, words = said(folder)
    if isinstance(result, MnistError) or "its labels were taken" in words:
        return
    check_set(result, words, train, test)


@few
@given(st.sampled_from(IDX_NAMES), st.sampled_from(["", ".gz"]), st.floats(0, 1, exclude_max=True))
def test_an_idx_file_cut_anywhere_is_named(name, suffix, kept):
    with new_folder() as folder:
        file = write_idx(folder, digits(2), OTHER, suffix) / (name + suffix)
        content = file.read_bytes()
        file.write_bytes(content[: int(kept * len(content))])
        assert error_from(folder).file == str(file)


@few
@given(name=st.sampled_from(IDX_NAMES), position=st.integers(0, 15), change=st.integers(1, 255))
def test_an_idx_header_changed_anywhere_is_refused(name, position, change):
    assume(position < (16 if "images" in name else 8))
    with new_folder() as folder:
        file = write_idx(folder, digits(2), OTHER) / name
        content = bytearray(file.read_bytes())
        content[position] ^= change
        file.write_bytes(content)
        error_from(folder)


@few
@given(name=st.sampled_from(IDX_NAMES), at=st.floats(0, 1), change=st.integers(1, 255))
def test_a_gzip_file_changed_anywhere_is_named_or_gives_the_same_digits(name, at, change):
    with new_folder() as folder:
        file = write_idx(folder, digits(2), OTHER, ".gz") / f"{name}.gz"
        content = bytearray(file.read_bytes())
        content[int(at * (len(content) - 1))] ^= change
        file.write_bytes(content)
        result = outcome(folder)
    if isinstance(result, MnistError):
        assert result.file == str(file)
    else:  # gzip's own header has bytes that carry nothing, such as the time of packing
        assert (bits(result.train), bits(result.test)) == (expected(digits(2)), expected(OTHER))


@few
@given(content=st.binary(max_size=2000))
def test_arbitrary_bytes_are_never_taken_for_mnist(content):
    with new_folder() as folder:
        write_csv(folder, OTHER, OTHER)
        (folder / "mnist_train.csv").write_bytes(content)
        error = error_from(folder)
    assert "mnist_train.csv" in f"{error.file} {error.found}"


@few
@given(kept=st.floats(0, 1), at=st.floats(0, 1), byte=st.binary(min_size=1, max_size=1))
def test_a_csv_cut_and_changed_anywhere_is_named_or_still_valid(kept, at, byte):
    with new_folder() as folder:
        file = write_csv(folder, digits(2), OTHER) / "mnist_train.csv"
        content = bytearray(file.read_bytes())
        position = int(at * (len(content) - 1))
        content[position : position + 1] = byte
        file.write_bytes(content[: int(kept * len(content))])
        result = outcome(folder)
    if isinstance(result, MnistError):
        assert result.file == str(file)
    else:
        assert is_valid(result.train)


NUMBER_LIKE = st.text("0123456789.+-eE_xnaif \t\v\f\"'#", max_size=8)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters=",\r\n\0"), max_size=8)


@settings(max_examples=80, deadline=None)
@example(cell="#", column=1)
@example(cell="# 5", column=1)
@example(cell="//", column=1)
@given(cell=NUMBER_LIKE | ANY_TEXT, column=st.integers(1, 785))
def test_any_text_in_a_cell_is_a_whole_number_in_range_or_named_with_its_place(cell, column):
    highest = 9 if column == 1 else 255
    with new_folder() as folder:
        file = write_csv(folder, digits(2), OTHER) / "mnist_train.csv"
        edit_line(file, 2, column, cell)
        result = outcome(folder)
    if isinstance(result, MnistError):
        assert result.place.startswith(f"line 2, column {column} (")
    else:
        images, labels = result.train
        value = labels[1] if column == 1 else round(images[1, column - 2] * 255)
        assert float(cell.strip().removeprefix('"').removesuffix('"')) == value
        assert 0 <= value <= highest
