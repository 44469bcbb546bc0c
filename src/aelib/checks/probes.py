"""Small data to train on, and a watch on what a training does with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO

import numpy as np
import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from aelib.mnist import Split

IMAGES = 512  # two batches of 256
EPOCHS = 3
GRAY = slice(0, 392)  # in the probe for noise: pixels that weak noise does not clip


@contextmanager
def quietly(seed: int = 0) -> Iterator[None]:
    """Fix the random numbers for a while, and keep what is printed off the page."""
    numbers = np.random.get_state()
    with (
        torch.random.fork_rng(),
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()),
    ):
        torch.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            np.random.set_state(numbers)


def digit_probe(data: Split) -> Split:
    """Return the first training digits with labels of four classes only, as tensors.

    Digits of other classes are left out: a label that is none of these was not handed in.
    """
    images, labels = (torch.as_tensor(part) for part in data)
    kept = (labels < 4).nonzero().flatten()[:IMAGES]
    return Split(images[kept].clone(), labels[kept].clone())


def noise_probe() -> Split:
    """Return images whose first half is gray, where noise shows in full, the rest black or white.

    Any two of them differ by far more than the noise of ``FACTOR``, so that a noisy copy is
    always nearest to its own original.
    """
    images = torch.rand(IMAGES, 784)
    images[:, GRAY] = 0.3 + 0.4 * images[:, GRAY]
    images[:, GRAY.stop :] = images[:, GRAY.stop :].round()
    return Split(images, torch.zeros(IMAGES, dtype=torch.int64))


@dataclass
class Pass:
    """A batch on its way through both networks, and the gradient that came back."""

    inputs: torch.Tensor  # (b, ...), what the encoder was given
    outputs: torch.Tensor  # (b, 784), what the decoder returned
    gradient: torch.Tensor | None = None  # (b, 784), of the loss at the outputs


@dataclass
class Watch:
    """What was seen of a training.

    Attributes
    ----------
    encoded
        Every batch that the encoder was given, with or without a gradient.
    passes
        The batches that went through both networks and had a gradient come back.
    steps
        Number of the optimizer's steps that moved the watched networks.
    stale_steps
        Those of them whose gradient still held the gradients of earlier steps.
    compared
        Predictions and targets of every cross-entropy with a gradient.
    """

    encoded: list[torch.Tensor] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    steps: int = 0
    stale_steps: int = 0
    compared: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)


@contextmanager
def watch(encoder: nn.Module, decoder: nn.Module) -> Iterator[Watch]:
    """Look on while the block trains, and change nothing.

    Yields
    ------
    Watch
        Filled while the block runs.
    """
    seen, under_way = Watch(), []

    def note_input(_module, arguments):
        seen.encoded.append(arguments[0].detach().cpu().clone())

    def note_output(_module, _arguments, output):
        if output.requires_grad and seen.encoded:
            one = Pass(seen.encoded[-1], output.detach().cpu().flatten(1))
            under_way.append(one)
            output.register_hook(lambda gradient: note_gradient(one, gradient))

    def note_gradient(one, gradient):
        one.gradient = gradient.detach().cpu().flatten(1).clone()

    handles = [
        encoder.register_forward_pre_hook(note_input),
        decoder.register_forward_hook(note_output),
    ]
    try:
        with _steps_of(decoder, seen), _Comparisons(seen):
            yield seen
    finally:
        for handle in handles:
            handle.remove()
        seen.passes = [one for one in under_way if one.gradient is not None]


@contextmanager
def _steps_of(network: nn.Module, seen: Watch) -> Iterator[None]:
    """Count the steps, and those whose gradient is a sum over earlier steps too.

    The gradient as it arrives is compared, by its direction, with the gradient that the optimizer
    finds: clipped or scaled it points the same way, and so do several batches added up on purpose.
    """
    weight = max(network.parameters(), key=torch.numel)
    arrived = {"since the last step": 0, "ever": 0}

    def note(gradient):
        for key in arrived:
            arrived[key] = arrived[key] + gradient.detach().clone()

    def judge(optimizer, _arguments, _keywords):
        owned = [part for group in optimizer.param_groups for part in group["params"]]
        if weight.grad is None or not any(part is weight for part in owned):
            return
        recent, ever = arrived["since the last step"], arrived["ever"]
        if seen.steps and isinstance(recent, torch.Tensor):
            points = _cosine(weight.grad, recent), _cosine(weight.grad, ever)
            seen.stale_steps += points[0] < 0.999 <= points[1]
        seen.steps += 1
        arrived["since the last step"] = 0

    handles = [weight.register_hook(note), register_optimizer_step_pre_hook(judge)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _cosine(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(nn.functional.cosine_similarity(a.flatten(), b.flatten(), dim=0))


class _Comparisons(TorchFunctionMode):
    """Note what cross-entropy compares, whether called as a function or as a module."""

    def __init__(self, seen: Watch):
        super().__init__()
        self.seen = seen

    def __torch_function__(
        self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None
    ) -> object:
        named = dict(zip(("input", "target"), args, strict=False)) | (kwargs or {})
        if func is nn.functional.cross_entropy and named["input"].requires_grad:
            pair = named["input"].detach().cpu(), named["target"].detach().cpu()
            self.seen.compared.append(pair)
        return func(*args, **(kwargs or {}))


def nearest(rows: torch.Tensor, originals: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Find for each row the nearest original.

    Returns
    -------
    places, distances
        Index of the original, int64 ``(n,)``, and the root mean square difference of the
        pixels, ``(n,)``.
    """
    distances, places = torch.cdist(rows, originals).min(1)
    return places, distances / rows.shape[1] ** 0.5
