"""Whether a watched training moved every weight, and used all of its data as often as asked."""

import torch

from aelib.checks.probes import EPOCHS
from aelib.checks.result import Fault
from aelib.checks.said import DECODER, ENCODER, Said
from aelib.checks.steps import Steps
from aelib.checks.watch import Leave, Watch, steps_of
from aelib.checks.weights import Parameter

COVERED = 0.65  # share of the images that must be used: some may be kept back to validate on
WHOLE = 0.9  # share of a batch, of the batches or of the pixels that counts as all of them


def judge_weights(seen: Watch) -> None:
    """Say why weights did not move, or moved to numbers that are none."""
    everything = seen.everything()
    kinds = {one.value.dtype for one in everything} - {torch.float32}
    if kinds:
        raise Fault(
            "After training, the networks have weights of {kind}; images are float32, and a "
            "network takes only its own type. Which line converts them?",
            kind=kinds.pop(),
        )
    broken = [one.name for one in everything if not one.finite]
    if broken:
        raise Fault(
            "After training, {names} hold numbers that are not finite: the loss became NaN or "
            "infinite on the way. Print it batch by batch; is the step too large, or is a "
            "logarithm or a quotient taken of 0?",
            names=_some(broken),
        )
    still = [one for one in everything if not one.moved]
    if not still:
        judge_steps(seen.steps)
        return
    if not seen.entries and not any(one.arrived for one in everything):
        raise Fault(
            "Nothing went through the encoder's layers, and no weight changed. Does the loop give "
            "its batches to the two networks passed as arguments?"
        )
    if len(still) == len(everything):
        raise Fault(_why_nothing_moves(seen))
    for part in (ENCODER, DECODER):
        stuck = [one for one in seen.parameters[part] if not one.moved]
        if stuck and len(stuck) == len(seen.parameters[part]):
            raise Fault(_why_one_stays(part, stuck, seen))
    raise Fault(why_some_stay(seen.steps, still, [one.name for one in still]))


def _some(names: list[str]) -> list[str] | Said:
    if len(names) <= 3:
        return names
    return Said("{names} and {more} more", names=names[:3], more=len(names) - 3)


def _why_nothing_moves(seen: Watch) -> Said:
    everything = seen.everything()
    if not any(one.arrived for one in everything) and (seen.used or seen.steps.moved):
        return Said(
            "Other networks are trained, and the two that were passed in stay as they were. "
            "Where in the function is a network copied or built again?"
        )
    return why_still(seen.steps, everything)


def why_still(steps: Steps, parameters: list[Parameter]) -> Said:
    """Say why none of some parameters holds other numbers than before."""
    own = {id(one.value) for one in parameters}
    if not any(one.arrived for one in parameters):
        return Said(
            "No gradient came back to the weights, and none of them changed. Is the loss computed "
            "from the network's output, with gradients on all the way, and is backward() called?"
        )
    if not any(one.lively for one in parameters):
        return Said(
            "Gradients come back to the weights, but all of them are 0: whatever the weights are, "
            "the loss stays the same. What are its two arguments?"
        )
    if not steps.count:
        return Said(
            "Gradients arrive, but no optimiser step follows, and no weight changed. Which line "
            "changes the weights, and is it run for each batch?"
        )
    if steps.moved & own:
        return Said(
            "The optimiser's steps changed the weights, but in the end each of them is again what "
            "it was before the training. Which line puts them back, and what did it keep?"
        )
    if steps.idle:
        return Said(
            "In {idle} of {steps} steps the optimiser found only gradients of 0, and no weight "
            "changed. What happens between backward() and step()?",
            idle=steps.idle,
            steps=steps.count,
        )
    if not steps.owned & own:
        return Said(
            "The optimiser made {steps} steps, but it has none of the weights that the gradients "
            "reach. Which parameters does it get?",
            steps=steps.count,
        )
    if steps.still:
        return Said(
            "The optimiser made {steps} steps with gradients, but they changed no weight. How "
            "large is the learning rate, and how large are the gradients?",
            steps=steps.still,
        )
    return Said(
        "In none of its {steps} steps did the optimiser find gradients, though backward() computes "
        "them. In which order do zero_grad(), backward() and step() run?",
        steps=steps.count,
    )


def why_some_stay(steps: Steps, still: list[Parameter], names: list[str]) -> Said:
    """Say why these parameters, by their names, hold the numbers from before, and others do not."""
    if still and all(id(one.value) in steps.owned and one.lively for one in still):
        return Said(
            "The optimiser's steps leave {names} as they were, though gradients reach them. How "
            "large is the learning rate, and how large are the gradients?",
            names=_some(names),
        )
    return Said(
        "The training leaves {names} as they were. Which parameters does the optimiser get, and "
        "does the loss depend on all of them?",
        names=_some(names),
    )


