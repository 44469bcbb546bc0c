"""Noise is judged by bounds: what lies just inside passes, what lies just outside is told why."""

import math

import pytest
import torch
from told import fault

from aelib.checks import randomness
from aelib.checks.randomness import judge_calls_apart, judge_clipping, judge_copies, judge_noise
from aelib.checks.result import Fault

ROWS, PIXELS = 300, 392
OWN = torch.arange(ROWS)


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def right():
    """Normal numbers whose rows and columns have mean 0 and one spread, almost exactly."""
    noise = numbers(ROWS, PIXELS)
    noise = noise - noise.mean(1, keepdim=True)
    return noise / noise.std()


def uneven(deviation):
    """Noise whose images have strengths of this relative deviation."""
    noise = right()
    noise = noise / noise.std(1, keepdim=True)
    strengths = torch.linspace(-1, 1, ROWS)
    return noise * (1 + deviation * strengths / strengths.std())[:, None]


def sharing(part):
    """Noise of which each two pixels have this correlation."""
    return math.sqrt(1 - part) * right() + math.sqrt(part) * numbers(ROWS, 1, seed=1)


def two_alike(part, axis):
    """Noise with two rows (or pixels) of this correlation."""
    noise = right() if axis == 0 else right().T
    a, b = noise[3], noise[9]
    a = (a - a.mean()) / a.norm()
    b = (b - b.mean()) - (b @ a) * a
    noise[9] = (part * a + math.sqrt(1 - part**2) * b / b.norm()) * noise[9].norm()
    return noise if axis == 0 else noise.T


def of_kurtosis(wanted):
    """Uneven within each image, so that the numbers of all of them have this kurtosis."""
    sizes = torch.ones(PIXELS)
    half = math.sqrt(wanted / 3 - 1)  # half of the pixels have 1 + this, the others 1 - this
    sizes[::2], sizes[1::2] = math.sqrt(1 + half), math.sqrt(1 - half)
    return right() * sizes


def replaced(share):
    noise = right()
    noise[:, : round(share * PIXELS)] = 0
    return noise


def uniform():
    return math.sqrt(12) * (
        torch.rand(ROWS, PIXELS, generator=torch.Generator().manual_seed(0)) - 0.5
    )


PASS = {
    "as it should be": right(),
    "a mean of 0.045": right() + 0.045,
    "10% weaker": 0.91 * right(),
    "10% stronger": 1.09 * right(),
    "strengths a little apart": uneven(0.14),
    "pixels that share a little": sharing(0.01),
    "pixels that share almost too much": sharing(0.0175),
    "two images a little alike": two_alike(0.38, 0),
    "two pixels a little alike": two_alike(0.38, 1),
    "a little peaked": of_kurtosis(3.5),
    "some pixels replaced": replaced(0.15),
    "numbers of another type": right().double(),
    "a little peaked around a mean that is not 0": of_kurtosis(3.57) + 0.045,
}

CLEAN = "The images are clean"
FAIL = {
    "infinite": (torch.where(right() > 3, math.inf, right()), "not finite"),
    "almost nothing": (torch.full((ROWS, PIXELS), 0.009), CLEAN),
    "a mean of 0.07": (right() + 0.07, "on average it is 0.# times the factor, not 0"),
    "a mean of -0.07": (right() - 0.07, "on average it is -0.# times the factor, not 0"),
    "one image clean": (right() * (OWN > 0)[:, None], "0% of the images are clean"),
    "a third clean": (right() * (OWN > 99)[:, None], "33% of the images are clean"),
    "one number for each": (0.4 * right() + numbers(ROWS, 1, seed=1), "by the same number"),
    "11% weaker": (0.89 * right(), "is 0.# times the factor; it should equal"),
    "13% stronger": (1.13 * right(), "is 1.# times the factor; it should equal"),
    "added twice": (1.41 * right(), "1.# times as strong as asked for, as if"),
    "added twice, at least": (1.31 * right(), "as if it had been added twice"),
    "added twice, at most": (1.54 * right(), "as if it had been added twice"),
    "stronger than that": (1.56 * right(), "is 1.# times the factor; it should equal"),
    "less than twice": (1.29 * right(), "is 1.# times the factor; it should equal"),
    "strengths apart": (uneven(0.16), "not equally strong in all images"),
    "pixels that share": (sharing(0.03), "of different pixels is related"),
    "weak pixels that share": (0.02 * sharing(0.03), "of different pixels is related"),
    "two images alike": (two_alike(0.42, 0), "Several images got the same noise"),
    "two images the same": (two_alike(0.95, 0), "Several images got the same noise"),
    "two pixels alike": (two_alike(0.42, 1), "of different pixels is related"),
    "two pixels alike, upside down": (two_alike(-0.42, 1), "of different pixels is related"),
    "peaked": (of_kurtosis(3.75), "its kurtosis is 3.#"),
    "flat": (uniform(), "its kurtosis is 1.#"),
    "more pixels replaced": (replaced(0.22), "22% of the pixels change by exactly the same"),
}


