from pathlib import Path

import pytest

from book.mutate import main, own_tests, prepare, verdicts


def test_a_file_is_tested_by_the_tests_of_its_name_and_of_its_folder():
    assert own_tests(Path("src/aelib/noise.py")) == [Path("tests/unit/test_noise.py")]
    checks = own_tests(Path("src/aelib/checks/probes.py"))
    assert Path("tests/unit/test_checks.py") in checks
    assert all(test.name.startswith("test_checks") for test in checks)


@pytest.mark.parametrize(
    "file", ["src/aelib/live/network.js", "book/node.py", "src/aelib/missing.py"]
)
def test_another_file_is_refused_in_a_sentence(file, capsys):
    assert main([file]) == 2
    assert f"expected a Python file below src/aelib; found {file}" in capsys.readouterr().out


def test_no_file_at_all_is_refused(capsys):
    assert main([]) == 2
    assert "make mutate FILE=" in capsys.readouterr().out


def test_the_copy_holds_what_the_tests_need_and_the_project_stays_as_it_is(tmp_path):
    for name in ("src/aelib", "tests/unit", "book/node_modules", "studies", "chapters", "locales"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "src/aelib/noise.py").write_text("x = 1\n", encoding="utf-8")
    for name in ("pyproject.toml", "_config.yml", "_toc.yml"):
        (tmp_path / name).write_text("[project]\n", encoding="utf-8")
    for name in ("requirements.in", "requirements.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    folder = prepare(Path("src/aelib/noise.py"), [Path("tests/unit/test_noise.py")], tmp_path)
    other = prepare(Path("src/aelib/live/noise.py"), [], tmp_path)
    assert other != folder
    assert (folder / "src/aelib/noise.py").read_text(encoding="utf-8") == "x = 1\n"
    assert not (folder / "book/node_modules").exists()
    settings = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert 'only_mutate = ["src/aelib/noise.py"]' in settings
    assert "['tests/unit/test_noise.py']" in settings
    assert (tmp_path / "pyproject.toml").read_text(encoding="utf-8") == "[project]\n"


def test_every_verdict_is_read():
    said = "    aelib.noise.x_add_noise__mutmut_1: killed\n    aelib.x__mutmut_2: survived\n\nrest"
    assert verdicts(said) == {
        "aelib.noise.x_add_noise__mutmut_1": "killed",
        "aelib.x__mutmut_2": "survived",
    }
