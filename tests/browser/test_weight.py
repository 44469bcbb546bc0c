"""How much a page weighs on its way to the reader, counted as a server with gzip would send it."""

from __future__ import annotations

import gzip
import json
import re
from urllib.parse import urlsplit

from built_site import PATH
from conftest import wait_for_widgets

PAGE_BUDGET = 900_000  # bytes gzipped, everything but the networks' weights
WEIGHTS_BUDGET = 1_500_000  # bytes of text
STATE = re.compile(
    rb'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL
)
ALREADY_SMALL = (".png", ".woff2", ".webp", ".jpg")


def weights_of(state: object) -> list[str]:
    """Every text under a key ``weights``, wherever it stands in the widgets' state."""
    if isinstance(state, dict):
        own = [state["weights"]] if isinstance(state.get("weights"), str) else []
        return own + [text for value in state.values() for text in weights_of(value)]
    if isinstance(state, list):
        return [text for value in state for text in weights_of(value)]
    return []


def test_a_page_keeps_to_its_budget(page, name):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(name, wait_until="networkidle")
    wait_for_widgets(page)
    sizes = {}
    weights: list[str] = []
    for answer in answers:
        path = urlsplit(answer.url).path
        if answer.url.startswith(("data:", "blob:")):
            continue
        body = answer.body()
        if path == PATH + name:
            weights = [w for text in STATE.findall(body) for w in weights_of(json.loads(text))]
            for text in weights:
                body = body.replace(text.encode(), b"")
        sent = len(body) if path.endswith(ALREADY_SMALL) else len(gzip.compress(body))
        sizes[path] = (sent, len(body))
    total = sum(sent for sent, _raw in sizes.values())
    table = "\n".join(
        f"{sent:>9,} {raw:>9,}  {path}" for path, (sent, raw) in sorted(sizes.items(), key=str)
    )
    heavy = sum(len(text) for text in weights)
    report = f"{name}: {total:,} bytes in {len(sizes)} requests, weights {heavy:,}\n{table}"
    print(report)
    assert total <= PAGE_BUDGET, report
    assert heavy <= WEIGHTS_BUDGET, report
