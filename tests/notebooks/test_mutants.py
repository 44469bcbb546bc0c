"""Deliberate faults turn the regression red: ``make test-mutants``.

Each fault is one change in the code of a twin, which nbval then executes like the real one. The
change must apply exactly once, or the test itself is stale; and the notebook must fail at a check
of its results, not because the changed code no longer runs.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Fault:
    """One change of a notebook's code and the check that must notice it."""

    name: str
    page: str
    before: str
    after: str
    noticed: str


FAULTS = [
    Fault(
        name="exercise 1: seed not fixed before the weights are drawn",
        page="quiz",
        before="    torch.manual_seed(SEED)\n    encoder = aelib.mlp((784, 128, width)",
        after="    encoder = aelib.mlp((784, 128, width)",
        noticed="assert same",
    ),
    Fault(
        name="exercise 2: encoder not trained",
        page="features",
        before="train_codes = aelib.evaluate(encoder, train)",
        after="encoder, _ = aelib.mlp_autoencoder(aelib.SIGMOID_SIZES, nn.Sigmoid)\n"
        "train_codes = aelib.evaluate(encoder, train)",
        noticed="exercise 2, test accuracy of the classifier: expected",
    ),
    Fault(
        name="exercise 2: labels shuffled",
        page="features",
        before="        data.train.labels,\n        loss=nn.functional.cross_entropy",
        after="        np.random.default_rng(0).permutation(data.train.labels),\n"
        "        loss=nn.functional.cross_entropy",
        noticed="exercise 2, test accuracy of the classifier: expected",
    ),
    Fault(
        name="exercise 3: decoder layers swapped",
        page="convolutional",
        before="    nn.ReLU(),\n    nn.ConvTranspose2d(16, 1, kernel_size=2, stride=2),  "
        "# (n, 1, 28, 28)\n    nn.Sigmoid(),",
        after="    nn.Sigmoid(),\n    nn.ConvTranspose2d(16, 1, kernel_size=2, stride=2),\n"
        "    nn.ReLU(),",
        noticed="exercise 3, MSE of the last epoch: expected",
    ),
    Fault(
        name="exercise 4: noise switched off",
        page="denoising",
        before="aelib.add_noise(batch, 0.2, generator=generator)",
        after="batch",
        noticed="exercise 4, variant 1, MSE of the last epoch: expected",
    ),
    Fault(
        name="exercise 4: half of the epochs",
        page="denoising",
        before='recipe_2 = {"loss"',
        after='recipe_2 = {"epochs": 5, "loss"',
        noticed="exercise 4, variant 2, half MSE of the last epoch: expected",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_deliberate_fault_turns_the_regression_red(fault, tmp_path):
    notebook = nbformat.read(ROOT / "chapters" / f"{fault.page}.ipynb", as_version=4)
    hits = [cell for cell in notebook.cells if fault.before in cell.source]
    assert len(hits) == 1, f"{fault.before!r} stands in {len(hits)} cells of {fault.page}, not in 1"
    assert hits[0].source.count(fault.before) == 1
    hits[0].source = hits[0].source.replace(fault.before, fault.after)
    nbformat.write(notebook, tmp_path / f"{fault.page}.ipynb")

    options = ["--nbval", "--nbval-sanitize-with", str(Path(__file__).with_name("sanitize.cfg"))]
    command = [sys.executable, "-m", "pytest", "--rootdir", str(ROOT), "-q", *options, "."]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert finished.returncode == pytest.ExitCode.TESTS_FAILED, finished.stdout
    assert "AssertionError" in finished.stdout
    assert fault.noticed in finished.stdout
