"""Why weights stayed as they were, and what was left out of a training, told from what was seen."""

from types import SimpleNamespace

import pytest
import torch
from told import fault, steadily

from aelib.checks import progress
from aelib.checks.progress import judge_coverage, judge_steps, judge_weights, judge_zeroing
from aelib.checks.steps import Steps
from aelib.checks.watch import Leave, steps_of

# Weights ------------------------------------------------------------------------------------


def weight(name, *, kind=torch.float32, **more):
    """A parameter that was trained as it should be, but for what is said otherwise."""
    seen = {"finite": True, "moved": True, "arrived": 3, "lively": True, "stale": 0}
    return SimpleNamespace(name=name, value=torch.zeros(2, dtype=kind), **(seen | more))


STILL = {"moved": False}
ASLEEP = {"moved": False, "lively": False}
OUT_OF_REACH = {"moved": False, "lively": False, "arrived": 0}


def watched(encoder=None, decoder=None, **more):
    """A pair of networks of two parameters each; ``encoder`` and ``decoder`` say what is amiss."""
    parts = {}
    for part, amiss in (("encoder", encoder), ("decoder", decoder)):
        parts[part] = [weight(f"{part} {n}", **(amiss or {})) for n in (0, 1)]
    every = [one for part in parts.values() for one in part]
    seen = {"entries": [SimpleNamespace(live=True)], "used": [1], "steps": Steps(count=4)}
    return SimpleNamespace(parameters=parts, everything=lambda: every, **(seen | more))


def with_steps(seen, owned=True, moved=False, **more):
    values = {id(one.value) for one in seen.everything()}
    seen.steps = Steps(
        owned=values if owned else set(), moved=values if moved else set(), **({"count": 4} | more)
    )
    return seen


def but_one(amiss, at=0, **more):
    seen = with_steps(watched(), **more)
    vars(seen.everything()[at]).update(amiss)
    return seen


SEEN = {
    "as it should be": watched(),
    "another type": watched(decoder={"kind": torch.float64}),
    "not finite": watched(encoder={"finite": False}),
    "not finite, all of them": watched({"finite": False}, {"finite": False}),
    "nothing at all": watched(OUT_OF_REACH, OUT_OF_REACH, entries=[], used=[]),
    "nothing but a batch": watched(OUT_OF_REACH, OUT_OF_REACH, used=[]),
    "other networks": watched(OUT_OF_REACH, OUT_OF_REACH),
    "other networks, by steps": with_steps(
        watched(OUT_OF_REACH, OUT_OF_REACH, used=[]), moved=True
    ),
    "gradients of 0": watched(ASLEEP, ASLEEP),
    "no step": watched(STILL, STILL, steps=Steps()),
    "put back": with_steps(watched(STILL, STILL), moved=True),
    "idle": with_steps(watched(STILL, STILL), idle=3),
    "steps of others": with_steps(watched(STILL, STILL), owned=False),
    "steps that change nothing": with_steps(watched(STILL, STILL), still=4),
    "steps without gradients": with_steps(watched(STILL, STILL)),
    "an encoder put back": with_steps(watched(STILL), moved=True),
    "an encoder left out": watched(STILL),
    "a decoder left out": watched(None, STILL),
    "an encoder without gradients": watched(OUT_OF_REACH, entries=[SimpleNamespace(live=False)]),
    "an encoder that is cut off": watched(OUT_OF_REACH),
    "an encoder that is never run": watched(OUT_OF_REACH, entries=[]),
    "a decoder that is cut off": watched(None, OUT_OF_REACH, entries=[SimpleNamespace(live=False)]),
    "one weight, with steps": but_one(STILL),
    "one weight, without gradients": but_one(ASLEEP),
    "one weight, left out": but_one(STILL, at=3, owned=False),
    "steps without effect": with_steps(watched(), still=2),
    "one step without effect": with_steps(watched(), still=1),
    "a tenth of the steps without effect": with_steps(watched(), count=20, still=2),
    "more than a tenth": with_steps(watched(), count=20, still=3),
    "another life": with_steps(watched(), kept=None),
}


@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
def test_why_weights_stay_is_told_from_what_was_seen(seen, snapshot):
    assert fault(judge_weights, seen) == snapshot


def test_up_to_three_names_are_told_and_the_number_of_the_others():
    assert progress._some(["a", "b", "c"]) == ["a", "b", "c"]
    assert progress._some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_no_parameters_are_left_by_no_step():
    assert "does the loss depend on all of them" in progress.why_some_stay(Steps(), [], ["x"])


def test_the_most_that_a_weight_has_seen_of_old_gradients_is_told():
    some = [weight("a"), weight("b", stale=7), weight("c", stale=2)]
    assert fault(judge_zeroing, some).startswith("7 times, a new gradient was added to")
    assert fault(judge_zeroing, some[:1]) == ""
    assert fault(judge_zeroing, []) == ""


