"""Write what a release carries to ``_build/release``: the site as a zip, and the wheel.

The zip holds one folder; unpacked, its ``index.html`` opens from disk, explorers included.
"""

import shutil
import subprocess
import sys

from book import ROOT

RELEASE = ROOT / "_build" / "release"


def main() -> int:
    """Write both files; return the exit code."""
    shutil.rmtree(RELEASE, ignore_errors=True)
    with_folder = RELEASE / "autoencoders"
    shutil.copytree(ROOT / "_build" / "html", with_folder)
    shutil.make_archive(str(RELEASE / "autoencoders-site"), "zip", RELEASE, with_folder.name)
    shutil.rmtree(with_folder)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    finished = subprocess.run([*command, "--wheel-dir", RELEASE, ROOT])
    for file in sorted(RELEASE.iterdir()):
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1e6:.1f} MB")
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())
