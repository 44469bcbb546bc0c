"""Measure the built site in headless Chromium: ``make bench-page``.

Training in the page against torch with one thread, side by side; seconds to a useful network, on
this machine and on one six times as slow; each page on a slow phone. Prints tables with what must
be reached, and writes ``_build/bench-page.json``. A figure that misses its target is marked, not
an error: other work on the machine decides too.
"""

import argparse
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import page_loading
import page_training

REPORT = Path(__file__).resolve().parent.parent / "_build" / "bench-page.json"


@dataclass
class Row:
    """One figure: what it is, what was found, and the limit it must keep, if there is one."""

    what: str
    found: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the figure keeps to its limit."""
        low = self.at_least if self.at_least is not None else float("-inf")
        high = self.at_most if self.at_most is not None else float("inf")
        return low <= self.found <= high

    def __str__(self) -> str:
        limits = [f"at least {self.at_least:g}"] if self.at_least is not None else []
        limits += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        mark = "" if self.kept else "  MISSED"
        return f"{self.what:58s} {self.found:14,.4f} {self.unit:9s} {', '.join(limits)}{mark}"


def speed_rows() -> list[Row]:
    """Images a processor second in the page and in torch, by turns."""
    rows = []
    for name, target, speeds in page_training.speeds():
        rows += [
            Row(f"{name}: page", speeds.page, "images/s"),
            Row(f"{name}: torch, 1 thread", speeds.torch, "images/s"),
            Row(f"{name}: share", speeds.share, "%", at_least=target),
        ]
    return rows


def learning_rows() -> list[Row]:
    """Seconds from the press to a test MSE, on this machine and six times slower."""
    fast, slow = page_training.to_target(1), page_training.to_target(page_training.PHONE)
    goal = f"press to test MSE < {page_training.TARGET}"
    return [
        Row(goal, fast.seconds, "s", at_most=2),
        Row("press to the first digits", fast.first, "s", at_most=2),
        Row("longest frame while training", fast.frame, "ms", at_most=50),
        Row("six times slower: measured slowdown", slow.slowdown, "times"),
        Row(f"six times slower: {goal}", slow.seconds, "s"),
        Row("six times slower: press to the first digits", slow.first, "s"),
        Row("six times slower: longest frame while training", slow.frame, "ms"),
    ]


def recipe_rows() -> list[Row]:
    """Exercise 2's own recipe, 60,000 images for 10 epochs."""
    run = page_training.full_recipe()
    return [
        Row("exercise 2's recipe, 60,000 x 10", run.seconds, "s"),
        Row(
            "half MSE in its last epoch",
            run.loss,
            "",
            at_least=run.band.low,
            at_most=run.band.high,
        ),
    ]


def loading_rows() -> list[Row]:
    """Each page on a slow phone."""
    rows = []
    for name, load in page_loading.loads():
        rows += [
            Row(f"{name}: HTML", load.html / 1000, "kB", at_most=300),
            Row(f"{name}: text", load.text, "s", at_most=1.9),
        ]
        if load.drawn is not None:
            rows.append(Row(f"{name}: explorer drawn", load.drawn, "s", at_most=8))
    return rows


PARTS = {
    "speed": speed_rows,
    "learning": learning_rows,
    "recipe": recipe_rows,
    "loading": loading_rows,
}


def main() -> None:
    """Measure the parts asked for, all without a name; print their rows, write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=[], metavar="PART")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    if load > 1:
        print(
            f"{load:.1f} other programs want the {cores} cores: seconds and frames come out worse."
        )
    report = {"load": load, "cores": cores}
    for name in parser.parse_args().parts or PARTS:
        print(f"\n{name}")
        rows = PARTS[name]()
        print("\n".join(map(str, rows)), flush=True)
        report[name] = [asdict(row) | {"kept": row.kept} for row in rows]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
