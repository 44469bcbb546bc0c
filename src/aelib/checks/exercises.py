"""Whole exercises: every step of an answer, then a training whose result is measured."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from aelib.checks.classifiers import classifier_training
from aelib.checks.corruption import noise
from aelib.checks.data import test_digits, training_digits
from aelib.checks.house import check, quietly
from aelib.checks.networks import build, mirrored, shapes, upsampled
from aelib.checks.observed import train_under_watch
from aelib.checks.pictures import error_map, feature_extraction
from aelib.checks.probes import digit_probe
from aelib.checks.progress import judge_weights
from aelib.checks.result import Fault, Result
from aelib.checks.said import Said
from aelib.checks.tasks import attempt
from aelib.checks.trainings import add_denoiser_steps, autoencoder_training
from aelib.metrics import mse
from aelib.models import RELU_SIZES, SIGMOID_SIZES, mlp_autoencoder
from aelib.noise import add_noise as book_noise
from aelib.training import accuracy, evaluate

SEEDS = (0, 1, 2, 3)
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
# 0.020 where it is not stuck), the full ones a tenth and more above the book's results.
FEATURES = {
    False: Setting(20_000, 8, most=0.05, least=0.6),
    True: Setting(60_000, 10, most=0.019, least=0.95),
}
CONVOLUTIONAL = {
    False: Setting(10_000, 2, most=0.03),
    True: Setting(60_000, 10, most=0.0035),
}
# Denoisers are told from doing nothing, whose test MSE is 0.0212 with variant 1's noise, and from
# the mean image, which beats variant 2's noise with 0.067. The worst of seeds 0 to 7 of a plain
# solution has 0.018 and 0.045 (one that stays at the mean image for 7 epochs apart).
DENOISING = {
    False: (Setting(20_000, 6, most=0.019), Setting(20_000, 8, most=0.055)),
    True: (Setting(60_000, 10, most=0.0125), Setting(60_000, 10, most=0.03)),
}
FACTORS = (0.2, 0.5)  # of the exercise's two variants
NETWORKS = ((RELU_SIZES, nn.ReLU), (SIGMOID_SIZES, nn.Sigmoid))
SHOWN = 10  # test images in the pictures


@check("features")
def features(
    result: Result,
    build_autoencoder: Callable,
    train_autoencoder: Callable,
    extract_features: Callable,
    train_classifier: Callable,
    *,
    full: bool = False,
) -> None:
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
    shapes.add(result, build_autoencoder, (100,))
    mirrored.add(result, build_autoencoder)
    if result.passed:
        autoencoder_training.add(result, train_autoencoder)
        feature_extraction.add(result, extract_features)
        classifier_training.add(result, train_classifier)
    if result.passed:
        setting = FEATURES[full]
        encoder = _measure_autoencoder(result, setting, build_autoencoder, train_autoencoder)
        if encoder is not None:
            _measure_features(result, setting, encoder, extract_features, train_classifier)


@check("convolutional")
def convolutional(
    result: Result,
    build_autoencoder: Callable,
    train_autoencoder: Callable,
    error_maps: Callable,
    *,
    full: bool = False,
) -> None:
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
    shapes.add(result, build_autoencoder, (None, 7, 7))
    if result.passed:
        mirrored.add(result, build_autoencoder)
        upsampled.add(result, build_autoencoder)
        error_map.add(result, error_maps)
    if result.passed:
        autoencoder_training.add(result, train_autoencoder, _new(build_autoencoder))
    if result.passed:
        setting = CONVOLUTIONAL[full]
        _measure_autoencoder(result, setting, build_autoencoder, train_autoencoder, error_maps)


@check("denoising")
def denoising(
    result: Result,
    add_noise: Callable,
    train_denoiser: Callable,
    train_denoiser_once: Callable,
    *,
    full: bool = False,
) -> None:
    """Check exercise 4: noise, and a denoising autoencoder in both variants.

    Parameters
    ----------
    add_noise
        ``(images, factor) -> noisy``, clipped to [0, 1].
    train_denoiser
        ``(encoder, decoder, train, factor, epochs)``; noise drawn anew for each batch.
    train_denoiser_once
        The same with noise that is drawn once and kept for all epochs, for variant 2's network.
    full
        Train on all 60,000 images for 10 epochs (about a minute), instead of the short setting.
    """
    noise.add(result, add_noise)
    for train, fresh in ((train_denoiser, True), (train_denoiser_once, False)):
        if result.passed:
            add_denoiser_steps(result, train, fresh=fresh)
    for variant, train in enumerate((train_denoiser, train_denoiser_once)):
        if result.passed:
            _measure_denoiser(result, DENOISING[full][variant], variant, add_noise, train)


def _new(build_autoencoder: Callable) -> tuple[nn.Module, nn.Module]:
    """Build both networks in training mode, as modules come."""
    encoder, decoder = build(build_autoencoder)
    return encoder.train(), decoder.train()


def _measure(
    result: Result,
    name: Said,
    setting: Setting,
    start: Callable[[], tuple[nn.Module, nn.Module]],
    train_and_measure: Callable[[nn.Module, nn.Module], float],
    draw: Callable[[nn.Module, nn.Module], dict[str, torch.Tensor]],
    measured: str = "test_mse",
) -> nn.Module | None:
    """Add the step about the setting's error; return the encoder that reached it.

    What the last pair of networks draws is kept as the result's pictures. After a failure the
    initial weights are dealt out anew: a learner's own fixed seed would bring the same ones again.
    """
    tried: list[float] = []
    with result.step(name):
        for seed in SEEDS:
            with quietly(seed):
                pair = start()
                if tried:
                    _deal_out(seed, *pair)
                tried.append(train_and_measure(*pair))
                result.pictures |= draw(*pair)
            result.measured[measured] = min(tried)
            if tried[-1] <= setting.most:
                return pair[0]
        raise Fault(
            "The best test MSE of {count} training runs is {best:.4f} after {epochs} epochs on "
            "{images} images; {most} can be reached. Compare optimiser, learning rate and batch "
            "size with the exercise.",
            count=len(tried),
            best=min(tried),
            epochs=setting.epochs,
            images=setting.images,
            most=setting.most,
        )
    return None


def _deal_out(seed: int, *networks: nn.Module) -> None:
    """Put the numbers of each parameter in another order, so that its distribution stays."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in {id(p): p for network in networks for p in network.parameters()}.values():
            order = torch.randperm(value.numel(), generator=generator)
            value.copy_(value.flatten()[order].view_as(value))


