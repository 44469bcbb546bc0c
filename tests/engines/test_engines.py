"""What every engine must say of every page, by http and from the disk."""

from __future__ import annotations

import json
import re

import pytest
from built_site import HTML, names_or_error, on_disk

REFERENCE = ("chromium", "http")
PRESETS = {"free", "2", "3 upsampling", "4a"}  # that the pages begin with
EQUAL = ("explorers", "maps", "trained", "quizzes")
STATE = re.compile(
    r'<script type="application/vnd.jupyter.widget-state[+]json">(.*?)</script>', re.S
)


def on_page(name: str) -> dict[str, list]:
    """What a page's HTML has of that which is compared."""
    html = (HTML / name).read_text(encoding="utf-8")
    models = [model for text in STATE.findall(html) for model in json.loads(text)["state"].values()]
    states = [model["state"] for model in models]
    kinds = [str(state.get("_anywidget_id")).rpartition(".")[2] for state in states]
    return {
        "explorers": [kind for kind in kinds if kind == "ExplorerView"],
        "maps": [kind for kind in kinds if kind == "LatentMap"],
        "trained": [
            state["recipe"]["preset"]
            for kind, state in zip(kinds, states, strict=True)
            if kind == "TrainerView" and not state["small"]  # which has no weights to save
        ],
        "quizzes": re.findall(r"<form class=\"quiz\"", html),
    }


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


def test_two_epochs_train_the_preset_that_a_page_begins_with(visit, name):
    trained = visit(*REFERENCE, name).answers["trained"]
    begun = set(on_page(name)["trained"])
    if "3 upsampling" in begun:  # exercise 3 has two decoders
        begun.add("3 transposed")
    assert {one["preset"] for one in trained} == begun
    assert all(0 < float(one["testMse"]) < 0.2 for one in trained)


def test_every_question_answers(visit, engine, scheme, name):
    for answer in visit(engine, scheme, name).answers["quizzes"]:
        assert answer["state"] in ("right", "wrong")
        assert len(answer["said"]) > 10


def test_every_formula_is_drawn_with_its_fonts(visit, engine, scheme, name):
    formulas = visit(engine, scheme, name).answers["formulas"]
    assert formulas["drawn"] == formulas["mathml"] == formulas["places"]
    assert formulas["broken"] == []
    assert formulas["failed"] == 0
    assert bool(formulas["fonts"]) == bool(formulas["places"])


def test_a_phone_does_not_scroll_sideways(visit, engine, scheme, name):
    sideways = visit(engine, scheme, name).answers["sideways"]
    assert sideways["width"] == 390
    assert sideways["content"] <= sideways["width"], sideways["out"]


def test_what_a_page_has_is_compared(visit, name):
    answers = visit(*REFERENCE, name).answers
    for check, found in on_page(name).items():
        assert bool(answers[check]) == bool(found), check
    assert bool(answers["formulas"]["places"]) == ("math" in (HTML / name).read_text("utf-8"))


def test_the_book_has_what_is_compared():
    pages = [on_page(name) for name in on_disk(names_or_error())]
    assert all(any(page[check] for page in pages) for check in EQUAL)
    assert {preset for page in pages for preset in page["trained"]} == PRESETS
