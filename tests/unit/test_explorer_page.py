"""The explorer and the map on a page: what is drawn when, what is kept, and what is undone."""

import base64

import numpy as np
import pytest
import torch
from browser_code import on_a_page
from torch import nn

from aelib import mlp_autoencoder
from aelib.live import Explorer, LatentMap

pytestmark = pytest.mark.slow

IMAGES = torch.randint(0, 256, (5, 784), generator=torch.Generator().manual_seed(0)) / 255


def pair(size):
    return mlp_autoencoder((784, size), nn.Sigmoid)


def explorer_state(networks=None, **changes):
    """What an explorer's model holds."""
    view = Explorer(networks or {2: pair(2), 3: pair(3)}, IMAGES, range(5)).view
    return view.get_state() | {"name": "ae1"} | changes


def explorer(steps, state=None, **options):
    return on_a_page("explorer.js", state or explorer_state(), steps, **options)


# ---------------------------------------------------------------------- one change, one picture


def test_a_picture_is_drawn_once_on_screen_and_never_off_it():
    assert explorer(
        """
        const counts = [page.pictures];
        page.show(); counts.push(page.pictures);
        page.model.set("noise", 0.5); counts.push(page.pictures);
        page.show(false); page.model.set("noise", 0.7); counts.push(page.pictures);
        page.show(); counts.push(page.pictures);
        return counts;
        """
    ) == [0, 1, 2, 2, 3]


def test_twelve_points_of_one_pointer_event_are_one_picture_and_one_save():
    found = explorer(
        """
        page.show();
        page.click(".ae-thumbnail:last-child");
        page.pointer(".ae-pad", "pointerdown", [0.1, 0.1]);
        const [pictures, saved] = [page.pictures, page.model.saved];
        const points = Array.from({ length: 12 }, (_, i) => [0.15 + 0.05 * i, 0.3]);
        page.pointer(".ae-pad", "pointermove", ...points);
        const drawn = page.model.get("drawing").length;
        return [page.pictures - pictures, page.model.saved - saved, drawn];
        """
    )
    assert found == [1, 1, 3 * 13]


def test_four_fields_of_an_address_are_one_picture_of_the_state_they_say():
    found = explorer(
        """
        page.show();
        page.go("#ae1=digit:3,noise:0.25,latent:3,seed:7");
        const { digit, noise, latentSize, seed } = page.root.dataset;
        return [page.pictures, page.model.saved, digit, noise, latentSize, seed];
        """
    )
    assert found[0] == 2  # one when it came on the screen
    assert found[2:] == ["3", "0.25", "3", "7"]


def test_a_pointer_that_drags_a_bar_draws_once_for_each_event():
    assert (
        explorer(
            """
            page.show();
            page.pointer(".ae-chart", "pointerdown", [0.2, 0.5]);
            page.pointer(".ae-chart", "pointermove", [0.2, 0.4], [0.2, 0.3], [0.2, 0.1]);
            return page.pictures;
            """
        )
        == 3
    )


# ---------------------------------------------------------------------- the address


def test_the_address_is_replaced_and_no_step_is_added_to_the_browser_s_history():
    length, later, found = explorer(
        """
        page.show();
        const before = history.length;
        page.model.set("noise", 0.5);
        await page.wait(400);
        return [before, history.length, location.hash];
        """
    )
    assert found == "#ae1=digit:0,noise:0.5,latent:2,seed:0"
    assert later == length


def test_with_a_kernel_the_address_belongs_to_the_notebook():
    found = explorer(
        """
        page.show();
        page.model.set("noise", 0.5);
        await page.wait(400);
        return [location.hash, page.model.get("seed")];
        """,
        kernel=True,
        hash="#ae1=seed:7",
    )
    assert found == ["#ae1=seed:7", 0]


def test_a_link_with_a_drawing_of_any_length_is_drawn():
    drawing = "AAA_9-" * 75_000
    points, mse = explorer(
        """
        page.show();
        return [page.model.get("drawing").length / 3, Number(page.root.dataset.mse)];
        """,
        hash=f"#ae1=digit:-1,drawing:{drawing}",
    )
    assert mse > 0
    assert points < 5000


