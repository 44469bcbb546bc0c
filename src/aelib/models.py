"""Layer stacks that the exercises share.

Every encoder takes flat images ``(n, 784)`` and every decoder returns flat images ``(n, 784)``,
so that one training loop, one set of figures and one explorer serve them all. A convolutional
network folds the 784 pixels to ``(1, 28, 28)`` with its own first layer.
"""

from collections.abc import Sequence

from torch import nn

PIXELS = 784
"""Pixels of one flat MNIST image, 28 rows of 28."""

SIGMOID_SIZES = (PIXELS, 256, 128, 100)
"""Layer sizes of the encoder of exercises 2 and 4b; the decoder has them in reverse."""

RELU_SIZES = (PIXELS, 128, 64)
"""Layer sizes of the encoder of exercise 4a; the decoder has them in reverse."""


def mlp(
    sizes: Sequence[int],
    activation: type[nn.Module],
    last: type[nn.Module] | None = None,
) -> nn.Sequential:
    """Stack fully connected layers, each followed by an activation.

    Parameters
    ----------
    sizes
        Units of the input and of every layer after it, e.g. ``(784, 256, 128, 100)``.
    activation
        Activation after every layer, e.g. ``nn.Sigmoid``.
    last
        Activation after the last layer instead of ``activation``.

    Returns
    -------
    nn.Sequential
        Maps ``(n, sizes[0])`` to ``(n, sizes[-1])``.

    Raises
    ------
    ValueError
        Fewer than two sizes, or a size below 1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"mlp needs at least two layer sizes, each 1 or more; found {tuple(sizes)}. "
            "Give the input size first, for example (784, 256, 128, 100)."
        )
    layers: list[nn.Module] = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        is_last = i == len(sizes) - 2
        layers.append(last() if is_last and last is not None else activation())
    return nn.Sequential(*layers)


def mlp_autoencoder(
    sizes: Sequence[int],
    activation: type[nn.Module],
) -> tuple[nn.Sequential, nn.Sequential]:
    """Build an MLP encoder and the decoder that mirrors it.

    The decoder always ends in a sigmoid, since pixels lie in [0, 1].

    Parameters
    ----------
    sizes
        Layer sizes of the encoder, from pixels to code.
    activation
        Activation after every other layer.

    Returns
    -------
    encoder, decoder
        ``(n, sizes[0]) -> (n, sizes[-1])`` and back.
    """
    return mlp(sizes, activation), mlp(sizes[::-1], activation, last=nn.Sigmoid)


def parameter_count(*modules: nn.Module) -> int:
    """Count the trainable parameters of some modules together."""
    return sum(p.numel() for module in modules for p in module.parameters() if p.requires_grad)
