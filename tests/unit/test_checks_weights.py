"""Steps, lives and strands of weights, followed with small tensors of which all is known."""

import copy

import pytest
import torch
from torch import nn

from aelib.checks import steps
from aelib.checks.steps import Steps, likeness, some_of
from aelib.checks.strands import Strands
from aelib.checks.weights import Parameter, gradient_hooks

MANY = 1200  # numbers of a weight that is followed


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def parameter(count=MANY, seed=0):
    return nn.Parameter(numbers(count, seed=seed))


def followed(value):
    one = Parameter("w", value, value.detach().clone())
    return one, gradient_hooks(one)


# Numbers ------------------------------------------------------------------------------------


def test_some_numbers_are_taken_evenly_of_a_large_weight_and_all_of_a_small_one():
    assert torch.equal(some_of(torch.arange(6).view(2, 3)), torch.arange(6))
    large = torch.arange(30_000).view(3, -1)
    assert torch.equal(some_of(large), torch.arange(0, 30_000, 3))
    assert len(some_of(torch.zeros(19_999))) == 19_999
    value = torch.zeros(4)
    some_of(value).add_(1)
    assert not value.any()


def test_likeness_is_the_multiple_correlation():
    a, b, other = (numbers(50_000, seed=seed) for seed in range(3))
    assert likeness(a, [a]) == pytest.approx(1)
    assert likeness(3 - 2 * a, [a]) == pytest.approx(1)
    assert likeness(a + b, [a, b]) == pytest.approx(1)
    assert likeness(a + b, [a]) == pytest.approx(0.5**0.5, abs=0.02)
    assert likeness(other, [a, b]) < 0.05
    assert likeness(torch.ones(9), [numbers(9)]) == 0
    assert likeness(1e-3 * a[:99], [a[:99]]) == pytest.approx(1)


def test_what_happened_to_a_weight_is_told_by_its_numbers():
    one = Parameter("w", parameter(), parameter().detach().clone())
    assert one.finite
    assert not one.moved
    assert one.is_cleared
    with torch.no_grad():
        one.value[3] = float("nan")
    assert one.moved
    assert not one.finite
    one.value.grad = torch.zeros(MANY)
    assert one.is_cleared
    one.value.grad[5] = 1
    assert not one.is_cleared


# Gradients ----------------------------------------------------------------------------------


def test_gradients_are_counted_as_they_arrive():
    value = parameter()
    one, handles = followed(value)
    assert (one.arrived, one.lively, one.accumulated, one.stale) == (0, False, 0, 0)
    (0 * value).sum().backward()
    assert (one.arrived, one.lively, one.accumulated) == (1, False, 1)
    (2 * value).sum().backward()
    assert (one.arrived, one.lively, one.accumulated, one.stale) == (2, True, 2, 0)
    assert torch.equal(one.latest, torch.full((MANY,), 2.0))
    torch.autograd.grad((3 * value).sum(), value)
    assert (one.arrived, one.accumulated) == (3, 2)
    assert torch.equal(one.latest, torch.full((MANY,), 3.0))
    (0 * value).sum().backward()
    assert one.lively
    for handle in handles:
        handle.remove()
    value.sum().backward()
    assert one.arrived == 4


def test_a_gradient_is_stale_that_is_added_to_one_a_step_was_made_with():
    value = parameter()
    one, _ = followed(value)
    value.sum().backward()
    value.sum().backward()  # two parts of one step
    assert one.stale == 0
    with torch.no_grad():
        value -= 0.1 * value.grad
    value.sum().backward()
    assert one.stale == 1
    assert torch.equal(one.latest, torch.full((MANY,), 3.0))
    with torch.no_grad():
        value -= 0.1 * value.grad
    value.grad = None
    value.sum().backward()
    assert one.stale == 1


# Steps --------------------------------------------------------------------------------------


@pytest.fixture
def seen():
    found = Steps()
    handles = found.hooks()
    yield found
    for handle in handles:
        handle.remove()


