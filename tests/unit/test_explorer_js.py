"""The browser's network against torch: golden vectors are computed when the test runs."""

import numpy as np
import pytest
import torch
from browser_code import evaluate
from matplotlib import colormaps
from torch import nn

from aelib import add_noise, load_mnist, psnr
from aelib.live import Parallel, noise_sample
from aelib.live.weights import pack

RUN = """(({ layers, bits, text, x, shape, count }) =>
  m.forward(m.readWeights(layers, bits, text).net,
            { x: Float32Array.from(x), shape }, count))(d)"""


def seeded(layer: nn.Module) -> nn.Module:
    """Give a layer weights, and a batch norm statistics, that do not look like the defaults."""
    generator = torch.Generator().manual_seed(3)
    for name, values in [*layer.named_parameters(), *layer.named_buffers()]:
        if values.is_floating_point():
            fresh = torch.rand(values.shape, generator=generator) * 2 - 1
            values.data = fresh.abs() + 0.5 if "var" in name else fresh
    return layer


IMAGE = (3, 11, 7)
CASES = {
    "Linear": (nn.Linear(13, 5), (13,)),
    "Linear without bias, odd inputs": (nn.Linear(7, 3, bias=False), (7,)),
    "Conv2d": (nn.Conv2d(3, 4, 3), IMAGE),
    "Conv2d 1 x 1": (nn.Conv2d(3, 2, 1), IMAGE),
    "Conv2d padded": (nn.Conv2d(3, 4, 3, padding=1), IMAGE),
    "Conv2d stride 2, padding 2": (nn.Conv2d(3, 4, 5, stride=2, padding=2), IMAGE),
    "Conv2d unequal": (nn.Conv2d(3, 2, (5, 2), stride=(3, 2), padding=(2, 1)), IMAGE),
    "Conv2d stride beyond kernel": (nn.Conv2d(3, 2, 2, stride=3, padding=1), IMAGE),
    "Conv2d kernel of the whole image": (nn.Conv2d(3, 6, (11, 7), bias=False), IMAGE),
    "MaxPool2d": (nn.MaxPool2d(2), IMAGE),
    "MaxPool2d overlapping, padded": (nn.MaxPool2d(3, stride=2, padding=1), IMAGE),
    "MaxPool2d ceil": (nn.MaxPool2d((2, 3), stride=(2, 2), ceil_mode=True), IMAGE),
    "AvgPool2d": (nn.AvgPool2d(2), IMAGE),
    "AvgPool2d padded": (nn.AvgPool2d(3, stride=2, padding=1), IMAGE),
    "AvgPool2d without padding": (
        nn.AvgPool2d((3, 2), stride=1, padding=1, count_include_pad=False),
        IMAGE,
    ),
    "ConvTranspose2d": (nn.ConvTranspose2d(3, 4, 2, stride=2), IMAGE),
    "ConvTranspose2d padded": (nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1), IMAGE),
    "ConvTranspose2d output padding": (
        nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1),
        IMAGE,
    ),
    "ConvTranspose2d unequal": (
        nn.ConvTranspose2d(3, 2, (4, 3), stride=(3, 1), padding=(1, 2), bias=False),
        IMAGE,
    ),
    "Upsample nearest": (nn.Upsample(scale_factor=2), IMAGE),
    "Upsample nearest to odd sizes": (nn.Upsample(size=(17, 9)), IMAGE),
    "Upsample nearest by 1.7": (nn.Upsample(scale_factor=1.7), IMAGE),
    "Upsample nearest, smaller": (nn.Upsample(size=(5, 3)), IMAGE),
    "Upsample bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), IMAGE),
    "Upsample bilinear by 1.7": (nn.Upsample(scale_factor=1.7, mode="bilinear"), IMAGE),
    "Upsample bilinear to odd sizes": (nn.Upsample(size=(13, 20), mode="bilinear"), IMAGE),
    "Upsample bilinear, corners": (
        nn.Upsample(scale_factor=3, mode="bilinear", align_corners=True),
        IMAGE,
    ),
    "Upsample bilinear, factor from sizes": (
        nn.Upsample(scale_factor=1.7, mode="bilinear", recompute_scale_factor=True),
        IMAGE,
    ),
    "BatchNorm1d": (nn.BatchNorm1d(13), (13,)),
    "BatchNorm2d": (nn.BatchNorm2d(3), IMAGE),
    "BatchNorm2d without weights": (nn.BatchNorm2d(3, affine=False), IMAGE),
    "Dropout": (nn.Dropout(0.9), (13,)),
    "Dropout2d": (nn.Dropout2d(0.9), IMAGE),
    "Flatten": (nn.Flatten(), IMAGE),
    "Unflatten": (nn.Unflatten(1, (3, 11, 7)), (231,)),
    "ReLU in place": (nn.ReLU(inplace=True), IMAGE),
    "LeakyReLU": (nn.LeakyReLU(0.3), IMAGE),
    "Sigmoid": (nn.Sigmoid(), IMAGE),
    "Tanh": (nn.Tanh(), IMAGE),
    "Identity": (nn.Identity(), IMAGE),
    "nested Sequential": (
        nn.Sequential(
            nn.Unflatten(1, (1, 5, 3)),
            nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.Sequential(nn.ReLU())),
            nn.Flatten(),
            nn.Linear(45, 4),
        ),
        (15,),
    ),
    "Parallel": (
        Parallel(nn.Linear(9, 4), nn.Sequential(nn.Linear(9, 6), nn.ReLU(), nn.Linear(6, 4))),
        (9,),
    ),
}


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize("case", CASES)
def test_a_layer_answers_as_in_torch(case, count):
    layer, shape = CASES[case]
    layer = seeded(layer).eval()
    x = torch.randn(count, *shape, generator=torch.Generator().manual_seed(count))
    packed = pack({"net": layer}, x, tolerance=1e-3)
    data = {
        "layers": packed.layers,
        "bits": packed.bits,
        "text": packed.text,
        "x": x.flatten().tolist(),
        "shape": list(shape),
        "count": count,
    }
    with torch.no_grad():
        expected = layer(x.clone())
    answer = evaluate("network.js", RUN, data)
    assert answer["shape"] == list(expected.shape[1:])
    np.testing.assert_allclose(answer["x"], expected.flatten(), atol=packed.difference + 2e-5)


