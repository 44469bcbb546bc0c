"""The trainer in a real browser, on the page of the explorer: it learns, and what becomes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from built_site import HTML
from conftest import wait_for_widgets, watch
from explorers import pixels
from playwright.sync_api import Browser, Locator, Page, expect
from test_accessibility import violations

from aelib import Trainer, load_mnist, replay
from aelib.live.train_data import TESTED

PAGE = "chapters/explorer.html"
QUICK = "hidden:32,latent:8,batch:64,count:1000,seed:3"
SLOW = "hidden:512.512.512,count:10000,seed:3"  # a minute: whoever looks finds it training
PATIENCE = 60_000


def open_trainer(page: Page, settings: str = QUICK, name: str = PAGE) -> Locator:
    """Open a page with a trainer as a link sets it; return its root."""
    page.goto(name)
    root = page.locator(".ae-trainer")
    root.scroll_into_view_if_needed()
    expect(root).to_have_attribute("data-state", "idle")
    follow(page, settings)
    return root


def follow(page: Page, settings: str) -> None:
    """Follow a link within the page to settings, and wait until the page has done so."""
    page.evaluate(
        """hash => new Promise((done) => {
          window.addEventListener("hashchange", () => setTimeout(done), { once: true });
          location.hash = hash;
        })""",
        f"tr1=preset:free,{settings}",
    )


def press(root: Locator, name: str, state: str) -> None:
    """Press a button, and wait until the trainer has come to a state."""
    root.locator(f".ae-{name}").click()
    expect(root).to_have_attribute("data-state", state, timeout=PATIENCE)


def number(root: Locator, name: str) -> float:
    return float(root.get_attribute(f"data-{name}"))


def test_nothing_is_loaded_before_the_reader_asks(page, record):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    root = open_trainer(page)
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/mnist/" in url]
    press(root, "step", "paused")
    assert [url.rpartition("/")[2] for url in asked if "/mnist/" in url] == [
        "test.js",
        "train-0.js",
    ]
    assert record.errors == record.failed == []


def test_steps_have_the_losses_of_torch_and_a_training_ends_with_a_smaller_error(page, record):
    root = open_trainer(page)
    settings = {"hidden": (32,), "latent": 8, "batch": 64, "count": 1000, "seed": 3}
    _, _, losses = replay(3, **settings)
    for step, loss in enumerate(losses, start=1):
        press(root, "step", "paused")
        expect(root).to_have_attribute("data-step", str(step))
        assert number(root, "loss") == pytest.approx(loss, rel=1e-6)
    before = number(root, "test-mse")
    press(root, "epoch", "paused")
    expect(root).to_have_attribute("data-epoch", "1")
    press(root, "start", "done")
    expect(root).to_have_attribute("data-epoch", "10")
    assert number(root, "test-mse") < before / 2
    assert number(root, "rate") > 100
    assert root.locator(".ae-training-digit").count() == 10
    assert len(root.locator(".ae-line-test").get_attribute("d")) > 50
    wait_for_widgets(page)
    assert violations(page) == []
    assert record.errors == []


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_the_first_page_has_a_small_one_in_its_first_screen(page, record, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto("chapters/intro.html")
    root = page.locator(".ae-trainer")
    expect(root).to_have_attribute("data-state", "idle")
    names = [
        button.get_attribute("class").split("-")[-1] for button in root.locator("button").all()
    ]
    assert names == ["start", "pause", "step", "reset"]
    for part in (root.locator(".ae-start"), root.locator(".ae-seen").first):
        box = part.bounding_box()
        assert box["y"] + box["height"] <= height
    press(root, "start", "training")
    expect(root).not_to_have_attribute("data-step", "0")
    shown = root.locator(".ae-answered").first
    inked = "c => c.getContext('2d').getImageData(0, 0, 28, 28).data.some((v, i) => i % 4 < 3 && v)"
    assert shown.evaluate(inked)
    press(root, "pause", "paused")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    assert record.errors == record.failed == []


def test_it_pauses_goes_on_and_begins_again(page):
    root = open_trainer(page, SLOW)
    press(root, "start", "training")
    press(root, "pause", "paused")
    steps = number(root, "step")
    press(root, "step", "paused")
    assert number(root, "step") == steps + 1
    press(root, "reset", "paused")
    expect(root).to_have_attribute("data-step", "0")
    assert len(root.locator(".ae-line-before").first.get_attribute("d")) > 5  # the run before


def test_a_changed_setting_begins_anew_and_stands_in_the_address(page):
    root = open_trainer(page)
    press(root, "step", "paused")
    root.locator(".ae-rate").select_option(label="0.01")
    expect(root.locator(".ae-at")).to_contain_text("设置已改")
    press(root, "step", "paused")
    expect(root).to_have_attribute("data-step", "1")
    page.wait_for_function("location.hash.includes('rate:0.01')")
    assert "hidden:32,latent:8" in page.evaluate("location.hash")


def test_the_explorer_takes_the_network_and_gives_it_back(page):
    root = open_trainer(page)
    press(root, "epoch", "paused")
    explorer = page.locator(".ae-explorer").first
    explorer.scroll_into_view_if_needed()
    expect(explorer).to_have_attribute("data-ready", "true")
    before = pixels(explorer, "reconstruction")
    root.locator(".ae-give").click()
    expect(root.locator(".ae-at")).to_contain_text("已交给实验台")
    explorer.scroll_into_view_if_needed()
    expect(explorer.locator(".ae-lent")).to_be_visible()
    expect(explorer).to_have_attribute("data-latent-size", "8")
    settings = {"hidden": (32,), "latent": 8, "batch": 64, "count": 1000, "seed": 3}
    encoder, decoder, _ = replay(int(number(root, "step")), **settings)
    with torch.no_grad():
        image = torch.from_numpy(load_mnist().test.images[:1])
        expected = 255 * decoder(encoder(image))[0].numpy()
    assert np.abs(pixels(explorer, "reconstruction") - expected).max() <= 2
    explorer.locator(".ae-give-back").click()
    expect(explorer.locator(".ae-lent")).to_be_hidden()
    expect(explorer).to_have_attribute("data-latent-size", re.compile("^(?!8$)"))
    assert (pixels(explorer, "reconstruction") == before).all()


def test_saved_weights_are_those_that_torch_arrives_at(page, tmp_path):
    root = open_trainer(page)
    press(root, "epoch", "paused")
    with page.expect_download() as download:
        root.locator(".ae-save").click()
    file = tmp_path / "autoencoder.json"
    download.value.save_as(file)
    saved = json.loads(file.read_text(encoding="utf-8"))
    encoder, decoder = Trainer.load(file)
    test = torch.from_numpy(load_mnist().test.images[:TESTED]).mul(15).round().div(15)
    with torch.no_grad():
        error = float((decoder(encoder(test)) - test).square().mean())
    assert saved["steps"] == number(root, "step")
    assert error == pytest.approx(number(root, "test-mse"), rel=1e-4)
    root.locator(".ae-copy").click()
    script = root.locator(".ae-script").inner_text()
    assert f"steps={saved['steps']}," in script


def test_a_mistake_shows_on_the_curve(page):
    root = open_trainer(page, f"{QUICK},break:range")
    press(root, "epoch", "paused")
    assert number(root, "test-mse") > 0.3  # a white picture of a dark digit
    expect(root).to_have_attribute("data-mistakes", "range")


def test_images_that_do_not_come_are_said_and_the_next_press_works(page):
    blocked = True

    def refuse(route):
        return route.abort() if blocked else route.continue_()

    page.route("**/mnist/train-0.js", refuse)
    root = open_trainer(page)
    press(root, "start", "failed")
    expect(root.locator(".ae-at")).to_contain_text("train-0.js。请检查网络")
    blocked = False
    press(root, "step", "paused")


@pytest.mark.parametrize("settings", ["noise:9,latent:1,seed:-3", "preset:none,batch:7", "%%%"])
def test_an_address_with_nonsense_changes_nothing(page, settings, record):
    root = open_trainer(page, settings)
    press(root, "step", "paused")
    assert record.errors == []


def test_it_trains_on_a_page_from_disk(browser):
    with browser.new_context() as context:
        record = watch(context, HTML.as_uri())
        page = context.new_page()
        root = open_trainer(page, name=(HTML / PAGE).as_uri())
        press(root, "epoch", "paused")
        assert number(root, "test-mse") < 0.1
    assert record.errors == record.failed == record.foreign == []


@contextmanager
def under(policy: str, browser: Browser, site: str) -> Iterator[Page]:
    """A tab whose page comes with a content security policy."""

    def with_policy(route):
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, headers=headers)

    with browser.new_context(base_url=f"{site}/") as context:
        page = context.new_page()
        page.route(f"**/{PAGE}", with_policy)
        yield page


def test_it_trains_beside_the_page_where_workers_are_refused(browser, site):
    with under("worker-src 'none'", browser, site) as page:
        root = open_trainer(page)
        press(root, "epoch", "paused")
        assert number(root, "test-mse") < 0.1


@pytest.mark.parametrize("workers", ["", "worker-src 'none'; "])
def test_where_webassembly_is_refused_it_is_said(browser, site, workers):
    policy = f"{workers}script-src 'self' 'unsafe-inline' blob:"
    with under(policy, browser, site) as page:
        root = open_trainer(page)
        press(root, "start", "failed")
        expect(root.locator(".ae-at")).to_contain_text("不允许在浏览器里训练")
        expect(root.locator(".ae-start")).to_be_enabled()


def test_where_a_page_may_have_neither_workers_nor_code_made_of_text_it_is_said_at_once(page):
    root = open_trainer(page)
    page.evaluate(  # only now: the widgets' own scripts are blobs, too
        """() => {
          const meta = document.createElement("meta");
          meta.httpEquiv = "Content-Security-Policy";
          meta.content = "worker-src 'none'; script-src 'self' 'unsafe-inline'";
          document.head.append(meta);
        }"""
    )
    press(root, "start", "failed")
    expect(root.locator(".ae-at")).to_contain_text("不允许在浏览器里训练")
    expect(root.locator(".ae-start")).to_be_enabled()


def test_it_can_be_used_with_the_keyboard_alone(page):
    root = open_trainer(page)
    root.locator(".ae-step").focus()
    page.keyboard.press("Enter")
    expect(root).to_have_attribute("data-step", "1", timeout=PATIENCE)
    summary = root.locator(".ae-mistakes summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_function("location.hash.includes('break:target')")


def draw(page: Page, root: Locator) -> None:
    """Draw a stroke on the pad."""
    pad = root.locator(".ae-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 180, steps=6)
    page.mouse.up()


def test_digits_of_the_reader_s_own_are_tested_and_trained_on(page):
    root = open_trainer(page)
    press(root, "epoch", "paused")
    before = number(root, "step")
    root.locator(".ae-own summary").click()
    for kind in ("shown", "added"):
        draw(page, root)
        root.locator(f".ae-add-{kind}").click()
    expect(root.locator(".ae-at")).to_contain_text("设置已改")
    press(root, "epoch", "paused")
    assert root.locator(".ae-training-digit").count() == 11
    assert number(root, "step") == before == 16  # 1,001 images in batches of 64, as 1,000
    root.locator(".ae-copy").click()
    assert "digits of your own, which are not in here" in root.locator(".ae-script").inner_text()


def test_it_rests_while_its_tab_is_hidden(page):
    root = open_trainer(page, SLOW)
    press(root, "start", "training")
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(root).to_have_attribute("data-state", "paused", timeout=PATIENCE)
    assert number(root, "epoch") < 10


def test_at_latent_size_2_the_codes_are_a_map(page):
    root = open_trainer(page, QUICK.replace("latent:8", "latent:2"))
    expect(root.locator(".ae-training-map")).to_be_hidden()
    press(root, "epoch", "paused")
    spread = root.locator(".ae-training-map").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const inked = { rows: new Set(), columns: new Set() };
          for (let i = 3; i < data.length; i += 4) {
            if (!data[i]) continue;
            inked.rows.add(Math.floor(i / 4 / canvas.width));
            inked.columns.add(Math.floor(i / 4) % canvas.width);
          }
          return [inked.rows.size, inked.columns.size];
        }"""
    )
    assert min(spread) > 200  # of 480: not a line, as a code of ReLUs draws it
