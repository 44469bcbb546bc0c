"""Share the tests out among processes so that what is asked of one page is asked in one of them.

There a page is opened once, however many tests look at it. The other tests of a file stay together,
too, for the sake of what they share.
"""

from __future__ import annotations

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

PAGE = re.compile(r"\[[^\]]*?((?:en/)?(?:chapters/)?\w+\.html)")


class ByPage(LoadScopeScheduling):
    """Tests go to a process by the page that their name holds, or else by their file."""

    def _split_scope(self, nodeid: str) -> str:
        page = PAGE.search(nodeid)
        return page[1] if page else nodeid.split("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPage:
    """Take this scheduler."""
    return ByPage(config, log)
