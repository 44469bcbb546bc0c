"""What becomes of each weight during a training: the gradients that arrive, and its numbers."""

from dataclasses import dataclass

import torch
from torch import nn

from aelib.checks.functorch import plain


@dataclass
class Parameter:
    """What happened to one parameter of the networks."""

    name: str
    value: nn.Parameter
    before: torch.Tensor
    arrived: int = 0  # gradients
    lively: bool = False  # whether one of them was not all zeros
    left_over: bool = False  # whether there was one already when the latest arrived
    stale: int = 0  # those of them that were added to the gradient of an earlier step
    latest: torch.Tensor | None = None  # gradient, with what it was added to
    accumulated: int = 0  # times that `value.grad` was added to
    accumulated_at: torch.Tensor | None = None

    @property
    def moved(self) -> bool:
        """Whether it holds other numbers than before."""
        return not torch.equal(self.value.detach().cpu(), self.before)

    @property
    def finite(self) -> bool:
        """Whether all its numbers are finite."""
        return bool(self.value.detach().isfinite().all())

    @property
    def is_cleared(self) -> bool:
        """Whether no gradient is kept, or one of zeros."""
        return self.value.grad is None or not bool(self.value.grad.any())


def gradient_hooks(one: Parameter) -> list:
    """Watch the gradients of a parameter arrive, and what they are added to.

    Where the numbers moved since the last gradient was added, a step was made with it; what is
    left of it then, and added to, should have been set to zero.
    """

    def arrive(gradient):
        one.arrived += 1
        one.latest = plain(gradient)
        one.lively |= bool(one.latest.any())
        one.left_over = not one.is_cleared

    def add(value):
        now = value.detach().clone()
        if one.left_over and one.accumulated_at is not None:
            one.stale += not torch.equal(now, one.accumulated_at)
        one.latest, one.accumulated_at = plain(value.grad), now
        one.accumulated += 1

    return [
        one.value.register_hook(arrive),
        one.value.register_post_accumulate_grad_hook(add),
    ]
