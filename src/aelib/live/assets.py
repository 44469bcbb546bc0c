"""The browser's half of a widget: its script and its style sheet, read from this folder."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent


def script(*names: str) -> str:
    """Join ES modules of this folder into one, as anywidget wants it.

    The files import each other by ``import { … } from "./network.js";`` so that Node and editors
    understand them; in one file those lines are not needed and go.
    """
    text = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)
    return re.sub(r'^import \{[^}]*\} from "\./[\w.]+";\n', "", text, flags=re.MULTILINE)


def style(name: str) -> str:
    """Read a style sheet of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")
