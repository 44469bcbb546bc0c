"""Trainings of copies, of which one is kept, and networks that torch.jit has taken in hand."""

from __future__ import annotations

import copy
import math

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
    update,
)
from shown_words import is_said_in_both_languages
from told import told
from torch import nn

from aelib import checks
from aelib.checks.strands import Strands

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.torch.jit.*:DeprecationWarning"),
]

AUTOENCODER, CLASSIFIER = checks.autoencoder_training, checks.classifier_training


def fresh(train):
    return checks.denoiser_training(train, fresh=True)


def once(train):
    return checks.denoiser_training(train, fresh=False)


def deal_anew(layer):
    if isinstance(layer, nn.Linear):
        layer.reset_parameters()


def put_into(encoder, decoder, pair):
    encoder.load_state_dict(pair[0].state_dict())
    decoder.load_state_dict(pair[1].state_dict())


def of_two_copies(train, which, *, start_alike=False):
    """Train two copies one after the other and keep one of them."""

    def train_both(encoder, decoder, *rest):
        tries = [copy.deepcopy(nn.Sequential(encoder, decoder)) for _ in range(2)]
        for pair in tries:
            if not start_alike:
                pair.apply(deal_anew)
            train(*pair, *rest)
        put_into(encoder, decoder, copy.deepcopy(tries[which]))

    return train_both


def two_rates(encoder, decoder, train, epochs):
    best, least = None, math.inf
    for rate in (0.03, 0.003):
        pair = copy.deepcopy(nn.Sequential(encoder, decoder))
        compared(MSE, rate=rate)(*pair, train, epochs)
        with torch.no_grad():
            error = float(MSE(pair(train.images), train.images))
        if error < least:
            best, least = copy.deepcopy(pair), error
    put_into(encoder, decoder, best)


def by_hand(encoder, decoder, train, epochs):
    for _ in range(epochs):
        for batch in train.images.split(128):
            MSE(decoder(encoder(batch)), batch).backward()
            with torch.no_grad():
                for value in parameters(encoder, decoder):
                    value -= 0.5 * value.grad
                    value.grad = None


def by_functions(encoder, decoder, train, epochs):
    """Train two tries whose every step makes new tensors, from the same start; keep the first."""
    network = nn.Sequential(encoder, decoder)

    def loss(values, batch):
        return MSE(torch.func.functional_call(network, values, (batch,)), batch)

    tries = []
    for rate in (0.5, 0.1):
        values = {name: value.detach().clone() for name, value in network.named_parameters()}
        for _ in range(epochs):
            for batch in train.images.split(128):
                found = torch.func.grad(loss)(values, batch)
                values = {name: value - rate * found[name] for name, value in values.items()}
        tries.append(values)
    network.load_state_dict(tries[0])


def noise_once(encoder, decoder, train, factor, epochs):
    corrupted, optimizer = (
        noisy(train.images, factor),
        torch.optim.Adam(parameters(encoder, decoder)),
    )
    for _ in range(epochs):
        for picked in torch.randperm(len(corrupted)).split(128):
            update(optimizer, MSE(decoder(encoder(corrupted[picked])), train.images[picked]))


def assigned(encoder, decoder, train, epochs):
    pair = copy.deepcopy((encoder, decoder))
    compared(MSE)(*pair, train, epochs)
    for own, trained in zip((encoder, decoder), pair, strict=True):
        own.load_state_dict(trained.state_dict(), assign=True)


def best_head(which):
    def train_classifier(encoder, train, epochs):
        return copy.deepcopy([classifying()(encoder, train, epochs) for _ in range(2)][which])

    return train_classifier


def scripted_whole(encoder, decoder, train, factor, epochs):
    network = torch.jit.script(nn.Sequential(encoder, decoder))
    optimizer = torch.optim.Adam(network.parameters())
    for _ in range(epochs):
        for picked in torch.randperm(len(train.images)).split(128):
            clean = train.images[picked]
            update(optimizer, MSE(network(noisy(clean, factor)), clean))


def scripted_pair():
    def up():
        return nn.Upsample(scale_factor=2)

    back = up(), conv(16, 8), nn.ReLU(), up(), conv(8, 1), nn.Sigmoid()
    return tuple(torch.jit.script(part) for part in convolutional(down, lambda: back)())


def half_as_long(encoder, decoder, train, epochs):
    compared(MSE)(encoder, decoder, train, epochs - 1)


