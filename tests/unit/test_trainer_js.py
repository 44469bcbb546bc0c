"""Training in the browser against torch: gradients of every kind of layer, and Adam."""

import pytest
import torch
from browser_code import evaluate
from torch import nn
from torch.nn import functional as F  # noqa: N812

pytestmark = pytest.mark.slow

COUNT = 3
IMAGE = (3, 11, 7)


def window(kernel, stride=1, padding=0) -> dict:
    """The three pairs of a window."""
    names = ("kernel", "stride", "padding")
    values = (kernel, stride, padding)
    return {
        name: list(value) if isinstance(value, tuple) else [value, value]
        for name, value in zip(names, values, strict=True)
    }


def convolution(*args, filters=4) -> dict:
    return {"kind": "convolution", "filters": filters, **window(*args)}


def transposed(*args, filters=4, extra=(0, 0)) -> dict:
    kind = "transposed convolution"
    return {"kind": kind, "filters": filters, "extra": list(extra), **window(*args)}


def linear(inputs, outputs) -> dict:
    return {"kind": "linear", "inputs": inputs, "outputs": outputs}


def upsample(kind, rows, columns, **more) -> dict:
    return {"kind": f"{kind} upsample", "size": [rows, columns], **more}


BATCH_NORM = {"kind": "batch norm", "epsilon": 1e-5, "momentum": 0.1}


def with_factors(layer: nn.Module) -> nn.Module:
    """Give a batch norm factors and offsets other than the 1 and 0 it begins with."""
    layer.weight.data = torch.linspace(0.5, -2, layer.num_features)
    layer.bias.data = torch.linspace(-1, 3, layer.num_features)
    return layer