def test_the_pad_takes_no_more_points_than_a_drawing_may_have():
    steps = """
        page.show();
        page.click(".ae-thumbnail:last-child");
        for (let stroke = 0; stroke < 60; stroke++) {
          page.pointer(".ae-pad", "pointerdown", [0, stroke / 60]);
          const points = Array.from({ length: 60 }, (_, i) => [i / 60, stroke / 60]);
          page.pointer(".ae-pad", "pointermove", ...points);
          page.pointer(".ae-pad", "pointerup", [1, 1]);
        }
        const drawing = page.model.get("drawing");
        page.click(".ae-undo");
        return [drawing.replaceAll(".", "").length / 3, page.model.get("drawing").length];
        """
    points, after = explorer(steps)
    assert points == 2000
    assert 0 < after < 3 * 2000


@pytest.mark.parametrize(("seed", "following"), [(2**31, 2**31 + 1), (2**32 - 1, 0)])
def test_another_noise_sample_is_that_of_the_next_seed_of_32_bits(seed, following):
    steps = 'page.show(); page.click(".ae-sample"); return page.model.get("seed");'
    assert explorer(steps, explorer_state(seed=seed)) == following


# ---------------------------------------------------------------------- paper, and the end


def test_a_page_is_printed_with_the_picture_though_it_was_off_screen():
    assert explorer(
        'page.tell("beforeprint"); return [page.pictures, page.root.dataset.ready];'
    ) == [
        1,
        "true",
    ]


def test_what_an_explorer_has_begun_ends_with_it():
    found = explorer(
        """
        page.layOut(); page.show();
        page.model.set("noise", 0.5);
        const canvas = page.context(".ae-reconstruction"), status = page.find(".ae-status");
        page.stop();
        const before = [canvas.images, page.model.get("seed"), location.hash];
        page.model.set("noise", 0.7);
        page.tell("beforeprint");
        await page.wait(800);
        page.go("#ae1=seed:9");
        const after = [canvas.images, page.model.get("seed")];
        const left = [page.find(".ae-explorer"), page.model.handlers.length, page.frames.size];
        const watched = page.intersections.length + page.sizes.length;
        return { before, after, left, watched, said: status.textContent };
        """
    )
    assert found["said"] == ""
    assert found["before"][:2] == found["after"]
    assert found["before"][2] == ""
    assert found["left"] == [None, 0, 0]
    assert found["watched"] == 0


def test_an_explorer_that_has_ended_takes_no_network_of_a_trainer():
    found = explorer(
        """
        const offer = () => {
          const detail = { name: "it", code: [2], range: [0, 1], encoder: [], decoder: [] };
          const event = new page.window.CustomEvent("ae-network", { detail, cancelable: true });
          return !document.dispatchEvent(event);
        };
        const before = offer();
        page.stop();
        return [before, offer()];
        """
    )
    assert found == [True, False]


# ---------------------------------------------------------------------- the code


@pytest.mark.parametrize(("size", "bars"), [(128, True), (129, False)])
def test_a_code_of_up_to_128_values_is_bars_and_a_larger_one_a_picture(size, bars):
    shown = explorer(
        """
        page.show();
        return [page.find(".ae-chart").style.display !== "none", page.find(".ae-code-map").hidden];
        """,
        explorer_state(pair(size)),
    )
    assert shown == [bars, bars]


# ---------------------------------------------------------------------- the sliders

SLIDERS = """<div class="ae-sliders">
  <div><label class="widget-label">噪声因子</label><i class="noUi-handle" role="slider"></i>
       <i class="widget-readout">0.00</i></div>
  <div><label class="widget-label">网络</label><div>
       <button class="widget-toggle-button mod-active">a</button>
       <button class="widget-toggle-button">b</button></div></div></div>"""

