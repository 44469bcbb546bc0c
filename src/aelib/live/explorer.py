"""The explorer: sliders and the pictures that trained networks draw in the reader's browser.

Python packs the networks as text (``weights.py``) and is done; the pictures come from
``network.js`` and ``explorer.js``. The sliders are ordinary ipywidgets. All that the page and
Python share travels by ``jslink``: it works on a static page without a kernel, and with a kernel
without a round trip.
"""

import base64
import itertools
from collections.abc import Callable, Mapping, Sequence

import anywidget
import ipywidgets
import numpy as np
import torch
import traitlets
from torch import Tensor, nn

from aelib.language import spoken
from aelib.live.assets import script, style
from aelib.live.images import check_images
from aelib.live.labels import Labels, check_labels, check_names
from aelib.live.noise_sample import noise_sample
from aelib.live.weights import pack
from aelib.mnist import PIXELS

Network = nn.Module | Callable[[Tensor], Tensor]
"""A module, or a method of one."""

Networks = tuple[Network, Network] | Mapping[int | str, tuple[Network, Network]]
_number = itertools.count(1)


class ExplorerView(anywidget.AnyWidget):
    """The pictures; ``Explorer`` makes it and joins it to its sliders."""

    _esm = script("explorer.js")
    _css = style("base.css", "explorer.css")

    name = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    networks = traitlets.List(traitlets.Dict()).tag(sync=True)
    images = traitlets.Unicode().tag(sync=True)
    labels = traitlets.List(traitlets.Int() | traitlets.Unicode()).tag(sync=True)

    noise = traitlets.Float(0.0).tag(sync=True)
    choice = traitlets.Int(0).tag(sync=True)
    digit = traitlets.Int(0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    drawing = traitlets.Unicode("").tag(sync=True)

    noise_label = traitlets.Unicode("").tag(sync=True)
    choice_label = traitlets.Unicode("").tag(sync=True)


class Explorer(ipywidgets.VBox):
    """Play with trained autoencoders: noise, latent size, pictures, codes.

    Parameters
    ----------
    networks : (encoder, decoder), or a mapping to such pairs
        Torch modules, or methods of one such as ``model.encode``, that ``torch.export`` can
        follow; the encoder takes and the decoder returns pictures, ``(n, 784)`` or
        ``(n, 1, 28, 28)``. Of a VAE's ``(mean, logarithm of the variance)`` the mean is shown. The
        keys of a mapping are the latent sizes (a slider chooses) or names (buttons choose).
    images : array or tensor
        ``(n, 784)`` in [0, 1]: offered as thumbnails, 10 to 20 of them. Kept in 256 grey
        levels.
    labels : sequence of int, optional
        What the pictures show, 0 to 46, read out to those who do not see them.
    names : sequence of str, optional
        What the classes are called where they are no digits: ``["T-shirt", "trouser", ...]``.
    classifier : torch.nn.Module, optional
        Takes the code, ``(n, latent size)``, returns one score for each class before the softmax.
    language : str, optional
        "zh" or "en"; without it the notebook's own, as the environment variable AELIB_LANGUAGE
        says, or "zh". A static page goes by its own ``<html lang>``.

    Attributes
    ----------
    noise : ipywidgets.FloatSlider
        The noise factor, 0 to 1.
    latent_size : ipywidgets.SelectionSlider or ipywidgets.ToggleButtons
        Its ``value`` is the key of the network that draws; not shown when there is one network.
    digit : int
        Which image, from 0; -1 is the reader's own drawing.
    seed : int
        Which noise sample: ``aelib.noise_sample(seed, 784)``.
    view : ExplorerView
        The pictures.

    Raises
    ------
    TypeError
        For an operation that is not understood, and for networks that are not pairs of modules.
    ValueError
        For sizes that do not fit, images outside [0, 1], labels that are no classes, weights that
        are not finite, no networks, and pictures that would differ from torch's by more than 2/255.
    """

    digit = traitlets.Int(0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        networks: Networks,
        images: np.ndarray | Tensor,
        labels: Labels | None = None,
        *,
        names: Sequence[str] | None = None,
        classifier: nn.Module | None = None,
        language: str | None = None,
    ):
        grey = grey_levels(images)
        labels = check_labels(labels, len(grey)) if labels is not None else []
        names = check_names(names, labels)
        self._count = len(grey)
        pairs = _pairs(networks)
        self.view = ExplorerView(
            name=f"ae{next(_number)}",
            language=spoken(language),
            networks=[
                _pack_network(key, pair, grey, classifier, names, several=len(pairs) > 1)
                for key, pair in pairs.items()
            ],
            images=base64.b64encode(grey.tobytes()).decode("ascii"),
            labels=[names[label] for label in labels] if names else labels,
        )
        self.noise = ipywidgets.FloatSlider(min=0, max=1, step=0.01, readout_format=".2f")
        self.latent_size = _selector([network["name"] for network in self.view.networks])
        shown = [self.noise, self.latent_size] if len(pairs) > 1 else [self.noise]
        sliders = ipywidgets.HBox(shown)
        sliders.add_class("ae-sliders")
        super().__init__([sliders, self.view])
        self.add_class("ae-live")
        for ours, of_view in (
            ((self.noise, "value"), "noise"),
            ((self.latent_size, "index"), "choice"),
            ((self, "digit"), "digit"),
            ((self, "seed"), "seed"),
            ((self.noise, "description"), "noise_label"),
            ((self.latent_size, "description"), "choice_label"),
        ):
            ipywidgets.jslink(ours, (self.view, of_view))

    def __repr__(self) -> str:
        keys = ", ".join(str(network["name"]) for network in self.view.networks)
        return f"Explorer(networks: {keys}; images: {self._count})"

    @traitlets.validate("digit")
    def _check_digit(self, proposal: dict) -> int:
        if not -1 <= proposal["value"] < self._count:
            raise traitlets.TraitError(
                f"digit is {proposal['value']}; expected 0 to {self._count - 1} for one of the "
                f"{self._count} images, or -1 for the reader's own drawing."
            )
        return proposal["value"]

    @traitlets.validate("seed")
    def _check_seed(self, proposal: dict) -> int:
        if not 0 <= proposal["value"] < 2**32:
            raise traitlets.TraitError(
                f"seed is {proposal['value']}; expected a whole number from 0 to 2**32 - 1."
            )
        return proposal["value"]


def grey_levels(images: np.ndarray | Tensor) -> np.ndarray:
    """Bring images to 256 grey levels.

    Parameters
    ----------
    images : array or tensor
        ``(n, 784)`` in [0, 1].

    Returns
    -------
    numpy.ndarray
        uint8 ``(n, 784)``.

    Raises
    ------
    ValueError
        For another shape, no image, or a value outside [0, 1].
    """
    return np.rint(check_images(images) * 255).astype(np.uint8)


def _pairs(networks: Networks) -> dict[int | str | None, tuple[Network, Network]]:
    """Bring all forms of ``networks`` to a mapping; one pair without a name has the key None."""
    pairs = dict(networks) if isinstance(networks, Mapping) else {None: networks}
    if not pairs:
        raise ValueError(
            "The mapping of networks is empty; give at least one {latent_size: (encoder, decoder)}."
        )
    for key, pair in pairs.items():
        place = "networks" if key is None else f"networks[{key!r}]"
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(
                f"{place} is a {type(pair).__name__}; expected a pair (encoder, decoder) of torch "
                "modules. A model with both inside: (model.encoder, model.decoder)."
            )
    if len({type(key) for key in pairs}) > 1 or not isinstance(next(iter(pairs)), int | str | None):
        raise TypeError(
            f"The keys of networks are {list(pairs)}; expected latent sizes (int) or names (str), "
            "not both."
        )
    return dict(sorted(pairs.items())) if isinstance(next(iter(pairs)), int) else pairs


def _selector(names: list[int] | list[str]) -> ipywidgets.Widget:
    """Make the widget that chooses a network: a slider for sizes, buttons for names."""
    buttons = isinstance(names[0], str)
    kind = ipywidgets.ToggleButtons if buttons else ipywidgets.SelectionSlider
    return kind(options=names)


def _pack_network(
    key: int | str | None,
    pair: tuple[Network, Network],
    grey: np.ndarray,
    classifier: nn.Module | None,
    names: list[str],
    *,
    several: bool,
) -> dict:
    """Write one network for the browser, tried on all thumbnails at several noise levels."""
    prefix = f"networks[{key!r}] " if several else ""
    encoder, decoder = f"{prefix}encoder", f"{prefix}decoder"
    packed = pack(dict(zip((encoder, decoder), pair, strict=True)), trial_images(grey))
    code, picture = packed.outputs[encoder], packed.outputs[decoder]
    check_pictures(picture, decoder)
    size = code[0].numel()
    if isinstance(key, int) and key != size:
        raise ValueError(
            f"The code of networks[{key}] has {size} values; its key says {key}. "
            f"Write {{{size}: (encoder, decoder)}}."
        )
    network = {
        "name": size if key is None else key,
        "bits": packed.bits,
        "difference": packed.difference,
        "layers": {"encoder": packed.layers[encoder], "decoder": packed.layers[decoder]},
        "weights": packed.text,
        "code": list(code.shape[1:]),
        "range": [float(f"{code.min():.3g}"), float(f"{code.max():.3g}")],
    }
    if classifier is not None:
        scores = pack({"classifier": classifier}, code, tolerance=0.01)
        if scores.outputs["classifier"].ndim != 2:
            found = tuple(scores.outputs["classifier"].shape[1:])
            raise ValueError(
                f"The classifier returns {found} for each image; expected one score for each class."
            )
        network["classifier"] = {
            "bits": scores.bits,
            "layers": scores.layers,
            "weights": scores.text,
        }
        if names:
            network["classifier"]["names"] = names
    return network


def check_pictures(answers: Tensor, name: str) -> None:
    """Refuse what is no picture of 784 pixels for each image.

    Raises
    ------
    ValueError
        For another number of values.
    """
    if answers[0].numel() != PIXELS:
        raise ValueError(
            f"The {name} returns {tuple(answers.shape[1:])} for each image; expected the pixels of "
            "one picture, (784,) or (1, 28, 28)."
        )


def trial_images(grey: np.ndarray) -> Tensor:
    """Add the explorer's noise to thumbnails, from none to its strongest.

    Returns
    -------
    torch.Tensor
        float32 ``(10 · n, 784)``.
    """
    clean = torch.from_numpy(grey).float() / 255
    noisy = [
        clean + factor * torch.from_numpy(noise_sample(seed, PIXELS))
        for factor in (0.1, 0.3, 0.6, 1.0)
        for seed in (0, 1)
    ]
    return torch.cat([clean, clean, *noisy]).clamp_(0, 1)
