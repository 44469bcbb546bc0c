"""Whether the training of a classifier on an encoder's features does what its exercise asks for."""

import copy
from collections.abc import Callable

import torch
from torch import nn

from aelib.checks.classifier_watch import CODE, SCORES, ClassifierWatch, watch_classifier
from aelib.checks.data import test_digits
from aelib.checks.functorch import plain
from aelib.checks.house import check
from aelib.checks.multiplications import Multiplications
from aelib.checks.probes import EPOCHS, SAME, digit_probe, nearest
from aelib.checks.progress import (
    judge_coverage,
    judge_steps,
    judge_zeroing,
    why_some_stay,
    why_still,
)
from aelib.checks.result import Fault, Result
from aelib.checks.said import Said
from aelib.checks.tasks import attempt
from aelib.checks.watch import Leave
from aelib.models import mlp_autoencoder

AGREEMENT = 0.98  # share of the images whose own label the loss must pull up


@check("classifier_training")
def classifier_training(result: Result, train_classifier: Callable) -> None:
    """Check a learner's ``train_classifier(encoder, train, epochs)``, which returns a classifier.

    Parameters
    ----------
    train_classifier
        Trains a new network from codes to 10 scores, on the codes of the images of ``train``.
    """
    train = digit_probe()
    untouched = train.images.clone(), train.labels.clone()
    encoder, _ = mlp_autoencoder((784, CODE), nn.Sigmoid)
    with torch.no_grad():
        codes = encoder(untouched[0])
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    with result.need("a classifier with 10 scores is returned"):
        told = Said(
            "an encoder, {count} images with labels, and {epochs} epochs",
            count=len(train.images),
            epochs=EPOCHS,
        )
        with watch_classifier(encoder) as seen:
            classifier = attempt(train_classifier, encoder, train, EPOCHS, told=told)
        _judge_scores(classifier, codes)
    with result.need("the encoder stays as it was"):
        if any(not torch.equal(before[k], v) for k, v in encoder.state_dict().items()):
            raise Fault(
                "The encoder's weights changed while the classifier was trained: its features are "
                "no longer those of an autoencoder. Which parameters does the optimiser get, and "
                "how far back do the gradients go?"
            )
    with result.need("training uses the digits passed in"):
        if not all(map(torch.equal, train, untouched)):
            raise Fault(
                "The digits of `train` were changed in place: whatever uses them next finds "
                "different numbers. Which operation writes into them?"
            )
        _judge_weights(classifier, seen)
        judge_steps(seen.steps)
        seen.keep_only(classifier)
        _judge_training(seen, encoder, codes, _entrances(classifier, codes), untouched[1])
    with result.step("gradients are zeroed before each step"):
        judge_zeroing(seen.followed)
    with result.step("cross-entropy gets scores, not probabilities"):
        _judge_compared(seen)
        _judge_last_layer(classifier, codes)
        if seen.compared and all(bool((scores >= 0).all()) for scores, _ in seen.compared):
            raise Fault(
                "What goes into the cross-entropy is never below 0, in no batch: an activation "
                "comes before it. Look up what cross_entropy expects, and what it does itself."
            )


def _judge_scores(classifier: object, codes: torch.Tensor) -> None:
    if not isinstance(classifier, nn.Module):
        raise Fault(
            "The function must return the trained classifier; found {found}. Does it end with "
            "`return classifier`?",
            found=type(classifier).__name__,
        )
    first = next(classifier.parameters(), None)
    if first is not None and first.dtype != torch.float32:
        raise Fault(
            "The classifier's weights are {kind}; features are float32. Which line converts them?",
            kind=first.dtype,
        )
    scores = _scores(classifier, codes[:16])
    if not isinstance(scores, torch.Tensor) or scores.shape != (16, SCORES):
        found = tuple(scores.shape) if hasattr(scores, "shape") else type(scores).__name__
        raise Fault(
            "16 codes must give scores (16, 10), one for each digit; found {found}. How wide "
            "is the last layer?",
            found=found,
        )
    a, b = torch.randn(2, 16, CODE) * 10
    one, other, both, none = (
        _centred(_scores(classifier, x)) for x in (a, b, a + b, torch.zeros_like(a))
    )
    if torch.allclose(one + other, both + none, rtol=1e-3, atol=1e-3):
        raise Fault(
            "The classifier is a linear map: the scores of a sum of codes are the sum of their "
            "scores, so its layers do no more than one. Compare with the task: which layers "
            "should there be, and what is between them?"
        )


