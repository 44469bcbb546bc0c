"""Tasks that are not done yet: the ``...`` where the learner writes."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable

from aelib.checks.result import TaskNotDone, stopped


def done(task: str, *answers: object) -> None:
    """Stop here while a task is unfinished; a starter cell ends with this.

    Parameters
    ----------
    task
        Name of the task, for the message.
    answers
        What the learner writes: values, tuples of them, or functions.

    Raises
    ------
    TaskNotDone
        A value is ``...``, or there is still a ``...`` in a function.
    """
    if any(_is_unfinished(answer) for answer in answers):
        raise TaskNotDone(
            f"{task}: there is still a `...` in it. Put your code in its place "
            "and run the cell again; the hints below it help."
        )


def unfinished(answers: Iterable[object]) -> str | None:
    """Return the name of the first answer that still holds a ``...``, None where all are done."""
    return next((_name(answer) for answer in answers if _is_unfinished(answer)), None)


def attempt(function: Callable, *arguments: object, told: str = "") -> object:
    """Call a learner's function; what it raises becomes a fault with a message.

    Parameters
    ----------
    function, arguments
        The call.
    told
        What it was given, in words, for the message.

    Raises
    ------
    Fault
        The function raised; the message has the line.
    TaskNotDone
        There is still a ``...`` in it; the message is its name.
    """
    try:
        answer = function(*arguments)
    except TaskNotDone:
        raise
    except (Exception, SystemExit) as error:
        if "ellipsis" in str(error):
            raise TaskNotDone(_name(function)) from None
        raise stopped(error, f"`{_name(function)}`", told) from error
    if _is_unfinished(answer):
        raise TaskNotDone(_name(function))
    return answer


def _name(answer: object) -> str:
    if answer is Ellipsis:
        return "the answer"
    return getattr(answer, "__name__", type(answer).__name__)


def _is_unfinished(answer: object) -> bool:
    if isinstance(answer, tuple | list):
        return any(_is_unfinished(part) for part in answer)
    if inspect.isfunction(answer):
        return _has_gap(answer)
    return answer is Ellipsis


def _has_gap(function: Callable) -> bool:
    """Whether a ``...`` stands in the source other than as an index (``x[..., 0]``)."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):  # no source, or not a definition of its own: a lambda
        return False
    nodes = list(ast.walk(tree))
    indices = [index for node in nodes if isinstance(node, ast.Subscript)
               for index in ast.walk(node.slice)]  # fmt: skip
    gaps = [node for node in nodes if isinstance(node, ast.Constant) and node.value is Ellipsis]
    return any(gap not in indices for gap in gaps)
