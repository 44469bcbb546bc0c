"""A check's words: English as text, shown in the notebook's language, none without its Chinese."""

import ast
import copy
import json
import re
import string
from importlib.resources import files

import pytest
from shown_words import HAN, is_said_in_both_languages, shown

from aelib import checks
from aelib.checks.said import Said, chinese

TAKES_WORDS = {"Fault", "Said", "step", "need"}


def calls():
    """Every call in the checks that says something, by its place."""
    for file in files("aelib.checks").iterdir():
        if file.name.endswith(".py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and name_of(node) in TAKES_WORDS:
                    yield f"{file.name}:{node.lineno}", node


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def template_of(call):
    return call.args[0].value if isinstance(call.args[0], ast.Constant) else None


def fields(template):
    """The places for values in a template, each with its format."""
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(template) if name}


TEMPLATES = {template for _, call in calls() if (template := template_of(call))}


def test_words_are_a_template_in_the_code_or_come_from_a_place_that_has_one():
    wrong = [place for place, call in calls() if not isinstance(call.args[0], WHOLE)]
    assert wrong == [], "give the values by name instead: a text put together has no Chinese"


WHOLE = (ast.Constant, ast.Name, ast.Call)


@pytest.mark.frames  # reads the source, in which mutmut writes every fault beside the rest
def test_a_call_names_the_values_that_its_template_asks_for():
    for place, call in calls():
        if template := template_of(call):
            given = {keyword.arg for keyword in call.keywords}
            assert {name for name, _ in fields(template)} == given, place


@pytest.mark.frames  # reads the source, in which mutmut writes every fault beside the rest
def test_every_template_has_its_chinese_and_no_chinese_is_left_over():
    assert set(chinese()) == TEMPLATES


@pytest.mark.parametrize("english", chinese())
def test_the_chinese_has_the_values_of_the_english_and_the_book_s_punctuation(english):
    said = chinese()[english]
    assert fields(said) == fields(english)
    assert not re.search(f"[!！]|{HAN}[,;:?.]", said)
    words = re.sub("`.*?`|{.*?}", "`", said)
    assert not re.search(f"{HAN} {HAN}|{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", words)


def test_the_catalog_names_no_template_twice():
    text = files("aelib.checks").joinpath("zh.json").read_text(encoding="utf-8")
    names = [name for name, _ in json.loads(text, object_pairs_hook=list)]
    assert len(names) == len(set(names))


def test_what_is_said_is_english_text_and_says_its_values_in_the_language_asked_for():
    said = Said("The {name} must return a tensor; found {found}.", name=Said("encoder"), found="x")
    assert said == "The encoder must return a tensor; found x."
    assert said.in_language("en") == said
    assert said.in_language("zh") == "编码器必须返回一个张量；得到的是 x。"
    assert Said(said) is said
    assert copy.deepcopy(said).in_language("zh") == said.in_language("zh")


def test_a_list_among_the_values_gets_the_commas_of_the_language():
    way = [Said("{before} to {after}", before=1, after=2), 3]
    said = Said("{names} and {more} more", names=way, more=4)
    assert said == "1 to 2, 3 and 4 more"
    assert said.in_language("zh") == "1 到 2、3，另外还有 4 个"


def test_a_text_with_braces_that_is_given_no_values_stays_what_it_is():
    assert Said("{a}").in_language("zh") == "{a}"


def test_a_wrong_answer_is_told_so_in_the_notebook_s_language():
    result = checks.error_map(lambda images, rebuilt: images - rebuilt)
    chinese, english = shown(result, "zh"), shown(result, "en")
    assert chinese.startswith("error_map：2 项中通过 1 项✓ 通过 每个像素有一个误差✗ 未通过 ")
    assert "有些误差小于 0：" in chinese
    assert english.startswith("error_map: 1 of 2 passed✓ passed there is one error for each pixel")
    assert "✗ failed the error is the distance" in english
    assert "Some errors are below 0" in english
    assert is_said_in_both_languages(result)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_and_report_are_plain_english_in_every_notebook(language, monkeypatch):
    monkeypatch.setenv("AELIB_LANGUAGE", language)
    result = checks.error_map(lambda images, rebuilt: images - rebuilt)
    assert not re.search(HAN, repr(result) + json.dumps(result.as_data(), ensure_ascii=False))
    step = result.as_data()["steps"][1]
    assert {type(step["name"]), type(step["message"])} == {str}
    assert type(result.as_data()["messages"][0]) is str


def test_words_of_the_learner_s_are_shown_as_they_are_in_both_languages():
    def error_maps(images, rebuilt):
        raise ValueError("{braces} & <tags>")

    result = checks.error_map(error_maps)
    for language in ("zh", "en"):
        assert "ValueError: {braces} & <tags>" in shown(result, language)
        assert 'raise ValueError("{braces} & <tags>")' in shown(result, language)
    assert "`error_maps` 收到两批形状为 (20, 784) 的图像，运行时中断：" in shown(result, "zh")


def test_a_step_of_plain_words_is_shown_once_in_both_languages():
    result = checks.Result("own", [checks.Step("答对了。", True)])
    assert result._repr_html_().count("答对了。") == 1
    assert all("答对了。" in shown(result, language) for language in ("zh", "en"))
