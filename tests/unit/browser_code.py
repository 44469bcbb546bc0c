"""Run the explorer's browser code in Node, which comes from PyPI."""

import json
import subprocess
from pathlib import Path

import aelib.live
from book.node import HERE, NODE, install_packages

FOLDER = Path(aelib.live.__file__).parent
PAGE = Path(__file__).with_name("page.mjs")

EVALUATE = """
import {{ readFileSync }} from "node:fs";
const m = await import({module});
const d = JSON.parse(readFileSync(0, "utf8"));
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify({expression}, plain));
"""

ON_A_PAGE = """
import {{ readFileSync }} from "node:fs";
import {{ Window }} from "happy-dom";
import {{ Page }} from {page};
const {{ state, sliders, ...options }} = JSON.parse(readFileSync(0, "utf8"));
const page = new Page(Window, options);
page.open((await import({module})).default, state, sliders);
const answer = await (async () => {{ {steps} }})();
process.stdout.write(JSON.stringify(answer ?? null), () => process.exit());
"""


def run_node(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess:
    """Run Node in ``book/`` and return what it printed and said; ``given`` is its input."""
    return subprocess.run(
        [NODE, *arguments],
        cwd=HERE,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def run_program(program: str, data: object) -> object:
    """Run a module that reads JSON and prints JSON."""
    done = run_node("--input-type=module", "--eval", program, given=json.dumps(data))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def address(file: str | Path) -> str:
    """A module of ``aelib/live``, or another file, as JavaScript imports it."""
    return json.dumps((FOLDER / file).as_uri())


def evaluate(module: str | Path, expression: str, data: object = None) -> object:
    """Evaluate JavaScript; ``m`` is the module of ``aelib/live`` or a file, ``d`` the data."""
    return run_program(EVALUATE.format(module=address(module), expression=expression), data)


def on_a_page(module: str, state: dict, steps: str, **options: object) -> object:
    """Render a widget's module and run some steps with ``page`` (see ``page.mjs``).

    Parameters
    ----------
    module : str
        Its file in ``aelib/live``.
    state : dict
        What the widget's model holds.
    steps : str
        The body of an async function; what it returns is returned.
    **options
        ``hash`` and ``language`` of the page, whether it has a ``kernel``, and the HTML of the
        ``sliders`` beside the widget.
    """
    install_packages()
    program = ON_A_PAGE.format(module=address(module), page=address(PAGE), steps=steps)
    return run_program(program, {"state": state, **options})
