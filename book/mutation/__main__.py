"""``python -m book.mutation FILE [SAMPLE]``: mutate one file, or a package, and report."""

from __future__ import annotations

import sys
from pathlib import Path

from book.mutation import javascript, python

MOST = 0.05  # of the mutants may survive


def main(arguments: list[str]) -> int:
    """Mutate and report; return the exit code."""
    try:
        file, *sample = arguments
        planted = javascript if file.endswith(".js") else python
        mutants = planted.mutants(Path(file), *map(int, sample))
    except ValueError as error:
        print(f"make mutate FILE=… [SAMPLE=…]: {error}")
        return 2
    survivors = [mutant for mutant in mutants if not mutant.seen]
    for mutant in survivors:
        print(f"\n{mutant.name}\n{mutant.difference}")
    print(f"\n{file}: {len(mutants)} mutants, {len(survivors)} survived")
    return int(not mutants or len(survivors) > MOST * len(mutants))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
