"""How much a page weighs on its way to the reader, counted as a server with gzip would send it."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urlsplit

import pytest
from built_site import HTML, PATH
from explorers import handed_over

from book.widgets.apart import FOLDER

PAGE_BUDGET = 900_000  # bytes gzipped, everything but the networks' weights
WEIGHTS_BUDGET = 1_500_000  # bytes of text
HTML_BUDGET = 300_000  # bytes
CODE_BUDGETS = {"ExplorerView": 15_200, "LatentMap": 9_400, "TrainerView": 26_200}  # gzipped
WEIGHTS = re.compile(rf"{re.escape(PATH)}(?:[\w-]+/)?_static/{FOLDER}/[0-9a-f]{{16}}\.js")
ALREADY_SMALL = (".png", ".woff2", ".webp", ".jpg")


def sent(path: str, body: bytes) -> int:
    """How many bytes of an answer travel."""
    return len(body) if path.endswith(ALREADY_SMALL) else len(gzip.compress(body))


def test_a_page_keeps_to_its_budget(visit):
    name, sizes, weights = visit.name, {}, {}
    for answer in visit.answers:
        path = urlsplit(answer.url).path
        if answer.url.startswith(("data:", "blob:")):
            continue
        body = answer.body()
        if path == PATH + name:
            assert len(body) <= HTML_BUDGET
        if WEIGHTS.fullmatch(path):
            weights[path] = len(body)
        else:
            sizes[path] = (sent(path, body), len(body))
    total = sum(size for size, _raw in sizes.values())
    table = "\n".join(
        f"{size:>9,} {raw:>9,}  {path}" for path, (size, raw) in sorted(sizes.items(), key=str)
    )
    heavy = sum(weights.values())
    report = f"{name}: {total:,} bytes in {len(sizes)} requests, weights {heavy:,}\n{table}"
    print(report)
    at_once = {urlsplit(url).path for url in visit.at_once}
    assert not at_once & weights.keys()  # none before somebody comes near
    assert total <= PAGE_BUDGET, report
    assert heavy <= WEIGHTS_BUDGET, report


@pytest.mark.parametrize("widget", CODE_BUDGETS)
def test_the_code_of_a_widget_keeps_to_its_budget(widget):
    files = sorted((HTML / "_static" / FOLDER).glob(f"{widget}*.js"))
    found = sum(len(gzip.compress(handed_over(file).encode())) for file in files)
    assert 0 < found <= CODE_BUDGETS[widget]