def step(optimizer, gradient=None):
    for value in (value for group in optimizer.param_groups for value in group["params"]):
        value.grad = gradient if gradient is None else torch.full_like(value, gradient)
    optimizer.step()


def test_steps_are_counted_by_what_they_find_and_what_they_change(seen):
    one, other = parameter(), parameter(5, seed=1)
    optimizer = torch.optim.SGD([{"params": [one]}, {"params": [other], "lr": 0.0}], lr=0.1)
    step(optimizer, 1.0)
    assert (seen.count, seen.idle, seen.still) == (1, 0, 0)
    assert seen.owned == {id(one), id(other)}
    assert seen.moved == {id(one)}
    step(optimizer, 0.0)
    assert (seen.count, seen.idle, seen.still) == (2, 1, 1)
    step(optimizer, None)
    assert (seen.count, seen.idle, seen.still) == (3, 1, 1)
    step(torch.optim.SGD([other], lr=0.0), 1.0)
    assert (seen.count, seen.idle, seen.still) == (4, 1, 2)
    one.grad, other.grad = torch.zeros(MANY), torch.ones(5)
    optimizer.step()
    assert (seen.count, seen.idle, seen.still) == (5, 1, 3)
    assert seen.moved == {id(one)}


class Several(torch.optim.Optimizer):
    """Leaves its steps to other optimizers, one for each weight."""

    def __init__(self, values):
        super().__init__(values, {})
        self.others = [torch.optim.SGD([value], lr=0.1) for value in values]

    def step(self):
        for one in self.others:
            one.step()


def test_a_step_may_be_made_of_steps_of_other_optimizers(seen):
    values = [parameter(seed=1), parameter(seed=2)]
    step(Several(values), 1.0)
    assert (seen.count, seen.idle, seen.still) == (3, 0, 0)
    assert seen.moved == seen.owned == {id(value) for value in values}


def test_steps_are_no_longer_followed_when_the_handles_are_removed():
    found = Steps()
    for handle in found.hooks():
        handle.remove()
    step(torch.optim.SGD([parameter()], lr=0.1), 1.0)
    assert found.count == 0


def test_a_moment_is_the_steps_before_it_and_the_changes_of_the_weights(seen):
    value, other = parameter(), parameter(7, seed=1)
    one, _ = followed(value)
    assert seen.moment([one], other.detach().clone()) == (0, 0)
    assert seen.moment([one], other.detach().clone()) == (0, 0)
    with torch.no_grad():
        other += 1
    assert seen.moment([one], other.detach().clone()) == (0, 1)
    step(torch.optim.SGD([value], lr=0.1), 1.0)
    assert seen.moment([one], other) == (1, 2)
    assert seen.moment([one]) == (1, 3)


def lived(seen, one, *changes):
    """Steps of an optimizer and changes in between; a batch passes after each."""
    optimizer = torch.optim.SGD([one.value], lr=1e-3)
    for change in changes:
        if change is not None:
            with torch.no_grad():
                one.value.copy_(change(one.value))
        seen.moment([one])
        step(optimizer, 1.0)
    seen.finish([one])
    return seen.life, seen.kept


def anew(seed):
    return lambda value: numbers(len(value), seed=seed)


def test_small_changes_between_steps_begin_no_other_life(seen):
    one, _ = followed(parameter())
    assert lived(seen, one, None, lambda value: 0.9 * value, lambda value: value.round()) == (0, 0)


def test_numbers_that_no_step_has_left_begin_another_life(seen):
    one, _ = followed(parameter())
    assert lived(seen, one, None, None, anew(1), None, anew(2)) == (2, 2)


