"""The set in the package, read once and then kept.

The four files are the originals of Y. LeCun, C. Cortes and C. J. C. Burges, gzipped (CC BY-SA 3.0,
see ``data/LICENSE.md``). A second call costs no reading and no memory: the arrays are laid down
once, in memory that has no name, and every call maps them anew, privately. What a caller writes
goes to a page of their own (copy on write); nobody else sees it.
"""

import functools
import hashlib
import mmap
import os
import tempfile
from importlib import resources
from typing import BinaryIO

import numpy as np

from aelib.mnist.contents import unpacked
from aelib.mnist.errors import MnistError
from aelib.mnist.idx import check_pair, parse_idx
from aelib.mnist.pictures import as_unit
from aelib.mnist.sets import PIXELS, Mnist, Split

# SHA-256 of the unpacked files, byte for byte those first published.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_AT_ONCE = 4096  # images scaled together: 13 MB


def load_embedded() -> Mnist:
    """Return the embedded set; the arrays are the caller's own."""
    return Mnist(embedded_split("train"), embedded_split("t10k"))


def embedded_split(stem: str) -> Split:
    """Return one split of the embedded set, "train" or "t10k"; the arrays are the caller's own."""
    descriptor, count = _kept(stem)
    memory = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY))
    labels = np.frombuffer(memory, np.int64, count)
    images = np.frombuffer(memory, np.float32, offset=labels.nbytes)
    return Split(images.reshape(count, PIXELS), labels)


@functools.cache
def _kept(stem: str) -> tuple[int, int]:
    """Lay down a split's labels, int64, and then its images, float32.

    Returns
    -------
    descriptor, count
        Of the file they stand in, open as long as the process runs, and how many they are.
    """
    names = f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte"
    folder = resources.files("aelib").joinpath("data")
    pixels, labels = (_read(folder.joinpath(f"{name}.gz"), name) for name in names)
    check_pair(str(folder.joinpath(f"{names[0]}.gz")), len(pixels), f"{names[1]}.gz", len(labels))
    with _unnamed_file() as file:
        file.write(labels.astype(np.int64))
        for start in range(0, len(pixels), _AT_ONCE):
            file.write(as_unit(pixels[start : start + _AT_ONCE]))
        file.flush()
        return os.dup(file.fileno()), len(pixels)


def _unnamed_file() -> BinaryIO:
    if hasattr(os, "memfd_create"):
        try:
            return os.fdopen(os.memfd_create("mnist"), "w+b")
        except OSError:  # forbidden in some containers
            return tempfile.TemporaryFile()
    return tempfile.TemporaryFile()


def _read(file, name: str) -> np.ndarray:
    """Return uint8 pixels ``(n, 784)`` or labels ``(n,)`` of a packaged file, after its check."""
    try:
        content = unpacked(file)
    except MnistError as error:
        raise _damaged(file, name, error.found) from error
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise _damaged(file, name, f"SHA-256 {found}")
    return parse_idx(str(file), content, "images" if "images" in name else "labels")


def _damaged(file, name: str, found: str) -> MnistError:
    return MnistError(
        file,
        "the file inside the aelib package",
        f"SHA-256 {SHA256[name]} after unpacking",
        found,
        "reinstall aelib from a fresh copy (pip install --force-reinstall), "
        "or pass load_mnist a folder of your own",
    )
