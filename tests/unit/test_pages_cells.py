"""What code cells write on figures, what they leave below themselves, what names they use."""

import ast
import json
import re
import subprocess
import sys

import jupytext
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from book import ROOT

PAGES = sorted((ROOT / "chapters").glob("*.md"))
TWINS = sorted((ROOT / "chapters").glob("*.ipynb"))
HAN = re.compile("[一-鿿]")
STRAY = re.compile(r"\[?<|Text\(|\(?array\(")  # how objects of matplotlib and NumPy show themselves


def chinese(code: str) -> list[str]:
    """Texts in Chinese that a cell may draw; an explorer draws its networks' names itself."""
    tree = ast.parse(TransformerManager().transform_cell(code))
    if any(getattr(node, "attr", "") == "Explorer" for node in ast.walk(tree)):
        return []
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and HAN.search(text)]


def stray(outputs: list[dict]) -> list[str]:
    """Outputs that are nothing but an object's own name for itself."""
    found = []
    for output in outputs:
        data = output.get("data", {})
        text = "".join(data.get("text/plain", ""))
        if set(data) == {"text/plain"} and STRAY.match(text):
            found.append(text)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_cell_draws_chinese_for_which_colab_has_no_font(page):
    cells = jupytext.read(page, fmt="md:myst").cells
    assert [text for c in cells if c.cell_type == "code" for text in chinese(c.source)] == []


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.stem)
def test_no_cell_leaves_the_name_of_an_object_behind(twin):
    cells = json.loads(twin.read_text(encoding="utf-8"))["cells"]
    assert [text for cell in cells for text in stray(cell.get("outputs", []))] == []


def test_a_chinese_label_and_a_stray_object_are_found():
    assert chinese('plt.xlabel("轮")') == ["轮"]
    assert chinese('aelib.Explorer({"上采样": pair}, images)') == []
    assert stray([{"data": {"text/plain": "Text(0.5, 0, 'epoch')"}}]) == ["Text(0.5, 0, 'epoch')"]
    assert stray([{"data": {"text/plain": ["[<matplotlib.lines.Line2D>]"]}}]) != []
    assert stray([{"data": {"text/plain": "<Figure>", "image/png": "…"}}]) == []


def test_every_name_that_a_notebook_uses_is_defined_in_it():
    notebooks = [*ROOT.glob("chapters/**/*.ipynb"), *ROOT.glob("en/chapters/**/*.ipynb")]
    assert {file.stem for file in notebooks} == {file.stem for file in TWINS}
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", *notebooks]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert found.returncode == 0, found.stdout
