"""Build the site strictly: ``jupyter-book build .`` with every warning an error.

A failed build forgets what Sphinx has read, not what was executed: the next one reads every page
again and shows the same warnings, instead of passing because nothing has changed.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from book import ROOT


def main() -> int:
    """Build, say where the site is and how long it took; return the exit code."""
    start = time.monotonic()
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        ".",
        "--warningiserror",
        "--keep-going",
    ]
    finished = subprocess.run(command, cwd=ROOT)
    if finished.returncode:
        shutil.rmtree(ROOT / "_build" / ".doctrees", ignore_errors=True)
        print(
            "\nThe book was not built: the page and the cell or line stand above, at the first "
            "'ERROR', 'WARNING' or 'Executing notebook failed'.",
            file=sys.stderr,
        )
        return finished.returncode
    print(f"\nThe book was built in {time.monotonic() - start:.0f} s. Open _build/html/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
