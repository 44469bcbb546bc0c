"""What the loss of a watched training pulls the output towards."""

import torch

from aelib.checks.observed import Training
from aelib.checks.probes import GRAY
from aelib.checks.progress import WHOLE
from aelib.checks.result import Fault
from aelib.checks.said import Said
from aelib.checks.watch import Watch

AGREEMENT = 0.98  # of the gradient's signs; measured 1.00 for the right image, 0.5 by chance
ALIKE = 0.995  # correlation of a batch's gradient with what a sigmoid too many would make of it
LEANING = 0.03  # correlation of the gradient with the noise; 0.00 where the noise is no target


def judge_target(one: Training, added: torch.Tensor | None) -> None:
    """Say what the loss pulls the output towards, where that is not the image.

    The gradient at the output is compared, by its signs, with that of the squared error. So it is
    for the absolute error and the cross-entropy, too, whatever their factors.
    """
    gradient = torch.cat([leave.gradient for leave in one.seen.used]).float()
    pixels, wanted = pixels_and_pull(one.seen, one.untouched.images[one.places])
    told = (gradient != 0) & (wanted != 0)
    if gradient.shape == pixels.shape:
        inside = (pixels > 1e-6) & (pixels < 1 - 1e-6)
        touched = ((gradient != 0) & inside).any(0)[inside.any(0)]
        if float(touched.double().mean()) < WHOLE:
            raise Fault(
                "Only {share:.0%} of the pixels contribute to the loss: for the others its "
                "gradient is 0. What is the loss computed over?",
                share=float(touched.double().mean()),
            )
    clean = one.untouched.images[one.places]
    if agreement(gradient, wanted, told) < AGREEMENT:
        raise Fault(other_target(one, gradient, added))
    gray = (clean > 0.1) & (clean < 0.9)
    if gradient.shape == clean.shape and agreement(gradient, wanted, told & gray) < AGREEMENT:
        raise Fault(other_target(one, gradient, added))
    if added is not None and _leans(gradient, added):
        raise Fault(_A_PART)


_A_PART = Said(
    "A part of the loss compares the output with the noisy image: it pulls the noise into the "
    "output. What should come out in the best case?"
)


def _leans(gradient: torch.Tensor, added: torch.Tensor) -> bool:
    """Whether the gradient pulls the noise into the output."""
    if gradient.shape != added.shape:
        return False
    return _correlation(gradient[:, GRAY], added[:, GRAY]) < -LEANING


def _correlation(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]).double())[0, 1])


def pixels_and_pull(seen: Watch, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the output's pixels, and the gradient of the squared error where values were noted."""
    values = torch.cat([leave.values for leave in seen.used]).float().requires_grad_()
    with torch.enable_grad():
        pixels = values if seen.route.tail is None else seen.route.tail(values)
        error = (pixels.flatten(1) - target).square().sum() / 2
        (pull,) = torch.autograd.grad(error, values)
    return pixels.detach().flatten(1).reshape(len(target), -1), pull


def agreement(gradient: torch.Tensor, wanted: torch.Tensor, told: torch.Tensor) -> float:
    """Share of the places whose gradient has the wanted sign."""
    if not bool(told.any()):
        return 0.0
    told = told.reshape(gradient.shape)
    return float((gradient.sign() == wanted.sign())[told].double().mean())


def other_target(one: Training, gradient: torch.Tensor, added: torch.Tensor | None) -> Said:
    """Name the target that the gradient speaks of."""
    clean = one.untouched.images[one.places]
    told = gradient != 0

    def fits(target: torch.Tensor) -> bool:
        _, pull = pixels_and_pull(one.seen, target)
        return agreement(gradient, pull, told & (pull != 0)) >= AGREEMENT

    pixels, pull = pixels_and_pull(one.seen, clean)
    if added is not None and fits(one.rows):
        return Said(
            "The loss compares the output with the noisy image: the network learns to keep the "
            "noise. What should come out in the best case?"
        )
    if added is not None and _leans(gradient, added):
        if not fits(one.rows - clean):
            return _A_PART
        return Said(
            "The loss pulls the output towards the noise, not towards the image without it. "
            "Whoever uses the two networks calls `decoder(encoder(noisy))`: what should come out?"
        )
    if agreement(-gradient, pull, told & (pull != 0)) >= AGREEMENT:
        return Said(
            "The loss pushes the output away from the image: its gradient has the wrong sign. "
            "Should it become larger or smaller during training?"
        )
    _, again = pixels_and_pull(one.seen, pixels - (pixels.sigmoid() - clean))
    if _goes_with(gradient, again, one):
        return Said(
            "The loss applies a sigmoid to an output that has already passed through one, so it "
            "is smallest for a different image. Look up what this loss expects: scores or pixels?"
        )
    signs = gradient[told & (pull != 0)].sign().unique().tolist()
    if len(signs) == 1:
        return Said(
            "The loss makes all pixels {which}, those that are too dark and those that are too "
            "bright. What is the output compared with, and do errors of either sign count?",
            which=Said("darker") if signs == [1] else Said("brighter"),
        )
    if _is_one_for_all(one, 1) or _is_one_for_all(one, 0):
        return Said(
            "The loss moves pixels that are too dark and pixels that are too bright in the same "
            "direction: errors of either sign cancel before they are squared. Over what is the "
            "mean taken, and when?"
        )
    if fits(_means(one, clean)):
        return Said(
            "The loss pulls every output of a batch towards the mean of the batch's images, not "
            "towards its own. Which shapes do the output and the image have where they are "
            "compared?"
        )
    return Said(
        "The loss does not pull the output towards the {target} that went in. What are the two "
        "arguments of the loss, and do their rows match?",
        target=Said("image") if added is None else Said("clean image"),
    )


def _goes_with(gradient: torch.Tensor, pull: torch.Tensor, one: Training) -> bool:
    """Whether the gradient is the pull, up to a factor for each batch."""
    parts = [len(leave.gradient) for leave in one.seen.used]
    pairs = map(_correlation, gradient.split(parts), pull.split(parts))
    return all(one > ALIKE for one in pairs)  # false for NaN, of a batch where all is alike


def _is_one_for_all(one: Training, axis: int) -> bool:
    """Whether each image, or each pixel over the images of a batch, has a gradient of one sign."""
    gradients = [leave.gradient.flatten(1) for leave in one.seen.used]
    signs = [gradient.sign() for gradient in gradients]
    return all(
        bool(((sign >= 0).all(axis) | (sign <= 0).all(axis)).all()) and len(sign) > 1
        for sign in signs
    )


def _means(one: Training, clean: torch.Tensor) -> torch.Tensor:
    """Put the mean of its batch in the place of each image."""
    parts = clean.split([len(leave.gradient) for leave in one.seen.used])
    return torch.cat([part.mean(0).expand_as(part) for part in parts])
