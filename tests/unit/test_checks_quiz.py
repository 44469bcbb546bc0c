from pathlib import Path

import pytest

from aelib import checks
from aelib.checks.answers import ANSWERS, digest
from book.quiz.source import answers, plain, questions

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
REMEDY = "put its line in src/aelib/checks/answers.py: python -m aelib.checks.answers NAME LETTERS"


def test_the_package_knows_the_right_letters_of_every_question_of_the_pages():
    pages = {name: digest(name, letters) for name, letters in answers(CHAPTERS).items()}
    assert pages == ANSWERS, REMEDY


def test_there_are_exercise_1_and_at_least_eight_further_questions():
    assert "quiz-exercise-1" in ANSWERS
    assert len(ANSWERS) >= 9


@pytest.mark.parametrize("letters", ["C", "c", ["C"]])
def test_the_right_letter_passes_however_it_is_written(letters):
    assert checks.choice("quiz-exercise-1", letters).passed


def test_order_and_separators_of_several_letters_do_not_matter():
    assert checks.choice("quiz-what-proves", "c, B").passed


@pytest.mark.parametrize("letters", ["A", "CD", "ABCD"])
def test_a_wrong_letter_is_not_given_away(letters):
    result = checks.choice("quiz-exercise-1", letters)
    assert not result.passed
    assert "test each option" in result.messages[0]
    assert "C" not in result.messages[0]


def test_an_unanswered_question_is_not_done():
    with pytest.raises(checks.TaskNotDone, match="quiz-exercise-1"):
        checks.choice("quiz-exercise-1", ...)


def test_an_unknown_question_is_named_with_those_there_are():
    with pytest.raises(
        ValueError, match=r"found 'quiz-two'\. The questions are: .*quiz-exercise-1"
    ):
        checks.choice("quiz-two", "A")


def test_no_letter_is_refused():
    with pytest.raises(ValueError, match="one letter or more"):
        checks.choice("quiz-exercise-1", " ")


def test_a_question_for_a_starter_keeps_its_options_and_loses_answer_and_reasons():
    text = (CHAPTERS / "features.md").read_text(encoding="utf-8")
    for question in questions(text):
        shown = plain(question)
        assert shown.count("\n- ") == question.count("\n- ")
        assert "answer" not in shown
        assert "  >" not in shown
        assert ":::" not in shown
