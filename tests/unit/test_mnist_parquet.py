"""Sets in Parquet: read where pyarrow is installed, or refused with words."""

import io
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from mnist_files import HEADER, PIXEL_NAMES, TEST, TRAIN, Raw, compare, read
from PIL import Image
from told import steady

from aelib.mnist import load_mnist


def as_png(pixels: np.ndarray) -> dict:
    buffer = io.BytesIO()
    Image.fromarray(pixels.reshape(28, 28)).save(buffer, "png")
    return {"bytes": buffer.getvalue(), "path": None}


PARQUET = {
    "Hugging Face": lambda raw: pd.DataFrame(
        {"image": list(map(as_png, raw[0])), "label": raw[1].astype(int)}
    ),
    "columns": lambda raw: pd.DataFrame(np.column_stack([raw[1], raw[0]]), columns=HEADER),
    "columns that are numbered": lambda raw: pd.DataFrame(
        np.column_stack([raw[1], raw[0]]), columns=[str(number) for number in range(785)]
    ),
    "label last": lambda raw: pd.DataFrame(
        np.column_stack([raw[0], raw[1]]), columns=[*PIXEL_NAMES, "class"]
    ),
    "nested lists": lambda raw: pd.DataFrame(
        {"image": raw[0].reshape(-1, 28, 28).tolist(), "label": raw[1].astype(int)}
    ),
    "flat lists": lambda raw: pd.DataFrame({"image": raw[0].tolist(), "label": raw[1].astype(int)}),
    "other names": lambda raw: PARQUET["flat lists"](raw).set_axis(["Img", "Class"], axis=1),
    "names in the plural": lambda raw: PARQUET["flat lists"](raw).set_axis(
        ["images", "labels"], axis=1
    ),
}


@pytest.mark.parametrize("form", PARQUET)
def test_parquet_is_read_where_pyarrow_is_installed(tmp_path, form):
    pytest.importorskip("pyarrow")  # not among the lowest versions; locked for all other tests
    for name, raw in (("train", TRAIN), ("test", TEST)):
        PARQUET[form](raw).to_parquet(tmp_path / f"{name}-00000-of-00001.parquet")
    compare(load_mnist(tmp_path))


def test_parquet_without_names_whose_labels_stand_last_is_read_with_a_word(folder, snapshot):
    pytest.importorskip("pyarrow")
    names = [str(number) for number in range(785)]
    for name, (pixels, labels) in (("train", TRAIN), ("test", TEST)):
        frame = pd.DataFrame(np.column_stack([pixels, labels]), columns=names)
        frame.to_parquet(folder / f"{name}.parquet")
    data, said = read(folder)
    compare(data)
    assert [steady(text, folder) for text in said] == snapshot


def with_cell(column: str, row: int, value: object) -> Callable[[Raw], pd.DataFrame]:
    """Write one cell as something else."""

    def form(raw: Raw) -> pd.DataFrame:
        frame = PARQUET["columns" if column in HEADER else "Hugging Face"](raw)
        frame[column] = frame[column].astype(object)
        frame.at[row, column] = value
        return frame.astype({column: type(value)}) if column in HEADER else frame

    return form


def as_picture(mode: str, side: int) -> dict:
    buffer = io.BytesIO()
    Image.new(mode, (side, side)).save(buffer, "png")
    return {"bytes": buffer.getvalue(), "path": None}


PARQUET_REFUSED = {
    "no row": lambda raw: PARQUET["columns"](raw)[:0],
    "colours": with_cell("image", 3, as_picture("RGB", 28)),
    "a larger picture": with_cell("image", 3, as_picture("L", 32)),
    "larger pictures as lists": lambda raw: pd.DataFrame(
        {"image": [[0] * 1024] * len(raw[1]), "label": raw[1].astype(int)}
    ),
    "no picture": with_cell("image", 3, {"bytes": b"buy milk", "path": None}),
    "a negative pixel": with_cell("pixel7", 3, -1.0),
    "a label above 9": with_cell("label", 3, 12.0),
    "two columns of labels": lambda raw: PARQUET["columns"](raw).assign(target=1),
    "no labels": lambda raw: PARQUET["Hugging Face"](raw)[["image"]],
    "0 in the first and last column": lambda raw: PARQUET["columns that are numbered"](
        (raw[0], 0 * raw[1])
    ),
}


@pytest.mark.parametrize("form", PARQUET_REFUSED)
def test_parquet_that_cannot_be_read_is_refused_with_words(folder, form, refused):
    pytest.importorskip("pyarrow")
    for name, raw in (("train", TRAIN), ("test", TEST)):
        PARQUET_REFUSED[form](raw).to_parquet(folder / f"{name}.parquet")
    refused(folder)


def test_parquet_with_a_label_in_words_is_refused_with_what_numpy_says(folder, refused):
    pytest.importorskip("pyarrow")
    for name, raw in (("train", TRAIN), ("test", TEST)):
        with_cell("label", 3, "five")(raw).to_parquet(folder / f"{name}.parquet")
    with pytest.raises(ValueError, match="five") as error:
        np.array(["five"], object).astype(np.float64)
    assert refused(folder, error.value).found == str(error.value)


def test_a_damaged_parquet_file_is_named_with_what_pyarrow_says(folder, refused):
    pytest.importorskip("pyarrow")
    for name in ("train", "test"):
        (folder / f"{name}.parquet").write_bytes(b"PAR1 and so on")
    with pytest.raises(ValueError, match="Parquet") as error:
        pd.read_parquet(io.BytesIO(b"PAR1 and so on"))
    assert refused(folder, error.value).found == str(error.value)


def test_without_pyarrow_a_parquet_file_says_what_to_install(tmp_path, monkeypatch, refused):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "fastparquet", None)
    for name in ("train", "test"):
        (tmp_path / f"{name}.parquet").write_bytes(b"PAR1 and so on")
    assert "install pyarrow" in refused(tmp_path).remedy
