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


PIXEL_NAMES = [f"pixel{number}" for number in range(784)]
XY_NAMES = [f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)]
MANGLED = ["5", "0", *(f"0.{number}" for number in range(1, 784))]  # 0.1 and 0.10 are one number
ALIKE = {
    "numbered from 0": PIXEL_NAMES,
    "numbered from 1": [f"px {number}" for number in range(1, 785)],
    "numbers of one width": [f"{number:03}" for number in range(784)],
    "by row and column": XY_NAMES,
    "rows from 0, columns from 1": [f"{n // 28}_{n % 28 + 1}" for n in range(784)],
    "a number in every name": [f"28x28: {name}" for name in PIXEL_NAMES],
    "all the same": ["px"] * 784,
    "all the same, with a number": ["px 1"] * 784,
    "as pandas tells them apart": ["px", *(f"px.{number}" for number in range(1, 784))],
    "as pandas does, with a number": ["px1", *(f"px1.{number}" for number in range(1, 784))],
    "as pandas does, in quotes": ["'px'", *(f"'px.{number}'" for number in range(1, 784))],
    "words and points": [f"px.{number}" for number in range(784)],
}


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE)
@pytest.mark.parametrize("label", [0, 300, 784])
def test_the_label_and_the_pixels_are_found_wherever_the_label_stands(names, label):
    found = by_name("set.csv", "line 1", [*names[:label], "label", *names[label:]])
    assert found == (label, [n for n in range(785) if n != label], [])
    assert found.names_tell


@pytest.mark.parametrize("names", [PIXEL_NAMES, XY_NAMES, ALIKE["as pandas tells them apart"]])
def test_shuffled_pixels_are_put_in_order_by_their_names(names):
    places = np.random.default_rng(0).permutation(784)
    columns = by_name("set.csv", "line 1", ["label", *(names[place] for place in places)]).pixels
    assert [places[column - 1] for column in columns] == list(range(784))


@pytest.mark.parametrize(
    "label",
    [
        "label",
        " Label ",
        "'LABEL'",
        '"label"',
        " 'y' ",
        "class_label",
        "class-id",
        "标签",
        "X",
        "the target",
        "the 类别",
        "number of the digit",
    ],
)
def test_a_label_is_known_by_its_name_or_as_the_only_other_column(label):
    assert by_name("set.csv", "line 1", [*PIXEL_NAMES, label]) == (784, list(range(784)), [])


@pytest.mark.parametrize("index", ["", " ", "Unnamed: 0", "row.names", "Image ID", "'id'", "序号"])
def test_an_index_is_neither_the_label_nor_spoken_of(index):
    assert by_name("set.csv", "line 1", [index, "label", *PIXEL_NAMES]).ignored == []
    assert by_name("set.csv", "line 1", [index, "number", *PIXEL_NAMES]).label == 1
    assert by_name("set.csv", "line 1", [index, *PIXEL_NAMES]).label is None


@pytest.mark.parametrize(
    ("names", "label", "ignored"),
    [
        (["Writer", "label", "SOURCE"], 1, ["Writer", "SOURCE"]),
        (["label 1", "my label"], 1, ["label 1"]),
        (["my label", "label"], 1, ["my label"]),
        (["Writer", "label", "id"], 1, ["Writer"]),
    ],
)
def test_columns_beside_a_label_are_told_as_they_are_written(names, label, ignored):
    found = by_name("set.csv", "line 1", [*names, *PIXEL_NAMES])
    assert found == (label, list(range(len(names), len(names) + 784)), ignored)


def test_names_that_are_all_pixels_leave_the_label_open_or_say_that_there_is_none():
    names = [*PIXEL_NAMES, "pixel784"]
    found = by_name("set.csv", "line 1", names)
    assert found == (None, list(range(785)), [])
    assert not found.names_tell
    assert by_name("set.csv", "line 1", names[:-1]) == (None, list(range(784)), [])


