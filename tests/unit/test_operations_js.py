"""Every operation in the browser against torch, on odd sizes; what is refused, in which words."""

import math

import numpy as np
import pytest
import torch
from browser_code import evaluate
from networks import Own
from test_explorer_js import RUN, seeded
from torch import nn
from torch.nn import functional

from aelib.live.steps import ANSWERS
from aelib.live.weights import pack

pytestmark = pytest.mark.slow

ROW, SIGNAL, IMAGE = (13,), (3, 7), (4, 7, 5)


def run(forward, **layers):
    """A module of one's own, with layers."""
    return Own(forward, **layers)


def each(f):
    return Own(lambda self, x: f(x))


def _set_negative(self, x):
    x = 2 * x
    x[x < 0.1] = 0.5
    return x


def _written(self, x):
    answer = torch.zeros_like(x)
    answer[:, 0] = x[:, 3]
    answer[:, 1:, ::2] = x[:, 1:, ::2].relu()
    answer[:, :, :, torch.tensor([1, 4])] = 2 * x[:, :, :, :2]
    return answer


TABLE = nn.Parameter(torch.linspace(-1, 1, 4 * 7 * 5).reshape(4, 7, 5))


def _masked(self, x):
    self.f.weight.data *= torch.ones(3, 13).tril(2)
    return self.f(x)


THIRDS = torch.arange(13) % 3
AHEAD = torch.ones(7, 7).triu(1) == 1