@pytest.mark.parametrize("bits", range(8, 17))
def test_weights_of_every_width_are_read_as_they_were_rounded(bits, monkeypatch):
    monkeypatch.setattr("aelib.live.weights.BITS", [bits])
    layer = seeded(nn.Linear(11, 7))  # 77 weights: the last byte is only partly used
    packed = pack({"net": layer}, torch.zeros(1, 11), tolerance=np.inf)
    read = evaluate(
        "network.js",
        "m.readWeights(d.layers, d.bits, d.text).net[0]",
        {"layers": packed.layers, "bits": packed.bits, "text": packed.text},
    )
    weight, largest = layer.weight.detach(), layer.weight.detach().abs().amax(1)
    wrong = np.abs(np.reshape(read["weight"], (7, 11)) - weight.numpy()).max(1)
    assert (wrong <= largest.numpy() / (2 ** (bits - 1) - 1) / 2 * 1.001).all()
    np.testing.assert_array_equal(np.float32(read["bias"]), layer.bias.detach())


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31, 2**32 - 1])
def test_the_noise_of_a_seed_is_the_same_in_python_and_in_the_browser(seed):
    expected = noise_sample(seed, 784)
    found = np.float32(evaluate("network.js", "m.noiseSample(d, 784)", seed))
    np.testing.assert_allclose(found, expected, rtol=2e-7, atol=1e-7)


