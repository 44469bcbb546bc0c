"""The networks that the trainer offers, for torch, and how each preset is trained.

``recipes.js`` builds the same networks in the browser; the settings travel there from here.
"""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from numbers import Real

import numpy as np
from torch import Tensor, nn

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
}
MISTAKES = ("target", "gradient", "clip", "sigmoid", "range", "rate", "test")
"""What can be done wrong on purpose; ``Recipe.mistakes`` says what each one is."""

COUNTS = (1_000, 10_000, 60_000)
"""How many training images are offered, as far as a set has them, and at last all it has."""

BATCHES = (16, 32, 64, 128, 256)
RATES = (0.0001, 0.0003, 0.001, 0.002, 0.004, 0.01, 0.03)
WIDEST, DEEPEST = 512, 3


@dataclass(frozen=True)
class Recipe:
    """All that decides a training run of the page, but for its number of steps.

    Attributes
    ----------
    preset
        ``"2"``, ``"4a"``, ``"4b"`` and ``"free"`` are fully connected; ``"3 transposed"`` and
        ``"3 upsampling"`` are the convolutional networks of exercise 3.
    hidden
        Units of the hidden layers of a fully connected encoder, 1 to 3 of them, each 2 to 512; the
        decoder has them in reverse.
    latent
        Values of the code, 2 to 128; the convolutional networks have 1,568 whatever it says.
    activation
        One of ``ACTIVATIONS``, after every layer but the last, which has a sigmoid; the code of
        ``"free"`` has none, so that it may take any value.
    noise
        The noise factor of the inputs, 0 to 1.
    fresh
        Whether the noise is drawn anew for each batch, or once for each image.
    half
        Whether the loss is half the mean squared error.
    rate
        The learning rate of Adam.
    batch
        Images of a batch.
    count
        How many of the first training images, 1 to as many as the set has, at most 60,000.
    seed
        0 to 2**32 - 1: initial weights, order of the images and noise.
    mistakes
        Any of ``MISTAKES``: the loss compares with the noisy input instead of the original
        (``target``), the gradient is not set to 0 between steps (``gradient``), noisy pixels are
        not clipped to [0, 1] (``clip``), the last layer has no sigmoid (``sigmoid``), pixels are
        given as 0 to 255 (``range``), the learning rate is ten times as large (``rate``), the test
        error is measured on training images with their noise (``test``).
    """

    preset: str = "free"
    hidden: tuple[int, ...] = (128,)
    latent: int = 32
    activation: str = "relu"
    noise: float = 0.0
    fresh: bool = True
    half: bool = False
    rate: float = 0.004
    batch: int = 128
    count: int = 10_000
    seed: int = 0
    mistakes: tuple[str, ...] = field(default=())


_SIGMOID = {
    "hidden": (256, 128),
    "latent": 100,
    "activation": "sigmoid",
    "half": True,
    "rate": 0.01,
    "batch": 256,
    "count": 60_000,
}
RECIPES = {
    recipe.preset: recipe
    for recipe in (
        Recipe("free"),
        Recipe("2", **_SIGMOID),
        Recipe("3 transposed", rate=0.001, batch=64),
        Recipe("3 upsampling", rate=0.001, batch=64),
        Recipe("4a", latent=64, noise=0.2, rate=0.001, batch=64),
        Recipe("4b", **_SIGMOID, noise=0.5, fresh=False),
    )
}
"""What each preset begins with: the exercises' own settings."""


def preset_of(name: str, available: int) -> Recipe:
    """Give a preset for a set that may have fewer training images."""
    known = RECIPES[name]
    return replace(known, count=min(known.count, available))


