"""Exercise 3: how often a run does not start, and what stands still in it then."""

import torch
from torch import nn

import aelib
from studies.page import page, unattended
from studies.study import Study

PAGES = {
    "transposed": page("convolutional", "test", "build_encoder", "transposed"),
    "upsampling": page("convolutional", "test", "build_encoder", "upsampling"),
}


@unattended()
def run(decoder: str, seed: int) -> dict[str, float]:
    """Train one network of the page for one epoch, or for two where one was not enough.

    ``stuck`` is 1 where neither epoch's loss is below the mean image's error on the training
    images, by the book's rule for seeds. ``dead_1`` and so on are the shares of values behind each
    ReLU that are 0 for all of 1,000 test images, ``logit`` the mean value before the sigmoid, and
    ``flat`` the share of outputs where the sigmoid's slope is below 0.001.
    """
    for epochs in (1, 2):
        found = PAGES[decoder](SEED=seed)
        network, train = found[decoder], found["train"]
        mean_error = float(train.var(0, correction=0).mean())
        history = aelib.fit(
            network, train, epochs=epochs, batch_size=64, learning_rate=1e-3, seed=seed
        )
        started = min(history.losses) < mean_error
        if started:
            break
    return {"stuck": int(not started), "loss": history.final_loss, "mean_error": mean_error} | (
        standing_still(network, found["test"][:1000])
    )


@torch.no_grad()
def standing_still(network: nn.Module, images: torch.Tensor) -> dict[str, float]:
    """Return what of a network gives the same answer whatever it sees."""
    results, values = {}, images
    layers = [layer for layer in network.modules() if not list(layer.children())]
    for layer in layers:
        if isinstance(layer, nn.Sigmoid):
            slope = values.sigmoid() * (1 - values.sigmoid())
            results |= {"logit": values.mean().item(), "flat": (slope < 1e-3).float().mean().item()}
        values = layer(values)
        if isinstance(layer, nn.ReLU):
            dead = (values == 0).all(0).float().mean().item()
            results[f"dead_{sum(name.startswith('dead') for name in results) + 1}"] = dead
    return results


STUDY = Study("stuck", run, {"decoder": [*PAGES]}, seeds=range(20), seconds=45)
