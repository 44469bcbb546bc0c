"""Stop with a clear message when this Python is too old for the book."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "The book expects Python 3.11 or newer; found %d.%d at %s. "
        "Name another one: make book PYTHON=python3.11"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
