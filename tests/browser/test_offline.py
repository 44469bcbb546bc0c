"""The site is complete: a page asks nobody else for anything, and all it asks for is there.

The same from the disk stands in ``tests/engines``, in three engines.
"""

from __future__ import annotations


def test_a_page_loads_with_the_network_blocked_and_without_an_error(visit):
    assert visit.record.foreign == []
    assert visit.record.failed == []
    assert visit.record.errors == []


def test_a_page_leaves_no_module_loader_behind(visit):
    leftovers = visit.page.evaluate(
        "['define', 'require', 'requirejs', 'MathJax', 'thebelab'].filter((n) => n in window)"
    )
    assert leftovers == []


def test_a_page_loads_only_the_icons_it_shows(visit):
    assert [answer.url for answer in visit.answers if "fontawesome" in answer.url] == []
