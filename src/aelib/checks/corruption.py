"""Whether a function adds the noise that it should."""

from collections.abc import Callable

import torch

from aelib.checks.house import check
from aelib.checks.probes import NOISE
from aelib.checks.randomness import (
    ALIKE,
    CENTRE,
    judge_calls_apart,
    judge_clipping,
    judge_noise,
    judge_values,
)
from aelib.checks.result import Fault, Result
from aelib.checks.said import Said
from aelib.checks.tasks import attempt

GRAYS = (0.4, 0.6)
SHAPE = (600, 784)  # so many that chance makes no two pixels alike, see randomness.py


@check("noise")
def noise(result: Result, add_noise: Callable) -> None:
    """Check a learner's ``add_noise(images, factor)``.

    Parameters
    ----------
    add_noise
        Takes images, float32 ``(n, 784)`` in [0, 1], and the noise factor; returns noisy copies.
    """
    gray = torch.tensor(GRAYS).repeat(SHAPE[1] // 2).expand(SHAPE).contiguous()
    given = gray.clone()
    with result.need("noisy images have the shape of the images"):
        calls = [_noisy(add_noise, given, NOISE)]
    with result.need("the images given stay as they were"):
        if not torch.equal(given, gray):
            raise Fault(
                "The images given were changed in place: later epochs would start from "
                "noisy images. Return new ones (`a + b` makes a new tensor, `a += b` does not)."
            )
    with result.need("Gaussian noise of the strength asked for, drawn for every pixel"):
        calls += [_noisy(add_noise, gray.clone(), NOISE) for _ in range(2)]
        added = [(noisy - gray) / NOISE for noisy in calls]
        for one in added:
            _judge_averages(one)
            judge_noise(one, torch.arange(len(one)))
        judge_calls_apart(added[0], added[1])
        judge_calls_apart(torch.cat(added[:2]), added[2])
        weaker = (_noisy(add_noise, gray.clone(), NOISE / 2) - gray) / (NOISE / 2)
        judge_values(weaker)
    with result.step("noisy pixels are clipped to [0, 1]"):
        images = torch.linspace(0, 1, SHAPE[1]).expand(SHAPE).contiguous()
        judge_clipping(_noisy(add_noise, images.clone(), 1.0), images, 1.0)


def _noisy(add_noise: Callable, images: torch.Tensor, factor: float) -> torch.Tensor:
    told = Said("images {shape} and the factor {factor}", shape=SHAPE, factor=factor)
    noisy = attempt(add_noise, images, factor, told=told)
    return tensor_like(noisy, images, Said("noisy images")).detach()


def _judge_averages(added: torch.Tensor) -> None:
    """Refuse what moves the darker gray pixels otherwise than the lighter ones.

    Medians must move too: clipping leaves them where they are, however strong the noise. Where one
    noise is drawn for all images, its own average is left in both: not judged here.
    """
    halves = [added[:, start::2] for start in (0, 1)]
    both = [float(half.mean()) for half in halves]
    medians = [float(half.median()) for half in halves]
    apart = min(abs(both[0] - both[1]), abs(medians[0] - medians[1]))
    alike = torch.corrcoef(torch.cat([added[:2, ::2] - both[0], added[:2, 1::2] - both[1]], 1))
    if apart > 2 * CENTRE and abs(float(alike[0, 1])) < ALIKE:
        raise Fault(
            "On average a pixel of {dark} becomes {one:.2f}, and one of {light} becomes "
            "{other:.2f}: noise around 0 leaves averages where they are. What else happens to the "
            "pixels?",
            dark=GRAYS[0],
            one=GRAYS[0] + NOISE * both[0],
            light=GRAYS[1],
            other=GRAYS[1] + NOISE * both[1],
        )


def tensor_like(found: object, wanted: torch.Tensor, name: Said) -> torch.Tensor:
    """Return what was found on the CPU, or say how its kind, shape or type differs."""
    shape = tuple(wanted.shape)
    if found is None:
        raise Fault(
            "Nothing is returned (None); a tensor {shape} is expected. Does the function return "
            "the {name}?",
            shape=shape,
            name=name,
        )
    if not isinstance(found, torch.Tensor):
        raise Fault(
            "A torch tensor {shape} is expected for the {name}; found {found}. The next step "
            "works with tensors: where does another type come in?",
            shape=shape,
            name=name,
            found=_kind_of(found),
        )
    if found.shape != wanted.shape:
        raise Fault(
            "The {name} have the shape {found}; {shape} is expected. In which line does the "
            "shape change?",
            name=name,
            found=tuple(found.shape),
            shape=shape,
        )
    if found.dtype != wanted.dtype:
        raise Fault(
            "The {name} are {found}; {wanted} is expected, like the input: a network with float32 "
            "weights takes no other type. Which operation changes the type?",
            name=name,
            found=found.dtype,
            wanted=wanted.dtype,
        )
    return found.cpu()


def _kind_of(found: object) -> str:
    kind = type(found).__name__
    if not hasattr(found, "shape"):
        return kind
    return Said("{kind} of shape {shape}", kind=kind, shape=tuple(found.shape))
