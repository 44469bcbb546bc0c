"""Beyond its border a picture goes on as it is there, for whatever enlarges or convolves it."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from aelib.checks.borders import EvenBorders

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")

KERNEL = torch.randn(4, 3, 2, 5, generator=torch.Generator().manual_seed(0))
BIAS = torch.arange(4.0)
BACK = KERNEL.transpose(0, 1).contiguous()  # from 3 channels to 4
SIDES = (20, 24)

CONVOLUTIONS = {
    "as it comes": lambda p: functional.conv2d(p, KERNEL),
    "weights by name": lambda p: functional.conv2d(p, weight=KERNEL, bias=BIAS, padding=1),
    "all in order": lambda p: functional.conv2d(p, KERNEL, BIAS, 1, (1, 2), (2, 3), 1),
    "padding by name": lambda p: functional.conv2d(p, KERNEL, BIAS, padding=(3, 1)),
    "one number of two": lambda p: functional.conv2d(p, KERNEL, padding=(2,)),
    "dilated": lambda p: functional.conv2d(p, KERNEL, padding=(2, 4), dilation=(3, 2)),
    "same": lambda p: functional.conv2d(p, KERNEL, padding="same"),
    "same, dilated": lambda p: functional.conv2d(p, KERNEL, padding="same", dilation=(3, 2)),
    "valid": lambda p: functional.conv2d(p, KERNEL, padding="valid"),
    "in groups": lambda p: functional.conv2d(p, KERNEL[:3, :1], None, 1, 1, 1, 3),
    "strides": lambda p: functional.conv2d(p, KERNEL, BIAS, (2, 3), (1, 2)),
    "padded before": lambda p: functional.pad(p, (1, 2, 3, 4)),
    "padded before, with a name": lambda p: functional.pad(input=p, pad=(1, 2, 3, 4)),
    "padded before, with a mode": lambda p: functional.pad(p, (4, 3, 2, 1), "constant", 0.0),
    "padded before, all by name": lambda p: functional.pad(p, pad=(4, 1, 2, 1), mode="constant"),
    "padded on one side": lambda p: functional.pad(p, (0, 1)),
    "padded in one axis": lambda p: functional.pad(p, (0, 0, 2, 1)),
    "padded in three axes": lambda p: functional.pad(p, (1, 0, 0, 1, 0, 2)),
    "padded in all axes": lambda p: functional.pad(p, (1, 0, 0, 1, 3, 3, 0, 3)),
    "padded and cut off": lambda p: functional.pad(p, (-1, 2, 3, -2)),
    "padded by layers": lambda p: nn.ZeroPad2d((0, 0, 1, 0))(nn.ConstantPad1d((0, 1), 0.5)(p[0]))[
        None
    ],
    "one channel, padded": lambda p: functional.pad(p[0, 0], (0, 1, 2, 0))[None, None],
    "five axes, padded": lambda p: functional.pad(p[:, :, None], (0, 1, 2, 0))[:, :, 0],
    "not padded at all": lambda p: functional.pad(p, ()),
}

TRANSPOSED = {
    "as it comes": (1, 1, lambda p: functional.conv_transpose2d(p, BACK)),
    "strides": (2, 3, lambda p: functional.conv_transpose2d(p, BACK, BIAS, (2, 3), (1, 2))),
    "strides by name": (2, 2, lambda p: functional.conv_transpose2d(p, BACK, stride=2, padding=1)),
    "all in order": (
        *(3, 2),
        lambda p: functional.conv_transpose2d(p, BACK, BIAS, (3, 2), (1, 2), (2, 0), 1, (2, 3)),
    ),
    "dilated": (1, 1, lambda p: functional.conv_transpose2d(p, BACK, padding=1, dilation=(2, 3))),
    "in groups": (
        *(2, 2),
        lambda p: functional.conv_transpose2d(p, KERNEL[:3, :1], None, 2, 1, 0, 3),
    ),
}


def even():
    return torch.tensor([1.0, -2.0, 3.0])[None, :, None, None].expand(2, 3, *SIDES).contiguous()


def uneven():
    return torch.randn(2, 3, *SIDES, generator=torch.Generator().manual_seed(1))


def middle(picture):
    rows, columns = (size // 2 for size in picture.shape[2:])
    return picture[:, :, rows - 1 : rows + 2, columns - 1 : columns + 2]


@pytest.mark.parametrize("run", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_an_even_picture_stays_even_up_to_its_edge(run):
    with EvenBorders():
        picture = run(even())
    assert picture.shape == run(even()).shape
    assert float((picture.amax((2, 3)) - picture.amin((2, 3))).max()) < 1e-4


@pytest.mark.parametrize(("rows", "columns", "run"), TRANSPOSED.values(), ids=TRANSPOSED)
def test_what_a_transposed_convolution_makes_of_an_even_picture_repeats_up_to_its_edge(
    rows, columns, run
):
    with EvenBorders():
        picture = run(even())
    assert picture.shape == run(even()).shape
    assert torch.allclose(picture[:, :, rows:], picture[:, :, :-rows], atol=1e-4)
    assert torch.allclose(picture[..., columns:], picture[..., :-columns], atol=1e-4)


EVERY = [*CONVOLUTIONS.values(), *(run for *_, run in TRANSPOSED.values())]


@pytest.mark.parametrize(
    "run", EVERY, ids=[*CONVOLUTIONS, *(f"back, {name}" for name in TRANSPOSED)]
)
def test_far_from_the_border_a_picture_is_what_it_is_without(run):
    with EvenBorders():
        picture = run(uneven())
    assert torch.allclose(middle(picture), middle(run(uneven())), atol=1e-4)


@pytest.mark.parametrize("mode", ["reflect", "circular"])
def test_a_border_that_is_not_of_zeros_is_left_as_it_is(mode):
    with EvenBorders():
        picture = functional.pad(uneven(), (2, 1, 3, 2), mode=mode)
    assert torch.equal(picture, functional.pad(uneven(), (2, 1, 3, 2), mode=mode))


ZEROS_BETWEEN = {
    "behind every pixel": lambda p: functional.pad(p[..., None], (0, 1)).flatten(3),
    "ones behind every pixel": lambda p: functional.pad(p[..., None], (0, 1), value=1.0).flatten(3),
    "around every pixel": lambda p: functional.pad(p[..., None], (1, 1)).flatten(3),
    "behind every row": lambda p: functional.pad(p, (0, SIDES[1])).view(2, 3, -1, SIDES[1]),
    "above every row": lambda p: functional.pad(p.unsqueeze(3), (0, 0, 1, 0)).flatten(2, 3),
}


@pytest.mark.parametrize("run", ZEROS_BETWEEN.values(), ids=ZEROS_BETWEEN)
def test_zeros_between_the_pixels_of_a_picture_are_no_border(run):
    with EvenBorders():
        picture = run(even())
    assert torch.equal(picture, run(even()))


def test_a_border_is_narrower_than_its_picture():
    picture = uneven()
    with EvenBorders():
        columns, rows = functional.pad(picture, (23, 0)), functional.pad(picture, (0, 0, 0, 19))
        wider = functional.pad(picture, (0, 24))
    assert torch.equal(columns[..., :24], picture[..., :1].expand_as(picture))
    assert torch.equal(rows[:, :, 19:], picture[:, :, -1:].expand_as(picture))
    assert torch.equal(wider[..., 24:], torch.zeros_like(picture))


def test_other_functions_get_what_they_are_given():
    with EvenBorders():
        picture = functional.avg_pool2d(uneven(), 2, stride=3)
    assert torch.equal(picture, functional.avg_pool2d(uneven(), 2, stride=3))
