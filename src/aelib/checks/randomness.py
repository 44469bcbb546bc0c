"""Whether numbers are Gaussian noise: drawn for every pixel of every image, each time anew.

The correlation of two lists, the mean, the spread and the kurtosis give a right answer a false
alarm in less than one check of a million. For two lists of ``m`` independent normal numbers the
size of their correlation passes ``a`` with the chance ``I((m - 2) / 2, 1 / 2; 1 - a**2)``, the
regularized incomplete beta function. At ``ALIKE``, times the number of pairs:

- two rows of 392 pixels: 1.7e-16 for each of 1.2 million pairs of a training, 2e-10 in all;
- two of 784 pixels in 300 rows: 5.9e-13 for each of 307,000 pairs, 2e-7 in all.

The mean of ``N`` numbers has the standard deviation ``1 / sqrt(N)``, their spread
``1 / sqrt(2 N)`` and their kurtosis ``sqrt(24 / N)``: with 100,000 numbers or more the bounds
lie 15, 44 and 32 of them away, which is less than 1e-50.
"""

import math

import torch

from aelib.checks.result import Fault
from aelib.checks.said import Said

ALIKE = 0.4  # correlation of two images' noise, or of two pixels', above which it is not chance
EQUAL = 0.9  # the same above which it is one and the same noise
COMMON = 0.02  # mean correlation of two pixels; independent ones give 0.0001
CENTRE = 0.05  # largest mean, in units of the factor
SPREAD = (0.9, 1.1)  # standard deviation in units of the factor
PEAK = (2.5, 3.6)  # kurtosis: 3 for normal numbers, 1.8 for uniform ones, 6 for Laplace's
UNEVEN = 0.15  # relative deviation of the images' strengths: 0.04 by chance with 392 pixels
ONE_VALUE = 0.2  # share of the pixels that may change by one and the same amount


def judge_noise(added: torch.Tensor, originals: torch.Tensor) -> None:
    """Say what is wrong with the noise of images.

    Parameters
    ----------
    added
        Noise in units of the factor, where nothing was clipped, ``(rows, pixels)``.
    originals
        Which image each row was made of, int64 ``(rows,)``.
    """
    added = added.float()
    if not bool(added.isfinite().all()):
        raise Fault("The noisy images hold numbers that are not finite.")
    if float(added.abs().max()) < 0.01:
        raise Fault("The images are clean: no noise was added to them.")
    clean = float(added.eq(0).all(1).double().mean())
    if clean > 0:
        raise Fault(
            "{share:.0%} of the images are clean: no noise was added to them. Which line draws "
            "the noise, and when is it left out?",
            share=clean,
        )
    if float(added.std(1).mean()) < 0.5 * float(added.std()):
        raise Fault(
            "All pixels of an image change by the same number: it becomes brighter or darker as a "
            "whole. Noise is drawn for every pixel; look at the shape of what you draw."
        )
    alike = _alike(added, added)
    alike[originals[:, None] == originals] = 0
    several = Fault(
        "Several images got the same noise: one draw serves many of them, or something resets the "
        "random numbers in between. How many numbers are drawn, and what is fixed?"
    )
    if bool((alike > EQUAL).any()):
        raise several
    _judge_pixels(added)
    if bool((alike > ALIKE).any()):
        raise several
    _judge_evenness(added)
    judge_values(added)


def _judge_evenness(added: torch.Tensor) -> None:
    """Refuse noise that is stronger in some images than in others."""
    strengths = added.std(1)
    if float(strengths.std() / strengths.mean()) > UNEVEN:
        low, high = torch.quantile(strengths.double(), torch.tensor([0.05, 0.95]).double()).tolist()
        raise Fault(
            "The noise is not equally strong in all images: in some its standard deviation is "
            "{low:.2g} times the factor, in others {high:.2g} times. What else than the factor "
            "changes from image to image, from batch to batch or from epoch to epoch?",
            low=low,
            high=high,
        )


def judge_calls_apart(first: torch.Tensor, second: torch.Tensor) -> None:
    """Refuse noise ``(images, pixels)`` of one call that comes again in another."""
    if bool((_alike(first, second) > ALIKE).any()):
        raise Fault(
            "Two calls give the same noise. Something resets the random numbers to the same "
            "start, or keeps them, between the calls: what in the function is fixed?"
        )


