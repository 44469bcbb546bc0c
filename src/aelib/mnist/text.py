"""Tables as text: CSV and its relatives, recognised from the lines themselves."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mode
from typing import NamedTuple

import numpy as np
import pandas as pd

from aelib.mnist.columns import (
    CELLS,
    JOIN_THEM,
    NAME_THEM,
    NUMBER,
    Columns,
    by_name,
    by_values,
    is_header,
    some_of,
)
from aelib.mnist.contents import HEAD, REMEDIES, Source, kind_of, unpacked, utf16_of
from aelib.mnist.errors import MnistError, replace_it
from aelib.mnist.sets import PIXELS, Raw, Where

_SEPARATORS = (b"\t", b";", b"|", b",", None)  # None: any run of spaces
_BLOCK = 8_000_000  # bytes parsed together, about 4400 rows
_LOOK = 50  # lines looked at to learn the layout
_COMMENT = (b"#", b"%", b"//")
_QUOTE = 34
_HUGE = 1e30  # fits float32, and is no pixel


class _Line(NamedTuple):
    number: int  # counted from 1, as editors do
    text: bytes


@dataclass
class _Layout:
    """How a file is written."""

    separator: bytes | None
    names: list[str] | None = None
    first: int = 1  # the number of the first line that may hold data
    width: int = CELLS  # cells in a row, without those that are empty at its end
    trailing: bool = False  # whether rows end in separators
    decimal: str = "."
    used: list[int] = field(default_factory=list)  # the columns to be parsed
    label: int | None = None  # the label's column, as far as is known
    pixels: list[int] = field(default_factory=list)  # the pixels' columns, in their order

    def split(self, line: bytes) -> list[bytes]:
        return line.split(self.separator)

    def row(self, line: bytes) -> bytes:
        """Return a line with nothing but its cells, separated by one byte."""
        line = line.strip(b" \r\n\f\v\x1a")
        if self.separator is None:
            return b",".join(line.split())
        return line.rstrip(self.separator) if self.trailing else line


def load_text(source: Source) -> Raw:
    """Read a table with a picture a row: the label and 784 pixels."""
    content = _as_ascii(source, unpacked(source))
    layout = _layout(source, content)
    columns, notes = _named_columns(source, layout)
    layout.label, layout.pixels = columns.label, columns.pixels
    if not columns.names_tell:  # then the first, until all rows have been seen
        layout.label, *layout.pixels = columns.pixels
    layout.used = sorted({*columns.pixels, *layout.pixels, *_only(layout.label)})
    table = _table(source, content, layout)  # (n, used)
    del content
    if not columns.names_tell:
        in_order = _take(table, _positions(layout, columns.pixels))
        is_last, note = by_values(source.path, in_order)
        notes = [note] * bool(note)
        if is_last:
            *layout.pixels, layout.label = columns.pixels

    def where(row: int, column: int) -> Where:
        line = _nth_line(_as_ascii(source, unpacked(source)), layout, row)
        return _where(source, layout, line, column)

    label, pixels = layout.label, layout.pixels
    return Raw(
        _take(table, _positions(layout, pixels)),
        None if label is None else table[:, layout.used.index(label)],
        source.path,
        lambda row, pixel: where(row, pixels[pixel]),
        lambda row: where(row, label),
        notes,
    )


def _only(column: int | None) -> list[int]:
    return [] if column is None else [column]


def is_wide(head: bytes) -> bool:
    """Tell from a file's beginning whether its lines have as many cells as a picture has pixels."""
    lines = head.splitlines()[:_LOOK]  # bytes of UTF-16 are cut as well: its separators have nulls
    return any(_best_separator(line)[1] >= PIXELS for line in lines)


def _positions(layout: _Layout, columns: list[int]) -> list[int]:
    place = {column: position for position, column in enumerate(layout.used)}
    return [place[column] for column in columns]


def _take(table: np.ndarray, positions: list[int]) -> np.ndarray:
    """Take columns, without a copy where they stand side by side."""
    start = positions[0]
    if positions == list(range(start, start + len(positions))):
        return table[:, start : start + len(positions)]
    return table[:, positions]


# The layout --------------------------------------------------------------------------------------


