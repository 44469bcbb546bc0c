"""Networks as people have published them: shown as torch has them, or refused in one sentence."""

import base64
from functools import cache

import numpy as np
import pytest
import torch
from browser_code import evaluate
from networks import NETWORKS
from torch import nn

from aelib import load_mnist
from aelib.live import Explorer, noise_sample

pytestmark = pytest.mark.slow

NOISE = (0, 0.2, 0.5, 1)
PROMISE = 2 / 255

REFUSED = {
    "meta": (ValueError, r"^encoder\[0\]\.weight is on the device meta and has no values\. Make"),
    "torch.jit.script": (TypeError, r"^encoder is TorchScript, .*Give the module that was handed"),
    "torch.jit.trace": (TypeError, r"^encoder is TorchScript, .*Give the module that was handed"),
    "quantised": (TypeError, r"^encoder\[0\] is a quantised Linear, .*before it was quantised"),
    "a whole model": (TypeError, r"^networks is a Sequential; expected a pair .*model\.encoder"),
    "a lazy layer, never called": (ValueError, r"^encoder\[0\]\.weight is of a lazy layer.*Call"),
}

DRAW = """d.networks.flatMap(({ bits, weights, layers: { encoder, decoder }, code }) => {
  const network = m.readWeights({ encoder, decoder }, bits, weights);
  return d.images.map((x) => {
    const z = m.forward(network.encoder, { x: Float32Array.from(x), shape: [784] }, 1);
    return m.forward(network.decoder, { x: z.x, shape: code }, 1).x;
  });
})"""


@cache
def digits() -> torch.Tensor:
    return torch.as_tensor(load_mnist().test.images[:6])


def picture(networks: object, x: torch.Tensor) -> np.ndarray:
    """What the learner's own network draws in torch."""
    for network in networks:
        owner = getattr(network, "__self__", network)
        owner.eval().float()
    encoder, decoder = networks
    with torch.no_grad():
        try:
            code = encoder(x)
        except RuntimeError:
            code = encoder(x.view(-1, 1, 28, 28))
        return decoder(code[0] if isinstance(code, tuple) else code).reshape(len(x), 784).numpy()


def made(name: str) -> object:
    torch.manual_seed(0)
    networks = NETWORKS[name]()
    for half in networks if isinstance(networks, tuple) else ():
        for layer in half.modules() if isinstance(half, nn.Module) else ():
            if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
                layer.running_mean.uniform_(-0.2, 0.2)
                layer.running_var.uniform_(0.5, 1.5)
    return networks


def test_the_table_has_fifty_five_networks_and_all_but_six_are_shown():
    assert len(NETWORKS) == 55
    assert len(REFUSED) == 6


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in REFUSED])
def test_a_published_network_is_drawn_as_torch_draws_it(name):
    networks = made(name)
    explorer = Explorer(networks, digits())
    (packed,) = explorer.view.networks
    rounded = np.frombuffer(base64.b64decode(explorer.view.images), np.uint8).reshape(-1, 784) / 255
    sample = noise_sample(3, 784)
    x = np.concatenate([(rounded + factor * sample).clip(0, 1) for factor in NOISE])
    drawn = evaluate("network.js", DRAW, {"networks": [packed], "images": x.tolist()})
    expected = picture(networks, torch.from_numpy(x).float())
    off = np.abs(np.array(drawn) - expected).reshape(len(NOISE), -1).max(1)
    print(name, packed["bits"], f"{packed['difference']:.5f}", off.round(5))
    assert off.max() <= PROMISE
    assert packed["difference"] <= PROMISE


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_in_a_sentence_that_says_what_to_do(name):
    error, message = REFUSED[name]
    with pytest.raises(error, match=message) as refused:
        Explorer(made(name), digits())
    print(name, refused.value)
    assert "Traceback" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
