"""What bytes are, told from the bytes themselves, and how packed ones are unpacked."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aelib.mnist.errors import MnistError, replace_it

HEAD = 65_536  # bytes looked at to tell what a file is
_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
_UTF_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # those of UTF-32 begin alike
_MAGIC = [
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x93NUMPY", "npy"),
    (b"PAR1", "parquet"),
    (b"\x89HDF", "an HDF5 file"),
    (b"MATLAB", "a MATLAB file"),
    (b"ARROW1", "an Arrow file"),
    (b"\xff\xff\xff\xff", "an Arrow file"),  # a stream, as Hugging Face keeps it
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
]
_IDX = re.compile(rb"\0\0[\x08\x09\x0b-\x0e][\x01-\x04]", re.DOTALL)
_PICKLE = re.compile(rb"\x80[\x02-\x05][^\n]|\(dp\d|\(lp\d|\(?cnumpy", re.DOTALL)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a"))
_HTML = re.compile(rb"(\xef\xbb\xbf)?\s*<")
_ARFF = re.compile(rb"(\s*%[^\n]*\n|\s*\n)*\s*@relation", re.IGNORECASE)
_LIBSVM = re.compile(rb"\s*[+-]?\d+(\.\d+)?( \d+:[-+.\deE]+){3}")

# What Python raises of files that are packed, beside OSError.
UNREADABLE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # a password
    NotImplementedError,  # a method of packing that Python does not know
)
UNDIVIDED = "a table of pictures that says neither train nor test"
_SAVE = "np.savez('mnist.npz', x_train=..., y_train=..., x_test=..., y_test=...)"
# What to do with a file of a kind that is not read.
REMEDIES = {
    "a Python pickle": f"a pickle may run any code and is not opened: save its arrays by {_SAVE}",
    "a PyTorch file": "pass torchvision's folder MNIST/raw, which has the IDX files",
    "a Git LFS pointer, not the file itself": "fetch the files by git lfs pull",
    "a damaged archive": "download that archive again: it is damaged, and was not opened",
    "a NumPy array that says neither train nor test": "save the arrays in one file by " + _SAVE,
    "a web page (HTML or XML)": "download the file itself (the 'raw' link, not the page about it)",
    UNDIVIDED: "write its rows to mnist_train.csv and mnist_test.csv (of OpenML's 70,000 the first "
    "60,000 are for training)",
}
REMEDIES |= dict.fromkeys(
    ["a 7-Zip archive", "a RAR archive", "a Zstandard file", "an archive too large to look into"],
    "unpack it",
)
REMEDIES |= dict.fromkeys(
    ["a PNG picture", "a JPEG picture", "a GIF picture"],
    f"put each into an array, np.array(PIL.Image.open(file)), and save them all by {_SAVE}",
)
REMEDIES |= dict.fromkeys(
    [
        "an HDF5 file",
        "a MATLAB file",
        "an ARFF file",
        "a LIBSVM file",
        "a JSON file",
        "an Arrow file",
        "an Excel or Word file",
        "an old Excel or Word document",
    ],
    f"save it as CSV, or its arrays by {_SAVE}",
)


@dataclass(frozen=True)
class Source:
    """A file on the disk or in an archive.

    Attributes
    ----------
    path
        Where it is, for messages.
    names
        The names of the folders below the one given, and its own.
    fetch
        Return its first bytes, as many as asked for; all of them for -1.
    size
        Its bytes on the disk; 0 for a member of an archive, which has been read already.
    """

    path: str
    names: tuple[str, ...]
    fetch: Callable[[int], bytes]
    size: int = 0

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.names[-1]

    def __str__(self) -> str:
        return self.path

    def read_bytes(self) -> bytes:
        """Return all its bytes."""
        return self.fetch(-1)


def file_source(path: Path, names: tuple[str, ...]) -> Source:
    """Return a file on the disk as a source."""

    def fetch(size: int) -> bytes:
        with path.open("rb") as file:
            return file.read(size)

    return Source(str(path), names, fetch, path.stat().st_size)


def read_bytes(file) -> bytes:
    """Read a file, which must be readable and not empty; ``file`` has a name and ``read_bytes``."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise MnistError(
            file,
            "the file itself",
            "a file that can be read",
            error.strerror or str(error),
            "check that it is a file, is there, and may be read by you",
        ) from error
    if not content:
        raise MnistError(file, "the file itself", "data", "an empty file", replace_it(file.name))
    return content