@pytest.mark.parametrize("noise", PASS.values(), ids=PASS)
def test_noise_within_the_bounds_passes(noise):
    assert fault(judge_noise, noise, OWN) == ""


@pytest.mark.parametrize(("noise", "message"), FAIL.values(), ids=FAIL)
def test_noise_beyond_a_bound_is_told_which(noise, message):
    assert message in fault(judge_noise, noise, OWN)


def test_a_fifth_of_the_pixels_may_change_by_one_amount():
    both = torch.rand(2, ROWS, 390, generator=torch.Generator().manual_seed(0)) - 0.5
    noise = math.sqrt(6 / 0.8) * both.sum(0)
    noise = noise + 0.01 * noise.sign()  # no other is near 0
    for count, passes in ((78, True), (79, False)):
        noise[:, :count] = 0
        assert (fault(randomness.judge_values, noise) == "") == passes


def test_noise_that_just_meets_a_bound_passes(monkeypatch):
    noise = two_alike(0.42, 0) + 0.01
    alike = randomness._alike(noise, noise).fill_diagonal_(0)
    related = randomness._correlations(noise.T, noise.T).fill_diagonal_(0)
    strengths, spread = noise.std(1), float(noise.std())
    bounds = {
        "ALIKE": float(alike.max()),
        "COMMON": abs(float(related.mean())),
        "UNEVEN": float(strengths.std() / strengths.mean()),
        "CENTRE": abs(float(noise.mean())),
        "SPREAD": (spread, spread),
    }
    for name, bound in bounds.items():
        monkeypatch.setattr(randomness, name, bound)
    assert fault(judge_noise, noise, OWN) == ""
    assert fault(judge_copies, noise, torch.where(OWN == 9, 3, OWN), True) == ""
    other = numbers(ROWS, PIXELS, seed=1)
    monkeypatch.setattr(randomness, "ALIKE", float(randomness._alike(noise, other).max()))
    assert fault(judge_calls_apart, noise, other) == ""
    monkeypatch.setattr(randomness, "ALIKE", 1.0)
    monkeypatch.setattr(randomness, "EQUAL", float(alike.max()))
    assert fault(judge_noise, noise, OWN) == ""


def test_copies_of_one_image_may_have_the_same_noise():
    noise = torch.cat([right(), right()])
    assert fault(judge_noise, noise, OWN.repeat(2)) == ""
    assert "Several images" in fault(judge_noise, noise, torch.arange(2 * ROWS))


def test_strengths_are_told_from_the_weakest_to_the_strongest_without_the_extremes():
    noise = uneven(0.3)
    noise[0] *= 0.01
    noise[-1] *= 3
    with pytest.raises(Fault) as found:
        judge_noise(noise, OWN)
    values = found.value.said.values
    assert values["low"] == pytest.approx(1 - 0.3 * 1.56, abs=0.03)
    assert values["high"] == pytest.approx(1 + 0.3 * 1.56, abs=0.03)


