"""What steps must do to weights, whoever makes them, and what must be left of it in the end."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from answer_parts import MSE, classifying, compared, head, noisy, parameters, sigmoid_pair, update
from shown_words import is_said_in_both_languages
from told import told
from torch import nn
from torch.nn import functional

from aelib import checks

pytestmark = pytest.mark.slow

AUTOENCODER, CLASSIFIER = checks.autoencoder_training, checks.classifier_training


def deal_anew(layer):
    if isinstance(layer, nn.Linear):
        layer.reset_parameters()


def batches(images, size=128):
    return [images[picked] for picked in torch.randperm(len(images)).split(size)]


def step_by_hand(networks, rate=0.5):
    with torch.no_grad():
        for value in parameters(*networks):
            value -= rate * value.grad
            value.grad = None


def by_hand(before_epoch=None, before_step=None, rate=0.5, finish=lambda network: None):
    """Make a training without an optimizer, with room for what else is done to the network."""

    def train_autoencoder(encoder, decoder, train, epochs):
        network = nn.Sequential(encoder, decoder)
        for _ in range(epochs):
            if before_epoch:
                before_epoch(network)
            for batch in batches(train.images):
                if before_step:
                    before_step(network)
                MSE(network(batch), batch).backward()
                step_by_hand([network], rate)
        finish(network)

    return train_autoencoder


class OwnDescent:
    def __init__(self, values, rate):
        self.values, self.rate = values, rate

    def zero_grad(self):
        for value in self.values:
            value.grad = None

    def step(self):
        for value in self.values:
            value.data.add_(value.grad, alpha=-self.rate)


def own_optimizer_anew(encoder, decoder, train, epochs):
    network = nn.Sequential(encoder, decoder)
    for _ in range(epochs):
        network.apply(deal_anew)
        optimizer = OwnDescent(parameters(network), 0.5)
        for batch in batches(train.images):
            update(optimizer, MSE(network(batch), batch))


def bounded(network):
    with torch.no_grad():
        for value in parameters(network):
            value.mul_(0.999)
            if value.ndim > 1:
                value.copy_(value.renorm(2, 0, 2.0))


def weights_of_the_first_epoch(encoder, decoder, train, epochs):
    kept = []

    def keep(network):
        kept.append(copy.deepcopy(network.state_dict()))

    by_hand(keep, finish=lambda network: network.load_state_dict(kept[1]))(
        encoder, decoder, train, epochs
    )


def of_two(which, epochs_of_a_try=lambda epochs: epochs):
    """Make a training that starts twice and keeps the weights of one try."""

    def train_autoencoder(encoder, decoder, train, epochs):
        network, kept = nn.Sequential(encoder, decoder), []
        for _ in range(2):
            network.apply(deal_anew)
            compared(MSE)(encoder, decoder, train, epochs_of_a_try(epochs))
            kept.append(copy.deepcopy(network.state_dict()))
        network.load_state_dict(kept[which])

    return train_autoencoder


def classifier_of_two(which):
    def train_classifier(encoder, train, epochs):
        classifier, kept = head(), []
        for _ in range(2):
            classifier.apply(deal_anew)
            classifying(lambda: classifier)(encoder, train, epochs)
            kept.append(copy.deepcopy(classifier.state_dict()))
        classifier.load_state_dict(kept[which])
        return classifier

    return train_classifier


def denoiser_of_two_by_hand(encoder, decoder, train, factor, epochs):
    corrupted, network, kept = noisy(train.images, factor), nn.Sequential(encoder, decoder), []
    for _ in range(2):
        network.apply(deal_anew)
        for _ in range(epochs):
            for picked in torch.randperm(len(corrupted)).split(128):
                MSE(network(corrupted[picked]), train.images[picked]).backward()
                step_by_hand([network])
        kept.append(copy.deepcopy(network.state_dict()))
    network.load_state_dict(kept[0])


def classifier_by_hand_anew(encoder, train, epochs):
    codes, classifier = encoder(train.images).detach(), head()
    for _ in range(epochs):
        classifier.apply(deal_anew)
        for picked in torch.randperm(len(codes)).split(128):
            functional.cross_entropy(classifier(codes[picked]), train.labels[picked]).backward()
            step_by_hand([classifier])
    return classifier


def denoiser_by_hand_anew(encoder, decoder, train, factor, epochs):
    network = nn.Sequential(encoder, decoder)
    for _ in range(epochs):
        network.apply(deal_anew)
        for clean in batches(train.images):
            MSE(network(noisy(clean, factor)), clean).backward()
            step_by_hand([network])


def uphill(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01, maximize=True)
    for _ in range(epochs):
        for batch in batches(train.images):
            update(optimizer, MSE(decoder(encoder(batch)), batch))


def lost_in_the_end(encoder, decoder, train, epochs):
    compared(MSE)(encoder, decoder, train, epochs)
    nn.Sequential(encoder, decoder).apply(deal_anew)


def scheduled(factor, each_batch=False):
    """Make a training whose rate is multiplied by ``factor(how often the scheduler stepped)``."""

    def train_autoencoder(encoder, decoder, train, epochs):
        optimizer = torch.optim.SGD(parameters(encoder, decoder), lr=0.5, momentum=0.9)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        for _ in range(epochs):
            for batch in batches(train.images):
                update(optimizer, MSE(decoder(encoder(batch)), batch))
                if each_batch:
                    scheduler.step()
            if not each_batch:
                scheduler.step()

    return train_autoencoder


def classifier_with_a_rate_that_ends(encoder, train, epochs):
    codes, classifier = encoder(train.images).detach(), head()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.0)
    for _ in range(epochs):
        for picked in torch.randperm(len(codes)).split(128):
            loss = functional.cross_entropy(classifier(codes[picked]), train.labels[picked])
            update(optimizer, loss)
            scheduler.step()
    return classifier


def step_after_the_epoch(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for batch in batches(train.images):
            optimizer.zero_grad()
            MSE(decoder(encoder(batch)), batch).backward()
        optimizer.step()


def step_by_hand_after_the_epoch(encoder, decoder, train, epochs):
    for _ in range(epochs):
        for batch in batches(train.images):
            for value in parameters(encoder, decoder):
                value.grad = None
            MSE(decoder(encoder(batch)), batch).backward()
        step_by_hand([encoder, decoder])


def classifier_step_after_the_epoch(encoder, train, epochs):
    codes, classifier = encoder(train.images).detach(), head()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
    for _ in range(epochs):
        for picked in torch.randperm(len(codes)).split(128):
            optimizer.zero_grad()
            functional.cross_entropy(classifier(codes[picked]), train.labels[picked]).backward()
        optimizer.step()
    return classifier


def one_step_an_epoch(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        for batch in batches(train.images):
            (MSE(decoder(encoder(batch)), batch) / 4).backward()
        optimizer.step()


def gradients_logged(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for batch in batches(train.images):
            optimizer.zero_grad()
            MSE(decoder(encoder(train.images)), train.images).backward()
            math.fsum(float(value.grad.norm()) for value in parameters(encoder, decoder))
            update(optimizer, MSE(decoder(encoder(batch)), batch))


def start_put_back(encoder, decoder, train, epochs):
    network = nn.Sequential(encoder, decoder)
    start = copy.deepcopy(network.state_dict())
    compared(MSE)(encoder, decoder, train, epochs)
    network.load_state_dict(start)


def networks_of_its_own(encoder, decoder, train, epochs):
    encoder, decoder = sigmoid_pair()
    compared(MSE)(encoder, decoder, train, epochs)


def denoiser_once(train):
    return checks.denoiser_training(train, fresh=False)


def denoiser_fresh(train):
    return checks.denoiser_training(train, fresh=True)


RIGHT = {
    "by hand, bounded and decaying": (AUTOENCODER, by_hand(before_step=bounded)),
    "by hand, large steps": (AUTOENCODER, by_hand(rate=5.0)),
    "by hand, the best weights": (AUTOENCODER, weights_of_the_first_epoch),
    "by hand, dealt anew before": (
        AUTOENCODER,
        lambda e, d, t, n: (nn.Sequential(e, d).apply(deal_anew), by_hand()(e, d, t, n)),
    ),
    "the first of two": (AUTOENCODER, of_two(0)),
    "the second of two": (AUTOENCODER, of_two(1)),
    "the first of two classifiers": (CLASSIFIER, classifier_of_two(0)),
    "the second of two classifiers": (CLASSIFIER, classifier_of_two(1)),
    "the first of two denoisers": (denoiser_once, denoiser_of_two_by_hand),
    "a rate that starts at 0": (AUTOENCODER, scheduled(lambda step: min(1, step / 3), True)),
    "one step an epoch": (AUTOENCODER, one_step_an_epoch),
    "gradients logged": (AUTOENCODER, gradients_logged),
}

LOST = "unlike those that the last step has left"
WRONG = {
    "by hand, anew in every epoch": (AUTOENCODER, by_hand(lambda n: n.apply(deal_anew)), LOST),
    "an optimizer of one's own, anew": (AUTOENCODER, own_optimizer_anew, LOST),
    "by hand, an encoder anew for each batch": (
        AUTOENCODER,
        by_hand(before_step=lambda network: network[0].apply(deal_anew)),
        LOST,
    ),
    "by hand, a classifier anew": (CLASSIFIER, classifier_by_hand_anew, LOST),
    "by hand, a denoiser anew": (denoiser_fresh, denoiser_by_hand_anew, LOST),
    "anew in the end": (AUTOENCODER, lost_in_the_end, LOST),
    "by hand, up the slope": (AUTOENCODER, by_hand(rate=-0.5), "In which direction do they"),
    "an optimizer up the slope": (AUTOENCODER, uphill, "In which direction do they"),
    "two half trainings": (AUTOENCODER, of_two(0, lambda epochs: epochs // 2), LOST),
    "a rate of 0 from the second epoch": (
        AUTOENCODER,
        scheduled(lambda epoch: float(epoch == 0)),
        "8 of the optimiser's 12 steps changed no weight",
    ),
    "a classifier's rate that ends": (
        CLASSIFIER,
        classifier_with_a_rate_that_ends,
        "11 of the optimiser's 12 steps changed no weight",
    ),
    "a step after the epoch": (
        AUTOENCODER,
        step_after_the_epoch,
        "those of 9 were set to zero again before any step",
    ),
    "a step by hand after the epoch": (
        AUTOENCODER,
        step_by_hand_after_the_epoch,
        "those of 9 were set to zero again before any step",
    ),
    "a classifier's step after the epoch": (
        CLASSIFIER,
        classifier_step_after_the_epoch,
        "those of 9 were set to zero again before any step",
    ),
    "the start put back": (AUTOENCODER, start_put_back, "Which line puts them back"),
    "networks of its own": (AUTOENCODER, networks_of_its_own, "Other networks are trained"),
}


@pytest.mark.parametrize(("check", "answer"), RIGHT.values(), ids=RIGHT)
def test_steps_that_keep_what_was_learnt_pass_whoever_makes_them(check, answer):
    assert check(answer).messages == []


@pytest.mark.parametrize(("check", "answer", "message"), WRONG.values(), ids=WRONG)
def test_steps_that_lose_what_was_learnt_are_told_how(check, answer, message, snapshot):
    result = check(answer)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)