def judge_copies(added: torch.Tensor, originals: torch.Tensor, fresh: bool) -> None:
    """Compare the noise of all copies of each image, ``(rows, pixels)`` and ``(rows,)``.

    Parameters
    ----------
    fresh
        Whether every copy must have noise of its own, or all copies of an image the same.
    """
    together = originals[:, None] == originals
    together.fill_diagonal_(False)
    again = _alike(added, added)[together] > ALIKE
    if fresh and bool(again.any()):
        raise Fault(
            "An image gets the same noise in every epoch, or in some of them. Where in the code "
            "is the noise drawn, how often does that line run, and what is fixed?"
        )
    if not fresh and not bool(again.all()):
        raise Fault(
            "An image gets different noise in every epoch. Where in the code is the noise drawn, "
            "and how often does that line run?"
        )


def _alike(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Size of the correlation of each row of one with each row of the other."""
    return _correlations(a, b).abs()


def _correlations(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    a, b = ((part - part.mean(1, keepdim=True)) for part in (a, b))
    a, b = (part / part.norm(dim=1, keepdim=True).clamp_min(1e-12) for part in (a, b))
    return a @ b.T


def _judge_pixels(added: torch.Tensor) -> None:
    """Refuse noise in which pixels go together, two of them or many a little."""
    related = _correlations(added.T, added.T).fill_diagonal_(0)
    if bool((related.abs() > ALIKE).any()) or abs(float(related.mean())) > COMMON:
        raise Fault(
            "The noise of different pixels is related: where one pixel becomes brighter, others "
            "do too. Noise is drawn for every pixel separately."
        )


def judge_values(added: torch.Tensor) -> None:
    """Refuse another mean, another strength, or another distribution than the normal one."""
    mean, spread = float(added.mean()), float(added.std())
    if abs(mean) > CENTRE:
        raise Fault(
            "The noise is not centred: on average it is {mean:.2f} times the factor, not 0. "
            "Is it drawn from a normal distribution, and is the image clipped, not the noise?",
            mean=mean,
        )
    some = (added[:64] * 1e3).round()
    _, counts = some.unique(return_counts=True)
    if float(counts.max()) / some.numel() > ONE_VALUE:
        raise Fault(
            "{share:.0%} of the pixels change by exactly the same amount: pixels are replaced or "
            "left out here and there. Gaussian noise changes every pixel a little, each by a "
            "different amount.",
            share=float(counts.max()) / some.numel(),
        )
    if 1.3 < spread < 1.55:
        raise Fault(
            "The noise is {spread:.1f} times as strong as asked for, as if it had been added "
            "twice. Follow one image from the data to the network: where is noise added?",
            spread=spread,
        )
    if spread > SPREAD[1]:
        raise Fault(_strength(spread))
    kurtosis = float(((added - mean) / spread).square().square().mean())
    if not PEAK[0] < kurtosis < PEAK[1]:
        raise Fault(
            "The noise is not Gaussian: its kurtosis is {kurtosis:.1f}, that of a normal "
            "distribution is 3. From which distribution are the numbers drawn?",
            kurtosis=kurtosis,
        )
    if spread < SPREAD[0]:
        raise Fault(_strength(spread))


def _strength(spread: float) -> Said:
    return Said(
        "The standard deviation of the noise is {spread:.2g} times the factor; it should equal "
        "the factor. Look at how the formula combines the random numbers and the factor.",
        spread=spread,
    )


def judge_clipping(noisy: torch.Tensor, originals: torch.Tensor, factor: float) -> None:
    """Refuse pixels outside [0, 1], and pixels squeezed into it by other means than clipping.

    Parameters
    ----------
    noisy, originals
        Of one shape; some thousand pixels near black or white.
    factor
        With which the noise was asked for: it says how many pixels leave [0, 1].
    """
    low, high = float(noisy.min()), float(noisy.max())
    if not (low >= 0 and high <= 1):
        raise Fault(
            "Noisy pixels run from {low:.1f} to {high:.1f}: the noise is not clipped. "
            "Compare with the formula: what happens to values below 0 and above 1?",
            low=low,
            high=high,
        )
    for edge, name in ((0, Said("black")), (1, Said("white"))):
        beyond = 0.5 * torch.erfc((originals - edge).abs().double() / (factor * math.sqrt(2)))
        expected, found = float(beyond.mean()), float((noisy == edge).double().mean())
        if abs(found - expected) > 0.05:
            raise Fault(
                "{found:.0%} of the noisy pixels are pure {name}; with clipping, {expected:.0%} "
                "would be. The values are brought into [0, 1] in a way other than the formula's: "
                "what happens to a value of -0.3, and does one of 0.5 stay?",
                found=found,
                name=name,
                expected=expected,
            )
