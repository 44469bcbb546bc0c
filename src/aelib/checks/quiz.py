"""The quiz's letters."""

from collections.abc import Iterable

from aelib.checks.answers import ANSWERS, digest
from aelib.checks.house import check
from aelib.checks.result import Fault, Result


def choice(name: str, letters: str | Iterable[str]) -> Result:
    """Check the letters chosen in a question of the quiz.

    Parameters
    ----------
    name
        The question's name, as the page gives it.
    letters
        ``"C"``, or several as ``"AC"``, ``"a, c"`` or ``["A", "C"]``.

    Raises
    ------
    ValueError
        There is no question of that name, or no letter.
    TaskNotDone
        The letters are still ``...``.
    """
    if name not in ANSWERS:
        known = ", ".join(sorted(ANSWERS))
        raise ValueError(
            f"choice expects the name of a question; found {name!r}. The questions are: {known}."
        )
    if letters is not ... and not any(letter.isalpha() for letter in "".join(letters)):
        raise ValueError(
            f'choice expects one letter or more, such as "A"; found {letters!r} for {name}.'
        )
    return _letters(name, letters)


@check("choice {name}")
def _letters(result: Result, name: str, letters: str | Iterable[str]) -> None:
    with result.step("the letters are right"):
        if digest(name, letters) != ANSWERS[name]:
            raise Fault(
                "Not these letters. Read the question again and test each option "
                "against what the page has shown."
            )
