"""Three browsers with one way to ask them: go, size, run, troubles."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from chromium import chromium, watch
from playwright.sync_api import Page

from book.browsers import ENGINES, FIREFOX, find
from book.node import HERE, NODE, install_packages

FIREFOX_DRIVER = Path(__file__).with_name("firefox.mjs")

SETTLES = 10  # seconds until a window has the size that was asked for
PATIENCE = 300  # seconds that a check may take: two epochs of convolutions on a busy machine

# A bar with this padding is wider than a phone.
NARROW_BAR = "* { padding: 0; margin: 0; min-width: 0; border-width: 0; }"

# WebKit's driver tells nobody what the console says: a page writes it down itself.
RECORDER = """<script>
  window.troubles = [];
  addEventListener("error", (event) => {
    const { src, href, tagName } = event.target;
    troubles.push(tagName ? `failed: ${src || href || tagName}` : `error: ${event.message}`);
  }, true);
  addEventListener("unhandledrejection", (event) => troubles.push(`error: ${event.reason}`));
  const logged = console.error;
  console.error = (...words) => {
    troubles.push(`console: ${words.join(" ")}`);
    logged.apply(console, words);
  };
</script>"""


class Driver(Protocol):
    """One tab of a browser."""

    def go(self, url: str) -> None:
        """Go to a page and wait until it has loaded."""

    def size(self, width: int, height: int) -> None:
        """Give the page this size in CSS pixels."""

    def run(self, code: str) -> object:
        """Evaluate JavaScript, wait for its promise, and return its answer."""

    def troubles(self) -> list[str]:
        """Return what went wrong since the last call, in words."""


class Chromium:
    """Chromium by Playwright."""

    def __init__(self, page: Page):
        self.page = page
        self.record = watch(page.context, "")

    def go(self, url: str) -> None:
        self.page.goto(url)

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def run(self, code: str) -> object:
        return self.page.evaluate(code)

    def troubles(self) -> list[str]:
        found = [*self.record.failed, *self.record.errors]
        self.record.failed.clear()
        self.record.errors.clear()
        return found


class Firefox:
    """Firefox by Puppeteer over BiDi, in a Node of its own."""

    def __init__(self, process: subprocess.Popen[str]):
        self.process = process

    def ask(self, **request: object) -> object:
        """Send one request to the driver and return its answer."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"Firefox's driver ended ({self.process.wait()}) at {request}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def go(self, url: str) -> None:
        self.ask(do="open", url=url)

    def size(self, width: int, height: int) -> None:
        self.ask(do="size", width=width, height=height)

    def run(self, code: str) -> object:
        return self.ask(do="run", code=code)

    def troubles(self) -> list[str]:
        return self.ask(do="troubles")


class WebKit:
    """WebKitGTK by Selenium; what its pages hold beside the book's is ``RECORDER``."""

    def __init__(self, driver):
        self.driver = driver

    def go(self, url: str) -> None:
        if self.driver.current_url.split("#")[0] == url:
            self.driver.get("about:blank")  # or only the part behind # would change
        self.driver.get(url)

    def size(self, width: int, height: int) -> None:
        self.driver.set_window_size(width, height)
        end = time.monotonic() + SETTLES  # the window follows when its screen does
        while (at_hand := self.driver.execute_script("return innerWidth")) != width:
            assert time.monotonic() < end, f"the window is {at_hand} px wide, not {width}"
            time.sleep(0.05)

    def run(self, code: str) -> object:
        answer = self.driver.execute_async_script(
            f"const done = arguments[0]; Promise.resolve({code})"
            ".then((value) => done({ value }), (error) => done({ error: String(error) }))"
        )
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def troubles(self) -> list[str]:
        return self.driver.execute_script("return window.troubles.splice(0)")


@contextmanager
def start_chromium() -> Iterator[Driver]:
    """One Chromium."""
    with chromium() as browser:
        yield Chromium(browser.new_context(locale="zh-CN").new_page())


@contextmanager
def start_firefox() -> Iterator[Driver]:
    """One Firefox."""
    install_packages()
    process = subprocess.Popen(
        [NODE, FIREFOX_DRIVER, HERE / "package.json", find(FIREFOX)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Firefox(process)
    finally:
        process.communicate(timeout=30)


@contextmanager
def start_webkit() -> Iterator[Driver]:
    """One WebKitGTK, on a screen of its own."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    program, browser, _screen = map(find, ENGINES["webkit"].programs)
    options = Options()
    options.binary_location = browser
    options.add_argument("--automation")
    with screen() as display, tempfile.TemporaryDirectory() as settings:
        style = Path(settings, "gtk-3.0", "gtk.css")
        style.parent.mkdir()
        style.write_text(NARROW_BAR, encoding="utf-8")
        own = {"DISPLAY": display, "GDK_BACKEND": "x11", "XDG_CONFIG_HOME": settings}
        own["LANGUAGE"] = "zh_CN"
        service = Service(program, env=os.environ | own)
        with warnings.catch_warnings():  # of what Selenium itself does
            warnings.filterwarnings("ignore", "setting remote_server_addr", DeprecationWarning)
            driver = webdriver.WebKitGTK(options=options, service=service)
        driver.set_script_timeout(PATIENCE)
        try:
            yield WebKit(driver)
        finally:
            driver.quit()


@contextmanager
def screen() -> Iterator[str]:
    """A screen in memory (Xvfb); its name for ``DISPLAY``."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as answer:
            yield f":{answer.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


START = {"chromium": start_chromium, "firefox": start_firefox, "webkit": start_webkit}
