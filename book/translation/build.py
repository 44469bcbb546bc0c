"""Build the editions other than the source from the results that are kept.

Each is built in a folder of its own, ``_build/editions/<folder>``, and then put into the site,
where the pages of the source know nothing of it but its address.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import yaml
from jupyter_book.sphinx import build_sphinx
from sphinx.locale import translators

from book import ROOT
from book.editions import Edition, read_config, translated, without_editions
from book.execution.caches import write_whole
from book.translation import Answers
from book.translation.catalogs import CONFIG, catalog_file, read_catalog
from book.translation.messages import rewrite_tree


def write_config(root: Path, edition: Edition) -> Path:
    """Write the configuration of an edition: that of the book with its messages answered."""
    config = read_config(root)
    catalog = read_catalog(catalog_file(root, edition.language, CONFIG), edition.language)
    said = rewrite_tree(without_editions(config), Answers(catalog, "_config"))
    said["sphinx"]["config"] |= {
        "book_editions": config["sphinx"]["config"]["book_editions"],
        "language": edition.language,
    }
    file = edition.build(root) / "_config.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, yaml.safe_dump(said, allow_unicode=True, sort_keys=False))
    return file


def build_edition(root: Path, edition: Edition, builder: str = "html", quiet: bool = False) -> int:
    """Build an edition strictly; return the exit code.

    Parameters
    ----------
    root
        The project's folder.
    edition
        Not that of the source.
    builder
        Sphinx's: ``html``, or ``notebooks``.
    quiet
        Say warnings only.
    """
    folder = edition.build(root)
    translators.clear()  # Sphinx adds the words of a language to those of the build before it
    result = build_sphinx(
        root,
        folder / builder,
        noconfig=True,
        path_config=write_config(root, edition),
        confoverrides={
            "external_toc_path": (root / "_toc.yml").as_posix(),
            "latex_individualpages": False,
        },
        doctreedir=folder / ".doctrees",
        builder=builder,
        warningiserror=True,
        keep_going=True,
        quiet=quiet,
    )
    return result if isinstance(result, int) else 2


def publish(root: Path, edition: Edition) -> None:
    """Put a finished edition into the site; what it no longer has, the site no longer has.

    The copy is complete before it takes the place of the one before: a publication that is cut
    short leaves that one, or at worst none, but no half of one.
    """
    target = root / "_build" / "html" / edition.folder
    fresh = edition.build(root) / "copy"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(edition.build(root) / "html", fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def main(folder: str, builder: str) -> int:
    """Build one edition, as ``python -m book.translation.build en notebooks``."""
    edition = next(each for each in translated(ROOT) if each.folder == folder)
    return build_edition(ROOT, edition, builder, quiet=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