def _why_one_stays(part: Said, stuck: list[Parameter], seen: Watch) -> Said:
    if seen.steps.moved & {id(one.value) for one in stuck}:
        return Said(
            "The optimiser's steps changed the {part}'s weights, but in the end each of them is "
            "again what it was before the training. Which line puts them back, and what did it "
            "keep?",
            part=part,
        )
    if any(one.lively for one in stuck):
        return Said(
            "The {part} is not trained: gradients reach its weights, but none of them changed. "
            "Which parameters does the optimiser get?",
            part=part,
        )
    if part == ENCODER and seen.entries and not any(one.live for one in seen.entries):
        return Said(
            "The encoder is not trained: it runs where gradients are switched off, so none comes "
            "back to its weights. Which lines are inside no_grad or inference_mode, or were its "
            "weights set to require no gradient?"
        )
    return Said(
        "The {part} is not trained: no gradient comes back to its weights. Follow the path back "
        "from the loss: where is it cut?",
        part=part,
    )


def judge_steps(steps: Steps) -> None:
    """Refuse steps without effect, and weights that none of them has led to."""
    if steps.still > max(1, (1 - WHOLE) * steps.count):
        raise Fault(
            "{still} of the optimiser's {steps} steps changed no weight. Print the learning rate "
            "and the size of the gradients at every step: what becomes of them?",
            still=steps.still,
            steps=steps.count,
        )
    if steps.kept is None:
        raise Fault(_ANEW)


_ANEW = Said(
    "During the training, weights get numbers unlike those that the last step has left: what was "
    "learnt before is lost. Which line sets them, and how often does it run?"
)


def judge_zeroing(parameters: list[Parameter]) -> None:
    """Refuse gradients that were added to those of an earlier step."""
    stale = max((one.stale for one in parameters), default=0)
    if stale:
        raise Fault(
            "{count} times, a new gradient was added to what an earlier step had left, which "
            "still held those of earlier batches. They add up until they are set to zero. Where "
            "in the loop does that happen?",
            count=stale,
        )


def judge_coverage(
    steps: Steps,
    used: list[Leave],
    all_leaves: list[Leave],
    touched: torch.Tensor,
    places: torch.Tensor,
    count: int,
) -> None:
    """Say what was left out of a training, of its batches, images and epochs.

    Parameters
    ----------
    steps
        The steps that were made.
    used, all_leaves
        Batches whose gradient came back, and all that went through with gradients on.
    touched
        Whether each row of ``used`` has a part in the loss, bool ``(rows,)``.
    places
        Which image each row of ``used`` was, int64 ``(rows,)``.
    count
        Number of images that were handed in.
    """
    seen = torch.stack([places, steps_of(used)], 1)[touched].unique(dim=0)
    _, often = seen[:, 0].unique(return_counts=True)  # steps of each image
    covered, median = len(often) / count, float(often.float().median())
    if covered >= COVERED and median == EPOCHS:
        return
    if steps.ends:
        raise Fault(_ANEW)
    if float(touched.double().mean()) < WHOLE:
        raise Fault(
            "Of the {count} images that went through, only {touched} contribute to the loss: for "
            "the others its gradient is 0. What is the loss computed over?",
            count=len(touched),
            touched=int(touched.sum()),
        )
    dropped = sum(one.dropped for one in all_leaves)
    if dropped > (1 - WHOLE) * len(all_leaves):
        raise Fault(
            "Gradients of {count} batches came back, but those of {dropped} were set to zero "
            "again before any step had used them. Which lines belong to the inner loop?",
            count=len(used) + dropped,
            dropped=dropped,
        )
    if len(used) < WHOLE * len(all_leaves):
        raise Fault(
            "{count} batches went through with gradients on, but backward() ran for {used} of "
            "them. Which lines belong to the inner loop?",
            count=len(all_leaves),
            used=len(used),
        )
    if covered < COVERED:
        raise Fault(
            "Of the {count} images passed in, only {used} were used for training. Does the loop "
            "go over all batches?",
            count=count,
            used=len(often),
        )
    raise Fault(
        "{epochs} epochs were asked for, but most images took part in {median:.0f} of the steps. "
        "What does the function do with `epochs`?",
        epochs=EPOCHS,
        median=median,
    )
