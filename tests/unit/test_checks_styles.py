"""Answers in further styles of real learners, and mistakes that public threads show."""

from __future__ import annotations

import math

import pytest
import torch
from answer_parts import MSE, classifying, compared, denoiser, head, noisy, parameters, training
from shown_words import is_said_in_both_languages
from told import told
from torch import nn
from torch.nn import functional

from aelib import checks

pytestmark = pytest.mark.slow

AUTOENCODER, CLASSIFIER = checks.autoencoder_training, checks.classifier_training
CROSS_ENTROPY = functional.cross_entropy


def fresh(train):
    return checks.denoiser_training(train, fresh=True)


def by_einsum(encoder, decoder, batch):
    """Weights first: with 128 images their shape is that of the batch."""
    for layer in [*encoder, *decoder]:
        if hasattr(layer, "weight"):
            batch = torch.einsum("oi,bi->bo", layer.weight, batch) + layer.bias
        else:
            batch = layer(batch)
    return batch


def images_as_columns(encoder, decoder, batch):
    columns = batch.T
    for layer in [*encoder, *decoder]:
        if hasattr(layer, "weight"):
            columns = layer.weight @ columns + layer.bias[:, None]
        else:
            columns = layer(columns)
    return columns.T


def run_by(forward):
    def step(encoder, decoder, batch, optimizer):
        optimizer.zero_grad()
        MSE(forward(encoder, decoder, batch), batch).backward()
        optimizer.step()

    return training(step)


class Columns(nn.Module):
    """Codes and scores as columns, as in courses that put examples side by side."""

    def __init__(self):
        super().__init__()
        self.wide = nn.Parameter(torch.randn(64, 100) / 10)
        self.last = nn.Parameter(torch.randn(10, 64) / 8)

    def forward(self, codes):
        return (self.last @ torch.relu(self.wide @ codes.T)).T


def standardising(encoder, train, epochs):
    """Make of the features what has mean 0 and deviation 1, in the classifier itself."""
    codes = encoder(train.images).detach()

    class Standardised(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", codes.mean(0))
            self.register_buffer("deviation", codes.std(0) + 1e-6)
            self.network = head()

        def forward(self, batch):
            return self.network((batch - self.mean) / self.deviation)

    return classifying(Standardised)(encoder, train, epochs)


def standardised_before(encoder, train, epochs):
    def features(images):
        codes = encoder(images)
        return (codes - codes.mean(0)) / (codes.std(0) + 1e-6)

    return classifying()(features, train, epochs)


def in_batches_of_ten(encoder, train, epochs):
    codes, classifier = encoder(train.images).detach(), head()
    optimizer = torch.optim.SGD(classifier.parameters(), lr=0.1)
    for _ in range(epochs):
        for picked in torch.randperm(len(codes)).split(10):
            optimizer.zero_grad()
            CROSS_ENTROPY(classifier(codes[picked]), train.labels[picked]).backward()
            optimizer.step()
    return classifier


def two_terms(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder))
    for _ in range(epochs):
        for picked in torch.randperm(len(train.images)).split(128):
            clean = train.images[picked]
            corrupted = noisy(clean, factor)
            optimizer.zero_grad()
            first, second = (decoder(encoder(corrupted)) for _ in range(2))
            (MSE(first, clean) + functional.l1_loss(second, clean)).backward()
            optimizer.step()


def along_a_line(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.LBFGS(parameters(encoder, decoder), lr=0.1, max_iter=2)
    for _ in range(epochs):
        for picked in torch.randperm(len(train.images)).split(128):
            clean = train.images[picked]
            corrupted = noisy(clean, factor)

            def closure(corrupted=corrupted, clean=clean):
                optimizer.zero_grad()
                loss = MSE(decoder(encoder(corrupted)), clean)
                loss.backward()
                return loss

            optimizer.step(closure)


def clean_at_first():
    """Add noise from the second epoch on: the first batches come as they are."""
    count = [0]

    def noise(clean, factor):
        count[0] += 1
        return clean if count[0] <= 4 else noisy(clean, factor)

    return denoiser(noise)


def codes_compared(encoder, decoder, batch, optimizer):
    optimizer.zero_grad()
    MSE(encoder(decoder(encoder(batch))), encoder(batch)).backward()
    optimizer.step()


RIGHT = {
    "einsum, weights first": (AUTOENCODER, run_by(by_einsum)),
    "images as columns": (AUTOENCODER, run_by(images_as_columns)),
    "a penalty on the code": (
        AUTOENCODER,
        compared(lambda y, x: MSE(y, x) + 1e-5 * y.abs().mean()),
    ),
    "a classifier of columns": (CLASSIFIER, classifying(Columns)),
    "a classifier that standardises": (CLASSIFIER, standardising),
    "batches of ten": (CLASSIFIER, in_batches_of_ten),
    "logarithms by hand": (
        CLASSIFIER,
        classifying(loss=lambda s, y: functional.nll_loss((s.softmax(1) + 1e-8).log(), y)),
    ),
    "labels as vectors": (
        CLASSIFIER,
        classifying(loss=lambda s, y: CROSS_ENTROPY(s, functional.one_hot(y, 10).float())),
    ),
    "a focal loss": (
        CLASSIFIER,
        classifying(
            loss=lambda s, y: (
                (1 - (-CROSS_ENTROPY(s, y, reduction="none")).exp()).square()
                * CROSS_ENTROPY(s, y, reduction="none")
            ).mean()
        ),
    ),
    "a loss of two terms": (fresh, two_terms),
    "a search along a line": (fresh, along_a_line),
    "noise by Box and Muller": (
        checks.noise,
        lambda x, f: (
            x
            + f
            * (-2 * (1 - torch.rand_like(x)).log()).sqrt()
            * (2 * math.pi * torch.rand_like(x)).cos()
        ).clamp(0, 1),
    ),
}

WRONG = {
    "codes compared": (AUTOENCODER, training(codes_compared), "does not pull the output towards"),
    "standardised before": (CLASSIFIER, standardised_before, "what is done to them?"),
    "softmax over the batch": (
        CLASSIFIER,
        classifying(loss=lambda s, y: CROSS_ENTROPY(s.softmax(0), y)),
        "adds up to 1 for each digit",
    ),
    "a sigmoid before the loss": (
        CLASSIFIER,
        classifying(loss=lambda s, y: CROSS_ENTROPY(s.sigmoid(), y)),
        "never below 0",
    ),
    "probabilities for their logarithms": (
        CLASSIFIER,
        classifying(loss=lambda s, y: functional.nll_loss(s.softmax(1), y)),
        "nll_loss expects logarithms",
    ),
    "scores for logarithms": (
        CLASSIFIER,
        classifying(loss=functional.nll_loss),
        "nll_loss expects logarithms",
    ),
    "logarithms over the batch": (
        CLASSIFIER,
        classifying(loss=lambda s, y: functional.nll_loss(s.log_softmax(0), y)),
        "along which axis?",
    ),
    "clean at first": (fresh, clean_at_first(), "33% of the images are clean"),
}


@pytest.mark.parametrize(("check", "answer"), RIGHT.values(), ids=RIGHT)
def test_a_right_answer_of_a_further_style_passes(check, answer):
    assert check(answer).messages == []


@pytest.mark.parametrize(("check", "answer", "message"), WRONG.values(), ids=WRONG)
def test_a_mistake_that_others_have_made_is_told_its_cause(check, answer, message, snapshot):
    result = check(answer)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)
