"""What the build does at Sphinx's events: wait, name what is read and written, let others in."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import Timeout

from book import execution

NONE = (set(), set(), set())  # pages that Sphinx itself finds added, changed, removed


@pytest.fixture
def app(tmp_path):
    return SimpleNamespace(
        srcdir=tmp_path, book_cache=Path("one"), book_ahead=SimpleNamespace(stop=lambda: None)
    )


@pytest.fixture
def env():
    return SimpleNamespace(found_docs={"b", "a"})


@pytest.fixture
def digests(monkeypatch):
    """The digests of Python and of all that reaches a page when it is written."""
    digests = {"python": "p", "looks": "l"}
    monkeypatch.setattr(
        execution,
        "digest",
        lambda _folder, kinds: digests["python" if kinds == {".py"} else "looks"],
    )
    return digests


def test_every_page_is_read_again_after_a_change_of_results_or_of_the_builder_only(
    app, env, digests
):
    def read():
        return execution.read_again(app, env, *NONE)

    assert read() == ["a", "b"]
    assert read() == []
    app.book_cache = Path("two")
    assert read() == ["a", "b"]
    digests["looks"] = "changed"
    assert read() == []
    digests["python"] = "changed"
    assert read() == ["a", "b"]


@pytest.mark.parametrize("place", range(3))
def test_every_page_is_written_again_when_one_was_read_or_the_looks_have_changed(
    app, env, digests, place
):
    def build(*found):
        execution.read_again(app, env, *found or NONE)
        return execution.write_again(app, env)

    assert build() == ["a", "b"]
    assert build() == []
    assert build(*({"a"} if i == place else set() for i in range(3))) == ["a", "b"]
    assert build() == []
    digests["looks"] = "changed"
    assert build() == ["a", "b"]


class Lock:
    """The lock of a build: taken by another one until somebody waits for it."""

    def __init__(self, others):
        self.others, self.held, self.asked = others, False, []

    def acquire(self, **options):
        self.asked.append(options)
        if self.others and options:
            raise Timeout("lock")
        self.held = True

    def release(self):
        self.held = False


@pytest.mark.parametrize("others", [False, True])
def test_a_build_goes_on_with_the_lock_in_its_hands_and_with_the_cache_of_the_present_key(
    app, tmp_path, monkeypatch, others
):
    lock = Lock(others)

    def open_cache(_root):
        assert lock.held
        return tmp_path / "key", []

    monkeypatch.setattr(execution, "build_lock", lambda _root: lock)
    monkeypatch.setattr(execution, "open_cache", open_cache)
    config = SimpleNamespace()
    execution.prepare(app, config)
    assert lock.asked == [{"timeout": 0}, {}][: 1 + others]  # waits without end only where it must
    assert config.nb_execution_cache_path == str(tmp_path / "key")
    assert app.book_cache == tmp_path / "key"


@pytest.mark.parametrize("error", [None, RuntimeError("a page is wrong")])
def test_a_build_that_ends_lets_the_next_one_in_and_keeps_its_cache_if_it_ended_well(
    app, monkeypatch, error
):
    kept = []
    monkeypatch.setattr(execution, "close_cache", lambda _root, folder: kept.append(folder))
    app.book_lock = Lock(others=False)
    app.book_lock.acquire()
    execution.finish(app, error)
    assert kept == ([] if error else [app.book_cache])
    assert not app.book_lock.held
