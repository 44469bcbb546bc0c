"""Give the widgets that a notebook left on a page the scripts and style sheets of today.

The state of an anywidget holds its script as it was when the notebook ran. A page that is written
from kept results must show what the files say now, so that a change of a widget's JavaScript or
CSS executes nothing.
"""

from __future__ import annotations

import functools
import json
import runpy
from pathlib import Path
from tempfile import TemporaryDirectory

from book import ROOT
from book.node import install_packages, run_node

ASSETS = ROOT / "src" / "aelib" / "live" / "assets.py"
CLASS = "_anywidget_id"
MINIFY = Path(__file__).with_name("minify.mjs")
Files = dict[str, dict[str, str]]


def todays_files(assets: Path = ASSETS) -> Files:
    """Return script and style sheet of each widget, by its class.

    The file is run by itself: importing ``aelib`` would load torch, for a build that computes
    nothing.
    """
    return runpy.run_path(str(assets))["today"]()


def minified(files: Files) -> Files:
    """Take comments and long names out of scripts and style sheets: half of their weight."""
    flat = {f"{widget} {key}": text for widget, own in files.items() for key, text in own.items()}
    small = _minified(json.dumps(flat))
    return {widget: {key: small[f"{widget} {key}"] for key in own} for widget, own in files.items()}


@functools.lru_cache(maxsize=1)  # a build asks once for each page
def _minified(texts: str) -> dict[str, str]:
    install_packages()
    with TemporaryDirectory() as folder:
        file = Path(folder, "texts.json")
        file.write_text(texts, encoding="utf-8")
        return json.loads(run_node(MINIFY, file))


def brought_up_to_date(state: str, files: Files) -> str:
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
