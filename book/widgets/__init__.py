"""Live widgets without a kernel: bundle the widget runtime and load it where it is needed.

``embed.js`` and the official widget packages become one deferred script and one style
sheet in the site's ``_static``, bundled anew only when an input changed. Only pages that show
a widget load them. The widgets' state stands at the end of such a page, so that the text can
be read before it arrives, and behind each widget's place stands a sentence for readers whose
browser runs no script; ``embed.js`` hides it once the widget is drawn. A widget's own script and
style sheet are those of today, whenever its notebook ran (``state.py``); they and the weights of
networks are files of the site, not of the page (``apart.py``).
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

from book.editions import in_language
from book.node import HERE as BOOK
from book.node import digest, install_packages, run_node
from book.widgets.apart import hand_over, tidy
from book.widgets.images import write_images
from book.widgets.state import (
    script_name,
    scripts,
    shown_first,
    slimmed,
    small_files,
    todays_files,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

HERE = Path(__file__).resolve().parent
INPUTS = [
    BOOK / "package-lock.json",
    *(
        HERE / name
        for name in (
            "build_runtime.mjs",
            "embed.js",
            "embed.css",
            "amd_define.js",
            "no_sanitizer.js",
        )
    ),
]
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">(?P<model>.*?)</script>', re.DOTALL
)
NOTICE = {
    "zh": "此处的交互演示要用 JavaScript 运行；演示没有出现时，请看本页的静态图。",
    "en": "The live demonstration here needs JavaScript; where it does not appear, "
    "the page's static figure takes its place.",
}


def check_versions() -> None:
    """Stop where the page's anywidget would not match the one that ran the notebooks."""
    page = json.loads((BOOK / "package.json").read_text(encoding="utf-8"))["dependencies"][
        "anywidget"
    ]
    notebook = importlib.metadata.version("anywidget")
    if page != notebook:
        raise ExtensionError(
            f"anywidget {notebook} is installed, but book/package.json has {page}: the page could "
            "not read the widgets' state. Pin the same version in requirements.txt and in "
            "book/package.json (then run npm install in book/ to renew the lock file)."
        )


def bundle(app: Sphinx) -> None:
    """Write ``widgets.js`` and ``widgets.css``, unless those of the same inputs are there."""
    if app.builder.format != "html":
        return
    check_versions()
    target = app.outdir / "_static"
    write_images(target)
    shutil.copyfile(HERE / "nearby.js", target / "nearby.js")
    language = app.config.language.partition("_")[0]
    for name, text in scripts(small_files(language)).items():
        hand_over(target, name, text)
    banner = f"/* inputs {digest(*INPUTS)} */"
    script = target / "widgets.js"
    if script.exists() and script.read_text(encoding="utf-8").startswith(banner):
        return
    install_packages()
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target) as fresh:  # a bundle that is cut short never gets there
        run_node(HERE / "build_runtime.mjs", fresh, banner)
        for file in sorted(Path(fresh).iterdir(), key=lambda file: file.name == script.name):
            file.replace(target / file.name)


def load_where_needed(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Keep the runtime on pages with a widget, and put the state at the end of the text."""
    scripts, body = context["script_files"], context.get("body", "")
    states = [script for script in scripts if script.attributes.get("type") == STATE]
    has_widget = VIEW.search(body) is not None
    scripts[:] = [
        script
        for script in scripts
        if script not in states and (has_widget or not is_runtime(script.filename))
    ]
    if not has_widget:
        return
    files, models = todays_files(), {}
    for state in states:
        text, weights, widgets = slimmed(state.attributes["body"], files)
        models |= json.loads(text)["state"]
        body += f'<script type="{STATE}">{text}</script>\n'
        for name, weight in weights.items():
            hand_over(app.outdir / "_static", name, weight)
        for widget in widgets:
            app.add_js_file(f"{script_name(widget)}.js", loading_method="defer", priority=900)
    said = in_language(NOTICE, app.config.language)
    context["body"] = VIEW.sub(lambda view: view[0] + notice(said, view["model"], models), body)
    app.add_js_file("nearby.js", loading_method="defer", priority=400)  # before the runtime
    app.add_css_file("widgets.css")


def notice(said: str, view: str, models: dict[str, dict]) -> str:
    """Return what stands in a widget's place until it is drawn; it names what is shown first."""
    first = shown_first(models, json.loads(view)["model_id"])
    named = f' data-first="{first}"' if first else ""
    return f'<p class="widget-notice"{named}>{said}</p>'


def remove_what_no_page_names(app: Sphinx, error: Exception | None) -> None:
    """Keep no weights of networks that the book has no longer."""
    if not error and app.builder.format == "html":
        tidy(app.outdir / "_static")


def is_runtime(filename: str | None) -> bool:
    """Whether a script of a page is the bundle."""
    return filename is not None and filename.endswith("widgets.js")


def choose_runtime(_app: Sphinx, config: Config) -> None:
    """Have MyST-NB load the bundle in place of RequireJS and the CDN's runtime."""
    config.nb_ipywidgets_js = {"widgets.js": {"defer": "defer"}}


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the parts."""
    app.connect("config-inited", choose_runtime)
    app.connect("builder-inited", bundle)
    app.connect("html-page-context", load_where_needed, priority=900)
    app.connect("build-finished", remove_what_no_page_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
