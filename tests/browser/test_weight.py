"""How much a page weighs on its way to the reader, counted as a server with gzip would send it."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urlsplit

from conftest import wait_for_widgets

PAGE_BUDGET = 900_000  # bytes gzipped, everything but the widgets' state
STATE_BUDGET = 1_500_000  # bytes of text: the networks' weights
STATE = re.compile(
    rb'<script type="application/vnd\.jupyter\.widget-state\+json">(.*?)</script>', re.DOTALL
)
ALREADY_SMALL = (".png", ".woff2", ".webp", ".jpg")


def test_a_page_keeps_to_its_budget(page, name):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(name, wait_until="networkidle")
    wait_for_widgets(page)
    sizes = {}
    state = b""
    for answer in answers:
        path = urlsplit(answer.url).path
        if answer.url.startswith(("data:", "blob:")):
            continue
        body = answer.body()
        if path == f"/{name}":
            state = b"".join(STATE.findall(body))
            body = STATE.sub(b"", body)
        sent = len(body) if path.endswith(ALREADY_SMALL) else len(gzip.compress(body))
        sizes[path] = (sent, len(body))
    total = sum(sent for sent, _raw in sizes.values())
    table = "\n".join(
        f"{sent:>9,} {raw:>9,}  {path}" for path, (sent, raw) in sorted(sizes.items(), key=str)
    )
    report = f"{name}: {total:,} bytes in {len(sizes)} requests, state {len(state):,}\n{table}"
    print(report)
    assert total <= PAGE_BUDGET, report
    assert len(state) <= STATE_BUDGET, report
