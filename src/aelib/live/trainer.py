"""The trainer: the exercises themselves, trained in the reader's browser.

Python says which network the page begins with, and hands over the images where there is a kernel;
everything else happens in ``trainer.js`` and its worker. ``aelib.replay`` repeats such a training
in torch, step for step.
"""

import base64
import itertools
import json
import warnings
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import torch
import traitlets
from torch import nn

from aelib.language import spoken
from aelib.live.assets import script, style
from aelib.live.labels import class_names
from aelib.live.recipe import RECIPES, halves, plain, preset_of, recipe_of
from aelib.live.train_data import TrainingSet, set_of
from aelib.mnist import Mnist

_number = itertools.count(1)


class TrainerView(anywidget.AnyWidget):
    """What is on the screen; ``Trainer`` makes it and joins it to its sliders."""

    _esm = script("trainer.js")
    _css = style("base.css", "trainer.css")

    name = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    small = traitlets.Bool().tag(sync=True)
    worker = traitlets.Unicode(script("train_worker.js")).tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    baselines = traitlets.List(traitlets.Float()).tag(sync=True)

    recipe = traitlets.Dict().tag(sync=True)
    noise = traitlets.Float(0.0).tag(sync=True)
    latent = traitlets.Int(32).tag(sync=True)
    trained = traitlets.Dict().tag(sync=True)

    noise_label = traitlets.Unicode("").tag(sync=True)
    latent_label = traitlets.Unicode("").tag(sync=True)

    def __init__(self, images: TrainingSet, **values: object):
        super().__init__(baselines=images.baselines, **values)
        self._images = images
        self.on_msg(self._give)

    def _give(self, _widget: object, content: dict, _buffers: list) -> None:
        """Send the page a part of the images that it asks for."""
        name = content["part"]
        self.send({"name": name}, buffers=[self._images.packed(name)])


