"""Exercise 2: rebuilding error and accuracy, and what the features are worth with few labels."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

import aelib
from studies.page import page, unattended
from studies.study import Study, losses

SET_UP = page("features", "test", "train_classifier")
TRAINED = page("features", "test", "train_classifier", "autoencoder", "history", "test_codes")
RELU = page("features", "test", "train_classifier", "relu")
EXPLORER = page(
    "explorer", "test", "two_paths", "make_pair", "random_noise", given=("SEED", "SIZES")
)
COMPARED = page("features", "test", "train_classifier", "pca", "features")
FEW = (10, 30, 100, 300, 1000)
LABELS = (*FEW, 10_000, 60_000)
STEPS = 300
"""Steps of a classifier at the least: ten labels make one batch an epoch."""


@unattended()
def run(method: str, seed: int) -> dict[str, float]:
    """Train one kind of features on all images, then classifiers on them.

    ``method`` is one of :data:`METHODS`. Returns ``mse`` (test images rebuilt), ``accuracy`` of
    the page's classifier on the features as they are; on standardised features the accuracy of a
    linear read-out (``linear``) and of the page's classifier for each number of labels
    (``labels_10`` and so on); and with few labels that on features with a mean of 0 each but one
    scale for all (``one_scale_10`` and so on), which leaves the weak ones weak.
    """
    cells, features = METHODS[method]
    found = cells(SEED=seed)
    results, train, test = features(found, seed)
    labels, test_labels = found["data"].train.labels, found["data"].test.labels
    mean, deviation = train.mean(0), train.std(0).clamp(min=1e-6)
    scales = {"labels": deviation, "one_scale": (train - mean).square().mean().sqrt()}
    for kind, scale in scales.items():
        scaled, scaled_test = (train - mean) / scale, (test - mean) / scale
        for count in LABELS if kind == "labels" else FEW:
            picked = balanced(labels, count, seed)
            torch.manual_seed(seed)
            if method == "labels_alone":
                sizes = (train.shape[1], *aelib.SIGMOID_SIZES[1:], 64, 10)
                network, rate = aelib.mlp(sizes, nn.ReLU, last=nn.Identity), 1e-3
            else:
                sizes = (train.shape[1], 64, 10)  # the page's classifier
                network, rate = aelib.mlp(sizes, nn.Sigmoid, last=nn.Identity), 1e-2
            teach(network, scaled[picked], labels[picked], rate, seed)
            results[f"{kind}_{count}"] = aelib.accuracy(network, scaled_test, test_labels)
    torch.manual_seed(seed)
    linear = nn.Linear(train.shape[1], 10)
    teach(linear, (train - mean) / deviation, labels, 1e-2, seed)
    return results | {"linear": aelib.accuracy(linear, (test - mean) / deviation, test_labels)}


def sigmoid(found: dict, seed: int):
    """Features of the page's network, as the exercise trains it."""
    rebuilt = aelib.evaluate(found["autoencoder"], found["test"])
    results = {"mse": aelib.mse(rebuilt, found["test"]), "accuracy": found["test_accuracy"]}
    return results | losses(found["history"]), found["train_codes"], found["test_codes"]


def relu(found: dict, seed: int):
    """Features of the page's second network: ReLU inside, a tenth of the rate."""
    rebuilt = aelib.evaluate(found["relu"], found["test"])
    codes = [aelib.evaluate(found["relu_encoder"], found[part]) for part in ("train", "test")]
    results = {"mse": aelib.mse(rebuilt, found["test"]), "accuracy": as_they_are(found, *codes)}
    return results | losses(found["relu_history"]), *codes


def explorer(found: dict, seed: int):
    """Codes of the explorer's widest network, which begins as PCA and rebuilds best."""
    encoder, decoder = EXPLORER(SEED=seed, SIZES=(100,))["family"][100]
    rebuilt = aelib.evaluate(nn.Sequential(encoder, decoder), found["test"])
    codes = [aelib.evaluate(encoder, found[part]) for part in ("train", "test")]
    results = {"mse": aelib.mse(rebuilt, found["test"]), "accuracy": as_they_are(found, *codes)}
    return results, *codes


def pca(found: dict, seed: int):
    """Principal components, 100 of them."""
    train, test = found["features"]["PCA (100)"]
    rebuilt = found["pca"].inverse_transform(test.numpy())
    results = {"mse": aelib.mse(rebuilt, found["data"].test.images)}
    return results | {"accuracy": as_they_are(found, train, test)}, train, test


def untrained(found: dict, seed: int):
    """Codes of the page's network before it has learned anything."""
    train, test = found["features"]["untrained encoder (100)"]
    return {"accuracy": as_they_are(found, train, test)}, train, test


def pixels(found: dict, seed: int):
    """No features at all: 784 pixels."""
    train, test = found["features"]["raw pixels (784)"]
    return {"accuracy": as_they_are(found, train, test)}, train, test


def labels_alone(found: dict, seed: int):
    """Pixels for a network as deep as encoder and classifier together, trained on labels alone."""
    return {}, found["train"], found["test"]


METHODS: dict[str, tuple[Callable[..., dict], Callable]] = {
    "sigmoid": (TRAINED, sigmoid),
    "relu": (RELU, relu),
    "explorer": (SET_UP, explorer),
    "untrained": (COMPARED, untrained),
    "pca": (COMPARED, pca),
    "pixels": (COMPARED, pixels),
    "labels_alone": (SET_UP, labels_alone),
}
"""The cells of the page that features begin from, and the features."""


def as_they_are(found: dict, train: torch.Tensor, test: torch.Tensor) -> float:
    """Test accuracy of the page's classifier on features that are not standardised."""
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


def teach(
    network: nn.Module, features: torch.Tensor, labels: np.ndarray, rate: float, seed: int
) -> None:
    """Train a classifier for 10 epochs, or as many as make 300 steps."""
    epochs = max(10, math.ceil(STEPS / math.ceil(len(features) / 256)))
    recipe = {"epochs": epochs, "batch_size": 256, "learning_rate": rate, "seed": seed}
    aelib.fit(network, features, labels, loss=nn.functional.cross_entropy, **recipe)


STUDY = Study("features", run, {"method": [*METHODS]}, seeds=range(20), seconds=70)
