"""Whether noise is what it should be: centred, as strong as asked for, clipped."""

import math
from collections.abc import Callable

import torch

from aelib.checks.probes import quietly
from aelib.checks.result import Fault, Result
from aelib.checks.tasks import attempt, start

GRAY = 0.5
FACTOR = 0.1  # a fifth of the way from gray to black: clipping touches no pixel that matters


def noise(add_noise: Callable) -> Result:
    """Check a learner's ``add_noise(images, factor)``.

    Parameters
    ----------
    add_noise
        Takes images, float32 ``(n, 784)`` in [0, 1], and the noise factor; returns noisy copies.
    """
    result = start("noise", add_noise)
    inspect_noise(result, add_noise)
    return result.record()


def inspect_noise(result: Result, add_noise: Callable) -> None:
    """Add the steps about ``add_noise`` to a result."""
    gray = torch.full((200, 784), GRAY)
    with quietly():
        with result.step("noisy images have the shape of the images"):
            noisy = _noisy(add_noise, gray)
        if not result.steps[-1].passed:
            return
        with result.step("the images given stay as they were"):
            if not torch.equal(gray, torch.full_like(gray, GRAY)):
                raise Fault(
                    "The images given were changed in place: later epochs would start from "
                    "noisy images. Return new ones (`a + b` makes a new tensor, `a += b` does not)."
                )
        with result.step("Gaussian noise of the strength asked for, drawn for every pixel"):
            added = (noisy - GRAY) / FACTOR
            judge_noise(float(added.mean()), float(added.std()))
            if float(added.std(0).mean()) < 0.1:
                raise Fault(
                    "All images got the same noise. Draw as many random numbers as there are "
                    "pixels in all images together: look at the shape of what you draw."
                )
        with result.step("noisy pixels are clipped to [0, 1]"):
            images = torch.linspace(0, 1, 784).expand(50, 784).contiguous()
            judge_clipping(attempt(add_noise, images, 1.0))


def _noisy(add_noise: Callable, images: torch.Tensor) -> torch.Tensor:
    noisy = attempt(add_noise, images, FACTOR, told=f"images (200, 784) and the factor {FACTOR}")
    if not isinstance(noisy, torch.Tensor) or noisy.shape != images.shape:
        found = tuple(noisy.shape) if hasattr(noisy, "shape") else type(noisy).__name__
        raise Fault(
            f"A tensor of the images' shape, {tuple(images.shape)}, is expected; found {found}. "
            "Does the function return the noisy images?"
        )
    return noisy


def judge_noise(mean: float, spread: float) -> None:
    """Say what is wrong with noise of this mean and standard deviation, in units of the factor."""
    if not math.isfinite(spread):
        raise Fault("The noisy images hold numbers that are not finite.")
    if spread < 0.1 and abs(mean) < 0.1:
        raise Fault("The images are clean: no noise was added to them.")
    if abs(mean) > 0.1:
        raise Fault(
            f"The noise is not centred: on average it is {mean:.1f} times the factor, not 0. "
            "Is it drawn from a normal distribution, and is the image clipped, not the noise?"
        )
    if 1.25 < spread < 2.2:
        raise Fault(
            f"The noise is {spread:.1f} times as strong as asked for, as if it had been added "
            "twice. Follow one image from the data to the network: where is noise added?"
        )
    if not 0.85 < spread <= 1.25:
        raise Fault(
            f"The standard deviation of the noise is {spread:.2g} times the factor, not 1 times. "
            "Look at how the random numbers and the factor come together in the formula."
        )


def judge_clipping(noisy: torch.Tensor) -> None:
    """Refuse pixels outside [0, 1]."""
    low, high = float(noisy.min()), float(noisy.max())
    if low < 0 or high > 1:
        raise Fault(
            f"Noisy pixels run from {low:.1f} to {high:.1f}: the noise is not clipped. "
            "Compare with the formula: what happens to values below 0 and above 1?"
        )
