"""The map of a two-dimensional code: where the digits lie, and what the decoder draws there."""

import base64
from collections.abc import Sequence

import anywidget
import numpy as np
import torch
import traitlets
from torch import Tensor, nn

from aelib.language import spoken
from aelib.live.assets import script, style
from aelib.live.explorer import check_pictures
from aelib.live.labels import Labels, check_labels, check_names
from aelib.live.tracing import trace
from aelib.live.weights import pack

SHOWN = 0.995
"""The map's edges lie beyond this quantile of each value; the few codes outside are on its rim."""

GRID = 4095
"""The codes on the map are whole numbers from 0 to this: finer than any screen."""


class LatentMap(anywidget.AnyWidget):
    """A map of codes; the pointer, a finger or the arrow keys move over it and the decoder draws.

    Parameters
    ----------
    encoder, decoder : torch.nn.Module, or a method of one
        ``(n, 784)`` or ``(n, 1, 28, 28)`` to ``(n, 2)`` and back; any network that
        ``torch.export`` can follow.
    images : array or tensor
        ``(n, 784)`` in [0, 1]: the images whose codes are drawn, say the 10,000 test digits.
    labels : sequence of int
        Their classes, 0 to 46, for the colours.
    names : sequence of str, optional
        What the classes are called where they are no digits: ``["T-shirt", "trouser", ...]``.
    language : str, optional
        "zh" or "en"; without it the notebook's own, as the environment variable AELIB_LANGUAGE
        says, or "zh". A static page goes by its own ``<html lang>``.

    Attributes
    ----------
    position : list of float
        The point under the cursor, the two values of the code; can be set and observed.

    Raises
    ------
    TypeError
        For an operation that is not understood.
    ValueError
        For a code that has not two values, sizes that do not fit, labels that are not classes, or
        pictures that would differ from torch's.
    """

    _esm = script("latent_map.js")
    _css = style("base.css", "explorer.css")

    language = traitlets.Unicode().tag(sync=True)
    decoder = traitlets.Dict().tag(sync=True)
    codes = traitlets.Unicode().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(
        sync=True,
        to_json=lambda labels, _widget: base64.b64encode(bytes(labels)).decode("ascii"),
        from_json=lambda text, _widget: list(base64.b64decode(text)),
    )
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    bounds = traitlets.List(traitlets.Float()).tag(sync=True)
    position = traitlets.List(traitlets.Float(), minlen=2, maxlen=2).tag(sync=True)

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        images: np.ndarray | Tensor,
        labels: Labels,
        *,
        names: Sequence[str] | None = None,
        language: str | None = None,
    ):
        images = torch.as_tensor(images, dtype=torch.float32)
        labels = check_labels(labels, len(images))
        names = check_names(names, labels)
        codes = trace(encoder, "encoder", images).answer(images)
        if codes.shape != (len(images), 2):
            raise ValueError(
                f"The encoder returns {tuple(codes.shape[1:])} for each image; a map needs two "
                "values. Train one with a latent size of 2."
            )
        low, high = codes.quantile(torch.tensor([1 - SHOWN, SHOWN]), dim=0)
        margin = 0.1 * (high - low) + 1e-6
        low, high = low - margin, high + margin
        anywhere = torch.rand(200, 2, generator=torch.Generator().manual_seed(0))
        trial = torch.cat([codes[:200], low + anywhere * (high - low)])
        packed = pack({"decoder": decoder}, trial)
        check_pictures(packed.outputs["decoder"], "decoder")
        grid = ((codes - low) / (high - low)).clamp(0, 1).mul(GRID).round().numpy().astype("<u2")
        super().__init__(
            language=spoken(language),
            decoder={"bits": packed.bits, "layers": packed.layers, "weights": packed.text},
            codes=base64.b64encode(grid.tobytes()).decode("ascii"),
            labels=labels,
            names=names,
            bounds=[float(v) for v in (*low, *high)],
            position=[float(v) for v in codes.median(0).values],
        )

    def __repr__(self) -> str:
        return f"LatentMap(codes: {len(self.labels)})"