def test_a_training_whose_life_was_kept_passes():
    assert fault(judge_steps, Steps(count=3, still=1, kept=2)) == ""


# Coverage -----------------------------------------------------------------------------------

IMAGES = 100


def leave(rows, step, dropped=False, used=True):
    gradient = torch.ones(rows, 2) if used else None
    return Leave(torch.zeros(rows, 2), None, (step, step), 0, gradient, dropped=dropped)


def told_of(batches, places, touched=None, *, more=(), ends=()):
    steps = Steps(ends=list(ends))
    touched = torch.ones(len(places), dtype=torch.bool) if touched is None else touched
    return fault(judge_coverage, steps, batches, [*batches, *more], touched, places, IMAGES)


def epochs(count, size=25):
    """Batches of this size over all images, so often."""
    batches = [leave(size, step) for step in range(count * IMAGES // size)]
    return batches, torch.arange(IMAGES).repeat(count)


def test_three_epochs_over_all_images_pass():
    assert told_of(*epochs(3)) == ""


@pytest.mark.parametrize("count", [1, 2, 4])
def test_another_number_of_epochs_is_told(count):
    assert told_of(*epochs(count)).startswith(
        f"3 epochs were asked for, but most images took part in {count} of the steps."
    )


@pytest.mark.parametrize(("part", "passes"), [(66, True), (65, True), (64, False)])
def test_a_third_of_the_images_may_be_kept_back(part, passes):
    batches = [leave(part, step) for step in range(3)]
    found = told_of(batches, torch.arange(part).repeat(3))
    assert (
        found == ""
        if passes
        else found.startswith(f"Of the 100 images passed in, only {part} were used for training.")
    )


def test_of_images_that_are_enough_the_epochs_are_told():
    batches = [leave(65, step) for step in range(2)]
    found = told_of(batches, torch.arange(65).repeat(2))
    assert found.startswith("3 epochs were asked for, but most images took part in 2")


def test_the_same_step_counts_once():
    batches = [leave(IMAGES, step) for step in (0, 0, 1, 2)]
    assert told_of(batches, torch.arange(IMAGES).repeat(4)) == ""


@pytest.mark.parametrize(("share", "passes"), [(91, True), (89, False)])
def test_nine_tenths_of_a_batch_must_have_a_part_in_the_loss(share, passes):
    touched = (torch.arange(IMAGES) < share).repeat(2)
    found = told_of(*epochs(2), touched)
    expected = (
        "3 epochs were asked for" if passes else "Of the 200 images that went through, only 178"
    )
    assert found.startswith(expected)


def test_rows_without_a_part_in_the_loss_are_not_used():
    touched = torch.ones(300, dtype=torch.bool)
    touched[25:50] = False  # the second batch
    batches, places = epochs(3)
    assert told_of(batches, places, touched) == ""
    touched[:80] = False
    assert "only 220 contribute to the loss" in told_of(batches, places, touched)


def test_gradients_that_were_thrown_away_are_counted_where_they_are_more_than_a_tenth():
    batches, places = epochs(2)
    dropped = [leave(25, 0, dropped=True)]
    assert told_of(batches, places, more=2 * dropped).startswith(
        "Gradients of 10 batches came back, but those of 2 were set to zero again"
    )
    batches, places = epochs(2, size=10)
    assert told_of(batches, places, more=2 * dropped).startswith("3 epochs were asked for")
    assert told_of(batches, places, more=3 * dropped).startswith("Gradients of 23 batches")


def test_batches_without_backward_are_counted_where_they_are_more_than_a_tenth():
    batches, places = epochs(2, size=10)
    left_out = [leave(10, 0, used=False)]
    assert told_of(batches, places, more=2 * left_out).startswith("3 epochs were asked for")
    assert told_of(batches, places, more=3 * left_out).startswith(
        "23 batches went through with gradients on, but backward() ran for 20 of them."
    )


def test_another_life_explains_what_is_left_out():
    assert told_of(*epochs(2), ends=[{}]) == str(progress._ANEW)
    assert told_of(*epochs(3), ends=[{}]) == ""


def test_no_image_at_all_is_told():
    found = told_of([], torch.zeros(0, dtype=torch.int64))
    assert "only 0 were used for training" in found or "only 0 contribute" in found


def test_batches_are_told_apart_by_optimizers_or_else_by_changes_of_the_weights():
    def used(*steps):
        return [Leave(torch.zeros(2), None, step, 0, torch.zeros(2)) for step in steps]

    assert steps_of(used((0, 4), (0, 5))).tolist() == [4, 4, 5, 5]
    assert steps_of(used((0, 4), (1, 5), (1, 6))).tolist() == [0, 0, 1, 1, 1, 1]
    assert steps_of([]).tolist() == []


def test_sentences_of_the_kind_that_is_shared_are_in_both_languages():
    assert steadily(progress._ANEW).in_language("zh").startswith("训练途中")
