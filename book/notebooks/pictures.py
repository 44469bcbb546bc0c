"""Draw the figures and badges, which are SVG, as PNG: ``python -m book.notebooks.pictures``.

JupyterLab shows no SVG from inside a notebook that it does not trust, GitHub none at all; PNG they
show. Chromium draws them, half as large again as they appear on the site. Each PNG names the SVG it
was made of, so that one that is stale is found without drawing it again.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from book import ROOT
from book.browsers import CHROMIUM

BADGES = Path(__file__).resolve().parents[1] / "address" / "badges"
SOURCES = (ROOT / "assets" / "figures", BADGES)
SCALE = 1.5
PANEL = "background: #fff; border-radius: 14px"
"""A drawing's own ground: its dark lines must be seen in a dark front end too."""
NATURAL_WIDTH = """() => {
  const svg = document.querySelector("svg");
  if (!svg.getAttribute("width")) svg.setAttribute("width", svg.viewBox.baseVal.width);
}"""
KEY = "Source"  # of the text inside a PNG: the digest of its SVG


def digest(drawing: Path) -> str:
    """Return what identifies an SVG."""
    return hashlib.sha256(drawing.read_bytes()).hexdigest()[:16]


def checked(picture: Path) -> Path:
    """Return a picture, once it is known to be that of the SVG beside it.

    Raises
    ------
    FileNotFoundError
        It is missing, or was made of another SVG.
    """
    drawing = picture.with_suffix(".svg")
    if not drawing.exists():
        return picture
    found = None
    if picture.exists():
        with Image.open(picture) as image:
            found = image.text.get(KEY)
    if found != digest(drawing):
        raise FileNotFoundError(
            f"{picture.relative_to(ROOT)} is expected to be drawn from {drawing.name}; it is "
            f"{'stale' if picture.exists() else 'missing'}. Run "
            "`python -m book.notebooks.pictures` and commit what it writes."
        )
    return picture


def draw(drawing: Path, page) -> bytes:
    """Return an SVG as PNG, transparent where the drawing is."""
    text = drawing.read_text(encoding="utf-8")
    panel = "" if drawing.parent == BADGES else PANEL
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block; {panel} }}</style>{text}")
    page.evaluate(NATURAL_WIDTH)
    shot = page.locator("svg").screenshot(omit_background=True)
    info = PngInfo()
    info.add_text(KEY, digest(drawing))
    written = io.BytesIO()
    with Image.open(io.BytesIO(shot)) as image:
        image.save(written, "PNG", pnginfo=info, optimize=True)
    return written.getvalue()


def main() -> int:
    """Draw every SVG whose PNG is missing or stale; return the exit code."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        system = next(filter(None, map(shutil.which, CHROMIUM)), None)
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=SCALE)
        for drawing in sorted(file for folder in SOURCES for file in folder.glob("*.svg")):
            picture = drawing.with_suffix(".png")
            try:
                checked(picture)
            except FileNotFoundError:
                picture.write_bytes(draw(drawing, page))
                print(f"wrote {picture.relative_to(ROOT)}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
