"""The images that the trainer loads when its reader presses the button, as files of the site.

Only the site has them; with a kernel they come from Python.
"""

from __future__ import annotations

import base64
from pathlib import Path

from book import ROOT
from book.node import digest
from book.widgets.apart import hand_over

AELIB = ROOT / "src" / "aelib"
SOURCES = (
    *sorted((AELIB / "data").glob("*.gz")),
    AELIB / "live" / "train_data.py",
    Path(__file__).with_name("apart.py"),
)
FOLDER = "mnist"


def write_images(static: Path) -> None:
    """Write a script for each part of the images, unless those of the same sources are there.

    Parameters
    ----------
    static
        The folder ``_static`` of the site.
    """
    folder = static / FOLDER
    stamp = folder / "sources.txt"
    sources = digest(*SOURCES)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == sources:
        return
    from aelib.live.train_data import embedded  # with torch, which most builds do not need

    folder.mkdir(parents=True, exist_ok=True)
    for part in embedded().parts:
        text = base64.b64encode(embedded().packed(part)).decode("ascii")
        hand_over(static, f"{FOLDER}/{part}", text)
    stamp.write_text(sources, encoding="utf-8")  # last: with it, all are whole