NAMES = """
    const names = () => {
      const part = (selector) => page.find(selector).getAttribute("aria-label");
      const pressed = [...document.querySelectorAll(".widget-toggle-button")].map((button) =>
        button.getAttribute("aria-pressed"));
      return [part(".noUi-handle"), part(".widget-readout"), part("[role=group]"), ...pressed];
    };
"""


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["噪声因子", "潜在维度"]), ("en", ["Noise factor", "Latent size"])],
)
def test_the_sliders_labels_are_in_the_language_of_the_page(language, words):
    steps = 'return [page.model.get("noise_label"), page.model.get("choice_label")];'
    assert explorer(steps, language=language) == words


def test_buttons_that_choose_a_named_network_are_labelled_as_networks():
    steps = 'return page.model.get("choice_label");'
    assert explorer(steps, explorer_state({"a": pair(2), "b": pair(3)})) == "网络"


def test_parts_of_the_sliders_are_named_after_the_label_that_is_shown():
    found = explorer(
        f"""{NAMES}
        page.layOut();
        const first = names();
        page.find(".widget-label").textContent = "σ";
        const [a, b] = document.querySelectorAll(".widget-toggle-button");
        a.classList.remove("mod-active"); b.classList.add("mod-active");
        await page.wait(50);
        return [first, names()];
        """,
        sliders=SLIDERS,
    )
    assert found[0] == ["噪声因子", "噪声因子", "网络", "true", "false"]
    assert found[1] == ["σ", "σ", "网络", "false", "true"]


def test_sliders_that_come_after_the_explorer_are_named_too():
    found = explorer(
        f"""{NAMES}
        page.layOut();
        page.find(".ae-live").insertAdjacentHTML("afterbegin", `{SLIDERS}`);
        await page.wait(50);
        return names();
        """
    )
    assert found[0] == "噪声因子"


def test_a_picture_does_not_name_the_sliders_again():
    found = explorer(
        f"""{NAMES}
        page.layOut(); page.show();
        page.find(".ae-live").insertAdjacentHTML("afterbegin", `{SLIDERS}`);
        await page.wait(50);
        page.find(".noUi-handle").removeAttribute("aria-label");
        page.model.set("noise", 0.5);
        await page.wait(50);
        return names();
        """
    )
    assert found[:2] == [None, "噪声因子"]


def test_after_its_end_an_explorer_names_no_slider():
    found = explorer(
        f"""{NAMES}
        page.layOut();
        page.stop();
        page.find(".widget-label").textContent = "σ";
        await page.wait(50);
        return [names()[0], page.sizes.length];
        """,
        sliders=SLIDERS,
    )
    assert found == ["噪声因子", 0]
    never_on_a_page = "page.stop(); return page.sizes.length;"
    assert explorer(never_on_a_page) == 0


SPOKEN = """
page.show();
const labelled = [...page.root.querySelectorAll("[aria-label]")];
const said = labelled.map((element) => element.getAttribute("aria-label"));
return [...said, page.root.textContent];
"""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("labels", "tiles"),
    [
        ([*range(5)], ["数字 0，第 1 个", "digit 0, tile 1"]),
        ([9, 10, 11, 12, 46], ["类别 46，第 5 个", "class 46, tile 5"]),
        (["coat", "bag", "shirt", "boot", "dress"], ["coat，第 1 个", "coat, tile 1"]),
        ([], ["第 1 张图", "picture 1"]),
    ],
)
def test_only_digits_are_called_digits(labels, tiles, language):
    said = explorer(SPOKEN, explorer_state(labels=labels), language=language)
    assert tiles[language == "en"] in said
    words = ("数字", "digit", "Digit")
    named = [text for text in said if any(word in text for word in words)]
    if labels == [*range(5)]:
        assert len(named) == 7  # to choose, five tiles, and where to draw
    else:
        assert [text for text in named if text not in {"数字 9，第 1 个", "digit 9, tile 1"}] == []


def test_classes_with_names_are_named_by_the_explorer():
    names = ["bag", "coat", "shirt"]
    state = Explorer(
        pair(2), IMAGES, [2, 0, 1, 2, 0], names=names, classifier=nn.Linear(2, 3)
    ).view.get_state()
    tiles, columns = explorer(
        """
        page.show();
        const tiles = [...document.querySelectorAll(".ae-thumbnail")];
        const columns = [...document.querySelectorAll(".ae-probabilities b")];
        return [
          tiles.map((tile) => tile.getAttribute("aria-label")),
          columns.map((one) => one.textContent),
        ];
        """,
        state,
    )
    assert tiles[:3] == ["shirt，第 1 个", "bag，第 2 个", "coat，第 3 个"]
    assert columns == names