def _as_ascii(source: Source, content: bytes) -> bytes:
    """Return the text in an encoding that writes digits and separators as ASCII does."""
    kind = kind_of(content[:HEAD])
    if kind != "text":
        place = "the whole file"
        if kind == "binary":
            at = re.search(rb"[\0-\x08\x0e-\x19\x1b-\x1f]", content)
            place, kind = f"byte {at.start()}", "binary data"
        raise MnistError(
            source.path,
            place,
            "a table of numbers as plain text",
            kind,
            REMEDIES.get(kind, "download the file itself, unpacked, or save it as CSV"),
        )
    encoding = utf16_of(content[:HEAD])
    if encoding:
        try:
            content = content.decode(encoding).encode()
        except UnicodeDecodeError as error:
            raise MnistError(
                source.path,
                f"byte {error.start}",
                f"text in {encoding.upper()}, as its beginning is",
                error.reason,
                replace_it(source.name),
            ) from error
    return content.removeprefix(b"\xef\xbb\xbf")


def _best_separator(line: bytes) -> tuple[bytes | None, int]:
    """Return the separator that cuts a line into a row's cells, and into how many."""
    counts = [(separator, len(line.split(separator))) for separator in _SEPARATORS]
    enough = [pair for pair in counts if pair[1] >= PIXELS]
    return enough[0] if enough else max(counts[:-1], key=lambda pair: pair[1])


def _layout(source: Source, content: bytes) -> _Layout:
    filled = (line for line in _lines(content) if line.text.strip())
    lines = list(itertools.islice(filled, _LOOK))
    if not lines:
        raise _no_row(source)
    cells = {line: _best_separator(line.text)[1] for line in lines}
    start = next((i for i, line in enumerate(lines) if cells[line] >= PIXELS - 1), None)
    if start is None:
        start = next((i for i, line in enumerate(lines) if not _is_comment(line.text)), 0)
        raise _bad_width(source, lines[start], cells[lines[start]], CELLS, first=True)
    for line in lines[:start]:
        if not _is_comment(line.text) and cells[line] > 1:
            raise _bad_width(source, line, cells[line], CELLS)
    layout = _Layout(_best_separator(lines[start].text)[0])
    head = _cells_of_header(layout, lines[start].text)
    if is_header([cell.replace(",", ".") for cell in head]):  # a decimal comma is one of a number
        layout.names = head
        layout.first = lines[start].number + 1
    else:
        layout.first = lines[start].number
    rows = [line.text for line in itertools.islice(_data_lines(content, layout), _LOOK)]
    if not rows:
        raise _no_row(source)
    _learn_width(layout, rows)
    if layout.separator not in {b",", None}:
        layout.decimal = "," if b"," in rows[0] else "."
    return layout


def _learn_width(layout: _Layout, rows: list[bytes]) -> None:
    """Set the cells in a row, and whether rows end in separators that mean nothing."""
    names = layout.names or []
    named = max((count for count, name in enumerate(names, 1) if name), default=CELLS)
    cells = [layout.split(row) for row in rows]
    ends_empty = all(not row[-1].strip() for row in cells)
    layout.trailing = ends_empty and mode(map(len, cells)) > named
    layout.width = mode(layout.row(row).count(layout.separator or b",") + 1 for row in rows)
    while len(names) > layout.width and not names[-1]:
        names.pop()
    if len(names) == layout.width - 1:
        layout.names = ["", *names]  # R names the rows and not their column


def _no_row(source: Source) -> MnistError:
    return MnistError(
        source.path, "the whole file", "at least one row", "no row", replace_it(source.name)
    )


def _is_comment(line: bytes) -> bool:
    bare = line.lstrip(b" \t\"'")
    return bare.startswith(_COMMENT) or (bare[:4].lower() == b"sep=" and len(bare.strip()) <= 6)


def _cells_of_header(layout: _Layout, line: bytes) -> list[str]:
    bare = line.lstrip(b" \t").lstrip(b"#%/").strip(b" ")  # np.savetxt puts names in a comment
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            text = bare.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    separator = (layout.separator or b" ").decode()
    if text.count('"') % 2:  # no header: a damaged row
        return text.split(separator)
    (cells,) = csv.reader([text], delimiter=separator, skipinitialspace=True)
    return [cell.strip() for cell in cells]


