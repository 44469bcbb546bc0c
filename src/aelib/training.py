"""Training and evaluation, written to be read: ``fit`` stands on the pages as it is.

The loop slices whole tensors instead of collecting single samples, and keeps the losses on the
device until the end of an epoch, in one tensor: kept one by one, they would lie scattered among
the freed activations, and no such block could be used again (300 MB an epoch). What else makes it
fast stands in ``device.py``.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from aelib.device import on_best_device

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Corrupt = Callable[[torch.Tensor, torch.Generator], torch.Tensor]

UNATTENDED = "AELIB_UNATTENDED"
"""Environment variable that a build sets: nobody watches, so no progress bar is drawn."""


@dataclass
class History:
    """What a training run leaves behind.

    Attributes
    ----------
    losses
        Mean training loss of each finished epoch, over its batches weighted by their size.
    seconds
        Wall-clock seconds of each finished epoch.
    """

    losses: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def final_loss(self) -> float:
        """Mean training loss of the last finished epoch."""
        if not self.losses:
            raise ValueError(
                "History expects at least one finished epoch; found none. Train longer."
            )
        return self.losses[-1]

    def __str__(self) -> str:
        """Say the loss of every epoch, one a line; seconds vary from run to run and stay out."""
        return "\n".join(
            f"epoch {i:2d}/{len(self.losses)}  loss {loss:.4f}"
            for i, loss in enumerate(self.losses, start=1)
        )


class TrainingError(RuntimeError):
    """The training cannot go on; the message says where it stood and what to try."""


def half_mse(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Half the mean squared error, the convention of exercises 2 and 4b."""
    return 0.5 * nn.functional.mse_loss(outputs, targets)


def fit(
    model: nn.Module,
    inputs: np.ndarray | torch.Tensor,
    targets: np.ndarray | torch.Tensor | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 256,
    learning_rate: float = 1e-3,
    loss: Loss = nn.functional.mse_loss,
    corrupt: Corrupt | None = None,
    after_epoch: Callable[[int], None] | None = None,
    seed: int = 0,
) -> History:
    """Train a model in place with Adam on shuffled mini-batches.

    The model is left on the CPU in evaluation mode, whatever device it was trained on. A keyboard
    interrupt ends the training early and keeps the model and the history so far.

    Parameters
    ----------
    model
        Maps a batch of inputs to a batch that ``loss`` compares with the targets.
    inputs
        ``(n, ...)`` float32, e.g. images ``(n, 784)`` in [0, 1].
    targets
        ``(n, ...)``: images or int64 labels. Without them the inputs themselves: an autoencoder.
    epochs, batch_size, learning_rate
        At least 1, at least 1, above 0. The last batch of an epoch may be smaller.
    loss
        ``loss(outputs, targets)`` gives the mean over the batch as a scalar.
    corrupt
        ``corrupt(batch, generator)`` changes the inputs of each batch, e.g. adds fresh noise.
    after_epoch
        Called with the epoch's index, from 0, with the model in evaluation mode.
    seed
        Fixes the order of the samples and the noise of ``corrupt``.

    Returns
    -------
    History
        Mean loss and seconds of each epoch.

    Raises
    ------
    ValueError
        An argument is out of range, or inputs and targets differ in number.
    TrainingError
        The loss is not finite any more; the message names epoch and batch.
    """
    _check(inputs, targets, epochs, batch_size, learning_rate)
    history = History()
    with on_best_device(model) as device, _interruptible(history, epochs):
        inputs = torch.as_tensor(inputs).to(device)
        targets = inputs if targets is None else torch.as_tensor(targets).to(device)
        generator = torch.Generator(device).manual_seed(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)
        for epoch in _progress(epochs):
            start = time.perf_counter()
            order = torch.randperm(len(inputs), generator=generator, device=device)
            batches = order.split(batch_size)
            losses = torch.empty(len(batches), device=device)
            for i, picked in enumerate(batches):
                batch = inputs[picked]
                if corrupt is not None:
                    batch = corrupt(batch, generator)
                batch_loss = loss(model(batch), targets[picked])
                optimizer.zero_grad()
                batch_loss.backward()
                optimizer.step()
                losses[i] = batch_loss.detach()
            history.losses.append(_mean_loss(losses, batch_size, len(inputs), epoch))
            history.seconds.append(time.perf_counter() - start)
            if after_epoch is not None:
                model.eval()
                after_epoch(epoch)
                model.train()
    return history