# ---------------------------------------------------------------------- the map


def map_state(labels, **changes):
    return LatentMap(*pair(2), IMAGES, labels).get_state() | changes


def test_a_dot_lies_where_the_encoder_puts_its_image_and_has_the_colour_of_its_class():
    encoder, decoder = pair(2)
    state = LatentMap(encoder, decoder, IMAGES, [3, 0, 46, 10, 3]).get_state()
    dots, legend = on_a_page(
        "latent_map.js",
        state,
        """
        page.show();
        const colours = [...document.querySelectorAll(".ae-legend i")];
        return [page.context(".ae-map").dots, colours.map((i) => i.getAttribute("style"))];
        """,
    )
    left, bottom, right, top = state["bounds"]
    with torch.no_grad():
        x, y = (
            encoder(IMAGES)
            .clamp(torch.tensor([left, bottom]), torch.tensor([right, top]))
            .T.numpy()
        )
    found = np.array([dot[:2] for dot in dots]) / 960
    np.testing.assert_allclose(found[:, 0], (x - left) / (right - left), atol=2e-3)
    np.testing.assert_allclose(found[:, 1], (top - y) / (top - bottom), atol=2e-3)
    assert np.ptp(found, axis=0).min() > 0.5
    assert [f"background:{dot[2]}" for dot in dots] == [legend[i] for i in (3, 0, 46, 10, 3)]
    assert len(set(legend)) == 47


def test_the_class_of_the_nearest_dot_is_named():
    codes = np.array([[0, 0], [4095, 4095], [0, 4095]], "<u2")  # from the bottom left corner
    state = map_state(range(5)) | {
        "codes": base64.b64encode(codes.tobytes()).decode(),
        "labels": base64.b64encode(bytes([4, 12, 7])).decode(),
        "bounds": [-1, -1, 1, 1],
        "position": [-0.9, -0.8],
    }
    steps = """
        page.show();
        const found = [page.root.dataset.nearest];
        for (const place of [[0.9, 0.8], [-0.9, 0.8]]) {
          page.model.set("position", place);
          found.push(page.root.dataset.nearest);
        }
        return found;
        """
    assert on_a_page("latent_map.js", state, steps) == ["4", "12", "7"]


def test_classes_with_names_are_named_by_the_map():
    labels, names = [2, 0, 1, 2, 0], ["bag", "coat", "shirt"]
    state = LatentMap(*pair(2), IMAGES, labels, names=names).get_state()
    found = on_a_page(
        "latent_map.js",
        state,
        """
        page.show();
        const legend = [...document.querySelectorAll(".ae-legend span")];
        return [legend.map((one) => one.textContent), page.root.textContent];
        """,
    )
    assert found[0] == names
    assert any(f"最近的测试图：{name}" in found[1] for name in names)


def test_a_map_is_printed_though_it_was_off_screen():
    steps = """
        page.tell("beforeprint");
        const { dots } = page.context(".ae-map");
        return [page.context(".ae-decoded").images, dots.length, page.root.dataset.ready];
        """
    assert on_a_page("latent_map.js", map_state(range(5)), steps) == [1, 5, "true"]


def test_what_a_map_has_begun_ends_with_it():
    found = on_a_page(
        "latent_map.js",
        map_state(range(5)),
        """
        page.show();
        const canvas = page.context(".ae-decoded"), status = page.find(".ae-status");
        page.stop();
        const before = canvas.images;
        page.model.set("position", [0, 0]);
        page.tell("beforeprint");
        await page.wait(800);
        const left = [page.find(".ae-latent-map"), page.model.handlers.length];
        return [canvas.images - before, ...left, page.intersections.length, status.textContent];
        """,
    )
    assert found == [0, None, 0, 0, ""]
