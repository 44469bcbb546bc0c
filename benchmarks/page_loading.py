"""Each page of the site on a slow phone: when its text is there, when its explorer is drawn."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass

from built_site import HTML, SiteHandler, page_names, served
from chromium import chromium
from playwright.sync_api import Browser

NETWORK = {  # slow 4G: bytes a second, milliseconds
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 0.75e6 / 8,
}
SLOWER = 4  # times, the processor
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
PATIENCE = 120_000  # milliseconds
TEXTS = (".html", ".js", ".css", ".svg", ".json")

# The reader goes to the first explorer as soon as it stands on the page; when it is drawn.
HURRY = """
  const look = () => {
    const root = document.querySelector(".ae-explorer");
    const area = root ?? document.querySelector(".widget-notice[data-first]");
    if (root?.dataset.ready === "true") window.aeDrawn = performance.now();
    else {
      area?.scrollIntoView({ block: "center", behavior: "instant" });
      setTimeout(look, 50);
    }
  };
  look();
"""


@dataclass
class Load:
    """Bytes of the page's HTML, seconds until the text and the explorer; None without one."""

    html: int
    text: float
    drawn: float | None


class Packing(SiteHandler):
    """Serve texts packed with gzip, as a host of static sites does."""

    def do_GET(self) -> None:  # noqa: N802
        """Send a file."""
        file = self.translate_path(self.path.partition("?")[0])
        if not file.endswith(TEXTS):
            return super().do_GET()
        try:
            with open(file, "rb") as opened:
                body = gzip.compress(opened.read(), 6)
        except OSError:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)


def loads() -> Iterator[tuple[str, Load]]:
    """Load every page of the book."""
    with chromium() as browser, served(HTML, Packing) as site:
        for name in page_names():
            if name.startswith("chapters/"):
                yield name, load(browser, site, name)


def load(browser: Browser, site: str, name: str) -> Load:
    """Load one page with nothing kept from others."""
    html = HTML / name
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.add_init_script(HURRY)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{site}/{name}", timeout=PATIENCE)
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    text = page.wait_for_function(paint, timeout=PATIENCE).json_value()
    drawn = None
    if "aelib.live.explorer.ExplorerView" in html.read_text(encoding="utf-8"):
        drawn = page.wait_for_function("window.aeDrawn", timeout=PATIENCE).json_value() / 1000
    context.close()
    return Load(html.stat().st_size, text / 1000, drawn)
