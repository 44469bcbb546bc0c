"""Build the site strictly: ``jupyter-book build .`` with every warning an error, and its editions.

An edition has a process of its own, which begins once the results are kept that it shows, while
the pages of the source are still being written.

A failed build forgets what Sphinx has read, not what was executed: the next one reads every page
again and shows the same warnings, instead of passing because nothing has changed.
"""

import os
import shutil
import subprocess
import sys
import time

from jupyter_book.cli.main import main as jupyter_book

from book import ROOT, execution
from book.editions import Edition, translated
from book.execution.caches import HELD, build_lock
from book.translation.build import publish

COMMAND = ["build", str(ROOT), "--warningiserror", "--keep-going"]
FAILED = """
The book was not built: the page and the cell or line stand above, at the first 'ERROR', 'WARNING' \
or 'Executing notebook failed'."""


def build() -> int:
    """Build the source, and beside it each other edition from its results; return the exit code."""
    beside: dict[Edition, subprocess.Popen] = {}

    def begin() -> None:
        for edition in translated(ROOT):
            command = [sys.executable, "-m", "book.translation.build", edition.folder, "html"]
            beside[edition] = subprocess.Popen(command, cwd=ROOT, env=os.environ | HELD)

    execution.AFTER_RESULTS[:] = [begin]
    code = build_source()
    for edition, process in beside.items():
        if code:
            process.terminate()
        edition_code = process.wait()
        code = code or edition_code
        if not code:
            publish(ROOT, edition)
    return code


def build_source() -> int:
    """Run Jupyter Book in this process; return its exit code."""
    try:
        jupyter_book(COMMAND, standalone_mode=False)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 2
    except RuntimeError as error:  # Jupyter Book's word for an error that Sphinx has shown
        print(error, file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """Build, say where the site is and how long it took; return the exit code."""
    start = time.monotonic()
    with build_lock(ROOT):  # also while a failed build is forgotten
        code = build()
        if code:
            for folder in (ROOT / "_build", *(each.build(ROOT) for each in translated(ROOT))):
                shutil.rmtree(folder / ".doctrees", ignore_errors=True)
    if code:
        print(FAILED, file=sys.stderr)
        return code
    print(f"\nThe book was built in {time.monotonic() - start:.0f} s. Open _build/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
