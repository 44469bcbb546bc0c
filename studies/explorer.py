"""The explorer: its networks by latent size and noise, and what the start from PCA is worth."""

import torch
from torch import nn

import aelib
from studies.page import page, unattended
from studies.study import Study

SET_UP = ("test", "two_paths", "random_noise", "pca_rebuilt")
MAP = ("codes", "map_accuracy")
GIVEN = ("SEED", "SIZES", "family")
FACTORS = tuple(tenth / 10 for tenth in range(11))
PATHS = page("explorer", *SET_UP[:2], given=GIVEN[:2])
FROM_PCA = page("explorer", *SET_UP[:2], "make_pair", given=GIVEN[:2])
TRAINED = page("explorer", *SET_UP, given=GIVEN)
TRAINED_WITH_MAP = page("explorer", *SET_UP, *MAP, given=GIVEN)


@unattended()
def run(start: str, latent_size: int, seed: int) -> dict[str, float]:
    """Train one network of the family, from PCA as on the page or from random weights.

    Returns ``mse_0.0`` to ``mse_1.0``, the test error at each noise factor; ``pca`` and
    ``pca_clipped``, that of PCA on clean images; for latent size 2 also the accuracy of the map's
    neighbours, ``map_accuracy`` and ``map_pca_accuracy``.
    """
    chosen = {"SEED": seed, "SIZES": (latent_size,)}
    if start == "PCA":
        family = FROM_PCA(**chosen)["family"]
    else:
        two_paths = PATHS(**chosen)["two_paths"]
        torch.manual_seed(seed)
        encoder, paths = two_paths(784, latent_size), two_paths(latent_size, 784)
        family = {latent_size: (encoder, nn.Sequential(paths, nn.Sigmoid()))}
    cells = TRAINED_WITH_MAP if latent_size == 2 else TRAINED
    found = cells(**chosen, family=family)
    network, test = nn.Sequential(*family[latent_size]), found["test"]
    results = {
        "pca": found["clean"]["PCA"][0],
        "pca_clipped": found["clean"]["PCA, clipped"][0],
        **{name: found[name] for name in ("map_accuracy", "map_pca_accuracy") if name in found},
    }
    for factor in FACTORS:
        noise = torch.Generator().manual_seed(seed + 1)
        noisy = aelib.add_noise(test, factor, generator=noise)
        results[f"mse_{factor}"] = aelib.mse(aelib.evaluate(network, noisy), test)
    return results


SIZES = (2, 4, 8, 16, 32, 64, 100)
STUDY = Study(
    "explorer", run, {"start": ["PCA", "random"], "latent_size": SIZES}, range(10), seconds=45
)
