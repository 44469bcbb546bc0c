"""The one way in and out of a check: open a result, run quietly, turn errors into findings."""

import functools
import inspect
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO

import numpy as np
import torch

from aelib.checks.eager import without_jit
from aelib.checks.result import Enough, Fault, Result, TaskNotDone
from aelib.checks.tasks import unfinished


@contextmanager
def quietly(seed: int = 0) -> Iterator[None]:
    """Fix the random numbers for a while, and keep what is printed off the page.

    Torch's switches for gradients and the default type are put back, too, and nothing is compiled
    by torch.jit meanwhile.
    """
    own, numbers, kind = random.getstate(), np.random.get_state(), torch.get_default_dtype()
    with (
        torch.enable_grad(),
        without_jit(),
        torch.random.fork_rng(),
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()),
    ):
        torch.manual_seed(seed)
        np.random.seed(seed)
        random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(numbers)
            random.setstate(own)
            torch.set_default_dtype(kind)


def check(name: str) -> Callable[[Callable[..., None]], Callable[..., Result]]:
    """Make a check of a function that adds steps to a result.

    The function gets the result first, then the arguments of the check. While it runs nothing is
    printed and the random numbers are fixed; whatever a learner's code raises becomes a failed
    step; the result is recorded under the check's name. ``.add`` of the check is the function
    itself, for checks that are made of others.

    Parameters
    ----------
    name
        Of the check, for the report; ``{argument}`` is filled in.
    """

    def decorate(add: Callable[..., None]) -> Callable[..., Result]:
        whole = inspect.signature(add)
        signature = whole.replace(
            parameters=list(whole.parameters.values())[1:], return_annotation=Result
        )

        @functools.wraps(add)
        def run(*answers: object, **options: object) -> Result:
            given = signature.bind(*answers, **options)
            given.apply_defaults()
            result = Result(name.format(**given.arguments))
            try:
                gap = unfinished(given.arguments.values())
                if gap:
                    raise TaskNotDone(gap)
                with quietly(), result.step("the answer can be checked"), suppress(Enough):
                    add(result, *given.args, **given.kwargs)
            except TaskNotDone as gap:
                raise _not_done(result.check, str(gap)) from None
            if len(result.steps) > 1 and result.steps[-1].passed:
                result.steps.pop()
            return result.record()

        run.__signature__ = signature
        run.add = add
        return run

    return decorate


def _not_done(check: str, answer: str) -> TaskNotDone:
    """Record under the check's name that an answer is unfinished; return the error to raise."""
    fault = Fault(
        "{check}: `{answer}` is not finished. There is still a `...` in it.",
        check=check,
        answer=answer,
    )
    result = Result(check)
    with result.step("the task is done"):
        raise fault
    result.record()
    return TaskNotDone(str(fault))