CASES = {
    "GELU": (nn.GELU(), ROW),
    "GELU, tanh": (nn.GELU(approximate="tanh"), ROW),
    "GELU by erf": (each(lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))), ROW),
    "ELU": (nn.ELU(0.7), ROW),
    "SELU": (nn.SELU(), ROW),
    "CELU": (nn.CELU(1.3), ROW),
    "SiLU": (nn.SiLU(), ROW),
    "swish by hand": (each(lambda x: x * torch.sigmoid(1.5 * x)), ROW),
    "Softplus": (nn.Softplus(), ROW),
    "Softplus, beta and threshold": (nn.Softplus(3.0, 2.0), ROW),
    "Softplus at its threshold": (each(lambda x: functional.softplus(x.round(), 1, 1)), ROW),
    "PReLU": (nn.PReLU(), IMAGE),
    "PReLU for each channel": (nn.PReLU(4), IMAGE),
    "PReLU of a row": (nn.PReLU(13), ROW),
    "leaky_relu": (each(lambda x: functional.leaky_relu(x, 0.1)), ROW),
    "RReLU": (nn.RReLU(), ROW),
    "Hardtanh": (nn.Hardtanh(-0.3, 0.8), ROW),
    "ReLU6": (nn.ReLU6(), ROW),
    "Hardswish": (nn.Hardswish(), ROW),
    "Hardsigmoid": (nn.Hardsigmoid(), ROW),
    "Hardshrink": (nn.Hardshrink(), ROW),
    "Softshrink": (nn.Softshrink(), ROW),
    "Tanhshrink": (nn.Tanhshrink(), ROW),
    "Softsign": (nn.Softsign(), ROW),
    "LogSigmoid": (nn.LogSigmoid(), ROW),
    "Threshold": (nn.Threshold(0.2, -1.0), ROW),
    "GLU": (nn.GLU(1), IMAGE),
    "Mish": (nn.Mish(), ROW),
    "clamp": (each(lambda x: x.clamp(-0.2, 0.5)), ROW),
    "clamp from below": (each(lambda x: x.clamp(min=0.1)), ROW),
    "clamp from above": (each(lambda x: torch.clamp_max(x, 0.1)), ROW),
    "Softmax": (nn.Softmax(1), ROW),
    "Softmax of hundreds": (each(lambda x: (300 * x).softmax(1)), ROW),
    "Softmax over channels": (nn.Softmax2d(), IMAGE),
    "LogSoftmax": (nn.LogSoftmax(-1), ROW),
    "LayerNorm of a row": (nn.LayerNorm(13), ROW),
    "LayerNorm of an image": (nn.LayerNorm((7, 5)), IMAGE),
    "LayerNorm without weights": (nn.LayerNorm(5, elementwise_affine=False), IMAGE),
    "GroupNorm": (nn.GroupNorm(2, 4), IMAGE),
    "GroupNorm without weights": (nn.GroupNorm(4, 4, affine=False), IMAGE),
    "GroupNorm of a row": (nn.GroupNorm(2, 4), (4,)),
    "InstanceNorm2d": (nn.InstanceNorm2d(4), IMAGE),
    "InstanceNorm2d, affine": (nn.InstanceNorm2d(4, affine=True), IMAGE),
    "InstanceNorm2d, tracked": (nn.InstanceNorm2d(4, track_running_stats=True), IMAGE),
    "InstanceNorm1d": (nn.InstanceNorm1d(3), SIGNAL),
    "BatchNorm1d of a signal": (nn.BatchNorm1d(3), SIGNAL),
    "functional.normalize": (each(functional.normalize), ROW),
    "RMS norm": (each(lambda x: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5)), ROW),
    "AdaptiveAvgPool2d to 1": (nn.AdaptiveAvgPool2d(1), IMAGE),
    "AdaptiveAvgPool2d to odd sizes": (nn.AdaptiveAvgPool2d((3, 4)), IMAGE),
    "AdaptiveAvgPool2d, larger": (nn.AdaptiveAvgPool2d((9, 5)), IMAGE),
    "AdaptiveMaxPool2d": (nn.AdaptiveMaxPool2d(1), IMAGE),
    "AvgPool2d, ceil": (nn.AvgPool2d(2, ceil_mode=True), IMAGE),
    "MaxPool2d functional": (each(lambda x: functional.max_pool2d(x, (3, 2), 2, 1)), IMAGE),
    "mean of an image": (each(lambda x: x.mean(dim=(2, 3))), IMAGE),
    "mean, kept": (each(lambda x: x - x.mean(1, keepdim=True)), IMAGE),
    "sum": (each(lambda x: x.sum(-2)), IMAGE),
    "amax and amin": (each(lambda x: x.amax(-1) - x.amin(-1)), IMAGE),
    "max over an axis": (each(lambda x: x.max(2).values), IMAGE),
    "standard deviation": (each(lambda x: x.std(dim=(1, 2), unbiased=False)), IMAGE),
    "Conv1d": (nn.Conv1d(3, 4, 3, stride=2, padding=1), SIGNAL),
    "ConvTranspose1d": (nn.ConvTranspose1d(3, 2, 3, stride=2, output_padding=1), SIGNAL),
    "MaxPool1d": (nn.MaxPool1d(2), SIGNAL),
    "AvgPool1d": (nn.AvgPool1d(3, padding=1), SIGNAL),
    "Upsample of a signal": (nn.Upsample(scale_factor=2), SIGNAL),
    "Upsample of a signal, linear": (nn.Upsample(scale_factor=2, mode="linear"), SIGNAL),
    "Conv2d, dilation": (nn.Conv2d(4, 3, 3, dilation=2, padding=1), IMAGE),
    "Conv2d, unequal dilation and stride": (
        nn.Conv2d(4, 3, (2, 3), stride=(2, 1), dilation=(3, 1), padding=(1, 2)),
        IMAGE,
    ),
    "Conv2d, groups": (nn.Conv2d(4, 6, 3, groups=2, padding=1), IMAGE),
    "Conv2d, depthwise": (nn.Conv2d(4, 8, 3, groups=4, stride=2, bias=False), IMAGE),
    'Conv2d, padding "same"': (nn.Conv2d(4, 3, 3, padding="same"), IMAGE),
    'Conv2d, padding "same", even kernel': (nn.Conv2d(4, 3, (4, 2), padding="same"), IMAGE),
    "Conv2d, padding reflected": (nn.Conv2d(4, 3, 3, padding=1, padding_mode="reflect"), IMAGE),
    "Conv2d, padding repeated": (nn.Conv2d(4, 3, 3, padding=1, padding_mode="replicate"), IMAGE),
    "Conv2d, padding circular": (nn.Conv2d(4, 3, 3, padding=1, padding_mode="circular"), IMAGE),
    "ConvTranspose2d, groups": (nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), IMAGE),
    "ConvTranspose2d, all": (
        nn.ConvTranspose2d(
            4, 8, (3, 2), stride=(3, 2), padding=(1, 0), output_padding=(2, 1), groups=4,
            dilation=(2, 3),
        ),
        IMAGE,
    ),
    "ZeroPad2d": (nn.ZeroPad2d((1, 2, 3, 0)), IMAGE),
    "ZeroPad2d, negative": (nn.ZeroPad2d((-1, 2, 0, -2)), IMAGE),
    "ConstantPad2d": (nn.ConstantPad2d((2, 0, 1, 3), -0.5), IMAGE),
    "ReflectionPad2d": (nn.ReflectionPad2d((1, 2, 3, 0)), IMAGE),
    "ReplicationPad2d": (nn.ReplicationPad2d((1, 2, 0, 3)), IMAGE),
    "functional.pad of channels": (each(lambda x: functional.pad(x, (0, 0, 0, 0, 1, 2))), IMAGE),
    "PixelShuffle": (nn.PixelShuffle(2), IMAGE),
    "PixelUnshuffle": (nn.PixelUnshuffle(2), (3, 6, 4)),
    "ChannelShuffle": (nn.ChannelShuffle(2), IMAGE),
    "UpsamplingNearest2d": (nn.UpsamplingNearest2d(scale_factor=3), IMAGE),
    "UpsamplingBilinear2d": (nn.UpsamplingBilinear2d(size=(9, 12)), IMAGE),
    "interpolate": (each(lambda x: functional.interpolate(x, scale_factor=(2, 1.5))), IMAGE),
    "interpolate, bilinear": (
        each(lambda x: functional.interpolate(x, (4, 9), mode="bilinear")),
        IMAGE,
    ),
    "interpolate, corners": (
        each(lambda x: functional.interpolate(x, (17, 9), mode="bilinear", align_corners=True)),
        IMAGE,
    ),
    "interpolate, nearest-exact": (
        each(lambda x: functional.interpolate(x, (10, 3), mode="nearest-exact")),
        IMAGE,
    ),
    "add a skip": (run(lambda self, x: x + self.f(x), f=nn.Conv2d(4, 4, 3, padding=1)), IMAGE),
    "add, weighted": (each(lambda x: torch.add(x.relu(), x, alpha=0.3)), ROW),
    "subtract and divide": (each(lambda x: (x - x.tanh()) / (2 + x.sigmoid())), ROW),
    "a number over it": (each(lambda x: 1 / (1 + torch.exp(-x))), ROW),
    "numbers": (each(lambda x: 3 - (x * 2 - 1) / 4), ROW),
    "gate": (
        run(lambda self, x: x * self.f(x.mean((2, 3)))[..., None, None], f=nn.Linear(4, 4)),
        IMAGE,
    ),
    "multiply by a table": (run(lambda self, x: x * self.table, table=TABLE), IMAGE),
    "a table for each channel": (
        run(lambda self, x: x + self.table.mean((1, 2))[None, :, None, None], table=TABLE),
        IMAGE,
    ),
    "maximum and minimum": (each(lambda x: torch.maximum(x, -x).minimum(x.exp())), ROW),
    "where": (each(lambda x: torch.where(x > 0.2, x, 0.1 * x - 1)), ROW),
    "comparisons": (
        each(lambda x: (x < 0.1).float() + 2 * (x >= 0.5) + 4 * ((x <= 0) | (x != x)).float()),
        ROW,
    ),
    "powers and roots": (each(lambda x: (x**2 + 1).sqrt() + x.abs() ** 1.5 + x.square()), ROW),
    "sine and logarithm": (each(lambda x: x.sin() * x.cos() + torch.log1p(x.abs())), ROW),
    "cat of channels": (each(lambda x: torch.cat([x, x.relu(), -x], 1)), IMAGE),
    "cat of columns": (each(lambda x: torch.cat([x[..., :2], x[..., 1:]], -1)), IMAGE),
    "cat with a table": (
        run(lambda self, x: torch.cat([x, self.table.expand(len(x), 4, 7, 5)], 2), table=TABLE),
        IMAGE,
    ),
    "stack": (each(lambda x: torch.stack([x, 2 * x], 2).flatten(1)), ROW),
    "chunk": (each(lambda x: torch.cat(x.chunk(2, 1)[::-1], 1)), IMAGE),
    "split": (each(lambda x: x.split([2, 4, 7], 1)[1]), ROW),
    "view and squeeze": (each(lambda x: x.view(-1, 1, 13).squeeze(1).unsqueeze(2)), ROW),
    "reshape and permute": (each(lambda x: x.permute(0, 2, 3, 1).reshape(len(x), -1)), IMAGE),
    "transpose": (each(lambda x: x.transpose(1, 3).contiguous()), IMAGE),
    "slice with a step": (each(lambda x: x[:, 1:, ::2, -3]), IMAGE),
    "flip and roll": (each(lambda x: x.flip(2).roll(2, 3)), IMAGE),
    "repeat": (each(lambda x: x.repeat(1, 2, 1, 3)), IMAGE),
    "repeat_interleave": (each(lambda x: x.repeat_interleave(2, dim=2)), IMAGE),
    "expand": (each(lambda x: x[:, :1].expand(-1, 6, -1, -1)), IMAGE),
    "in place, on a view": (each(lambda x: (x.clone()[:, 1:].mul_(2).relu_(), x)[0]), IMAGE),
    "in place, where": (run(_set_negative), ROW),
    "bicubic": (nn.Upsample(size=(9, 4), mode="bicubic"), IMAGE),
    "round": (each(lambda x: (3 * x).round()), ROW),
    "Linear over rows": (nn.Linear(5, 3), IMAGE),
    "matrix of its own": (run(lambda self, x: x @ self.w[0, :, :].t(), w=TABLE), (5,)),
    "addmm": (
        run(lambda self, x: torch.addmm(self.w[0, 0], x, self.w[0]), w=TABLE),
        (7,),
    ),
    "products of answers": (each(lambda x: x @ x.transpose(2, 3)), IMAGE),
    "attention": (
        each(lambda x: functional.scaled_dot_product_attention(x, x.relu(), 2 * x)),
        IMAGE,
    ),
    "einsum": (
        run(lambda self, x: torch.einsum("bi,ij->bj", x, self.w[0].flatten(1)), w=TABLE[:, :5]),
        (5,),
    ),
    "einsum over heads": (each(lambda x: torch.einsum("bhid,bhjd->bhij", x, x.relu())), IMAGE),
    "einsum with weights of each head": (
        run(lambda self, x: torch.einsum("bhid,hjd->bhij", x, self.table), table=TABLE),
        IMAGE,
    ),
    "the images' axis turned": (run(lambda self, x: (self.w[0] @ x.t()).t(), w=TABLE), (5,)),
    "squeezed": (run(lambda self, x: self.f(x.squeeze()), f=nn.Linear(5, 4)), (1, 5)),
    "patches as a batch": (
        run(lambda self, x: self.f(x.view(-1, 1, 5, 7)).view(-1, 120), f=nn.Conv2d(1, 2, 3)),
        IMAGE,
    ),
    "channels alone in a pool": (each(lambda x: functional.max_pool2d(x[:, 0], 2)), IMAGE),
    "MultiheadAttention": (
        run(
            lambda self, x: self.f(x, x, 2 * x)[0], f=nn.MultiheadAttention(6, 2, batch_first=True)
        ),
        (7, 6),
    ),
    "TransformerEncoderLayer": (nn.TransformerEncoderLayer(6, 3, 5, batch_first=True), (7, 6)),
    "attention that looks back": (
        each(lambda x: functional.scaled_dot_product_attention(x, x, x, is_causal=True)),
        IMAGE,
    ),
    "attention masked by hand": (
        each(lambda x: (x @ x.mT).masked_fill(AHEAD, -math.inf).softmax(-1)),
        IMAGE,
    ),
    "RNN": (run(lambda self, x: self.f(x)[0], f=nn.RNN(3, 4, batch_first=True)), (7, 3)),
    "LSTM": (
        run(lambda self, x: self.f(x)[1][0][-1], f=nn.LSTM(3, 4, 2, batch_first=True)),
        (7, 3),
    ),
    "GRU, both ways": (
        run(
            lambda self, x: self.f(x)[0][:, 0],
            f=nn.GRU(3, 4, batch_first=True, bidirectional=True),
        ),
        (7, 3),
    ),
    "Bilinear": (run(lambda self, x: self.f(x, x.relu()), f=nn.Bilinear(5, 5, 3)), (5,)),
    "LocalResponseNorm": (nn.LocalResponseNorm(3, alpha=0.5), IMAGE),
    "MaxPool2d, dilation": (nn.MaxPool2d((2, 3), (2, 1), (1, 0), dilation=(3, 2)), IMAGE),
    "MaxPool2d, dilation and ceil": (nn.MaxPool2d(2, 3, 1, dilation=2, ceil_mode=True), IMAGE),
    "AvgPool2d, ceil and padding": (nn.AvgPool2d(3, 2, padding=1, ceil_mode=True), (4, 8, 6)),
    "AvgPool2d, divisor": (nn.AvgPool2d(3, 2, 1, ceil_mode=True, divisor_override=5), (4, 8, 6)),
    "AdaptiveMaxPool2d to odd sizes": (nn.AdaptiveMaxPool2d((3, 4)), IMAGE),
    "Unfold": (nn.Unfold((2, 3), stride=2, padding=1), IMAGE),
    "Fold": (
        nn.Sequential(nn.Unfold((2, 3), padding=1), nn.Fold((7, 5), (2, 3), padding=1)),
        IMAGE,
    ),
    "Tensor.unfold": (each(lambda x: x.unfold(2, 3, 2).unfold(3, 2, 3)), IMAGE),
    "several indices": (
        each(lambda x: x[:, torch.tensor([[3], [-1]]), torch.tensor([[0, 6]])]),
        IMAGE,
    ),
    "topk": (each(lambda x: torch.cat(x.topk(4, 1), 1)), ROW),
    "topk of channels, smallest": (
        each(lambda x: torch.cat(x.topk(2, 1, largest=False), 1)),
        IMAGE,
    ),
    "k-sparse by scatter": (
        each(lambda x: torch.zeros_like(x).scatter_(1, x.topk(3, 1).indices, 1.0) * x),
        ROW,
    ),
    "k-sparse by values": (
        each(lambda x: x.new_zeros(x.shape).scatter(-1, *x.relu().topk(3)[::-1])),
        ROW,
    ),
    "k-sparse by a threshold": (each(lambda x: x * (x >= x.kthvalue(9, 1, True)[0])), ROW),
    "sort": (each(lambda x: torch.cat(x.sort(2, descending=True), 1)), IMAGE),
    "argmax and argmin": (
        each(lambda x: x.argmax(-1, keepdim=True) - 0.5 * x.argmin(2)[..., None].mT),
        IMAGE,
    ),
    "max and min with their places": (each(lambda x: torch.cat([*x.max(1), *x.min(1)], 1)), IMAGE),
    "gather": (each(lambda x: x.gather(1, x.argsort(1)[:, :4])), ROW),
    "gather at fixed places": (
        each(lambda x: x.gather(1, torch.tensor([[3, 0, 3]]).expand(len(x), 3))),
        ROW,
    ),
    "codebook by cdist": (
        run(lambda self, x: self.w[0][torch.cdist(x, self.w[0]).argmin(1)], w=TABLE),
        (5,),
    ),
    "codebook by squares and embedding": (
        run(
            lambda self, x: self.f(
                (self.f.weight.pow(2).sum(1) - 2 * x @ self.f.weight.t()).argmin(1)
            ),
            f=nn.Embedding(6, 5),
        ),
        (5,),
    ),
    "codebook by one_hot": (
        run(
            lambda self, x: functional.one_hot(self.f(x).argmax(-1), 7).float() @ self.f.weight,
            f=nn.Linear(5, 7),
        ),
        (5,),
    ),
    "cumsum": (each(lambda x: x.cumsum(2)), IMAGE),
    "roots of two sides": (each(lambda x: x.norm(p=1, dim=1) + x.norm(p=math.inf, dim=1)), IMAGE),
    "remainder and rounding": (
        each(lambda x: x % 0.3 + torch.div(x, 0.2, rounding_mode="floor")),
        ROW,
    ),
    "power of a number": (each(lambda x: 2**x), ROW),
    "hyperbolic functions": (each(lambda x: x.sinh() + x.atan() + x.asinh() + x.tan()), ROW),
    "as bool": (each(lambda x: x.relu().bool().float()), ROW),
    "written in place": (run(_written), IMAGE),
    "median": (each(lambda x: x - x.median(1, keepdim=True).values), IMAGE),
    "scatter_add": (
        each(lambda x: x.new_zeros(len(x), 3).scatter_add(1, THIRDS.expand(len(x), 13), x)),
        ROW,
    ),
    "scatter at fixed places": (
        each(lambda x: x.scatter(1, torch.tensor([[2, 0, 7]]).expand(len(x), 3), x[:, 3:6])),
        ROW,
    ),
    "index_add": (each(lambda x: x.new_zeros(len(x), 3).index_add(1, THIRDS, x)), ROW),
    "hypot and isnan": (each(lambda x: torch.hypot(x, x.exp()) + x.log().isnan()), ROW),
    "interpolate, antialias": (
        each(lambda x: functional.interpolate(x, (3, 4), mode="bilinear", antialias=True)),
        IMAGE,
    ),
    "x.data": (each(lambda x: x + x.data.relu()), ROW),
    "weight.data, masked": (run(_masked, f=nn.Linear(13, 3)), ROW),
    "NumPy inside": (each(lambda x: torch.from_numpy(x.detach().numpy() * 2 + 1)), ROW),
    "one layer twice": (run(lambda self, x: self.f(self.f(x).relu()), f=nn.Linear(5, 5)), (5,)),
    "Bilinear by hand": (each(lambda x: (x[:, :, None] * x[:, None]).flatten(1)), (5,)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_operation_answers_as_in_torch(case):
    module, shape = CASES[case]
    module = seeded(module).eval() if not hasattr(module, "table") else module.eval()
    x = torch.randn(3, *shape, generator=torch.Generator().manual_seed(1))
    packed = pack({"net": module}, x, tolerance=0.01)
    with torch.no_grad():
        expected = module(x.clone())
    calls = [
        {"layers": packed.layers, "bits": packed.bits, "text": packed.text, "count": count,
         "x": x[:count].flatten().tolist(), "shape": list(shape)}
        for count in (1, 3)
    ]  # fmt: skip
    for answer, call in zip(
        evaluate("network.js", f"d.map((d) => {RUN})", calls), calls, strict=True
    ):
        assert answer["shape"] == list(expected.shape[1:])
        wanted = expected[: call["count"]].flatten()
        np.testing.assert_allclose(answer["x"], wanted, atol=packed.difference + 2e-5, rtol=1e-5)


def test_python_and_the_browser_know_the_same_kinds_of_steps():
    known = "Object.keys({ ...m.DENSE, ...m.WINDOWS, ...m.SHAPES, ...m.ELEMENTS })"
    files = ("network_dense.js", "network_windows.js", "network_shapes.js", "network_elements.js")
    assert {kind for file in files for kind in evaluate(file, known)} == set(ANSWERS)
