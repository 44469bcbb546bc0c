"""What a check returns, how it is displayed, and the report on all of them."""

import html
import json
import math
import os
import sysconfig
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from aelib.checks.said import Said
from aelib.language import LANGUAGES, spoken

REPORT = "AELIB_REPORT"
"""Environment variable with the file that :func:`report` writes after every check."""

_LATEST: dict[str, "Result"] = {}

# White on either colour has a contrast above 5; the text around takes the page's own colours.
_MARKS = {True: (Said("✓ passed"), "#1a7f37"), False: (Said("✗ failed"), "#b3261e")}
_MARK_STYLE = "color:#fff;background:{};padding:0 .4em;border-radius:.2em;white-space:nowrap"


_PACKAGE = str(Path(__file__).resolve().parents[1])
_LIBRARIES = tuple(sysconfig.get_paths()[key] for key in ("stdlib", "purelib", "platlib"))


class Fault(Exception):  # noqa: N818 (it is a finding about an answer, not an error of the check)
    """What is wrong with an answer, in words for the learner, as :class:`Said` takes them."""

    def __init__(self, template: str, /, **values: object):
        self.said = Said(template, **values)
        super().__init__(self.said)


class Enough(Exception):  # noqa: N818 (a check that has seen enough ends early)
    """A step has failed without which the rest of the check makes no sense."""


class TaskNotDone(RuntimeError):  # noqa: N818 (a state of the learner's work, not a failure)
    """There is still a ``...`` in an answer; the message names the task."""

    def _render_traceback_(self) -> list[str]:
        """Say it in one line: in a notebook nobody needs our stack for this."""
        return [f"{type(self).__name__}: {self}"]


_ANYBODY = Said("Your code")


def stopped(error: BaseException, name: str = _ANYBODY, told: str = "") -> Fault:
    """Turn what a learner's code raised into a finding with its place.

    Parameters
    ----------
    error
        The exception as it was caught.
    name
        What was called.
    told
        What it was given, in words.

    Returns
    -------
    Fault
        Names the exception, the last line of the learner's own code on the way to it, and the
        layer in which it happened, with what that was given.
    """
    reason = next(iter(str(error).splitlines()), "").rstrip(".")
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not _is_library(frame.filename)]
    place = _place(own[-1] if own and own[-1].line else None, _layer_in(error))
    found = f"{type(error).__name__}{reason and ': '}{reason}"
    if not told:
        return Fault("{name} stopped with {error}. {place}", name=name, error=found, place=place)
    return Fault(
        "{name}, given {told}, stopped with {error}. {place}",
        name=name,
        told=told,
        error=found,
        place=place,
    )


def _place(line: traceback.FrameSummary | None, layer: Said | None) -> Said:
    if not line:
        return layer or Said("Call it yourself to see in which line.")
    place = Said(
        "Line {number}, in `{function}`: `{code}`",
        number=line.lineno,
        function=line.name,
        code=line.line.strip(),
    )
    return Said("{line}. {layer}", line=place, layer=layer) if layer else place


def _layer_in(error: BaseException) -> Said | None:
    """Name the layer of torch's that was running, and its input; None where none was."""
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        layer, given = frame.f_locals.get("self"), frame.f_locals.get("input")
        if isinstance(layer, nn.Module) and isinstance(given, torch.Tensor):
            found = layer, given
    if not found or list(found[0].children()):
        return None
    return Said(
        "The layer `{layer}` was given a tensor {shape} of type {kind}.",
        layer=repr(found[0]),
        shape=tuple(found[1].shape),
        kind=found[1].dtype,
    )


def _is_library(file: str) -> bool:
    return file.startswith(("<frozen", _PACKAGE, *_LIBRARIES))


@dataclass(frozen=True)
class Step:
    """One thing that was looked at.

    Attributes
    ----------
    name
        The rule, as a short sentence.
    passed
        Whether the answer keeps it.
    message
        What is wrong and where to look; empty where nothing is.
    """

    name: str
    passed: bool
    message: str = ""


