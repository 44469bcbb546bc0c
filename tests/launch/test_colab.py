"""A twin in an environment like Colab's, alone in an empty folder, from its first cell on."""

from __future__ import annotations

import json
from datetime import datetime

import nbformat
import pytest
from conftest import ROOT, report
from nbclient import NotebookClient

from book.address import read_address
from book.execution.memory import LIMIT, peak_memory

KEPT = ("torch", "numpy", "pandas", "matplotlib", "ipywidgets")  # Colab's own, not to be replaced
PATIENCE = 60  # seconds that the first cell may take where torch is present


@pytest.fixture
def kernel(colab, tmp_path, monkeypatch) -> str:
    """The name of a kernel that runs in Colab's environment and sees nothing of ours."""
    spec = {
        "argv": [str(colab.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
    }
    folder = tmp_path / "jupyter" / "kernels" / "colab"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("AELIB_UNATTENDED", "1")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return "colab"


def installed_from(notebook: nbformat.NotebookNode, source: str) -> nbformat.NotebookNode:
    """Let the first code cell install from ``source`` instead of from the repository's address."""
    address = read_address(ROOT, environment={})
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert cell.source.count(address.requirement) == 1
    cell.source = cell.source.replace(address.requirement, source)
    return notebook


def seconds(cell: nbformat.NotebookNode) -> float:
    """How long a cell took."""
    times = cell.metadata.execution
    start, end = times["iopub.execute_input"], times["shell.execute_reply"]
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def test_a_twin_runs_from_top_to_bottom_where_only_colab_s_packages_are(
    twin, colab, clone, kernel, tmp_path
):
    colab.pip("uninstall", "--quiet", "--yes", "aelib", "scikit-learn", "anywidget", "tqdm")
    before = colab.versions()
    assert "aelib" not in before
    notebook = installed_from(nbformat.read(twin, as_version=4), clone)
    peaks = []
    client = NotebookClient(notebook, kernel_name=kernel, timeout=900)
    client.on_cell_executed = lambda **_: peaks.append(peak_memory(client.km.provisioner.pid))
    empty = tmp_path / "content"
    empty.mkdir()
    client.execute(cwd=str(empty))

    after = colab.versions()
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    said = "".join(output.get("text", "") for output in code[0].outputs)
    assert "aelib is missing: installing" in said
    assert "training on " in said
    assert seconds(code[0]) <= PATIENCE
    assert 0 < max(peaks) <= LIMIT
    report(
        place="Colab",
        notebook=twin.stem,
        install_seconds=round(seconds(code[0]), 1),
        seconds=round(sum(seconds(cell) for cell in code)),
        peak_megabytes=max(peaks),
    )
