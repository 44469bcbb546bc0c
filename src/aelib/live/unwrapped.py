"""The network that a learner hands over, made ready to be looked at: a copy, in evaluation."""

import copy
import inspect

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from aelib.live.places import inside


class Method(nn.Module):
    """A method of a module, such as ``model.encode``, as a module."""

    def __init__(self, module: nn.Module, method: str):
        super().__init__()
        self.module, self.method = module, method

    def forward(self, x: Tensor) -> object:
        """Call it."""
        return getattr(self.module, self.method)(x)


def unwrapped(module: object, name: str) -> nn.Module:
    """Return a float32 copy on the CPU in evaluation mode.

    Raises
    ------
    TypeError
        If it is no torch module, or one that cannot be looked into.
    ValueError
        For weights that are not there, or not finite.
    """
    owner = getattr(module, "__self__", None)
    if inspect.ismethod(module) and isinstance(owner, nn.Module):
        module = Method(owner, module.__name__)
    if not isinstance(module, nn.Module):
        raise TypeError(
            f"{name} is a {type(module).__name__}; expected a torch module, for example "
            "nn.Sequential(nn.Linear(784, 64), nn.ReLU()), or a method of one, model.encode."
        )
    for path, part in module.named_modules():
        _check_kind(part, inside(name, path))
    for path, values in [*module.named_parameters(), *module.named_buffers()]:
        _check_values(values, inside(name, path))
    module = _copied(module, name).cpu().float().eval()
    return _without_compilation(module)


def _check_kind(module: nn.Module, place: str) -> None:
    if isinstance(module, torch.jit.ScriptModule):
        raise TypeError(
            f"{place} is TorchScript, which hides what it runs. Give the module that was handed to "
            "torch.jit.script or torch.jit.trace."
        )
    if ".quantized" in type(module).__module__:
        raise TypeError(
            f"{place} is a quantised {type(module).__name__}, which the explorer cannot run in the "
            "browser. Give the network as it was before it was quantised; the explorer rounds "
            "the weights itself."
        )


def _check_values(values: Tensor, place: str) -> None:
    if is_lazy(values):
        raise ValueError(
            f"{place} is of a lazy layer that has not seen any input, and has no values yet. Call "
            "the network once, or train it."
        )
    if values.is_meta:
        raise ValueError(
            f"{place} is on the device meta and has no values. Make the network on the CPU, or "
            "load its weights with load_state_dict(…, assign=True)."
        )
    if values.layout != torch.strided:
        raise TypeError(
            f"{place} is a sparse tensor, which the explorer cannot copy into the browser. Keep it "
            "dense: values.to_dense()."
        )
    if not values.is_floating_point():
        return
    bad = int((~torch.isfinite(values.detach())).sum())
    if bad:
        raise ValueError(
            f"{place} holds {bad} values that are not finite, of {values.numel()}; "
            "the training has diverged. Train again with a smaller learning rate."
        )


def _copied(module: nn.Module, name: str) -> nn.Module:
    """Copy a module; tensors that it keeps beside its parameters become float32 on the CPU too."""
    memo = {}
    for part in module.modules():
        for value in vars(part).values():
            if isinstance(value, Tensor) and not isinstance(value, nn.Parameter):
                plain = value.detach().cpu().clone()
                memo[id(value)] = plain.float() if plain.is_floating_point() else plain
    try:
        return copy.deepcopy(module, memo)
    except Exception as error:
        raise TypeError(
            f"{name} cannot be copied ({error}). Keep what cannot be copied, say open files, "
            "outside the module."
        ) from None


def _without_compilation(module: nn.Module) -> nn.Module:
    """Take what ``torch.compile`` was given, at whatever depth."""
    module = getattr(module, "_orig_mod", module)
    for name, child in module.named_children():
        setattr(module, name, _without_compilation(child))
    return module
