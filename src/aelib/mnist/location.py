"""What the caller passed, as a path that is there."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from aelib.mnist.errors import MnistError

_PLACE = "the folder itself"
_EXPECTED = "a folder with MNIST's files, or one of these files"
_REMEDY = "pass the folder that holds the files, or load_mnist() for the embedded set"


def locate(folder: object) -> Path:
    """Return the path meant, which exists.

    Quotes and spaces around it, ``~``, ``$HOME``, ``file://`` and backslashes are understood, each
    only where the path as it stands is not there.

    Raises
    ------
    MnistError
        Nothing of that name is there.
    TypeError
        It is not a path.
    """
    if not isinstance(folder, (str, bytes, os.PathLike)):
        raise TypeError(
            f"load_mnist takes a folder as text or as a pathlib.Path, and was given {folder!r} "
            f"({type(folder).__name__}). Without a folder, load_mnist(), it loads the embedded set."
        )
    text = os.fsdecode(folder)
    if not text.strip("\"' \t\r\n"):
        raise MnistError("''", _PLACE, _EXPECTED, "an empty path", _REMEDY + "; '.' is here")
    if urlsplit(text.strip()).scheme in {"http", "https", "ftp", "s3", "hf"}:
        raise MnistError(
            text,
            _PLACE,
            "a folder or file on this computer",
            "an address on the web",
            "download the files into a folder first and pass that folder",
        )
    for path in _readings(text):
        if _is_there(path):
            return path
    raise MnistError(text, _PLACE, _EXPECTED, *_what_is_there(_home(text)))


def _readings(text: str) -> Iterator[Path]:
    bare = text.strip().strip("\"'").strip()
    yield Path(text)
    yield _home(bare)
    yield Path(os.path.expandvars(_home(bare)))
    if bare.lower().startswith("file:"):
        yield Path(url2pathname(urlsplit(bare).path))
    yield _home(bare.replace("\\", "/"))


def _home(text: str) -> Path:
    return Path(os.path.expanduser(text))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def _what_is_there(path: Path) -> tuple[str, str]:
    """Return what was found along the path and the remedy."""
    path = path.absolute()
    try:
        parent = next(above for above in path.parents if above.is_dir())
        names = sorted(os.listdir(parent))
    except (StopIteration, OSError):  # a drive that is not there, a folder that may not be read
        return "nothing of that name", _REMEDY
    close = difflib.get_close_matches(path.relative_to(parent).parts[0], names)
    shown = [name for name in names if not name.startswith(".")]
    listed = ", ".join(shown[:8]) + (", ..." if len(shown) > 8 else "")
    found = f"nothing of that name; {parent} is there and holds {listed or 'nothing'}"
    hint = f"did you mean {parent / close[0]}? Otherwise " if close else ""
    return found, hint + _REMEDY