@pytest.mark.parametrize("factor", [0, 0.25, 1])
def test_noise_is_added_and_clipped_as_aelib_does(factor):
    image = load_mnist().test.images[0]
    sample = noise_sample(5, 784)
    expected = np.clip(image + np.float32(factor) * sample, 0, 1)
    found = evaluate(
        "network.js",
        "m.addNoise(Float32Array.from(d.image), m.noiseSample(5, 784), d.factor)",
        {"image": np.asarray(image).tolist(), "factor": factor},
    )
    np.testing.assert_allclose(found, expected, atol=1e-6)
    if factor == 0:
        clean = add_noise(torch.as_tensor(image), 0)
        np.testing.assert_allclose(found, clean, atol=1e-7)


def test_the_error_map_has_the_colours_of_matplotlibs_hot():
    values = np.linspace(0, 1, 1001)
    found = evaluate("network.js", "d.map(m.hot)", values.tolist())
    expected = colormaps["hot"](values, bytes=True)[:, :3]
    assert np.abs(np.array(found) - expected).max() <= 1
    ends = evaluate("network.js", "[0, -0.1, 1, 1.1].map(m.hot)")
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


def test_psnr_and_softmax_agree_with_python():
    a, b = np.full((1, 4), 0.5), np.array([[0.5, 0.6, 0.7, 0.4]])
    data = {"a": a[0].tolist(), "b": b[0].tolist()}
    assert evaluate("network.js", "m.psnr(m.mse(d.a, d.b))", data) == pytest.approx(psnr(a, b))
    scores = [3.0, -1.0, 1000.0, 998.0]
    expected = torch.softmax(torch.tensor(scores), 0)
    np.testing.assert_allclose(evaluate("network.js", "m.softmax(d)", scores), expected, atol=1e-6)


STROKES = {
    "a wide stroke": [[[0.1, 0.5], [0.9, 0.5]]],
    "a small seven in a corner": [[[0.7, 0.7], [0.95, 0.7], [0.8, 0.95]]],
    "two strokes": [[[0.3, 0.1], [0.3, 0.9]], [[0.2, 0.5], [0.6, 0.5]]],
}


@pytest.mark.parametrize("name", STROKES)
def test_a_drawn_digit_is_brought_to_the_form_of_mnist(name):
    image = np.reshape(evaluate("drawing.js", "m.drawnDigit(d)", STROKES[name]), (28, 28))
    rows, columns = np.nonzero(image > 0.5)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert 19 <= max(height, width) <= 21
    ys, xs = np.mgrid[:28, :28]
    assert (image * xs).sum() / image.sum() == pytest.approx(14, abs=0.15)
    assert (image * ys).sum() / image.sum() == pytest.approx(14, abs=0.15)
    assert image.min() >= 0
    assert image.max() == 1


def test_test_digits_have_the_centre_of_mass_that_drawn_digits_are_given():
    images = np.asarray(load_mnist().test.images).reshape(-1, 28, 28)
    ys, xs = np.mgrid[:28, :28]
    mass = images.sum((1, 2))
    assert np.mean((images * xs).sum((1, 2)) / mass) == pytest.approx(14, abs=0.1)
    assert np.mean((images * ys).sum((1, 2)) / mass) == pytest.approx(14, abs=0.1)


def test_a_single_dot_is_drawn_as_a_dot_and_no_stroke_as_an_empty_image():
    dot = np.array(evaluate("drawing.js", "m.drawnDigit(d)", [[[0.2, 0.8]]]))
    assert 4 <= (dot > 0.5).sum() <= 16
    assert not any(evaluate("drawing.js", "m.drawnDigit([])"))


LINES = {"down": [[0.5, 0], [0.5, 1]], "across": [[0, 0.5], [1, 0.5]]}