def unpack(path: object, name: str, content: bytes) -> bytes:
    """Unpack gzip, bzip2 and xz, told from the bytes; anything else comes back as it is."""
    if name.lower().endswith(".gz") and kind_of(content[:HEAD]) == "binary":
        raise MnistError(
            path, "the gzip stream", "a complete gzip file", "damaged or not gzip", replace_it(name)
        )
    return _unpack(path, name, content)


def _unpack(path: object, name: str, content: bytes) -> bytes:
    for magic, words, decompress in (
        (_GZIP, "gzip", gzip.decompress),
        (_BZIP2, "bzip2", bz2.decompress),
        (_XZ, "xz", lzma.decompress),
    ):
        if not content.startswith(magic):
            continue
        try:
            inside = decompress(content)
        except (EOFError, OSError, zlib.error, lzma.LZMAError, ValueError) as error:
            cut = isinstance(error, EOFError) or "ended before" in str(error)
            raise MnistError(
                path,
                f"the {words} stream",
                f"a complete {words} file",
                "the file breaks off early" if cut else f"damaged or not {words} ({error})",
                replace_it(name),
            ) from error
        return _unpack(path, name, inside)
    return content


def unpacked(source: Source) -> bytes:
    """Return what a source holds, unpacked."""
    return unpack(source, source.name, read_bytes(source))


def kind_of(head: bytes) -> str:
    """Tell what bytes are from their beginning.

    Returns
    -------
    str
        "empty", "packed", "zip", "tar", "npy", "parquet", "idx", "text", "binary", or words for a
        message, such as "a web page (HTML or XML)".
    """
    if not head:
        return "empty"
    if head.startswith((_GZIP, _BZIP2, _XZ)):
        return "packed"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    if _IDX.match(head):
        return "idx"
    if _PICKLE.match(head):
        return "a Python pickle"
    if _HTML.match(head):
        return "a web page (HTML or XML)"
    if _ARFF.match(head):
        return "an ARFF file"
    if _LIBSVM.match(head):
        return "a LIBSVM file"
    if head.lstrip()[:1] in {b"{", b"["}:
        return "a JSON file"
    if utf16_of(head) or _is_text(head):
        return "text"
    return "binary"


def utf16_of(head: bytes) -> str | None:
    """Return the name of the encoding if these bytes are text in UTF-16 or UTF-32, else None."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith(_UTF_BOMS):
        return "utf-16"
    even, odd = head[::2], head[1::2]
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(zeros) > 1 and zeros.count(0) > 0.9 * len(zeros) and 0 not in others:
            return name
    return None


def _is_text(head: bytes) -> bool:
    """Tell text, in which a stray control character may stand, but no null."""
    return 0 not in head and len(head) - len(head.translate(None, _CONTROL)) <= 0.02 * len(head)


def inner_head(head: bytes) -> bytes:
    """Return the beginning of what a packed file holds, from the file's own beginning."""
    if head.startswith(_GZIP):
        return zlib.decompressobj(31).decompress(head, HEAD)
    if head.startswith(_BZIP2):
        return bz2.BZ2Decompressor().decompress(head, HEAD)
    if head.startswith(_XZ):
        return lzma.LZMADecompressor().decompress(head, HEAD)
    return head


# Archives ----------------------------------------------------------------------------------------


def members(source: Source, kind: str) -> list[Source]:
    """Return the files in an archive of the kind "zip" or "tar", unpacked or packed.

    Raises
    ------
    MnistError
        The archive is damaged.
    """
    content = unpacked(source)
    try:
        if kind == "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = [info.filename for info in archive.infolist() if not info.is_dir()]
        else:
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                inside = [info.name for info in archive.getmembers() if info.isfile()]
    except UNREADABLE as error:
        raise _damaged_archive(source, error) from error
    return [_member(source, content, kind, name) for name in inside]


def _member(source: Source, content: bytes, kind: str, inside: str) -> Source:
    def fetch(size: int) -> bytes:
        try:
            if kind == "zip":
                with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(inside) as file:
                    return file.read(size)
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                return archive.extractfile(inside).read(size)
        except UNREADABLE as error:
            raise _damaged_archive(source, error) from error

    parts = tuple(part for part in inside.replace("\\", "/").split("/") if part not in {"", "."})
    return Source(f"{source.path}/{inside}", source.names + parts, fetch)


def _damaged_archive(source: Source, error: Exception) -> MnistError:
    return MnistError(
        source.path,
        "the archive",
        "a complete zip or tar archive that needs no password",
        f"one that cannot be read ({error})",
        "unpack it with its password" if "password" in str(error) else replace_it(source.name),
    )
