"""What a result shows and reports, and what is said of an error in a learner's code."""

import json
from pathlib import Path

import pytest
import torch
from told import steadily, steady
from torch import nn

from aelib import checks
from aelib.checks import Result, Step, TaskNotDone
from aelib.checks.result import Enough, Fault, _is_library, latest, stopped
from aelib.checks.said import Said


def mixed():
    """A result with a step of each kind."""
    wrong = Said(
        "The {name} must return a tensor; found {found}.", name=Said("encoder"), found="<x>"
    )
    steps = [Step(Said("the task is done"), True), Step(Said("no"), False, wrong)]
    return Result("mixed & more", [*steps, Step("答对了。", True)], {"test_mse": 0.5})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_result_is_shown_word_for_word_as_it_was(language, monkeypatch, snapshot):
    monkeypatch.setenv("AELIB_LANGUAGE", language)
    assert mixed()._repr_html_().replace("<li", "\n<li") == snapshot
    assert repr(mixed()) == snapshot(name="text")


def test_data_of_a_result_are_its_steps_and_what_follows_from_them(snapshot):
    assert mixed().as_data() == snapshot
    assert (Result("none").passed, Result("none").score) == (False, 0)
    assert mixed().score == 2 / 3
    assert not mixed().passed
    assert Result("one", [Step("a", True)]).score == 1


def test_a_step_takes_what_its_block_raises_for_its_message(snapshot):
    result = Result("steps")
    for error in (Fault("{a} and {b}", a=1, b=2), ValueError("why"), SystemExit("out")):
        with result.step("a step of {kind}", kind=type(error).__name__):
            raise error
    with result.step("a step that passes"):
        pass
    steps = [(step.name, step.passed, steadily(step.message)) for step in result.steps]
    assert steps == snapshot


@pytest.mark.parametrize("error", [TaskNotDone("gap"), Enough(), KeyboardInterrupt()])
def test_a_step_lets_through_what_is_no_finding(error):
    result = Result("steps")
    with pytest.raises(type(error)), result.step("a step"):
        raise error
    assert result.steps == []


def test_a_check_ends_where_a_step_fails_that_is_needed():
    result = Result("needs")
    with result.need("first {n}", n=1):
        pass
    with pytest.raises(Enough), result.need("second"):
        raise Fault("no")
    assert [(step.name, step.passed) for step in result.steps] == [
        ("first 1", True),
        ("second", False),
    ]


def test_a_gap_is_said_in_one_line_in_a_notebook():
    assert TaskNotDone("exercise: a gap")._render_traceback_() == ["TaskNotDone: exercise: a gap"]


# The report ---------------------------------------------------------------------------------


def test_the_latest_result_of_a_check_comes_last_in_the_report_and_only_once():
    for name in ("first of all", "second of all", "first of all"):
        kept = Result(name, [Step("a", name[0] == "f")]).record()
    assert latest("first of all") is kept
    assert latest("never run") is None
    names = [one["check"] for one in checks.report()]
    assert names[-2:] == ["second of all", "first of all"]
    assert names.count("first of all") == 1


def test_the_report_is_written_for_people_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mixed().record()
    found = checks.report("report.json")
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert text == json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    assert "答对了。" in text
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]


def test_a_report_is_utf_8_whatever_the_locale_s_encoding(tmp_path, monkeypatch):
    write = Path.write_text

    def write_in_china(file, text, encoding=None):
        return write(file, text, encoding=encoding or "gbk")

    monkeypatch.setattr(Path, "write_text", write_in_china)
    Result("检查").record()
    checks.report(tmp_path / "report.json")
    assert "检查" in (tmp_path / "report.json").read_bytes().decode("utf-8")


def test_a_report_without_a_file_writes_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AELIB_REPORT", raising=False)
    mixed().record()
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_put_in_its_place_leaves_the_one_before(tmp_path, monkeypatch):
    file = tmp_path / "report.json"
    checks.report(file)
    before = file.read_text(encoding="utf-8")
    mixed().record()
    monkeypatch.setattr(Path, "replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        checks.report(file)
    assert file.read_text(encoding="utf-8") == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["report.json", "report.json.part"]


def test_what_is_said_of_a_missing_folder(tmp_path, snapshot):
    with pytest.raises(FileNotFoundError) as error:
        checks.report(tmp_path / "missing" / "report.json")
    assert steady(str(error.value), tmp_path) == snapshot


# Errors in a learner's code -----------------------------------------------------------------


class Wrapped(nn.Module):
    """Not a layer of torch's: it has one inside."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 2)

    def forward(self, input):
        return self.inner(input).view(7)


def plainly():
    raise ValueError("one reason.\nand more")


def without_words():
    raise ValueError


def in_a_layer():
    nn.Sequential(nn.Linear(3, 2))(torch.zeros(4, 5))


def after_a_layer():
    Wrapped()(torch.zeros(4, 3))


def in_a_library():
    return json.loads("{")


def without_source():
    exec(compile("1 / 0", "<nowhere>", "exec"))


ERRORS = (plainly, without_words, in_a_layer, after_a_layer, in_a_library, without_source)


def fault_of(function, *more):
    try:
        function()
    except Exception as error:
        return stopped(error, *more)


@pytest.mark.parametrize("function", ERRORS)
def test_an_error_is_told_with_the_learner_s_line_and_the_layer(function, snapshot):
    told = Said("codes {shape}", shape=(4, 5))
    said = steadily(fault_of(function, f"`{function.__name__}`", told).said)
    assert f"{said}\n{said.in_language('zh')}" == snapshot


def test_an_error_of_nobody_in_particular_is_told_so():
    message = str(fault_of(plainly))
    assert message.startswith("Your code stopped with ValueError: one reason. Line ")
    assert message.endswith(', in `plainly`: `raise ValueError("one reason.\\nand more")`')
    assert str(fault_of(plainly, "`f`")).startswith("`f` stopped with ValueError: one reason. Line")


def test_the_line_that_is_told_is_that_of_the_error():
    number = plainly.__code__.co_firstlineno + 1
    assert f"Line {number}, in `plainly`" in str(fault_of(plainly))


def test_lines_of_python_of_libraries_and_of_this_package_are_not_the_learner_s():
    for file in ("<frozen importlib._bootstrap>", json.__file__, torch.__file__, checks.__file__):
        assert _is_library(file)
    assert not _is_library(__file__)
    assert not _is_library("/tmp/ipykernel_1/2.py")


def test_of_an_error_s_words_only_the_full_stop_is_left_out():
    assert "ValueError: no axis X. Call it" in str(stopped(ValueError("no axis X.\nnor Y")))


def test_an_error_without_a_stack_has_no_line():
    assert str(stopped(ValueError())).endswith(
        "stopped with ValueError. Call it yourself to see in which line."
    )
