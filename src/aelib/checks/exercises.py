"""Whole exercises: every step of an answer, then a training whose result is measured."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from aelib.checks.corruption import inspect_noise
from aelib.checks.networks import build, inspect_mirror, inspect_shapes, inspect_upsampling
from aelib.checks.pictures import inspect_error_maps, inspect_features
from aelib.checks.probes import quietly
from aelib.checks.result import Fault, Result
from aelib.checks.tasks import attempt, start
from aelib.checks.trainings import (
    inspect_autoencoder_training,
    inspect_classifier_training,
    inspect_denoiser_training,
)
from aelib.metrics import mse
from aelib.mnist import Mnist, Split, load_mnist
from aelib.models import RELU_SIZES, mlp_autoencoder
from aelib.noise import add_noise
from aelib.training import accuracy, evaluate

SEEDS = (4, 0, 1, 2)
"""Tried in turn until one reaches the result: with some initial weights a right network, too,
stays at black or at average images for long. Of seeds 0 to 7, three leave the exercise's own
convolutional network there."""


@dataclass(frozen=True)
class Setting:
    """How much is trained, and the results that must be reached with it.

    Attributes
    ----------
    images
        The first so many training images.
    epochs
        Times over them.
    most
        Test MSE that must not be exceeded.
    least
        Test accuracy that must be reached, where there is a classifier.
    """

    images: int
    epochs: int
    most: float
    least: float = 0.0


# The mean image has a test MSE of 0.067, and one class of ten an accuracy of 0.11. The short
# settings leave a quarter above the worst of seeds 0 to 7 of a plain solution (0.039 and 0.79,
# 0.020 where it is not stuck, 0.018), the full ones a tenth and more above the book's results.
FEATURES = {
    False: Setting(20_000, 8, most=0.05, least=0.6),
    True: Setting(60_000, 10, most=0.019, least=0.95),
}
CONVOLUTIONAL = {
    False: Setting(10_000, 2, most=0.03),
    True: Setting(60_000, 10, most=0.0035),
}
DENOISING = {  # noise factor 0.2, whose noisy images have a test MSE of 0.021
    False: Setting(20_000, 6, most=0.0205),
    True: Setting(60_000, 10, most=0.0125),
}
FACTOR = 0.2


def features(
    build_autoencoder: Callable,
    train_autoencoder: Callable,
    extract_features: Callable,
    train_classifier: Callable,
    *,
    full: bool = False,
) -> Result:
    """Check exercise 2: an autoencoder whose features feed a classifier.

    Parameters
    ----------
    build_autoencoder
        ``() -> encoder, decoder``: 784-256-128-100 and its mirror.
    train_autoencoder
        ``(encoder, decoder, train, epochs)``; trains both in place without labels.
    extract_features
        ``(encoder, images) -> features`` float32 ``(n, 100)``, without gradients.
    train_classifier
        ``(encoder, train, epochs) -> classifier`` from 100 features to 10 scores.
    full
        Train on all 60,000 images for 10 epochs (about a minute), instead of the short setting.
    """
    result = start(
        "features", build_autoencoder, train_autoencoder, extract_features, train_classifier
    )
    inspect_shapes(result, build_autoencoder, (100,))
    inspect_mirror(result, build_autoencoder)
    if result.passed:
        inspect_autoencoder_training(result, train_autoencoder)
        inspect_features(result, extract_features)
        inspect_classifier_training(result, train_classifier)
    if result.passed:
        setting = FEATURES[full]
        encoder = _measure_autoencoder(result, setting, build_autoencoder, train_autoencoder)
        if encoder is not None:
            _measure_features(result, setting, encoder, extract_features, train_classifier)
    return result.record()


def convolutional(
    build_autoencoder: Callable,
    train_autoencoder: Callable,
    error_maps: Callable,
    *,
    full: bool = False,
) -> Result:
    """Check exercise 3: a convolutional autoencoder and its error maps.

    Parameters
    ----------
    build_autoencoder
        ``() -> encoder, decoder``; the encoder turns flat images into codes of channels, rows and
        columns, the decoder mirrors it with upsampling in place of pooling.
    train_autoencoder
        ``(encoder, decoder, train, epochs)``; trains both in place without labels.
    error_maps
        ``(images, rebuilt) -> maps``, all ``(n, 784)`` in [0, 1].
    full
        Train on all 60,000 images for 10 epochs (minutes), instead of the short setting.
    """
    result = start("convolutional", build_autoencoder, train_autoencoder, error_maps)
    inspect_shapes(result, build_autoencoder, (None, 7, 7))
    if result.passed:
        inspect_mirror(result, build_autoencoder)
        inspect_upsampling(result, build_autoencoder)
        inspect_error_maps(result, error_maps)
    if result.passed:
        with quietly():
            pair = build(build_autoencoder)
        inspect_autoencoder_training(result, train_autoencoder, pair)
    if result.passed:
        _measure_autoencoder(result, CONVOLUTIONAL[full], build_autoencoder, train_autoencoder)
    return result.record()


def denoising(
    add_noise: Callable,
    train_denoiser: Callable,
    train_denoiser_once: Callable,
    *,
    full: bool = False,
) -> Result:
    """Check exercise 4: noise, and a denoising autoencoder in both variants.

    Parameters
    ----------
    add_noise
        ``(images, factor) -> noisy``, clipped to [0, 1].
    train_denoiser
        ``(encoder, decoder, train, factor, epochs)``; noise drawn anew for each batch.
    train_denoiser_once
        The same with noise that is drawn once and kept for all epochs.
    full
        Train on all 60,000 images for 10 epochs (about a minute), instead of the short setting.
    """
    result = start("denoising", add_noise, train_denoiser, train_denoiser_once)
    inspect_noise(result, add_noise)
    for train, fresh in ((train_denoiser, True), (train_denoiser_once, False)):
        if result.passed:
            inspect_denoiser_training(result, train, fresh=fresh)
    if result.passed:
        _measure_denoiser(result, DENOISING[full], train_denoiser)
    return result.record()


def _tensors(data: Mnist, setting: Setting) -> tuple[Split, Split]:
    """Training images of a setting and all test images, as tensors."""
    first = [torch.from_numpy(part[: setting.images]) for part in data.train]
    return Split(*first), Split(*map(torch.from_numpy, data.test))


def _measure(
    result: Result, name: str, setting: Setting, train_once: Callable[[], tuple[float, nn.Module]]
) -> nn.Module | None:
    """Add the step about the setting's error; return the encoder that reached it."""
    tried = []
    with result.step(name):
        for seed in SEEDS:
            with quietly(seed):
                error, encoder = train_once()
            tried.append(error)
            result.measured["test_mse"] = min(tried)
            if error <= setting.most:
                return encoder
        raise Fault(
            f"The best test MSE of {len(tried)} trainings is {min(tried):.4f} after "
            f"{setting.epochs} epochs on {setting.images} images; {setting.most} can be "
            "reached. Compare optimizer, learning rate and batch size with the exercise."
        )
    return None


