"""Causes that used to share a message, or got one that was not true of them."""

from __future__ import annotations

import copy
import random
import re

import pytest
import torch
from answer_parts import (
    MSE,
    classifying,
    compared,
    conv,
    convolutional,
    denoiser,
    down,
    head,
    noisy,
    parameters,
    training,
    update,
)
from shown_words import is_said_in_both_languages
from told import told
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

import aelib
from aelib import checks

pytestmark = pytest.mark.slow

AUTOENCODER, CLASSIFIER = checks.autoencoder_training, checks.classifier_training
CROSS_ENTROPY = functional.cross_entropy


def fresh(train):
    return checks.denoiser_training(train, fresh=True)


def fed_with(change):
    """Make a training on images that are changed before, in input and target."""

    def step(encoder, decoder, batch, optimizer):
        changed = change(batch)
        update(optimizer, MSE(decoder(encoder(changed)), changed))

    return training(step)


def with_itself(encoder, decoder, batch, optimizer):
    outputs = decoder(encoder(batch))
    update(optimizer, MSE(outputs, outputs.detach()))


def zeroed_first(encoder, decoder, batch, optimizer):
    loss = MSE(decoder(encoder(batch)), batch)
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()


def by_plain_steps(encoder, decoder, train, epochs):
    values = parameters(encoder, decoder)
    optimizer = torch.optim.RMSprop(values, lr=0.01)
    for _ in range(epochs):
        for batch in train.images.split(128):
            update(optimizer, MSE(decoder(encoder(batch)), batch))


def later_on_test_images(encoder, decoder, train, epochs):
    tests = torch.from_numpy(aelib.load_mnist().test.images[:512])
    compared(MSE)(encoder, decoder, train, 1)
    compared(MSE)(encoder, decoder, aelib.Split(tests, train.labels), epochs - 1)


def steps_of_a_copy(encoder, decoder):
    return parameters(*copy.deepcopy((encoder, decoder)))


def classifier_with(rate=0.01, moved=lambda network: network.parameters(), order="right"):
    def train_classifier(encoder, train, epochs):
        codes, classifier = encoder(train.images).detach(), head()
        optimizer = torch.optim.SGD(moved(classifier), lr=rate)
        for _ in range(epochs):
            for picked in torch.randperm(len(codes)).split(128):
                loss = CROSS_ENTROPY(classifier(codes[picked]), train.labels[picked])
                if order == "no backward":
                    loss = torch.tensor(loss.item(), requires_grad=True)
                optimizer.zero_grad()
                loss.backward()
                if order == "zeroed":
                    optimizer.zero_grad()
                if order != "no step":
                    optimizer.step()
        return classifier

    return train_classifier


def balanced(encoder, train, epochs):
    weights = 1 / torch.bincount(train.labels).float()
    return classifying(loss=nn.CrossEntropyLoss(weight=weights))(encoder, train, epochs)


def as_wide_as_the_labels(encoder, train, epochs):
    width = len(train.labels.unique())
    layers = nn.Linear(100, 64), nn.Sigmoid(), nn.Linear(64, width)
    return classifying(lambda: nn.Sequential(*layers))(encoder, train, epochs)


def normed_head():
    last = weight_norm(nn.Linear(64, 10, bias=False))
    return nn.Sequential(weight_norm(nn.Linear(100, 64)), nn.ReLU(), last)


class Layer(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, picture):
        return self.function(picture)


def enlarged_by(function):
    def back():
        enlarge = Layer(function)
        return enlarge, conv(16, 8), nn.ReLU(), enlarge, conv(8, 1), nn.Sigmoid()

    return convolutional(down, back)


def zeros_between(picture):
    count, channels, rows, columns = picture.shape
    larger = picture.new_zeros(count, channels, 2 * rows, 2 * columns)
    larger[:, :, ::2, ::2] = picture
    return larger


def by_fixed_ones(picture):
    ones = torch.ones(picture.shape[1], 1, 2, 2)
    return functional.conv_transpose2d(picture, ones, stride=2, groups=len(ones))


