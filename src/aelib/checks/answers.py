"""Hashes of the quiz's right letters, so that a look at this file does not give them away.

``python -m aelib.checks.answers quiz-exercise-1 C`` prints the line for a question.
"""

import hashlib
import sys
from collections.abc import Iterable

ANSWERS = {
    "quiz-bottleneck": "e64ae607ede5e48b",
    "quiz-denoising-target": "d82edc85932ffcd8",
    "quiz-error-map": "7af04a2611be9372",
    "quiz-exercise-1": "34dac2c46daf4c1a",
    "quiz-fixed-noise": "b613475172800ddb",
    "quiz-gradient-into-encoder": "2a1a4a480f83e9a1",
    "quiz-linear-path": "f8ab9575fb2adb51",
    "quiz-pca": "db07dc3b2b96ffbb",
    "quiz-sigmoid-output": "9596a2aef5f223f5",
    "quiz-weak-noise": "4f1ebf4832dcf867",
    "quiz-what-proves": "3b0501e3253628ce",
    "quiz-wide-code": "622e5b195fb00921",
}
"""Name of a question to the hash of its right letters; compared with the pages by a test."""


def digest(name: str, letters: str | Iterable[str]) -> str:
    """Hash a question's letters: 16 hexadecimal digits.

    Parameters
    ----------
    name
        Of the question.
    letters
        ``"C"``, ``"a, c"`` or ``["A", "C"]``: case, order and what stands between do not matter.
    """
    chosen = sorted({letter for letter in "".join(letters).upper() if letter.isalpha()})
    return hashlib.sha256(f"{name}:{''.join(chosen)}".encode()).hexdigest()[:16]


if __name__ == "__main__":
    question, *given = sys.argv[1:]
    print(f'    "{question}": "{digest(question, given)}",')