@dataclass
class Result:
    """What a check found; displays as a list with a mark and a word for each step.

    Attributes
    ----------
    check
        Name of the check.
    steps
        What was looked at, in order.
    measured
        Numbers of the learner's own run by name, such as ``test_accuracy``; often empty.
    pictures
        Rows of images by name that the learner's own functions and networks made; often empty.
    """

    check: str
    steps: list[Step] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)
    pictures: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, /, **values: object) -> Iterator[None]:
        """Note a step: passed unless the block raises; what it raises becomes the message."""
        name = Said(name, **values)
        try:
            yield
        except (TaskNotDone, Enough):
            raise
        except Fault as fault:
            self.steps.append(Step(name, False, fault.said))
        except (Exception, SystemExit) as error:
            self.steps.append(Step(name, False, stopped(error).said))
        else:
            self.steps.append(Step(name, True))

    @contextmanager
    def need(self, name: str, /, **values: object) -> Iterator[None]:
        """Note a step without which the rest makes no sense: the check ends where it fails."""
        with self.step(name, **values):
            yield
        if not self.steps[-1].passed:
            raise Enough

    @property
    def passed(self) -> bool:
        """Whether every step passed, and there was one."""
        return bool(self.steps) and all(step.passed for step in self.steps)

    @property
    def score(self) -> float:
        """Share of the steps that passed, from 0 to 1."""
        return sum(step.passed for step in self.steps) / max(len(self.steps), 1)

    @property
    def messages(self) -> list[str]:
        """The messages of the steps that failed."""
        return [step.message for step in self.steps if not step.passed]

    @property
    def headline(self) -> str:
        """One line in sum."""
        return Said(
            "{check}: {passed} of {count} passed",
            check=self.check,
            passed=sum(step.passed for step in self.steps),
            count=len(self.steps),
        )

    def as_data(self) -> dict:
        """Return everything as numbers, texts, lists and dicts, ready for JSON.

        A measured number that is not finite is None: JSON has no NaN.
        """
        steps = [
            {"name": str(s.name), "passed": s.passed, "message": str(s.message)} for s in self.steps
        ]
        return {
            "check": self.check,
            "passed": self.passed,
            "score": self.score,
            "messages": [str(message) for message in self.messages],
            "measured": {k: v if math.isfinite(v) else None for k, v in self.measured.items()},
            "steps": steps,
        }

    def record(self) -> "Result":
        """Remember this as the latest result of its check, for :func:`report`; return it.

        Where the environment names a file in ``AELIB_REPORT``, the report is written there.
        """
        _LATEST.pop(self.check, None)
        _LATEST[self.check] = self
        if os.environ.get(REPORT):
            report(os.environ[REPORT])
        return self

    def __repr__(self) -> str:
        lines = [self.headline]
        for step in self.steps:
            lines.append(f"{_MARKS[step.passed][0]}  {step.name}")
            if step.message:
                lines.append(f"          {step.message}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = []
        for step in self.steps:
            word, colour = _MARKS[step.passed]
            mark = f'<span style="{_MARK_STYLE.format(colour)}">{_in_both(word)}</span>'
            message = f"<br>{_in_both(step.message)}" if step.message else ""
            rows.append(f'<li style="margin:.3em 0">{mark} {_in_both(step.name)}{message}</li>')
        return (
            f'<div class="aelib-check"><strong>{_in_both(self.headline)}</strong>'
            f'<ul style="list-style:none;margin:.3em 0;padding:0">{"".join(rows)}</ul></div>'
        )


def _in_both(text: str) -> str:
    """Return HTML in both languages, the one that is not the notebook's hidden.

    What is no :class:`Said` is in one language, and shown as it is.
    """
    if not isinstance(text, Said):
        return html.escape(text)
    return "".join(
        f'<span lang="{language}"{"" if language == spoken() else " hidden"}>'
        f"{html.escape(text.in_language(language))}</span>"
        for language in LANGUAGES
    )


def latest(check: str) -> Result | None:
    """Return the latest result of a check, by its name; None where it has not run."""
    return _LATEST.get(check)


def report(path: str | os.PathLike | None = None) -> list[dict]:
    """Return the latest result of every check that has run, and write it as JSON where asked.

    Parameters
    ----------
    path
        File to write, in one go: a reader never finds half of it. None: nothing is written.

    Returns
    -------
    list of dict
        For each check, in the order of their last runs: ``check``, ``passed``, ``score`` (0-1),
        ``messages`` of what failed, ``measured`` numbers, and the ``steps`` one by one.

    Raises
    ------
    FileNotFoundError
        The folder of ``path`` does not exist.
    """
    results = [result.as_data() for result in _LATEST.values()]
    if path is not None:
        file = Path(path).absolute()
        if not file.parent.is_dir():
            raise FileNotFoundError(
                f"The report goes into an existing folder; found none at {file.parent}. Make it, "
                "and give the file's whole path: a notebook runs in its own folder."
            )
        temporary = file.with_name(file.name + ".part")
        temporary.write_text(
            json.dumps(results, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
            encoding="utf-8",
        )
        temporary.replace(file)
    return results
