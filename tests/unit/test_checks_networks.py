"""Parts of the checks on networks, each by itself: what passes by a little, and what does not."""

import itertools
import math

import pytest
import torch
from answer_parts import conv, convolutional, down, head, sigmoid_pair
from told import fault
from torch import nn
from torch.nn import functional

from aelib import checks
from aelib.checks import networks
from aelib.checks.multiplications import Multiplication
from aelib.checks.said import ENCODER


class Layer(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, inputs):
        return self.function(inputs)


def pixels(*shape):
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


IMAGES = {
    "in rows and columns": (16, 28, 28),
    "in another order": (784, 16),
    "square and smaller": (16, 196),
    "not square": (16, 200),
    "with channels": (16, 3, 14, 15),
    "of three axes": (16, 12, 13),
    "one number for each": (16,),
    "one number": (),
}


@pytest.mark.parametrize("shape", IMAGES.values(), ids=IMAGES)
def test_images_of_another_shape_are_told_their_size(shape, snapshot):
    assert fault(networks._judge_images, torch.zeros(shape)) == snapshot


IDENTITY = nn.Linear(4, 4, bias=False)
IDENTITY.weight.data.copy_(torch.eye(4))


@pytest.mark.parametrize("activation", [nn.ReLU(), nn.Softshrink(2.0)])
def test_an_activation_may_be_straight_on_either_side_of_0(activation):
    network = nn.Sequential(IDENTITY, activation, nn.Linear(4, 2))
    judge = networks._judge_activations
    assert fault(judge, ENCODER, network, pixels(16, 4), pixels(16, 2)) == ""


def test_a_network_that_stops_for_large_numbers_is_told_so(snapshot):
    def stops(inputs):
        raise ValueError(float(inputs.max()) > 20)

    judge = networks._judge_activations
    assert fault(judge, ENCODER, Layer(stops), pixels(16, 4), pixels(16, 2)) == snapshot


def test_flat_images_pass():
    assert fault(networks._judge_images, torch.zeros(16, 784)) == ""


CODES = {
    "as asked for": ((16, 100), (100,)),
    "any": ((16, 3, 7, 7), None),
    "of any channels": ((16, 5, 7, 7), (None, 7, 7)),
    "of another width": ((16, 99), (100,)),
    "of another size": ((16, 5, 7, 8), (None, 7, 7)),
    "flat": ((16, 245), (None, 7, 7)),
    "with an image lost": ((15, 100), None),
    "one number for each": ((16,), None),
}


@pytest.mark.parametrize(("shape", "code"), CODES.values(), ids=CODES)
def test_a_code_has_the_shape_asked_for_or_is_told_which(shape, code, snapshot):
    assert fault(networks._judge_code, torch.zeros(shape), code) == snapshot


RANGES = {
    "from 0 to 1": (pixels(16, 784).round(), ""),
    "a little below": (pixels(16, 784) - 0.01, "values from -0.# to 0.#"),
    "a little above": (pixels(16, 784) + 0.01, "values from 0.# to 1"),
    "no numbers": (pixels(16, 784) * math.nan, "values from nan to nan"),
    "of one sum": (pixels(16, 784).softmax(1), "add up to 1:"),
    "of almost one sum": (0.1 + 1e-4 * pixels(16, 784) / 784, "add up to 78.#:"),
    "of sums that differ a little": (0.1 + 3e-4 * pixels(16, 784).round(), ""),
}


@pytest.mark.parametrize(("images", "message"), RANGES.values(), ids=RANGES)
def test_pixels_lie_between_0_and_1_and_each_by_itself(images, message):
    found = fault(networks._judge_range, images)
    assert message in found
    assert bool(message) == bool(found)


def test_a_straight_line_between_two_layers_is_known_by_each_unit():
    before = pixels(16, 5)
    slopes = torch.tensor([3.0, -2.0, 0.0, 1e-3, 1.0])
    assert networks._are_on_lines(before, slopes * before + 7)
    assert networks._are_on_lines(torch.zeros(16, 5), torch.zeros(16, 5))
    bent = slopes * before + 7
    bent[:, 4] = before[:, 4].square()
    assert not networks._are_on_lines(before, bent)
    assert not networks._are_on_lines(before, functional.relu(before - 0.5))
    assert not networks._are_on_lines(torch.zeros(16, 5), before)


