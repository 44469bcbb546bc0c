"""The command that builds the site: strict, one at a time, and after a failure from the start."""

import errno
import shutil
import warnings
from types import SimpleNamespace

import pytest

from book import execution
from book.execution.caches import HELD, build_lock

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Jupyter Book uses what Click gives up
    from book import build as command
    from book.editions import Edition
    from book.translation.build import publish


class Beside:
    """Stands in for the process of an edition."""

    def __init__(self, project, arguments, env):
        self.project = project
        project.done.append("edition")
        project.beside = [arguments[1:], HELD.items() <= env.items()]

    def wait(self):
        self.project.done.append("waited")
        return self.project.codes.get("edition", 0)

    def terminate(self):
        self.project.done.append("stopped")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one edition beside the source; what is done is noted, and may fail."""
    english = Edition(language="en", folder="en", name="English")
    monkeypatch.setattr(Edition, "build", lambda _self, root: root / "_build" / "en")
    project = SimpleNamespace(root=tmp_path, done=[], codes={}, locked=[])
    for folder in (tmp_path / "_build", tmp_path / "_build" / "en"):
        for name in (".doctrees", "execution"):
            (folder / name).mkdir(parents=True)

    def note(step):
        project.done.append(step)
        project.locked.append(build_lock(tmp_path).is_locked)

    def source(arguments, **_options):
        project.arguments = arguments
        note("read")
        if "read" in project.codes:
            raise project.codes["read"]
        for call in execution.AFTER_RESULTS:
            call()
        note("written")
        if "written" in project.codes:
            raise project.codes["written"]

    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "translated", lambda _root: [english])
    monkeypatch.setattr(command, "jupyter_book", source)
    monkeypatch.setattr(command, "publish", lambda *_: note("published"))
    monkeypatch.setattr(
        command.subprocess, "Popen", lambda arguments, cwd, env: Beside(project, arguments, env)
    )
    monkeypatch.setattr(execution, "AFTER_RESULTS", [])
    return project


def kept(project):
    """What a build left behind, below ``_build``."""
    build = project.root / "_build"
    folders = (f for f in build.rglob("*") if f.is_dir() and f.name in {".doctrees", "execution"})
    return {f.relative_to(build).as_posix() for f in folders}


ALL = {".doctrees", "execution", "en/.doctrees", "en/execution"}


def test_the_source_is_built_strictly_its_editions_beside_it_and_nobody_else_builds(
    project, capsys
):
    assert command.main() == 0
    assert project.done == ["read", "edition", "written", "waited", "published"]
    assert project.beside == [["-m", "book.translation.build", "en", "html"], True]
    assert {"--warningiserror", "--keep-going"} <= {*project.arguments}
    assert all(project.locked)
    assert not build_lock(project.root).is_locked
    assert kept(project) == ALL
    assert "Open _build/html/index.html" in capsys.readouterr().out


FAILURES = [(SystemExit(3), 3), (SystemExit("words"), 2), (RuntimeError("a warning"), 1)]


@pytest.mark.parametrize(
    ("step", "done"),
    [("read", ["read"]), ("written", ["read", "edition", "written", "stopped", "waited"])],
)
@pytest.mark.parametrize(("stopped", "code"), FAILURES)
def test_a_failed_source_is_no_success_publishes_no_edition_and_forgets_what_was_read(
    project, capsys, stopped, code, step, done
):
    project.codes[step] = stopped
    assert command.main() == code
    assert project.done == done
    assert kept(project) == {"execution", "en/execution"}  # what has been executed stays
    assert not build_lock(project.root).is_locked
    printed = capsys.readouterr()
    assert "The book was not built" in printed.err
    assert "was built in" not in printed.out


def test_an_edition_that_fails_is_not_published_and_fails_the_build(project):
    project.codes["edition"] = 2
    assert command.main() == 2
    assert project.done == ["read", "edition", "written", "waited"]
    assert kept(project) == {"execution", "en/execution"}


@pytest.fixture
def built(tmp_path):
    """A site with an English edition, and a newer one that was built beside it."""
    edition = Edition(language="en", folder="en", name="English")
    for folder, text in ((tmp_path / "_build" / "html" / "en", "old"),
                         (edition.build(tmp_path) / "html", "new")):  # fmt: skip
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(text, encoding="utf-8")
    (tmp_path / "_build" / "html" / "en" / "gone.html").touch()
    return SimpleNamespace(root=tmp_path, edition=edition, site=tmp_path / "_build" / "html" / "en")


def test_a_published_edition_takes_the_place_of_the_one_before(built):
    publish(built.root, built.edition)
    assert [file.name for file in built.site.iterdir()] == ["index.html"]
    assert (built.site / "index.html").read_text(encoding="utf-8") == "new"


def cut_short(_source, target):
    """Copy one file of many, then have no space left."""
    target.mkdir()
    (target / "index.html").write_text("half", encoding="utf-8")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_publication_that_is_cut_short_leaves_the_edition_before(built, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", cut_short)
        with pytest.raises(OSError, match="No space left"):
            publish(built.root, built.edition)
    assert (built.site / "index.html").read_text(encoding="utf-8") == "old"
    publish(built.root, built.edition)
    assert (built.site / "index.html").read_text(encoding="utf-8") == "new"
