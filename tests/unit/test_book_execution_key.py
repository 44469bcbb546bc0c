import json
import shutil
import sys
from pathlib import Path

import pytest

from book.execution import key as execution_key
from book.execution.key import decisive, difference, facts, key, provenance

CODE = '''"""Train."""


def fit(epochs=10):
    """Train for some epochs."""
    # one step after another
    return [epoch * 2 for epoch in range(epochs)]
'''


@pytest.fixture
def project(tmp_path):
    """A project in miniature."""
    package = tmp_path / "src" / "aelib"
    (package / "data").mkdir(parents=True)
    (package / "live").mkdir()
    (package / "training.py").write_text(CODE, encoding="utf-8")
    (package / "live" / "explorer.js").write_text("export default {};\n", encoding="utf-8")
    (package / "live" / "explorer.css").write_text("a { color: red; }\n", encoding="utf-8")
    (package / "data" / "images.gz").write_bytes(b"pixels")
    (package / "data" / "LICENSE.md").write_text("free\n", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("ruff==1.0\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["numpy>=1.26", "tqdm"]\n', encoding="utf-8"
    )
    return tmp_path


def now(project):
    return key(decisive(project))


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


WITHOUT_MEANING = {
    "a comment": ("# one step after another", "# step by step"),
    "a docstring": ('"""Train for some epochs."""', '"""Train the model."""'),
    "a docstring that goes": ('    """Train for some epochs."""\n', ""),
    "layout": ("return [epoch * 2 for", "return [\n        epoch * 2 for"),
    "another quote": ('"""Train."""', "'''Train it.'''"),
}
WITH_MEANING = {
    "a number": ("epoch * 2", "epoch * 3"),
    "a default": ("epochs=10", "epochs=9"),
    "a name": ("def fit(", "def train("),
    "a text that is used": ("return [epoch", 'return ["epoch"] and [epoch'),
}


@pytest.mark.parametrize(("old", "new"), WITHOUT_MEANING.values(), ids=WITHOUT_MEANING)
def test_comments_docstrings_and_layout_do_not_change_the_key(project, old, new):
    before = now(project)
    edit(project / "src" / "aelib" / "training.py", old, new)
    assert now(project) == before


@pytest.mark.parametrize(("old", "new"), WITH_MEANING.values(), ids=WITH_MEANING)
def test_what_python_computes_changes_the_key(project, old, new):
    before = now(project)
    edit(project / "src" / "aelib" / "training.py", old, new)
    assert now(project) != before


def test_a_function_of_nothing_but_a_docstring_stays_python():
    one = provenance.meaning('def f():\n    """Say."""\n', Path("f.py"))
    assert one == provenance.meaning("def f():\n    pass\n", Path("f.py"))


def test_a_text_in_an_expression_is_no_docstring():
    assert provenance.meaning('x = "a"\n', Path("f.py")) != provenance.meaning(
        'x = "b"\n', Path("f.py")
    )


def test_a_module_that_is_not_python_is_named_with_its_line():
    with pytest.raises(SyntaxError, match=r"broken\.py, line 2"):
        provenance.meaning("x = 1\ny = (\n", Path("broken.py"))


@pytest.mark.parametrize(
    "name",
    [
        "src/aelib/live/explorer.js",
        "src/aelib/live/explorer.css",
        "src/aelib/data/LICENSE.md",
        "src/aelib/data/.DS_Store",
        "src/aelib/.ipynb_checkpoints/copy.py",
        "src/aelib/__pycache__/training.cpython-311.pyc",
        "requirements.txt",
        "chapters/intro.md",
        "tests/test_x.py",
    ],
)
def test_what_is_only_shown_linted_or_lies_about_does_not_change_the_key(project, name):
    before = now(project)
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("changed = True\n", encoding="utf-8")
    assert now(project) == before


def test_a_byte_of_the_data_changes_the_key(project):
    before = now(project)
    (project / "src" / "aelib" / "data" / "images.gz").write_bytes(b"pixelz")
    assert now(project) != before


def test_a_new_a_renamed_and_a_removed_module_change_the_key(project):
    keys = [now(project)]
    new = project / "src" / "aelib" / "new.py"
    new.write_text("x = 1\n", encoding="utf-8")
    keys.append(now(project))
    new = new.rename(new.with_name("renamed.py"))
    keys.append(now(project))
    assert len(set(keys)) == 3
    new.unlink()
    assert now(project) == keys[0]


def test_the_version_installed_counts_and_the_version_asked_for_does_not(project, monkeypatch):
    before = now(project)
    edit(project / "pyproject.toml", "numpy>=1.26", "numpy>=1.25")
    assert now(project) == before
    version = provenance.importlib.metadata.version
    monkeypatch.setattr(
        provenance.importlib.metadata,
        "version",
        lambda name: "9.9" if name == "numpy" else version(name),
    )
    assert now(project) != before
    assert decisive(project)["packages"]["numpy"] == "9.9"


def test_a_package_that_only_prints_has_no_part(project):
    assert "tqdm" not in decisive(project)["packages"]


@pytest.mark.parametrize("name", ["MKL_NUM_THREADS", "ATEN_CPU_CAPABILITY", "PYTHONHASHSEED"])
def test_a_variable_that_changes_a_result_changes_the_key(project, monkeypatch, name):
    monkeypatch.delenv(name, raising=False)
    before = now(project)
    monkeypatch.setenv(name, "1")
    assert now(project) != before


SET_BY_SKLEARN = ["KMP_INIT_AT_FORK", "KMP_DUPLICATE_LIB_OK"]


def test_threads_that_the_kernels_are_never_given_do_not_change_the_key(project, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    before = now(project)
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert now(project) == before
    monkeypatch.setitem(execution_key.ALONE, "OMP_NUM_THREADS", "2")
    assert now(project) != before


@pytest.mark.parametrize(
    "name", ["HOME", "LANG", "PYTHONPATH", "AELIB_UNATTENDED", "COMP_NUM", *SET_BY_SKLEARN]
)
def test_other_variables_do_not(project, monkeypatch, name):
    monkeypatch.delenv(name, raising=False)
    before = now(project)
    monkeypatch.setenv(name, "1")
    assert now(project) == before


def test_python_s_minor_version_and_the_processor_change_the_key(project):
    parts = decisive(project)
    assert parts["machine"]["python"] == "{}.{}".format(*sys.version_info)
    assert parts["machine"]["processor"] == provenance.processor()
    for name in ("python", "processor", "cores"):
        changed = json.loads(json.dumps(parts))
        assert name in changed["machine"]
        changed["machine"][name] = "another"
        assert key(changed) != key(parts)


def test_the_key_does_not_depend_on_where_the_project_stands(project, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "clone"
    shutil.copytree(project, other)
    assert now(other) == now(project)


def test_the_facts_are_what_differs_between_machines_not_between_commits(project):
    before = facts(project)
    edit(project / "src" / "aelib" / "training.py", "epoch * 2", "epoch * 3")
    assert facts(project) == before
    assert set(before) == {"machine", "packages", "environment"}


def test_a_difference_names_files_and_both_values_of_all_else(project):
    before = decisive(project)
    after = json.loads(json.dumps(before))
    after["files"]["training.py"] = "0"
    after["packages"]["numpy"] = "9.9"
    old = before["packages"]["numpy"]
    assert difference(before, after) == [f"numpy {old} → 9.9", "training.py"]


def test_a_processor_is_named_by_maker_family_model_and_widest_vectors(tmp_path):
    info = tmp_path / "cpuinfo"
    info.write_text(
        "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\n"
        "model name\t: AMD EPYC\ncpu MHz\t\t: 2445.4\nflags\t\t: fpu avx2 avx512f sse\n",
        encoding="utf-8",
    )
    assert provenance.processor(info).endswith("AuthenticAMD 25 17 avx2 avx512f")


def test_a_system_without_cpuinfo_is_named_too(tmp_path):
    assert provenance.processor(tmp_path / "none")
