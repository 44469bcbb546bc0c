"""A layer that torch does not have and the explorer understands: branches that are added."""

from torch import Tensor, nn


class Parallel(nn.Module):
    """Give the same input to every branch and add what they return.

    A linear path beside a nonlinear one, for instance::

        encoder = Parallel(nn.Linear(784, 16), nn.Sequential(nn.Linear(784, 64), nn.ReLU(),
                                                             nn.Linear(64, 16)))

    Parameters
    ----------
    *branches : torch.nn.Module
        Modules that take the same shape and return the same shape.
    """

    def __init__(self, *branches: nn.Module):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum over the branches of ``branch(x)``."""
        return sum(branch(x) for branch in self.branches)
