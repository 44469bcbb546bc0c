"""Sets in Parquet: read where pyarrow is installed, or refused with words."""

import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mnist_files import HEADER, PIXEL_NAMES, TEST, TRAIN, Raw, compare, read
from PIL import Image
from told import steady

from aelib.mnist import load_mnist


def as_dict(picture: Image.Image) -> dict:
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return {"bytes": buffer.getvalue(), "path": None}


def as_png(pixels: np.ndarray) -> dict:
    return as_dict(Image.fromarray(pixels.reshape(28, 28)))


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
    "PNG alone": lambda raw: PARQUET["flat lists"](raw).assign(
        image=[as_png(pixels)["bytes"] for pixels in raw[0]]
    ),
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


def with_cell(form: str, column: str, row: int, value: object) -> Callable[[Raw], pd.DataFrame]:
    """Write one cell as something else."""

    def write(raw: Raw) -> pd.DataFrame:
        frame = PARQUET[form](raw)
        frame[column] = frame[column].astype(object)
        frame.at[row, column] = value
        return frame if column == "image" else frame.astype({column: type(value)})

    return write


def twice(folder: Path, frame: pd.DataFrame) -> Path:
    """Write a table as both splits."""
    frame.to_parquet(folder / "train.parquet")
    shutil.copy(folder / "train.parquet", folder / "test.parquet")
    return folder


PARQUET_REFUSED = {
    "no row": lambda raw: PARQUET["columns"](raw)[:0],
    "colours": with_cell("Hugging Face", "image", 3, as_dict(Image.new("RGB", (28, 28)))),
    "a larger picture": with_cell("Hugging Face", "image", 3, as_dict(Image.new("L", (32, 32)))),
    "larger pictures as lists": lambda raw: pd.DataFrame(
        {"image": [[0] * 1024] * len(raw[1]), "label": raw[1].astype(int)}
    ),
    "no picture": with_cell("Hugging Face", "image", 3, {"bytes": b"buy milk", "path": None}),
    "a negative pixel": with_cell("columns", "pixel7", 3, -1.0),
    "a label above 9": with_cell("columns", "label", 3, 12.0),
    "two columns of labels": lambda raw: PARQUET["columns"](raw).assign(target=1),
    "no labels": lambda raw: PARQUET["Hugging Face"](raw)[["image"]],
    "nothing in place of a picture": with_cell("Hugging Face", "image", 3, {"bytes": None}),
    "0 in the first and last column": lambda raw: PARQUET["columns that are numbered"](
        (raw[0], 0 * raw[1])
    ),
}


@pytest.mark.parametrize("form", PARQUET_REFUSED)
def test_parquet_that_cannot_be_read_is_refused_with_words(folder, form, refused):
    pytest.importorskip("pyarrow")
    refused(twice(folder, PARQUET_REFUSED[form](TRAIN)))


@pytest.mark.parametrize(
    ("form", "column"),
    [
        ("Hugging Face", "label"),
        ("columns", "label"),
        ("columns", "pixel7"),
        ("columns that are numbered", "7"),
    ],
)
def test_parquet_with_a_word_for_a_number_is_refused_with_what_numpy_says(
    folder, form, column, refused
):
    pytest.importorskip("pyarrow")
    twice(folder, with_cell(form, column, 3, "five")(TRAIN))
    with pytest.raises(ValueError, match="five") as error:
        np.array(["five"], object).astype(np.float64)
    assert refused(folder, error.value).found == str(error.value)


def test_parquet_with_a_picture_whose_rows_are_of_unequal_length_is_refused(folder, refused):
    pytest.importorskip("pyarrow")
    rows = [[0] * 28] * 27 + [[0] * 27]
    twice(folder, with_cell("nested lists", "image", 3, rows)(TRAIN))
    with pytest.raises(ValueError, match="shape") as error:
        np.stack(rows)
    assert refused(folder, error.value).found == str(error.value)


def test_a_picture_of_black_and_white_alone_is_read_from_parquet(folder):
    pytest.importorskip("pyarrow")
    black_and_white = [((pixels > 127).astype(np.uint8) * 255, y) for pixels, y in (TRAIN, TEST)]
    for name, raw in zip(("train", "test"), black_and_white, strict=True):
        frame = PARQUET["Hugging Face"](raw)
        frame["image"] = [
            as_dict(Image.fromarray(pixels.reshape(28, 28)).convert("1")) for pixels in raw[0]
        ]
        frame.to_parquet(folder / f"{name}.parquet")
    compare(load_mnist(folder), black_and_white)


def test_the_test_table_in_parquet_may_have_no_labels(folder, snapshot):
    pytest.importorskip("pyarrow")
    PARQUET["columns"](TRAIN).to_parquet(folder / "train.parquet")
    PARQUET["columns"](TEST).drop(columns="label").to_parquet(folder / "test.parquet")
    data, said = read(folder)
    compare(data, (TRAIN, (TEST[0], np.full(len(TEST[1]), -1))))
    assert [steady(text, folder) for text in said] == snapshot


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
