import pytest
import torch
from torch import nn

from aelib import RELU_SIZES, SIGMOID_SIZES, mlp, mlp_autoencoder, parameter_count


@pytest.mark.parametrize(
    ("sizes", "activation"), [(SIGMOID_SIZES, nn.Sigmoid), (RELU_SIZES, nn.ReLU)]
)
def test_the_decoder_returns_images_in_the_shape_the_encoder_took(sizes, activation):
    encoder, decoder = mlp_autoencoder(sizes, activation)
    code = encoder(torch.rand(3, 784))
    images = decoder(code)
    assert code.shape == (3, sizes[-1])
    assert images.shape == (3, 784)
    assert images.min() >= 0
    assert images.max() <= 1


def test_the_decoder_mirrors_the_encoder():
    encoder, decoder = mlp_autoencoder((784, 20, 5), nn.ReLU)
    shapes = [[layer.weight.shape for layer in half if isinstance(layer, nn.Linear)]
              for half in (encoder, decoder)]  # fmt: skip
    assert shapes[0] == [shape[::-1] for shape in map(tuple, reversed(shapes[1]))]


def test_the_exercises_networks_have_the_parameters_of_the_answer_key():
    pairs = [(784, 256), (256, 128), (128, 100), (100, 128), (128, 256), (256, 784)]
    expected = sum(a * b + b for a, b in pairs)
    assert parameter_count(*mlp_autoencoder(SIGMOID_SIZES, nn.Sigmoid)) == expected


def test_frozen_parameters_are_not_counted():
    layer = nn.Linear(2, 3)
    layer.bias.requires_grad_(False)
    assert parameter_count(layer) == 6


def test_the_last_activation_can_differ():
    layers = mlp((4, 3, 2), nn.ReLU, last=nn.Identity)
    assert [type(layer) for layer in layers] == [nn.Linear, nn.ReLU, nn.Linear, nn.Identity]


@pytest.mark.parametrize("sizes", [(), (784,), (784, 0)])
def test_sizes_that_make_no_network_are_refused(sizes):
    with pytest.raises(ValueError, match="at least two layer sizes"):
        mlp(sizes, nn.ReLU)
