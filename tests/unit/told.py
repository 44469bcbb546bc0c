"""What is said, word for word, without what another machine or version would say otherwise.

It is compared with ``__snapshots__/``, which ``pytest --snapshot-update`` writes: whoever changes
words sees every one that has changed, and the review reads it.
"""

import re

from aelib.checks.result import Fault
from aelib.checks.said import Said


def without_decimals(text):
    """Put ``.#`` for decimals: the last ones depend on the order in which a processor adds."""
    return re.sub(r"(?<=\d)\.\d+", ".#", text)


def steady(text, *varying):
    """Put ``…`` for each varying part, such as a folder, and ``/`` for a backslash."""
    for part in varying:
        text = text.replace(str(part), "…")
    return text.replace("\\", "/")


def told(result):
    """Return the name and the message of each step that failed, in English and in Chinese."""
    failed = [(step.name, steadily(step.message)) for step in result.steps if not step.passed]
    return "\n".join("\n".join((f"{name}:", said, said.in_language("zh"))) for name, said in failed)


def fault(judge, *arguments, **options):
    """Return what a part of a check finds wrong with its arguments, or nothing."""
    try:
        judge(*arguments, **options)
    except Fault as found:
        return steadily(found.said)
    return ""


class Measured(float):
    """A measured number, whose decimals are not shown."""

    def __format__(self, spec):
        return without_decimals(super().__format__(spec))


def steadily(value, name=""):
    """Say the same with steady values: no number of a line, no words of Python's and torch's."""
    if isinstance(value, Said):
        values = {name: steadily(one, name) for name, one in value.values.items()}
        return Said(value.template, **values)
    if isinstance(value, list):
        return [steadily(one) for one in value]
    if isinstance(value, float):
        return Measured(value)
    if name == "error":
        return value.partition(":")[0]
    return "#" if name == "number" else value
