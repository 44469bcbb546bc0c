"""Messages stand line by line: each kind of place is found, and what is answered is read back."""

import pytest

from book.translation.catalogs import code_cells, code_strings
from book.translation.messages import rewrite, rewrite_code, rewrite_tree

PAGE = """---
description: "读完: 能做。"
kernelspec:
  name: python3
---

# 标题

一段话，有 $x$。

:::{dropdown} 提示：思路
> 引文。
:::

:::{quiz}
:name: quiz-one
:answer: B

为什么？

- A. 因为。
  > 不对。
- B. Because.
  > 对。
:::

| 名称 | 数 | {glue:text}`loss:.4f` |
| --- | ---: | --- |
| 网络 | 12 | `a` |

```{figure} a.svg
:alt: 一幅图。
:name: fig-one

图注。
```

```sh
make book   # 构建
```

```{code-cell} ipython3
---
mystnb:
  figure:
    caption: 图注：一。
  image:
    alt: 替代文字。
tags: [hide-input]
---
names = {"转置": 1, '上采样': 2}
print("---")  # 注释
```

- 一项
"""
FOUND = {
    "读完: 能做。": 2,
    "标题": 7,
    "一段话，有 $x$。": 9,
    "提示：思路": 11,
    "引文。": 12,
    "为什么？": 19,
    "因为。": 21,
    "不对。": 22,
    "对。": 24,
    "名称": 27,
    "数": 27,
    "网络": 29,
    "一幅图。": 32,
    "图注。": 35,
    "构建": 39,
    "图注：一。": 46,
    "替代文字。": 48,
    "一项": 55,
}


def test_every_message_of_a_page_is_found_at_its_line_and_nothing_else():
    found = {}
    rewrite(PAGE, lambda text, line: found.setdefault(text, line) and text)
    assert found == FOUND


def test_a_page_keeps_its_lines_and_all_that_is_no_message():
    said = rewrite(PAGE, lambda _text, line: f'"Said": <{line}>')
    assert said.count("\n") == PAGE.count("\n")
    assert 'description: "\\"Said\\": <2>"' in said
    assert '    caption: "\\"Said\\": <46>"' in said
    assert '- A. "Said": <21>\n  > "Said": <22>\n- B. Because.' in said
    assert '| "Said": <27> | "Said": <27> | {glue:text}`loss:.4f` |' in said
    assert """names = {"转置": 1, '上采样': 2}""" in said, "code is the same in every language"


def test_strings_of_code_are_answered_apart_once_it_has_run():
    ((first, code),) = code_cells(PAGE)
    assert (first, code_strings(PAGE)) == (51, ["转置", "上采样"])
    said = rewrite_code(code, lambda text, line: f"{text}{line}", first)
    assert said == 'names = {"转置51": 1, "上采样51": 2}\nprint("---")  # 注释'


def test_settings_are_answered_wherever_they_stand():
    tree = {"title": "书", "list": ["图 %s", "MNIST", 3], "deep": {"key": None}}
    said = rewrite_tree(tree, lambda text, _line: text + "!")
    assert said == {"title": "书!", "list": ["图 %s!", "MNIST", 3], "deep": {"key": None}}


@pytest.mark.parametrize("line", ["$$", "L = x ,", "$$ (eq-one)", "(sec-one)=", "| 8 | 3 |", ""])
def test_a_line_without_chinese_is_no_message(line):
    assert rewrite(line, lambda *_: "changed") == line
