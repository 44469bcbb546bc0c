"""Code that runs as it is written while it is watched: nothing is compiled.

Inside compiled code no layer can be seen. torch.jit has a switch for it that is no public name;
``PYTORCH_JIT=0`` sets the same one when torch is imported (``torch/jit/_state.py``).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from torch.jit import _state as jit
from torch.utils._python_dispatch import TorchDispatchMode


class Eager(TorchDispatchMode):
    """Changes nothing; where such a mode is on, torch.compile runs the code as it is written."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


@contextmanager
def without_jit() -> Iterator[None]:
    """Let torch.jit.script and torch.jit.trace hand back what they are given."""
    was = bool(jit._enabled)
    jit.disable()
    try:
        yield
    finally:
        if was:
            jit.enable()
