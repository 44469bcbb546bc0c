"""Which columns of a table are the label and the pixels: by their names, else by what they hold."""

import re
from statistics import mode
from typing import NamedTuple

import numpy as np

from aelib.mnist.errors import MnistError
from aelib.mnist.sets import CLASSES, MOST_CLASSES, PIXELS, SIDE

CELLS = 1 + PIXELS
NUMBER = re.compile(r"\s*[+-]?(\d{1,18}\.?\d{0,18}|\.\d{1,18})([eE][+-]?\d{1,2})?\s*", re.ASCII)
NAME_THEM = f"name the columns label, pixel0, ..., pixel{PIXELS - 1} in the header (in any order)"
JOIN_THEM = "np.savetxt(name, np.column_stack([labels, pixels]), fmt='%g', delimiter=',')"

_LABELS = {"label", "labels", "class", "classes", "target", "targets", "y", "digit", "lable"}
_LABELS |= {"classlabel", "labelid", "classid", "标签", "类别", "类", "数字", "標籤", "類別"}
_LABEL_INSIDE = re.compile(r"label|class|target|标签|类别")
_INDEX = {"", "index", "idx", "id", "imageid", "imgid", "row", "rownames", "rowid", "no", "nr"}
_INDEX |= {"unnamed", "unnamed0", "unnamed01", "level0", "序号", "编号", "索引"}
_NEAR = 0.9  # a column is the label's if this share of it could be labels; the rest is damage


class Columns(NamedTuple):
    """Where the label and the pixels stand.

    Attributes
    ----------
    label
        The label's column; None if the names say that there is none.
    pixels
        The columns of the 784 pixels, row by row; of all 785 if the names do not tell the label.
    ignored
        The names of columns that are neither, nor an index.
    """

    label: int | None
    pixels: list[int]
    ignored: list[str]

    @property
    def names_tell(self) -> bool:
        """Whether the names tell which column is the label."""
        return len(self.pixels) == PIXELS


def is_header(cells: list[str]) -> bool:
    """Tell column names: they are no numbers, or numbers more various than 256 pixel values."""
    filled = [cell for cell in cells if cell.strip()]
    numbers = [cell for cell in filled if NUMBER.fullmatch(cell)]
    if len(numbers) <= len(filled) / 2:
        return True
    return len({cell for cell in numbers if cell.strip().isdigit()}) > 256 or _is_mangled(cells)


def _is_mangled(cells: list[str]) -> bool:
    """Tell a row of pixels that pandas took for a header: it wrote 0, 0.1, 0.2, ... 0.10, ..."""
    numbers = [cell.strip() for cell in cells if NUMBER.fullmatch(cell)]
    apart = len(set(numbers)) == len(numbers) > 256
    return apart and len({float(cell) for cell in numbers}) < len(numbers)


def by_name(file: str, place: str, names: list[str]) -> Columns:
    """Find label and pixels by the columns' names.

    Raises
    ------
    MnistError
        The names leave open which column is which.
    """
    if _is_mangled(names):
        raise MnistError(
            file,
            place,
            "column names, or no header at all",
            "a row of pixels turned into names (0, 0.1, 0.2, ...)",
            "write the file again from one read with pd.read_csv(..., header=None)",
        )
    plain = [name.strip().strip("\"'").casefold() for name in names]
    labels = _label_columns(plain)
    pixels, rest = _pixel_columns(plain, set(labels))
    others = [column for column in rest if _bare(plain[column]) not in _INDEX]
    if len(labels) > 1:
        raise _unclear(file, place, [names[column] for column in labels])
    if not labels and len(others) == 1:
        labels, others = others, []
    if not labels and others:
        raise _unclear(file, place, [names[column] for column in others])
    if len(pixels) != PIXELS and (labels or len(pixels) != CELLS):
        raise MnistError(
            file,
            place,
            f"a label and {PIXELS} pixels",
            f"{len(pixels)} columns named like pixels among {len(names)}",
            NAME_THEM,
        )
    ordered = _in_order(file, place, plain, pixels)
    ignored = [names[column] for column in others]
    return Columns(labels[0] if labels else None, ordered, ignored)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name)


def _label_columns(plain: list[str]) -> list[int]:
    exact = [column for column, name in enumerate(plain) if _bare(name) in _LABELS]
    return exact or [
        column
        for column, name in enumerate(plain)
        if _LABEL_INSIDE.search(name) and not re.search(r"\d", name)
    ]