CASES = {
    "BatchNorm1d": (with_factors(nn.BatchNorm1d(13)), BATCH_NORM, (13,)),
    "BatchNorm2d": (with_factors(nn.BatchNorm2d(3)), BATCH_NORM, IMAGE),
    "BatchNorm2d, another epsilon": (
        with_factors(nn.BatchNorm2d(3, eps=0.5)),
        BATCH_NORM | {"epsilon": 0.5},
        IMAGE,
    ),
    "Linear": (nn.Linear(13, 5), linear(13, 5), (13,)),
    "Linear of many": (nn.Linear(301, 67), linear(301, 67), (301,)),
    "Conv2d": (nn.Conv2d(3, 4, 3), convolution(3), IMAGE),
    "Conv2d 1 x 1": (nn.Conv2d(3, 4, 1), convolution(1), IMAGE),
    "Conv2d padded": (nn.Conv2d(3, 4, 3, padding=1), convolution(3, 1, 1), IMAGE),
    "Conv2d stride 2": (nn.Conv2d(3, 4, 5, 2, 2), convolution(5, 2, 2), IMAGE),
    "Conv2d unequal": (
        nn.Conv2d(3, 4, (5, 2), (3, 2), (2, 1)),
        convolution((5, 2), (3, 2), (2, 1)),
        IMAGE,
    ),
    "Conv2d stride beyond kernel": (nn.Conv2d(3, 4, 2, 3, 1), convolution(2, 3, 1), IMAGE),
    "Conv2d whole image": (nn.Conv2d(3, 4, (11, 7)), convolution((11, 7)), IMAGE),
    "Conv2d kernel wider than the image": (nn.Conv2d(3, 4, 9, 1, 4), convolution(9, 1, 4), IMAGE),
    "ConvTranspose2d": (nn.ConvTranspose2d(3, 4, 2, 2), transposed(2, 2), IMAGE),
    "ConvTranspose2d padded": (nn.ConvTranspose2d(3, 4, 3, 2, 1), transposed(3, 2, 1), IMAGE),
    "ConvTranspose2d output padding": (
        nn.ConvTranspose2d(3, 4, 3, 2, 1, output_padding=1),
        transposed(3, 2, 1, extra=(1, 1)),
        IMAGE,
    ),
    "ConvTranspose2d unequal": (
        nn.ConvTranspose2d(3, 4, (4, 3), (3, 1), (1, 2)),
        transposed((4, 3), (3, 1), (1, 2)),
        IMAGE,
    ),
    "MaxPool2d": (nn.MaxPool2d(2), {"kind": "max pool", **window(2, 2)}, IMAGE),
    "MaxPool2d overlapping": (
        nn.MaxPool2d(3, 2, 1),
        {"kind": "max pool", **window(3, 2, 1)},
        IMAGE,
    ),
    "MaxPool2d ceil": (
        nn.MaxPool2d((2, 3), 2, ceil_mode=True),
        {"kind": "max pool", "ceil": True, **window((2, 3), 2)},
        IMAGE,
    ),
    "AvgPool2d": (nn.AvgPool2d(2), {"kind": "average pool", "whole": True, **window(2, 2)}, IMAGE),
    "AvgPool2d padded": (
        nn.AvgPool2d(3, 2, 1),
        {"kind": "average pool", "whole": True, **window(3, 2, 1)},
        IMAGE,
    ),
    "AvgPool2d ceil": (
        nn.AvgPool2d(2, 2, ceil_mode=True),
        {"kind": "average pool", "whole": True, "ceil": True, **window(2, 2)},
        IMAGE,
    ),
    "AvgPool2d without padding": (
        nn.AvgPool2d((3, 2), 1, 1, count_include_pad=False),
        {"kind": "average pool", "whole": False, **window((3, 2), 1, 1)},
        IMAGE,
    ),
    "nearest": (nn.Upsample(scale_factor=2), upsample("nearest", 22, 14), IMAGE),
    "nearest to odd sizes": (nn.Upsample(size=(17, 9)), upsample("nearest", 17, 9), IMAGE),
    "nearest, smaller": (nn.Upsample(size=(5, 3)), upsample("nearest", 5, 3), IMAGE),
    "bilinear": (
        nn.Upsample(scale_factor=2, mode="bilinear"),
        upsample("bilinear", 22, 14),
        IMAGE,
    ),
    "bilinear to odd sizes": (
        nn.Upsample(size=(13, 20), mode="bilinear"),
        upsample("bilinear", 13, 20),
        IMAGE,
    ),
    "bilinear, corners": (
        nn.Upsample(size=(33, 21), mode="bilinear", align_corners=True),
        upsample("bilinear", 33, 21, corners=True),
        IMAGE,
    ),
    "ReLU": (nn.ReLU(), {"kind": "relu"}, IMAGE),
    "LeakyReLU": (nn.LeakyReLU(0.07), {"kind": "leaky relu", "slope": 0.07}, IMAGE),
    "Sigmoid": (nn.Sigmoid(), {"kind": "sigmoid"}, IMAGE),
    "Tanh": (nn.Tanh(), {"kind": "tanh"}, IMAGE),
    "Flatten": (nn.Flatten(), {"kind": "reshape", "shape": [231]}, IMAGE),
}

GRADIENT = """(({ layers, shape, weights, x, targets, count }) => {
  const net = m.makeNetwork(layers, shape, count + 1);
  net.setWeights(Float32Array.from(weights));
  net.x.set(x);
  net.targets.set(targets);
  const y = net.forward(count, true).slice();
  const loss = net.backward(count, 0.5);
  return { y, loss, gradients: net.gradients() };
})(d)"""


def flat(values) -> torch.Tensor:
    return torch.cat([value.reshape(-1) for value in values])


