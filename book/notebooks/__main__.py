"""Write every notebook, twins first and then starters, from one rendering: ``make notebooks``."""

from __future__ import annotations

import sys

from book.notebooks import twins
from book.starters import write

if __name__ == "__main__":
    sys.exit(twins.main() or write.main())