def _scores(classifier: nn.Module, codes: torch.Tensor) -> object:
    modes = [(part, part.training) for part in classifier.modules()]
    device = next((p.device for p in classifier.parameters()), "cpu")
    classifier.eval()

    def scores_of(batch):
        return classifier(batch)

    scores_of.__name__ = "classifier"
    try:
        with torch.no_grad():
            return attempt(
                scores_of, codes.to(device), told=Said("codes {shape}", shape=tuple(codes.shape))
            )
    finally:
        for part, mode in modes:
            part.training = mode


def _entrances(classifier: nn.Module, codes: torch.Tensor) -> torch.Tensor:
    """Return what meets the classifier's first weights for codes, or these where it is no code."""
    with Multiplications() as layers:
        _scores(classifier, codes)
    first = layers.seen[0].inputs if layers.seen else codes
    return plain(first) if first.shape == codes.shape else codes


def _centred(scores: torch.Tensor) -> torch.Tensor:
    return scores.cpu() - scores.cpu().mean(1, keepdim=True)  # the same with log-softmax or without


def _judge_weights(classifier: nn.Module, seen: ClassifierWatch) -> None:
    """Refuse weights that are not finite, or still those that they were at first."""
    for name, value in classifier.named_parameters():
        if not bool(value.detach().isfinite().all()):
            raise Fault(
                "The classifier's {name} holds numbers that are not finite: the loss became NaN "
                "or infinite on the way. Print it batch by batch; is the step too large?",
                name=name,
            )
    if not seen.weights:
        raise Fault(
            "The classifier was not trained: no gradient was computed for any weights but the "
            "encoder's. Which line computes a loss from its scores, and which calls backward()?"
        )
    firsts = [first for _, first in seen.weights.values()]
    still = [
        name
        for name, value in classifier.named_parameters()
        if any(f.shape == value.shape and torch.equal(f, value.detach()) for f in firsts)
    ]
    own = {id(value) for value in classifier.parameters()}
    moved = {key for key, (now, first) in seen.weights.items() if not torch.equal(now, first)}
    if still and moved and not moved & own:
        raise Fault(
            "One network was trained, but the classifier that is returned is another: its weights "
            "are still the initial ones. Which network does the function return?"
        )
    followed = {id(one.value): one for one in seen.followed}
    mine = {name: followed.get(id(value)) for name, value in classifier.named_parameters()}
    if still and len(still) == len(mine):
        raise Fault(why_still(seen.steps, [one for one in mine.values() if one] or seen.followed))
    if still:
        raise Fault(why_some_stay(seen.steps, [mine[n] for n in still if mine[n]], still))


def _judge_training(
    seen: ClassifierWatch,
    encoder: nn.Module,
    codes: torch.Tensor,
    entrances: torch.Tensor,
    labels: torch.Tensor,
) -> None:
    """Follow every image from its code to the pull of the loss on its scores.

    The first weights may meet a code as it is, or what the classifier itself makes of it.
    """
    used = [(inputs, one) for inputs, one in seen.leaves if one.is_used and inputs]
    if not used:
        raise Fault(
            "No batch of codes (n, 100) was seen on its way to scores (n, 10) with a gradient "
            "coming back. What does the classifier get, and is the loss computed from its scores?"
        )
    best = [
        min(
            (nearest(rows, known) for rows in inputs for known in (codes, entrances)),
            key=lambda found: found[1].sum(),
        )
        for inputs, _ in used
    ]
    places = torch.cat([place for place, _ in best])
    distances = torch.cat([distance for _, distance in best])
    if float((distances > SAME).double().mean()) > 0.5:
        with torch.no_grad():
            tests = encoder(test_digits().images)
        if bool((nearest(used[0][0][0], tests)[1] < 1e-5).any()):
            raise Fault(
                "The classifier is trained on digits that were not passed in, such as the test "
                "set. Which images does the function use?"
            )
        raise Fault(
            "What the classifier is trained on is not what the encoder makes of the images passed "
            "in. Where do its features come from, and what is done to them?"
        )
    leaves = [one for _, one in used]
    gradient = torch.cat([one.gradient for one in leaves])
    touched = gradient.ne(0).any(1)
    every = [one for _, one in seen.leaves]
    judge_coverage(seen.steps, leaves, every, touched, places, len(codes))
    own = labels[places]
    free = gradient.gather(1, own[:, None]).squeeze(1).ne(0)  # an activation may hold it back
    pulled, own = gradient.argmin(1)[free], own[free]
    if float((pulled == own).double().mean()) >= AGREEMENT:
        return
    if float((gradient.argmax(1)[free] == own).double().mean()) >= AGREEMENT:
        raise Fault(
            "The loss pushes the score of the right digit down. Should it become larger or "
            "smaller during training?"
        )
    changed = _changed(labels[places], _labels_in_the_loss(seen, leaves))
    if changed:
        raise Fault(
            "In the loss, every {own} has the label {other}. What is done to the labels on the "
            "way from `train.labels`?",
            own=changed[0],
            other=changed[1],
        )
    raise Fault(
        "The loss does not pull up the score of the image's own label. Which label goes with "
        "which features: are both in the same order, in every batch? And is the loss one for "
        "classification?"
    )


