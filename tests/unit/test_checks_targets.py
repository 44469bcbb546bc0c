"""The gradient at the output tells what a loss pulls it towards; each loss here makes one."""

from types import SimpleNamespace

import pytest
import torch
from told import fault
from torch import nn
from torch.nn import functional

from aelib.checks import targets
from aelib.checks.targets import judge_target

MSE = functional.mse_loss
COUNT, BATCH = 64, 16


def numbers(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def images():
    """The first half gray, the second black or white, as the probe for noise has them."""
    some = torch.rand(COUNT, 784, generator=torch.Generator().manual_seed(0))
    some[:, :392] = 0.4 + 0.2 * some[:, :392]
    some[:, 392:] = some[:, 392:].round()
    return some


NOISE = numbers(COUNT, 784, seed=1)


def watched(loss, tail=None, values=None, clean=None):
    """What is seen of a training with ``loss(pixels, clean, noisy)`` in batches of 16."""
    clean = images() if clean is None else clean
    noisy = (clean + 0.08 * NOISE).clamp(0, 1)
    tail = nn.Sigmoid() if tail is None else tail
    values = 2 * numbers(COUNT, 784, seed=2) if values is None else values
    used = []
    for batch in torch.arange(COUNT).split(BATCH):
        given = values[batch].clone().requires_grad_()
        loss(tail(given).flatten(1), clean[batch], noisy[batch]).backward()
        used.append(SimpleNamespace(values=given.detach(), gradient=given.grad))
    seen = SimpleNamespace(used=used, route=SimpleNamespace(tail=tail))
    untouched = SimpleNamespace(images=clean.flip(0))
    places = torch.arange(COUNT).flip(0)
    return SimpleNamespace(seen=seen, untouched=untouched, places=places, rows=noisy)


def sums(axis):
    return lambda y, x, n: (y - x).mean(axis).square().mean()


def some_wrong(share):
    """Pull this share of the pixels of each image in the wrong direction."""
    signs = torch.ones(784)
    signs[
        torch.randperm(784, generator=torch.Generator().manual_seed(3))[: round(share * 784)]
    ] = -1
    return lambda y, x, n: (signs * (y - x).square()).mean()


def gray_wrong(share):
    """The same for this share of the gray half of the pixels only."""
    signs = torch.ones(784)
    signs[: round(share * 392)] = -1
    return lambda y, x, n: (signs * (y - x).square()).mean()


def part_of_the_pixels(share):
    return lambda y, x, n: MSE(y[:, : round(share * 784)], x[:, : round(share * 784)])


def of_750(target, sign=1):
    """On 750 of the pixels towards a target, but for 15 of them: 2%."""
    signs = torch.ones(784)
    signs[392:407], signs[750:] = -1, 0
    return lambda y, x, n: (sign * signs * (y - target(x, n)).square()).mean()


def of_350_gray(y, x, n):
    """Away from the image at 7 of the gray pixels; at 42 of them there is no gradient."""
    signs = torch.ones(784)
    signs[:7], signs[350:392] = -1, 0
    return (signs * (y - x).square()).mean()


LOSSES = {
    "squared error": lambda y, x, n: MSE(y, x),
    "absolute error": lambda y, x, n: functional.l1_loss(y, x, reduction="sum"),
    "cross-entropy": lambda y, x, n: functional.binary_cross_entropy(y, x),
    "91% of the pixels": part_of_the_pixels(0.91),
    "89% of the pixels": part_of_the_pixels(0.89),
    "no pixel at all": lambda y, x, n: 0 * MSE(y, x),
    "1.5% pulled away": some_wrong(0.015),
    "2.5% pulled away": some_wrong(0.025),
    "1.5% of the gray pulled away": gray_wrong(0.015),
    "2.5% of the gray pulled away": gray_wrong(0.025),
    "the noisy image": lambda y, x, n: MSE(y, n),
    "the noise": lambda y, x, n: MSE(y, n - x),
    "a little of the noise": lambda y, x, n: MSE(y, x) + 0.3 * (y * (x - n)).mean(),
    "half of the noise": lambda y, x, n: MSE(y, x) + 3 * (y * (x - n)).mean(),
    "more noise than image": lambda y, x, n: MSE(y, x) + 50 * (y * (x - n)).mean(),
    "upside down": lambda y, x, n: -MSE(y, x),
    "98% of 350 gray pixels": of_350_gray,
    "98% of 750 pixels": of_750(lambda x, n: x),
    "98% of 750 pixels, the noisy image": of_750(lambda x, n: n),
    "98% of 750 pixels, upside down": of_750(lambda x, n: x, -1),
    "95% of the pixels, the noisy image": lambda y, x, n: MSE(y[:, :745], n[:, :745]),
    "95% of the pixels, upside down": lambda y, x, n: -MSE(y[:, :745], x[:, :745]),
    "a sigmoid too many": lambda y, x, n: functional.binary_cross_entropy_with_logits(y, x),
    "all darker": lambda y, x, n: MSE(y, -x),
    "all brighter": lambda y, x, n: MSE(y, x + 1),
    "a mean over pixels": sums(1),
    "a mean over images": sums(0),
    "a mean over all": lambda y, x, n: (y - x).mean().square(),
    "the mean of the batch": lambda y, x, n: MSE(y, x.mean(0).expand_as(x)),
    "black and white": lambda y, x, n: MSE(y, x.round()),
    "rows in another order": lambda y, x, n: MSE(y, x.flip(0)),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("noisy", [False, True], ids=["clean", "noisy"])
def test_each_target_of_a_loss_is_told_from_the_others(loss, noisy, snapshot):
    assert fault(judge_target, watched(loss), NOISE if noisy else None) == snapshot


def returned(loss):
    """The same where the decoder's values were noted behind its sigmoid."""
    one = watched(loss, nn.Identity(), numbers(COUNT, 784, seed=2).sigmoid())
    one.seen.route.tail = None
    return one


@pytest.mark.parametrize("name", ["squared error", "upside down", "89% of the pixels", "the noise"])
def test_values_that_are_pixels_already_are_judged_alike(name):
    for added in (None, NOISE):
        assert fault(judge_target, returned(LOSSES[name]), added) == fault(
            judge_target, watched(LOSSES[name]), added
        )


def test_values_of_another_shape_than_pixels_are_judged_through_what_follows_them():
    tail = nn.Sequential(nn.Upsample(scale_factor=2), nn.Sigmoid(), nn.Flatten())
    few = 2 * numbers(COUNT, 1, 14, 14, seed=2)
    assert fault(judge_target, watched(LOSSES["squared error"], tail, few), NOISE) == ""
    message = fault(judge_target, watched(LOSSES["upside down"], tail, few), None)
    assert "has the wrong sign" in message


def test_pixels_at_the_end_of_a_sigmoid_count_neither_as_touched_nor_as_left_out():
    values = 2 * numbers(COUNT, 784, seed=2)
    values[:, :200] = 200.0  # no gradient comes through there
    one = watched(LOSSES["squared error"], nn.Sigmoid(), values)
    assert fault(judge_target, one, None) == ""


@pytest.mark.parametrize("edge", [1e-6, 1 - 1e-6])
def test_pixels_as_near_as_that_to_0_or_1_need_no_gradient(edge):
    values = numbers(COUNT, 784, seed=2).sigmoid()
    values[:, :200] = edge
    one = watched(lambda y, x, n: MSE(y[:, 200:], x[:, 200:]), nn.Identity(), values)
    one.seen.route.tail = None
    assert fault(judge_target, one, None) == ""


def test_nine_tenths_of_the_pixels_that_can_have_a_gradient_are_enough():
    values = 2 * numbers(COUNT, 784, seed=2)
    values[:, :4] = 200.0
    for count, passes in ((702, True), (701, False)):
        part = slice(4, 4 + count)
        one = watched(lambda y, x, n, part=part: MSE(y[:, part], x[:, part]), values=values)
        assert (fault(judge_target, one, None) == "") == passes


@pytest.mark.parametrize(
    ("noisy", "sign", "message"),
    [(False, 1, ""), (False, -1, "has the wrong sign"), (True, 1, "learns to keep the noise")],
)
def test_pixels_that_are_right_already_may_be_pulled_either_way(noisy, sign, message):
    target = (images() + 0.08 * NOISE).clamp(0, 1) if noisy else images()
    values = numbers(COUNT, 784, seed=2).sigmoid()
    values[:, :40] = target[:, :40]

    def pull(y, x, n):
        return sign * ((y - (n if noisy else x)).square().sum() + 1e-4 * y.sum())

    one = watched(pull, nn.Identity(), values)
    one.seen.route.tail = None
    found = fault(judge_target, one, NOISE if noisy else None)
    assert message in found
    assert bool(message) == bool(found)


@pytest.mark.parametrize("edge", [0.1, 0.9])
def test_pixels_at_the_edge_of_gray_are_not_judged_as_gray(edge):
    clean = images()
    clean[:, :14] = edge
    signs = torch.ones(784)
    signs[:14] = -1
    one = watched(lambda y, x, n: (signs * (y - x).square()).mean(), clean=clean)
    assert fault(judge_target, one, None) == ""


def test_agreement_is_the_share_of_signs_where_they_are_told():
    gradient = torch.tensor([[1.0, -1.0, 2.0, 3.0]])
    wanted = torch.tensor([[5.0, 1.0, 1.0, -1.0]])
    told = torch.tensor([[True, True, True, False]])
    assert targets.agreement(gradient, wanted, told) == pytest.approx(2 / 3)
    assert targets.agreement(gradient, wanted, told.flatten()) == pytest.approx(2 / 3)
    assert targets.agreement(gradient, wanted, told & False) == 0


def test_pixels_and_pull_are_those_of_the_squared_error():
    one = watched(LOSSES["absolute error"])
    target = images()
    pixels, pull = targets.pixels_and_pull(one.seen, target)
    values = torch.cat([leaf.values for leaf in one.seen.used])
    assert torch.allclose(pixels, values.sigmoid())
    assert not pixels.requires_grad
    slope = values.sigmoid() * (1 - values.sigmoid())
    assert torch.allclose(pull, (values.sigmoid() - target) * slope, atol=1e-6)


@pytest.mark.parametrize(("part", "leans"), [(0.02, False), (0.045, True), (-0.045, False)])
def test_a_gradient_leans_on_the_noise_where_it_goes_against_it(part, leans, monkeypatch):
    gradient = -part * NOISE + numbers(COUNT, 784, seed=5)
    assert targets._leans(gradient, NOISE) == leans
    monkeypatch.setattr(
        targets, "LEANING", -targets._correlation(gradient[:, :392], NOISE[:, :392])
    )
    assert not targets._leans(gradient, NOISE)
    assert not targets._leans(gradient[:, :392], NOISE)


def batches_of(*gradients):
    used = [SimpleNamespace(gradient=one) for one in gradients]
    return SimpleNamespace(seen=SimpleNamespace(used=used))


def test_one_sign_for_all_is_looked_for_in_every_batch():
    mixed, one_sign = numbers(4, 6, seed=1), numbers(4, 6, seed=2).abs()
    rows = one_sign * torch.tensor([1, -1, 1, 0])[:, None]
    rows[1, 2] = rows[2, 3] = 0
    assert targets._is_one_for_all(batches_of(rows, -rows), 1)
    assert not targets._is_one_for_all(batches_of(rows, mixed), 1)
    assert not targets._is_one_for_all(batches_of(rows), 0)
    assert targets._is_one_for_all(batches_of(rows.T), 0)
    assert not targets._is_one_for_all(batches_of(rows, rows[:1]), 1)
    assert targets._is_one_for_all(batches_of(rows, rows[:2]), 1)


def test_a_gradient_goes_with_a_pull_whatever_its_factor_in_each_batch(monkeypatch):
    pull = numbers(8, 50, seed=1)
    one = batches_of(3 * pull[:5], 0.1 * pull[5:])
    assert targets._goes_with(torch.cat([3 * pull[:5], 0.1 * pull[5:]]), pull, one)
    assert not targets._goes_with(torch.cat([3 * pull[:5], -pull[5:]]), pull, one)
    half = torch.cat([pull[:5], torch.zeros(3, 50)])  # of the second batch nothing can be told
    assert not targets._goes_with(half, pull, one)
    assert not targets._goes_with(pull + 0.15 * numbers(8, 50, seed=2), pull, one)
    assert targets._goes_with(pull + 0.05 * numbers(8, 50, seed=2), pull, one)
    bound = targets._correlation(pull[5:] + numbers(3, 50, seed=2), pull[5:])
    monkeypatch.setattr(targets, "ALIKE", bound)
    assert not targets._goes_with(
        torch.cat([pull[:5], pull[5:] + numbers(3, 50, seed=2)]), pull, one
    )
