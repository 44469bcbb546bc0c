"""The quiz's letters."""

from collections.abc import Iterable

from aelib.checks.answers import digest, letters_in, stored, unpack
from aelib.checks.house import check
from aelib.checks.result import Result, Step


def choice(name: str, letters: str | Iterable[str]) -> Result:
    """Check the letters chosen in a question; the result says why each is right or wrong.

    Parameters
    ----------
    name
        The question's name, as the notebook gives it.
    letters
        ``"C"``, or several as ``"AC"``, ``"a, c"`` or ``["A", "C"]``.

    Raises
    ------
    ValueError
        There is no question of that name, no letter, no such option, or there are several letters
        where one can be chosen.
    TaskNotDone
        The letters are still ``...``.
    """
    questions = stored()["questions"]
    if name not in questions:
        known = ", ".join(sorted(questions))
        raise ValueError(
            f"choice expects the name of a question; found {name!r}. The questions are: {known}."
        )
    if letters is not ...:
        _check_letters(name, letters)
    return _choice(name, letters)


def _check_letters(name: str, letters: str | Iterable[str]) -> None:
    """Refuse letters that cannot be an answer to this question."""
    question, chosen = stored()["questions"][name], letters_in(letters)
    options = question["reasons"]
    if not chosen:
        raise ValueError(
            f'choice expects one letter or more, such as "A"; found {letters!r} for {name}.'
        )
    if not set(chosen) <= set(options):
        raise ValueError(f"{name} has the options {', '.join(options)}; found {', '.join(chosen)}.")
    if len(chosen) > 1 and not question["several"]:
        raise ValueError(f"{name} takes one letter; found {', '.join(chosen)}. Decide on one.")


@check("choice {name}")
def _choice(result: Result, name: str, letters: str | Iterable[str]) -> None:
    question, chosen = stored()["questions"][name], letters_in(letters)
    right = digest(name, chosen) == question["answer"]
    reasons = "\n".join(f"{letter}. {unpack(question['reasons'][letter])}" for letter in chosen)
    result.steps.append(Step(stored()["right" if right else "wrong"], right, reasons))
