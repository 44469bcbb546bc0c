import os
import subprocess
import sys
from pathlib import Path

import nbformat
import peak_memory as plugin
import pytest
from peak_memory import peak_memory

SUPPORT = Path(plugin.__file__).parent
needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells peaks")


def test_the_peak_is_read_in_megabytes(tmp_path):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("VmPeak:\t9 kB\nVmHWM:\t 1234567 kB\nThreads:\t1\n")
    assert peak_memory(7, proc=tmp_path) == 1234


def test_a_peak_that_the_system_does_not_tell_is_0(tmp_path):
    assert peak_memory(7, proc=tmp_path) == 0


def run_notebook(folder, code, limit):
    """Execute a notebook of one cell with the plugin, its limit and its report changed."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, folder / "one.ipynb")
    (folder / "conftest.py").write_text(
        "import pathlib, peak_memory\n"
        f"peak_memory.LIMIT = {limit}\n"
        f"peak_memory.REPORT = pathlib.Path({str(folder / 'memory.json')!r})\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "peak_memory", "--nbval-lax", "one.ipynb"]
    environment = os.environ | {"PYTHONPATH": str(SUPPORT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@needs_proc
def test_a_notebook_within_its_memory_passes_and_is_reported(tmp_path):
    done = run_notebook(tmp_path, "kept = bytes(1)", limit=2000)
    assert done.returncode == 0, done.stdout
    assert '"one.ipynb": ' in (tmp_path / "memory.json").read_text()


@needs_proc
def test_a_notebook_that_takes_too_much_memory_is_red(tmp_path):
    done = run_notebook(tmp_path, "kept = bytes(bytearray(300_000_000))", limit=250)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "at most 250 MB were expected" in done.stdout
