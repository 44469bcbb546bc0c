"""The pages' prose types no measured number, and says honestly how long it takes to read."""

import ast
import re
from pathlib import Path

import pytest

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
PAGES = sorted(CHAPTERS.glob("*.md"))
WITH_TIME = [page for page in PAGES if "阅读约" in page.read_text(encoding="utf-8")]
FENCE = re.compile(r"^```\{code-cell\}.*?^```$", re.DOTALL | re.MULTILINE)
OUT = re.compile(
    r"\A---\n.*?\n---\n|^```.*?^```$|\{[\w:]+\}`[^`]*`|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<[^>\n]*>",
    re.DOTALL | re.MULTILINE,
)
NAME = re.compile(r"(?:Python|CC BY(?:-SA)?) \d\.\d+|BSD-3")
NUMBER = re.compile(
    r"(?<![\w.])(?:\d[\d,]*\.\d+|\d[\d,.]*(?= ?%| ?倍| ?dB))"
    r"|[一二两三四五六七八九十]+(?:成(?=[，。、；])|倍多|分之[一二三四五六七八九十])"
)
"""A decimal, a number with the unit of a result, or a share in words."""
SECTIONS_TO_TRY = re.compile(r"^## 进一步\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)


def settings(text):
    """Return the numbers that stand in code cells as settings: literals outside assertions."""
    found = set()
    for cell in FENCE.findall(text):
        body = "\n".join(cell.split("\n")[1:-1])
        body = re.sub(r"\A---\n.*?\n---\n|\A(?::[^\n]*\n)+", "", body, flags=re.DOTALL)
        parsed = ast.parse(body).body
        tree = [node for node in parsed if not isinstance(node, ast.Assert)]
        found |= {node.value for part in tree for node in ast.walk(part)
                  if isinstance(node, ast.Constant)
                  and isinstance(node.value, int | float)}  # fmt: skip
    return found


SETTINGS = set().union(*(settings(page.read_text(encoding="utf-8")) for page in PAGES))
HINTED = {1.5}  # MB: the limit of the weights on the explorer's page, which its last cell asserts


def bare_numbers(text):
    """Return numbers of results that are typed: neither glued, nor a setting, nor one to try."""
    text = SECTIONS_TO_TRY.sub("", FENCE.sub("", text))
    prose = NAME.sub("", OUT.sub(" ", text))
    allowed = SETTINGS | HINTED
    return [
        found[0]
        for found in NUMBER.finditer(prose)
        if not re.match(r"\d+\.\d", found[0]) or float(found[0].replace(",", "")) not in allowed
    ]


def minutes(text):
    """Reading time: 250 Han characters a minute, half a minute a figure, one a question."""
    prose = FENCE.sub("", text)
    characters = len(re.findall("[一-鿿]", prose))
    figures = text.count("  figure:\n") + text.count("```{figure}")
    return 5 * round((characters / 250 + figures / 2 + text.count(":::{quiz}")) / 5)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_measured_number_is_typed_into_the_prose(page):
    assert bare_numbers(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("planted", ["损失 0.0471。", "误差低 9%。", "相差三成。", "两倍多。"])
def test_a_planted_number_is_found(planted):
    assert bare_numbers(f"# 标题\n\n{planted}\n")


@pytest.mark.parametrize("page", WITH_TIME, ids=lambda page: page.stem)
def test_the_reading_time_of_a_page_is_the_measured_one(page):
    text = page.read_text(encoding="utf-8")
    assert re.search(r"阅读约 (\d+) 分钟", text)[1] == str(minutes(text))