def _named_columns(source: Source, layout: _Layout) -> tuple[Columns, list[str]]:
    """Return the columns as the header tells them, or all 785 in the order of the file."""
    if layout.names is not None:
        place = f"the header, line {layout.first - 1}"
        columns = by_name(source.path, place, layout.names)
        ignored = some_of(columns.ignored)
        note = (
            f"{source.path}: columns other than the label and the pixels ({ignored}) are not read."
        )
        return columns, [note] * bool(ignored)
    index = layout.width - CELLS  # an index before the label
    return Columns(None, list(range(max(index, 0), max(index, 0) + CELLS)), []), []


# The rows ----------------------------------------------------------------------------------------


def _blocks(content: bytes) -> Iterator[list[_Line]]:
    """Cut a file into lines, a block at a time."""
    start, number = 0, 1
    while start < len(content):
        end = content.find(b"\n", start + _BLOCK) + 1 or len(content)
        lines = [_Line(at, text) for at, text in enumerate(content[start:end].splitlines(), number)]
        yield lines
        start, number = end, number + len(lines)


def _lines(content: bytes) -> Iterator[_Line]:
    for block in _blocks(content):
        yield from block


def _rows(lines: list[_Line], layout: _Layout) -> list[_Line]:
    """Return the lines that hold data; a whole row behind a comment's mark is damage."""
    return [
        line
        for line in lines
        if line.number >= layout.first
        and line.text.strip(b" \t\r\n\f\v\x1a")
        and not (_is_comment(line.text) and _best_separator(line.text)[1] < PIXELS - 1)
    ]


def _data_lines(content: bytes, layout: _Layout) -> Iterator[_Line]:
    for block in _blocks(content):
        yield from _rows(block, layout)


def _nth_line(content: bytes, layout: _Layout, row: int) -> _Line:
    return next(line for at, line in enumerate(_data_lines(content, layout)) if at == row)


def _table(source: Source, content: bytes, layout: _Layout) -> np.ndarray:
    """Return the used columns: uint8 where all are whole numbers 0-255, else float32."""
    expected = len(layout.names) if layout.names else layout.width
    if not layout.names and not CELLS <= expected <= CELLS + 1:
        line = next(_data_lines(content, layout))
        raise _bad_width(source, line, expected, CELLS, first=True)
    parts = []
    for block in _blocks(content):
        lines = _rows(block, layout)
        texts = [layout.row(line.text) for line in lines]
        if texts and len(_TRUTH.findall(texts[0])) >= PIXELS:
            texts = [_TRUTH.sub(_as_digit, text) for text in texts]
        separator = layout.separator or b","
        for line, text in zip(lines, texts, strict=True):
            if text.count(separator) + 1 != expected:
                raise _bad_width(source, line, text.count(separator) + 1, expected)
        if lines:
            values = _parse(source, layout, lines, texts)
            is_byte = bool(((values >= 0) & (values <= 255) & (values == np.floor(values))).all())
            parts.append(values.astype(np.uint8 if is_byte else np.float32))
    if not layout.names and expected == CELLS + 1:
        _check_index(source, content, layout)
    return np.concatenate(parts)


_TRUTH = re.compile(rb"(?<![^\s,;|])(?:true|false)(?![^\s,;|])", re.IGNORECASE)


def _as_digit(found: re.Match[bytes]) -> bytes:
    """Return 1 for True, 0 for False: a table of comparisons, as pandas and R write it."""
    return b"1" if found[0].lower() == b"true" else b"0"


def _check_index(source: Source, content: bytes, layout: _Layout) -> None:
    """Refuse 786 cells without a header unless the first ones count the rows."""
    first = None
    for row, line in enumerate(_data_lines(content, layout)):
        cell = _unquoted(layout.split(line.text.strip())[0]).strip()
        value = int(cell) if cell.isdigit() else None
        first = value if first is None else first
        if first not in (0, 1) or value != first + row:
            raise _bad_width(source, line, CELLS + 1, CELLS)


