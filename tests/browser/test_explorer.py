"""The explorer in a real browser, on a page of its own with networks trained for the occasion."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from explorers import PIXELS, SPEED, page_of, pixels
from playwright.sync_api import Page, expect
from torch import nn

from aelib import load_mnist, mlp_autoencoder
from aelib.live import Explorer, LatentMap, noise_sample

GREY_LEVELS = 2  # the largest difference from torch that a page may show


def train(encoder: nn.Module, decoder: nn.Module) -> tuple[nn.Module, nn.Module]:
    """A second of training: enough for weights that look like trained ones."""
    images = torch.as_tensor(load_mnist().train.images[:4096])
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
    for _ in range(3):
        for batch in images.split(128):
            loss = ((decoder(encoder(batch)) - batch) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return encoder.eval(), decoder.eval()


@pytest.fixture(scope="session")
def networks() -> dict:
    """A small family, a convolutional network and a classifier."""
    torch.manual_seed(0)
    unfold = nn.Unflatten(1, (1, 28, 28))
    encoder = nn.Sequential(
        unfold, nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)
    )
    decoder = nn.Sequential(nn.ConvTranspose2d(8, 1, 2, stride=2), nn.Sigmoid(), nn.Flatten())
    return {
        "family": {size: train(*mlp_autoencoder((784, 64, size), nn.ReLU)) for size in (2, 8, 32)},
        "cnn": train(encoder, decoder),
        "classifier": nn.Linear(32, 10),
    }


@pytest.fixture(scope="session")
def digits() -> tuple:
    test = load_mnist().test
    return torch.as_tensor(test.images[:10]), [int(label) for label in test.labels[:10]]


@pytest.fixture
def show(page: Page):
    """Open a page with some widgets, at an address that can be shared, and wait until drawn."""

    def open_page(*widgets, fragment: str = "", language: str = "zh") -> list:
        html = page_of(list(widgets), language)
        page.route(
            "**/explorers.html",
            lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"),
        )
        page.goto(f"explorers.html{fragment}")
        found = page.locator(".ae-explorer, .ae-latent-map")
        expect(found).to_have_count(len(widgets))
        roots = found.all()
        for root in roots:
            root.scroll_into_view_if_needed()
            expect(root).to_have_attribute("data-ready", "true")
        page.evaluate("scrollTo(0, 0)")
        return roots

    return open_page


def reconstruct(pair, image, noise: float, seed: int) -> np.ndarray:
    """What torch answers in grey levels, (784,)."""
    encoder, decoder = pair
    noisy = (image + noise * torch.from_numpy(noise_sample(seed, 784))).clamp(0, 1)
    with torch.no_grad():
        return 255 * decoder(encoder(noisy[None]))[0].numpy()


def check(root, pair, image, noise: float, seed: int) -> float:
    """Compare all pictures with torch's; return the largest difference of the reconstruction."""
    noisy = (image + noise * torch.from_numpy(noise_sample(seed, 784))).clamp(0, 1)
    assert np.abs(pixels(root, "original") - 255 * image.numpy()).max() <= 0.51
    assert np.abs(pixels(root, "noisy") - 255 * noisy.numpy()).max() <= 0.51
    expected = reconstruct(pair, image, noise, seed)
    difference = np.abs(pixels(root, "reconstruction") - expected).max()
    assert difference <= GREY_LEVELS
    error = ((expected / 255 - image.numpy()) ** 2).mean()
    assert float(root.get_attribute("data-mse")) == pytest.approx(error, rel=0.02, abs=1e-5)
    return difference


def sliders(page: Page):
    return page.get_by_role("slider", name="噪声因子"), page.get_by_role("slider", name="潜在维度")


def test_sliders_moved_by_keyboard_draw_what_torch_answers(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits))
    noise, size = sliders(page)
    noise.focus()
    for _ in range(17):
        page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-noise", "0.17")
    check(root, networks["family"][2], digits[0][0], 0.17, 0)
    size.focus()
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-latent-size", "8")
    check(root, networks["family"][8], digits[0][0], 0.17, 0)
    page.keyboard.press("End")
    expect(root).to_have_attribute("data-latent-size", "32")
    check(root, networks["family"][32], digits[0][0], 0.17, 0)


def test_sliders_moved_by_mouse_draw_what_torch_answers(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits))
    noise, size = sliders(page)
    for slider, attribute, before in (
        (noise, "data-noise", "0"),
        (size, "data-latent-size", "2"),
    ):
        handle = slider.bounding_box()
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 120, y, steps=5)
        page.mouse.up()
        expect(root).not_to_have_attribute(attribute, before)
    factor, chosen = (float(root.get_attribute(f"data-{n}")) for n in ("noise", "latent-size"))
    assert 0 < factor < 1
    check(root, networks["family"][int(chosen)], digits[0][0], factor, 0)