def never_zeroed(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for batch in train.images.split(128):
            MSE(decoder(encoder(batch)), batch).backward()
            optimizer.step()


def others_put_in(encoder, decoder, train, epochs):
    compared(MSE)(*copy.deepcopy((encoder, decoder)), train, epochs)
    nn.Sequential(encoder, decoder).apply(deal_anew)


def decoder_put_back(encoder, decoder, train, epochs):
    start = copy.deepcopy(decoder.state_dict())
    compared(MSE)(encoder, decoder, train, epochs)
    decoder.load_state_dict(start)


RIGHT = {
    "the first of two copies": (AUTOENCODER, of_two_copies(compared(MSE), 0)),
    "the second of two copies": (AUTOENCODER, of_two_copies(compared(MSE), 1)),
    "the first of two that start alike": (
        AUTOENCODER,
        of_two_copies(compared(MSE), 0, start_alike=True),
    ),
    "the better of two rates": (AUTOENCODER, two_rates),
    "copies by hand": (AUTOENCODER, of_two_copies(by_hand, 0)),
    "two tries by functions": (AUTOENCODER, by_functions),
    "copies of a denoiser": (fresh, of_two_copies(denoiser(), 0)),
    "copies with noise drawn once": (once, of_two_copies(noise_once, 1)),
    "parameters put in the place of others": (AUTOENCODER, assigned),
    "a copy of the first of two classifiers": (CLASSIFIER, best_head(0)),
    "a copy of the second of two classifiers": (CLASSIFIER, best_head(1)),
    "a scripted denoiser": (fresh, scripted_whole),
    "a scripted classifier": (CLASSIFIER, classifying(lambda: torch.jit.script(head()))),
    "a traced classifier": (
        CLASSIFIER,
        classifying(lambda: torch.jit.trace(head(), torch.rand(3, 100))),
    ),
    "a classifier that is scripted in the end": (CLASSIFIER, classifying(finish=torch.jit.script)),
    "scripted networks": (checks.upsampled, scripted_pair),
}

WRONG = {
    "copies trained too short": (
        AUTOENCODER,
        of_two_copies(half_as_long, 0),
        "took part in 2 of the steps",
    ),
    "a copy whose gradients add up": (
        AUTOENCODER,
        of_two_copies(never_zeroed, 0),
        "still held those of earlier batches",
    ),
    "a copy is trained, other weights are put in": (
        AUTOENCODER,
        others_put_in,
        "unlike those that the last step has left",
    ),
    "the decoder of the start": (AUTOENCODER, decoder_put_back, "Which line puts them back"),
}


@pytest.mark.parametrize(("check", "answer"), RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes_that_keeps_a_copy_or_compiles_its_networks(check, answer):
    assert check(answer).messages == []


@pytest.mark.parametrize(("check", "answer", "message"), WRONG.values(), ids=WRONG)
def test_a_copy_is_held_to_what_a_training_must_do(check, answer, message, snapshot):
    result = check(answer)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def test_a_check_switches_torch_jit_off_for_its_own_time_only():
    seen = []

    def noise(images, factor):
        layer = nn.Linear(1, 1)
        seen.append(torch.jit.script(layer) is layer)
        return noisy(images, factor)

    checks.noise(noise)
    assert all(seen)
    assert isinstance(torch.jit.script(nn.Linear(1, 1)), torch.jit.ScriptModule)


def test_weights_belong_together_where_one_tensor_became_the_other():
    strands, start = Strands(), torch.randn(20, 20)
    own, other = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    assert strands.of(own) == 0
    with torch.no_grad():
        own += 0.1 * torch.randn(20, 20)
    assert strands.of(own) == 0
    assert strands.of(own.T) == 0
    assert strands.of(own.detach() + 0.01) == 0
    assert strands.of(other) == 1
    assert strands.of(nn.Parameter(torch.randn(20, 20))) == 2
    assert strands.kept(own.detach().clone()) == 0
    with torch.no_grad():
        other += torch.randn(20, 20)
    assert strands.kept(other) == 1
    assert strands.kept(torch.randn(20, 20)) is None


def test_two_weights_of_few_numbers_are_alike_by_chance_and_not_put_together():
    strands = Strands()
    assert strands.of(nn.Parameter(torch.arange(10.0))) == 0
    assert strands.of(nn.Parameter(torch.arange(10.0) + 1)) == 1
