"""A JupyterLab for the tests, started from any environment, and a notebook run in it."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

PATIENCE = 120_000  # milliseconds that JupyterLab may take to start and to load


@contextmanager
def serve(python: Path, notebook: Path, home: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """Start JupyterLab in the notebook's folder; yield the notebook's address and the server.

    Parameters
    ----------
    python
        Of the environment whose JupyterLab and kernel are used.
    notebook
        The file to open.
    home
        An empty folder: this JupyterLab knows no settings but those below it.
    """
    folders = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    refuse_news(folders["JUPYTERLAB_SETTINGS_DIR"])
    token = secrets.token_hex()
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": 0,  # any free one
        "ServerApp.root_dir": notebook.parent,
        "IdentityProvider.token": token,
        "LabApp.extension_manager": "readonly",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [python, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = os.environ | {name: str(folder) for name, folder in folders.items()}
    log = home / "log.txt"
    with (
        log.open("w", encoding="utf-8") as stderr,
        subprocess.Popen(command, env=environment, stderr=stderr) as server,
    ):
        try:
            yield f"{address(server, log)}/lab/tree/{notebook.name}?token={token}", server
        finally:
            server.terminate()


def refuse_news(settings: Path) -> None:
    """Answer JupyterLab's question whether it may fetch news."""
    file = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")


def address(server: subprocess.Popen, log: Path) -> str:
    """Where a server listens, once its log says so."""
    deadline = time.monotonic() + PATIENCE / 1000
    while server.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8")):
            return found[0]
        time.sleep(0.05)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


def run_all(page: Page, url: str, patience: int) -> None:
    """Open a notebook, choose *Run All Cells*, wait ``patience`` milliseconds for the last."""
    page.goto(url)
    kernel = page.get_by_role("button", name="Python 3 (ipykernel) | Idle")
    expect(kernel).to_be_visible(timeout=PATIENCE)
    expect(cells(page).last).to_be_attached(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    finish(page, patience)


def cells(page: Page) -> Locator:
    """All code cells of the notebook."""
    return page.locator(".jp-Notebook .jp-CodeCell")


def finish(page: Page, patience: int) -> None:
    """Wait until the last cell has run, or one has failed; an open task is no failure."""
    ran = cells(page).last.locator(".jp-InputPrompt").get_by_text(re.compile(r"\[\d+\]:"))
    errors = page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    failed = errors.filter(has_not_text="TaskNotDone")
    expect(ran.or_(failed).first).to_be_visible(timeout=patience)
    assert failed.all_inner_texts() == []
