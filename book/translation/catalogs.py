"""The catalogs of an edition: gettext files, one for each page and one for ``_config.yml``.

``locales/<language>/LC_MESSAGES/chapters/<page>.po``, and ``book.po`` beside that folder. Messages
stand in the order of the page, each once. Babel reads, writes and merges them, as every tool for
gettext does.
"""

from __future__ import annotations

import io
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from book.editions import read_config, without_editions
from book.execution.caches import write_whole
from book.translation.messages import rewrite, rewrite_code, rewrite_tree

CONFIG = "book"
"""The catalog of ``_config.yml``."""
HEAD = """\
# Messages follow the Chinese source: after a change of it run `make translations`.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


def pages(root: Path) -> list[str]:
    """Return the pages of the table of contents, such as ``chapters/quiz``, in its order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(chapter["file"] for chapter in toc["chapters"])]


def catalog_file(root: Path, language: str, name: str) -> Path:
    """Return where the catalog of a page, or of ``CONFIG``, is."""
    return root / "locales" / language / "LC_MESSAGES" / f"{name}.po"


def read_catalog(file: Path, language: str) -> Catalog:
    """Read a catalog; one that does not exist is empty.

    Lines that say the source of a fuzzy message before its change (``#|``) are left out: Babel
    takes them for comments of a translator, and would keep them for ever.
    """
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        catalog = read_po(stream, locale=language, charset="utf-8")
    for message in catalog:
        message.user_comments = [
            comment for comment in message.user_comments if not comment.startswith("|")
        ]
    return catalog


def messages(root: Path, name: str) -> dict[str, int]:
    """Return the messages of a page, or of ``_config.yml``: each with its first line."""
    found: dict[str, int] = {}

    def note(text: str, line: int) -> str:
        found.setdefault(text, line)
        return text

    if name == CONFIG:
        rewrite_tree(without_editions(read_config(root)), note)
    else:
        page = (root / f"{name}.md").read_text(encoding="utf-8")
        rewrite(page, note)
        for first, code in code_cells(page):
            rewrite_code(code, note, first)
    return found


def code_strings(page: str) -> list[str]:
    """Return what the code of a page's cells says in Chinese, such as names of networks."""
    found: dict[str, None] = {}
    for _, code in code_cells(page):
        rewrite_code(code, lambda text, _: found.setdefault(text) or text)
    return list(found)


def code_cells(page: str) -> list[tuple[int, str]]:
    """Return the code of each cell of a page that runs, and the line where it begins."""
    found, lines = [], page.split("\n")
    starts = [index for index, line in enumerate(lines) if line.startswith("```{code-cell}")]
    for start in starts:
        end = lines.index("```", start)
        first = start + 1
        if lines[first] == "---":
            first = lines.index("---", first + 1) + 1
        while first < end and (lines[first].startswith(":") or not lines[first]):
            first += 1
        found.append((first + 1, "\n".join(lines[first:end])))
    return found


def updated(root: Path, language: str, name: str) -> Catalog:
    """Return a catalog brought up to its source.

    A message that has changed a little keeps its translation, marked fuzzy; one that is gone is
    dropped (git has it).
    """
    template = Catalog(locale=language, charset="utf-8")
    for text in messages(root, name):
        template.add(text)
    catalog = read_catalog(catalog_file(root, language, name), language)
    catalog.update(template, update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def write_catalog(catalog: Catalog, file: Path) -> bool:
    """Write a catalog, without what changes from day to day; say whether the file has changed.

    Parameters
    ----------
    catalog
        What is written.
    file
        Where to; its folder is made.
    """
    for message in catalog:
        message.flags -= {"python-format", "python-brace-format"}  # a per cent is no format here
    body = io.BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True, include_previous=True)
    text = HEAD.format(language=catalog.locale_identifier) + body.getvalue().decode().strip() + "\n"
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text)
    return True
