"""Run the parts of ``make test`` one after another and say how long each took.

``python -m book.parts lint unit …`` calls ``make lint``, ``make unit`` and so on, and stops at the
first that fails. The table is also written to ``_build/reports/seconds.txt``.
"""

from __future__ import annotations

import subprocess
import sys
import time

from book import ROOT
from book.execution.caches import write_whole

REPORT = ROOT / "_build" / "reports" / "seconds.txt"
BUILT = "BOOK="  # tells make that the book stands: it is not looked at again for each part


def run(parts: list[str], make: str = "make") -> tuple[int, list[tuple[str, float]]]:
    """Run parts until one fails; return its exit code, 0 if none did, and the seconds of each."""
    took: list[tuple[str, float]] = []
    for part in parts:
        print(f"\n=== make {part}", flush=True)
        options = [BUILT] if any(done == "book" for done, _ in took) else []
        start = time.monotonic()
        code = subprocess.run([make, "--no-print-directory", part, *options], cwd=ROOT).returncode
        took.append((part, time.monotonic() - start))
        if code:
            return code, took
    return 0, took


def table(took: list[tuple[str, float]], failed: bool) -> str:
    """Write the seconds of each part, one a line, and their sum."""
    lines = [f"{part:12s} {seconds:6.0f} s" for part, seconds in took]
    if failed:
        lines[-1] += "  FAILED; the parts after it were not run"
    return "\n".join([*lines, f"{'in all':12s} {sum(seconds for _, seconds in took):6.0f} s", ""])


def main(parts: list[str]) -> int:
    """Run, print and write the table; return the exit code."""
    code, took = run(parts)
    text = table(took, failed=bool(code))
    print(f"\n{text}", end="", flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    write_whole(REPORT, text)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
