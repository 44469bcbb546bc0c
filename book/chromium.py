"""See that there is a Chromium for the browser tests; install one if there is none.

A Chromium or Chrome of the system comes first, then ``apt-get`` where this user is root, then
Playwright's own download.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    """Find or install a browser."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        print(f"Browser tests use {found}")
    elif shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "--quiet"], check=True)
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "chromium"], check=True)
    else:
        command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
