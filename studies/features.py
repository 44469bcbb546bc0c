"""Exercise 2: rebuilding error and accuracy, and what the features are worth with few labels."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

import aelib
from studies.page import page, unattended
from studies.study import Study

SET_UP = page("features", "test", "train_classifier")
TRAINED = page("features", "test", "train_classifier", "autoencoder", "history", "test_codes")
COMPARED = page("features", "test", "train_classifier", "pca")
LABELS = (10, 30, 100, 300, 1000, 10_000, 60_000)
STEPS = 300
"""Steps of a classifier at the least: ten labels make one batch an epoch."""


@unattended()
def run(method: str, seed: int) -> dict[str, float]:
    """Train one kind of features on all images, then classifiers on them.

    ``method`` is one of :data:`METHODS`. Returns ``mse`` (test images rebuilt), ``accuracy`` of
    the page's classifier on the features as they are, and on standardised features the accuracy
    of a linear read-out (``linear``) and of the page's classifier for each number of labels
    (``labels_10`` and so on).
    """
    cells, features = METHODS[method]
    found = cells(SEED=seed)
    results, train, test = features(found, seed)
    labels, test_labels = found["data"].train.labels, found["data"].test.labels
    mean, deviation = train.mean(0), train.std(0).clamp(min=1e-6)
    train, test = (train - mean) / deviation, (test - mean) / deviation
    for count in LABELS:
        picked = balanced(labels, count, seed)
        network = read_out(method, train.shape[1], seed)
        taught(network, train[picked], labels[picked], seed)
        results[f"labels_{count}"] = aelib.accuracy(network, test, test_labels)
    torch.manual_seed(seed)
    linear = nn.Linear(train.shape[1], 10)
    taught(linear, train, labels, seed)
    return results | {"linear": aelib.accuracy(linear, test, test_labels)}


def sigmoid(found: dict, seed: int):
    """Features of the page's network, as the exercise trains it."""
    results = {
        "loss": found["history"].final_loss,
        "mse": aelib.mse(aelib.evaluate(found["autoencoder"], found["test"]), found["test"]),
        "accuracy": found["test_accuracy"],
    }
    results |= {f"loss_{epoch}": loss for epoch, loss in enumerate(found["history"].losses, 1)}
    return results, found["train_codes"], found["test_codes"]


def relu(found: dict, seed: int):
    """Features of the same sizes with ReLU inside and a tenth of the rate: it trains better."""
    torch.manual_seed(seed)
    encoder = aelib.mlp(aelib.SIGMOID_SIZES, nn.ReLU, last=nn.Identity)
    decoder = aelib.mlp(aelib.SIGMOID_SIZES[::-1], nn.ReLU, last=nn.Sigmoid)
    autoencoder = nn.Sequential(encoder, decoder)
    history = aelib.fit(
        autoencoder, found["train"], loss=aelib.half_mse, learning_rate=1e-3, batch_size=256,
        seed=seed,
    )  # fmt: skip
    rebuilt = aelib.evaluate(autoencoder, found["test"])
    codes = [aelib.evaluate(encoder, found[part]) for part in ("train", "test")]
    return {
        "loss": history.final_loss,
        "mse": aelib.mse(rebuilt, found["test"]),
        "accuracy": as_on_the_page(found, *codes),
    }, *codes


def untrained(found: dict, seed: int):
    """Codes of the page's network before it has learned anything."""
    torch.manual_seed(seed)
    encoder, _ = aelib.mlp_autoencoder(aelib.SIGMOID_SIZES, nn.Sigmoid)
    codes = [aelib.evaluate(encoder, found[part]) for part in ("train", "test")]
    return {"accuracy": as_on_the_page(found, *codes)}, *codes


def pca(found: dict, seed: int):
    """Principal components, 100 of them."""
    components = torch.from_numpy(found["pca"].components_).float()  # (100, 784)
    mean = torch.from_numpy(found["pca"].mean_).float()  # (784,)
    codes = [(found[part] - mean) @ components.T for part in ("train", "test")]
    rebuilt = codes[1] @ components + mean
    return {
        "mse": aelib.mse(rebuilt, found["test"]),
        "accuracy": as_on_the_page(found, *codes),
    }, *codes


def pixels(found: dict, seed: int):
    """No features at all: 784 pixels."""
    codes = found["train"], found["test"]
    return {"accuracy": as_on_the_page(found, *codes)}, *codes


def labels_alone(found: dict, seed: int):
    """Pixels for a network as deep as encoder and classifier together, trained on labels alone."""
    return {}, found["train"], found["test"]


METHODS: dict[str, tuple[Callable[..., dict], Callable]] = {
    "sigmoid": (TRAINED, sigmoid),
    "relu": (SET_UP, relu),
    "untrained": (SET_UP, untrained),
    "pca": (COMPARED, pca),
    "pixels": (SET_UP, pixels),
    "labels_alone": (SET_UP, labels_alone),
}
"""Features, and the cells of the page that they begin from."""


def as_on_the_page(found: dict, train: torch.Tensor, test: torch.Tensor) -> float:
    """Test accuracy of the page's classifier on features as they are."""
    classifier, _, _ = found["train_classifier"](train)
    return aelib.accuracy(classifier, test, found["data"].test.labels)


def balanced(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Pick as many labelled images of each digit, at random; all of them where all are asked."""
    if count == len(labels):
        return np.arange(count)
    source = np.random.default_rng(seed)
    each = [
        source.permutation(np.flatnonzero(labels == digit))[: count // 10] for digit in range(10)
    ]
    return np.concatenate(each)


def read_out(method: str, width: int, seed: int) -> nn.Module:
    """Return the page's classifier, or the deep network for ``labels_alone``."""
    torch.manual_seed(seed)
    if method == "labels_alone":
        return aelib.mlp((*aelib.SIGMOID_SIZES, 64, 10), nn.ReLU, last=nn.Identity)
    return aelib.mlp((width, 64, 10), nn.Sigmoid, last=nn.Identity)


def taught(network: nn.Module, features: torch.Tensor, labels: np.ndarray, seed: int) -> None:
    """Train a classifier for 10 epochs, or as many as make 300 steps."""
    steps = math.ceil(len(features) / 256)
    aelib.fit(
        network, features, labels, loss=nn.functional.cross_entropy,
        epochs=max(10, math.ceil(STEPS / steps)), batch_size=256,
        learning_rate=1e-3 if len(list(network.parameters())) > 4 else 1e-2, seed=seed,
    )  # fmt: skip


STUDY = Study("features", run, {"method": [*METHODS]}, seeds=range(20), seconds=70)
