import functools
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import joblib
import pandas as pd
import pytest
import sweep_runs
from sweep_runs import brittle, doubled, killed_once, noted, trained

from aelib import SweepError, sweep
from aelib.sweep.decides import what_decides

pytestmark = [
    pytest.mark.slow,
    # Loky replaces a worker that has grown, and says so in the very thread that does it.
    pytest.mark.filterwarnings("ignore:A worker stopped while some jobs were given"),
]

HERE = Path(__file__).parent
SEEDS = range(3)
GRID = {"size": [1, 2]}


def code(run):
    return what_decides(run)["code"]


def marks(folder):
    return sorted("-".join(path.name.split("-")[:2]) for path in folder.iterdir())


def test_a_row_for_each_combination_and_seed_in_the_order_of_the_grid(tmp_path):
    table = sweep(doubled, {"size": [5, 3]}, folder=tmp_path, seeds=[4, 0])
    assert list(table.columns) == ["size", "seed", "value", "seconds"]
    rows = table[["size", "seed", "value"]].to_numpy().tolist()
    assert rows == [[5, 4, 14], [5, 0, 10], [3, 4, 10], [3, 0, 6]]


def test_a_second_sweep_runs_nothing_and_a_wider_one_only_what_is_new(tmp_path):
    (log := tmp_path / "log").mkdir()
    run = functools.partial(noted, folder=str(log))
    first = sweep(run, GRID, folder=tmp_path / "runs", seeds=SEEDS)
    assert len(marks(log)) == 6
    again = sweep(run, GRID, folder=tmp_path / "runs", seeds=SEEDS)
    pd.testing.assert_frame_equal(first, again)
    assert len(marks(log)) == 6
    sweep(run, {"size": [1, 2, 3]}, folder=tmp_path / "runs", seeds=range(4))
    assert marks(log) == sorted({f"{size}-{seed}" for size in (1, 2, 3) for seed in range(4)})


def test_a_changed_constant_that_the_function_reads_starts_afresh(tmp_path, monkeypatch):
    before = sweep(doubled, GRID, folder=tmp_path, seeds=SEEDS)
    monkeypatch.setattr(sweep_runs, "FACTOR", 3)
    after = sweep(doubled, GRID, folder=tmp_path, seeds=SEEDS)
    assert (after["value"] - before["value"]).tolist() == [1, 1, 1, 2, 2, 2]


def test_files_of_another_machine_are_taken_and_strays_harm_nothing(tmp_path):
    here, there, log = tmp_path / "here", tmp_path / "there", tmp_path / "log"
    log.mkdir()
    run = functools.partial(noted, folder=str(log))
    sweep(run, GRID, folder=there, seeds=SEEDS)
    here.mkdir()
    for file in there.glob("*.json"):
        (here / file.name).write_bytes(file.read_bytes())
    broken = sorted(here.glob("*.json"))[0]
    broken.write_text('{"results": {"value"', encoding="utf-8")
    (here / "notes.txt").write_text("a stray file", encoding="utf-8")
    (here / "0123.json").write_text("[1]", encoding="utf-8")
    sweep(run, GRID, folder=here, seeds=SEEDS)
    assert len(marks(log)) == 7
    assert json.loads(broken.read_text(encoding="utf-8"))["results"]


def test_a_file_says_what_decided_it_and_where_it_was_made(tmp_path):
    sweep(doubled, {"size": [1]}, folder=tmp_path, seeds=[0])
    [file] = tmp_path.iterdir()
    held = json.loads(file.read_text(encoding="utf-8"))
    assert held["parameters"] == {"size": 1}
    assert held["seed"] == 0
    assert {"code", "data", "packages", "python", "machine", "finished", "seconds"} <= held.keys()
    assert "torch" in held["packages"]


