"""Where a layer's weights meet its inputs, however the call is written.

Nothing here looks at how a network is called. Torch hands every function it is asked for to a
:class:`TorchFunctionMode`, so a layer is known by the shapes that meet in it: a batch of rows and
a weight. ``encoder(x)``, ``encoder.forward(x)``, ``encoder(input=x)``, a loop over the layers,
one network of all layers, or ``x @ weight.T`` look the same from here.
"""

from typing import NamedTuple

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from aelib.checks.eager import Eager

_CONVOLUTIONS = {"conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d"}
WITH_BIAS = {"linear", "addmm", "baddbmm", *_CONVOLUTIONS}
_PRODUCTS = {"matmul", "mm", "bmm", "__matmul__", "__rmatmul__", "rmatmul", "einsum", "tensordot"}
MULTIPLYING = WITH_BIAS | _PRODUCTS
"""Names of torch's functions in which a layer's weights meet its inputs."""


def tensors_in(arguments: object) -> list[torch.Tensor]:
    """Return the tensors among some arguments and in the lists and dicts among them."""
    if isinstance(arguments, torch.Tensor):
        return [arguments]
    if isinstance(arguments, dict):
        arguments = arguments.values()
    elif not isinstance(arguments, tuple | list):
        return []
    return [tensor for one in arguments for tensor in tensors_in(one)]


def is_parameter(tensor: torch.Tensor) -> bool:
    """Whether it is a parameter or a view of one."""
    return isinstance(tensor if tensor._base is None else tensor._base, nn.Parameter)


class Multiplication(NamedTuple):
    """A layer's weights at work."""

    inputs: torch.Tensor  # (n, width) or (n, channels, rows, columns)
    weight: torch.Tensor
    outputs: torch.Tensor


class Multiplications(TorchFunctionMode):
    """Note every multiplication of a batch with weights while the block runs.

    Weights are parameters, views of them such as a transpose, and copies that were flipped or
    transposed: any tensor whose numbers hang on a parameter and on no input.
    """

    def __init__(self):
        super().__init__()
        self.seen: list[Multiplication] = []
        self._weights: list[torch.Tensor] = []  # kept, so that no other takes their place
        self._eager = Eager()

    def __enter__(self):
        self._eager.__enter__()
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        self._eager.__exit__(*error)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        outputs = func(*args, **(kwargs or {}))
        given = tensors_in((args, kwargs or {}))
        name = getattr(func, "__name__", "")
        if isinstance(outputs, torch.Tensor) and given:
            weights = [one for one in given if self._is_weight(one)]
            if len(weights) == len(given):
                self._weights.append(outputs)
            elif name in MULTIPLYING and weights:
                inputs = next(one for one in given if not self._is_weight(one))
                weight = max(weights, key=torch.numel)
                self.seen.append(Multiplication(inputs, weight, outputs))
        return outputs

    def _is_weight(self, tensor: torch.Tensor) -> bool:
        return is_parameter(tensor) or any(one is tensor for one in self._weights)