UNCLEAR = {
    "a row of pixels as pandas writes it": MANGLED,
    "two labels": ["label", "class", *PIXEL_NAMES],
    "nothing but labels": ["label"] * 785,
    "two that could be it": [*PIXEL_NAMES, "Left", "right"],
    "six that could be it": [*PIXEL_NAMES, *"ABCDEF"],
    "seven that could be it": [*PIXEL_NAMES, *"ABCDEFG"],
    "one that could be it, and too few pixels": [*PIXEL_NAMES[1:], "other"],
    "one that could be it, and too many pixels": ["other", *PIXEL_NAMES, "pixel784"],
    "too few pixels": ["label", *PIXEL_NAMES[1:]],
    "too many pixels": ["label", *PIXEL_NAMES, "pixel784"],
    "too many pixels, and no label": [*PIXEL_NAMES, "pixel784", "pixel785"],
    "too few as pandas tells them apart": ["px", *(f"px.{n}" for n in range(1, 783)), "label"],
    "one without a number": ["label", "px", *(f"px{n}" for n in range(1, 784))],
    "a gap": ["label", *PIXEL_NAMES[:-1], "pixel784"],
    "one twice": ["label", *PIXEL_NAMES[:-1], "pixel5"],
    "a column of row 0 that is row 1's": [
        "label",
        *("0x28" if n == 28 else f"{n // 28}x{n % 28}" for n in range(784)),
    ],
    "three numbers": ["label", *(f"{n // 28}x{n % 28}x{n % 27}" for n in range(784))],
    "by column and row, one outside": ["label", *XY_NAMES[:-1], "29x1"],
}


@pytest.mark.parametrize("names", UNCLEAR.values(), ids=UNCLEAR)
def test_names_that_leave_a_column_open_are_refused_with_words(names, snapshot):
    with pytest.raises(MnistError) as caught:
        by_name("set.csv", "the header, line 1", names)
    assert str(caught.value) == snapshot


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
        (DIGITS, DIGITS + 1, 200, False, "the last holds values above 9"),
        (DIGITS + 1, 0 * DIGITS, 200, False, "the last is the same in every row"),
        (DIGITS, DIGITS + 53, 200, False, "the last holds values above 9"),  # one of ten is damage
        (DIGITS, DIGITS + 54, 200, False, ""),
        (DIGITS, DIGITS % 2, 1, False, ""),
        (DIGITS % 3, DIGITS % 2, 1, False, ""),
        (DAMAGED, LIGHT, 200, False, ""),
        (LIGHT, LIGHT, 200, False, ""),
        (DIGITS[:1], DIGITS[:1], 200, False, "the last is the same in every row"),
        (DIGITS % 2, DIGITS, 1, True, "the others hold 0 to 1"),
        (DIGITS % 2, DIGITS % 3, 1, True, "the others hold 0 to 1"),
        (LIGHT, DIGITS, 200, True, "the first holds values that are none"),
        (0 * DIGITS + 7, DIGITS, 200, True, "the first is the same in every row"),
        (0 * DIGITS, 0 * DIGITS + 7, 200, True, "the first is 0 in every row"),
        (3 * DIGITS, DIGITS, 200, True, "the first holds values above 9"),
        (DIGITS + 1, DIGITS, 200, True, "the first holds values above 9"),
        (DIGITS + 53, DIGITS, 200, True, "the first holds values above 9"),
        (DIGITS + 54, DIGITS, 200, True, "the first holds values that are none"),
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
        (0 * DIGITS[:2], 0 * DIGITS[:2], 200),
    ],
)
def test_without_names_a_label_that_could_stand_in_both_columns_is_asked_for(first, last, inner):
    with pytest.raises(MnistError, match="its first and last column"):
        by_values("a.csv", table(first, last, inner))


@pytest.mark.parametrize("column", [1, 783])
def test_any_pixel_above_1_tells_that_the_pictures_are_not_binarised(column):
    values = table(DIGITS % 2, DIGITS, 0)
    values[3, column] = 2
    with pytest.raises(MnistError, match="values that could be labels in both"):
        by_values("a.csv", values)
