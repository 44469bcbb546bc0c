"""Draw the card that messengers show beside a link: ``python -m book.sharing.card``.

Its digits are those of a figure that the denoising page drew when it was executed; its words are
Latin, since not every machine that draws it has a Chinese font. The PNG names the figure that it
was made of, so that one that is stale is found without drawing it again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import sys

import matplotlib.pyplot as plt
import nbformat
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from book import ROOT
from book.sharing import CARD

NOTEBOOK = ROOT / "chapters" / "denoising.ipynb"
FIGURE = '{"original": test, "noisy": test_noisy_1, "denoised": denoised_1}'
"""Names the cell whose figure the card shows."""
KEY = "Source"  # of the text inside a PNG: the digest of the figure
SIZE = (12.0, 6.3)  # inches at 100 dots: what messengers ask for


def figure_of_the_run() -> bytes:
    """Return the figure of the stored run, as PNG.

    Raises
    ------
    ValueError
        The notebook has not exactly one such figure.
    """
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    pictures = [
        output.data["image/png"]
        for cell in cells
        if cell.cell_type == "code" and FIGURE in cell.source
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    if len(pictures) != 1:
        raise ValueError(
            f"{NOTEBOOK.name}: expected one figure drawn from {FIGURE}; found {len(pictures)}. Say "
            "in book/sharing/card.py which figure the card shows now."
        )
    return base64.b64decode(pictures[0])


def digest(picture: bytes) -> str:
    """Return what identifies a picture."""
    return hashlib.sha256(picture).hexdigest()[:16]


def draw(picture: bytes) -> Figure:
    """Return the card: a title, one line, and the figure below."""
    figure = plt.figure(figsize=SIZE, dpi=100, facecolor="white")
    figure.text(0.06, 0.83, "Autoencoders, by doing", fontsize=50, weight="bold", color="#0072b2")
    line = "Train, look, try: an interactive chapter on the full MNIST"
    figure.text(0.06, 0.73, line, fontsize=23, color="#333333")
    ax = figure.add_axes((0.04, 0.03, 0.92, 0.64))
    ax.imshow(np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")))
    ax.axis("off")
    return figure


def main() -> int:
    """Draw the card; return the exit code."""
    picture = figure_of_the_run()
    draw(picture).savefig(CARD, metadata={KEY: digest(picture)})
    print(f"wrote {CARD.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
