"""Tensors inside torch.func: whether they are wrapped, and the numbers inside.

Only here private names of torch are used. torch.func has no public way to ask whether a tensor is
wrapped or to look inside: what a function that is differentiated or mapped gets has no numbers of
its own, and copying it would be recorded as a part of the function. The four names are the same in
every torch from 2.6 to 2.13 (``torch/_C/_functorch.pyi``, ``torch/_functorch/pyfunctorch.py``).
"""

import torch
from torch._C import _functorch
from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack as outside_of_func

__all__ = ["is_mapped", "is_wrapped", "outside_of_func", "plain"]

is_wrapped = _functorch.is_functorch_wrapped_tensor


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """Copy the numbers: on the CPU, without gradient, float32 where they are of another float.

    Also out of torch.func's grad, which wraps what it differentiates.
    """
    with outside_of_func():
        while is_wrapped(tensor):
            tensor = _functorch.get_unwrapped(tensor)
        copy = tensor.detach().cpu().clone()
        return copy.float() if copy.is_floating_point() else copy


def is_mapped(tensor: torch.Tensor) -> bool:
    """Whether it is one row of a batch inside torch.vmap: its numbers cannot be taken out."""
    while is_wrapped(tensor):
        if _functorch.is_batchedtensor(tensor):
            return True
        tensor = _functorch.get_unwrapped(tensor)
    return False
