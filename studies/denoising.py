"""Exercise 4: both variants, what kept noise costs, and their rivals, at every noise factor."""

from torch import nn

import aelib
from studies.page import page, unattended
from studies.study import Study, losses

SET_UP = ("test", "noisy_copy")
TRAINED = {
    "variant 1": ("denoiser_1", page("denoising", *SET_UP, "denoiser_1")),
    "variant 2": ("denoiser_2", page("denoising", *SET_UP, "denoiser_2")),
    "variant 2, redrawn": ("redrawn_2", page("denoising", *SET_UP, "denoiser_2", "redrawn_2")),
}
HISTORIES = {
    "denoiser_1": "history_1",
    "denoiser_2": "history_2",
    "redrawn_2": "history_redrawn",
}
LINEAR = {"linear, 0.2": "linear_1", "linear, 0.5": "linear_2"}
LINEAR_CELLS = page("denoising", *SET_UP, "linear_1", given=("SEED", "train_noisy"))
PLAIN = page("denoising", *SET_UP)
EXPLORER = page(
    "explorer", "test", "two_paths", "make_pair", "random_noise", given=("SEED", "SIZES")
)
WIDEST = 100  # numbers in the code, as many as variant 2 has
FACTORS = tuple(tenth / 10 for tenth in range(11))


@unattended()
def run(method: str, seed: int) -> dict[str, float]:
    """Train one denoiser as on the page and measure it on test images at every noise factor.

    Returns ``mse_0.0`` to ``mse_1.0``; of a network also its losses and, on the training images at
    factor 0.5, the error with the noise that the page's variant 2 keeps (``kept``) and with noise
    drawn anew (``new``).
    """
    if method == "noisy input":
        return errors(PLAIN(SEED=seed), lambda noisy: noisy)
    if method == EXPLORERS:
        network = nn.Sequential(*EXPLORER(SEED=seed, SIZES=(WIDEST,))["family"][WIDEST])
        return errors(PLAIN(SEED=seed), lambda noisy: aelib.evaluate(network, noisy))
    if method in LINEAR:
        found = PLAIN(SEED=seed)
        kept = found["noisy_copy"](found["train"], 0.5, seed)
        found = LINEAR_CELLS(SEED=seed, train_noisy=kept)
        return errors(found, found[LINEAR[method]])
    name, cells = TRAINED[method]
    found = cells(SEED=seed)
    network, history = found[name], found[HISTORIES[name]]
    results = losses(history)
    for key, noise in {"kept": seed, "new": seed + 2}.items():
        noisy = found["noisy_copy"](found["train"], 0.5, noise)
        results[key] = aelib.mse(aelib.evaluate(network, noisy), found["train"])
    return results | errors(found, lambda noisy: aelib.evaluate(network, noisy))


def errors(found: dict, denoise) -> dict[str, float]:
    """Test MSE at every factor, with the page's seed of the test noise."""
    clean, copy = found["test"], found["noisy_copy"]
    return {
        f"mse_{factor}": aelib.mse(denoise(copy(clean, factor, found["TEST_SEED"])), clean)
        for factor in FACTORS
    }


EXPLORERS = f"explorer, {WIDEST}"
METHODS = [*TRAINED, *LINEAR, EXPLORERS, "noisy input"]
STUDY = Study("denoising", run, {"method": METHODS}, seeds=range(20), seconds=110)
