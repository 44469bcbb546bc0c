"""Bring the catalogs of every edition up to the source, and say what is left to translate.

``make translations`` calls it. A catalog changes only where its source has.
"""

from __future__ import annotations

import sys

from book import ROOT
from book.editions import translated
from book.translation.catalogs import CONFIG, catalog_file, pages, updated, write_catalog
from book.translation.check import mistakes


def main() -> int:
    """Write what has changed; return the exit code, 1 while an edition has mistakes."""
    left: list[str] = []
    for edition in translated(ROOT):
        for name in [*pages(ROOT), CONFIG]:
            file = catalog_file(ROOT, edition.language, name)
            if write_catalog(updated(ROOT, edition.language, name), file):
                print(f"wrote {file.relative_to(ROOT)}")
        left += mistakes(ROOT, edition)
    print("\n".join([*left, f"{len(left)} to mend" if left else "All catalogs are complete."]))
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
