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


class Rows(nn.Module):
    """Reads a picture row by row and keeps the last state: whole layers, or cell by cell."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        rows = x.view(-1, 28, 28)
        if isinstance(self.layer, nn.RNNBase):
            return self.layer(rows)[0][:, -1]
        state = torch.zeros(len(x), 6)
        if isinstance(self.layer, nn.LSTMCell):
            state = (state, state)
        for t in range(28):
            state = self.layer(rows[:, t], state)
        return state[0] if isinstance(state, tuple) else state


class Attention(nn.Module):
    """Attends from row to row: torch's layer, or its function on one's own projections."""

    def __init__(self, whole: bool):
        super().__init__()
        self.whole = nn.MultiheadAttention(28, 1, batch_first=True) if whole else None
        self.qkv = nn.Linear(28, 3 * 28)

    def forward(self, x):
        rows = x.view(-1, 28, 28)
        if self.whole:
            return self.whole(rows, rows, rows)[0].mean(1)
        q, k, v = self.qkv(rows).chunk(3, dim=-1)
        return nn.functional.scaled_dot_product_attention(q, k, v).mean(1)


TURNING = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell, "GRU": nn.GRUCell}


@pytest.mark.parametrize("name", TURNING)
def test_a_recurrent_layer_is_refused_with_a_way_that_is_shown(name):
    whole, cell = getattr(nn, name)(28, 6, batch_first=True), TURNING[name](28, 6)
    with pytest.raises(TypeError, match=rf"nn\.{cell.__class__.__name__}: state = cell\(x\[:, t\]"):
        Explorer((Rows(whole), nn.Linear(6, 784)), digits())
    assert Explorer((Rows(cell), nn.Linear(6, 784)), digits()).view.networks


def test_attention_is_refused_with_a_way_that_is_shown():
    with pytest.raises(TypeError, match=r"call F\.scaled_dot_product_attention\(q, k, v\)"):
        Explorer((Attention(whole=True), nn.Linear(28, 784)), digits())
    assert Explorer((Attention(whole=False), nn.Linear(28, 784)), digits()).view.networks


def test_a_batch_mixed_by_hand_is_not_blamed_on_a_layer():
    class Mixes(nn.Module):
        def forward(self, x):
            return x.transpose(0, 1).reshape(-1, 784)[:, :6]

    with pytest.raises(TypeError, match="works across the images of a batch"):
        Explorer((Mixes(), nn.Linear(6, 784)), digits())
