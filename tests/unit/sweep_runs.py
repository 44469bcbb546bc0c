"""Experiments for the tests of sweep, in a file of their own so that other processes find them."""

import os
import time
from pathlib import Path

import torch

from aelib import fit, mlp_autoencoder

FACTOR = 2


def doubled(size, seed):
    return {"value": FACTOR * size + seed}


def noted(size, seed, folder):
    """Leave a mark for every time that it runs."""
    Path(folder, f"{size}-{seed}-{os.getpid()}-{time.monotonic_ns()}").touch()
    return {"value": size + seed}


def trained(size, seed):
    """Train a small autoencoder on random pictures, with threads as the sweep gives them."""
    torch.manual_seed(seed)
    images = torch.rand(640, 784)
    model = torch.nn.Sequential(*mlp_autoencoder([784, 32, size], torch.nn.ReLU))
    history = fit(model, images, epochs=2, batch_size=64, seed=seed)
    return {"loss": history.final_loss, "threads": torch.get_num_threads()}


def brittle(size, seed):
    if seed == 1:
        raise ZeroDivisionError("the learning rate was 0")
    return {"value": float("nan") if seed == 2 else size}


def killed_once(size, seed, folder):
    """Kill the own process the first time that a certain run is met."""
    mark = Path(folder, "killed")
    if (size, seed) == (2, 1) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)
    return noted(size, seed, folder)
