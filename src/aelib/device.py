"""Where and how fast a network is trained: device, memory layout, tiny numbers, freed memory.

Nothing here changes what is computed; ``training.py`` holds the lesson, this file the speed.
"""

import ctypes
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


def best_device() -> torch.device:
    """Return CUDA or Apple's MPS where the machine has it, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


@contextmanager
def on_best_device(model: nn.Module) -> Iterator[torch.device]:
    """Keep a model on the best device, in training mode, while a ``with`` block trains it.

    At the end, also after an error, the model is back on the CPU in evaluation mode, and the
    processor treats tiny numbers as before.

    Parameters
    ----------
    model
        Moved in place. Its convolutions get the layout in which they are fast.

    Yields
    ------
    torch.device
        Where the batches have to be.
    """
    device = best_device()
    _keep_memory()
    flushed = _flush_denormals(True)
    try:
        model.to(device, memory_format=torch.channels_last).train()
        yield device
    finally:
        model.to("cpu", memory_format=torch.contiguous_format).eval()
        _flush_denormals(flushed)


def _flush_denormals(on: bool) -> bool:
    """Let numbers below 1e-38, which Adam's averages reach, count as 0 or not; return what was.

    They take the processor many times as long.
    """
    before = sys.float_info.min / 2 == 0
    torch.set_flush_denormal(on)
    return before


@functools.cache
def _keep_memory() -> None:
    """Ask glibc to keep freed memory up to 28 MB a block instead of returning it to the system.

    Each training step frees and allocates the same megabytes of activations. By default glibc
    hands them back and the kernel zeroes fresh pages at every step: half of the CNN's time here.
    The CNN's largest activation takes 26 MB; all test images, 31 MB, are returned.
    Other C libraries are left as they are.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        m_trim_threshold, m_mmap_threshold = -1, -3
        mallopt(m_mmap_threshold, 28 * 10**6)
        mallopt(m_trim_threshold, 2**30)
