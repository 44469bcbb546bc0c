"""What a file's name says: which split it belongs to, which part, which set."""

import re
from typing import NamedTuple

_SPLITS = {
    "train": "train",
    "training": "train",
    "trn": "train",
    "test": "test",
    "testing": "test",
    "tst": "test",
    "t10k": "test",
    "训练": "train",
    "训练集": "train",
    "测试": "test",
    "测试集": "test",
}
_OTHER_SPLITS = {"val", "valid", "validation", "dev", "submission", "extra"}
_PARTS = dict.fromkeys(
    ["images", "image", "imgs", "img", "x", "pixels", "pictures", "data", "idx3", "features"],
    "images",
) | dict.fromkeys(
    ["labels", "label", "lbls", "lbl", "y", "targets", "target", "classes", "idx1", "idx2"],
    "labels",
)
_GLUED = re.compile(r"^([xy])(train|test)$|^(train|test)([xy])$")
_NOISE = {"idx", "ubyte", "int", "csv", "tsv", "txt", "dat", "gz", "gzip", "bz2", "xz", "zip"}
_NOISE |= {"npz", "npy", "parquet", "tar", "tgz", "copy", "副本", "of", "arr", "set", "download"}
_OTHER_SETS = re.compile(
    r"fashion|kmnist|k49|kuzushiji|emnist|qmnist|notmnist|sign|letters|byclass|bymerge|balanced"
    r"|medmnist|kannada|affnist|hasy|a_z"
)
_COPY = re.compile(r"\s*\(\d+\)|[ _-]+copy(?:[ _-]?\d+)?(?=\.|$)|\s*-?\s*副本")


class Name(NamedTuple):
    """What a name says.

    Attributes
    ----------
    split
        "train", "test", "other" or None.
    part
        "images", "labels" or None.
    words
        The rest of the words, which two files of one set share.
    copies
        How many marks of a copy there are, such as "(1)".
    """

    split: str | None
    part: str | None
    words: tuple[str, ...]
    copies: int


def read_name(name: str) -> Name:
    """Read a file's or an array's name."""
    copies = len(_COPY.findall(name))
    split = part = None
    words = []
    for word in _words(_COPY.sub("", name)):
        if word in _SPLITS:
            split = split or _SPLITS[word]
        elif word in _OTHER_SPLITS:
            split = "other"
        elif word in _PARTS:
            part = part or _PARTS[word]
        elif word not in _NOISE:
            words.append(word)
    return Name(split, part, tuple(words), copies)


def read_path(names: list[str]) -> Name:
    """Read a path's names, the file's last: what it does not say, the folders above it say."""
    last, *above = (read_name(name) for name in reversed(names))
    split, part = last.split, last.part
    for name in above:
        split, part = split or name.split, part or name.part
    return last._replace(split=split, part=part)


def other_set(path: str) -> str | None:
    """Return the word in a path that names a set other than MNIST, or None."""
    found = _OTHER_SETS.search(path.lower())
    return found and found.group()


def _words(name: str) -> list[str]:
    name = re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()
    name = re.sub(r"\b\d+-of-\d+\b", " ", name)  # a shard's number
    words = []
    for word in re.findall(r"[^\W_]+", name):
        glued = _GLUED.match(word)
        words += [part for part in glued.groups() if part] if glued else [word]
    return words
