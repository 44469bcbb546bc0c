"""Tables as text: how a file is written is learned from its lines, and each bad one is named."""

import re

import numpy as np
import pytest
from mnist_files import HEADER, PIXEL_NAMES, pictures, quoted, rows

from aelib.mnist import MnistError
from aelib.mnist import text as mnist_text
from aelib.mnist.contents import Source
from aelib.mnist.text import is_wide, load_text

PIXELS, LABELS = pictures(6)
ROWS = [",".join(row) for row in rows((PIXELS, LABELS))]  # the label first


def read(lines, encoding="utf-8"):
    """Read a table from its lines, or from its bytes."""
    content = lines if isinstance(lines, bytes) else "\n".join(lines).encode(encoding)
    return load_text(
        Source("a/set.csv", ("set.csv",), lambda size: content if size < 0 else content[:size])
    )


def same(raw, pixels=PIXELS, labels=LABELS):
    assert raw.pixels.dtype == pixels.dtype
    np.testing.assert_array_equal(raw.pixels, pixels)
    np.testing.assert_array_equal(raw.labels, labels)


def changed(line, column, cell, separator=","):
    """Put another cell into a line; columns are counted from 0."""
    cells = line.split(separator)
    cells[column] = cell
    return separator.join(cells)


@pytest.fixture
def refused(snapshot):
    def refuse(lines, encoding="utf-8"):
        with pytest.raises(MnistError) as caught:
            read(lines, encoding)
        assert str(caught.value) == snapshot
        return caught.value

    return refuse


@pytest.fixture
def blocks(monkeypatch):
    """Parse a row or two at a time."""
    monkeypatch.setattr(mnist_text, "_BLOCK", 3000)


# How a file is written ---------------------------------------------------------------------------

INDEXED = [f"{n},{line}" for n, line in enumerate(ROWS)]
LAST = [",".join([*line.split(",")[1:], line.split(",")[0]]) for line in ROWS]
SEMICOLONS = [line.replace(",", ";") for line in ROWS]
SPACES = [line.replace(",", "  ") for line in ROWS]
HEAD = ",".join(HEADER)
WRITTEN = {
    "no header": ROWS,
    "a header": [HEAD, *ROWS],
    "a header in a comment": ["# " + HEAD, *ROWS],
    "a header in a comment, the label last": ["%% " + ",".join([*PIXEL_NAMES, "y"]), *LAST],
    "a header in quotes": [",".join(map(quoted, HEADER)), *ROWS],
    "a header in quotes, with spaces": [", ".join(map(quoted, HEADER)), *ROWS],
    "a header with commas in quotes": [
        ",".join(map(quoted, ["label", *(f"pixel, {n}" for n in range(784))])),
        *ROWS,
    ],
    "a header in runs of spaces": ["   ".join(HEADER), *SPACES],
    "a header in runs of spaces, quoted": ["   ".join(map(quoted, HEADER)), *SPACES],
    "a header after tabs": [
        "\t" + "\t".join(HEADER),
        *(f"r\t{x}".replace(",", "\t") for x in ROWS),
    ],
    "a header of one name": [",".join(["label", *["px"] * 784]), *ROWS],
    "a header with empty cells at its end": [HEAD + ", ,", *ROWS],
    "commas at the end of all rows": [f"{line},," for line in ROWS],
    "commas at the end of all rows, and a header": [HEAD, *(f"{line},," for line in ROWS)],
    "commas and spaces at the end": [HEAD, *(f"{line},  " for line in ROWS)],
    "spaces around lines": [f"  {line}  " for line in ROWS],
    "spaces around lines in spaces": [f"  {line}  " for line in SPACES],
    "the end of a file in DOS": [*ROWS, "\x1a"],
    "the end of a file in DOS, in its last row": [*ROWS[:-1], ROWS[-1] + "\x1a"],
    "pages": [f"{line}\f" for line in ROWS],
    "blank lines": ["", " ", *ROWS[:2], "", "\t", *ROWS[2:], *[" "] * 9000],
    "words before": ["Digits by hand", *ROWS],
    "words in spaces before": ["Digits written by hand", *ROWS],
    "comments before and among": ["# a, b, c", ' "% d"', *ROWS[:3], "//" + "0," * 781, *ROWS[3:]],
    "another separator told": ["sep=,", *ROWS],
    "another separator told with spaces": [' "SEP=," ', *ROWS],
    "an index": INDEXED,
    "an index from 1": [f"{n},{line}" for n, line in enumerate(ROWS, 1)],
    "an index in quotes": [f'"{n}",{line}' for n, line in enumerate(ROWS)],
    "an index in spaces": [f"{n} {line}" for n, line in enumerate(SPACES)],
    "an index without a name": ["," + HEAD, *INDEXED],
    "an index without a name at the end": [
        HEAD + ",",
        *(f"{line},{n}" for n, line in enumerate(ROWS)),
    ],
    "a label in one letter": [",".join(["X", *PIXEL_NAMES]), *ROWS],
    "a label in one letter at the end": [",".join([*PIXEL_NAMES, "X"]), *LAST],
    "an index without a name at the end, tabs": [
        "\t".join(HEADER) + "\t",
        *(f"{line},{n}".replace(",", "\t") for n, line in enumerate(ROWS)),
    ],
    "row names": [HEAD, *(f'"row {n}",{line}' for n, line in enumerate(ROWS))],
    "another column in Latin-1": [HEAD + ",née", *(f"{line},ö" for line in ROWS)],
    "the label last": LAST,
    "the label last, by its name": [",".join([*PIXEL_NAMES, "label"]), *LAST],
    "semicolons": SEMICOLONS,
    "semicolons, decimal commas": [line.replace(";", ",0;") + ",0" for line in SEMICOLONS],
    "semicolons, decimal points": [line.replace(";", ".0;") + ".0" for line in SEMICOLONS],
    "spaces": SPACES,
    "quotes": [",".join(map(quoted, line.split(","))) for line in ROWS],
    "quotes around some": [changed(line, 3, '"0"') for line in ROWS],
    "quotes with spaces around": [changed(line, 3, ' "0" ') for line in ROWS],
    "quotes with tabs around": [changed(line, 3, '\t"0"\t') for line in ROWS],
    "quotes at the ends": [changed(changed(x, 784, '"0"'), 0, f'"{x[0]}"') for x in ROWS],
    "signs, points and powers": [changed(line, 3, "+0.e1") for line in ROWS],
}
LATIN = {"another column in Latin-1": "latin-1"}


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.usefixtures("blocks")
def test_a_table_is_read_and_each_cell_is_found_again(written):
    lines, encoding = WRITTEN[written], LATIN.get(written, "utf-8")
    raw = read(lines, encoding)
    same(raw)
    assert raw.file == "a/set.csv"
    assert bool(raw.notes) is (written in {"the label last", "another column in Latin-1"})
    for row, pixel in ((0, 0), (2, 120), (5, 783)):
        for where, what, value in (
            (raw.pixel_at(row, pixel), f"pixel {pixel + 1} of 784", PIXELS[row, pixel]),
            (raw.label_at(row), "the label", LABELS[row]),
        ):
            line, column, told = re.fullmatch(
                r"line (\d+), column (\d+) \((.*)\)", where.place
            ).groups()
            text = lines[int(line) - 1]
            cells = next(row for row in map(text.split, (";", "\t", ",", None)) if len(row) >= 784)
            assert cells[int(column) - 1].strip(" \t\f\x1a") == where.value[1:-1]
            assert float(where.value.strip("'\"").replace(",", ".")) == value
            assert (where.file, told) == ("a/set.csv", what)


