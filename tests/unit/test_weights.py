"""From torch modules to text: what is refused, and how close the rounded networks stay."""

import base64

import numpy as np
import pytest
import torch
from torch import nn

from aelib import mlp_autoencoder
from aelib.live import Parallel, noise_sample
from aelib.live.weights import TOLERANCE, pack

X = torch.rand(4, 784, generator=torch.Generator().manual_seed(0))


def encoder(*layers):
    return nn.Sequential(nn.Linear(784, 8), nn.ReLU(), *layers)


class Written(nn.Module):
    """A network with a forward of one line, as a learner writes it."""

    def __init__(self, forward):
        super().__init__()
        self.layer = nn.Linear(784, 8)
        self.written = forward

    def forward(self, x):
        return self.written(self.layer(x))


class Beside(nn.Module):
    """Answers with a code and what stands beside it."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, z):
        return self.answer(z)


def sparse():
    module = nn.Linear(784, 8)
    module.weight = nn.Parameter(module.weight.detach().to_sparse())
    return module


def decides(z):
    return z if z.mean() > 0 else -z


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("a string", r"encoder is a str; expected a torch module.*or a method of one"),
        (abs, r"encoder is a builtin_function_or_method; expected a torch module"),
        (
            Written(lambda z: torch.fft.fft(z).real),
            r"_fft_r2c of encoder \(Written, line \d+ of test_weights\.py: .*no counterpart",
        ),
        (
            nn.Sequential(nn.Identity(), nn.Sequential(Written(lambda z: torch.digamma(z)))),
            r"cannot run digamma of encoder\[1\]\[0\] \(Written, line",
        ),
        (
            Written(lambda z: z + torch.randn_like(z)),
            r"randn_like of encoder .* in the browser: it draws random numbers.*mean",
        ),
        (Written(lambda z: nn.functional.pad(z, (1, 1), value=float("inf"))), "is not finite"),
        (Written(nn.functional.dropout), r"draws random numbers.*training=self\.training"),
        (
            Written(decides),
            r"encoder cannot be followed \(line \d+ of .*if z\.mean\(\) > 0.*torch\.where",
        ),
        (
            Written(lambda z: torch.frombuffer(z.numpy().tobytes(), dtype=z.dtype).view(-1, 8)),
            r"encoder cannot be followed \(line \d+ of .*z\.numpy.*leaves torch",
        ),
        (
            Written(lambda z: z / z.max().item()),
            r"encoder \(Written, line \d+ of .*number of Python.*torch\.where",
        ),
        (Written(lambda z: z - z.mean(0)), r"cannot run mean of .*works across the images"),
        (
            nn.Sequential(nn.Flatten(), Written(lambda z: z - z.t().mean(1))),
            r"cannot run t of encoder\[1\] .*works across the images of a batch\. Keep",
        ),
        (
            nn.Sequential(
                nn.Unflatten(1, (1, 28, 28)), nn.BatchNorm2d(1, track_running_stats=False)
            ),
            r"encoder\[1\] \(BatchNorm2d\).*without running statistics.*track_running_stats=True",
        ),
        (
            Written(lambda z: (z, z, z)),
            "encoder returns a tuple of Tensor, Tensor, Tensor; .*VAE's",
        ),
        (Written(lambda z: {"code": z}), "encoder returns a dict; the explorer expects one tensor"),
        (Written(lambda z: torch.ones(len(z), 8)), "encoder returns does not depend on what"),
        (nn.GRU(784, 8), r"cannot run unbind of encoder \(GRU\) .*across the images of a batch"),
        (Written(lambda z: (z[:, :3], z[:, 3:])), "encoder returns a tuple of Tensor, Tensor; "),
        (
            sparse(),
            r"encoder\.weight is a sparse tensor, .*\.to_dense\(\)",
        ),
    ],
)
def test_what_cannot_be_shown_is_named_with_its_place_and_the_remedy(module, message, capfd):
    with pytest.raises(TypeError, match=message) as refused:
        pack({"encoder": module}, X)
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")  # nothing of torch's own beside it


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear(100, 8), "encoder expects 100 values and is given 784"),
        (encoder(nn.Linear(9, 2)), r"encoder\[2\] expects 9 values and is given 8"),
        (
            nn.Conv2d(3, 2, 3),
            r"encoder, Conv2d.*, cannot take what it is given, \(1, 28, 28\) for each.*3 channels",
        ),
        (
            nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(3, 2, 3)),
            r"encoder\[1\], Conv2d.*cannot take what it is given, \(1, 28, 28\) for each image",
        ),
        (
            Parallel(nn.Linear(784, 2), nn.Linear(784, 3)),
            r"encoder cannot take what it is given, \(784,\).*must match the size",
        ),
        (
            Written(lambda z: z.view(64, 8)),
            r"encoder cannot .*\(line \d+ of test_weights.py: .*view\(64, 8\).*invalid for input",
        ),
        (
            nn.Sequential(nn.Linear(784, 8), nn.BatchNorm1d(8, track_running_stats=False)),
            r"encoder\[1\], BatchNorm1d.*given one image.*batch norm with track_running_stats=True",
        ),
        (nn.Bilinear(784, 784, 2), "encoder, Bilinear.*missing 1 required positional argument"),
    ],
)
def test_a_network_that_cannot_take_what_it_is_given_is_told_where(module, message):
    with pytest.raises(ValueError, match=message) as refused:
        pack({"encoder": module}, X)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seed", [0, 4, 11])
def test_a_bridge_between_images_is_found_however_little_comes_over_it(seed):
    torch.manual_seed(seed)  # of some of these, the gate lets through a thousandth
    with pytest.raises(TypeError, match="across the images of a batch"):
        pack({"encoder": nn.GRU(784, 2)}, X)


BRIDGES = {
    **{f"roll by {by}": lambda z, by=by: z + z.roll(by, 0) for by in (1, 2, 3, 4, -2, 6, 8, 10)},
    "flip": lambda z: z + 1e-3 * z.flip(0),
    "neighbours by pairs": lambda z: torch.cat([z[:2].flip(0), z[2:]]),
    "from the third on": lambda z: torch.cat([z[:2], z[2:] + z[:1]]),
    "sorted": lambda z: z.sort(0).values,
    "cumulative": lambda z: z.cumsum(0),
    "mean, hardly": lambda z: z + 1e-6 * z.mean(0),
    "greatest": lambda z: z / z.amax(),
    "attention": lambda z: torch.softmax(z @ z.T, 1) @ z,
}


@pytest.mark.parametrize("bridge", BRIDGES)
def test_a_bridge_between_images_is_found_whichever_images_it_joins(bridge):
    with pytest.raises(TypeError, match="across the images of a batch"):
        pack({"encoder": Written(BRIDGES[bridge])}, X)


class Counts(nn.Module):
    """Answers otherwise from call to call."""

    def __init__(self, added):
        super().__init__()
        self.calls, self.added = 0, added

    def forward(self, x):
        self.calls += 1
        return x + self.added(self.calls)


@pytest.mark.parametrize(
    "added",
    [lambda calls: calls, lambda calls: calls > 8],
    ids=["with every call", "once, when it has been followed"],
)
def test_a_network_whose_answer_changes_with_a_call_is_refused_with_the_figure(added, snapshot):
    with pytest.raises(ValueError, match="differ from torch's") as refused:
        pack({"encoder": Counts(added), "decoder": nn.Identity()}, X)
    assert str(refused.value) == snapshot


def test_an_answer_of_one_value_may_be_squeezed():
    packed = pack({"encoder": encoder(nn.Linear(8, 1), Beside(torch.squeeze))}, X)
    assert packed.outputs["encoder"].shape == (len(X),)


@pytest.mark.parametrize(
    "beside",
    [
        lambda z: (z, z.argmax(1)),
        lambda z: (z, z.argmax(1), z.pow(2).mean()),
        lambda z: [z.abs().sum(), z],
        lambda z: (z, z.exp()),
        lambda z: (z, None),
    ],
)
def test_a_code_is_found_beside_indices_losses_and_a_variance(beside):
    packed = pack({"encoder": encoder(Beside(beside))}, X)
    assert packed.outputs["encoder"].shape == (len(X), 8)


def test_weights_that_are_not_finite_are_counted():
    module = encoder()
    with torch.no_grad():
        module[0].weight[3, :5] = float("nan")
        module[0].weight[4, 0] = float("inf")
    with pytest.raises(ValueError, match=r"encoder\[0\]\.weight holds 6 values.*of 6272"):
        pack({"encoder": module}, X)


def test_the_rounded_networks_stay_within_a_grey_level():
    torch.manual_seed(0)
    encoder, decoder = mlp_autoencoder((784, 64, 16), nn.ReLU)
    with torch.no_grad():
        for values in [*encoder.parameters(), *decoder.parameters()]:
            values *= 3  # as steep as trained ones
    packed = pack({"encoder": encoder, "decoder": decoder}, X)
    assert 8 < packed.bits < 16
    assert packed.difference <= TOLERANCE
    torch.testing.assert_close(packed.outputs["decoder"], decoder(encoder(X)).detach())


def test_the_modules_stay_as_they_are():
    module = nn.Sequential(nn.Linear(784, 4), nn.Dropout(0.5), nn.ReLU(inplace=True)).double()
    before = module[0].weight.clone()
    pack({"encoder": module}, X)
    assert module.training
    assert module[2].inplace
    assert module[0].weight.dtype == torch.float64
    assert torch.equal(module[0].weight, before)


def test_a_layer_used_twice_is_written_once():
    relu = nn.ReLU()
    square = nn.Linear(8, 8)
    module = encoder(square, relu, square, relu)
    packed = pack({"encoder": module}, X)
    assert [layer["kind"] for layer in packed.layers["encoder"]] == [
        "linear", "relu", "linear", "relu", "linear", "relu",
    ]  # fmt: skip
    assert [layer.get("as") for layer in packed.layers["encoder"]] == [None] * 4 + [3, None]
    matrices = 8 * 784 + 8 * 8
    scales_and_biases = 2 * 8 * 2 * 4
    assert len(base64.b64decode(packed.text)) == matrices * packed.bits // 8 + scales_and_biases


def test_the_text_holds_the_weights_as_its_layout_says():
    module = nn.Sequential(nn.Linear(784, 9), nn.BatchNorm1d(9))
    packed = pack({"encoder": module}, X)
    content, bits, count = base64.b64decode(packed.text), packed.bits, 784 * 9
    floats, size = np.dtype("<f4"), -(-count * bits // 8)
    scale = np.frombuffer(content, floats, 9)
    steps = np.unpackbits(np.frombuffer(content, np.uint8, size, 9 * 4), bitorder="little")
    steps = steps[: count * bits].reshape(count, bits) @ 2 ** np.arange(bits) - 2 ** (bits - 1)
    weights = scale[:, None] * steps.reshape(9, 784)
    off = np.abs(weights - module[0].weight.detach().numpy()).max(axis=1)
    assert (off <= 0.501 * scale).all()
    assert np.abs(steps).max() == 2 ** (bits - 1) - 1
    biases, factors, offsets = np.frombuffer(content, floats, 27, 9 * 4 + size).reshape(3, 9)
    np.testing.assert_array_equal(biases, module[0].bias.detach())
    np.testing.assert_allclose(factors, 1, rtol=1e-5)
    np.testing.assert_array_equal(offsets, 0)
    assert len(content) == 9 * 4 + size + 27 * 4


def test_twice_the_tolerance_is_still_drawn_and_no_more(monkeypatch):
    monkeypatch.setattr("aelib.live.weights.BITS", range(8, 9))
    chain = {"encoder": encoder()}
    off = pack(chain, X, tolerance=1).difference
    assert pack(chain, X, tolerance=off / 2).difference == off
    with pytest.raises(ValueError, match="too unequal in size"):
        pack(chain, X, tolerance=off / 2.01)


def test_weights_too_unequal_for_sixteen_bits_are_refused_with_the_figure():
    module = nn.Linear(784, 1)
    with torch.no_grad():
        module.weight[0, 0] = 1e6
    inputs = X.clone()
    inputs[:, 0] = 0
    with pytest.raises(ValueError, match=r"by up to 0\.\d+; .*too unequal in size for 16 bits"):
        pack({"encoder": module}, inputs)


def test_tensors_beside_the_parameters_and_changes_in_place_are_followed():
    class Scales(nn.Module):
        def __init__(self):
            super().__init__()
            self.factors = torch.linspace(0, 1, 784, dtype=torch.float64)

        def forward(self, x):
            return x.mul_(self.factors)

    before = X.clone()
    packed = pack({"encoder": Scales()}, X)
    assert torch.equal(X, before)
    torch.testing.assert_close(packed.outputs["encoder"], X * torch.linspace(0, 1, 784))
    assert [layer["kind"] for layer in packed.layers["encoder"]] == ["constant", "multiply"]


def test_the_noise_of_a_seed_is_standard_normal_and_its_own():
    first, second = noise_sample(0, 100_000), noise_sample(1, 100_000)
    assert first.dtype == np.float32
    assert abs(first.mean()) < 0.01
    assert abs(first.std() - 1) < 0.01
    assert abs((first**3).mean()) < 0.03
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.01
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.01
    np.testing.assert_array_equal(noise_sample(0, 784), first[:784])
