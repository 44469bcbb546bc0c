"""Say which faults in a file its unit tests do not see: ``make mutate FILE=src/aelib/noise.py``.

A maintained tool puts one small fault after another into a copy, below ``_build/mutation``, and
runs the file's tests on each. What survives is printed as a difference: either a test is missing,
or the fault changes nothing that anybody could see. More than 5 % of survivors is a failure.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One fault: its name, whether a test saw it, and the lines that it changes, as a diff."""

    name: str
    seen: bool
    difference: str