def _measure_autoencoder(
    result: Result, setting: Setting, build_autoencoder: Callable, train_autoencoder: Callable
) -> nn.Module | None:
    train, test = _tensors(load_mnist(), setting)

    def train_once():
        encoder, decoder = build(build_autoencoder)
        attempt(train_autoencoder, encoder, decoder, train, setting.epochs)
        rebuilt = evaluate(nn.Sequential(encoder, decoder), test.images)
        return mse(rebuilt, test.images), encoder

    return _measure(result, "the test images are rebuilt well enough", setting, train_once)


def _measure_features(
    result: Result,
    setting: Setting,
    encoder: nn.Module,
    extract_features: Callable,
    train_classifier: Callable,
) -> None:
    train, test = _tensors(load_mnist(), setting)
    with result.step("the classifier recognises enough test digits"), quietly(SEEDS[0]):
        classifier = attempt(train_classifier, encoder, train, setting.epochs)
        codes = attempt(extract_features, encoder, test.images)
        reached = accuracy(classifier, codes, test.labels)
        result.measured["test_accuracy"] = reached
        if reached < setting.least:
            raise Fault(
                f"The test accuracy is {reached:.1%} after {setting.epochs} epochs on "
                f"{setting.images} images; {setting.least:.0%} can be reached. Does the classifier "
                "get the features of the trained encoder, and is it trained long enough?"
            )


def _measure_denoiser(result: Result, setting: Setting, train_denoiser: Callable) -> None:
    train, test = _tensors(load_mnist(), setting)

    def train_once():
        encoder, decoder = mlp_autoencoder(RELU_SIZES, nn.ReLU)
        attempt(train_denoiser, encoder, decoder, train, FACTOR, setting.epochs)
        noisy = add_noise(test.images, FACTOR)
        return mse(evaluate(nn.Sequential(encoder, decoder), noisy), test.images), encoder

    _measure(result, "new noise on test images is removed well enough", setting, train_once)
