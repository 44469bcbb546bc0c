"""The questions on the pages: by mouse, by keyboard, remembered, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sphinx_book import build
from test_accessibility import THEMES, open_in_theme, violations

PAGE = "chapters/quiz.html"
SINGLE = "#quiz-exercise-1"
SEVERAL = "#quiz-what-proves"


@pytest.fixture
def quiz(page):
    """Exercise 1, nothing answered yet."""
    page.goto(PAGE)
    return page.locator(SINGLE)


def submit(quiz):
    quiz.get_by_role("button", name="提交").click()


def test_a_wrong_answer_gets_its_own_reason_and_no_other(quiz):
    quiz.get_by_role("radio", name=re.compile("^B")).check()
    submit(quiz)
    verdict = quiz.get_by_role("status")
    expect(verdict).to_contain_text("不对")
    expect(verdict).to_contain_text("用不到标签")
    expect(verdict.locator(".quiz-reason")).to_have_count(1)


def test_a_right_answer_gets_its_reason(quiz):
    quiz.get_by_role("radio", name=re.compile("^C")).check()
    submit(quiz)
    expect(quiz).to_have_attribute("data-state", "right")
    expect(quiz.get_by_role("status")).to_contain_text("装不下全部信息")


def test_submitting_without_a_choice_asks_for_one(quiz):
    submit(quiz)
    expect(quiz.get_by_role("status")).to_have_text("请先选一个答案。")
    expect(quiz.get_by_role("button", name="再试一次")).to_be_hidden()


def test_try_again_clears_the_choice_and_the_memory(page, quiz):
    quiz.get_by_role("radio", name=re.compile("^A")).check()
    submit(quiz)
    quiz.get_by_role("button", name="再试一次").click()
    expect(quiz.get_by_role("status")).to_be_empty()
    expect(quiz.get_by_role("radio", name=re.compile("^A"))).not_to_be_checked()
    expect(quiz.get_by_role("radio", name=re.compile("^A"))).to_be_focused()
    page.reload()
    expect(quiz.get_by_role("radio", checked=True)).to_have_count(0)


def test_the_answer_is_remembered_in_this_browser(page, quiz):
    quiz.get_by_role("radio", name=re.compile("^D")).check()
    submit(quiz)
    page.reload()
    expect(quiz.get_by_role("radio", name=re.compile("^D"))).to_be_checked()
    expect(quiz.get_by_role("status")).to_contain_text("不对")


def test_a_remembered_letter_that_is_no_option_any_more_is_forgotten_and_the_others_live(
    page, quiz
):
    page.evaluate("localStorage.setItem(`quiz:${location.pathname}#quiz-exercise-1`, 'X')")
    page.evaluate("localStorage.setItem(`quiz:${location.pathname}#quiz-what-proves`, 'BC')")
    page.reload()
    expect(quiz.locator("fieldset")).to_be_enabled()
    expect(quiz).not_to_have_attribute("data-state", re.compile(""))
    expect(page.locator(SEVERAL)).to_have_attribute("data-state", "right")
    key = "localStorage.getItem(`quiz:${location.pathname}#quiz-exercise-1`)"
    assert page.evaluate(key) is None


def test_all_reasons_open_on_request(quiz):
    reasons = quiz.locator(".quiz-reasons")
    expect(reasons.locator(".quiz-reason").first).to_be_hidden()
    reasons.locator("summary").click()
    expect(reasons.locator(".quiz-reason:visible")).to_have_count(4)


def test_the_keyboard_is_enough(page, quiz):
    quiz.get_by_role("radio", name=re.compile("^A")).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(quiz).to_have_attribute("data-state", "right")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(quiz.get_by_role("button", name="再试一次")).to_be_focused()
    page.keyboard.press("Enter")
    expect(quiz).not_to_have_attribute("data-state", re.compile(""))


def test_with_several_right_letters_each_must_be_chosen(page):
    page.goto(PAGE)
    quiz = page.locator(SEVERAL)
    quiz.get_by_role("checkbox", name=re.compile("^B")).check()
    submit(quiz)
    expect(quiz).to_have_attribute("data-state", "wrong")
    quiz.get_by_role("checkbox", name=re.compile("^C")).check()
    submit(quiz)
    expect(quiz).to_have_attribute("data-state", "right")
    expect(quiz.get_by_role("status").locator(".quiz-reason")).to_have_count(2)


def test_without_javascript_the_question_and_a_closed_answer_remain(without_javascript):
    page = without_javascript.new_page()
    page.goto(PAGE)
    quiz = page.locator(SINGLE)
    expect(quiz.locator("label")).to_have_count(4)
    expect(quiz.locator("label").first).to_be_visible()
    expect(quiz.locator("input").first).to_be_hidden()
    expect(quiz.locator("button[type=submit]")).to_be_hidden()
    expect(quiz.get_by_text("答案：C")).to_be_hidden()
    quiz.locator("summary").click()
    expect(quiz.get_by_text("答案：C")).to_be_visible()
    page.close()


@pytest.mark.parametrize("letter", ["B", "C"], ids=["wrong", "right"])
@THEMES
def test_axe_finds_nothing_in_an_answered_question(page, theme, letter):
    open_in_theme(page, PAGE, theme)
    quiz = page.locator(SINGLE)
    quiz.get_by_role("radio", name=re.compile(f"^{letter}")).check()
    submit(quiz)
    quiz.locator("summary").click()
    assert violations(page) == []


def test_a_translated_question_answers_in_its_language(tmp_path, page):
    question = (
        "# 书\n\n:::{quiz}\n:name: quiz-one\n:answer: B\n\n编码有几个数？\n\n"
        "- A. 一个。\n  > 再数一遍。\n- B. 两个。\n  > 对。\n:::\n"
    )
    messages = {
        "编码有几个数？": "How many numbers has the code?",
        "一个。": "One.",
        "再数一遍。": "Count again.",
        "两个。": "Two.",
        "对。": "Yes, two.",
    }
    catalog = tmp_path / "locales" / "en" / "LC_MESSAGES" / "index.po"
    catalog.parent.mkdir(parents=True)
    entries = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n']
    entries += [f'msgid "{before}"\nmsgstr "{after}"\n' for before, after in messages.items()]
    catalog.write_text("\n".join(entries), encoding="utf-8")
    book = build(
        tmp_path,
        {"index.md": question},
        "book.theme.accessible",
        "book.quiz",
        language="en",
        locale_dirs=[str(tmp_path / "locales")],
        myst_enable_extensions=["colon_fence", "dollarmath"],
    )
    page.goto((book.html / "index.html").as_uri())
    quiz = page.get_by_role("group", name="Think it over How many numbers has the code?")
    quiz.get_by_role("radio", name="A. One.").check()
    quiz.get_by_role("button", name="Submit").click()
    verdict = page.locator("#quiz-one .quiz-verdict")
    expect(verdict).to_contain_text("Not right. Think again.")
    expect(verdict).to_contain_text("Count again.")
    quiz.get_by_role("radio", name="B. Two.").check()
    quiz.get_by_role("button", name="Submit").click()
    expect(verdict).to_contain_text("Yes, two.")


def test_a_phone_shows_a_question_without_scrolling_sideways(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(PAGE)
    for quiz in page.locator("form.quiz").all():
        box = quiz.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
