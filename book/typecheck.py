"""Check the types of the widgets' JavaScript, which stand in its comments (JSDoc): `tsc`."""

import subprocess
import sys

from book import ROOT
from book.node import NODE, install_packages

PROJECT = ROOT / "src" / "aelib" / "live" / "tsconfig.json"


def main() -> int:
    """Check; return tsc's exit code."""
    tsc = install_packages() / "typescript" / "bin" / "tsc"
    return subprocess.run([NODE, tsc, "--project", PROJECT]).returncode


if __name__ == "__main__":
    sys.exit(main())