def test_a_line_may_leave_over_a_ten_thousandth_of_what_it_explains():
    before = torch.linspace(-1, 1, 16)[:, None]
    wave = torch.tensor([1.0, -1.0, -1.0, 1.0]).repeat(4)[:, None]
    wave = wave / wave.norm() * before.norm()
    assert networks._are_on_lines(before, before + 0.009 * wave)
    assert not networks._are_on_lines(before, before + 0.011 * wave)


def linear(*sizes):
    return nn.Sequential(*[nn.Linear(a, b) for a, b in itertools.pairwise(sizes)])


def silent(*sizes):
    return (
        nn.utils.skip_init(nn.Linear, *sizes)
        .requires_grad_(False)
        .apply(lambda layer: [nn.init.zeros_(value) for value in layer.parameters()])
    )


STRAIGHT = {
    "one layer": (linear(4, 3), True, False),
    "two layers": (linear(4, 3, 2), True, True),
    "weights that are all 0": (nn.Sequential(silent(4, 3), silent(3, 2)), True, True),
    "a sigmoid at the end": (nn.Sequential(*linear(4, 3, 2), nn.Sigmoid()), False, True),
    "a sigmoid between": (
        nn.Sequential(nn.Linear(4, 9), nn.Sigmoid(), nn.Linear(9, 2)),
        False,
        False,
    ),
    "a sigmoid behind the second": (
        nn.Sequential(*linear(4, 3, 9), nn.Sigmoid(), linear(9, 2)),
        *(False, False),
    ),
    "ReLU behind a layer that changes nothing": (
        nn.Sequential(IDENTITY, nn.ReLU(), nn.Linear(4, 2)),
        *(False, False),
    ),
    "a small bend at 0": (
        nn.Sequential(IDENTITY, nn.Softshrink(0.02), nn.Linear(4, 2)),
        *(False, False),
    ),
    "ReLU between": (nn.Sequential(nn.Linear(4, 9), nn.ReLU(), nn.Linear(9, 2)), False, False),
}


@pytest.mark.parametrize(("network", "whole", "to_the_last"), STRAIGHT.values(), ids=STRAIGHT)
def test_a_network_is_straight_as_a_whole_or_up_to_its_last_weights(network, whole, to_the_last):
    with torch.no_grad():
        assert networks._is_straight(network, pixels(16, 4)) == whole
        assert networks._is_straight(network, pixels(16, 4), up_to_the_last=True) == to_the_last


def test_an_activation_may_be_straight_for_all_but_large_numbers():
    encoder, decoder = sigmoid_pair()
    for network in (encoder, decoder):
        network[1] = nn.Hardtanh(-4, 4)
    assert checks.shapes(lambda: (encoder, decoder)).messages == []


def test_what_is_found_of_a_pair_is_named_by_its_kinds():
    assert networks._kinds_of((1, "a")) == ["int", "str"]
    assert networks._kinds_of([1]) == ["int"]
    assert networks._kinds_of(None) == "NoneType"


BUILT = {
    "three networks": lambda: (*sigmoid_pair(), nn.Identity()),
    "nothing": lambda: None,
    "a network and a function": lambda: (nn.Identity(), torch.sigmoid),
    "a decoder of float64": lambda: (sigmoid_pair()[0], sigmoid_pair()[1].double()),
    "an encoder of bfloat16": lambda: (sigmoid_pair()[0].bfloat16(), sigmoid_pair()[1]),
}


@pytest.mark.parametrize("build", BUILT.values(), ids=BUILT)
def test_what_is_no_pair_of_networks_is_told_what_it_is(build, snapshot):
    assert fault(networks.build, build) == snapshot


def test_networks_are_built_with_pixels_between_0_and_1():
    def bounded(pictures):
        assert 0 <= float(pictures.min()) <= float(pictures.max()) <= 1
        return pictures

    encoder = nn.Sequential(Layer(bounded), nn.Linear(784, 784), nn.Sigmoid())
    networks.build(lambda: (encoder, nn.Sequential(nn.Linear(784, 784), nn.Sigmoid())))


def test_a_decoder_that_stops_is_told_its_codes(snapshot):
    def stops(codes):
        raise ValueError

    assert fault(networks._decode, Layer(stops), torch.zeros(16, 3, 7, 7)) == snapshot


