import json
import math
from dataclasses import replace

import pandas as pd
import pytest

import aelib
from aelib import Mnist, Split, load_mnist, study
from studies import page as pages
from studies.__main__ import STUDIES, chosen, held
from studies.__main__ import main as run_studies
from studies.study import Study
from studies.tables import FOLDER, decided_by, is_complete, numbers, write_table

PAGE = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

```{code-cell} ipython3
SEED = 4
SIZES = (1, 2)
shown = print("drawn with", SEED)
```

```{code-cell} ipython3
:tags: [solution]

def double(value):
    return "the learner's"
```

```{code-cell} ipython3
def double(value):
    return 2 * value
```

```{code-cell} ipython3
doubled = [double(size) + SEED for size in SIZES]
```

```{code-cell} ipython3
raise AssertionError("a cell that nobody asked for")
```
"""


@pytest.fixture(autouse=True)
def page(tmp_path, monkeypatch):
    (tmp_path / "small.md").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(pages, "CHAPTERS", tmp_path)
    return pages.page


def test_the_cells_of_a_page_run_with_another_seed(page):
    cells = page("small", "SIZES", "double", "doubled")
    assert cells(SEED=10)["doubled"] == [12, 14]


def test_any_constant_of_a_page_can_be_given(page):
    cells = page("small", "SIZES", "double", "doubled", given=("SEED", "SIZES"))
    assert cells(SEED=0, SIZES=(5,))["doubled"] == [10]


def test_cells_that_a_learner_fills_in_are_left_out(page):
    assert page("small", "double")(SEED=0)["double"](4) == 8


def test_what_a_page_prints_is_not_printed_by_its_study(page, capsys):
    page("small", "shown")(SEED=0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("wanted", ["halved", "unknown"])
def test_a_name_that_the_page_does_not_make_any_more_is_told(page, wanted):
    with pytest.raises(LookupError, match=rf"chapters/small.md asks for {wanted}"):
        page("small", "doubled", wanted)


def test_each_study_asks_for_cells_that_its_page_has_and_for_enough_seeds():
    """Reading the studies builds their cells: a name that a page lost is an error there."""
    assert len(STUDIES) == 5
    for each in STUDIES.values():
        assert len(each.seeds) >= (10 if each.name in ("convolutional", "explorer") else 20)


def doubled(size, seed):
    return {"value": 2 * size + seed / 8}


def halved(size, seed):
    return {"value": size / 2 + seed / 8}


SMALL = Study("small", doubled, {"size": [1]}, range(2), seconds=1)
ROWS = pd.DataFrame({"size": [1, 1], "seed": [0, 1], "value": [2.0, 2.125], "seconds": [3.0, 4.0]})


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """An empty folder for tables, and a day to write them on."""
    monkeypatch.setattr("studies.tables.FOLDER", tmp_path)
    monkeypatch.setattr("aelib.studies.FOLDER", tmp_path)

    def on(day):
        monkeypatch.setattr(
            "studies.tables.origin",
            lambda study: [f"date: {day}", f"decided by: {decided_by(study)}"],
        )

    on("first")
    return on


def test_a_table_says_its_origin_and_keeps_it_while_the_numbers_stay(tables):
    path = write_table(SMALL, ROWS)
    assert numbers(path.read_text(encoding="utf-8")) == "size,seed,value\n1,0,2\n1,1,2.125\n"
    tables("second")
    write_table(SMALL, ROWS.assign(seconds=[1.0, 1.0]))
    assert study("small").attrs["origin"]["date"] == "first"
    write_table(SMALL, ROWS.assign(value=[2.0, 3.0]))
    assert study("small").attrs["origin"]["date"] == "second"


def test_a_table_of_other_code_is_written_anew_though_its_numbers_are_the_same(tables):
    write_table(SMALL, ROWS)
    assert is_complete(SMALL)
    other = replace(SMALL, run=halved)
    assert not is_complete(other)
    tables("second")
    write_table(other, ROWS)
    assert is_complete(other)
    assert study("small").attrs["origin"]["date"] == "second"


def test_a_table_with_fewer_seeds_than_the_study_asks_for_is_not_complete(tables):
    write_table(SMALL, ROWS)
    assert not is_complete(replace(SMALL, seeds=range(3)))


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder for the runs of the small study."""
    monkeypatch.setattr("studies.__main__.RUNS", tmp_path / "runs")
    monkeypatch.setattr("studies.__main__.ROOT", tmp_path)
    return tmp_path / "runs"


def test_a_study_whose_table_is_complete_runs_nothing(tables, runs, monkeypatch, capsys):
    run_studies([SMALL], 1)
    assert "2 rows" in capsys.readouterr().out
    monkeypatch.setattr("aelib.sweep", None)
    run_studies([SMALL], 1)
    assert "0 to go" in capsys.readouterr().out
    run_studies([replace(SMALL, seeds=range(1))], 1)  # fewer seeds than there are take none away
    assert len(study("small")) == 2