def _parse(source: Source, layout: _Layout, lines: list[_Line], texts: list[bytes]) -> np.ndarray:
    """Return the used cells of some rows, float64, all finite."""
    separator = layout.separator or b","
    text = _without_quotes(b"\n".join(texts), texts, separator)
    numbers_only = layout.used == list(range(texts[0].count(separator) + 1))
    if numbers_only:  # one long column: pandas spends most of its time on many short ones
        text, separator = text.replace(separator, b"\n") + b"\n", b"\x1f"
    try:
        values = pd.read_csv(
            io.BytesIO(text),
            header=None,
            sep=separator.decode(),
            decimal=layout.decimal,
            usecols=None if numbers_only else layout.used,
            dtype=np.float64,
            quoting=csv.QUOTE_NONE,
            encoding="latin-1",
        ).to_numpy()  # where a cell is empty, NaN or nothing
    except ValueError as error:  # says neither line nor column
        raise _first_bad_cell(source, layout, lines, texts) from error
    if values.size != len(lines) * len(layout.used) or not np.isfinite(values).all():
        raise _first_bad_cell(source, layout, lines, texts)
    return np.clip(values, -_HUGE, _HUGE).reshape(len(lines), len(layout.used))


def _without_quotes(text: bytes, texts: list[bytes], separator: bytes) -> bytes:
    """Take away quotes that enclose whole cells; leave all as they are where some do not."""
    if b'"' not in text:
        return text
    if any(line.count(b'"') % 2 for line in texts):
        return text
    codes = np.frombuffer(b"\n" + text + b"\n", np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    edges = np.frombuffer(b"\n \t" + separator, np.uint8)
    if not np.isin(codes[quotes[::2] - 1], edges).all():
        return text
    if not np.isin(codes[quotes[1::2] + 1], edges).all():
        return text
    return text.replace(b'"', b"")


def _unquoted(cell: bytes) -> bytes:
    bare = cell.strip()
    return bare[1:-1] if bare[:1] == bare[-1:] == b'"' else cell


def _is_number(cell: bytes, decimal: str) -> bool:
    text = _unquoted(cell).decode("latin-1")
    return NUMBER.fullmatch(text.replace(decimal, ".")) is not None


def _first_bad_cell(
    source: Source, layout: _Layout, lines: list[_Line], texts: list[bytes]
) -> MnistError:
    separator = layout.separator or b","
    for line, text in zip(lines, texts, strict=True):
        cells = text.split(separator)
        for column in layout.used:
            if not _is_number(cells[column], layout.decimal):
                where = _where(source, layout, line, column)
                expected = f"a whole number 0-{9 if column == layout.label else 255}"
                return MnistError(*where[:2], expected, where.value, _MEND)
    return MnistError(
        source.path,
        f"lines {lines[0].number} to {lines[-1].number}",
        "numbers 0-255",
        "something that is not a number to pandas",
        replace_it(source.name),
    )


_MEND = "mend or delete that line; labels are 0-9, pixels 0-255, not scaled beforehand"


def _where(source: Source, layout: _Layout, line: _Line, column: int) -> Where:
    cells = layout.row(line.text).split(layout.separator or b",")
    text = cells[column].decode(errors="replace").strip()
    is_label = column == layout.label
    what = "the label" if is_label else f"pixel {layout.pixels.index(column) + 1} of {PIXELS}"
    value = repr(text[:40]) if text else "an empty cell"
    return Where(source.path, f"line {line.number}, column {column + 1} ({what})", value)


def _bad_width(
    source: Source, line: _Line, found: int, expected: int, first: bool = False
) -> MnistError:
    if found == PIXELS and expected == CELLS:
        remedy = (
            f"if the file has no labels, or one cell is missing: {NAME_THEM}; labels in a file of "
            f"their own are put before the pixels: {JOIN_THEM}"
        )
    elif first:
        remedy = (
            "if all rows are so: write a row of its label and 784 pixels for each picture. "
            "Pictures of another size than 28 x 28, several rows to a picture, or a picture a "
            "column are not read"
        )
    elif found > expected:
        remedy = "mend or delete that line; with pandas, write with to_csv(..., index=False)"
    else:
        remedy = "mend or delete that line; if it is the last, the file may have broken off"
    what = f"the label and {PIXELS} pixels" if expected == CELLS else "as in the header"
    return MnistError(
        source.path,
        f"line {line.number}",
        f"{expected} cells separated by commas, semicolons, tabs or spaces: {what}",
        f"{found} cell{'s' * (found > 1)}",
        remedy,
    )