def test_a_pair_is_built_in_evaluation_mode_and_a_list_of_two_is_a_pair():
    encoder, decoder = networks.build(lambda: list(sigmoid_pair()))
    assert not encoder.training
    assert not decoder.training


def padded(pad):
    """Enlarge twice, each time with what ``pad`` makes of the picture before a convolution."""
    up = nn.Upsample(scale_factor=2)
    layers = (up, Layer(pad), nn.Conv2d(16, 8, (3, 2), padding=(1, 0)), nn.ReLU())
    return convolutional(down, lambda: (*layers, up, conv(8, 1), nn.Sigmoid()))


@pytest.mark.parametrize("margins", [(0, 1), (1, 0, 0, 0), (0, 1, 0, 0, 0, 0)])
def test_a_picture_may_be_padded_on_one_side(margins):
    build = padded(lambda picture: functional.pad(picture, margins))
    assert checks.upsampled(build).messages == []


WRONG = {
    "an encoder that returns a list": (checks.shapes, lambda: (Layer(list), sigmoid_pair()[1])),
    "an encoder that stops": (checks.shapes, lambda: (Layer(lambda x: x[20]), sigmoid_pair()[1])),
    "a decoder that stops": (checks.shapes, lambda: (sigmoid_pair()[0], head())),
    "a decoder without any layer": (
        checks.mirrored,
        lambda: (sigmoid_pair()[0], Layer(lambda x: x.repeat(1, 8)[:, :784])),
    ),
    "pictures of other sizes": (
        checks.mirrored,
        convolutional(
            down,
            lambda: (
                *(nn.Upsample(scale_factor=4), conv(16, 8), nn.ReLU(), conv(8, 1), nn.Sigmoid()),
            ),
        ),
    ),
    "an encoder without pictures": (
        checks.mirrored,
        lambda: (
            Layer(lambda x: x.view(-1, 1, 28, 28)[:, :, ::4, ::4]),
            nn.Sequential(nn.Upsample(scale_factor=4), conv(1, 1), nn.Sigmoid(), nn.Flatten()),
        ),
    ),
    "enlarged by zeros": (
        checks.upsampled,
        convolutional(
            down,
            lambda: (
                *(conv(16, 8), nn.ReLU(), nn.Upsample(scale_factor=(4, 2))),
                Layer(lambda x: functional.pad(x[..., None], (0, 1)).flatten(3)),
                *(conv(8, 1), nn.Sigmoid()),
            ),
        ),
    ),
    "enlarged to half and then": (
        checks.upsampled,
        convolutional(
            down,
            lambda: (
                *(nn.Upsample(scale_factor=2), conv(16, 1), nn.Sigmoid()),
                nn.Upsample(scale_factor=2),
            ),
        ),
    ),
}


@pytest.mark.parametrize(("check", "build"), WRONG.values(), ids=WRONG)
def test_further_mistakes_in_networks_are_told_word_for_word(check, build, snapshot):
    [message] = [step.message for step in check(build).steps if not step.passed]
    assert fault(say, message) == snapshot


def say(message):
    raise networks.Fault(message)


def test_no_layers_are_no_way():
    assert networks._told([]) == "nowhere"
    assert networks._sides([]) == "no"
    assert networks._told([networks._Step(3, 2)]) == ["3 to 2"]
    assert networks._sides([torch.Size((28, 27))]) == [28]


def test_a_width_that_no_axis_of_the_weights_has_is_0():
    odd = Multiplication(torch.zeros(3, 4), torch.zeros(5, 6), torch.zeros(3, 6))
    assert networks._widths([odd]) == [networks._Step(0, 6)]


def test_the_width_of_a_picture_is_its_channels_whatever_the_size_of_the_kernel():
    one = Multiplication(pixels(2, 5, 4, 3), pixels(6, 5, 3, 3), pixels(2, 6, 4, 3))
    assert networks._widths([one]) == [networks._Step(5, 6)]


def test_a_network_is_run_by_its_name():
    with pytest.raises(networks.Fault, match="`encoder`, given some words, stopped with"):
        networks._call(ENCODER, nn.Linear(3, 2), torch.zeros(1, 4), "some words")