def edges_first():
    encoder, decoder = enlarged_by(by_fixed_ones)()
    edges = Layer(lambda picture: functional.conv2d(picture, torch.ones(1, 1, 3, 3), padding=1))
    return nn.Sequential(encoder[0], edges, *encoder[1:]), decoder


def straight_back():
    enlarge = nn.Upsample(scale_factor=2, mode="bilinear")
    return enlarge, conv(16, 8), enlarge, conv(8, 1), nn.Sigmoid()


def on_the_noisy(target):
    """Make a denoiser whose loss is ``MSE(output, target(clean, noisy))``, weighted by pairs."""

    def train_denoiser(encoder, decoder, train, factor, epochs):
        optimizer = torch.optim.Adam(parameters(encoder, decoder))
        for _ in range(epochs):
            for picked in torch.randperm(len(train.images)).split(128):
                clean = train.images[picked]
                corrupted = noisy(clean, factor)
                update(optimizer, MSE(decoder(encoder(corrupted)), target(clean, corrupted)))

    return train_denoiser


def adds_up(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder))
    corrupted = train.images
    for _ in range(epochs):
        corrupted = noisy(corrupted, factor)
        for picked in torch.randperm(len(corrupted)).split(128):
            update(optimizer, MSE(decoder(encoder(corrupted[picked])), train.images[picked]))


RIGHT = {
    "RMSprop as it comes": (AUTOENCODER, by_plain_steps),
    "classes that are weighted": (CLASSIFIER, balanced),
    "as many scores as labels": (CLASSIFIER, as_wide_as_the_labels),
    "normed weights without a bias": (CLASSIFIER, classifying(normed_head)),
    "enlarged by fixed ones": (checks.shapes, enlarged_by(by_fixed_ones)),
    "enlarged by fixed ones, mirrored": (checks.mirrored, enlarged_by(by_fixed_ones)),
    "an encoder with a fixed filter": (checks.shapes, edges_first),
}

