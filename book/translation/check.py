"""What is wrong with an edition's catalogs, said with page and message."""

from __future__ import annotations

from pathlib import Path

from book.editions import Edition
from book.translation.catalogs import CONFIG, catalog_file, messages, pages, read_catalog
from book.translation.pairs import differences


def mistakes(root: Path, edition: Edition) -> list[str]:
    """Return every mistake of an edition: what is missing, fuzzy, obsolete or not the same.

    Parameters
    ----------
    root
        The project's folder.
    edition
        Not that of the source.
    """
    said = []
    for name in [*pages(root), CONFIG]:
        source = messages(root, name)
        file = catalog_file(root, edition.language, name)
        catalog = read_catalog(file, edition.language)
        where = file.relative_to(root).as_posix()
        for text in source:
            message = catalog.get(text)
            place = f"{where}: {text[:40]!r}"
            if message is None or not message.string:
                said.append(f"{place} is not translated")
            elif message.fuzzy:
                said.append(f"{place} is fuzzy: its source has changed")
            else:
                said += [f"{place}: {each}" for each in differences(text, str(message.string))]
        known = [str(message.id) for message in catalog if message.id]
        known += [str(text) for text in catalog.obsolete]
        said += [
            f"{where}: {text[:40]!r} is obsolete: the source has it no more"
            for text in known
            if text not in source
        ]
    return said
