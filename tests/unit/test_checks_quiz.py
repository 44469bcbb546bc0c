import json

import pytest

from aelib import checks
from aelib.checks.answers import pack, stored, unpack

QUESTIONS = stored()["questions"]


def test_there_are_exercise_1_and_at_least_eight_further_questions():
    assert "quiz-exercise-1" in QUESTIONS
    assert len(QUESTIONS) >= 9


@pytest.mark.parametrize("letters", ["C", "c", ["C"]])
def test_the_right_letter_passes_however_it_is_written(letters):
    assert checks.choice("quiz-exercise-1", letters).passed


def test_order_and_separators_of_several_letters_do_not_matter():
    assert checks.choice("quiz-what-proves", "c, B").passed


def test_an_answer_gets_its_own_reason_in_the_book_s_language_and_no_other():
    result = checks.choice("quiz-exercise-1", "B")
    assert not result.passed
    [step] = result.steps
    assert step.name == "不对，再想想。"
    assert step.message.startswith("B. ")
    assert "用不到标签" in step.message
    assert "C. " not in step.message
    assert "用不到标签" in result._repr_html_()


def test_the_right_answer_gets_its_reason_too():
    [step] = checks.choice("quiz-exercise-1", "C").steps
    assert (step.name, step.passed) == ("答对了。", True)
    assert "装不下全部信息" in step.message


def test_every_letter_chosen_of_several_gets_its_reason():
    [step] = checks.choice("quiz-what-proves", "AB").steps
    assert not step.passed
    assert [line[:3] for line in step.message.split("\n")] == ["A. ", "B. "]


@pytest.mark.parametrize("letters", ["CD", "ABCD"])
def test_several_letters_where_one_can_be_chosen_are_refused_without_a_reason(letters):
    with pytest.raises(ValueError, match=r"takes one letter; found .*Decide on one") as refused:
        checks.choice("quiz-exercise-1", letters)
    assert "装不下" not in str(refused.value)


def test_a_letter_without_an_option_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="has the options A, B, C, D; found E"):
        checks.choice("quiz-exercise-1", "E")


def test_a_look_at_the_stored_file_gives_nothing_away():
    text = json.dumps(stored(), ensure_ascii=False)
    for question in QUESTIONS.values():
        assert len(question["answer"]) == 16
        for reason in question["reasons"].values():
            assert unpack(reason) not in text
            assert pack(unpack(reason)) == reason


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
