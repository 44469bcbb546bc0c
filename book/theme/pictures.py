"""Figures at the weight that their content needs.

matplotlib writes every figure in four channels. A figure of at most 256 colours says the same in
one channel, at about half the weight; every pixel is compared before the smaller file is taken.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from book.execution.caches import write_whole

if TYPE_CHECKING:
    from sphinx.application import Sphinx

COLOURS = 256  # of a picture with one channel


def smaller(picture: bytes) -> bytes:
    """Write a PNG with one channel where that changes no pixel; else return it as it is.

    Parameters
    ----------
    picture
        A PNG file.
    """
    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    colours = image.getcolors(COLOURS)
    if colours is None or any(alpha < 255 for _, (*_, alpha) in colours):
        return picture
    plain = image.convert("RGB")
    grey = all(red == green == blue for _, (red, green, blue, _) in colours)
    single = plain.convert("L") if grey else plain.quantize(COLOURS)
    if single.convert("RGB").tobytes() != plain.tobytes():
        return picture
    written = io.BytesIO()
    single.save(written, "PNG", optimize=True)
    return min(written.getvalue(), picture, key=len)


def lighten(app: Sphinx, error: Exception | None) -> None:
    """Lighten the figures of a site that has been built."""
    if error is not None or app.builder.format != "html":
        return
    for file in sorted(Path(app.outdir, "_images").glob("*.png")):
        before = file.read_bytes()
        after = smaller(before)
        if len(after) < len(before):
            write_whole(file, after)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the step."""
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
