import math

import pandas as pd
import pytest

from aelib import Mnist, Split, load_mnist
from studies import page as pages
from studies.__main__ import STUDIES
from studies.tables import numbers, write_table

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


def test_a_table_says_its_origin_and_keeps_it_while_the_numbers_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("studies.tables.FOLDER", tmp_path)
    monkeypatch.setattr("studies.tables.ROOT", tmp_path)
    monkeypatch.setattr("studies.tables.origin", lambda: ["date: first"])
    table = pd.DataFrame({"seed": [0, 1], "mse": [0.25, 0.5], "seconds": [3.0, 4.0]})
    path = write_table("small", table)
    assert path.read_text(encoding="utf-8") == "# date: first\nseed,mse\n0,0.25\n1,0.5\n"
    monkeypatch.setattr("studies.tables.origin", lambda: ["date: second"])
    write_table("small", table.assign(seconds=[1.0, 1.0]))
    assert "first" in path.read_text(encoding="utf-8")
    write_table("small", table.assign(mse=[0.25, 0.75]))
    assert "second" in path.read_text(encoding="utf-8")
    assert numbers(path.read_text(encoding="utf-8")) == "seed,mse\n0,0.25\n1,0.75\n"


@pytest.fixture
def few_images(monkeypatch):
    """Let every study run on few images: its numbers mean nothing, but it runs to its end."""
    train, test = load_mnist()
    few = Mnist(
        Split(train.images[:600], train.labels[:600]), Split(test.images[:300], test.labels[:300])
    )
    monkeypatch.setattr("aelib.load_mnist", lambda: few)


RUNS = {  # one of each way through a study
    "features": [{"method": "sigmoid"}, {"method": "pca"}, {"method": "labels_alone"}],
    "denoising": [{"method": "variant 2, redrawn"}, {"method": "linear, 0.5"}],
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
