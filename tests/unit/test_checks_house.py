"""What every check does around its own rule: names, gaps, errors, random numbers, letters."""

import inspect
import random

import numpy as np
import pytest
import torch
from told import fault

from aelib import checks
from aelib.checks import answers, corruption, data, tasks
from aelib.checks.house import check, quietly
from aelib.checks.result import Fault, Result, Step, TaskNotDone, latest
from aelib.checks.said import Said
from aelib.mnist import load_mnist


def make():
    """Make a check; it is made in the test, for making it is what is tested."""

    @check("own {size}")
    def own(result: Result, answer: object, size: int = 2, *, full: bool = False) -> None:
        """Say what the check of this test found."""
        with result.need("first"):
            if callable(answer):
                answer()
        with result.step("second"):
            if full:
                raise Fault("no")

    return own


own = make()


def steps(result):
    return [(str(step.name), step.passed, str(step.message)) for step in result.steps]


def test_a_check_has_the_signature_of_what_it_was_made_of_without_the_result():
    own = make()
    assert str(inspect.signature(own)) == (
        "(answer: object, size: int = 2, *, full: bool = False) -> aelib.checks.result.Result"
    )
    assert own.__doc__ == "Say what the check of this test found."
    result = Result("by hand")
    own.add(result, None)
    assert steps(result) == [("first", True, ""), ("second", True, "")]


def test_a_check_returns_its_result_under_its_name_and_with_its_steps():
    result = own(1, size=3)
    assert result.check == "own 3"
    assert latest("own 3") is result
    assert steps(result) == [("first", True, ""), ("second", True, "")]
    assert steps(own(1, full=True)) == [("first", True, ""), ("second", False, "no")]


def fails():
    raise Fault("not like that")


def test_a_check_ends_at_a_step_that_is_needed_and_says_nothing_of_the_rest():
    assert steps(own(fails)) == [("first", False, "not like that")]


@check("broken")
def broken(result: Result, answer: object) -> None:
    raise ValueError(answer)


def test_an_error_of_the_check_itself_is_a_step_that_failed():
    assert steps(broken(7))[0][:2] == ("the answer can be checked", False)
    assert "stopped with ValueError: 7." in steps(broken(7))[0][2]


@check("silent")
def silent(result: Result, answer: object) -> None:
    pass


def test_a_check_without_a_step_says_that_the_answer_can_be_checked():
    assert steps(silent(1)) == [("the answer can be checked", True, "")]


def gap():
    return ...


class Gap:
    def __call__(self):
        return ..., 1


HOLE = ...


def adds():
    return HOLE + 1


GAPS = {
    "a value": (lambda: own(...), "the answer"),
    "a function": (lambda: own(gap), "gap"),
    "in a list": (lambda: own([3, gap]), "list"),
    "an object that returns one": (lambda: own(lambda: tasks.attempt(Gap())), "Gap"),
    "an error about one": (lambda: own(lambda: tasks.attempt(adds)), "adds"),
}


@pytest.mark.parametrize(("run", "name"), GAPS.values(), ids=GAPS)
def test_a_gap_ends_a_check_and_is_recorded_under_its_name(run, name):
    with pytest.raises(TaskNotDone) as error:
        run()
    assert str(error.value) == f"own 2: `{name}` is not finished. There is still a `...` in it."
    assert steps(latest("own 2")) == [("the task is done", False, str(error.value))]


def test_the_first_answer_with_a_gap_is_named():
    assert tasks.unfinished([1, own]) is None
    assert tasks.unfinished([1, gap, ...]) == "gap"
    assert tasks.unfinished([max, torch.relu, object()]) is None


def index_with_dots(x):
    return x[..., 0][0, ...]


def default_of_dots(x=...):
    return x


def test_dots_of_an_index_are_no_gap_and_all_others_are():
    assert not tasks._has_gap(index_with_dots)
    assert tasks._has_gap(default_of_dots)
    assert not tasks._has_gap(eval("lambda: 1"))


def test_what_is_said_of_a_gap_in_a_starter():
    with pytest.raises(TaskNotDone) as error:
        tasks.done("Task 1", 3, (1, ...))
    assert str(error.value) == (
        "Task 1: there is still a `...` in it. Put your code in its place and run the cell again; "
        "the hints below it help."
    )


def test_an_attempt_is_told_with_what_was_given():
    assert tasks.attempt(lambda a, b: a + b, 1, 2) == 3
    with pytest.raises(Fault, match=r"^`fails_too`, given two words, stopped with KeyError"):
        tasks.attempt(fails_too, told=Said("two words"))
    with pytest.raises(Fault, match=r"^`fails_too` stopped with KeyError"):
        tasks.attempt(fails_too)
    with pytest.raises(TaskNotDone, match=r"^inner$"):
        tasks.attempt(raises_a_gap)


