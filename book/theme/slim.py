"""Leave out what the theme loads on every page and a page of this book does not need.

- FontAwesome's script (540 KB gzipped): the theme's own style sheet draws the same icons
  from a font, and of that font the site gets only the icons the theme uses.
- The search index and its scripts, on every page but the search page, where it is used.
- The script for tabs, on pages without tabs.
- In listings, the marks around names, punctuation and spaces, which the styles of both themes give
  the colour that a listing has anyway, and around operators, which say enough without one: together
  they are a quarter of a page.
"""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydata_sphinx_theme
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

TEMPLATES = Path(__file__).parent / "templates"
WEBFONTS = Path(
    pydata_sphinx_theme.__file__,
    "../theme/pydata_sphinx_theme/static/vendor/fontawesome/webfonts",
).resolve()

# Glyph names in FontAwesome's font files. An icon that is missing here still shows: the
# browser then loads the theme's whole font.
# fmt: off
SOLID = [
    "angle-down", "angle-left", "angle-right", "angle-up", "arrow-right-from-bracket", "arrow-up",
    "arrow-up-right-from-square", "bars", "bell", "check", "chevron-down", "chevron-up",
    "circle-check", "circle-exclamation", "circle-half-stroke", "circle-info", "circle-xmark",
    "code", "download", "expand", "file", "file-pdf", "lightbulb", "list", "magnifying-glass",
    "magnifying-glass-minus", "moon", "pencil", "rocket", "share", "sun", "triangle-exclamation",
    "xmark",
]
# fmt: on
BRANDS = ["github"]
PLAIN = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')


def font_face(family: str, weight: int, file: Path, glyphs: list[str]) -> str:
    """Return an ``@font-face`` rule with the named glyphs of a font inside."""
    font = TTFont(file)
    names = font.getBestCmap()
    points = sorted(point for point, name in names.items() if name in glyphs and point >= 0xE000)
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=False))
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.flavor = "woff"
    data = io.BytesIO()
    font.save(data)
    encoded = base64.b64encode(data.getvalue()).decode()
    covered = ",".join(f"U+{point:X}" for point in points)
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; unicode-range: {covered}; '
        f'src: url("data:font/woff;base64,{encoded}") format("woff"); }}\n'
    )


def write_icons(app: Sphinx) -> None:
    """Write ``icons.css``, which takes precedence over the theme's fonts for its icons."""
    if app.builder.format != "html":
        return
    target = app.outdir / "_static" / "icons.css"
    target.parent.mkdir(parents=True, exist_ok=True)
    solid, brands = WEBFONTS / "fa-solid-900.ttf", WEBFONTS / "fa-brands-400.ttf"
    target.write_text(
        font_face("Font Awesome 6 Free", 900, solid, SOLID)
        + font_face("Font Awesome 6 Brands", 400, brands, BRANDS),
        encoding="utf-8",
    )
    app.add_css_file("icons.css")


def drop_tabs_script(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Keep sphinx-design's script for tabs only where there are tabs."""
    if "sd-tab-set" not in context.get("body", ""):
        context["script_files"][:] = [
            script
            for script in context["script_files"]
            if not str(script.filename).endswith("design-tabs.js")
        ]


def unmark_plain_code(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Leave out marks in listings that change no colour."""
    if "body" in context:
        context["body"] = PLAIN.sub(r"\1", context["body"])


def prepare(_app: Sphinx, config: Config) -> None:
    """Set what the theme's options leave out, and put this extension's templates first."""
    config.templates_path.insert(0, str(TEMPLATES))
    # Without a default mode the theme's script complains on every page; see layout.html
    config.html_context["default_mode"] = "light"
    # pydata-sphinx-theme 0.17 puts a second search bar above the page; the sidebar has one
    config.html_theme_options.setdefault("navbar_persistent", [])
    # Jupyter Book's English default; without it the theme says it in the book's language
    if config.html_theme_options.get("search_bar_text") == "Search this book...":
        del config.html_theme_options["search_bar_text"]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.connect("config-inited", prepare)
    app.connect("builder-inited", write_icons)
    app.connect("html-page-context", drop_tabs_script, priority=900)
    app.connect("html-page-context", unmark_plain_code, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
