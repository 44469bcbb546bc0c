"""Give the widgets that a notebook left on a page the scripts and style sheets of today.

The state of an anywidget holds its script as it was when the notebook ran. A page that is written
from kept results must show what the files say now, so that a change of a widget's JavaScript or
CSS executes nothing.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from book import ROOT

ASSETS = ROOT / "src" / "aelib" / "live" / "assets.py"
CLASS = "_anywidget_id"


def todays_files(assets: Path = ASSETS) -> dict[str, dict[str, str]]:
    """Return script and style sheet of each widget, by its class.

    The file is run by itself: importing ``aelib`` would load torch, for a build that computes
    nothing.
    """
    return runpy.run_path(str(assets))["today"]()


def brought_up_to_date(state: str, files: dict[str, dict[str, str]]) -> str:
    """Replace script and style sheet of every widget in a saved state.

    Parameters
    ----------
    state
        JSON as MyST-NB puts it on a page, fit to stand inside a ``<script>``.
    files
        From ``todays_files``; widgets of other classes stay as they are.
    """
    saved = json.loads(state)
    for model in saved["state"].values():
        values = model["state"]
        values.update(files.get(values.get(CLASS), {}))
    return json.dumps(saved).replace("</script", r"<\/script")
