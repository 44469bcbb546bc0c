"""Whether a training of an encoder and a decoder does what its exercise asks for.

It is watched on a few small batches: which rows go in, what gradient comes back to the output, and
what becomes of every weight.
"""

from collections.abc import Callable

import torch
from torch import nn

from aelib.checks.data import test_digits
from aelib.checks.house import check, quietly
from aelib.checks.observed import Training, once_a_step, train_under_watch
from aelib.checks.probes import EPOCHS, GRAY, NOISE, SAME, digit_probe, nearest, noise_probe
from aelib.checks.progress import WHOLE, judge_coverage, judge_weights, judge_zeroing
from aelib.checks.randomness import judge_clipping, judge_copies, judge_noise
from aelib.checks.result import Fault, Result
from aelib.checks.said import Said
from aelib.checks.targets import judge_target, pixels_and_pull
from aelib.checks.tasks import attempt
from aelib.mnist import Split
from aelib.models import RELU_SIZES, mlp_autoencoder

EVEN = 0.999  # correlation of rows that are only shifted or scaled with their originals
BETTER = 0.98  # of the error before, where a training runs out of sight and only its end is seen


@check("autoencoder_training")
def autoencoder_training(
    result: Result,
    train_autoencoder: Callable,
    pair: tuple[nn.Module, nn.Module] | None = None,
) -> None:
    """Check a learner's ``train_autoencoder(encoder, decoder, train, epochs)``.

    Parameters
    ----------
    train_autoencoder
        Trains both networks in place on the images of ``train``, a :class:`aelib.Split` of
        tensors: images float32 ``(n, 784)`` in [0, 1], labels int64 ``(n,)``.
    pair
        Encoder and decoder to train; without it a small pair of our own.
    """
    train = digit_probe()
    pair = pair or mlp_autoencoder(RELU_SIZES, nn.Tanh)  # its units do not die
    start = {name: value.clone() for name, value in nn.ModuleList(pair).state_dict().items()}
    with result.need("both networks are trained"):
        one = train_under_watch(train_autoencoder, pair, train)
        judge_weights(one.seen)
    with result.step("gradients are zeroed before each step"):
        judge_zeroing([*one.seen.everything(), *one.seen.copies])
    with result.need("training uses the images passed in, in [0, 1]"):
        _judge_untouched(one)
        if _is_seen(one):
            _judge_images(one)
            _judge_coverage(one)
    with result.step("the loss compares the output with the image"):
        if one.seen.used:
            judge_target(one, None)
            _judge_direction(one)
    with result.step("labels are not used in training"):
        if _labels_matter(train_autoencoder, pair, start, train) or any(
            not target.is_floating_point() for _, target in one.seen.compared
        ):
            raise Fault(
                "The labels have an effect on the weights: with other labels, the same images "
                "give a different network. What may the loss of an autoencoder depend on?"
            )


def _variant(fresh: bool) -> Said:
    return Said("fresh noise") if fresh else Said("noise drawn once")


def denoiser_training(train_denoiser: Callable, *, fresh: bool) -> Result:
    """Check a learner's ``train_denoiser(encoder, decoder, train, factor, epochs)``.

    Parameters
    ----------
    train_denoiser
        Trains both networks in place to remove noise of that factor from images.
    fresh
        Whether the noise must be drawn anew for each batch, or once for all epochs.
    """
    return _denoiser_training(train_denoiser, _variant(fresh))


@check("denoiser_training, {variant}")
def _denoiser_training(result: Result, train_denoiser: Callable, variant: str) -> None:
    add_denoiser_steps(result, train_denoiser, fresh=variant == _variant(True))


def add_denoiser_steps(result: Result, train_denoiser: Callable, *, fresh: bool) -> None:
    """Add the steps of :func:`denoiser_training` to a result."""
    variant = _variant(fresh)
    train, pair = noise_probe(), mlp_autoencoder(RELU_SIZES, nn.ReLU)
    with result.need("{variant}: both networks are trained", variant=variant):
        one = train_under_watch(train_denoiser, pair, train, NOISE)
        judge_weights(one.seen)
    with result.step("{variant}: gradients are zeroed before each step", variant=variant):
        judge_zeroing([*one.seen.everything(), *one.seen.copies])
    with result.need(
        "{variant}: noisy copies of the images passed in go into the network", variant=variant
    ):
        _judge_untouched(one)
        if not one.seen.used:
            raise Fault(
                "The training cannot be watched: no batch was seen on its way through both "
                "networks with a gradient coming back. Call the two networks that were passed in, "
                "with whole batches: not on other layers, and not inside torch.vmap."
            )
        _judge_originals(one)
        _judge_coverage(one)
    added = (one.rows - train.images[one.places]) / NOISE
    with result.need("{variant}: the noise is as strong as asked for", variant=variant):
        judge_noise(added[:, GRAY], one.places)
    with result.step("{variant}: noisy pixels are clipped to [0, 1]", variant=variant):
        edges = slice(GRAY.stop, None)
        judge_clipping(one.rows[:, edges], train.images[one.places][:, edges], NOISE)
    with result.step(
        "{variant}: the loss compares the output with the clean image", variant=variant
    ):
        judge_target(one, added)
    again = Said("new") if fresh else Said("the same")
    with result.step("{variant}: {again} noise in every epoch", variant=variant, again=again):
        copies = once_a_step(one)
        judge_copies(added[copies, GRAY], one.places[copies], fresh)