def _train(train: Callable, pair: tuple, setting: Setting, *more: object) -> None:
    """Train both networks; where they stay as they were, one more call says why.

    What a function keeps from one call to the next shows only now: its first call may have trained
    the networks passed in, and later ones train others, or none.
    """
    before = [value.detach().clone() for part in pair for value in part.parameters()]
    attempt(train, *pair, training_digits(setting.images), *more, setting.epochs)
    after = [value for part in pair for value in part.parameters()]
    if all(map(torch.equal, before, after)):
        seen = train_under_watch(train, pair, digit_probe(), *more).seen
        if not any(one.arrived for one in seen.everything()):
            judge_weights(seen)


def _measure_autoencoder(
    result: Result,
    setting: Setting,
    build_autoencoder: Callable,
    train_autoencoder: Callable,
    error_maps: Callable | None = None,
) -> nn.Module | None:
    test = test_digits()

    def train_and_measure(encoder: nn.Module, decoder: nn.Module) -> float:
        _train(train_autoencoder, (encoder, decoder), setting)
        return mse(evaluate(nn.Sequential(encoder, decoder), test.images), test.images)

    def draw(encoder: nn.Module, decoder: nn.Module) -> dict[str, torch.Tensor]:
        digits = test.images[:SHOWN]
        rows = {"original": digits, "rebuilt": evaluate(nn.Sequential(encoder, decoder), digits)}
        if error_maps is not None:
            rows["error map"] = attempt(error_maps, digits, rows["rebuilt"])
        return rows

    name = Said("the test images are rebuilt well enough")
    return _measure(result, name, setting, lambda: _new(build_autoencoder), train_and_measure, draw)


def _measure_features(
    result: Result,
    setting: Setting,
    encoder: nn.Module,
    extract_features: Callable,
    train_classifier: Callable,
) -> None:
    train, test = training_digits(setting.images), test_digits()
    with result.step("the classifier recognises enough test digits"), quietly(SEEDS[0]):
        classifier = attempt(train_classifier, encoder, train, setting.epochs)
        codes = attempt(extract_features, encoder, test.images)
        reached = accuracy(classifier, codes, test.labels)
        result.measured["test_accuracy"] = reached
        if reached < setting.least:
            raise Fault(
                "The test accuracy is {reached:.1%} after {epochs} epochs on {images} images; "
                "{least:.0%} can be reached. Does the classifier get the features of the trained "
                "encoder, and is it trained long enough, with steps that are large enough?",
                reached=reached,
                epochs=setting.epochs,
                images=setting.images,
                least=setting.least,
            )


def _measure_denoiser(
    result: Result, setting: Setting, variant: int, add_noise: Callable, train_denoiser: Callable
) -> None:
    test, factor = test_digits(), FACTORS[variant]
    sizes, activation = NETWORKS[variant]

    def train_and_measure(encoder: nn.Module, decoder: nn.Module) -> float:
        _train(train_denoiser, (encoder, decoder), setting, factor)
        noisy = book_noise(test.images, factor)
        return mse(evaluate(nn.Sequential(encoder, decoder), noisy), test.images)

    def draw(encoder: nn.Module, decoder: nn.Module) -> dict[str, torch.Tensor]:
        digits = test.images[:SHOWN]
        noisy = attempt(add_noise, digits, factor)
        return {
            "original": digits,
            f"noisy, {factor}": noisy,
            f"denoised, {factor}": evaluate(nn.Sequential(encoder, decoder), noisy),
        }

    _measure(
        result,
        Said("variant {number} removes new noise from test images well enough", number=variant + 1),
        setting,
        lambda: mlp_autoencoder(sizes, activation),
        train_and_measure,
        draw,
        ("test_mse", "test_mse_variant_2")[variant],
    )
