"""Train in torch exactly as the page does: the same initial weights, batches and noise."""

import numpy as np
import torch
from torch import Tensor, nn

from aelib.live.random_numbers import gaussian, shuffled, uniform
from aelib.live.recipe import Recipe, halves, own, recipe_of, whole
from aelib.live.train_data import set_of
from aelib.mnist import Mnist

WEIGHTS, NOISE, TEST, ORDER = 0, 1, 2, 3
"""Streams of the seed, as in ``train_run.js``; the order of epoch e is stream ``ORDER + e``."""


def replay(
    steps: int, data: Mnist | None = None, **settings: object
) -> tuple[nn.Sequential, nn.Sequential, list[float]]:
    """Replay the first steps of a training run of the page, whose trainer writes this call.

    Parameters
    ----------
    steps : int
        How many steps of Adam, 1 or more; each takes one batch, the last of an epoch a smaller one.
    data : Mnist, optional
        The set of that trainer, as ``load_mnist`` returns it; without it the embedded MNIST.
    **settings
        Those of :class:`aelib.live.recipe.Recipe`; what is not given is that of the preset.

    Returns
    -------
    encoder, decoder, losses
        The trained network in two halves, ``(n, 784)`` to the code and back, and the loss of each
        step before it was taken.

    Raises
    ------
    TypeError, ValueError
        For a setting that there is not, a value that is not offered, or a set that
        :class:`aelib.Trainer` would not take.
    """
    steps = own(steps)
    if not whole(steps, 1):
        raise ValueError(f"steps is {steps!r}; expected a whole number of 1 or more.")
    images = set_of(data)
    recipe = recipe_of(len(images.train), **settings)
    images = images.images(recipe.count)
    encoder, decoder = halves(recipe)
    net = nn.Sequential(encoder, decoder)
    begin(net, recipe.seed)
    rate = recipe.rate * (10 if "rate" in recipe.mistakes else 1)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    losses: list[float] = []
    at = epoch = seen = 0
    order = shuffled(len(images), recipe.seed, ORDER)
    while len(losses) < steps:
        picked = order[at : at + recipe.batch]
        first = seen + np.arange(len(picked)) if recipe.fresh else picked
        inputs, targets = batch_of(recipe, images[picked], NOISE, first)
        loss = nn.functional.mse_loss(net(inputs), targets) * (0.5 if recipe.half else 1)
        if "gradient" not in recipe.mistakes:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        at, seen = at + len(picked), seen + len(picked)
        if at == len(images):
            at, epoch = 0, epoch + 1
            order = shuffled(len(images), recipe.seed, ORDER + epoch)
    return encoder, decoder, losses


def batch_of(
    recipe: Recipe, clean: Tensor, stream: int, first: np.ndarray
) -> tuple[Tensor, Tensor]:
    """Make what the network is given, and what it should answer.

    Parameters
    ----------
    recipe
        How strong the noise is, and which mistakes are made with it.
    clean : torch.Tensor
        ``(n, 784)`` in [0, 1].
    stream : int
        From which random numbers the noise is drawn.
    first : numpy.ndarray
        ``(n,)``: which sample of the noise each image gets.

    Returns
    -------
    inputs, targets : torch.Tensor
        ``(n, 784)`` each.
    """
    if "range" in recipe.mistakes:
        clean = clean * 255
    inputs = clean
    if recipe.noise:
        places = np.arange(clean.shape[1])
        sample = gaussian(recipe.seed, stream, first[:, None] * len(places) + places)
        inputs = clean + np.float32(recipe.noise) * torch.from_numpy(sample)
        if "clip" not in recipe.mistakes:
            inputs = inputs.clamp(0, 1)
    return inputs, inputs if "target" in recipe.mistakes else clean


def begin(net: nn.Module, seed: int) -> None:
    """Give a network its initial weights: uniform, as far from 0 as torch's own."""
    at = 0
    for layer in net.modules():
        if not isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            continue
        inputs = layer.weight[0].numel()
        bound = np.float32(1 / np.sqrt(inputs))
        for values in (layer.weight, layer.bias):
            places = at + np.arange(values.numel())
            drawn = (2 * uniform(seed, WEIGHTS, places) - 1) * float(bound)
            values.data = torch.from_numpy(drawn.astype(np.float32)).view_as(values)
            at += values.numel()
