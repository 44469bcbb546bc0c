"""What the loss of a watched training pulls the output towards."""

import torch

from aelib.checks.observed import Training
from aelib.checks.probes import GRAY
from aelib.checks.progress import WHOLE
from aelib.checks.result import Fault
from aelib.checks.said import Said
from aelib.checks.watch import Watch

AGREEMENT = 0.98  # of the gradient's signs; measured 1.00 for the right image, 0.5 by chance
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
    if added is not None and gradient.shape == added.shape:
        pull = gradient[:, GRAY].flatten(), added[:, GRAY].flatten()
        leaning = float(torch.corrcoef(torch.stack(pull).double())[0, 1])
        if leaning < -LEANING:
            raise Fault(
                "A part of the loss compares the output with the noisy image: it pulls the noise "
                "into the output. What should come out in the best case?"
            )


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
    if agreement(-gradient, pull, told & (pull != 0)) >= AGREEMENT:
        return Said(
            "The loss pushes the output away from the image: its gradient has the wrong sign. "
            "Should it become larger or smaller during training?"
        )
    if fits(pixels - (pixels.sigmoid() - clean)):
        return Said(
            "The loss applies a sigmoid to an output that has already passed through one, so it "
            "is smallest for a different image. Look up what this loss expects: scores or pixels?"
        )
    return Said(
        "The loss does not pull the output towards the {target} that went in. What are the two "
        "arguments of the loss, and do their rows match?",
        target=Said("image") if added is None else Said("clean image"),
    )