WRONG = {
    "a target of black and white": (
        AUTOENCODER,
        compared(lambda y, x: MSE(y, x.round())),
        "What are the two arguments of the loss",
    ),
    "no square": (AUTOENCODER, compared(lambda y, x: (y - x).mean()), "makes all pixels darker"),
    "a target of 255": (
        AUTOENCODER,
        compared(lambda y, x: MSE(y, 1 + x)),
        "makes all pixels brighter",
    ),
    "the square of a mean over pixels": (
        AUTOENCODER,
        compared(lambda y, x: (y - x).mean(1).square().mean()),
        "cancel before they are squared",
    ),
    "the square of a mean over images": (
        AUTOENCODER,
        compared(lambda y, x: MSE(y.mean(0), x.mean(0))),
        "cancel before they are squared",
    ),
    "every image with every output": (
        AUTOENCODER,
        compared(lambda y, x: (y[:, None] - x[None]).square().mean(), size=64),
        "towards the mean of the batch's images",
    ),
    "the output with itself": (AUTOENCODER, training(with_itself), "all of them are 0"),
    "zeroed before the step": (AUTOENCODER, training(zeroed_first), "In which order"),
    "steps of a copy": (
        AUTOENCODER,
        compared(MSE, moved=steps_of_a_copy),
        "none of the weights that the gradients reach",
    ),
    "steps that are too small": (
        AUTOENCODER,
        compared(MSE, rate=1e-12),
        "as they were, though gradients reach them",
    ),
    "a 255th of the pixels": (AUTOENCODER, fed_with(lambda x: x / 255), "pixels from 0 to 0.0039"),
    "the negative": (AUTOENCODER, fed_with(lambda x: 1 - x), "shifted or scaled on the way"),
    "test images in the end": (
        AUTOENCODER,
        later_on_test_images,
        "Test images are used for training",
    ),
    "a classifier's rate of 0": (CLASSIFIER, classifier_with(rate=0.0), "the learning rate"),
    "a classifier's copy": (
        CLASSIFIER,
        classifier_with(moved=lambda network: copy.deepcopy(network).parameters()),
        "none of the weights that the gradients reach",
    ),
    "a classifier without steps": (
        CLASSIFIER,
        classifier_with(order="no step"),
        "no optimiser step follows",
    ),
    "a classifier whose gradients are zeroed": (
        CLASSIFIER,
        classifier_with(order="zeroed"),
        "In which order do zero_grad()",
    ),
    "a classifier without gradients": (
        CLASSIFIER,
        classifier_with(order="no backward"),
        "No gradient came back to the weights",
    ),
    "labels that go round": (
        CLASSIFIER,
        classifying(loss=lambda s, t: CROSS_ENTROPY(s, (t + 1) % 10)),
        "every 0 has the label 1",
    ),
    "ReLU after the scores": (CLASSIFIER, classifying(lambda: head(nn.ReLU())), "below 0"),
    "sigmoid after the scores": (
        CLASSIFIER,
        classifying(
            lambda: head(nn.Sigmoid()),
            lambda s, t: functional.binary_cross_entropy(s, functional.one_hot(t, 10).float()),
        ),
        "the scores stay between 0 and 1",
    ),
    "zeros between the pixels": (
        checks.upsampled,
        enlarged_by(zeros_between),
        "or with zeros in between",
    ),
    "a straight decoder": (
        checks.shapes,
        convolutional(down, straight_back),
        "the decoder is a linear map",
    ),
    "noise of many strengths": (
        checks.noise,
        lambda x, f: noisy(x, f * torch.rand(len(x), 1)),
        "not equally strong in all images",
    ),
    "a strength for each batch": (
        fresh,
        denoiser(lambda x, f: noisy(x, f * random.random())),
        "not equally strong in all images",
    ),
    "noise that adds up": (fresh, adds_up, "from epoch to epoch"),
    "a factor of 0.1 for all": (
        fresh,
        denoiser(lambda x, _factor: noisy(x, 0.1)),
        "times the factor",
    ),
    "the noise as the target": (
        fresh,
        on_the_noisy(lambda clean, corrupted: corrupted - clean),
        "towards the noise, not towards the image",
    ),
    "a third of the target noisy": (
        fresh,
        on_the_noisy(lambda clean, corrupted: 0.7 * clean + 0.3 * corrupted),
        "A part of the loss",
    ),
}


@pytest.mark.parametrize(("check", "answer"), RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes_that_was_refused_for_another_s_fault(check, answer):
    assert check(answer).messages == []


@pytest.mark.parametrize(("check", "answer", "message"), WRONG.values(), ids=WRONG)
def test_each_cause_has_a_message_that_is_true_of_it(check, answer, message, snapshot):
    result = check(answer)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def test_unpooling_with_the_encoder_s_places_is_not_told_of_weights_alone():
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.pool = conv(1, 8), nn.MaxPool2d(4, return_indices=True)

        def forward(self, images):
            code, self.places = self.pool(self.one(images.view(-1, 1, 28, 28)).relu())
            return code

    def build_autoencoder():
        encoder, back = Encoder(), conv(8, 1)
        unpool = Layer(lambda code: functional.max_unpool2d(code, encoder.places, 4))
        return encoder, nn.Sequential(unpool, back, nn.Sigmoid(), nn.Flatten())

    [message] = checks.upsampled(build_autoencoder).messages
    assert "or with zeros in between" in message


@pytest.mark.parametrize(
    "maps",
    [lambda a, b: (a - b).relu(), lambda a, b: (a - b).abs() / (a - b).abs().max() * 0.9],
    ids=["too bright ones only", "scaled"],
)
def test_the_pixel_in_a_message_about_error_maps_is_one_that_is_wrong(maps):
    [message] = checks.error_map(maps).messages
    image, rebuilt, error = map(
        float, re.findall(r"Here (\S+) and (\S+) give (\S+)\.$", message)[0]
    )
    assert abs(abs(image - rebuilt) - error) > 0.05
