"""Train in torch exactly as the page does: the same initial weights, batches and noise."""

import numpy as np
import torch
from torch import nn

from aelib.live.random_numbers import gaussian, shuffled, uniform
from aelib.live.recipe import network

WEIGHTS, NOISE, ORDER = 0, 1, 2
"""Streams of the seed, as in ``train_run.js``; the order of epoch e is stream ``ORDER + e``."""


def replay(
    images: torch.Tensor,
    steps: int,
    *,
    preset: str,
    latent: int,
    activation: str,
    noise: float,
    fresh: bool,
    half: bool,
    rate: float,
    batch: int,
    seed: int,
) -> tuple[nn.Sequential, list[float]]:
    """Replay the first steps of a training run of the page.

    Parameters
    ----------
    images : torch.Tensor
        The training images, ``(n, 784)`` in [0, 1].
    steps : int
        How many steps of Adam, 1 or more; each takes one batch, the last of an epoch a smaller one.
    preset, latent, activation
        The network, see ``recipe.network``.
    noise : float
        The noise factor, 0 to 1.
    fresh : bool
        Whether the noise is drawn anew for each batch, or once for each image.
    half : bool
        Whether the loss is half the mean squared error.
    rate : float
        The learning rate.
    batch : int
        Images of a batch, 1 or more.
    seed : int
        0 to 2**32 - 1.

    Returns
    -------
    network, losses
        The trained network, and the loss of each step before it was taken.
    """
    net = network(preset, latent, activation)
    begin(net, seed)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    places = np.arange(images.shape[1])
    losses: list[float] = []
    at = epoch = seen = 0
    order = shuffled(len(images), seed, ORDER)
    while len(losses) < steps:
        picked = order[at : at + batch]
        clean = images[picked]  # (batch, 784)
        inputs = clean
        if noise:
            first = seen + np.arange(len(picked)) if fresh else picked
            sample = gaussian(seed, NOISE, first[:, None] * len(places) + places)
            inputs = (clean + np.float32(noise) * torch.from_numpy(sample)).clamp(0, 1)
        loss = nn.functional.mse_loss(net(inputs), clean) * (0.5 if half else 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        at, seen = at + len(picked), seen + len(picked)
        if at == len(images):
            at, epoch = 0, epoch + 1
            order = shuffled(len(images), seed, ORDER + epoch)
    return net, losses


def begin(net: nn.Sequential, seed: int) -> None:
    """Give a network its initial weights: uniform, as far from 0 as torch's own."""
    at = 0
    for layer in net:
        if not isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            continue
        inputs = layer.weight[0].numel()
        bound = np.float32(1 / np.sqrt(inputs))
        for values in (layer.weight, layer.bias):
            places = at + np.arange(values.numel())
            drawn = (2 * uniform(seed, WEIGHTS, places) - 1) * float(bound)
            values.data = torch.from_numpy(drawn.astype(np.float32)).view_as(values)
            at += values.numel()
