"""Give the widgets that a notebook left on a page the scripts and style sheets of today.

The state of an anywidget holds its script as it was when the notebook ran. A page that is written
from kept results must show what the files say now, so that a change of a widget's JavaScript or
CSS executes nothing: the state of a page goes without, and the site holds today's files apart.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from tempfile import TemporaryDirectory

from book import ROOT
from book.node import install_packages, run_node
from book.widgets.apart import FOLDER, MARK, taken_out

ASSETS = ROOT / "src" / "aelib" / "live" / "assets.py"
CLASS = "_anywidget_id"
REFERENCE = "IPY_MODEL_"  # before the id of a widget, where one names another
MINIFY = Path(__file__).with_name("minify.mjs")
AT_ONCE = ("_esm", "_css")
"""Files of a widget without which it cannot be drawn; any other is loaded when it is wanted."""

Files = dict[str, dict[str, str]]


def todays_files(assets: Path = ASSETS) -> Files:
    """Return script and style sheet of each widget, by its class.

    The file is run by itself: importing ``aelib`` would load torch, for a build that computes
    nothing.
    """
    return runpy.run_path(str(assets))["today"]()


def small_files(language: str, assets: Path = ASSETS) -> Files:
    """Return what ``todays_files`` returns as a page of the site is sent it: half as heavy.

    Parameters
    ----------
    language
        That of the pages, "zh" or "en"; the words of others are left out.
    assets
        As for ``todays_files``; its folder holds the modules and style sheets.
    """
    widgets = runpy.run_path(str(assets))["WIDGETS"]
    begin = {
        f"{widget} {key}": file for widget, own in widgets.items() for key, file in own.items()
    }
    install_packages()
    with TemporaryDirectory() as folder:
        file = Path(folder, "wanted.json")
        wanted = {"language": language, "folder": str(assets.parent), "files": begin}
        file.write_text(json.dumps(wanted), encoding="utf-8")
        small = json.loads(run_node(MINIFY, file))
    return {
        widget: {key: small[f"{widget} {key}"] for key in own} for widget, own in widgets.items()
    }


def script_name(widget: str) -> str:
    """Return the name of the text that holds a widget's script and style sheet."""
    return f"{FOLDER}/{widget.rpartition('.')[2]}"


def scripts(files: Files) -> dict[str, str]:
    """Return the texts that hold what the widgets need of the site.

    Returns
    -------
    dict
        By name: for each widget the JSON of what is loaded with the page; and by itself what is
        loaded when it is wanted, the trainer's worker.
    """
    texts = {}
    for widget, own in files.items():
        at_once = {key: text for key, text in own.items() if key in AT_ONCE}
        texts[script_name(widget)] = json.dumps(at_once, ensure_ascii=False)
        texts |= {
            f"{script_name(widget)}.{key}": text for key, text in own.items() if key not in AT_ONCE
        }
    return texts


def slimmed(state: str, files: Files) -> tuple[str, dict[str, str], list[str]]:
    """Leave out of a saved state what the site holds apart.

    Parameters
    ----------
    state
        JSON as MyST-NB puts it on a page, fit to stand inside a ``<script>``.
    files
        From ``todays_files``; widgets of other classes stay as they are.

    Returns
    -------
    state, texts, widgets
        The state without scripts, style sheets and weights; the weights by name; the classes whose
        scripts the page loads.
    """
    saved = json.loads(state)
    texts: dict[str, str] = {}
    widgets: list[str] = []
    for model in saved["state"].values():
        values = model["state"]
        widget = values.get(CLASS)
        if widget not in files:
            continue
        widgets += [widget] if widget not in widgets else []
        values, own = taken_out(values)
        texts |= own
        for key in files[widget]:
            values.pop(key, None)
            if key not in AT_ONCE:
                values[key] = f"{MARK}{script_name(widget)}.{key}"
        model["state"] = values
    short = json.dumps(saved, ensure_ascii=False, separators=(",", ":"))
    return short.replace("</script", r"<\/script"), texts, widgets


def shown_first(models: dict[str, dict], model: str) -> str:
    """Return the name of the weights that a widget shows first, ``live/…``; empty without any.

    Parameters
    ----------
    models
        By id, from the slim state of a page.
    model
        The id of the widget; its children are looked at in order.
    """
    values = models.get(model, {}).get("state", {})
    if "networks" in values:
        return values["networks"][values["choice"]]["weights"].removeprefix(MARK)
    children = [child.removeprefix(REFERENCE) for child in values.get("children", ())]
    return next(filter(None, (shown_first(models, child) for child in children)), "")
