"""Where images enter a pair of networks and where they leave it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from aelib.checks.multiplications import Multiplication, Multiplications
from aelib.checks.result import Fault
from aelib.checks.said import DECODER, ENCODER


@dataclass
class Route:
    """Where images enter a pair of networks and where they leave it, found by one run of it.

    Attributes
    ----------
    entrance, exit
        Shapes of the weights that come first and last, sorted: a transpose counts as the same.
    entering, leaving
        Numbers of a row that meets the first weights, and of one that leaves the last ones.
    tail
        What follows the last weights up to the pixels, such as a sigmoid, as one network; None
        where that is no chain of layers: then the decoder's returned values are looked at.
    bias
        Of the last weights, for products written without it.
    images
        With which it was found.
    """

    encoder: nn.Module
    decoder: nn.Module
    entrance: tuple[int, ...]
    entering: int
    exit: tuple[int, ...]
    leaving: int
    tail: nn.Module | None
    bias: torch.Tensor | None
    images: torch.Tensor

    @classmethod
    def of(cls, encoder: nn.Module, decoder: nn.Module, images: torch.Tensor) -> "Route":
        """Run some images through both networks and look."""
        with evaluating(encoder, decoder), torch.no_grad():
            with Multiplications() as down:
                codes = encoder(images)
            with Multiplications() as up, _leaves(decoder, up.seen) as leaves:
                pixels = decoder(codes)
            for name, layers in ((ENCODER, down.seen), (DECODER, up.seen)):
                if not layers:
                    raise Fault(
                        "The {name} has no layer with weights, so there is nothing in it to "
                        "train. Which layers should it have?",
                        name=name,
                    )
            first, last = down.seen[0], up.seen[-1]
            tail = nn.Sequential(*[leaf for leaf, before in leaves if before == len(up.seen)])
            is_chain = not tail.state_dict()
            if is_chain:
                reached = tail(last.outputs)
                is_chain = reached.shape == pixels.shape and torch.equal(reached, pixels)
            owner = [leaf for leaf, before in leaves if before == len(up.seen) - 1]
        return cls(
            encoder,
            decoder,
            tuple(sorted(first.weight.shape)),
            first.inputs.numel() // len(images),
            tuple(sorted(last.weight.shape)),
            last.outputs.numel() // len(images),
            tail if is_chain else None,
            getattr(owner[-1], "bias", None) if owner else None,
            images,
        )

    def entrances_of(self, images: torch.Tensor) -> torch.Tensor:
        """Return what meets the first weights for these images, ``(n, entering)``."""
        return self._first(images).inputs.flatten(1)

    def first_weight(self) -> torch.Tensor:
        """Return the weights that images meet first, as they are now."""
        return self._first(self.images).weight

    def _first(self, images: torch.Tensor) -> Multiplication:
        with evaluating(self.encoder), torch.no_grad(), Multiplications() as down:
            self.encoder(images.to(next(self.encoder.parameters()).dtype))
        return down.seen[0]


@contextmanager
def evaluating(*networks: nn.Module) -> Iterator[None]:
    """Switch networks to evaluation for the block; each of their layers gets its own mode back."""
    modes = [(part, part.training) for network in networks for part in network.modules()]
    for network in networks:
        network.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


@contextmanager
def _leaves(network: nn.Module, seen: list) -> Iterator[list[tuple[nn.Module, int]]]:
    """Note each layer that is run, with how many multiplications came before it."""
    found: list[tuple[nn.Module, int]] = []
    handles = [
        part.register_forward_pre_hook(lambda leaf, _: found.append((leaf, len(seen))))
        for part in network.modules()
        if not list(part.children())
    ]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()
