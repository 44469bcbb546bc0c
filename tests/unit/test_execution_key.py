import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

from book.execution import cache_folder, drop_damaged, execution_key


@pytest.fixture
def project(tmp_path):
    """A project in miniature: a module, a data file and the pinned requirements."""
    package = tmp_path / "src" / "aelib"
    (package / "data").mkdir(parents=True)
    (package / "training.py").write_text("epochs = 10\n")
    (package / "data" / "images.gz").write_bytes(b"pixels")
    (tmp_path / "requirements.txt").write_text("torch==2.13.0\n")
    return tmp_path


@pytest.mark.parametrize(
    "changed", ["src/aelib/training.py", "src/aelib/data/images.gz", "requirements.txt"]
)
def test_a_change_in_what_the_notebooks_use_changes_the_key(project, changed):
    before = execution_key(project)
    with (project / changed).open("a") as file:
        file.write("# a comment\n")
    assert execution_key(project) != before


def test_a_new_a_renamed_and_a_removed_module_change_the_key(project):
    keys = [execution_key(project)]
    new = project / "src" / "aelib" / "new.py"
    new.write_text("x = 1\n")
    keys.append(execution_key(project))
    new = new.rename(new.with_name("renamed.py"))
    keys.append(execution_key(project))
    assert len(set(keys)) == 3
    new.unlink()
    assert execution_key(project) == keys[0]


def test_bytecode_and_prose_do_not_change_the_key(project):
    before = execution_key(project)
    bytecode = project / "src" / "aelib" / "__pycache__"
    bytecode.mkdir()
    (bytecode / "training.cpython-311.pyc").write_bytes(b"compiled")
    (project / "chapters").mkdir()
    (project / "chapters" / "intro.md").write_text("# 引言\n")
    assert execution_key(project) == before


def test_the_key_does_not_depend_on_where_the_project_stands(project, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "clone"
    shutil.copytree(project, other)
    assert execution_key(other) == execution_key(project)


def cached(folder: Path, source: str):
    """Put an executed notebook of one cell into the cache; return the notebook."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    get_cache(str(folder)).cache_notebook_bundle(
        CacheBundleIn(notebook, f"{source}.md"), check_validity=False
    )
    return notebook


@pytest.mark.parametrize("damage", ["missing", "half-written"])
def test_a_notebook_that_a_killed_build_left_damaged_is_forgotten_and_others_kept(project, damage):
    folder = cache_folder(project)
    broken, whole = cached(folder, "broken"), cached(folder, "whole")
    cache = get_cache(str(folder))
    file = folder / "executed" / cache.match_cache_notebook(broken).hashkey / "base.ipynb"
    if damage == "missing":
        shutil.rmtree(file.parent)
    else:
        file.write_text(file.read_text()[:40])
    drop_damaged(folder)
    with pytest.raises(KeyError):
        cache.match_cache_notebook(broken)
    assert cache.merge_match_into_notebook(whole)[1].cells[0].source == "whole"
