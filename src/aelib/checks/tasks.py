"""Tasks that are not done yet: the ``...`` where the learner writes."""

import ast
import inspect
import textwrap
from collections.abc import Callable

from aelib.checks.result import Fault, Result


class TaskNotDone(RuntimeError):  # noqa: N818 (a state of the learner's work, not a failure)
    """There is still a ``...`` in an answer; the message names the task."""

    def _render_traceback_(self) -> list[str]:
        """Say it in one line: in a notebook nobody needs our stack for this."""
        return [f"{type(self).__name__}: {self}"]


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


def start(check: str, *answers: object) -> Result:
    """Open the result of a check; an unfinished answer is noted as failed and raised."""
    for answer in answers:
        if _is_unfinished(answer):
            raise not_done(check, _name(answer))
    return Result(check)


def not_done(check: str, name: str) -> TaskNotDone:
    """Note that a check met an unfinished answer; return the error to raise."""
    message = f"{check}: `{name}` is not finished, there is still a `...` in it."
    result = Result(check)
    with result.step("the task is done"):
        raise Fault(message)
    result.record()
    return TaskNotDone(message)


def attempt(function: Callable, *arguments: object, told: str = "") -> object:
    """Call a learner's function; what it raises becomes a fault with a message.

    Parameters
    ----------
    function, arguments
        The call.
    told
        What it was given, in words, for the message.
    """
    try:
        answer = function(*arguments)
    except TaskNotDone:
        raise
    except Exception as error:
        if "ellipsis" in str(error):
            raise not_done(_name(function), _name(function)) from None
        reason = next(iter(str(error).splitlines()), "")
        raise Fault(
            f"`{_name(function)}` stopped{told and f' when given {told}'} with "
            f"{type(error).__name__}: {reason} Call it yourself to see in which line."
        ) from error
    if _is_unfinished(answer):
        raise not_done(_name(function), _name(function))
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