@pytest.mark.parametrize("line", LINES)
def test_the_pen_is_as_wide_as_the_strokes_of_mnist(line):
    image = np.reshape(evaluate("drawing.js", "m.drawnDigit([d])", LINES[line]), (28, 28))
    inner = (image if line == "down" else image.T)[8:-8]
    np.testing.assert_allclose(inner.sum(1), 2.7, atol=0.02)  # pixels, the same in every row
    assert (inner > 0.5).sum(1).max() <= 3


@pytest.mark.parametrize("turns", range(4))
def test_what_lies_beyond_an_edge_is_left_out_and_comes_in_nowhere_else(turns):
    heavy = [[[x, 0], [x, 1]] for x in (0, 0.05, 0.1)]
    strokes = np.array([*heavy, [[0, 0.5], [1, 0.5]]])
    for _ in range(turns):
        strokes = np.stack([strokes[..., 1], 1 - strokes[..., 0]], -1)
    found = evaluate("drawing.js", "m.drawnDigit(d)", strokes.tolist())
    image = np.rot90(np.reshape(found, (28, 28)), -turns)
    assert 2 < image[10:19, -1].sum() < 2.71  # the line goes on to this edge
    assert not image[:, :8].any()


def test_of_a_drawing_in_a_link_at_most_two_thousand_points_are_read():
    text = "AAA_9-" * 700 + "." + "B_9" * 700
    read = evaluate("drawing.js", "m.strokesFromText(d)", text)
    assert [len(stroke) for stroke in read] == [1400, 600]
    crafted = evaluate("drawing.js", "m.strokesFromText(d)", "AAA_9-" * 75_000)
    assert sum(len(stroke) for stroke in crafted) == 2000
    dots = evaluate("drawing.js", "m.strokesFromText(d)", "AAA." * 3000)
    assert [len(stroke) for stroke in dots] == [1] * 2000
    assert evaluate("drawing.js", "m.strokesFromText(d)", "." * 8000 + "AAA") == []


def test_a_drawing_survives_the_address_bar():
    strokes = [[[0, 0], [1, 1], [0.25, 0.5]], [[0.5, 0.125]]]
    text = evaluate("drawing.js", "m.strokesToText(d)", strokes)
    back = evaluate("drawing.js", "m.strokesFromText(d)", text)
    for stroke, expected in zip(back, strokes, strict=True):
        np.testing.assert_allclose(stroke, expected, atol=1 / 511)
    assert evaluate("drawing.js", "m.strokesToText(m.strokesFromText(d))", text) == text
    assert evaluate("drawing.js", "m.strokesFromText('')") == []


NETWORKS = [{"name": 2}, {"name": 16}, {"name": "变体一"}]


def state(text):
    return evaluate("explorer_address.js", "m.stateFromText(d.text, d.networks, 10)", {
        "text": text, "networks": NETWORKS,
    })  # fmt: skip


def test_a_state_is_read_from_the_address():
    assert state("digit:3,noise:0.25,latent:16,seed:7") == {
        "digit": 3,
        "noise": 0.25,
        "choice": 1,
        "seed": 7,
    }


def test_what_is_wrong_in_an_address_changes_nothing():
    assert state("digit:99,noise:2,latent:5,seed:-1") == {}
    assert state("noise:,digit:x,,:,seed") == {}
    assert state("seed:4294967296,drawing:<b>") == {}


def test_every_seed_of_32_bits_and_any_drawing_of_its_letters_is_read():
    assert state("seed:4294967295,drawing:AAA.B-_") == {"seed": 2**32 - 1, "drawing": "AAA.B-_"}


def test_a_state_written_to_the_address_is_read_back():
    program = "m.stateFromText(m.stateToText(d.state, d.networks), d.networks, 10)"
    before = {"digit": -1, "noise": 0.07, "choice": 2, "seed": 4, "drawing": "AAA_9-.BBB"}
    data = {"state": before, "networks": NETWORKS}
    assert evaluate("explorer_address.js", program, data) == before