def test_the_life_is_kept_whose_last_numbers_are_there_in_the_end(seen):
    one, _ = followed(parameter())
    optimizer = torch.optim.SGD([one.value], lr=1e-3)
    ends = []
    for seed in (1, 2, 3):
        with torch.no_grad():
            one.value.copy_(numbers(MANY, seed=seed))
        seen.moment([one])
        step(optimizer, 1.0)
        ends.append(one.value.detach().clone())
    assert seen.life == 2
    for life, end in enumerate(ends):
        again = copy.copy(seen)
        again.ends, again._left = list(seen.ends), dict(seen._left)
        with torch.no_grad():
            one.value.copy_(end)
        again.finish([one])
        assert again.kept == life
    with torch.no_grad():
        one.value.copy_(numbers(MANY, seed=9))
    seen.finish([one])
    assert seen.kept is None


def test_weights_dealt_anew_after_the_last_step_are_no_one_s(seen):
    one, _ = followed(parameter())
    optimizer = torch.optim.SGD([one.value], lr=1e-3)
    seen.moment([one])
    step(optimizer, 1.0)
    with torch.no_grad():
        one.value.copy_(numbers(MANY, seed=1))
    seen.finish([one])
    assert (seen.life, seen.kept) == (1, None)


def test_weights_of_few_numbers_have_one_life(seen):
    one, _ = followed(parameter(999))
    assert lived(seen, one, None, None, anew(1), None) == (0, 0)
    other, _ = followed(parameter(1000))
    assert lived(seen, other, None, None, anew(1), None) == (1, 1)


class Searching(torch.optim.Optimizer):
    """Looks at the loss far away before it makes its step."""

    def __init__(self, values):
        super().__init__(values, {})

    def step(self, closure):
        [value] = self.param_groups[0]["params"]
        start = value.detach().clone()
        with torch.no_grad():
            value.copy_(numbers(len(value), seed=8))
            closure()
            value.copy_(start - 0.001)


def test_how_far_a_step_looks_around_begins_no_other_life(seen):
    one, _ = followed(parameter())
    optimizer = Searching([one.value])
    for _ in range(2):
        seen.moment([one])
        optimizer.step(lambda: seen.moment([one]))
    seen.finish([one])
    assert (seen.life, seen.kept) == (0, 0)


BY_HAND = {
    "a small step": (lambda value, gradient: value - 0.1 * gradient, 0),
    "a large step": (lambda value, gradient: value - 100 * gradient, 0),
    "a step by the sign": (lambda value, gradient: value - 50 * gradient.sign(), 0),
    "numbers anew": (lambda value, gradient: numbers(len(value), seed=7), 1),
}


@pytest.mark.parametrize(("change", "life"), BY_HAND.values(), ids=BY_HAND)
def test_a_step_by_hand_goes_along_the_gradient_or_begins_another_life(seen, change, life):
    one, _ = followed(parameter(1000))
    for _ in range(2):
        one.value.grad = None
        (numbers(1000, seed=3) * one.value).sum().backward()
        seen.moment([one])
        with torch.no_grad():
            one.value.copy_(change(one.value, one.value.grad))
    seen.moment([one])
    assert min(seen.life, 1) == life


def test_a_large_step_by_hand_between_those_of_an_optimizer_begins_another_life(seen):
    one, _ = followed(parameter())
    optimizer = torch.optim.SGD([one.value], lr=0.1)
    (numbers(MANY, seed=3) * one.value).sum().backward()
    seen.moment([one])
    optimizer.step()
    seen.moment([one])
    with torch.no_grad():
        one.value -= 100 * one.value.grad
    seen.moment([one])
    assert seen.life == 1


def test_one_of_several_weights_that_is_set_anew_begins_another_life(seen):
    both = [followed(parameter(seed=seed))[0] for seed in (1, 2)]
    sum(one.value.sum() for one in both).backward()
    seen.moment(both)
    with torch.no_grad():
        both[0].value.copy_(numbers(MANY, seed=7))
    seen.moment(both)
    assert seen.life == 1


