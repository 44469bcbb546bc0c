"""Where the label stands in a table: by the names in its header, else by what its columns hold."""

import numpy as np
import pytest

from aelib.mnist import MnistError
from aelib.mnist.columns import by_name, by_values, is_header

GREY = [str(number % 256) for number in range(785)]  # a row of pixels: no value is new after 256


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (GREY, False),
        (["label", *GREY[1:]], False),
        (["a"] * 4 + ["1"] * 4, True),
        (["a"] * 4 + ["1"] * 5, False),
        (["a"] * 4 + ["1"] * 4 + ["", " "], True),
        ([str(number) for number in range(256)], False),
        ([str(number) for number in range(257)], True),
        (["0", *(f"0.{number}" for number in range(1, 256))], False),
        (["0", *(f"0.{number}" for number in range(1, 257))], True),  # 0.1 and 0.10, as pandas has
        ([f"{number}.5" for number in range(300)], False),
    ],
)
def test_column_names_are_told_from_a_row_of_pixels(cells, expected):
    assert is_header(cells) is expected


@pytest.mark.parametrize("number", [0, 5, 16, 300, 781])
@pytest.mark.parametrize("names", [("pixel{}", "pixel0{}"), ("pixel0{}", "pixel{}")])
def test_of_two_columns_with_one_number_the_second_is_named_on_every_processor(number, names):
    first, second = (name.format(number) for name in names)
    pixels = [f"pixel{n}" for n in range(783)]
    pixels[number] = first
    with pytest.raises(MnistError) as caught:
        by_name("set.csv", "line 1", ["label", *pixels, second])
    assert caught.value.found.endswith(f"near {second!r}")


DIGITS = np.arange(10)
LIGHT = DIGITS + 200
DAMAGED = np.where(DIGITS == 4, 300, DIGITS)  # nine of ten could be labels


def table(first, last, inner):
    pixels = np.full((len(first), 783), inner)
    return np.column_stack([first, pixels, last])


@pytest.mark.parametrize(
    ("first", "last", "inner", "is_last", "why"),
    [
        (DIGITS, 0 * DIGITS, 200, False, ""),
        (DIGITS, LIGHT, 200, False, ""),
        (DIGITS, 0 * DIGITS + 7, 200, False, "the last is the same in every row"),
        (DIGITS, 3 * DIGITS, 200, False, "the last holds values above 9"),
        (DIGITS, DIGITS % 2, 1, False, ""),
        (DAMAGED, LIGHT, 200, False, ""),
        (LIGHT, LIGHT, 200, False, ""),
        (DIGITS[:1], DIGITS[:1], 200, False, "the last is the same in every row"),
        (DIGITS % 2, DIGITS, 1, True, "the others hold 0 to 1"),
        (LIGHT, DIGITS, 200, True, "the first holds values that are none"),
        (0 * DIGITS + 7, DIGITS, 200, True, "the first is the same in every row"),
        (0 * DIGITS, 0 * DIGITS + 7, 200, True, "the first is 0 in every row"),
        (3 * DIGITS, DIGITS, 200, True, "the first holds values above 9"),
        (DIGITS / 2, DIGITS, 200, True, "the first holds values that are none"),
        (DIGITS - 5, DIGITS, 200, True, "the first holds values that are none"),
    ],
)
def test_without_names_the_label_is_found_by_what_the_columns_hold(
    first, last, inner, is_last, why
):
    found, note = by_values("a.csv", table(first, last, inner))
    assert found is is_last
    assert f"{'last' if is_last else 'first'} column, as {why}." in note if why else not note


@pytest.mark.parametrize(
    ("first", "last", "inner"),
    [
        (DIGITS, DIGITS, 200),
        (DIGITS % 2, DIGITS, 2),
        (LIGHT, DAMAGED, 200),
        (0 * DIGITS, 0 * DIGITS, 200),
    ],
)
def test_without_names_a_label_that_could_stand_in_both_columns_is_asked_for(first, last, inner):
    with pytest.raises(MnistError, match="its first and last column"):
        by_values("a.csv", table(first, last, inner))
