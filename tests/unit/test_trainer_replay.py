"""A training run of the page against the same run in torch: every preset, step for step."""

import base64

import numpy as np
import pytest
import torch
from browser_code import evaluate

from aelib import load_mnist
from aelib.live.recipe import ACTIVATIONS, PRESETS, network
from aelib.live.replay import replay

pytestmark = pytest.mark.slow

STEPS = 20
SETTINGS = {
    "latent": 32,
    "activation": "relu",
    "noise": 0,
    "fresh": True,
    "half": False,
    "rate": 1e-3,
    "batch": 64,
    "seed": 1,
}
OWN = {
    "2": {"latent": 100, "activation": "sigmoid", "half": True, "rate": 0.01, "batch": 256},
    "4a": {"latent": 64, "noise": 0.2},
    "4b": {
        "latent": 100,
        "activation": "sigmoid",
        "half": True,
        "rate": 0.01,
        "batch": 256,
        "noise": 0.5,
        "fresh": False,
    },
    "free": {"rate": 0.004, "batch": 128},
}
RUN = """(({ settings, images, steps }) => {
  const run = m.makeRun(settings, Uint8Array.from(atob(images), (c) => c.charCodeAt(0)));
  const losses = Array.from({ length: steps }, () => run.step());
  return { losses, weights: run.weights(), progress: run.progress() };
})(d)"""


@pytest.fixture(scope="module")
def grey() -> np.ndarray:
    return np.rint(load_mnist().train.images[:1000] * 255).astype(np.uint8)


def both(
    grey: np.ndarray, settings: dict, steps: int = STEPS
) -> tuple[dict, torch.nn.Module, list]:
    text = base64.b64encode(grey.tobytes()).decode("ascii")
    found = evaluate("train_run.js", RUN, {"settings": settings, "images": text, "steps": steps})
    return found, *replay(torch.from_numpy(grey).float() / 255, steps, **settings)


@pytest.mark.parametrize("preset", PRESETS)
def test_twenty_steps_of_a_preset_have_torch_s_losses(preset, grey):
    found, _, losses = both(grey, {**SETTINGS, **OWN.get(preset, {}), "preset": preset})
    assert found["losses"] == pytest.approx(losses, rel=1e-6)
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_twenty_steps_with_an_activation_have_torch_s_losses(activation, grey):
    settings = {**SETTINGS, "preset": "free", "activation": activation, "noise": 0.3}
    found, _, losses = both(grey[:200], settings)  # four batches an epoch, the last one small
    assert found["losses"] == pytest.approx(losses, rel=1e-6)
    assert found["progress"] == {"epoch": 5, "steps": 20, "seen": 1000}


@pytest.mark.parametrize("preset", ["2", "3 transposed", "3 upsampling"])
def test_a_run_begins_with_the_same_weights_in_both(preset, grey):
    settings = {**SETTINGS, "preset": preset, "rate": 0}
    found, net, _ = both(grey[:100], settings, steps=1)
    weights = torch.cat([values.detach().reshape(-1) for values in net.parameters()])
    assert found["weights"] == weights.tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("5", 32, "relu"), "preset is '5'; expected one of 2, 3 transposed"),
        (("2", 1, "relu"), "latent is 1; expected a whole number from 2 to 128"),
        (("2", 32, "gelu"), "activation is 'gelu'; expected one of relu"),
    ],
)
def test_a_network_that_is_not_offered_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        network(*arguments)