def test_a_table_without_labels_has_none():
    raw = read([",".join(PIXEL_NAMES), *(line.partition(",")[2] for line in ROWS)])
    assert raw.labels is None
    assert raw.notes == []
    np.testing.assert_array_equal(raw.pixels, PIXELS)
    unnamed = [
        ",".join([*PIXEL_NAMES, ""]),
        *(f"{x.partition(',')[2]},{n}" for n, x in enumerate(ROWS)),
    ]
    assert read(unnamed).labels is None


def test_notes_tell_of_columns_that_are_not_read_and_of_a_label_that_was_looked_for(snapshot):
    more = [HEAD + ",A,B,C,D,E,F,G", *(line + ",1,1,1,1,1,1,1" for line in ROWS)]
    assert read(more).notes == snapshot
    assert read(LAST).notes == snapshot
    assert read(ROWS).notes == read([HEAD, *ROWS]).notes == []


def test_pixels_and_labels_are_cut_from_one_table_where_they_stand_side_by_side():
    for lines in (ROWS, [HEAD, *ROWS], LAST, INDEXED):
        raw = read(lines)
        assert raw.pixels.base is raw.labels.base


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0", 0), ("255", 255), ("254.0", 254), ("256", 256), ("-1", -1), ("0.5", 0.5), ("1e2", 100)],
)
@pytest.mark.parametrize("row", [0, 5])
@pytest.mark.usefixtures("blocks")
def test_whole_numbers_up_to_255_are_bytes_and_others_floats(cell, value, row):
    whole = value in range(256)
    pixels = PIXELS.astype(np.uint8 if whole else np.float32)
    pixels[row, 9] = value
    same(read([*ROWS[:row], changed(ROWS[row], 10, cell), *ROWS[row + 1 :]]), pixels)


