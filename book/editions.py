"""The editions of the book: one for each language, the first that of the source.

``sphinx.config.book_editions`` in ``_config.yml`` lists them. An edition in the list is complete:
`make book` builds it and stops at a message without a translation.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

KEY = "book_editions"
T = TypeVar("T")


@dataclass(frozen=True)
class Edition:
    """One language of the book.

    Attributes
    ----------
    language
        As Sphinx names it, such as ``zh_CN``; its catalogs are in ``locales/<language>``.
    folder
        Where its pages are, below the site's address: ``""`` for the source, else such as ``en``.
    name
        What its readers call it.
    """

    language: str
    folder: str
    name: str

    @property
    def tag(self) -> str:
        """The language as HTML names it, such as ``zh-CN``."""
        return self.language.replace("_", "-")

    @property
    def spoken(self) -> str:
        """The language as ``aelib`` names it, such as ``zh``."""
        return self.language.partition("_")[0]

    @property
    def path(self) -> str:
        """What its files have before their names: ``""`` or such as ``en/``."""
        return f"{self.folder}/" if self.folder else ""

    def build(self, root: Path) -> Path:
        """Return the folder in which an edition is built."""
        return root / "_build" / "editions" / self.folder if self.folder else root / "_build"


def read_config(root: Path) -> dict[str, Any]:
    """Read ``_config.yml``."""
    return copy.deepcopy(parsed((root / "_config.yml").read_text(encoding="utf-8")))


@lru_cache
def parsed(text: str) -> dict[str, Any]:
    """Parse YAML once: each page asks for the configuration several times."""
    return yaml.safe_load(text)


def editions(root: Path) -> list[Edition]:
    """Return the editions, that of the source first; a book without a list has that one.

    Raises
    ------
    ValueError
        The list does not begin with the source, or another edition has no folder.
    """
    known = read_config(root) if (root / "_config.yml").exists() else {}
    config = known.get("sphinx", {}).get("config", {})
    listed = config.get(KEY) or [
        {"language": config.get("language", "en"), "folder": "", "name": ""}
    ]
    found = [Edition(**each) for each in listed]
    if found[0].folder or not all(each.folder for each in found[1:]):
        raise ValueError(
            f"_config.yml: expected in sphinx.config.{KEY} the source first, its folder empty, "
            f"then the others with a folder each; found {listed!r}."
        )
    return found


def translated(root: Path) -> list[Edition]:
    """Return the editions other than the source."""
    return editions(root)[1:]


def edition_of(root: Path, language: str | None) -> Edition:
    """Return the edition of a language; that of the source where it is none of the others."""
    return next((each for each in translated(root) if each.language == language), editions(root)[0])


def without_editions(config: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration without the list, whose names are in their own languages."""
    config = copy.deepcopy(config)
    config["sphinx"]["config"].pop(KEY, None)
    return config


def in_language(words: dict[str, T], language: str | None) -> T:
    """Return what a table has for a language of the book; English where it has nothing.

    Parameters
    ----------
    words
        By the first part of a language's name, such as ``zh``; one of them is ``en``.
    language
        As Sphinx names it.
    """
    return words.get((language or "en").partition("_")[0], words["en"])
