"""nbval with the plugin, as a person would call it: in a process of its own."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from xml.etree import ElementTree

import nbformat
import pytest

from book import ROOT
from book.execution.key import facts
from book.regression.plugin import EXECUTED_WITH
from book.regression.replay import Replay

pytestmark = pytest.mark.slow

OTHER = {"machine": {"processor": "another"}}


def write(folder, *cells, record=None, name="one"):
    """Write a notebook of code cells, each with the text it printed when it was stored."""
    notebook = nbformat.v4.new_notebook(metadata={EXECUTED_WITH: record} if record else {})
    for count, (code, printed) in enumerate(cells, start=1):
        outputs = [nbformat.v4.new_output("stream", text=printed)] if printed else []
        notebook.cells.append(
            nbformat.v4.new_code_cell(code, outputs=outputs, execution_count=count)
        )
    nbformat.write(notebook, folder / f"{name}.ipynb")


CONFTEST = """
from pathlib import Path
from book.execution import memory
from book.regression import plugin
memory.LIMIT = {limit}
plugin.REPORT = Path("memory.json")
"""


def nbval(folder, limit=2000):
    """Run `pytest --nbval` with the folder's notebooks."""
    (folder / "conftest.py").write_text(CONFTEST.format(limit=limit), encoding="utf-8")
    notebooks = sorted(file.name for file in folder.glob("*.ipynb"))
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", *notebooks]
    command += ["--junit-xml", "report.xml"]
    if "book.regression.plugin" not in plugins():
        command += ["-p", "book.regression.plugin"]
    environment = os.environ | {
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


def plugins():
    """Name the pytest plugins that are installed."""
    return {entry.value for entry in entry_points(group="pytest11")}


CASES = {
    "the same number at home": ("print('loss 0.0300')", "loss 0.0300\n", None, True),
    "another number at home": ("print('loss 0.0301')", "loss 0.0300\n", facts(ROOT), False),
    "another number, no record": ("print('loss 0.0301')", "loss 0.0300\n", None, False),
    "a near number elsewhere": ("print('loss 0.0301')", "loss 0.0300\n", OTHER, True),
    "a far number elsewhere": ("print('loss 0.0400')", "loss 0.0300\n", OTHER, False),
    "another count elsewhere": ("print('images 10')", "images 11\n", OTHER, False),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What nbval says of the one cell of each case: why it is red, or nothing."""
    folder = tmp_path_factory.mktemp("cases")
    for number, (code, printed, record, _green) in enumerate(CASES.values()):
        write(folder, (code, printed), record=record, name=f"case{number}")
    nbval(folder)
    # The report, not what is printed: a terminal cuts it, a CI repeats it, a colour splits it.
    cells = ElementTree.parse(folder / "report.xml").findall(".//testcase")
    return [red.text if (red := cell.find("failure")) is not None else "" for cell in cells]


@pytest.mark.parametrize("case", CASES)
def test_nbval_compares_numbers_by_the_machine_that_wrote_them(said, case):
    number, green = list(CASES).index(case), CASES[case][-1]
    assert len(said) == len(CASES)
    assert ("Cell outputs differ" in said[number]) != green, said[number]
    assert bool(said[number]) != green, said[number]


def test_a_kernel_of_nbval_computes_with_one_thread_as_the_build_s_do(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    write(tmp_path, ("import os\nprint('threads', os.environ['OMP_NUM_THREADS'])", "threads 1\n"))
    assert nbval(tmp_path).returncode == 0


def test_a_notebook_that_takes_too_much_memory_is_red_and_its_peak_is_written(tmp_path):
    write(tmp_path, ("kept = bytes(bytearray(300_000_000))", ""))
    done = nbval(tmp_path, limit=250)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "at most 250 MB were expected" in done.stdout
    assert '"one": ' in (tmp_path / "memory.json").read_text(encoding="utf-8")


def executed(*cells):
    """A notebook as the build keeps it."""
    notebook = nbformat.v4.new_notebook()
    for code, printed in cells:
        output = nbformat.v4.new_output("stream", text=printed)
        notebook.cells.append(nbformat.v4.new_code_cell(code, outputs=[output]))
    return notebook


def test_a_replay_gives_the_outputs_cell_by_cell_and_says_when_it_is_idle():
    replay = Replay(executed(("one", "1"), ("two", "2")))
    for code, printed in (("one", "1"), ("two", "2")):
        ident = replay.execute_cell_input(code)
        replay.await_reply(ident, timeout=1)
        stream, idle = replay.get_message("iopub"), replay.get_message("iopub")
        assert stream["content"]["text"] == printed
        assert idle["content"]["execution_state"] == "idle"
        assert {stream["parent_header"]["msg_id"], idle["parent_header"]["msg_id"]} == {ident}


def test_a_replay_of_another_cell_is_refused_with_both_and_the_remedy():
    replay = Replay(executed(("one", "1")))
    with pytest.raises(RuntimeError, match=r"'two'; found 'one'.*make notebooks"):
        replay.execute_cell_input("two")