def test_over_a_hundred_settings_the_picture_is_torchs(page, show, networks, digits, request):
    family = networks["family"]
    explorer = Explorer(family, *digits)
    (root,) = show(explorer)
    worst = 0.0
    settings = [
        (size, digit, noise, seed)
        for size in family
        for digit in (0, 4, 9)
        for noise in (0, 0.13, 0.5, 1)
        for seed in (0, 1, 77)
    ]
    assert len(settings) >= 100
    for size, digit, noise, seed in settings:
        state = f"digit:{digit},noise:{noise},latent:{size},seed:{seed}"
        page.evaluate("hash => { location.hash = hash }", f"#{explorer.view.name}={state}")
        for name, value in (("digit", digit), ("noise", noise), ("seed", seed)):
            expect(root).to_have_attribute(f"data-{name}", str(value))
        expect(root).to_have_attribute("data-latent-size", str(size))
        worst = max(worst, check(root, family[size], digits[0][digit], noise, seed))
    request.node.user_properties.append(("largest difference, grey levels", float(worst)))


def test_the_strip_shows_every_thumbnail_at_the_present_settings(page, show, networks, digits):
    (root,) = show(Explorer(networks["cnn"], *digits))
    page.get_by_role("slider", name="噪声因子").focus()
    for _ in range(5):
        page.keyboard.press("PageUp")
    noise = float(root.get_attribute("data-noise"))
    assert noise > 0
    expect(root.locator(".ae-strip")).to_have_attribute("data-ready", "true")
    thumbnails = root.locator(".ae-thumbnail-reconstruction").all()
    for image, canvas in zip(digits[0], thumbnails, strict=True):
        found = np.array(canvas.evaluate(PIXELS)).reshape(-1, 4)[:, 0]
        expected = reconstruct(networks["cnn"], image, noise, 0)
        assert np.abs(found - expected).max() <= GREY_LEVELS


def test_a_digit_and_a_noise_sample_are_chosen_by_mouse_and_keyboard(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits))
    page.get_by_role("radio", name="数字 1，第 3 个").click()
    expect(root).to_have_attribute("data-digit", "2")
    page.keyboard.press("ArrowRight")
    expect(root).to_have_attribute("data-digit", "3")
    expect(page.get_by_role("radio", checked=True)).to_be_focused()
    page.get_by_role("button", name="换一份噪声").press("Enter")
    expect(root).to_have_attribute("data-seed", "1")
    check(root, networks["family"][2], digits[0][3], 0, 1)


def test_a_digit_drawn_by_mouse_is_reconstructed_undone_and_cleared(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits))
    page.get_by_role("radio", name="自己写").click()
    pad = root.locator(".ae-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()

    def stroke(*points):
        page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
        page.mouse.up()

    stroke((60, 40), (160, 40), (100, 190))
    seven = pixels(root, "original")
    image = seven.reshape(28, 28) / 255
    rows, columns = np.nonzero(image > 0.5)
    assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
    assert (image * np.arange(28)).sum() / image.sum() == pytest.approx(14, abs=0.2)
    expected = reconstruct(networks["family"][2], torch.tensor(seven / 255).float(), 0, 0)
    assert np.abs(pixels(root, "reconstruction") - expected).max() <= GREY_LEVELS

    stroke((70, 110), (150, 110))
    assert (pixels(root, "original") != seven).any()
    page.get_by_role("button", name="撤销").click()
    np.testing.assert_array_equal(pixels(root, "original"), seven)
    page.get_by_role("button", name="清空").click()
    assert not pixels(root, "original").any()
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()


def test_a_digit_can_be_drawn_with_the_keyboard(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits))
    page.get_by_role("radio", name="自己写").press("Enter")
    root.locator(".ae-pad").focus()
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    after = pixels(root, "original")
    assert (after > 128).sum() > 20
    page.keyboard.press("ArrowDown")
    np.testing.assert_array_equal(pixels(root, "original"), after)


