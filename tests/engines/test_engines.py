"""What every engine must say of every page, by http and from the disk."""

from __future__ import annotations

import pytest

REFERENCE = ("chromium", "http")
EQUAL = ("explorers", "maps", "trained", "quizzes")


def test_a_page_loads_without_an_error_and_asks_nobody_else(visit, engine, scheme, name):
    seen = visit(engine, scheme, name)
    assert seen.troubles == []
    assert seen.answers["foreign"] == []


def test_pictures_trained_weights_and_verdicts_equal_chromium_s_to_the_last_digit(
    visit, engine, scheme, name
):
    if (engine, scheme) == REFERENCE:
        pytest.skip("the others are compared with this one")
    answers, expected = visit(engine, scheme, name).answers, visit(*REFERENCE, name).answers
    assert answers["ready"] == expected["ready"]
    for check in EQUAL:
        assert answers[check] == expected[check]


def test_the_settings_of_an_explorer_change_its_picture(visit, engine, scheme, name):
    for at in range(0, len(explored := visit(engine, scheme, name).answers["explorers"]), 6):
        clean, *others = explored[at : at + 6]
        assert 0 < float(clean["mse"]) < 1
        assert len({one["noisy"] for one in explored[at : at + 3]}) == 3
        assert clean["reconstruction"] not in {one["reconstruction"] for one in others}


def test_two_epochs_train_every_preset_that_the_pages_begin_with(visit, built_names):
    trained = [one for name in built_names for one in visit(*REFERENCE, name).answers["trained"]]
    assert {one["preset"] for one in trained} == {"free", "2", "3 transposed", "3 upsampling", "4a"}
    assert all(0 < float(one["testMse"]) < 0.2 for one in trained)


def test_every_question_answers(visit, engine, scheme, name):
    for answer in visit(engine, scheme, name).answers["quizzes"]:
        assert answer["state"] in ("right", "wrong")
        assert len(answer["said"]) > 10


def test_every_formula_is_drawn_with_its_fonts(visit, engine, scheme, name):
    formulas = visit(engine, scheme, name).answers["formulas"]
    assert formulas["drawn"] == formulas["mathml"] == formulas["places"]
    assert formulas["failed"] == 0
    assert bool(formulas["fonts"]) == bool(formulas["places"])


def test_a_phone_does_not_scroll_sideways(visit, engine, scheme, name):
    sideways = visit(engine, scheme, name).answers["sideways"]
    assert sideways["width"] == 390
    assert sideways["content"] <= sideways["width"], sideways["out"]


def test_the_book_has_what_is_compared(visit, built_names):
    seen = [visit(*REFERENCE, name).answers for name in built_names]
    assert all(any(answers[check] for answers in seen) for check in EQUAL)
    assert any(answers["formulas"]["places"] for answers in seen)