@torch.inference_mode()
def evaluate(model: nn.Module, inputs: np.ndarray | torch.Tensor) -> torch.Tensor:
    """Run a model over all inputs, a thousand at a time, and return the outputs on the CPU.

    Parameters
    ----------
    model
        Is put in evaluation mode.
    inputs
        ``(n, ...)`` float32.

    Returns
    -------
    torch.Tensor
        ``(n, ...)`` outputs, without gradient.
    """
    model.eval()
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    inputs, outputs = torch.as_tensor(inputs), None
    for start in range(0, max(len(inputs), 1), 1000):
        batch = model(inputs[start : start + 1000].to(device)).cpu()
        if outputs is None:  # room for all, taken once: joining parts at the end would take twice
            outputs = batch.new_empty((len(inputs), *batch.shape[1:]))
        outputs[start : start + 1000] = batch
    return outputs


def accuracy(model: nn.Module, inputs: np.ndarray | torch.Tensor, labels: np.ndarray) -> float:
    """Share of inputs, in [0, 1], whose largest output stands at the place of the label."""
    return float((evaluate(model, inputs).argmax(1) == torch.as_tensor(labels)).double().mean())


def _check(inputs, targets, epochs, batch_size, learning_rate) -> None:
    """Refuse what cannot be trained, before anything has been touched."""
    if not len(inputs):
        raise ValueError("fit expects at least one input; found none. Check the slice you pass.")
    if targets is not None and len(targets) != len(inputs):
        raise ValueError(
            f"fit expects one target for each input; found {len(inputs)} inputs and "
            f"{len(targets)} targets. Slice both in the same way."
        )
    if epochs < 1 or batch_size < 1 or not learning_rate > 0:
        raise ValueError(
            "fit expects epochs >= 1, batch_size >= 1 and learning_rate > 0; found "
            f"epochs={epochs}, batch_size={batch_size}, learning_rate={learning_rate}."
        )


@contextmanager
def _interruptible(history: History, epochs: int) -> Iterator[None]:
    """Let a keyboard interrupt end the training early, with a word on how far it came."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"Training interrupted after {len(history.losses)} of {epochs} epochs.")


def _mean_loss(losses: torch.Tensor, batch_size: int, n: int, epoch: int) -> float:
    """Mean of the batches' losses weighted by their sizes; refuses a loss that is not finite."""
    values = losses.cpu().double().numpy()  # MPS has no float64
    if not np.isfinite(values).all():
        batch = int(np.argmin(np.isfinite(values)))
        raise TrainingError(
            f"The loss is {values[batch]} in epoch {epoch + 1}, batch {batch + 1} of "
            f"{len(values)}; a finite number was expected. Try a learning rate ten times smaller, "
            "and check that the inputs hold no NaN and lie in [0, 1]."
        )
    sizes = np.full(len(values), batch_size)
    sizes[-1] = n - batch_size * (len(values) - 1)
    return float(np.average(values, weights=sizes))


def _progress(epochs: int):
    """Count epochs with a tqdm bar where somebody watches, and silently in a build."""
    return tqdm(range(epochs), desc="training", unit="epoch", disable=not is_watched())


def is_watched() -> bool:
    """Whether there is a terminal, or a live notebook that is not being executed by a build."""
    if os.environ.get(UNATTENDED):
        return False
    return sys.stderr.isatty() or "ipykernel" in sys.modules
