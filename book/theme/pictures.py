"""Figures at the weight that their content needs, and when the reader comes near them.

Every picture of a page says how large it is, so that the text does not jump when it arrives, and
waits until it is nearly on the screen: on a slow link the figures of a page would keep its explorer
back by seconds. ``print.js`` fetches those that are still to come before they go on paper.

matplotlib writes every figure in four channels. A figure of at most 256 colours says the same in
one channel, at about half the weight; every pixel is compared before the smaller file is taken.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from book.execution.caches import write_whole

if TYPE_CHECKING:
    from sphinx.application import Sphinx

COLOURS = 256  # of a picture with one channel
PICTURE = re.compile(r'<img\b(?P<rest>[^>]*?\bsrc="(?:\.\./)*_images/(?P<name>[^"]+)"[^>]*?)\s*/?>')


def smaller(picture: bytes) -> bytes:
    """Write a PNG with one channel where that changes no pixel; else return it as it is.

    Parameters
    ----------
    picture
        A PNG file.
    """
    image = Image.open(io.BytesIO(picture))
    if image.mode in ("L", "P"):  # written by an earlier build
        return picture
    image = image.convert("RGBA")
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


@lru_cache
def size_of(file: Path, _changed: int) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    with Image.open(file) as picture:
        return picture.size


def wait(body: str, sources: dict[str, Path]) -> str:
    """Let the pictures of a page wait, and say how large those of pixels are.

    Parameters
    ----------
    body
        The HTML of a page.
    sources
        The file behind each name below ``_images``.
    """

    def waiting(found: re.Match[str]) -> str:
        rest, size = found["rest"], ""
        file = sources.get(found["name"])
        if file and file.suffix == ".png" and "width=" not in rest:
            width, height = size_of(file, file.stat().st_mtime_ns)
            size = f' width="{width}" height="{height}"'
        return f'<img{rest}{size} loading="lazy" />'

    return PICTURE.sub(waiting, body)


def let_wait(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Let the pictures of a page wait."""
    if "body" in context:
        images = app.builder.images.items()
        sources = {name: Path(app.srcdir, source) for source, name in images}
        context["body"] = wait(context["body"], sources)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the steps."""
    app.connect("html-page-context", let_wait)
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