def test_values_in_a_message_are_those_that_were_measured():
    for noise, name, value in (
        (right() + 0.2, "mean", 0.2),
        (1.4 * right(), "spread", 1.4),
        (0.5 * right(), "spread", 0.5),
        (replaced(0.25), "share", 0.25),
        (of_kurtosis(4.5), "kurtosis", 4.5),
    ):
        with pytest.raises(Fault) as found:
            judge_noise(noise, OWN)
        assert found.value.said.values[name] == pytest.approx(value, rel=0.05)


def test_one_image_of_one_call_that_comes_again_in_the_next_is_noticed():
    first, second = right(), numbers(ROWS, PIXELS, seed=1)
    assert fault(judge_calls_apart, first, second) == ""
    second[7] = -first[5]
    assert "Two calls give the same noise" in fault(judge_calls_apart, first, second)


@pytest.mark.parametrize("fresh", [True, False])
def test_copies_of_an_image_have_noise_of_their_own_or_the_same_as_asked_for(fresh):
    kept = right().repeat(3, 1)
    drawn = numbers(3 * ROWS, PIXELS, seed=2)
    one = drawn.clone()
    one[ROWS + 4] = one[4]  # one image once
    but_one = kept.clone()
    but_one[ROWS + 4] = drawn[4]
    places = OWN.repeat(3)
    wrong = {True: "gets the same noise in every epoch", False: "gets different noise"}[fresh]
    for noise, passes in ((drawn, fresh), (kept, not fresh), (one, False), (but_one, False)):
        assert (fault(judge_copies, noise, places, fresh) == "") == passes
        assert passes or wrong in fault(judge_copies, noise, places, fresh)


def test_clipped_noise_passes_and_values_outside_do_not():
    images = torch.linspace(0, 1, PIXELS).expand(ROWS, -1)
    noisy = images + 0.3 * numbers(ROWS, PIXELS)
    assert fault(judge_clipping, noisy.clamp(0, 1), images, 0.3) == ""
    for wrong in (noisy.clamp(0, 1.5), noisy.clamp(-0.5, 1), noisy * math.nan):
        assert "the noise is not clipped" in fault(judge_clipping, wrong, images, 0.3)


EDGES = {
    "fewer black": (
        lambda x: torch.where(x == 0, 0.01, x),
        "0% of the noisy pixels are pure black",
    ),
    "fewer white": (
        lambda x: torch.where(x == 1, 0.99, x),
        "0% of the noisy pixels are pure white",
    ),
    "more black": (lambda x: torch.where(x < 0.2, 0.0, x), "are pure black; with clipping, 12%"),
    "more white": (lambda x: torch.where(x > 0.8, 1.0, x), "are pure white; with clipping, 12%"),
}


@pytest.mark.parametrize(("squeeze", "message"), EDGES.values(), ids=EDGES)
def test_as_many_pixels_are_black_and_white_as_the_formula_makes_so(squeeze, message):
    images = torch.linspace(0, 1, PIXELS).expand(ROWS, -1)
    noisy = (images + 0.3 * numbers(ROWS, PIXELS)).clamp(0, 1)
    assert message in fault(judge_clipping, squeeze(noisy), images, 0.3)


def test_a_twentieth_of_the_pixels_may_be_black_by_other_means():
    images = torch.full((ROWS, 400), 0.5)
    noisy = images + 0.01 * numbers(ROWS, 400)
    for count, passes in ((20, True), (21, False)):
        some = noisy.clone()
        some[:, :count] = 0
        assert (fault(judge_clipping, some, images, 0.01) == "") == passes


def test_a_kurtosis_lies_between_its_bounds(monkeypatch):
    noise = right()
    mean, spread = float(noise.mean()), float(noise.std())
    kurtosis = float(((noise - mean) / spread).square().square().mean())
    for bounds in ((kurtosis, 9), (0, kurtosis)):
        monkeypatch.setattr(randomness, "PEAK", bounds)
        assert "is not Gaussian" in fault(randomness.judge_values, noise)


def test_lists_are_alike_whatever_their_size():
    one = numbers(2, 9)
    assert torch.allclose(randomness._alike(1e-4 * one, one), randomness._alike(one, one))


def test_lists_of_one_number_are_like_nothing():
    assert float(randomness._alike(torch.ones(2, 9), numbers(2, 9)).max()) == 0
