"""Compare outputs with numbers in them: text, counts and shapes exactly, numbers as numbers.

The one place for what another processor may change. Where processor, cores, versions and
environment are those that wrote the stored outputs, a number has to come out to the printed digit.
Elsewhere kernels sum in another order, and ten epochs of training amplify the last bit: there a
number may differ by the tolerance of its kind, below, each with what was measured.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

NUMBER = re.compile(
    r"(?<![\w.])([-+]?(?:\d+\.\d+(?:e[-+]?\d+)?|\d+e[-+]?\d+|\d+(?= ?%)))( ?%| dB\b)?(?![\w.]*\d)"
)
"""A number with decimals, an exponent or a percent sign, and its unit; other numbers are counts."""

SPACE = re.compile(r"[ \t]+")
DIGITS = 6
"""Significant digits compared where more are printed, as in a glued value: float32 has seven."""


@dataclass(frozen=True)
class Tolerance:
    """How far a kind of number may lie from the stored one on another kind of machine.

    Attributes
    ----------
    kind
        What the number is.
    relative
        As a share of the stored number.
    absolute
        In the number's own unit; the larger of the two counts.
    reason
        What was measured.
    """

    kind: str
    relative: float
    absolute: float
    reason: str


# Measured between an AMD EPYC of family 25 (AVX-512) and one of family 23 (AVX2), all notebooks.
LOSS = Tolerance(
    "loss or error",
    relative=0.13,
    absolute=1e-6,
    reason="moved by up to 6.5 % in early epochs, 4 % at the end: twice that",
)
SHARE = Tolerance("share in per cent", 0, 1.0, "accuracies moved by up to 0.4 points")
PLAIN_SHARE = Tolerance("share from 0 to 1", 0, 0.01, SHARE.reason)
UNSEEN_SHARE = Tolerance(
    "share from 0 to 1",
    0,
    0.05,
    "accuracy on noise that nothing was trained on: moved by 2.5 points between AVX2 and AVX-512",
)
DIFFERENCE = Tolerance("difference in per cent", 0, 8.0, "of two losses, each of which moves")
DECIBEL = Tolerance("ratio in decibels", 0.008, 0, "moved by up to 0.3 %, an MSE's 2 %")
DERIVED = Tolerance(
    "difference or ratio of two errors", 0.6, 0.03, "moved by up to 20 %: what is left of both"
)
NEAREST = Tolerance(
    "distance of the two nearest codes",
    0.5,
    0,
    "the smallest of eight million, from two codes: moved by 15 % between one thread and two",
)

UNITS = {"%": SHARE, "dB": DECIBEL}
NAMES = {
    "accuracy_noisy": UNSEEN_SHARE,
    "pair_distance": NEAREST,
    "accuracy": PLAIN_SHARE,
    "psnr": DECIBEL,
    "gain": DERIVED,
    "range": DERIVED,
    "ratio": DERIVED,
    "seam": DERIVED,
}
"""Words in the name of a glued value, which is stored without its unit; the first that fits."""


class Output(str):
    """A text that equals another when both say the same, up to what their numbers may differ.

    Parameters
    ----------
    text
        What a cell shows.
    exact
        Whether both come from one kind of machine: then numbers agree to the printed digit.
    name
        Of a glued value, empty for all else.
    """

    def __new__(cls, text: str, *, exact: bool, name: str = ""):
        """Make a text that knows how it is compared."""
        made = super().__new__(cls, text)
        made.exact, made.name = exact, name
        return made

    def __eq__(self, other: object) -> bool:
        """Compare the text between the numbers exactly, then each number."""
        return isinstance(other, str) and not self.differences(other)

    def __ne__(self, other: object) -> bool:
        """Negate."""
        return not self == other

    __hash__ = str.__hash__

    def differences(self, other: str) -> list[str]:
        """Say what differs between the stored text, this one, and another, in words."""
        ours, theirs = NUMBER.sub("#", self), NUMBER.sub("#", other)
        if SPACE.sub(" ", ours) != SPACE.sub(" ", theirs):
            return ["the text between the numbers"]
        pairs = zip(NUMBER.finditer(self), NUMBER.finditer(other), strict=True)
        return [said for pair in pairs if (said := self.difference(*pair))]

    def difference(self, stored: re.Match, found: re.Match) -> str:
        """Say how two numbers differ by more than they may; empty: they agree."""
        if stored[1] == found[1]:
            return ""
        tolerance = kind_of(stored, self.name)
        before, after = float(stored[1]), float(found[1])
        if self.exact:
            digits = min(significant(stored[1]), significant(found[1]))
            if digits > DIGITS and math.isclose(before, after, rel_tol=10**-DIGITS, abs_tol=0):
                return ""
            return f"{stored[0]} is now {found[0]}, on the kind of machine that wrote it"
        if max(map(significant, (stored[1], found[1]))) <= DIGITS and (
            decimals(stored[1]) != decimals(found[1])
        ):
            return f"{stored[0]} is now {found[0]}, printed with other decimals"
        rounding = (unit(stored[1]) + unit(found[1])) / 2
        allowed = max(tolerance.relative * abs(before), tolerance.absolute) + rounding
        if abs(after - before) <= allowed * (1 + 1e-9):
            return ""
        return f"{stored[0]} is now {found[0]}: a {tolerance.kind} may differ by {allowed:.2g}"


def kind_of(number: re.Match, name: str) -> Tolerance:
    """Tell the kind of a number by its sign and unit, or by the name of the glued value."""
    unit_ = (number[2] or "").strip()
    if unit_ == "%" and number[1][0] in "+-":
        return DIFFERENCE
    if unit_:
        return UNITS[unit_]
    return next((kind for word, kind in NAMES.items() if word in name), LOSS)


def significant(number: str) -> int:
    """Count the significant digits of a printed number."""
    return len(Decimal(number).as_tuple().digits)


def decimals(number: str) -> int:
    """Count the printed decimals of a number, before its exponent."""
    return len(number.partition("e")[0].partition(".")[2])


def unit(number: str) -> float:
    """Return what one more in the last printed digit is worth: 0.001 for "0.123"."""
    return 10.0 ** Decimal(number).as_tuple().exponent