def plain(recipe: Recipe) -> dict:
    """Write a recipe with lists in place of tuples, as JSON has them."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(recipe).items()
    }


def recipe_of(available: int = COUNTS[-1], /, **settings: object) -> Recipe:
    """Check settings and complete them by those of their preset.

    Parameters
    ----------
    available : int
        How many training images there are; a preset that has more takes all.
    **settings
        Those of :class:`Recipe`; numbers and lists may be those of NumPy or torch.

    Returns
    -------
    Recipe
        All settings, in Python's own types.

    Raises
    ------
    TypeError
        For a setting that there is not.
    ValueError
        For a value that is not offered.
    """
    names = [known.name for known in fields(Recipe)]
    unknown = sorted(settings.keys() - set(names))
    if unknown:
        raise TypeError(f"{unknown[0]!r} is no setting; expected one of {', '.join(names)}.")
    given = {name: own(value) for name, value in settings.items()}
    preset = given.get("preset", "free")
    if not _one_of(preset, RECIPES):
        raise ValueError(f"preset is {preset!r}; expected one of {_listed(RECIPES)}.")
    recipe = replace(preset_of(preset, available), **given)
    widths, mistakes = recipe.hidden, recipe.mistakes
    checks = {
        "hidden": (
            isinstance(widths, tuple)
            and 1 <= len(widths) <= DEEPEST
            and all(whole(n, 2, WIDEST) for n in widths),
            f"1 to {DEEPEST} whole numbers from 2 to {WIDEST}, such as (256, 128)",
        ),
        "latent": (whole(recipe.latent, 2, 128), "a whole number from 2 to 128"),
        "activation": (
            _one_of(recipe.activation, ACTIVATIONS),
            f"one of {_listed(ACTIVATIONS)}",
        ),
        "noise": (_real(recipe.noise) and 0 <= recipe.noise <= 1, "a number from 0 to 1"),
        "fresh": (isinstance(recipe.fresh, bool), "True or False"),
        "half": (isinstance(recipe.half, bool), "True or False"),
        "rate": (
            _real(recipe.rate) and 0 < recipe.rate <= 1,
            "a number above 0 and at most 1",
        ),
        "batch": (whole(recipe.batch, 1, 256), "a whole number from 1 to 256"),
        "count": (whole(recipe.count, 1, available), f"a whole number from 1 to {available}"),
        "seed": (whole(recipe.seed, 0, 2**32 - 1), "a whole number from 0 to 2**32 - 1"),
        "mistakes": (
            isinstance(mistakes, tuple) and all(_one_of(name, MISTAKES) for name in mistakes),
            f"a list of some of {_listed(MISTAKES)}",
        ),
    }
    for name, (good, expected) in checks.items():
        if not good:
            raise ValueError(f"{name} is {getattr(recipe, name)!r}; expected {expected}.")
    return recipe


def own(value: object) -> object:
    """Give a value in Python's own types: no numbers of NumPy or torch, a list as a tuple."""
    if isinstance(value, np.generic | np.ndarray | Tensor):
        value = value.tolist()
    return tuple(own(part) for part in value) if isinstance(value, list | tuple) else value


def whole(value: object, low: int, high: float = math.inf) -> bool:
    """Whether something is a whole number from ``low`` to ``high``; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _real(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _one_of(value: object, names: Iterable[str]) -> bool:
    return isinstance(value, str) and value in names


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def halves(recipe: Recipe) -> tuple[nn.Sequential, nn.Sequential]:
    """Build a recipe's encoder and decoder.

    Returns
    -------
    encoder, decoder
        ``(n, 784)`` to the code and back; the code is ``(n, latent)``, that of the convolutional
        networks ``(n, 32, 7, 7)``. Without a last sigmoid where the recipe makes that mistake.
    """
    bent = ACTIVATIONS[recipe.activation]
    last = () if "sigmoid" in recipe.mistakes else (nn.Sigmoid(),)
    if not recipe.preset.startswith("3"):
        down = (784, *recipe.hidden, recipe.latent)
        encoder = [layer for a, b in pairwise(down) for layer in (nn.Linear(a, b), bent())]
        decoder = [layer for a, b in pairwise(down[::-1]) for layer in (nn.Linear(a, b), bent())]
        if recipe.preset == "free":
            encoder.pop()
        return nn.Sequential(*encoder), nn.Sequential(*decoder[:-1], *last)
    encoder = (
        nn.Unflatten(1, (1, 28, 28)),
        *(nn.Conv2d(1, 16, 3, padding=1), bent(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), bent(), nn.MaxPool2d(2)),
    )
    if recipe.preset == "3 transposed":
        decoder = (nn.ConvTranspose2d(32, 16, 2, 2), bent(), nn.ConvTranspose2d(16, 1, 2, 2))
    else:
        decoder = (
            *(nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 3, padding=1), bent()),
            *(nn.Upsample(scale_factor=2), nn.Conv2d(16, 1, 3, padding=1)),
        )
    return nn.Sequential(*encoder), nn.Sequential(*decoder, *last, nn.Flatten())
