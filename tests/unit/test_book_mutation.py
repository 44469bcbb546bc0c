from pathlib import Path

import pytest

from book.mutation.__main__ import main
from book.mutation.python import own_tests, prepare, sources, verdicts

FILES = Path("src/aelib/noise.py"), Path("src/aelib/live/noise.py")
TEST = Path("tests/unit/test_noise.py")


def test_a_file_is_tested_by_the_tests_of_its_name_and_of_its_folder():
    assert own_tests(Path("src/aelib/noise.py")) == [Path("tests/unit/test_noise.py")]
    checks = own_tests(Path("src/aelib/checks/probes.py"))
    assert Path("tests/unit/test_checks.py") in checks
    assert all(test.name.startswith("test_checks") for test in checks)


def test_a_package_is_all_of_its_files():
    files = sources(Path("src/aelib/mnist"))
    assert {Path("src/aelib/mnist/text.py"), Path("src/aelib/mnist/idx.py")} < set(files)
    assert sources(Path("src/aelib/noise.py")) == [Path("src/aelib/noise.py")]
    assert Path("tests/unit/test_mnist_layouts.py") in own_tests(Path("src/aelib/mnist"))


@pytest.mark.parametrize("file", ["book/node.py", "src/aelib/missing.py", "src/aelib/base.css"])
def test_another_file_is_refused_in_a_sentence(file, capsys):
    assert main([file]) == 2
    assert (
        f"expected a Python file or a package below src/aelib; found {file}"
        in capsys.readouterr().out
    )


def test_no_file_at_all_is_refused(capsys):
    assert main([]) == 2
    assert "make mutate FILE=" in capsys.readouterr().out


@pytest.fixture
def project(tmp_path):
    for name in ("src/aelib/live", "tests/unit", "book/node_modules", "studies"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("chapters", "locales"):
        (tmp_path / name).mkdir()
    for name in (*FILES, TEST):
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    for name in ("pyproject.toml", "_config.yml", "_toc.yml"):
        (tmp_path / name).write_text("[project]\n", encoding="utf-8")
    for name in ("requirements.in", "requirements.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_the_copy_holds_what_the_tests_need_and_the_project_stays_as_it_is(project):
    folder, other = (prepare(file, [TEST], project) for file in FILES)
    assert other != folder
    assert (folder / "src/aelib/noise.py").read_text(encoding="utf-8") == "x = 1\n"
    assert not (folder / "book/node_modules").exists()
    settings = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert "only_mutate = ['src/aelib/noise.py']" in settings
    assert "['tests/unit/test_noise.py']" in settings
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == "[project]\n"


@pytest.mark.parametrize("changed", [FILES[0], TEST])
def test_what_is_known_of_mutants_is_kept_until_the_file_or_a_test_changes(project, changed):
    known = prepare(FILES[0], [TEST], project) / "mutants"
    known.mkdir()
    prepare(FILES[0], [TEST], project)
    assert known.exists()
    (project / changed).write_text("x = 2\n", encoding="utf-8")
    prepare(FILES[0], [TEST], project)
    assert not known.exists()


def test_every_verdict_is_read():
    said = "    aelib.noise.x_add_noise__mutmut_1: killed\n    aelib.x__mutmut_2: survived\n\nrest"
    assert verdicts(said) == {
        "aelib.noise.x_add_noise__mutmut_1": True,
        "aelib.x__mutmut_2": False,
    }