def _is_seen(one: Training) -> bool:
    """Whether the batches of the training were seen; if not, its end must speak for it."""
    if one.seen.used:
        return True
    if one.after > BETTER * one.before:
        raise Fault(
            "The networks rebuild the images no better than before: the error is {after:.3f}, it "
            "was {before:.3f}. Does the training go over the images passed in?",
            after=one.after,
            before=one.before,
        )
    return False


def _judge_direction(one: Training) -> None:
    """Refuse steps up the slope, or far beyond its foot: any network is better than a new one."""
    if one.after > one.before:
        raise Fault(
            "The loss pulls the output towards the image, but the steps lead away from it: the "
            "error is {after:.3f}, it was {before:.3f}. In which direction do they change the "
            "weights, and how large are they?",
            after=one.after,
            before=one.before,
        )


def _judge_untouched(one: Training) -> None:
    for name, given, before in (
        (Said("images"), one.given.images, one.untouched.images),
        (Said("labels"), one.given.labels, one.untouched.labels),
    ):
        if given.shape != before.shape or not torch.equal(given, before):
            raise Fault(
                "The {name} of `train` were changed in place: whatever uses them next finds "
                "different numbers. Which operation writes into them, and where could you make a "
                "copy first?",
                name=name,
            )


def _judge_images(one: Training) -> None:
    rows = one.rows
    if bool((one.distances < SAME).all()):
        return
    _judge_scale(one)
    others = rows[one.distances >= SAME]
    if bool((nearest(others[:32], test_digits().images)[1] < SAME).any()):
        raise Fault(
            "Test images are used for training: how well the network does on images it has seen "
            "in training says nothing about new ones. Which images does the loop go over?"
        )
    raise Fault(
        "Images other than those passed in go into the network. Does the loop go over "
        "`train.images`, and are they left as they are?"
    )


def _judge_scale(one: Training) -> None:
    """Refuse pixels far outside [0, 1] where the originals lie inside, and what goes with them."""
    low, high = float(one.rows.min()), float(one.rows.max())
    if one.originals.min() < 0 or one.originals.max() > 1:
        return
    if not (low < -0.05 or high > 1.05) and not _goes_with_an_original(one):
        return
    if low >= 0 and high > 100:
        raise Fault(
            "The network is given pixels up to {high:.0f}: images in [0, 1] were passed in, so "
            "they were multiplied by 255 somewhere. Which range does the decoder's output have?",
            high=high,
        )
    raise Fault(
        "The network is given pixels from {low:.2g} to {high:.2g}: images in [0, 1] were passed "
        "in, so they were shifted or scaled on the way. Which range does the decoder's output "
        "have?",
        low=low,
        high=high,
    )


def _goes_with_an_original(one: Training) -> bool:
    """Whether rows that are no originals are such, multiplied by a number, and another added."""
    others = one.rows[one.distances >= SAME]
    pairs = torch.corrcoef(torch.cat([others, one.originals]).double())
    pairs = pairs[: len(others), len(others) :]
    return bool((pairs.abs().amax(1) > EVEN).all())


def _judge_originals(one: Training) -> None:
    low, high = float(one.rows.min()), float(one.rows.max())
    if high > 100:
        _judge_scale(one)
    if low < -10 or high > 10 or float(one.distances.median()) > 3 * NOISE:
        raise Fault(
            "What goes into the network is not a noisy copy of the images passed in: it is too "
            "far from all of them. Does the loop go over `train.images`, and is the noise "
            "multiplied by the factor?"
        )


def _judge_coverage(one: Training) -> None:
    used = one.seen.used
    gradient = torch.cat([leave.gradient.flatten(1) for leave in used])
    pixels, _ = pixels_and_pull(one.seen, one.untouched.images[one.places])
    held = (pixels < 1e-6) | (pixels > 1 - 1e-6)  # at the end of a sigmoid no gradient is left
    touched = gradient.ne(0).any(1) | held.all(1)
    if float(touched.double().mean()) < WHOLE:
        judge_target(one, None)  # a loss that compares something else may leave no gradient
    count = len(one.untouched.images)
    judge_coverage(one.seen.steps, used, one.seen.leaves, touched, one.places, count)


def _labels_matter(train: Callable, pair: tuple, start: dict, data: Split) -> bool:
    """Train from the same weights and random numbers with true and with mixed labels."""
    both = nn.ModuleList(pair)

    def trained_on(labels: torch.Tensor) -> torch.Tensor:
        both.load_state_dict(start)
        both.zero_grad()
        given = Split(data.images.clone(), labels.clone())
        with quietly():
            attempt(train, *pair, given, EPOCHS)
        weights = [value.detach().cpu().flatten() for value in both.parameters()]
        return torch.cat(weights).clone()

    first, mixed = trained_on(data.labels), trained_on(data.labels.flip(0))
    if torch.equal(first, mixed):
        return False
    return torch.equal(first, trained_on(data.labels))  # else it was chance, not the labels
