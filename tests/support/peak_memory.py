"""A pytest plugin beside nbval: hold each notebook's kernel to 2 GB, and write down its peak.

Binder gives a notebook 2 GB. After the last cell of each notebook the kernel's high-water mark is
read where the system tells it (Linux), and a notebook that took more is an error. The figures are
written to ``_build/reports/memory.json``: megabytes by notebook, 0 for one that was not measured.
"""

import json
import re
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

LIMIT = 2000  # megabytes
REPORT = Path(__file__).resolve().parents[2] / "_build" / "reports" / "memory.json"
PEAKS = pytest.StashKey[dict[str, int]]()


def peak_memory(pid: int, proc: Path = Path("/proc")) -> int:
    """Return the most memory a running process has had at once, in megabytes; 0 if unknown."""
    status = proc / str(pid) / "status"
    if not status.exists():
        return 0
    return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) // 1000


def pytest_configure(config):
    """Start with no peak."""
    config.stash[PEAKS] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Read the peak before nbval stops the kernel of a notebook that has come to its end."""
    if not isinstance(item, IPyNbCell) or (nextitem and nextitem.parent is item.parent):
        return (yield)
    name = Path(item.parent.path).name
    peak = peak_memory(item.parent.kernel.km.provisioner.pid)
    item.config.stash[PEAKS][name] = peak
    yield
    if peak > LIMIT:
        pytest.fail(
            f"{name} took {peak} MB at its peak; at most {LIMIT} MB were expected, since Binder "
            "gives no more. Look for copies of the images, and for batches evaluated at once."
        )


def pytest_sessionfinish(session):
    """Write the report, unless no notebook was run."""
    peaks = session.config.stash[PEAKS]
    if peaks:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        partial = REPORT.with_suffix(".part")
        partial.write_text(json.dumps(peaks, indent=2))
        partial.replace(REPORT)


def pytest_terminal_summary(terminalreporter, config):
    """Show the peaks below the results."""
    for name, peak in config.stash[PEAKS].items():
        terminalreporter.write_line(f"{name:24s} peak memory {peak:5d} MB")
