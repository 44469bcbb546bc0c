"""Compile the loops of training in the page, ``python -m book.kernels``.

AssemblyScript comes from npm and is needed for this alone: the bytes are committed, as text in a
module that the other modules of ``aelib/live`` import. Each byte is a character there, so that a
server's gzip finds what repeats among them; in base64 the same bytes travel half as heavy again.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from book import ROOT
from book.node import run_node

SOURCE = Path(__file__).with_name("kernels.ts")
TARGET = ROOT / "src" / "aelib" / "live" / "kernels.js"
COMPILER = Path("node_modules", "assemblyscript", "bin", "asc.js")  # below book/
OPTIONS = ("--importMemory", "--enable", "simd", "-O3", "--runtime", "stub")
SHIFT = 35
"""Added to each byte: the commonest, 0 to 91, are then characters that need no escape."""

LINE = 94

HEAD = f"""\
// The compiled loops of training: WebAssembly, a character for each byte, its number {SHIFT} more.
// Written by `python -m book.kernels` from book/kernels/kernels.ts; never edit it by hand.
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
    lines = [""]
    for byte in wasm:
        character = json.dumps(chr((byte + SHIFT) % 256))[1:-1]
        if len(lines[-1]) + len(character) > LINE:
            lines.append("")
        lines[-1] += character
    text = " +\n".join(f'  "{line}"' for line in lines)
    return f"{HEAD}export const KERNELS =\n{text};\nexport const SHIFT = {SHIFT};\n"
