"""The command that builds the site: strict, one at a time, and after a failure from the start."""

import warnings
from types import SimpleNamespace

import pytest

from book.execution.caches import build_lock

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Jupyter Book uses what Click gives up
    from book import build as command


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one edition beside the source; what is done is noted, and may fail."""
    english = SimpleNamespace(path="en/", build=lambda root: root / "_build" / "en")
    project = SimpleNamespace(root=tmp_path, english=english, done=[], codes={}, locked=[])
    for folder in (tmp_path / "_build", tmp_path / "_build" / "en"):
        for name in (".doctrees", "execution"):
            (folder / name).mkdir(parents=True)

    def note(step):
        def run(*arguments, **_options):
            project.done.append(step)
            project.locked.append(build_lock(tmp_path).is_locked)
            if step == "source":
                project.arguments = arguments[0]
                if step in project.codes:
                    raise project.codes[step]
            return project.codes.get(step, 0)

        return run

    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "translated", lambda _root: [english])
    monkeypatch.setattr(command, "jupyter_book", note("source"))
    monkeypatch.setattr(command, "build_edition", note("edition"))
    monkeypatch.setattr(command, "publish", note("publish"))
    return project


def kept(project):
    """What a build left behind, below ``_build``."""
    build = project.root / "_build"
    folders = (f for f in build.rglob("*") if f.is_dir() and f.name in {".doctrees", "execution"})
    return {f.relative_to(build).as_posix() for f in folders}


ALL = {".doctrees", "execution", "en/.doctrees", "en/execution"}


def test_the_source_is_built_strictly_then_its_editions_and_nobody_else_builds(project, capsys):
    assert command.main() == 0
    assert project.done == ["source", "edition", "publish"]
    assert {"--warningiserror", "--keep-going"} <= {*project.arguments}
    assert all(project.locked)
    assert not build_lock(project.root).is_locked
    assert kept(project) == ALL
    assert "Open _build/html/index.html" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("stopped", "code"),
    [(SystemExit(3), 3), (SystemExit("words"), 2), (RuntimeError("a warning is an error"), 1)],
)
def test_a_failed_source_is_no_success_builds_no_edition_and_forgets_what_was_read(
    project, capsys, stopped, code
):
    project.codes["source"] = stopped
    assert command.main() == code
    assert project.done == ["source"]
    assert kept(project) == {"execution", "en/execution"}  # what has been executed stays
    assert not build_lock(project.root).is_locked
    printed = capsys.readouterr()
    assert "The book was not built" in printed.err
    assert "was built in" not in printed.out


def test_an_edition_that_fails_is_not_published_and_fails_the_build(project):
    project.codes["edition"] = 2
    assert command.main() == 2
    assert project.done == ["source", "edition"]
    assert kept(project) == {"execution", "en/execution"}