def test_a_fresh_clone_runs_only_the_seeds_that_a_table_lacks(tables, runs, capsys):
    """The rows of two seeds are told from computed ones by their value."""
    path = write_table(SMALL, ROWS.assign(value=[7.0, 7.25]))
    more = replace(SMALL, seeds=range(4))
    assert held(more) == 2
    run_studies([more], 1)
    assert "4 runs,    2 to go" in capsys.readouterr().out
    text = path.read_text(encoding="utf-8")
    assert numbers(text) == "size,seed,value\n1,0,7\n1,1,7.25\n1,2,2.25\n1,3,2.375\n"


def test_a_table_with_as_many_runs_of_other_seeds_is_not_complete(tables):
    write_table(SMALL, ROWS)
    assert not is_complete(replace(SMALL, seeds=range(1, 3)))


def test_rows_of_other_code_are_not_taken_up(tables, runs):
    write_table(SMALL, ROWS)
    assert held(replace(SMALL, run=halved, seeds=range(4))) == 0


def test_a_result_that_only_some_runs_have_is_taken_up_where_it_stands(tables, runs):
    some = ROWS.assign(stuck=[3.0, None])
    path = write_table(SMALL, some)
    before = numbers(path.read_text(encoding="utf-8"))
    held(replace(SMALL, seeds=range(3)))
    kept = [json.loads(file.read_text("utf-8"))["results"] for file in runs.rglob("*.json")]
    assert sorted(kept, key=len) == [{"value": 2.125}, {"value": 2.0, "stuck": 3.0}]
    again = aelib.sweep(SMALL.run, SMALL.grid, folder=runs / "small", seeds=SMALL.seeds)
    path.unlink()
    assert numbers(write_table(SMALL, again).read_text(encoding="utf-8")) == before


def test_a_table_names_every_processor_that_its_rows_come_from(tmp_path, monkeypatch):
    monkeypatch.setattr("studies.tables.FOLDER", tmp_path)
    path = write_table(SMALL, ROWS)
    here = path.read_text(encoding="utf-8").partition("# machine: ")[2].partition(", Python")[0]
    monkeypatch.setattr("studies.tables.machine", lambda: {"processor": "other", "python": "3.11"})
    write_table(SMALL, ROWS.assign(value=[2.0, 9.0]))
    assert f"# machine: {here} and other, Python 3.11" in path.read_text(encoding="utf-8")


def test_the_first_seeds_of_a_study_can_be_asked_for():
    assert [list(each.seeds) for each in chosen(["features"], 3)] == [[0, 1, 2]]
    assert len(chosen([], None)) == len(STUDIES)
    with pytest.raises(ValueError, match=r"expected some of features.*; found feature"):
        chosen(["feature"], None)
    with pytest.raises(ValueError, match="at least 1 seed; found 0"):
        chosen([], 0)


def test_a_page_reads_the_rows_of_a_study_and_where_they_come_from(tables):
    write_table(SMALL, ROWS)
    table = study("small")
    assert table["value"].tolist() == [2, 2.125]
    assert table.attrs["origin"]["decided by"] == decided_by(SMALL)


def test_a_study_that_is_not_there_is_named_with_those_that_are(tables):
    write_table(SMALL, ROWS)
    with pytest.raises(ValueError, match="one of small; found 'big'"):
        study("big")


@pytest.mark.parametrize("name", [file.stem for file in FOLDER.glob("*.csv")])
def test_a_table_in_the_package_holds_whole_rows_of_its_studys_grid(name):
    each, table = STUDIES[name], study(name)
    assert list(table.columns[: len(each.grid) + 1]) == [*each.grid, "seed"]
    assert not table.duplicated([*each.grid, "seed"]).any()
    for name, values in each.grid.items():
        assert set(table[name]) == set(values)
    assert table.groupby([*each.grid]).size().nunique() == 1  # the same seeds everywhere


@pytest.fixture
def few_images(monkeypatch):
    """Let every study run on few images: its numbers mean nothing, but it runs to its end."""
    train, test = load_mnist()
    few = Mnist(
        Split(train.images[:600], train.labels[:600]), Split(test.images[:300], test.labels[:300])
    )
    monkeypatch.setattr("aelib.load_mnist", lambda: few)


RUNS = {  # one of each way through a study
    "features": [{"method": m} for m in ("sigmoid", "relu", "explorer", "pca", "labels_alone")],
    "denoising": [{"method": m} for m in ("variant 2, redrawn", "linear, 0.5", "explorer, 100")],
    "stuck": [{"decoder": "transposed"}],
    "convolutional": [{"decoder": "upsampling"}],
    "explorer": [{"start": "PCA", "latent_size": 2}, {"start": "random", "latent_size": 100}],
}


def test_every_study_is_tried():
    assert RUNS.keys() == STUDIES.keys()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the map's page draws torch's tensors
@pytest.mark.parametrize(
    ("name", "values"), [(name, values) for name, several in RUNS.items() for values in several],
    ids=str,
)  # fmt: skip
def test_a_study_runs_to_its_end_and_gives_numbers(name, values, few_images, monkeypatch):
    monkeypatch.setattr("studies.features.STEPS", 10)
    results = STUDIES[name].run(**values, seed=3)
    assert results
    assert all(math.isfinite(value) for value in results.values())
