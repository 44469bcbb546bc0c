"""The networks that the trainer offers, for torch; ``recipes.js`` has the same for the browser."""

from itertools import pairwise

from torch import nn

HIDDEN = {"2": (256, 128), "4a": (128,), "4b": (256, 128), "free": (128,)}
"""Units of the hidden layers of the encoder; the decoder has them in reverse."""

PRESETS = ("2", "3 transposed", "3 upsampling", "4a", "4b", "free")
ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
}


def network(preset: str, latent: int, activation: str) -> nn.Sequential:
    """Build a preset's encoder and decoder, one behind the other.

    Parameters
    ----------
    preset : str
        One of ``PRESETS``.
    latent : int
        Values of the code, from 2 to 128; the convolutional networks have their own.
    activation : str
        One of ``ACTIVATIONS``, after every layer but the last, which has a sigmoid.

    Returns
    -------
    torch.nn.Sequential
        ``(n, 784)`` to ``(n, 784)``.

    Raises
    ------
    ValueError
        For a preset, a latent size or an activation that is not offered.
    """
    if preset not in PRESETS:
        raise ValueError(f"preset is {preset!r}; expected one of {', '.join(PRESETS)}.")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}; expected one of {', '.join(ACTIVATIONS)}.")
    if not 2 <= latent <= 128:
        raise ValueError(f"latent is {latent}; expected a whole number from 2 to 128.")
    bent = ACTIVATIONS[activation]
    if preset in HIDDEN:
        sizes = (784, *HIDDEN[preset], latent, *reversed(HIDDEN[preset]), 784)
        layers = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), bent())]
        return nn.Sequential(*layers[:-1], nn.Sigmoid())
    encoder = (
        nn.Unflatten(1, (1, 28, 28)),
        *(nn.Conv2d(1, 16, 3, padding=1), bent(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3, padding=1), bent(), nn.MaxPool2d(2)),
    )
    if preset == "3 transposed":
        decoder = (nn.ConvTranspose2d(32, 16, 2, 2), bent(), nn.ConvTranspose2d(16, 1, 2, 2))
    else:
        decoder = (
            *(nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 3, padding=1), bent()),
            *(nn.Upsample(scale_factor=2), nn.Conv2d(16, 1, 3, padding=1)),
        )
    return nn.Sequential(*encoder, *decoder, nn.Sigmoid(), nn.Flatten())
