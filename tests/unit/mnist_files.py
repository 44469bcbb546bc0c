"""Ways to write a set into a folder, as people have it; and to read it back."""

import io
import re
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from aelib.mnist import Mnist, MnistError, load_mnist

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


def packed_as(name: str, *inside: str) -> Callable[[Path], Path]:
    """Pack both tables into a zip or a tar, under names that other programs give them."""

    def write(folder: Path) -> Path:
        contents = [table(raw).encode() for raw in (TRAIN, TEST)]
        if name.endswith(".zip"):
            with zipfile.ZipFile(folder / name, "w") as packed:
                for member, content in zip(inside, contents, strict=True):
                    packed.writestr(member, content)
        else:
            with tarfile.open(folder / name, "w") as packed:
                for member, content in zip(inside, contents, strict=True):
                    entry = tarfile.TarInfo(member)
                    entry.size = len(content)
                    packed.addfile(entry, io.BytesIO(content))
        return folder

    return write


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


def with_corners(first: np.ndarray | int, last: np.ndarray | int, labels: np.ndarray) -> Raw:
    """Make pictures whose first and last pixel are not the dark frame's."""
    pixels, labels = pictures(len(labels), labels=labels)
    pixels[:, 0], pixels[:, -1] = first, last
    return pixels, labels


COUNT = np.arange(20)


def compare(data: Mnist, raws: tuple[Raw, Raw] = (TRAIN, TEST), scale: int = 255) -> None:
    for split, (pixels, labels) in zip(data, raws, strict=True):
        assert split.images.dtype == np.float32
        assert split.labels.dtype == np.int64
        np.testing.assert_array_equal(split.images, pixels.astype(np.float32) / np.float32(scale))
        np.testing.assert_array_equal(split.labels, labels)


def read(path: Path) -> tuple[Mnist | MnistError, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            data = load_mnist(path)
        except MnistError as error:
            return error, []
    return data, [str(warning.message) for warning in caught]
