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


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (encoder(nn.Softmax(1)), r"encoder\[2\] is a Softmax.*understands Linear, Conv2d"),
        (encoder(nn.Sequential(nn.GELU())), r"encoder\[2\]\[0\] is a GELU"),
        (encoder(Parallel(nn.ReLU(), nn.GELU())), r"encoder\[2\]\.branches\[1\] is a GELU"),
        (nn.GRU(784, 8), r"encoder is a GRU"),
        ("a string", r"encoder is a str; expected a torch module"),
        (
            nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 2, 3, dilation=2)),
            r"encoder\[1\] is a Conv2d with dilation=\(2, 2\)",
        ),
        (
            nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 2, 3, padding="same")),
            r'encoder\[1\] is a Conv2d with padding="same"; give the padding as numbers',
        ),
        (
            nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Upsample(56, mode="bicubic")),
            r'encoder\[1\] is an Upsample with mode="bicubic"',
        ),
    ],
)
def test_a_layer_that_is_not_understood_is_named_with_its_place(module, message):
    with pytest.raises(TypeError, match=message):
        pack({"encoder": module}, X)


def test_a_module_with_a_forward_of_its_own_is_not_taken_for_its_parts():
    class Residual(nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    with pytest.raises(TypeError, match="encoder is a Residual"):
        pack({"encoder": Residual(nn.Linear(784, 784))}, X)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear(100, 8), "encoder expects 100 values and is given 784"),
        (encoder(nn.Linear(9, 2)), r"encoder\[2\] expects 9 values and is given 8"),
        (nn.Conv2d(1, 2, 3), r"needs an image.*given \(784,\).*nn\.Unflatten\(1, \(1, 28, 28\)\)"),
        (
            nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Linear(28, 8)),
            r"encoder\[1\].*given \(1, 28, 28\)\. Put nn\.Flatten\(\) before it",
        ),
        (
            nn.Sequential(nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(3, 2, 3)),
            r"encoder\[1\], Conv2d.*cannot take what it is given, \(1, 28, 28\) for each image",
        ),
        (
            Parallel(nn.Linear(784, 2), nn.Linear(784, 3)),
            r"branches of encoder return different shapes, \(2,\), \(3,\)",
        ),
    ],
)
def test_a_layer_that_cannot_take_what_it_is_given_is_named_with_the_remedy(module, message):
    with pytest.raises(ValueError, match=message):
        pack({"encoder": module}, X)


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


def test_a_layer_used_twice_is_written_twice():
    relu = nn.ReLU()
    square = nn.Linear(8, 8)
    module = encoder(square, relu, square, relu)
    packed = pack({"encoder": module}, X)
    assert [layer["kind"] for layer in packed.layers["encoder"]] == [
        "linear", "relu", "linear", "relu", "linear", "relu",
    ]  # fmt: skip
    matrices = 8 * 784 + 2 * 8 * 8
    scales_and_biases = 3 * 8 * 2 * 4
    assert len(base64.b64decode(packed.text)) == matrices * packed.bits // 8 + scales_and_biases


def test_weights_too_unequal_for_sixteen_bits_are_warned_of():
    module = nn.Linear(784, 1)
    with torch.no_grad():
        module.weight[0, 0] = 1e6
    inputs = X.clone()
    inputs[:, 0] = 0
    with pytest.warns(UserWarning, match="differ from torch's by up to"):
        pack({"encoder": module}, inputs)


def test_the_noise_of_a_seed_is_standard_normal_and_its_own():
    first, second = noise_sample(0, 100_000), noise_sample(1, 100_000)
    assert first.dtype == np.float32
    assert abs(first.mean()) < 0.01
    assert abs(first.std() - 1) < 0.01
    assert abs((first**3).mean()) < 0.03
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.01
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.01
    np.testing.assert_array_equal(noise_sample(0, 784), first[:784])