def compare(net: nn.Module, layers: list[dict], shape: tuple[int, ...]) -> None:
    """Hold answer, loss and gradients of the browser's network against torch's."""
    x = torch.randn(COUNT, *shape)
    y = net(x)
    targets = torch.randn(y.shape)
    loss = 0.5 * F.mse_loss(y, targets)
    loss.backward()
    data = {
        "layers": layers,
        "shape": list(shape),
        "weights": flat(net.parameters()).tolist(),
        "x": flat(x).tolist(),
        "targets": flat(targets).tolist(),
        "count": COUNT,
    }
    found = evaluate("train_network.js", GRADIENT, data)
    torch.testing.assert_close(torch.tensor(found["y"]), flat(y), rtol=1e-5, atol=2e-6)
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-6)
    expected = flat(p.grad for p in net.parameters())
    error = (torch.tensor(found["gradients"]) - expected).norm() / expected.norm()
    assert error < 2e-6


@pytest.mark.parametrize("case", CASES)
def test_a_layer_and_what_lies_before_it_have_torch_s_gradient(case):
    torch.manual_seed(1)
    layer, description, shape = CASES[case]
    if shape == IMAGE:
        before, first = nn.Conv2d(3, 3, 1), convolution(1, filters=3)
    else:
        before, first = nn.Linear(shape[0], shape[0]), linear(shape[0], shape[0])
    compare(nn.Sequential(before, layer), [first, description], shape)


class Sum(nn.Module):
    def __init__(self, *branches: nn.Module):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return sum(branch(x) for branch in self.branches)


def test_branches_that_are_added_have_torch_s_gradient():
    torch.manual_seed(2)
    bent = nn.Sequential(nn.Linear(9, 7), nn.Tanh(), nn.Linear(7, 5))
    net = nn.Sequential(nn.Linear(13, 9), Sum(nn.Linear(9, 5), bent))
    branches = [[linear(9, 5)], [linear(9, 7), {"kind": "tanh"}, linear(7, 5)]]
    compare(net, [linear(13, 9), {"kind": "sum", "branches": branches}], (13,))


@pytest.mark.parametrize("momentum", [0.1, 0.7])
def test_a_batch_norm_that_is_tested_uses_what_it_met_while_it_learned(momentum):
    torch.manual_seed(3)
    layer = nn.BatchNorm2d(3, momentum=momentum)
    batches = [torch.randn(COUNT, *IMAGE) * 2 + 1 for _ in range(3)]
    for batch in batches[:2]:
        layer(batch)
    expected = layer.eval()(batches[2]).flatten()
    program = """(({ layers, shape, batches, count }) => {
      const net = m.makeNetwork(layers, shape, count);
      net.setWeights(net.starts());
      for (const x of batches) {
        net.x.set(x);
        net.forward(count, x !== batches[2]);
      }
      return net.forward(count);
    })(d)"""
    data = {"layers": [BATCH_NORM | {"momentum": momentum}], "shape": IMAGE, "count": COUNT}
    data["batches"] = [batch.flatten().tolist() for batch in batches]
    found = torch.tensor(evaluate("train_network.js", program, data))
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=2e-6)


def test_a_batch_norm_cannot_learn_from_one_value():
    program = """(() => {
      const net = m.makeNetwork([d], [2], 1);
      try { net.forward(1, true); } catch (error) { return error.message; }
    })()"""
    assert "the batch has one" in evaluate("train_network.js", program, BATCH_NORM)


def test_tanh_and_sigmoid_are_exact_to_single_precision_from_end_to_end():
    x = torch.cat([torch.linspace(-90, 90, 4001), torch.logspace(-12, 0, 999)])
    program = """(({ x }) => ["tanh", "sigmoid"].map((kind) => {
      const net = m.makeNetwork([{ kind }], [x.length], 1);
      net.x.set(x);
      return net.forward(1).slice();
    }))(d)"""
    for found, f in zip(
        evaluate("train_network.js", program, {"x": x.tolist()}),
        (torch.tanh, torch.sigmoid),
        strict=True,
    ):
        exact = f(x.double())
        torch.testing.assert_close(torch.tensor(found).double(), exact, rtol=4e-7, atol=1e-37)