@contextmanager
def dask_cluster():
    """Let joblib send runs to two Dask workers on this machine."""
    from distributed import Client, LocalCluster

    found = os.pathsep.join([str(HERE), *sys.path])  # also for a worker that is started later
    with (
        mock.patch.dict(os.environ, PYTHONPATH=found),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        yield


def test_one_process_two_processes_and_a_dask_cluster_give_the_same_rows(tmp_path):
    tables = [sweep(trained, GRID, folder=tmp_path / "one", seeds=[0, 1])]
    with joblib.parallel_config(n_jobs=2):
        tables.append(sweep(trained, GRID, folder=tmp_path / "two", seeds=[0, 1]))
    with dask_cluster():
        tables.append(sweep(trained, GRID, folder=tmp_path / "dask", seeds=[0, 1]))
    for table in tables:
        assert table["threads"].tolist() == [1] * 4
        pd.testing.assert_frame_equal(
            table.drop(columns="seconds"), tables[0].drop(columns="seconds"), check_exact=True
        )
    assert tables[0]["loss"].nunique() == 4


@pytest.mark.filterwarnings("ignore:.*closed comm:UserWarning")
def test_the_cluster_runs_again_what_a_killed_dask_worker_had(tmp_path):
    (log := tmp_path / "log").mkdir()
    run = functools.partial(killed_once, folder=str(log))
    with dask_cluster():
        table = sweep(run, GRID, folder=tmp_path / "runs", seeds=SEEDS)
    assert (log / "killed").exists()
    assert table["value"].tolist() == [1, 2, 3, 2, 3, 4]
    assert len(list((tmp_path / "runs").glob("*.json"))) == 6


def test_a_worker_killed_on_the_way_costs_its_run_and_no_other(tmp_path):
    (log := tmp_path / "log").mkdir()
    run = functools.partial(killed_once, folder=str(log))
    with joblib.parallel_config(n_jobs=2):
        with pytest.raises(SweepError, match="ended from outside"):
            sweep(run, GRID, folder=tmp_path / "runs", seeds=SEEDS)
        kept = len(list((tmp_path / "runs").glob("*.json")))
        table = sweep(run, GRID, folder=tmp_path / "runs", seeds=SEEDS)
    assert table["value"].tolist() == [1, 2, 3, 2, 3, 4]
    assert kept < 6
    assert not list((tmp_path / "runs").glob(".*"))


def test_a_sweep_that_was_killed_goes_on_where_it_stopped(tmp_path):
    (log := tmp_path / "log").mkdir()
    script = (
        "import functools, time, sweep_runs, aelib\n"
        "def slow(size, seed, folder):\n"
        "    time.sleep(0.2)\n"
        "    return sweep_runs.noted(size, seed, folder)\n"
        f"run = functools.partial(slow, folder={str(log)!r})\n"
        f"aelib.sweep(run, {{'size': [1, 2]}}, folder={str(tmp_path / 'runs')!r}, seeds=range(6))\n"
    )
    (tmp_path / "study.py").write_text(script, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "study.py")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    started = subprocess.Popen(command, env=environment)
    limit = time.monotonic() + 60
    while len(list((tmp_path / "runs").glob("*.json"))) < 3:
        assert started.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.02)
    started.send_signal(signal.SIGKILL)
    started.wait()
    subprocess.run(command, env=environment, check=True, timeout=120)
    done = marks(log)
    assert sorted(set(done)) == sorted({f"{size}-{seed}" for size in (1, 2) for seed in range(6)})
    assert len(done) <= 13  # the one that was running when it was killed may have left its mark


def test_failing_runs_are_named_at_the_end_and_the_others_kept(tmp_path):
    with pytest.raises(SweepError) as caught:
        sweep(brittle, GRID, folder=tmp_path, seeds=SEEDS)
    message = str(caught.value)
    assert message.startswith("4 of 6 runs failed")
    assert "size=1, seed=1: ZeroDivisionError: the learning rate was 0 (brittle, line" in message
    assert "size=2, seed=2: The result is no finite number: value is nan" in message
    table = caught.value.table
    assert table["error"].isna().tolist() == [True, False, False] * 2
    assert table["value"].tolist()[::3] == [1, 2]
    assert len(list(tmp_path.glob("*.json"))) == 2


REFUSED = {
    "an empty grid": ({}, [0], ValueError, "at least one parameter"),
    "a list as grid": ([1], [0], ValueError, "at least one parameter"),
    "no values": ({"size": []}, [0], ValueError, "size is expected to have at least one value"),
    "one value alone": ({"size": 3}, [0], TypeError, "size is expected to have a list"),
    "a text as list": ({"size": "ab"}, [0], TypeError, "size is expected to have a list"),
    "a function as value": ({"size": [print]}, [0], TypeError, "Pass its name"),
    "not a number": ({"size": [float("nan")]}, [0], TypeError, "found nan"),
    "a value twice": ({"size": [1, 2, 1]}, [0], ValueError, "size is expected once; found 1"),
    "no seeds": ({"size": [1]}, [], ValueError, "seeds is expected to have at least one"),
    "a number of seeds": ({"size": [1]}, 10, TypeError, "Try range"),
    "a seed twice": ({"size": [1]}, [0, 0], ValueError, "seeds is expected once"),
    "a seed that is a text": ({"size": [1]}, ["a"], TypeError, "integers"),
    "a name of the table": ({"size": [1], "seed": [1]}, [0], ValueError, "found 'seed' in the"),
    "a name the function lacks": ({"width": [1]}, [0], TypeError, "width, seed"),
}