def _pixel_columns(plain: list[str], labels: set[int]) -> tuple[list[int], list[int]]:
    """Return the columns whose names differ in their numbers alone, and the rest."""
    forms = [re.sub(r"\d+", "#", name) for name in plain]
    free = [column for column in range(len(plain)) if column not in labels]
    form = mode(forms[column] for column in free) if free else ""
    pixels = [column for column in free if forms[column] == form]
    if len(pixels) == PIXELS - 1 and form.endswith(".#"):  # pandas: pixel, pixel.1, pixel.2, ...
        pixels = [column for column in free if forms[column] in {form, form[:-2]}]
    return pixels, [column for column in free if column not in set(pixels)]


def _in_order(file: str, place: str, plain: list[str], pixels: list[int]) -> list[int]:
    """Sort the pixels' columns by their names' numbers: pixel7, or row and column as 1x8."""
    numbers = [list(map(int, re.findall(r"\d+", plain[column]))) for column in pixels]
    longest = max(map(len, numbers))
    table = np.array([row + [0] * (longest - len(row)) for row in numbers])  # px.0 is written px
    table = table[:, (table != table[:1]).any(axis=0)]  # (pixels, numbers that vary)
    if not table.shape[1]:
        return pixels  # they are all called alike
    table -= table.min(axis=0)
    if table.shape[1] == 1:
        key, good = table[:, 0], True
    else:
        key, good = table[:, 0] * SIDE + table[:, 1], table.max() < SIDE and table.shape[1] == 2
    order = np.argsort(key, kind="stable")  # else a processor decides which of two is named
    wrong = np.flatnonzero(key[order] != np.arange(len(pixels)))
    if good and not len(wrong):
        return [pixels[index] for index in order]
    at = plain[pixels[order[wrong[0]]]] if len(wrong) else plain[pixels[0]]
    raise MnistError(
        file,
        place,
        "pixel columns numbered without a gap, or by row and column",
        f"names that leave a gap or come twice, near {at!r}",
        NAME_THEM,
    )


def some_of(names: list[str]) -> str:
    """List the first six names, and tell whether there are more."""
    return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")


def _unclear(file: str, place: str, names: list[str]) -> MnistError:
    return MnistError(
        file,
        place,
        "one column of labels",
        f"{len(names)} columns that could be it: {some_of(names)}",
        NAME_THEM + ", and remove the other columns",
    )


def by_values(file: str, table: np.ndarray) -> tuple[bool, str]:
    """Tell from the values whether the label is in the first or in the last of 785 columns.

    Parameters
    ----------
    table
        ``(n, 785)``.

    Returns
    -------
    last, note
        Whether it is in the last column, and what should be said of that, or "".

    Raises
    ------
    MnistError
        Both could be, or neither.
    """
    first, last = table[:, 0], table[:, -1]
    inner_high = table[:, 1:-1].max()
    if inner_high <= 1 and (first.max() > 1) != (last.max() > 1):
        is_last = bool(last.max() > 1)
        return _said(file, True, "the others hold 0 to 1") if is_last else (False, "")
    share_first, share_last = _label_share(first), _label_share(last)
    if share_last == 1 and share_first < _NEAR:
        return _said(file, True, "the first holds values that are none")
    if share_last < _NEAR:
        return False, ""  # the first is, or is named where its labels are checked
    varies_first, varies_last = len(np.unique(first)) > 1, len(np.unique(last)) > 1
    if varies_first and not last.any() and first.max() < CLASSES:
        return False, ""  # the usual file: digits, and the corner of a picture
    if varies_last and not varies_first:
        return _said(file, True, "the first is the same in every row")
    if last.any() and not first.any():
        return _said(file, True, "the first is 0 in every row")
    if len(table) > 1 and not first.any() and not last.any():
        raise MnistError(
            file,
            "its first and last column",
            "labels in one of them",
            "0 in every row of both, as at the edges of a picture, and no header that tells",
            NAME_THEM,
        )
    if not varies_last:
        return _said(file, False, "the last is the same in every row")
    if (first.max() < CLASSES) != (last.max() < CLASSES):
        is_last = bool(last.max() < CLASSES)
        return _said(file, is_last, f"the {'first' if is_last else 'last'} holds values above 9")
    raise MnistError(
        file,
        "its first and last column",
        "labels in one of them",
        "values that could be labels in both, and no header that tells",
        NAME_THEM,
    )


def _label_share(column: np.ndarray) -> float:
    return float(np.mean((column >= 0) & (column < MOST_CLASSES) & (column == np.floor(column))))


def _said(file: str, last: bool, why: str) -> tuple[bool, str]:
    return last, (
        f"{file} has no header; its labels were taken from the {'last' if last else 'first'} "
        f"column, as {why}. To be sure, {NAME_THEM}."
    )
