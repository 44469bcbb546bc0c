"""The explorer of a twin notebook in a real JupyterLab, with its kernel.

The twin is that of exercise 2, copied and shortened: it trains on the first 12,000 images only, and
the cell that compares its numbers with the answer key is left out, since those hold for the full
training set. Everything else runs as it stands.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from conftest import watch
from explorers import pixels
from jupyterlab_server import cells, finish, run_all, serve
from playwright.sync_api import Browser, Locator, Page, expect

GREY_LEVELS = 2  # the largest difference from torch that the picture may show
PATIENCE = 600_000  # milliseconds: the notebook trains, and its checks train again
TWIN = ROOT / "chapters" / "features.ipynb"

FEWER_IMAGES = """
import aelib

full = aelib.load_mnist()
few = aelib.Mnist(aelib.Split(*(part[:12000] for part in full.train)), full.test)
aelib.load_mnist = lambda: few
"""

# Prints what the kernel knows of the explorer's state, and what torch answers to it.
ANSWER = """
import json

explorer = next(value for value in Out.values() if isinstance(value, aelib.Explorer))


def answer():
    state = {"noise": explorer.noise.value, "digit": explorer.digit, "seed": explorer.seed}
    noise = torch.from_numpy(aelib.noise_sample(state["seed"], 784))
    noisy = (test[state["digit"]] + state["noise"] * noise).clamp(0, 1)
    levels = 255 * aelib.evaluate(autoencoder, noisy[None])[0]
    print(json.dumps(state | {"reconstruction": levels.tolist()}))
"""


def shortened_twin() -> nbformat.NotebookNode:
    """The twin with less to train, and with ``answer`` at its end."""
    notebook = nbformat.read(TWIN, as_version=4)
    cells = [cell for cell in notebook.cells if "answer_key.check(" not in cell.source]
    assert len(cells) == len(notebook.cells) - 1
    first, last = (nbformat.v4.new_code_cell(code.strip()) for code in (FEWER_IMAGES, ANSWER))
    notebook.cells = [first, *cells, last]
    return notebook


@pytest.fixture(scope="module")
def notebook(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The shortened twin in JupyterLab after *Run All Cells*; ``record`` holds what went wrong."""
    home = tmp_path_factory.mktemp("jupyterlab")
    file = home / "notebooks" / TWIN.name
    file.parent.mkdir()
    nbformat.write(shortened_twin(), file)
    with (
        mock.patch.dict(os.environ, OMP_NUM_THREADS="1"),  # another test runs beside it
        serve(Path(sys.executable), file, home) as (url, _server),
        browser.new_context(viewport={"width": 1280, "height": 900}) as context,
    ):
        page = context.new_page()
        page.record = watch(context, url.partition("/lab")[0])
        run_all(page, url, PATIENCE)
        yield page


def run(page: Page, code: str) -> str:
    """Run some code in a new cell at the end; return what it prints."""
    count = cells(page).count()
    cells(page).last.locator(".jp-InputPrompt").click()
    page.keyboard.press("b")
    expect(cells(page)).to_have_count(count + 1)
    page.keyboard.press("Enter")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    finish(page, PATIENCE)
    return "".join(cells(page).last.locator(".jp-OutputArea-output").all_inner_texts())


def explorer(page: Page) -> Locator:
    """The explorer's root element, on screen and drawn.

    What stands above it may still grow and push it off the screen, where it draws nothing.
    """
    root = page.locator(".ae-explorer")
    page.wait_for_function(
        "root => (root.scrollIntoView({ block: 'center' }), root.dataset.ready === 'true')",
        arg=root.element_handle(),
    )
    return root


def noise_slider(page: Page) -> Locator:
    """The explorer's; the trainer has one of that name too."""
    return page.locator(".ae-live:has(.ae-explorer)").get_by_role("slider", name="噪声因子")


def difference(root: Locator, answer: dict) -> float:
    """How far the reconstruction on the page lies from torch's, at most, in grey levels."""
    return np.abs(pixels(root, "reconstruction") - answer["reconstruction"]).max()


def test_settings_made_in_the_notebook_reach_python_and_draw_what_torch_answers(notebook, request):
    root = explorer(notebook)
    before = pixels(root, "reconstruction")
    noise_slider(notebook).focus()
    for _ in range(37):
        notebook.keyboard.press("ArrowRight")
    notebook.get_by_role("radio", name="数字 1，第 3 个").click()
    notebook.get_by_role("button", name="换一份噪声").click()
    for name, value in (("noise", "0.37"), ("digit", "2"), ("seed", "1")):
        expect(root).to_have_attribute(f"data-{name}", value)

    answer = json.loads(run(notebook, "answer()"))
    assert (answer["noise"], answer["digit"], answer["seed"]) == (pytest.approx(0.37), 2, 1)
    found = float(difference(root, answer))
    request.node.user_properties.append(("largest difference, grey levels", found))
    assert found <= GREY_LEVELS
    assert np.abs(before - answer["reconstruction"]).max() > 10 * GREY_LEVELS


def test_a_noise_factor_set_in_python_moves_slider_and_picture(notebook):
    run(notebook, "explorer.noise.value = 0")
    root = explorer(notebook)
    expect(root).to_have_attribute("data-noise", "0")
    before = pixels(root, "reconstruction")

    answer = json.loads(run(notebook, "explorer.noise.value = 0.5\nanswer()"))
    root = explorer(notebook)
    expect(root).to_have_attribute("data-noise", "0.5")
    expect(noise_slider(notebook)).to_have_attribute("aria-valuenow", "0.5")
    assert difference(root, answer) <= GREY_LEVELS
    assert np.abs(before - answer["reconstruction"]).max() > 10 * GREY_LEVELS


def test_jupyterlab_asks_no_other_host(notebook):
    assert notebook.record.foreign == []


def test_a_network_trained_in_the_notebook_reaches_python(notebook):
    root = notebook.locator(".ae-trainer")
    root.scroll_into_view_if_needed()
    expect(root).to_have_attribute("data-ready", "true")
    root.locator(".ae-count").select_option(index=0)  # 1,000 images: one part, from the kernel
    root.locator(".ae-step").click()
    expect(root).to_have_attribute("data-step", "1", timeout=PATIENCE)
    code = """
trainer = next(value for value in Out.values() if isinstance(value, aelib.Trainer))
encoder, decoder = trainer.networks()
expected, _, losses = aelib.replay(1, **trainer.view.recipe)
pairs = zip(encoder.parameters(), expected.parameters())
gap = max((a - b).abs().max().item() for a, b in pairs)
print(json.dumps([losses[0], gap]))
"""
    loss, gap = json.loads(run(notebook, code.strip()))
    assert float(root.get_attribute("data-loss")) == pytest.approx(loss, rel=1e-6)
    assert gap < 1e-6
