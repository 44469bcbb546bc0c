"""Compile the loops of training in the page, ``python -m book.kernels``.

AssemblyScript comes from npm and is needed for this alone: the bytes are committed, as text in a
module that the other modules of ``aelib/live`` import.
"""

from __future__ import annotations

import base64
from pathlib import Path
from tempfile import TemporaryDirectory

from book import ROOT
from book.node import run_node

SOURCE = Path(__file__).with_name("kernels.ts")
TARGET = ROOT / "src" / "aelib" / "live" / "kernels.js"
COMPILER = Path("node_modules", "assemblyscript", "bin", "asc.js")  # below book/
OPTIONS = ("--importMemory", "--enable", "simd", "-O3", "--runtime", "stub")
LINE = 92

HEAD = """\
// The compiled loops of training: WebAssembly, in base64. Written by `python -m book.kernels` from
// book/kernels/kernels.ts; never edit it by hand.
"""


def compiled() -> bytes:
    """Compile the kernels.

    Raises
    ------
    sphinx.errors.ExtensionError
        The compiler refused the source; the message carries what it said.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, "kernels.wasm")
        run_node(COMPILER, SOURCE, *OPTIONS, "--outFile", file)
        return file.read_bytes()


def as_module(wasm: bytes) -> str:
    """Write the bytes as a module of JavaScript, in lines."""
    text = base64.b64encode(wasm).decode("ascii")
    lines = [f'  "{text[i : i + LINE]}",\n' for i in range(0, len(text), LINE)]
    return f'{HEAD}export const KERNELS = [\n{"".join(lines)}].join("");\n'
