"""What the browser should have drawn: the explorers of a page, run again in torch."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from built_site import HTML
from ipywidgets.embed import dependency_state
from torch import nn
from torch.nn import functional as F  # noqa: N812

from aelib.live import noise_sample
from book.widgets.apart import MARK

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"

PIXELS = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]"

# Moves the noise slider of an explorer sixty steps by its keys; milliseconds until each picture.
SPEED = """async (root) => {
  const handle = root.closest(".ae-live").querySelector('[role="slider"]');
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  for (let i = 0; i < 60; i++) {
    const before = root.dataset.noise;
    const begin = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    while (root.dataset.noise === before) await frame();
    times.push(performance.now() - begin);
    while (root.querySelector(".ae-strip").dataset.ready !== "true") await frame();
  }
  return times;
}"""


def pixels(root, name: str) -> np.ndarray:
    """The grey levels of an explorer's picture, (784,)."""
    return np.array(root.locator(f".ae-{name}").evaluate(PIXELS)).reshape(-1, 4)[:, 0]


@dataclass
class Drawn:
    """One explorer of a page, as its state says it."""

    name: str
    networks: list[dict]
    images: torch.Tensor

    def noisy(self, digit: int, noise: float, seed: int) -> torch.Tensor:
        """The noisy input, (784,)."""
        sample = torch.from_numpy(noise_sample(seed, 784))
        return (self.images[digit] + noise * sample).clamp(0, 1)

    def reconstruction(self, choice: int, digit: int, noise: float, seed: int) -> torch.Tensor:
        """What torch answers, (784,)."""
        network = self.networks[choice]
        weights = Weights(network["bits"], network["weights"])
        layers = network["layers"]
        code = run(layers["encoder"], weights, self.noisy(digit, noise, seed)[None])
        return run(layers["decoder"], weights, code)[0]


class Weights:
    """Weights read one after the other from an explorer's text."""

    def __init__(self, bits: int, text: str):
        self.bits, self.data, self.at = bits, base64.b64decode(text), 0

    def floats(self, count: int) -> torch.Tensor:
        values = np.frombuffer(self.data, "<f4", count, self.at)
        self.at += 4 * count
        return torch.tensor(values)

    def matrix(self, rows: int, columns: int) -> torch.Tensor:
        scale = self.floats(rows)[:, None]
        size = -(-rows * columns * self.bits // 8)
        packed = np.frombuffer(self.data, np.uint8, size, self.at)
        self.at += size
        bits = np.unpackbits(packed, bitorder="little")[: rows * columns * self.bits]
        q = bits.reshape(-1, self.bits) @ (1 << np.arange(self.bits)) - 2 ** (self.bits - 1)
        return torch.tensor(q.reshape(rows, columns)).float() * scale


def run(layers: list[dict], weights: Weights, x: torch.Tensor) -> torch.Tensor:
    """Run an explorer's steps in torch, for one image; shapes are torch's, a batch of one."""
    done = [x]
    for layer in layers:
        given = [done[index] for index in layer.get("from", [len(done) - 1])]
        done.append(run_layer(layer, weights, *given))
    return done[-1]


def run_layer(
    layer: dict, weights: Weights, x: torch.Tensor, *others: torch.Tensor
) -> torch.Tensor:
    kind = layer["kind"]
    if kind == "add":
        return sum(others, x)
    if kind == "reshape":
        return x.reshape(layer["shape"])
    if kind in ("relu", "sigmoid", "tanh"):
        return getattr(torch, kind)(x)
    if kind == "leaky relu":
        return F.leaky_relu(x, layer["slope"])
    if kind == "max pool":
        return F.max_pool2d(x, layer["kernel"], layer["stride"], layer["padding"])
    if kind == "nearest upsample":
        return F.interpolate(x, size=layer["shape"][2:])
    if kind == "batch norm":
        factor, offset = weights.floats(layer["channels"]), weights.floats(layer["channels"])
        shape = (1, -1) + (1,) * (x.ndim - 2)
        return x * factor.view(shape) + offset.view(shape)
    matrix = weights.matrix(layer["rows"], layer["columns"])
    bias = weights.floats(layer["rows"])
    if kind == "linear":
        return F.linear(x, matrix, bias)
    matrix = matrix.view(layer["rows"], -1, *layer["kernel"])
    if kind == "convolution":
        return F.conv2d(x, matrix, bias, layer["stride"], layer["padding"])
    if kind == "transposed convolution":
        layer_ = nn.ConvTranspose2d(
            matrix.shape[1],
            layer["rows"],
            layer["kernel"],
            layer["stride"],
            layer["padding"],
        )
        layer_.weight.data, layer_.bias.data = matrix.transpose(0, 1), bias
        return layer_(x, output_size=layer["shape"][2:])
    raise ValueError(f"tests/browser/explorers.py does not know the layer {kind!r}: add it")


def whole(value: object) -> object:
    """A part of a page's state, with the texts that the site holds apart put back."""
    if isinstance(value, dict):
        return {key: whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [whole(inner) for inner in value]
    if isinstance(value, str) and value.startswith(MARK):
        return handed_over(HTML / "_static" / f"{value.removeprefix(MARK)}.js")
    return value


def handed_over(script: Path) -> str:
    """The text that a script of the site hands over."""
    detail = re.search(r"detail: (.*) \}\)\);", script.read_text(encoding="utf-8"))[1]
    return json.loads(detail)["text"]


def explorers_of(html: str) -> list[Drawn]:
    """The explorers whose state a page carries, in the order of their names."""
    found = []
    for text in re.findall(rf'<script type="{re.escape(STATE)}">(.*?)</script>', html, re.DOTALL):
        for model in json.loads(text)["state"].values():
            state = model["state"]
            if state.get("_anywidget_id") == "aelib.live.explorer.ExplorerView":
                state = whole(state)
                pixels = np.frombuffer(base64.b64decode(state["images"]), np.uint8)
                images = torch.tensor(pixels.reshape(-1, 784)).float() / 255
                found.append(Drawn(state["name"], state["networks"], images))
    return sorted(found, key=lambda drawn: int(drawn.name[2:]))


def page_of(widgets: list, language: str = "zh") -> str:
    """A page with some widgets, as the book would hold them, with the book's own runtime.

    Behind the place of each widget stands its notice.
    """
    state = {
        "version_major": 2,
        "version_minor": 0,
        "state": dependency_state(widgets, drop_defaults=False),
    }
    views = "".join(
        f'<script type="{VIEW}">{{"model_id": "{widget.model_id}"}}</script>'
        '<p class="widget-notice">JavaScript</p>'
        for widget in widgets
    )
    text = json.dumps(state, sort_keys=True)  # as a saved page has it
    return f"""<!doctype html><html lang="{language}" data-theme="light">
      <meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <title>explorers</title><link rel="icon" href="data:,">
      <link rel="stylesheet" href="_static/widgets.css">
      <script defer src="_static/widgets.js"></script>
      <main><h1>explorers</h1>{views}<script type="{STATE}">{text}</script></main>
      </html>"""
