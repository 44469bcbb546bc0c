"""The wheel alone, in an environment that has seen nothing else of this project."""

from __future__ import annotations

import subprocess

from conftest import ROOT, kept_environment, report

SIZE = 13_000_000  # bytes: the data are 11.4 MB of it
SHOW = """
import aelib
from torch import nn

data = aelib.load_mnist()
assert data.train.images.shape == (60000, 784) and data.test.labels.shape == (10000,)
networks = aelib.mlp_autoencoder((784, 32, 8), nn.ReLU)
explorer = aelib.Explorer(networks, data.test.images[:5], data.test.labels[:5])
views = explorer._repr_mimebundle_()
assert "application/vnd.jupyter.widget-view+json" in views, views
print("shown")
"""


def test_the_wheel_brings_the_data_and_shows_an_explorer(tmp_path):
    command = ["pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path / "wheel", ROOT]
    pip = kept_environment("wheel", "pip", "--constraint", ROOT / "requirements.txt")
    pip.pip("uninstall", "--quiet", "--yes", "aelib")
    subprocess.run([pip.python, "-m", *command], check=True)
    [wheel] = (tmp_path / "wheel").glob("*.whl")
    report(place="wheel", bytes=wheel.stat().st_size)
    assert wheel.stat().st_size <= SIZE

    pip.pip("install", "--quiet", "--constraint", ROOT / "requirements.txt", wheel)
    done = subprocess.run(
        [pip.python, "-I", "-c", SHOW],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "shown\n"
