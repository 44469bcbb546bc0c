"""Which files of a folder make a set.

Every file is recognised by its name and its beginning. The nearest folder that holds a complete set
decides; where two sets are equally near, the caller is asked which is meant.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aelib.mnist.arrays import load_array_files, load_arrays
from aelib.mnist.contents import (
    HEAD,
    REMEDIES,
    UNDIVIDED,
    UNREADABLE,
    Source,
    file_source,
    inner_head,
    kind_of,
    members,
    unpacked,
)
from aelib.mnist.errors import MnistError
from aelib.mnist.idx import load_idx
from aelib.mnist.naming import Name, other_set, read_name, read_path
from aelib.mnist.notes import notes_on
from aelib.mnist.parquet import load_parquet
from aelib.mnist.pictures import make_mnist
from aelib.mnist.sets import Mnist, Raw
from aelib.mnist.text import is_wide, load_text

CSV_NAMES = ("mnist_train.csv", "mnist_test.csv")
IDX_NAMES = tuple(
    f"{stem}-{part}-ubyte" for stem in ("train", "t10k") for part in ("images-idx3", "labels-idx1")
)
_DEEPEST = 4  # folders below the one given
_MOST = 5000  # files looked at
_LARGEST = 1_000_000_000  # bytes of an archive that is opened unasked
_SKIPPED = {"__MACOSX", "__pycache__", "node_modules", ".git"}
_TABLES = (".csv", ".tsv", ".txt", ".data", ".dat", ".csv.txt")
_PACKED = (".gz", ".bz2", ".xz", ".zip")
_IDX_NAME = re.compile(r"(image|label)s?[ ._-]*idx[123]")
_SPLITS = ("train", "test")
_PUT = "put the missing files there under these names, or load_mnist() for the embedded set"
_PASS = "pass MNIST's folder or one of its files, or load_mnist() for the embedded set"
_TOGETHER = "put the files of one set into one folder, under these names"
_LOADERS = {"CSV": load_text, "Parquet": load_parquet}


@dataclass(frozen=True)
class _File:
    """A file that may belong to a set."""

    source: Source
    kind: str
    form: str | None  # "CSV", "IDX", "NumPy", "npz", "Parquet"; None for any other file
    says: Name

    @property
    def role(self) -> tuple[str | None, str | None]:
        """The split and the part of it that this file holds."""
        return self.says.split, self.says.part if self.form in {"IDX", "NumPy"} else None

    @property
    def folder(self) -> tuple[str, ...]:
        return self.source.names[:-1]


@dataclass(frozen=True)
class _Set:
    """Files that make a set, by their roles."""

    form: str
    files: dict[tuple[str | None, str | None], _File]

    @property
    def paths(self) -> list[str]:
        return [file.source.path for file in self.files.values()]

    def split(self, name: str) -> Raw:
        if self.form == "npz":
            return load_arrays(self.files[None, None].source, name)
        if self.form in _LOADERS:
            return _LOADERS[self.form](self.files[name, None].source)
        load = load_idx if self.form == "IDX" else load_array_files
        return load(self.files[name, "images"].source, self.files[name, "labels"].source)


def load_files(path: Path) -> tuple[Mnist, list[str]]:
    """Find and read the set in a folder, an archive, or beside a file; return also the notes."""
    chosen = _in_folder(path) if path.is_dir() else _around_file(path)
    data, notes = make_mnist(chosen.split("train"), chosen.split("test"))
    where = " ".join([str(path.absolute()), *chosen.paths])
    return data, [*dict.fromkeys(notes), *notes_on(data, where)]


def _in_folder(path: Path) -> _Set:
    files = []
    for level in _levels(path):
        files += level
        by_folder = defaultdict(list)
        for file in level:
            by_folder[file.folder].append(file)
        sets = [found for group in by_folder.values() for found in _sets(group)]
        if sets:
            return _the_one(str(path), sets)
    sets = _sets(file for file in files if _has_own_folder(file))
    if sets:
        return _the_one(str(path), sets)
    raise _incomplete(path, files)


def _around_file(path: Path) -> _Set:
    """Return the set a file belongs to: its archive, itself, or with the files beside it."""
    path = path.absolute()
    files = _open(file_source(path, (path.name,)))
    if files[0].source.path != str(path):
        sets = _sets(files)
        if sets:
            return _the_one(str(path), sets)
        raise _incomplete(path, files)
    (file,) = files
    if file.form == "npz":
        return _Set("npz", {(None, None): file})
    if file.form is None:
        raise _not_ours(file)
    beside = next(_levels(path.parent))
    around = [beside]
    if _has_own_folder(_open(file_source(path, (path.parent.name, path.name)))[0]):
        around.append(list(itertools.chain(*itertools.islice(_levels(path.parent.parent), 2))))
    for near in around:
        fitting = [other for other in near if _has_own_folder(other)]
        for found in _sets(fitting, file):
            if file.source.path in found.paths:
                return found
    raise _incomplete(path, beside, file)


def _has_own_folder(file: _File) -> bool:
    """Whether the folder around a file is there for its split or part, as in train/data.csv.

    Files of other folders are not put together: they may be of different sets.
    """
    if not file.folder:
        return True
    says = read_name(file.folder[-1])
    return bool(says.split or says.part) and set(says.words) <= {"mnist", *file.says.words}


# Looking -----------------------------------------------------------------------------------------


def _levels(root: Path) -> Iterator[list[_File]]:
    """Return the files of a folder, then those of the folders in it, and so on."""
    level, seen = [(root, ())], 0
    for _ in range(_DEEPEST + 1):
        files, below = [], []
        for folder, names in level:
            for entry in _entries(folder, is_root=not names):
                if entry.is_dir():
                    below.append((entry, (*names, entry.name)))
                elif entry.is_file():
                    seen += 1
                    files += _open(file_source(entry, (*names, entry.name)))
                if seen > _MOST:
                    break
        yield files
        level = below if seen <= _MOST else []


def _entries(folder: Path, is_root: bool) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        if not is_root:
            return []
        raise MnistError(
            folder,
            "the folder itself",
            "a folder that can be read",
            error.strerror or str(error),
            "check that you may read it",
        ) from error
    return [entry for entry in entries if not _is_hidden(entry.name)]


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED


def _open(source: Source) -> list[_File]:
    """Look at a file; return it, or the files in it if it is an archive of some."""
    try:
        head = inner_head(source.fetch(HEAD))
    except (OSError, MnistError, *UNREADABLE):
        return [_file(source, "unreadable")]  # reading it, if it must be read, says why
    kind = kind_of(head)
    if kind in {"zip", "tar"} and source.size > _LARGEST:
        return [_file(source, "an archive too large to look into")]
    if kind not in {"zip", "tar"}:
        return [_file(source, kind, head)]
    try:
        inside = [member for member in members(source, kind) if not _is_hidden_member(member)]
    except MnistError:
        return [_file(source, "a damaged archive")]
    names = {member.name for member in inside}
    if inside and all(name.endswith(".npy") for name in names):
        return [_npz(source, sorted(name.removesuffix(".npy") for name in names))]
    for sign, words in (
        ("[Content_Types].xml", "an Excel or Word file"),
        ("data.pkl", "a PyTorch file"),
    ):
        if sign in names:
            return [_file(source, words)]
    if not inside:
        return [_file(source, "an empty archive")]
    return [file for member in inside for file in _open(member)]


def _is_hidden_member(member: Source) -> bool:
    return any(map(_is_hidden, member.names[1:]))


def _npz(source: Source, arrays: list[str]) -> _File:
    says = read_path(list(source.names))
    roles = [read_name(name) for name in arrays]
    if len(arrays) == 1 and says.split and says.part:
        return _File(source, "NumPy arrays", "NumPy", says)
    is_set = any(role.split == "train" and role.part for role in roles)
    is_ours = is_set or "mnist" in source.name.lower()
    return _File(source, f"arrays {', '.join(arrays[:6])}", "npz" if is_ours else None, says)


def _file(source: Source, kind: str, head: bytes = b"") -> _File:
    says = read_path(list(source.names))
    name = source.name.lower()
    if kind == "idx" or _IDX_NAME.search(name):
        if kind == "idx" and not read_name(name).part:
            says = says._replace(part="images" if head[3] == 3 else "labels")
        form = "IDX" if says.split in _SPLITS and says.part else None
    elif kind == "npy":
        form = "NumPy" if says.split in _SPLITS and says.part else None
        if not says.split:
            kind = "a NumPy array that says neither train nor test"
    elif kind == "parquet" or name.endswith(".parquet"):
        form = "Parquet" if says.split in _SPLITS else None
    elif name.endswith(".npz"):
        form = "npz" if "mnist" in name else None
    else:
        form = "CSV" if _is_table(name, kind, head, says) else None
        if kind == "text" and not says.split and is_wide(head):
            kind = UNDIVIDED
    return _File(source, kind, form, says)


def _is_table(name: str, kind: str, head: bytes, says: Name) -> bool:
    """Tell a table of pictures: wide lines, or a name that leaves no doubt."""
    if says.split not in _SPLITS:
        return False
    if kind == "text" and is_wide(head):
        return True
    bare = _without_packing(name)
    is_named = "mnist" in bare or (kind != "text" and read_name(bare).words == ())
    return is_named and bare.endswith(_TABLES)


def _without_packing(name: str) -> str:
    for suffix in _PACKED:
        name = name.removesuffix(suffix)
    return name


# Choosing ----------------------------------------------------------------------------------------


def _sets(files: Iterable[_File], wanted: _File | None = None) -> list[_Set]:
    """Return the complete sets among some files; with ``wanted``, prefer that file."""
    by_form = defaultdict(list)
    for file in files:
        by_form[file.form].append(file)
    sets = [_Set("npz", {(None, None): file}) for file in by_form["npz"]]
    for form in ("CSV", "IDX", "NumPy", "Parquet"):
        sets += _sets_of(form, by_form[form], wanted)
    return sets


def _sets_of(form: str, files: list[_File], wanted: _File | None) -> list[_Set]:
    """Return the sets of one form: the only files there are, else those whose names agree."""
    by_words, words = defaultdict(list), defaultdict(set)
    for file in files:
        by_words[file.says.words].append(file)
        words[file.role].add(file.says.words)
    if all(len(words[role]) == 1 for role in _roles(form)):
        groups = [files]
    else:
        groups = [group for group in by_words.values() if _is_complete(form, group)]
    return [
        _Set(form, {role: _best(group, role, wanted) for role in _roles(form)}) for group in groups
    ]


def _roles(form: str) -> list[tuple[str, str | None]]:
    parts = ("images", "labels") if form in {"IDX", "NumPy"} else (None,)
    return [(split, part) for split in _SPLITS for part in parts]


def _is_complete(form: str, files: list[_File]) -> bool:
    return set(_roles(form)) <= {file.role for file in files}


def _best(files: list[_File], role: tuple[str, str | None], wanted: _File | None) -> _File:
    """Return the file of a role: the one wanted, else the plainest, which copies must equal."""

    def plainness(file: _File) -> tuple[bool, int, str]:
        return _is_packed(file), file.says.copies, file.source.path

    able = sorted((file for file in files if file.role == role), key=plainness)
    for file in able:
        if wanted and file.source.path == wanted.source.path:
            return file
    best = able[0]
    for other in able[1:]:
        if _is_packed(other) == _is_packed(best) and unpacked(other.source) != unpacked(
            best.source
        ):
            raise MnistError(
                best.source,
                f"beside {other.source.name}",
                "one file, or copies that are the same",
                "two files of different content",
                "remove one of them, or pass the file itself: load_mnist(<path of the file>)",
            )
    return best


def _is_packed(file: _File) -> bool:
    return file.source.name.lower().endswith(_PACKED) or any(
        part.lower().endswith(_PACKED) for part in file.source.names[:-1]
    )


def _the_one(path: str, sets: list[_Set]) -> _Set:
    """Return the only set, or the only one whose names do not say that it is another than MNIST."""
    plain = [found for found in sets if not any(map(other_set, _names(found)))]
    for few in (sets, plain):
        if len(few) == 1:
            return few[0]
    forms = {found.form for found in sets}
    several = [_names(found)[: 1 if len(sets) > 2 else None] for found in sets]
    listed = ", ".join(name for names in several for name in names)
    raise MnistError(
        path,
        "its files",
        f"MNIST in one form, {' or '.join(sorted(forms))}" if len(forms) > 1 else "one set",
        ("both: " if len(sets) == 2 else f"{len(sets)} sets: ") + listed,
        "pass one of the files to say which is meant, or keep one set in this folder and move the "
        "others elsewhere",
    )


def _names(found: _Set) -> list[str]:
    return ["/".join(file.source.names) for file in found.files.values()]


# What to say when there is no set ----------------------------------------------------------------


def _incomplete(path: Path, files: list[_File], wanted: _File | None = None) -> MnistError:
    """Say which files are missing, and what is there."""
    form, present = _nearest(files if wanted is None else [wanted, *files])
    missing = [_usual_name(role, present) for role in _roles(form) if role not in present]
    for name in missing:
        if (path / name).is_dir():
            return MnistError(
                path / name,
                "the file itself",
                "a file that can be read",
                "Is a directory",
                "put the file itself there in place of the folder",
            )
    is_idx = form in {"IDX", "NumPy"}
    wanted_names = {
        True: ", ".join(IDX_NAMES) + " (each with or without .gz)",
        False: " and ".join(CSV_NAMES),
    }
    expected = (
        wanted_names[is_idx] if present else f"{wanted_names[False]}; or {wanted_names[True]}"
    )
    if not present:
        found, remedy = "none of them", _remedy(files, _PUT)
    elif missing:
        found, remedy = "no " + ", no ".join(missing), _remedy(files, _PUT)
    else:
        found, remedy = "none that belong together", _TOGETHER
    return MnistError(
        path,
        "its files" if wanted is None else "the file that belongs to it",
        expected,
        f"{found}; there {'are' if len(files) > 1 else 'is'} {_listing(files)}",
        remedy,
    )


def _nearest(files: list[_File]) -> tuple[str, dict]:
    """Return the form of which most roles are there, and the files of these roles."""
    found = {
        form: {file.role: file for file in files if file.form == form and file.role in _roles(form)}
        for form in ("CSV", "IDX", "NumPy", "Parquet")
    }
    form = max(found, key=lambda name: len(found[name]) / len(_roles(name)))
    return form, found[form]


def _usual_name(role: tuple[str, str | None], present: dict) -> str:
    """Return the name a missing file would have, like the one that is there."""
    split, part = role
    if part:
        stem = "t10k" if split == "test" else "train"
        return f"{stem}-{part}-{'idx3' if part == 'images' else 'idx1'}-ubyte"
    for file in present.values():
        before, after = ("test", "train") if split == "train" else ("train", "test")
        return file.source.name.replace(before, after)
    return CSV_NAMES[split == "test"]


def _listing(files: list[_File]) -> str:
    shown = [f"{'/'.join(file.source.names)} ({_words(file)})" for file in files[:12]]
    more = f" and {len(files) - 12} more" if len(files) > 12 else ""
    return (", ".join(shown) or "no file at all") + more


def _words(file: _File) -> str:
    kinds = {"idx": "IDX", "npy": "a NumPy array", "binary": "unknown bytes"}
    if file.kind == "text" and file.form == "CSV":
        return "a table of pictures"
    return kinds.get(file.kind, file.kind)


def _remedy(files: list[_File], otherwise: str) -> str:
    for file in files:
        if file.kind in REMEDIES:
            return f"{REMEDIES[file.kind]}; or {otherwise}"
    return otherwise


def _not_ours(file: _File) -> MnistError:
    """Say what a file is that belongs to no set."""
    return MnistError(
        file.source,
        "the file itself",
        "a file of MNIST whose name says train or test",
        _words(file),
        _remedy([file], _PASS),
    )
