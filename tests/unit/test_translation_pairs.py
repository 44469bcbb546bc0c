"""What a translation must share with its message, each difference planted once."""

import pytest

from book.translation.pairs import differences

SOURCE = (
    "第 3 轮的损失是 {glue:text}`loss:.4f`，见{doc}`习题 2 <features>`、{numref}`fig-a` 和"
    " {footcite}`vincent2008`[^note]，[许可](https://a.org/)，$x$ 有 60,000 个，用 `fit`。"
)
RIGHT = (
    "In epoch 3 the loss is {glue:text}`loss:.4f`, see {doc}`exercise 2 <features>`, "
    "{numref}`fig-a` and {footcite}`vincent2008`[^note], [licence](https://a.org/); "
    "$x$ has 60000; use `fit`."
)
WRONG = {
    "a lost value": ("{glue:text}`loss:.4f`", "small", "the value 'loss:.4f' is lost"),
    "a changed value": ("loss:.4f", "loss:.2f", "the value 'loss:.2f' is not in the source"),
    "a lost role": ("{numref}`fig-a`", "the figure", "the role '{numref}`fig-a`' is lost"),
    "a changed target": ("<features>", "<quiz>", "the role '{doc}`quiz`' is not in the source"),
    "a lost citation": ("{footcite}`vincent2008`", "", "'{footcite}`vincent2008`' is lost"),
    "a lost footnote": ("[^note]", "", "the footnote 'note' is lost"),
    "a changed link": ("https://a.org/", "https://b.org/", "the link 'https://a.org/' is lost"),
    "a changed formula": ("$x$", "$y$", "the formula 'x' is lost"),
    "changed code": ("`fit`", "`train`", "the code 'fit' is lost"),
    "a changed number": ("60000", "6000", "the number '60000' is lost"),
    "a number twice": ("epoch 3", "epoch 3 of 3", "the number '3' is not in the source"),
    "a cell too many": ("licence", "licence | more", "the bar between cells '|' is not in"),
    "Chinese": ("licence", "许可", "'许可' is left in Chinese"),
}


def test_a_right_translation_differs_in_words_only():
    assert differences(SOURCE, RIGHT) == []


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_what_a_translation_loses_or_adds_is_named(old, new, said):
    assert RIGHT.count(old) == 1
    assert any(said in each for each in differences(SOURCE, RIGHT.replace(old, new)))


def test_values_in_another_order_are_named():
    source = "{glue:text}`seeds:d` 个种子的差是 {glue:text}`gap:.4f`"
    kept = "over {glue:text}`seeds:d` seeds the difference is {glue:text}`gap:.4f`"
    turned = "the difference is {glue:text}`gap:.4f` over {glue:text}`seeds:d` seeds"
    assert differences(source, kept) == []
    assert differences(source, turned) == [
        "the values stand in another order: expected seeds:d, gap:.4f"
    ]


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("任务二：变体一", "Task 2: variant 1"),
        ("第三步", "Step 3"),
        ("784 万个像素", "7.84 million pixels"),
        ("拖动<a href='#a'>一格</a>", "Drag <a href='#a'>a step</a>"),
        ("四道习题", "Four exercises"),
        ("叫作“编码”", "It is called “编码” in Chinese"),
    ],
)
def test_a_number_in_words_a_unit_and_a_quotation_are_no_difference(source, translation):
    assert differences(source, translation) == []