def test_a_file_is_parsed_in_blocks(blocks, monkeypatch):
    sizes = []
    parse = mnist_text.pd.read_csv
    monkeypatch.setattr(
        mnist_text.pd,
        "read_csv",
        lambda text, **how: sizes.append(len(text.getvalue())) or parse(text, **how),
    )
    read(ROWS * 4)
    assert max(sizes) < 3000 + len(max(ROWS)) + 2 < sum(sizes) / 8


@pytest.mark.parametrize("column", [10, 0])
def test_numbers_too_large_for_a_pixel_stay_finite(column):
    raw = read([HEAD, changed(ROWS[0], column, "1e99"), changed(ROWS[1], column, "-1e99")])
    values = raw.pixels[:, column - 1] if column else raw.labels
    assert values.tolist() == [np.float32(1e30), np.float32(-1e30)]


@pytest.mark.parametrize("words", [("True", "False"), ("TRUE", "FALSE"), ("true", "false")])
@pytest.mark.usefixtures("blocks")
def test_true_and_false_are_1_and_0_where_all_pixels_are_so(words):
    yes, no = words
    lines = [
        ",".join([str(label), *(yes if pixel > 127 else no for pixel in row)])
        for row, label in zip(PIXELS, LABELS, strict=True)
    ]
    same(read([HEAD, *lines]), (PIXELS > 127).astype(np.uint8))


def test_a_table_of_one_row_is_read():
    same(read([";".join(HEADER), SEMICOLONS[0]]), PIXELS[:1], LABELS[:1])


def test_a_table_begins_within_the_first_fifty_lines(refused):
    same(read([*["# a, b"] * 49, *ROWS]))
    assert refused([*["# a, b"] * 50, *ROWS]).place == "line 1"


def test_the_first_fifty_rows_tell_how_many_cells_there_are(refused):
    assert refused([*(ROWS * 9)[:50], *["0,1,2"] * 60]).place == "line 51"


def test_a_damaged_row_among_the_first_does_not_tell_how_many_cells_there_are(refused):
    assert refused(["0," * 783 + "0", *ROWS]).place == "line 1"


