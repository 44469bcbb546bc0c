"""IDX: a big-endian header (magic number, then one uint32 for each dimension), then the values.

http://yann.lecun.com/exdb/mnist/ describes it. QMNIST's labels are int32, eight for a picture, of
which the first is the class (https://github.com/facebookresearch/qmnist).
"""

import math
import struct

import numpy as np

from aelib.mnist.contents import HEAD, REMEDIES, Source, kind_of, unpacked
from aelib.mnist.errors import MnistError, replace_it
from aelib.mnist.sets import PIXELS, SIDE, Raw, Where

_MAGIC = {2051: "images", 2049: "labels", 3074: "labels"}  # value type, then the dimensions
_WIDE_LABELS = 3074  # 0x0C02: int32, two dimensions


def load_idx(images: Source, labels: Source) -> Raw:
    """Read the two files of a split."""
    pixels = parse_idx(images.path, unpacked(images), "images")
    content = unpacked(labels)
    values = parse_idx(labels.path, content, "labels")
    check_pair(images.path, len(pixels), labels.name, len(values))
    start = len(content) - values.nbytes if values.dtype == np.uint8 else None

    def label_at(row: int) -> Where:
        byte = "" if start is None else f", byte {start + row}"
        return Where(labels.path, f"label {row} (counted from 0){byte}", str(values[row]))

    return Raw(pixels, values, images.path, None, label_at, [])


def parse_idx(path: str, content: bytes, kind: str) -> np.ndarray:
    """Return pixels, uint8 ``(n, 784)``, or labels, ``(n,)``, as ``kind`` ("images") asks."""
    again = replace_it(path.replace("\\", "/").rpartition("/")[2])
    what = kind_of(content[:HEAD])
    if what not in {"idx", "binary", "text"}:
        raise MnistError(
            path, "the file itself", f"an IDX file of {kind}", what, REMEDIES.get(what, again)
        )
    magic = int.from_bytes(content[:4], "big")
    start = 16 if kind == "images" else 12 if magic == _WIDE_LABELS else 8
    if len(content) < start:
        raise MnistError(
            path, "the header", f"{start} bytes", f"{len(content)} bytes in all", again
        )
    if _MAGIC.get(magic) != kind:
        wanted = next(number for number, name in _MAGIC.items() if name == kind)
        is_other = f" (an IDX file of {_MAGIC[magic]})" if magic in _MAGIC else ""
        raise MnistError(
            path,
            "bytes 0-3, the magic number",
            f"{wanted} (an IDX file of {kind})",
            f"{magic}{is_other}",
            "check that the file is MNIST's and bears its own name",
        )
    count, *shape = struct.unpack_from(f">{start // 4 - 1}I", content, 4)
    if kind == "images" and shape != [SIDE, SIDE]:
        raise MnistError(
            path,
            "bytes 8-15, the size of an image",
            f"{SIDE} x {SIDE}",
            " x ".join(map(str, shape)),
            "use MNIST's own images, or resize yours",
        )
    size = count * math.prod(shape) * (4 if magic == _WIDE_LABELS else 1)
    if size == 0 or len(content) - start != size:
        raise MnistError(
            path,
            f"after the header, which promises {count} {kind}",
            f"{size} bytes" if size else f"at least 1 of {kind}",
            f"{len(content) - start} bytes",
            again,
        )
    if magic == _WIDE_LABELS:
        return np.frombuffer(content, ">i4", offset=start).reshape(count, shape[0])[:, 0]
    values = np.frombuffer(content, np.uint8, offset=start)
    return values.reshape(count, PIXELS) if kind == "images" else values


def check_pair(images: str, pictures: int, labels: str, count: int) -> None:
    """Refuse a file of images and one of labels whose counts differ."""
    if pictures != count:
        raise MnistError(
            images,
            f"together with {labels}",
            "as many labels as images",
            f"{pictures} images and {count} labels",
            "take both files from the same source",
        )
