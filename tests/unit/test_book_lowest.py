import tomllib

import pytest

from book import ROOT
from book.lowest import aelib_unit_tests, imports, lowest, lowest_python, tools

PROJECT = {"project": {"requires-python": ">=3.11", "dependencies": ["torch>=2.4", "a-b>=1.0.2"]}}


def test_a_lowest_version_becomes_the_only_one():
    assert lowest(PROJECT) == ["torch==2.4", "a-b==1.0.2"]
    assert lowest_python(PROJECT) == (3, 11)


@pytest.mark.parametrize("written", ["torch", "torch>=2.4,<3", "torch==2.4", "torch>=2; x=='y'"])
def test_a_dependency_in_another_form_is_named(written):
    with pytest.raises(ValueError, match="expected NAME>=VERSION") as error:
        lowest({"project": {"dependencies": [written]}})
    assert written in str(error.value)


def test_every_dependency_of_ours_has_a_lowest_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    count = len(project["project"]["dependencies"]) + sum(map(len, extras))
    assert len(lowest(project)) == count
    assert {"torch", "distributed"} <= {pin.partition("==")[0] for pin in lowest(project)}


def test_the_tools_are_those_pinned_in_requirements_in():
    assert tools("# pytest\npytest==9\npytest-xdist==3\nhypothesis==6\n") == [
        "pytest==9",
        "hypothesis==6",
    ]


def test_an_import_through_a_helper_counts(tmp_path):
    (tmp_path / "test_one.py").write_text(
        "import helper\n\n\ndef test():\n    import late.part\n", encoding="utf-8"
    )
    (tmp_path / "helper.py").write_text(
        "from test_one import x\nfrom book.node import NODE\n", encoding="utf-8"
    )
    names = imports(tmp_path / "test_one.py", [tmp_path])
    assert names == {"helper", "late", "test_one", "book"}


def test_the_aelib_unit_tests_need_nothing_of_book():
    names = {file.stem for file in aelib_unit_tests(ROOT)}
    assert {"test_training", "test_models", "test_mnist", "test_checks"} <= names
    assert not [name for name in names if name.startswith(("test_book_", "test_studies"))]