@pytest.mark.parametrize(
    ("head", "wide"),
    [
        (ROWS[0], True),
        ("0," * 783 + "0", True),
        ("0," * 782 + "0", False),
        ("0 " * 784, True),
        ("x\n\n" * 24 + "\n" + ROWS[0], True),
        ("x\n\n" * 25 + ROWS[0], False),
        ("x y\n" + ROWS[0] + "\nz", True),
        ("", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_table_is_told_from_other_text_by_one_of_its_first_fifty_lines(head, wide, encoding):
    assert is_wide(head.encode(encoding)) is wide
    assert is_wide((head + "中").encode(encoding)[:-1]) is wide


# What cannot be read -----------------------------------------------------------------------------

REFUSED = {
    "nothing but blank lines": ["", "  ", ""],
    "a header alone": [HEAD],
    "a header and comments": [HEAD, "# no row", ""],
    "comments alone": ["# one, two", "% three"],
    "words": ["buy milk", "and bread"],
    "a comment, then words": ["# buy", "milk, bread, tea"],
    "784 cells": [line.partition(",")[2] for line in ROWS],
    "784 cells with decimal commas": [
        line.partition(";")[2].replace(";", ",5;") + ",5" for line in SEMICOLONS
    ],
    "783 cells": ["0," * 782 + "0"] * 3,
    "782 cells": ["0," * 781 + "0"] * 3,
    "787 cells": [f"0,0,{line}" for line in ROWS],
    "a header of 783 cells": [",".join(HEADER[:783]), *ROWS],
    "a header of 782 cells": [",".join(HEADER[:782]), *ROWS],
    "a header with a gap, after a comment": ["# a", ",".join([*HEADER[:-1], "pixel784"]), *ROWS],
    "a row of 784 cells": [*ROWS[:3], ROWS[3][2:], *ROWS[4:]],
    "a row of 784 cells below a header": [HEAD, *ROWS[:3], ROWS[3][2:], *ROWS[4:]],
    "a row of 786 cells": [*ROWS[:3], ROWS[3] + ",0", *ROWS[4:]],
    "a row of 783 cells": [*ROWS[:3], ROWS[3][4:], *ROWS[4:]],
    "a row of 1 cell": [*ROWS[:3], "X", *ROWS[4:]],
    "a row of 2 cells": [*ROWS[:3], "5,0", *ROWS[4:]],
    "a row of 786 cells below a header of 787": [HEAD + ",A,B", ROWS[0] + ",1,2", ROWS[1] + ",1"],
    "rows shorter than the header": [HEAD + ",A,B", *ROWS],
    "a short row before the table": ["5,0", *ROWS],
    "a comment with a letter before its mark": ["X# 5,0", *ROWS],
    "an index that begins at 2": INDEXED[2:],
    "an index that leaves out a number": [*INDEXED[:3], *INDEXED[4:]],
    "an index that turns to words": [*INDEXED[:3], "x" + INDEXED[3][1:], *INDEXED[4:]],
    "an index of words": [f"x{line}" for line in INDEXED],
    "an index below 0": [f"-{line}" for line in INDEXED[1:]],
    "the first row in a comment": ["# " + ROWS[0], *ROWS[1:]],
    "a row in a comment": [*ROWS[:3], "#" + ROWS[3], *ROWS[4:]],
    "a row of 784 cells in a comment": [*ROWS[:3], "#" + ROWS[3][2:], *ROWS[4:]],
    "a row of 783 cells in a comment": [*ROWS[:3], "#" + ROWS[3][4:], *ROWS[4:]],
    "a separator told with too much": ["sep=,,,", *ROWS],
    "a word": [*ROWS[:3], changed(ROWS[3], 10, "x" * 41), *ROWS[4:]],
    "a letter at the beginning": ["X" + ROWS[0], *ROWS[1:]],
    "a letter at the end": [*ROWS[:-1], ROWS[-1] + "X"],
    "a word for a label": [*ROWS[:3], changed(ROWS[3], 0, "five"), *ROWS[4:]],
    "a word for a label at the end": [HEAD[6:] + ",y", *LAST[:3], changed(LAST[3], 784, "five")],
    "a word among semicolons": [*SEMICOLONS[:3], changed(SEMICOLONS[3], 10, "x", ";")],
    "a word among other columns": [HEAD + ",A", *(f"{x},A" for x in [ROWS[0], "x" + ROWS[1]])],
    "no number": [*ROWS[:3], changed(ROWS[3], 10, "nan"), *ROWS[4:]],
    "no finite number": [*ROWS[:3], changed(ROWS[3], 10, "-inf"), *ROWS[4:]],
    "a number too long": [*ROWS[:3], changed(ROWS[3], 10, "1e400"), *ROWS[4:]],
    "the first cell empty": [ROWS[0][1:], *ROWS[1:]],
    "the last cell empty": [*ROWS[:-1], ROWS[-1][:-1]],
    "the first cell empty, tabs": [line[1:].replace(",", "\t") for line in ROWS],
    "the last cell empty, tabs": [line[:-1].replace(",", "\t") for line in ROWS],
    "a cell empty": [*ROWS[:3], changed(ROWS[3], 10, " "), *ROWS[4:]],
    "a cell empty among other columns": [HEAD + ",A", *(f"{x},A" for x in [ROWS[0], ROWS[1][1:]])],
    "the last column empty": [line[:-1] for line in ROWS],
    "the last column empty, below a header": [HEAD, *(line[:-1] for line in ROWS)],
    "a stray quote in the first row": [changed(ROWS[0], 10, '"0'), *ROWS[1:]],
    "a quote that begins in one row and ends in the next": [
        changed(ROWS[0], 10, '"0'),
        changed(ROWS[1], 10, '0"'),
        *ROWS[2:],
    ],
    "a quote within a cell, one at its end": [*ROWS[:3], changed(ROWS[3], 10, '2"55"'), *ROWS[4:]],
    "a quote at a cell's beginning, one within": [*ROWS[:3], changed(ROWS[3], 10, '"25"5')],
    "two cells that are a quote": [changed(changed(ROWS[0], 10, '"'), 12, '"'), *ROWS[1:]],
    "quotes, and one cell in words": [
        *(",".join(map(quoted, line.split(","))) for line in ROWS[:3]),
        ",".join(map(quoted, changed(ROWS[3], 10, "white").split(","))),
    ],
    "True among numbers": [*ROWS[:3], changed(ROWS[3], 10, "True"), *ROWS[4:]],
}


@pytest.mark.parametrize("written", REFUSED)
@pytest.mark.usefixtures("blocks")
def test_a_table_that_cannot_be_read_is_refused_with_words(refused, written):
    refused(REFUSED[written])


NO_TEXT = {
    "a web page": b"<html></html>",
    "a zip": b"PK\3\4" + bytes(99),
    "control characters": "\n".join(ROWS).encode()[:3000] + b"\1\0" * 99,
    "a null": "\n".join(ROWS).encode()[:3000] + b"\0",
    "a control character of the second kind": b"\x1f" + b"0\0" * 3,
    "UTF-16 cut within a character": "\n".join(ROWS).encode("utf-16")[:-1],
    "UTF-16 without a mark cut within a character": "\n".join(ROWS).encode("utf-16-be")[:-1],
    "a picture": b"\x89PNG\r\n",
}


@pytest.mark.parametrize("content", NO_TEXT.values(), ids=NO_TEXT)
def test_what_is_no_text_is_refused_with_words(refused, content):
    refused(content)


def test_a_cell_that_cannot_be_decoded_is_shown_all_the_same(refused):
    refused("\n".join([*ROWS[:3], changed(ROWS[3], 10, "é")]).encode("latin-1"))