def fails_too():
    raise KeyError


def raises_a_gap():
    raise TaskNotDone("inner")


def test_random_numbers_are_fixed_by_the_seed_and_put_back():
    def drawn():
        return random.random(), float(np.random.random()), float(torch.rand(()))

    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    after = drawn()
    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    found = []
    for seed in (0, 5):
        random.seed(seed), np.random.seed(seed), torch.manual_seed(seed)
        found.append(drawn())
    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    with quietly():
        assert drawn() == found[0]
    with quietly(5):
        assert drawn() == found[1]
    assert drawn() == after


# Tensors ------------------------------------------------------------------------------------

WANTED = torch.zeros(3, 4)
FOUND = {
    "alike": torch.ones(3, 4),
    "nothing": None,
    "a number": 3.0,
    "an array": np.zeros((3, 4)),
    "another shape": torch.zeros(4, 3),
    "another type": torch.zeros(3, 4, dtype=torch.float64),
}


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_what_is_no_tensor_of_that_shape_and_type_is_told_how_it_differs(found, snapshot):
    assert fault(corruption.tensor_like, found, WANTED, Said("features")) == snapshot


# Letters ------------------------------------------------------------------------------------

QUESTION = "quiz-exercise-1"
REFUSED = {
    "no letter": "12",
    "no such option": "AZ",
    "several letters": "ba",
}


@pytest.mark.parametrize("letters", REFUSED.values(), ids=REFUSED)
def test_letters_that_cannot_be_an_answer_are_refused_word_for_word(letters, snapshot):
    with pytest.raises(ValueError, match=QUESTION) as error:
        checks.choice(QUESTION, letters)
    assert str(error.value) == snapshot


def test_a_question_that_there_is_not_is_told_those_there_are():
    with pytest.raises(ValueError, match="quiz-none") as error:
        checks.choice("quiz-none", "A")
    assert str(error.value) == (
        "choice expects the name of a question; found 'quiz-none'. The questions are: "
        f"{', '.join(sorted(answers.stored()['questions']))}."
    )


def test_letters_are_read_in_any_form():
    assert answers.letters_in("b, a;A") == ["A", "B"]
    assert answers.letters_in(["C", "a"]) == ["A", "C"]
    assert answers.digest("q", "b a") == answers.digest("q", ["A", "B"])
    assert answers.digest("q", "A") == "fff8d3f662545817"
    assert answers.digest("p", "A") != answers.digest("q", "A")
    assert answers.unpack(answers.pack("为什么？")) == "为什么？"
    assert len(answers.pack("a" * 5000)) < 80


def test_questions_are_in_the_notebook_s_language(monkeypatch):
    monkeypatch.setenv("AELIB_LANGUAGE", "en")
    english = answers.stored()
    monkeypatch.setenv("AELIB_LANGUAGE", "zh")
    assert answers.stored()["right"] == "答对了。"
    assert english["right"].isascii()
    assert english["questions"].keys() == answers.stored()["questions"].keys()


# Data ---------------------------------------------------------------------------------------


def test_digits_are_new_tensors_equal_to_the_book_s_bit_for_bit():
    mnist = load_mnist()
    train, test = data.training_digits(5000), data.test_digits()
    assert torch.equal(train.images, torch.from_numpy(mnist.train.images[:5000]))
    assert torch.equal(train.labels, torch.from_numpy(mnist.train.labels[:5000]).long())
    assert torch.equal(test.images, torch.from_numpy(mnist.test.images))
    assert torch.equal(test.labels, torch.from_numpy(mnist.test.labels).long())
    assert train.images.dtype == torch.float32
    test.labels.zero_(), test.images.zero_()
    assert data.test_digits().labels.any()
    assert data.test_digits().images.any()


def test_a_picture_is_promised_until_there_is_one(capsys):
    for pictures in ({}, None):
        if pictures is not None:
            Result("drawn", [Step("a", True)], pictures=pictures).record()
        assert checks.show("drawn" if pictures is not None else "never run at all") is None
    assert capsys.readouterr().out.splitlines() == [
        "No pictures yet: they are drawn from the networks that checks.drawn(...) trains, "
        "once the tasks before it pass.",
        "No pictures yet: they are drawn from the networks that checks.never run at all(...) "
        "trains, once the tasks before it pass.",
    ]