def test_weights_without_a_gradient_may_be_set_from_outside(seen):
    one, _ = followed(parameter())
    seen.moment([one])
    with torch.no_grad():
        one.value.copy_(numbers(MANY, seed=1))
    seen.moment([one])
    assert seen.life == 0


def test_a_life_is_like_the_weight_that_is_least_like_it():
    one, other = parameter(), parameter(seed=1)
    life = {
        1: steps._Left(one, one.detach().clone(), None),
        2: steps._Left(other, (other + 2 * numbers(MANY, seed=2)).detach(), None),
    }
    assert steps._all_alike(life) == pytest.approx(0.45, abs=0.06)


# Strands ------------------------------------------------------------------------------------


def test_a_new_tensor_goes_on_with_the_strand_it_is_most_like():
    strands = Strands()
    starts = [numbers(400, seed=seed) for seed in (1, 2)]
    mixed = 0.8 * starts[1] + 0.6 * starts[0]
    assert [strands.of(one.clone()) for one in starts] == [0, 1]
    assert strands.of(mixed) == 1
    assert strands.of(0.8 * starts[0] + 0.1 * mixed) == 0
    assert strands.of(numbers(401, seed=1)) == 2
    assert strands.of(numbers(400, seed=4)) == 3


def test_a_copy_of_the_first_weights_starts_again():
    strands = Strands()
    start = numbers(400)
    assert strands.of(start.clone()) == 0
    assert strands.of(start.clone()) == 0
    assert strands.of(start + 0.1 * numbers(400, seed=1)) == 0
    assert strands.of(start.clone()) == 1


@pytest.mark.parametrize(("count", "strand"), [(99, 1), (100, 0)])
def test_weights_of_fewer_than_100_numbers_are_not_compared(count, strand):
    strands = Strands()
    strands.of(numbers(count))
    assert strands.of(numbers(count) + 0.01) == strand


def test_a_view_belongs_to_its_tensor():
    strands = Strands()
    weight = parameter(400)
    assert strands.of(weight.view(20, 20).T) == 0
    with torch.no_grad():
        weight.copy_(numbers(400, seed=3))
    assert strands.of(weight) == 0
    assert strands.kept(weight.view(20, 20)) == 0
    assert strands.kept(weight.view(20, 20).T) == 0


def test_weights_that_are_just_related_go_on(monkeypatch):
    first, now = numbers(400), numbers(400) + numbers(400, seed=1)
    bound = likeness(now, [first])
    monkeypatch.setattr("aelib.checks.strands.RELATED", bound)
    monkeypatch.setattr(steps, "RELATED", bound)
    strands = Strands()
    assert (strands.of(first.clone()), strands.kept(now), strands.of(now.clone())) == (0, 0, 0)
    left = steps._Left(now, first, None)
    assert not left.is_anew()
    found = Steps(ends=[{1: left}], _left={1: left._replace(numbers=numbers(400, seed=2))})
    found.finish([])
    assert found.kept == 0


def test_only_weights_that_are_trained_are_known_again_whatever_their_numbers():
    strands = Strands()
    plain = numbers(400)
    assert strands.of(plain) == 0
    plain.copy_(numbers(400, seed=1))
    assert strands.of(plain) == 1


def test_the_strand_is_kept_that_once_had_such_numbers():
    strands = Strands()
    assert strands.kept(numbers(400)) is None
    first, second = parameter(400, seed=1), parameter(400, seed=2)
    early = first.detach().clone()
    strands.of(first)
    with torch.no_grad():
        first.copy_(numbers(400, seed=5))
    strands.of(first)
    strands.of(second)
    assert strands.kept(early) == 0
    assert strands.kept(numbers(400, seed=5)) == 0
    assert strands.kept(second + 0.1) == 1
    assert strands.kept(numbers(400, seed=8)) is None
    assert strands.kept(numbers(399, seed=1)) is None
    with torch.no_grad():
        second.copy_(numbers(400, seed=6))  # a step after its last batch
    assert strands.kept(numbers(400, seed=6)) == 1