class Trainer(ipywidgets.VBox):
    """Train an autoencoder in the browser, with the exercises' networks or one of your own.

    Parameters
    ----------
    preset : str
        ``"2"``, ``"3 transposed"``, ``"3 upsampling"``, ``"4a"``, ``"4b"`` or ``"free"``: whose
        settings it begins with; where it has more training images than the set, it takes all.
    data : Mnist, optional
        What it trains on, as :func:`aelib.load_mnist` returns it: any number of pictures, float32
        ``(n, 784)`` in [0, 1], kept in sixteen grey levels. The first 60,000 are trained on, the
        first 1,000 test images measured; their labels colour the map of a code of two values.
        Without it the embedded MNIST, which alone is on a static page, too: the images of another
        set are where the notebook runs.
    names : sequence of str, optional
        What the classes are called where they are no digits: ``["T-shirt", "trouser", ...]``.
    small : bool
        Show only the buttons, the digits and the curve.
    language : str, optional
        "zh" or "en"; without it the notebook's own, as the environment variable AELIB_LANGUAGE
        says, or "zh". A static page goes by its own ``<html lang>``.
    **settings
        Settings of :class:`aelib.live.recipe.Recipe` that differ from the preset's, such as
        ``noise=0.2`` or ``hidden=(256, 128)``; numbers may be NumPy's.

    Attributes
    ----------
    noise : ipywidgets.FloatSlider
        The noise factor, 0 to 1.
    latent_size : ipywidgets.IntSlider
        2 to 128; the convolutional networks have a code of their own.
    view : TrainerView
        What is on the screen; ``view.recipe`` is what is set there.

    Raises
    ------
    TypeError
        For a setting that there is not, and for data that is no ``Mnist``.
    ValueError
        For a value that is not offered, a split without images, images of another shape or outside
        [0, 1], test labels that are no classes from 0 to 46 (or -1 throughout: there are none), and
        too few names.

    Warns
    -----
    UserWarning
        The set has more than 60,000 training images.
    """

    def __init__(
        self,
        preset: str = "free",
        data: Mnist | None = None,
        *,
        names: Sequence[str] | None = None,
        small: bool = False,
        language: str | None = None,
        **settings: object,
    ):
        if not isinstance(small, bool):
            raise ValueError(f"small is {small!r}; expected True or False.")
        images = set_of(data)
        available = len(images.train)
        if data is not None and len(data.train.images) > available:
            warnings.warn(
                f"The set has {len(data.train.images):,} training images; the page trains on the "
                f"first {available:,}.",
                UserWarning,
                stacklevel=2,
            )
        recipe = recipe_of(available, preset=preset, **settings)
        self.view = TrainerView(
            images,
            name=f"tr{next(_number)}",
            language=spoken(language),
            small=small,
            presets={known: plain(preset_of(known, available)) for known in RECIPES},
            data={
                "embedded": data is None,
                "count": available,
                "examples": images.examples,
                "names": class_names(names, images.labels),
            },
            recipe=plain(recipe),
            noise=recipe.noise,
            latent=recipe.latent,
        )
        self.noise = ipywidgets.FloatSlider(
            recipe.noise, min=0, max=1, step=0.01, readout_format=".2f"
        )
        self.latent_size = ipywidgets.IntSlider(recipe.latent, min=2, max=128)
        sliders = ipywidgets.HBox([self.noise, self.latent_size])
        sliders.add_class("ae-sliders")
        super().__init__([self.view] if small else [sliders, self.view])
        self.add_class("ae-live")
        for ours, of_view in (
            ((self.noise, "value"), "noise"),
            ((self.latent_size, "value"), "latent"),
            ((self.noise, "description"), "noise_label"),
            ((self.latent_size, "description"), "latent_label"),
        ):
            ipywidgets.jslink(ours, (self.view, of_view))

    def __repr__(self) -> str:
        return f"Trainer(preset: {self.view.recipe['preset']})"

    def networks(self) -> tuple[nn.Sequential, nn.Sequential]:
        """Return the network as it was trained last in the page, when it came to rest.

        Returns
        -------
        encoder, decoder
            ``(n, 784)`` to the code and back, in evaluation mode.

        Raises
        ------
        RuntimeError
            Nothing has been trained yet.
        """
        if not self.view.trained:
            raise RuntimeError(
                "This trainer has trained nothing yet. Press its first button, wait until it "
                "rests (or press pause), and ask again in another cell."
            )
        return networks_of(self.view.trained)

    @staticmethod
    def load(file: str | PathLike) -> tuple[nn.Sequential, nn.Sequential]:
        """Read the network that a page has saved.

        Parameters
        ----------
        file
            ``autoencoder.json``, as "save the weights" writes it.

        Returns
        -------
        encoder, decoder
            As :meth:`networks` returns them.

        Raises
        ------
        OSError
            The file cannot be read.
        ValueError
            It is not such a file, or its weights are those of another network.
        """
        try:
            return networks_of(json.loads(Path(file).expanduser().read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"{file} is no network saved by the trainer ({error}). Save it anew on the page."
            ) from error


def networks_of(saved: dict) -> tuple[nn.Sequential, nn.Sequential]:
    """Give the networks of a saved recipe their weights.

    Parameters
    ----------
    saved : dict
        ``recipe``, and ``weights``: base64 of float32 in the order of torch's ``parameters()``.

    Returns
    -------
    encoder, decoder
        In evaluation mode.

    Raises
    ------
    KeyError, TypeError, ValueError
        The recipe is none, or the weights are those of another network.
    """
    encoder, decoder = halves(recipe_of(**saved["recipe"]))
    net = nn.Sequential(encoder, decoder)
    values = np.frombuffer(base64.b64decode(saved["weights"], validate=True), "<f4")
    expected = sum(parameter.numel() for parameter in net.parameters())
    if len(values) != expected:
        raise ValueError(
            f"these are {len(values):,} weights; the network of this recipe has {expected:,}: "
            "recipe and weights come from different trainings"
        )
    nn.utils.vector_to_parameters(torch.from_numpy(values.copy()), net.parameters())
    return encoder.eval(), decoder.eval()
