"""Deliberate faults turn the regression red: ``make test-mutants``.

Each fault is one change, in the code of a notebook or in the package, and nbval then executes the
notebook like the real one. The change must apply exactly once, or the test itself is stale; and the
notebook must fail at a check of its results or at a number, not because the changed code no longer
runs.
"""

import os
import shutil
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


DIFFER = "Cell outputs differ"
"""What nbval says where a fault moves numbers, but none out of its band."""

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
        noticed=DIFFER,  # it ends up about as accurate
    ),
    Fault(
        name="exercise 3: learning rate ten times too small",
        page="convolutional",
        before="aelib.fit(transposed, train, batch_size=64, learning_rate=1e-3",
        after="aelib.fit(transposed, train, batch_size=64, learning_rate=1e-4",
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


@dataclass(frozen=True)
class PackageFault:
    """One change in a file of ``aelib``, and a notebook whose numbers must notice it.

    Attributes
    ----------
    anywhere
        Whether it is so large that another kind of machine must notice it too.
    """

    name: str
    page: str
    file: str
    before: str
    after: str
    anywhere: bool


PACKAGE_FAULTS = [
    PackageFault(
        name="PSNR too small by one per cent",
        page="denoising",
        file="metrics.py",
        before="float(-10 * np.log10(error))",
        after="0.99 * float(-10 * np.log10(error))",
        anywhere=True,
    ),
    PackageFault(
        name="MSE too large by two per cent",
        page="quiz",
        file="metrics.py",
        before="return total / a.numel()",
        after="return 1.02 * total / a.numel()",
        anywhere=False,
    ),
    PackageFault(
        name="the last batch's loss in place of the epoch's mean",
        page="quiz",
        file="training.py",
        before="return float(np.average(values, weights=sizes))",
        after="return float(values[-1])",
        anywhere=True,
    ),
    PackageFault(
        name="accuracy over 9,000 of 10,000 images",
        page="quiz",
        file="training.py",
        before="    return float((evaluate(model, inputs)",
        after="    n = len(inputs) * 9 // 10\n    inputs, labels = inputs[:n], labels[:n]\n"
        "    return float((evaluate(model, inputs)",
        anywhere=False,
    ),
]
ELSEWHERE = {"ATEN_CPU_CAPABILITY": "default"}  # torch's plainest kernels: another kind of machine


def changed_once(text: str, before: str, after: str, place: str) -> str:
    """Apply a fault to a text."""
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {place}"
    return text.replace(before, after)


def nbval(folder: Path, *options: str, **environment: str) -> str:
    """Execute the notebook in a folder by nbval; return what it says, which must be red."""
    command = [sys.executable, "-m", "pytest", "--rootdir", ROOT, "-q", "--nbval", *options, "."]
    finished = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert finished.returncode == pytest.ExitCode.TESTS_FAILED, finished.stdout
    return finished.stdout


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_in_a_notebook_turns_the_regression_red(fault, tmp_path):
    notebook = nbformat.read(ROOT / "chapters" / f"{fault.page}.ipynb", as_version=4)
    hits = [cell for cell in notebook.cells if fault.before in cell.source]
    assert len(hits) == 1, f"{fault.before!r} stands in {len(hits)} cells of {fault.page}, not in 1"
    hits[0].source = changed_once(hits[0].source, fault.before, fault.after, fault.page)
    nbformat.write(notebook, tmp_path / f"{fault.page}.ipynb")
    said = nbval(tmp_path)
    assert fault.noticed in said
    assert fault.noticed == DIFFER or "AssertionError" in said


@pytest.mark.parametrize("machine", ["at home", "elsewhere"])
@pytest.mark.parametrize("fault", PACKAGE_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_in_the_package_turns_the_regression_red(fault, machine, tmp_path):
    if machine == "elsewhere" and not fault.anywhere:
        pytest.skip("smaller than what another processor's kernels change: only its own sees it")
    package = tmp_path / "src" / "aelib"
    shutil.copytree(ROOT / "src" / "aelib", package)
    file = package / fault.file
    file.write_text(
        changed_once(file.read_text(encoding="utf-8"), fault.before, fault.after, fault.file),
        encoding="utf-8",
    )
    shutil.copyfile(ROOT / "chapters" / f"{fault.page}.ipynb", tmp_path / f"{fault.page}.ipynb")
    environment = ELSEWHERE if machine == "elsewhere" else {}
    said = nbval(tmp_path, "--exitfirst", PYTHONPATH=str(package.parent), **environment)
    assert DIFFER in said
