"""What is packed: unpacked as far as it is asked for, and named where it breaks off."""

import bz2
import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest
from mnist_files import TRAIN, archive_bytes, csvs, other, read, table

from aelib.mnist.contents import file_source, members

CONTENT = table(TRAIN).encode()
PACK = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def tar_bytes(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        packed.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["file", "zip", "tar"])
def test_of_a_file_or_a_member_of_an_archive_as_many_bytes_are_given_as_are_asked_for(
    tmp_path: Path, kind
):
    content = {
        "file": b"buy milk\n",
        "zip": archive_bytes("notes.txt"),
        "tar": tar_bytes("notes.txt", b"buy milk\n"),
    }[kind]
    (tmp_path / "a").write_bytes(content)
    source = file_source(tmp_path / "a", ("a",))
    if kind != "file":
        (source,) = members(source, kind)
    assert source.fetch(3) == b"buy"
    assert source.fetch(-1) == source.read_bytes() == b"buy milk\n"


@pytest.mark.parametrize(
    "name", ["data/notes.txt", "./data/notes.txt", "/data//notes.txt", "data\\notes.txt"]
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_the_folders_of_a_member_are_known_however_they_are_written(tmp_path: Path, kind, name):
    (tmp_path / "a").write_bytes(
        archive_bytes(name) if kind == "zip" else tar_bytes(name, b"buy milk\n")
    )
    (member,) = members(file_source(tmp_path / "a", ("a",)), kind)
    assert member.names == ("a", "data", "notes.txt")
    assert member.read_bytes() == b"buy milk\n"


@pytest.mark.parametrize("suffix", PACK)
def test_a_packed_file_that_breaks_off_is_named(folder, suffix, refused):
    name = f"mnist_train.csv.{suffix}"
    csvs((name, "mnist_test.csv"))(folder)
    other(name, PACK[suffix](CONTENT)[:-20])(folder)
    error = refused(folder)
    assert (error.file, error.found) == (str(folder / name), "the file breaks off early")


@pytest.mark.parametrize("suffix", PACK)
def test_a_packed_file_that_is_damaged_is_named_with_what_python_says(folder, suffix):
    name = f"mnist_train.csv.{suffix}"
    packed = bytearray(PACK[suffix](CONTENT))
    packed[-6] ^= 0xFF  # within the check sum at the end
    csvs((name, "mnist_test.csv"))(folder)
    other(name, bytes(packed))(folder)
    error, _ = read(folder)
    words = {"gz": "gzip", "bz2": "bzip2", "xz": "xz"}[suffix]
    assert (error.file, error.place) == (str(folder / name), f"the {words} stream")
    assert error.found.startswith(f"damaged or not {words} (")
    assert error.found != f"damaged or not {words} (None)"


def test_a_file_packed_twice_that_breaks_off_inside_is_named(folder, refused):
    name = "mnist_train.csv.gz"
    csvs((name, "mnist_test.csv"))(folder)
    other(name, gzip.compress(gzip.compress(CONTENT)[:-20]))(folder)
    assert refused(folder).file == str(folder / name)


def test_a_sound_gzip_file_of_other_bytes_is_not_called_damaged(folder, refused):
    name = "mnist_train.csv.gz"
    csvs((name, "mnist_test.csv"))(folder)
    other(name, gzip.compress(b"\7\0\1"))(folder)
    assert "gzip" not in refused(folder).found