@pytest.mark.parametrize(("grid", "seeds", "kind", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_swept_is_refused_before_anything_runs(grid, seeds, kind, said, tmp_path):
    with pytest.raises(kind, match=said):
        sweep(noted, grid, folder=tmp_path / "runs", seeds=seeds)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("blocked", ["a file in its place", "a folder below a file"])
def test_a_folder_that_cannot_be_written_is_named_before_anything_runs(blocked, tmp_path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    folder = tmp_path / "taken"
    with pytest.raises(OSError, match="Name a folder of your own"):
        sweep(doubled, GRID, folder=folder / "x" if "below" in blocked else folder, seeds=[0])


RETURNED = {
    "nothing": (None, TypeError, "dictionary of numbers"),
    "one number": (0.5, TypeError, "dictionary of numbers"),
    "a text": ({"mse": "low"}, TypeError, "mse = 'low'"),
    "a list": ({"mse": [1.0, 2.0]}, TypeError, "mse = "),
    "a parameter's name": ({"size": 1.0}, ValueError, "found 'size' among the results"),
    "a column's name": ({"seconds": 1.0}, ValueError, "found 'seconds' among the results"),
}


@pytest.mark.parametrize(("returned", "kind", "said"), RETURNED.values(), ids=RETURNED)
def test_a_function_that_returns_no_numbers_stops_the_sweep_at_once(returned, kind, said, tmp_path):
    calls = []

    def run(size, seed):
        calls.append(seed)
        return returned

    with pytest.raises(kind, match=said):
        sweep(run, GRID, folder=tmp_path, seeds=range(50))
    assert len(calls) < 10


def test_numbers_of_numpy_and_torch_count_as_numbers(tmp_path):
    def run(size, seed):
        import numpy
        import torch

        return {"a": numpy.float32(size), "b": torch.tensor(2), "c": numpy.int64(3)}

    table = sweep(run, {"size": [1]}, folder=tmp_path, seeds=[0])
    assert table[["a", "b", "c"]].to_numpy().tolist() == [[1.0, 2, 3]]


def source(body):
    """Make functions of a text, as a notebook's cells do."""
    space = {"__name__": "__main__"}
    exec(compile(body, "<cell>", "exec"), space)
    return space


MEANING = "def helper(x):\n    return x + 1\ndef run(seed):\n    return {'a': helper(seed)}\n"
OTHER = {
    "the function": MEANING.replace("'a'", "'b'"),
    "a function it calls": MEANING.replace("x + 1", "x + 2"),
    "a default": MEANING.replace("helper(x)", "helper(x, y=3)", 1),
}


@pytest.mark.parametrize("changed", OTHER.values(), ids=OTHER)
def test_a_change_of_what_runs_is_seen(changed):
    assert code(source(MEANING)["run"]) != code(source(changed)["run"])


def test_comments_layout_and_unrelated_names_are_not_seen():
    commented = MEANING.replace("return x", "# add one\n    return x") + "other = 5\n"
    assert code(source(MEANING)["run"]) == code(source(commented)["run"])


def test_values_read_from_outside_are_seen():
    def made(value):
        def run(seed):
            return {"a": value}

        return run

    assert code(made(1)) != code(made(2))
    assert code(made(1)) == code(made(1))
    assert code(functools.partial(doubled, size=1)) != code(functools.partial(doubled, size=2))


def test_functions_within_containers_and_behind_decorators_are_followed():
    table = (
        "def {0}(x):\n    return {1}\nmodels = {{'a': {0}}}\ndef run(seed):\n    return models\n"
    )
    assert code(source(table.format("f", "1"))["run"]) != code(
        source(table.format("f", "2"))["run"]
    )
    cached = (
        "import functools\n@functools.lru_cache\ndef f(x):\n    return {}\n"
        "def run(seed):\n    return f(seed)\n"
    )
    assert code(source(cached.format("1"))["run"]) != code(source(cached.format("2"))["run"])


def test_the_training_of_aelib_is_part_of_what_decides_and_its_checks_are_not(monkeypatch):
    import aelib.checks
    import aelib.training

    before = code(trained)

    def _check(inputs, targets, epochs, batch_size, learning_rate):
        return None

    _check.__module__, _check.__qualname__ = "aelib.training", "_check"
    monkeypatch.setattr(aelib.checks, "report", _check)
    assert code(trained) == before
    monkeypatch.setattr(aelib.training, "_check", _check)
    assert code(trained) != before


def test_what_cannot_be_written_down_is_named():
    held = (number for number in range(3))

    def run(seed):
        return {"a": next(held)}

    with pytest.raises(ValueError, match=r"held, a generator"):
        code(run)