def test_a_digit_can_be_drawn_with_a_finger(browser, site, networks, digits):
    explorer = Explorer(networks["family"], *digits)
    with browser.new_context(has_touch=True, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.route(
            "**/explorers.html",
            lambda route: route.fulfill(
                body=page_of([explorer]), content_type="text/html; charset=utf-8"
            ),
        )
        page.goto(f"{site}/explorers.html")
        root = page.locator(".ae-explorer")
        page.get_by_role("radio", name="自己写").tap()
        pad = root.locator(".ae-pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        session = context.new_cdp_session(page)
        for kind, y in (("Start", 40), ("Move", 80), ("Move", 120), ("Move", 180), ("End", None)):
            points = [] if y is None else [{"x": box["x"] + 110, "y": box["y"] + y}]
            session.send(
                "Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points}
            )
        page.wait_for_function(
            "() => document.querySelector('.ae-explorer').dataset.digit === '-1' &&"
            " !document.querySelector('.ae-undo').disabled"
        )
        one = pixels(root, "original").reshape(28, 28)
        rows, columns = np.nonzero(one > 128)
        assert np.ptp(rows) > 4 * np.ptp(columns)


def test_a_code_value_is_dragged_by_mouse_and_keyboard_and_reset(page, show, networks, digits):
    encoder, decoder = networks["family"][32]
    (root,) = show(Explorer((encoder, decoder), *digits))
    chart = page.get_by_role("slider", name=re.compile("编码的第"))
    chart.scroll_into_view_if_needed()
    before = pixels(root, "reconstruction")
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 10.5 / 32, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"], box["y"] + 1, steps=4)  # sideways too: the bar stays the same
    page.mouse.up()
    expect(chart).to_have_attribute("aria-label", re.compile("第 11 个值，共 32 个"))
    value = float(chart.get_attribute("aria-valuenow"))
    with torch.no_grad():
        code = encoder(digits[0][:1])
        code[0, 10] = value
        expected = 255 * decoder(code)[0].numpy()
    assert np.abs(pixels(root, "reconstruction") - expected).max() <= GREY_LEVELS

    chart.press("ArrowRight")
    expect(chart).to_have_attribute("aria-label", re.compile("第 12 个值"))
    low = float(chart.get_attribute("aria-valuenow"))
    chart.press("ArrowUp")
    assert float(chart.get_attribute("aria-valuenow")) > low
    page.get_by_role("button", name="恢复编码").click()
    np.testing.assert_array_equal(pixels(root, "reconstruction"), before)


def test_the_classifier_answers_as_in_torch(page, show, networks, digits):
    encoder, decoder = networks["family"][32]
    classifier = networks["classifier"]
    (root,) = show(Explorer((encoder, decoder), *digits, classifier=classifier))
    with torch.no_grad():
        expected = 100 * classifier(encoder(digits[0][:1])).softmax(1)[0].numpy()
    shown = [float(text[:-1]) for text in root.locator(".ae-percent").all_inner_texts()]
    np.testing.assert_allclose(shown, expected, atol=1.0)


def test_a_state_is_shared_by_its_address(page, show, networks, digits):
    explorer = Explorer(networks["family"], *digits)
    name = explorer.view.name
    (root,) = show(explorer, fragment=f"#{name}=digit:3,noise:0.25,latent:8,seed:7")
    check(root, networks["family"][8], digits[0][3], 0.25, 7)
    expect(page.get_by_role("slider", name="噪声因子")).to_have_attribute("aria-valuetext", "0.25")

    page.get_by_role("button", name="换一份噪声").click()
    page.wait_for_function("() => location.hash.includes('seed:8')")
    page.reload()
    root.scroll_into_view_if_needed()
    expect(root).to_have_attribute("data-seed", "8")
    check(root, networks["family"][8], digits[0][3], 0.25, 8)


# The address holds a drawing, and has come to rest: it follows the strokes at a distance.
SETTLED = """async () => {
  const before = location.hash;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return before.includes("drawing:") && before === location.hash;
}"""


def test_a_drawn_digit_is_shared_by_its_address(page, show, networks, digits):
    explorer = Explorer(networks["family"], *digits)
    (root,) = show(explorer)
    page.get_by_role("radio", name="自己写").press("Enter")
    root.locator(".ae-pad").focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    drawn = pixels(root, "original")
    page.wait_for_function(SETTLED)
    page.reload()
    root.scroll_into_view_if_needed()
    expect(root).to_have_attribute("data-digit", "-1")
    expect(root).to_have_attribute("data-ready", "true")
    np.testing.assert_array_equal(pixels(root, "original"), drawn)


def test_two_explorers_on_a_page_do_not_collide(page, show, networks, digits):
    one = Explorer(networks["family"], *digits)
    two = Explorer({"第一": networks["cnn"], "第二": networks["family"][8]}, *digits)
    first, second = show(one, two)
    page.get_by_role("slider", name="噪声因子").first.press("ArrowRight")
    expect(first).to_have_attribute("data-noise", "0.01")
    expect(second).to_have_attribute("data-noise", "0")
    page.get_by_role("button", name="第二").click()
    expect(second).to_have_attribute("data-latent-size", "8")
    expect(page.get_by_role("button", name="第二")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("() => location.hash.split('&').length === 2")
    assert page.evaluate("location.hash").count(f"{one.view.name}=digit:0,noise:0.01") == 1
    page.reload()
    second.scroll_into_view_if_needed()
    expect(second).to_have_attribute("data-latent-size", "8")
    check(second, networks["family"][8], digits[0][0], 0, 0)


def test_nothing_is_computed_off_screen(page, show, networks, digits):
    explorer = Explorer(networks["family"], *digits)
    (root,) = show(explorer)
    page.evaluate("document.body.style.paddingBottom = '5000px'")
    page.evaluate("scrollTo(0, 5000)")
    page.wait_for_function(
        "() => document.querySelector('.ae-explorer').getBoundingClientRect().bottom < -200"
    )
    frames = "() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))"
    page.evaluate(frames)  # the browser reports what is on screen once in a frame
    page.evaluate("hash => { location.hash = hash }", f"#{explorer.view.name}=noise:0.5")
    page.evaluate(frames)
    expect(root).to_have_attribute("data-noise", "0")
    page.evaluate("scrollTo(0, 0)")
    expect(root).to_have_attribute("data-noise", "0.5")


def test_the_result_is_announced_politely(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits))
    page.get_by_role("slider", name="噪声因子").press("ArrowRight")
    expect(root.get_by_role("status")).to_contain_text(
        re.compile(r"噪声因子 0\.01，重建 MSE 0\.\d{4}")
    )


def test_labels_follow_the_language_of_the_page(page, show, networks, digits):
    (root,) = show(Explorer(networks["family"], *digits, language="zh"), language="en")
    expect(root).to_contain_text("Reconstruction")
    expect(page.get_by_role("slider", name="Noise factor")).to_be_visible()
    expect(page.get_by_role("slider", name="Latent size")).to_be_visible()


def test_a_slider_and_its_number_are_named_after_the_label_that_is_shown(
    page, show, networks, digits
):
    show(Explorer(networks["family"], *digits))
    for slider, name in zip(
        page.locator(".widget-slider").all(), ("噪声因子", "潜在维度"), strict=True
    ):
        expect(slider.locator("label")).to_have_text(name)
        expect(slider.get_by_role("slider", name=name, exact=True)).to_have_count(1)
        expect(slider.get_by_role("textbox", name=name, exact=True)).to_have_count(1)


def test_a_failure_of_somebody_else_brings_no_notice_back(page, show, networks, digits):
    show(Explorer(networks["family"], *digits))
    page.evaluate("() => { Promise.reject(new Error('somebody else')) }")
    page.evaluate("() => new Promise((later) => setTimeout(later, 100))")
    expect(page.locator(".widget-notice")).to_be_hidden()


def test_the_notice_of_a_widget_whose_script_fails_stays_and_the_others_go(
    page, show, networks, digits
):
    broken = Explorer(networks["family"], *digits)
    broken.view._esm = "export default { render() { throw new Error('broken') } }"
    late = Explorer(networks["family"], *digits)
    late.view._esm = "throw new Error('broken')"
    whole = Explorer(networks["family"], *digits)
    html = page_of([broken, whole, late])
    page.route(
        "**/explorers.html", lambda route: route.fulfill(body=html, content_type="text/html")
    )
    page.goto("explorers.html")
    notices = page.locator(".widget-notice")
    expect(notices.nth(1)).to_be_hidden()
    expect(page.locator(".widget-area")).to_have_count(3)
    expect(notices.nth(0)).to_be_visible()
    expect(notices.nth(2)).to_be_visible()


def test_a_phone_shows_everything_within_its_width(page, show, networks, digits):
    page.set_viewport_size({"width": 390, "height": 844})
    encoder, decoder = networks["family"][32]
    (root,) = show(Explorer((encoder, decoder), *digits, classifier=networks["classifier"]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in root.get_by_role("radio").all() + root.get_by_role("button").all():
        if target.is_visible():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= 24


def test_the_map_decodes_what_lies_under_the_cursor(page, show, networks, digits):
    encoder, decoder = networks["family"][2]
    test = load_mnist().test
    (root,) = show(LatentMap(encoder, decoder, test.images[:500], test.labels[:500]))
    frame = page.get_by_role("application")
    box = frame.bounding_box()

    def check_decoded():
        z = [float(root.get_attribute(f"data-z{i}")) for i in (1, 2)]
        with torch.no_grad():
            expected = 255 * decoder(torch.tensor([z]))[0].numpy()
        assert np.abs(pixels(root, "decoded") - expected).max() <= GREY_LEVELS
        return z

    check_decoded()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3)
    x, y = check_decoded()
    frame.press("ArrowLeft")
    frame.press("ArrowUp")
    left, up = check_decoded()
    assert left < x
    assert up > y
    assert root.get_attribute("data-nearest") in "0123456789"


@pytest.mark.parametrize(("kind", "budget"), [("family", 16), ("cnn", 33)])
def test_a_moved_slider_is_drawn_within_the_budget(
    page, show, networks, digits, kind, budget, request
):
    (root,) = show(Explorer(networks[kind], *digits))
    times = root.evaluate(SPEED)
    p50, p95 = np.percentile(times, [50, 95])
    request.node.user_properties.append(("latency", f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"))
    assert p95 <= budget