def _labels_in_the_loss(seen: ClassifierWatch, leaves: list[Leave]) -> torch.Tensor:
    """Return the label that a cross-entropy compared with each row, -1 where none was found."""
    rest = iter(seen.compared or seen.logarithms)

    def found(leaf: Leave) -> torch.Tensor:
        for scores, target in rest:  # in the order of the batches
            if scores.shape == leaf.values.shape and target.shape == scores.shape[:1]:
                apart = _centred(scores) - _centred(leaf.values)
                if float(apart.abs().max()) < SAME:
                    return target
        return torch.full(leaf.values.shape[:1], -1)

    return torch.cat([found(leaf) for leaf in leaves])


def _changed(own: torch.Tensor, compared: torch.Tensor) -> tuple[int, int] | None:
    """Return a label and what it became in the loss, where each label became one other always."""
    pairs = torch.stack([own, compared], 1).unique(dim=0)
    pairs = pairs[pairs[:, 1] >= 0]
    if len(pairs) != len(pairs[:, 0].unique()) or bool((pairs[:, 0] == pairs[:, 1]).all()):
        return None
    one, other = pairs[pairs[:, 0] != pairs[:, 1]][0].tolist()
    return one, other


def _judge_compared(seen: ClassifierWatch) -> None:
    """Refuse what is no scores in a cross-entropy, or no logarithms in the loss for those."""
    if any(_are_probabilities(scores, -1) for scores, _ in seen.compared):
        raise Fault(
            "What goes into the cross-entropy is positive and adds up to 1 for each "
            "image: softmax was applied before. Look up what cross_entropy expects, "
            "and what it does itself."
        )
    if any(_are_probabilities(scores, 0) for scores, _ in seen.compared):
        raise Fault(
            "What goes into the cross-entropy is positive and adds up to 1 for each digit, over "
            "the images of a batch: softmax was applied before, and along which axis? Look up "
            "what cross_entropy expects, and what it does itself."
        )
    for logarithms, _ in seen.logarithms:
        sums = logarithms.exp().sum(-1)
        off = sums[~((sums - 1).abs() < 1e-3)]
        if len(off):
            raise Fault(
                "nll_loss expects logarithms of probabilities, and those of an image add up to 1; "
                "for what it gets here the sum is {sum:.4g}. What comes between the scores and "
                "this loss, and along which axis?",
                sum=float(off[0]),
            )


def _are_probabilities(scores: torch.Tensor, axis: int) -> bool:
    sums = scores.sum(axis)
    return bool((scores >= 0).all()) and torch.allclose(sums, torch.ones_like(sums), atol=1e-4)


class _Louder(Multiplications):
    """Multiply by a factor what the last of so many layers returns."""

    def __init__(self, layers: int, factor: float):
        super().__init__()
        self.layers, self.factor = layers, factor

    def __torch_function__(self, func, types, args=(), kwargs=None):
        before = len(self.seen)
        outputs = super().__torch_function__(func, types, args, kwargs)
        is_last = before < len(self.seen) == self.layers
        return outputs * self.factor if is_last else outputs


def _judge_last_layer(classifier: nn.Module, codes: torch.Tensor) -> None:
    """Refuse scores that an activation bounds: where the last layer returns more they must grow."""
    own = copy.deepcopy(classifier).cpu().eval()
    with torch.no_grad(), Multiplications() as layers:
        own(codes)
    both = []
    for factor in (1000, -1000):
        with torch.no_grad(), _Louder(len(layers.seen), factor):
            both.append(own(codes))
    scores = torch.cat(both)
    low, high = float(scores.min()), float(scores.max())
    if low >= 0 and high > 1.001:
        raise Fault(
            "An activation follows the last layer: whatever its weights are, no score is below 0. "
            "Compare with the task: what comes after that layer, and what does the loss do itself?"
        )
    if max(-low, high) <= 1.001:
        raise Fault(
            "An activation follows the last layer: however large its weights are, the scores stay "
            "between {low:.2g} and {high:.2g}. Compare with the task: what comes after that layer, "
            "and what does the loss do itself?",
            low=low,
            high=high,
        )
