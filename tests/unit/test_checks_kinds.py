"""Nine ways in which a check can be wrong about an answer, each with answers of both kinds."""

from __future__ import annotations

import copy
import json
import math
import os

import numpy as np
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
    run_by,
    sigmoid_pair,
    training,
    update,
)
from shown_words import is_said_in_both_languages
from told import told
from torch import nn
from torch.nn import functional

from aelib import checks
from aelib.checks.house import quietly
from aelib.checks.randomness import ALIKE, CENTRE, SPREAD, judge_copies, judge_noise

pytestmark = pytest.mark.slow

AUTOENCODER = checks.autoencoder_training


def fresh(train):
    return checks.denoiser_training(train, fresh=True)


def once(train):
    return checks.denoiser_training(train, fresh=False)


# 1. Whichever network never learns --------------------------------------------------------------


def frozen(encoder, decoder, train, epochs):
    encoder.requires_grad_(False)
    compared(MSE, moved=lambda e, d: [p for p in parameters(e, d) if p.requires_grad])(
        encoder, decoder, train, epochs
    )


def inference(encoder, decoder, batch, optimizer):
    with torch.inference_mode():
        code = encoder(batch)
    update(optimizer, MSE(decoder(code.clone()), batch))


def through_numpy(encoder, decoder, batch):
    return decoder(torch.from_numpy(encoder(batch).detach().numpy()))


# 2. Weights that do not move, or hold no numbers ------------------------------------------------


def zeroed_too_late(encoder, decoder, batch, optimizer):
    MSE(decoder(encoder(batch)), batch).backward()
    optimizer.zero_grad()
    optimizer.step()


def zeros_for_gradients(encoder, decoder, batch, optimizer):
    MSE(decoder(encoder(batch)), batch).backward()
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()


def rate_of_zero(encoder, decoder, train, epochs):
    compared(MSE, rate=0.0)(encoder, decoder, train, epochs)


def bias_left_out(encoder, decoder):
    return [*[p for p in encoder.parameters() if p.ndim > 1], *decoder.parameters()]


def infinite(outputs, images):
    return (images / (outputs - outputs)).mean()


def zeroed_once_an_epoch(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        for picked in torch.randperm(len(train.images)).split(128):
            batch = train.images[picked]
            MSE(decoder(encoder(batch)), batch).backward()
            optimizer.step()


def by_hand(encoder, decoder, train, epochs):
    for _ in range(epochs):
        for picked in torch.randperm(len(train.images)).split(128):
            batch = train.images[picked]
            MSE(decoder(encoder(batch)), batch).backward()
            with torch.no_grad():
                for value in parameters(encoder, decoder):
                    value -= 0.5 * value.grad
                    value.grad = None


def by_hand_without_zeroing(encoder, decoder, train, epochs):
    for _ in range(epochs):
        for batch in train.images.split(128):
            MSE(decoder(encoder(batch)), batch).backward()
            for value in parameters(encoder, decoder):
                value.data -= 0.1 * value.grad


def shuffled_labels(encoder, train, epochs):
    order = torch.randperm(len(train.labels))
    return classifying()(encoder, type(train)(train.images, train.labels[order]), epochs)


def last_layer_moved(encoder, train, epochs):
    classifier = head()
    optimizer = torch.optim.Adam(classifier[-1].parameters(), lr=0.01)
    for _ in range(epochs):
        scores = classifier(encoder(train.images).detach())
        update(optimizer, functional.cross_entropy(scores, train.labels))
    return classifier


def new_network_returned(_classifier):
    return head()


# 3. Other ways to run the same layers -----------------------------------------------------------


def layer_by_layer(encoder, decoder, batch):
    for layer in [*encoder, *decoder]:
        batch = layer(batch)
    return batch


def by_products(encoder, decoder, batch):
    for layer in [*encoder, *decoder]:
        batch = batch @ layer.weight.T + layer.bias if hasattr(layer, "weight") else layer(batch)
    return batch


def by_functional_call(encoder, decoder, batch):
    code = torch.func.functional_call(encoder, dict(encoder.named_parameters()), (batch,))
    return torch.func.functional_call(decoder, dict(decoder.named_parameters()), (code,))


def scores_and_logits(encoder, decoder, batch, optimizer):
    scores = decoder[:-1](encoder(batch))
    update(optimizer, functional.binary_cross_entropy_with_logits(scores, batch))


def with_checkpoints(encoder, decoder, batch):
    from torch.utils.checkpoint import checkpoint

    return decoder(checkpoint(encoder, batch, use_reentrant=False))


def on_a_copy(encoder, decoder, train, epochs):
    pair = copy.deepcopy(encoder), copy.deepcopy(decoder)
    compared(MSE)(*pair, train, epochs)
    encoder.load_state_dict(pair[0].state_dict())
    decoder.load_state_dict(pair[1].state_dict())


def shaken(*networks):
    with torch.no_grad():
        for value in parameters(*networks):
            value.add_(0.1 * torch.randn_like(value))


def shaken_classifier(encoder, train, epochs):
    classifier = head()
    classifier(encoder(train.images).detach())
    shaken(classifier)
    return classifier


def torch_func_gradients(encoder, decoder, batch, optimizer):
    values = [dict(part.named_parameters()) for part in (encoder, decoder)]

    def loss(of_encoder, of_decoder):
        code = torch.func.functional_call(encoder, of_encoder, (batch,))
        return MSE(torch.func.functional_call(decoder, of_decoder, (code,)), batch)

    for found, named in zip(torch.func.grad(loss, (0, 1))(*values), values, strict=True):
        for name, value in named.items():
            value.grad = found[name].detach()
    optimizer.step()


def func_denoiser(target, rows=lambda gradient: gradient):
    """Make a denoiser's training with torch.func.grad; ``rows`` may map it over the images."""

    def train_denoiser(encoder, decoder, train, factor, epochs):
        network = nn.Sequential(encoder, decoder)
        optimizer = torch.optim.Adam(network.parameters())

        def loss(values, noise, clean):
            outputs = torch.func.functional_call(network, values, (noise,))
            return MSE(outputs, target(noise, clean))

        for _ in range(epochs):
            for clean in train.images[torch.randperm(len(train.images))].split(128):
                values = dict(network.named_parameters())
                found = rows(torch.func.grad(loss))(values, noisy(clean, factor), clean)
                for name, value in values.items():
                    value.grad = found[name].reshape(-1, *value.shape).mean(0).detach()
                optimizer.step()

    return train_denoiser


def over_rows(gradient):
    return torch.func.vmap(gradient, in_dims=(None, 0, 0))


def copies_by_hand(encoder, decoder, train, epochs):
    network = nn.Sequential(encoder, decoder)
    values = {name: value.detach().clone() for name, value in network.named_parameters()}

    def loss(values, batch):
        return MSE(torch.func.functional_call(network, values, (batch,)), batch)

    for _ in range(epochs):
        for batch in train.images.split(128):
            found = torch.func.grad(loss)(values, batch)
            values = {name: value - 0.5 * found[name] for name, value in values.items()}
    network.load_state_dict(values)


def classifier_by_func(encoder, train, epochs):
    codes, classifier = encoder(train.images).detach(), head()
    values = {name: value.detach().clone() for name, value in classifier.named_parameters()}

    def loss(values, batch, labels):
        scores = torch.func.functional_call(classifier, values, (batch,))
        return functional.cross_entropy(scores, labels)

    for _ in range(epochs):
        for picked in torch.randperm(len(codes)).split(128):
            found = torch.func.grad(loss)(values, codes[picked], train.labels[picked])
            values = {name: value - 0.5 * found[name] for name, value in values.items()}
    classifier.load_state_dict(values)
    return classifier


def deal_anew(layer):
    if isinstance(layer, nn.Linear):
        layer.reset_parameters()


def anew_in_every_epoch(encoder, decoder, train, epochs):
    for _ in range(epochs):
        nn.Sequential(encoder, decoder).apply(deal_anew)
        compared(MSE)(encoder, decoder, train, 1)


def bounded_and_averaged(encoder, decoder, train, epochs):
    slow = [value.detach().clone() for value in parameters(encoder, decoder)]
    for _ in range(epochs):
        compared(MSE)(encoder, decoder, train, 1)
        with torch.no_grad():
            for value, kept in zip(parameters(encoder, decoder), slow, strict=True):
                kept.lerp_(value, 0.5)
                value.copy_(torch.renorm(kept, 2, 0, 2.0) if value.ndim > 1 else kept)


def classifier_anew_in_every_epoch(encoder, train, epochs):
    for _ in range(epochs):
        classifier = classifying()(encoder, train, 1)
    return classifier


def classifier_dealt_anew(encoder, train, epochs):
    classifier = head()
    for _ in range(epochs):
        classifier.apply(deal_anew)
        classifying(lambda: classifier)(encoder, train, 1)
    return classifier


def better_of_two(encoder, train, epochs):
    one, _other = (classifying()(encoder, train, epochs) for _ in range(2))
    return one


def classifier_without_zeroing(encoder, train, epochs):
    codes, classifier = encoder(train.images).detach(), head()
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
    for _ in range(epochs):
        for picked in torch.randperm(len(codes)).split(128):
            functional.cross_entropy(classifier(codes[picked]), train.labels[picked]).backward()
            optimizer.step()
    return classifier


def image_by_image(encoder, decoder, train, epochs):
    optimizer = torch.optim.SGD(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for image in train.images:
            update(optimizer, MSE(decoder(encoder(image)), image))


# 4. Noise that is not drawn for every pixel, image, call, batch, epoch ----------------------------


def seeded(images, factor):
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(images.shape, generator=generator)
    return (images + factor * noise).clamp(0, 1)


def one_a_row(images, factor):
    noise = torch.randn(len(images), 28, 1).expand(-1, 28, 28).reshape(-1, 784)
    return (images + factor * noise).clamp(0, 1)


def halves_alike(images, factor):
    noise = torch.randn(len(images), 392).repeat(1, 2)
    return (images + factor * noise).clamp(0, 1)


def partly_shared(images, factor):
    noise = 0.8 * torch.randn(images.shape) + 0.6 * torch.randn(len(images), 1)
    return (images + factor * noise).clamp(0, 1)


def laplace(images, factor):
    noise = torch.distributions.Laplace(0, 1 / math.sqrt(2)).sample(images.shape)
    return (images + factor * noise).clamp(0, 1)


def fixed_strength(images, factor):
    return noisy(images, 0.1)


def folded(images, factor):
    return (images + factor * torch.randn_like(images)).abs().clamp(0, 1)


def from_a_generator(images, factor, _numbers=np.random.default_rng()):  # noqa: B008
    noise = _numbers.normal(0, factor, images.shape)
    return torch.tensor(np.clip(images.numpy() + noise, 0, 1), dtype=torch.float32)


def by_normal(images, factor):
    return torch.normal(images, factor).clip(min=0, max=1)


def by_distribution(images, factor):
    return torch.clamp(torch.distributions.Normal(images, factor).sample(), 0.0, 1.0)


def once_each_epoch(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder))
    for _ in range(epochs):
        corrupted = noisy(train.images, factor)
        for picked in torch.randperm(len(corrupted)).split(128):
            update(optimizer, MSE(decoder(encoder(corrupted[picked])), train.images[picked]))


def once_each_epoch_with_a_seed(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder))
    for _ in range(epochs):
        torch.manual_seed(7)
        corrupted = noisy(train.images, factor)
        for picked in torch.randperm(len(corrupted)).split(128):
            update(optimizer, MSE(decoder(encoder(corrupted[picked])), train.images[picked]))


def once_in_a_loader(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder))
    pairs = torch.utils.data.TensorDataset(noisy(train.images, factor), train.images)
    for _ in range(epochs):
        for corrupted, clean in torch.utils.data.DataLoader(pairs, 128, shuffle=True):
            update(optimizer, MSE(decoder(encoder(corrupted)), clean))


def once_for_one_image(encoder, decoder, train, factor, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder))
    noise = factor * torch.randn(784)
    for _ in range(epochs):
        for picked in torch.randperm(len(train.images)).split(128):
            clean = train.images[picked]
            update(optimizer, MSE(decoder(encoder((clean + noise).clamp(0, 1))), clean))


# 5. Layers as the task has them -----------------------------------------------------------------


def linear_in_the_middle():
    encoder, decoder = sigmoid_pair()
    return nn.Sequential(*encoder[:3], *encoder[4:]), decoder


def softmax_pixels():
    encoder, decoder = sigmoid_pair()
    return encoder, nn.Sequential(*decoder[:-1], nn.Softmax(1))


def linear_convolutions():
    layers = conv(1, 8), nn.AvgPool2d(2), conv(8, 16), nn.AvgPool2d(2)
    return convolutional(lambda: layers, up)()


def up(kernel=3, size=nn.Upsample):
    more = size(scale_factor=2), conv(16, 8, kernel), nn.ReLU()
    return *more, size(scale_factor=2), conv(8, 1, kernel), nn.Sigmoid()


def convolved_before():
    enlarge = nn.Upsample(scale_factor=2, mode="bilinear")
    return conv(16, 8), nn.ReLU(), enlarge, conv(8, 1), nn.Sigmoid(), enlarge


def gelu_pair():
    encoder, decoder = sigmoid_pair()
    for network in (encoder, decoder):
        network[1] = nn.GELU()
    return encoder, decoder


def normalised_pair():
    encoder, decoder = sigmoid_pair()
    return nn.Sequential(encoder[0], nn.BatchNorm1d(256), *encoder[1:]), decoder


def linear_head():
    return nn.Sequential(nn.Linear(100, 64), nn.Linear(64, 10))


def wide_head():
    return nn.Sequential(nn.Linear(100, 64), nn.Sigmoid(), nn.Linear(64, 12))


def only_a_decoder(train):
    return AUTOENCODER(train, (nn.Identity(), nn.Sequential(nn.Linear(784, 784), nn.Sigmoid())))


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide, self.last = nn.Linear(100, 64), nn.Linear(64, 10)

    def forward(self, codes):
        return self.last(torch.tanh(self.wide(codes))) / 2


# 6. All images, all pixels, all epochs ----------------------------------------------------------


def half_of_the_images(encoder, decoder, train, epochs):
    compared(MSE)(encoder, decoder, type(train)(train.images[:256], train.labels[:256]), epochs)


def first_batch_only(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for batch in train.images.split(128):
            update(optimizer, MSE(decoder(encoder(batch)), batch))
            break


def ten_epochs(encoder, decoder, train, epochs):
    compared(MSE)(encoder, decoder, train, 10)


def one_epoch_less(encoder, decoder, train, epochs):
    compared(MSE)(encoder, decoder, train, epochs - 1)


def images_of_its_own(encoder, decoder, train, epochs):
    compared(MSE)(encoder, decoder, type(train)(torch.rand(512, 784), train.labels), epochs)


def last_batch_of_an_epoch(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for batch in train.images.split(128):
            loss = MSE(decoder(encoder(batch)), batch)
        update(optimizer, loss)


def labels_of_its_own(encoder, train, epochs):
    return classifying()(encoder, type(train)(train.images, (train.labels + 4) % 10), epochs)


def codes_shifted(encoder, train, epochs):
    return classifying()(nn.Sequential(encoder, nn.Hardtanh(0.5, 0.6)), train, epochs)


def digits_changed(encoder, train, epochs):
    classifier = classifying()(encoder, train, epochs)
    train.images.mul_(255)
    return classifier


def images_changed(encoder, images):
    return encoder(images.mul_(0.5)).detach()


def encoder_changed(encoder, images):
    codes = encoder(images).detach()
    shaken(encoder)
    return codes


def maps_in_place(images, rebuilt):
    return images.sub_(rebuilt).abs_()


def centred_in_place(encoder, decoder, train, epochs):
    train.images.sub_(train.images.mean(0))
    compared(MSE)(encoder, decoder, train, epochs)


def middle_only(outputs, images):
    inner = slice(4, 24)
    rows, wanted = outputs.view(-1, 28, 28), images.view(-1, 28, 28)
    return MSE(rows[:, inner, inner], wanted[:, inner, inner])


def some_kept_back(encoder, decoder, train, epochs):
    part, rest = torch.utils.data.random_split(train.images, [0.9, 0.1])
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    for _ in range(epochs):
        for batch in torch.utils.data.DataLoader(part, 64, shuffle=True):
            update(optimizer, MSE(decoder(encoder(batch)), batch))
        for batch in torch.utils.data.DataLoader(rest, 64):
            MSE(decoder(encoder(batch)), batch).item()


def last_batch_dropped(encoder, decoder, train, epochs):
    optimizer = torch.optim.Adam(parameters(encoder, decoder), lr=0.01)
    loader = torch.utils.data.DataLoader(train.images, 100, shuffle=True, drop_last=True)
    for _ in range(epochs):
        for batch in loader:
            update(optimizer, MSE(decoder(encoder(batch)), batch))


def in_order_and_logged(encoder, decoder, train, epochs):
    optimizer = torch.optim.SGD(parameters(encoder, decoder), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        for batch in train.images.split(200):
            code = encoder(batch)
            encoder(batch[:9])
            update(optimizer, MSE(decoder(code), batch, reduction="sum") / 1000)


# 7. Honest mirrors and honest upsampling --------------------------------------------------------


def large_kernels():
    return convolutional(
        lambda: (*down(7), conv(16, 16, 7), nn.ReLU()),
        lambda: (conv(16, 16, 7), nn.ReLU(), *up(7)),
    )()


def reflected():
    def around(before, after):
        return nn.Conv2d(before, after, 5, padding=2, padding_mode="reflect")

    return convolutional(
        lambda: (
            around(1, 8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            around(8, 16),
            nn.ELU(),
            nn.MaxPool2d(2),
        ),
        lambda: (
            *(nn.Upsample(scale_factor=2), around(16, 8), nn.ReLU()),
            *(nn.Upsample(scale_factor=2), around(8, 1), nn.Sigmoid()),
        ),
    )()


def padded_and_dilated():
    def around(before, after):
        return nn.Sequential(nn.ZeroPad2d(2), nn.Conv2d(before, after, 3, dilation=2))

    return convolutional(
        lambda: (
            around(1, 8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            around(8, 16),
            nn.ELU(),
            nn.MaxPool2d(2),
        ),
        lambda: (
            *(nn.Upsample(size=(14, 14), mode="bicubic"), around(16, 8), nn.ReLU()),
            *(nn.Upsample(size=28, mode="bilinear", align_corners=True), around(8, 1)),
            nn.Sigmoid(),
        ),
    )()


def shuffled_pixels():
    return convolutional(
        down,
        lambda: (
            *(conv(16, 64), nn.PixelShuffle(2), nn.ReLU()),
            *(conv(16, 4), nn.PixelShuffle(2), nn.Sigmoid()),
        ),
    )()


def fully_connected_back():
    return convolutional(down, lambda: (nn.Flatten(), nn.Linear(784, 784), nn.Sigmoid()))()


def wide_transposed():
    return convolutional(
        down,
        lambda: (
            *(nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1), nn.ReLU()),
            *(nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1), nn.Sigmoid()),
        ),
    )()


# 8. What once broke the check itself ------------------------------------------------------------


def lazy():
    layers = nn.LazyConv2d(8, 3, padding=1), nn.ReLU(), nn.AvgPool2d(4)
    back = nn.Upsample(scale_factor=4), nn.LazyConv2d(1, 3, padding=1), nn.Sigmoid()
    return convolutional(lambda: layers, lambda: back)()


def without_weights():
    back = nn.Upsample(scale_factor=4), nn.Sigmoid()
    return convolutional(lambda: (conv(1, 1), nn.ReLU(), nn.AvgPool2d(4)), lambda: back)()


class Pair(nn.Module):
    def forward(self, codes):
        return codes, codes


def two_codes():
    encoder, decoder = sigmoid_pair()
    return nn.Sequential(encoder, Pair()), decoder


def built_as_float64():
    encoder, decoder = sigmoid_pair()
    return encoder.double(), decoder


def to_float64(encoder, decoder, train, epochs):
    pair = encoder.double(), decoder.double()
    compared(MSE)(*pair, type(train)(train.images.double(), train.labels), epochs)


def none_at_one(images, factor):
    return noisy(images, factor) if factor < 1 else None


def leaves(encoder, decoder, train, epochs):
    raise SystemExit("enough")


def absolute64(images, rebuilt):
    return (images.double() - rebuilt.double()).abs()


# 9. One message for one cause -------------------------------------------------------------------


def standardised(encoder, decoder, batch, optimizer):
    batch = (batch - 0.1307) / 0.3081
    update(optimizer, MSE(decoder(encoder(batch)), batch))


def batches_as_pairs(encoder, decoder, train, epochs):
    data = torch.utils.data.TensorDataset(*train)
    for batch in torch.utils.data.DataLoader(data, 128):
        decoder(encoder(batch))


RIGHT = {
    "1: two optimizers": (
        AUTOENCODER,
        training(
            lambda e, d, x, o: update(o, MSE(d(e(x)), x)),
            moved=lambda e, d: [{"params": e.parameters()}, {"params": d.parameters(), "lr": 1e-3}],
        ),
    ),
    "1: a decaying weight": (AUTOENCODER, compared(lambda y, x: (y - x).square().sum() / 512)),
    "1: noise on the code": (
        AUTOENCODER,
        run_by(lambda e, d, x: d(e(x) + 0.01 * torch.randn(len(x), 64))),
    ),
    "2: steps by hand": (AUTOENCODER, by_hand),
    "2: absolute error": (AUTOENCODER, compared(functional.l1_loss)),
    "2: smoothed labels": (
        checks.classifier_training,
        classifying(loss=nn.CrossEntropyLoss(label_smoothing=0.1)),
    ),
    "2: best weights returned": (checks.classifier_training, classifying(finish=copy.deepcopy)),
    "3: layer by layer": (AUTOENCODER, run_by(layer_by_layer)),
    "3: products": (AUTOENCODER, run_by(by_products)),
    "3: functional_call": (AUTOENCODER, run_by(by_functional_call)),
    "3: one network of all layers": (AUTOENCODER, run_by(lambda e, d, x: nn.Sequential(*e, *d)(x))),
    "3: scores and logits": (AUTOENCODER, training(scores_and_logits)),
    "3: checkpoints": (AUTOENCODER, run_by(with_checkpoints)),
    "3: copies": (AUTOENCODER, on_a_copy),
    "3: torch.func": (AUTOENCODER, training(torch_func_gradients)),
    "3: torch.func, a denoiser": (fresh, func_denoiser(lambda noise, clean: clean)),
    "3: torch.func, a classifier": (checks.classifier_training, classifier_by_func),
    "3: copies moved by hand": (AUTOENCODER, copies_by_hand),
    "2: bounded and averaged": (AUTOENCODER, bounded_and_averaged),
    "2: the better of two": (checks.classifier_training, better_of_two),
    "3: forward and keywords": (
        fresh,
        denoiser(loss=lambda output, clean: MSE(target=clean, input=output)),
    ),
    "4: a generator of numpy": (checks.noise, from_a_generator),
    "4: torch.normal": (checks.noise, by_normal),
    "4: a distribution": (checks.noise, by_distribution),
    "4: anew in every epoch": (fresh, once_each_epoch),
    "4: once, in a loader": (once, once_in_a_loader),
    "5: another activation": (checks.shapes, gelu_pair),
    "5: batch normalisation": (checks.shapes, normalised_pair),
    "5: a deep classifier": (checks.classifier_training, classifying(Deep)),
    "5: logarithms of probabilities": (
        checks.classifier_training,
        classifying(lambda: head(nn.LogSoftmax(1)), functional.nll_loss),
    ),
    "6: some kept back": (AUTOENCODER, some_kept_back),
    "6: the last batch dropped": (AUTOENCODER, last_batch_dropped),
    "6: in order and logged": (AUTOENCODER, in_order_and_logged),
    "7: large kernels, upsampled": (checks.upsampled, large_kernels),
    "7: large kernels, mirrored": (checks.mirrored, large_kernels),
    "7: reflected borders": (checks.upsampled, reflected),
    "7: padded and dilated": (checks.upsampled, padded_and_dilated),
    "8: lazy layers": (checks.mirrored, lazy),
    "8: lazy layers, shapes": (checks.shapes, lazy),
    "8: errors as float64": (checks.error_map, absolute64),
}

WRONG = {
    "1: encoder frozen": (AUTOENCODER, frozen, "set to require no gradient"),
    "1: inference mode": (AUTOENCODER, training(inference), "gradients are switched off"),
    "1: through numpy": (AUTOENCODER, run_by(through_numpy), "where is it cut?"),
    "1: decoder left out": (
        AUTOENCODER,
        compared(MSE, moved=lambda e, d: e.parameters()),
        "The decoder is not trained: gradients reach its weights",
    ),
    "1: denoiser without encoder": (
        fresh,
        denoiser(moved=lambda e, d: d.parameters()),
        "The encoder is not trained: gradients reach its weights",
    ),
    "2: gradients of 0": (AUTOENCODER, training(zeros_for_gradients), "only gradients of 0"),
    "2: zeroed too late": (AUTOENCODER, training(zeroed_too_late), "In which order do zero_grad()"),
    "2: a rate of 0": (AUTOENCODER, rate_of_zero, "How large is the learning rate"),
    "2: biases left out": (AUTOENCODER, compared(MSE, moved=bias_left_out), "encoder 0.bias"),
    "2: infinite": (AUTOENCODER, compared(infinite), "numbers that are not finite"),
    "2: zeroed once an epoch": (AUTOENCODER, zeroed_once_an_epoch, "still held those of earlier"),
    "2: by hand, never zeroed": (AUTOENCODER, by_hand_without_zeroing, "still held those"),
    "2: labels in another order": (
        checks.classifier_training,
        shuffled_labels,
        "does not pull up the score of the image's own label",
    ),
    "2: loss upside down": (
        checks.classifier_training,
        classifying(loss=lambda s, t: -functional.cross_entropy(s, t)),
        "pushes the score of the right digit down",
    ),
    "2: infinite, a classifier": (
        checks.classifier_training,
        classifying(loss=lambda s, t: math.nan * functional.cross_entropy(s, t)),
        "numbers that are not finite",
    ),
    "2: the first layer left out": (checks.classifier_training, last_layer_moved, "0.weight, 0.b"),
    "2: no training at all": (
        checks.classifier_training,
        torch.no_grad()(lambda e, t, n: head()),
        "no gradient was computed for any weights",
    ),
    "2: a new network returned": (
        checks.classifier_training,
        classifying(finish=lambda trained: head()),
        "Which network does the function return?",
    ),
    "2: nothing returned": (
        checks.classifier_training,
        classifying(finish=lambda trained: None),
        "`return classifier`",
    ),
    "2: dealt anew in every epoch": (AUTOENCODER, anew_in_every_epoch, "unlike those that"),
    "2: a classifier dealt anew": (
        checks.classifier_training,
        classifier_dealt_anew,
        "unlike those that the last step has left",
    ),
    "2: a new classifier in every epoch": (
        checks.classifier_training,
        classifier_anew_in_every_epoch,
        "took part in 1 of the steps",
    ),
    "2: a classifier, never zeroed": (
        checks.classifier_training,
        classifier_without_zeroing,
        "still held those of earlier",
    ),
    "3: torch.func, the noisy image": (
        fresh,
        func_denoiser(lambda noise, clean: noise),
        "with the noisy image",
    ),
    "3: torch.vmap, a denoiser": (
        fresh,
        func_denoiser(lambda noise, clean: clean, over_rows),
        "cannot be watched",
    ),
    "3: copies that are thrown away": (
        AUTOENCODER,
        lambda e, d, t, n: compared(MSE)(copy.deepcopy(e), copy.deepcopy(d), t, n),
        "a network copied or built again",
    ),
    "3: layer by layer, last left out of the loss": (
        AUTOENCODER,
        run_by(lambda e, d, x: layer_by_layer(e, d, x).detach().requires_grad_()),
        "No gradient came back to the weights",
    ),
    "3: shaken": (AUTOENCODER, lambda e, d, t, n: shaken(e, d), "no better than before"),
    "3: a classifier shaken": (
        checks.classifier_training,
        shaken_classifier,
        "No batch of codes (n, 100) was seen",
    ),
    "3: one network, negative": (
        AUTOENCODER,
        training(lambda e, d, x, o: update(o, MSE(nn.Sequential(*e, *d)(x), 1 - x))),
        "does not pull the output towards the image",
    ),
    "4: a seed inside": (checks.noise, seeded, "Two calls give the same noise"),
    "4: one number an image": (
        checks.noise,
        lambda x, f: (x + f * torch.randn(len(x), 1)).clamp(0, 1),
        "look at the shape of what you draw",
    ),
    "4: no numbers": (checks.noise, lambda x, f: math.nan * x, "numbers that are not finite"),
    "4: one number a row": (checks.noise, one_a_row, "pixels is related"),
    "4: halves alike": (checks.noise, halves_alike, "pixels is related"),
    "4: a part shared": (checks.noise, partly_shared, "pixels is related"),
    "4: Laplace": (checks.noise, laplace, "not Gaussian"),
    "4: the factor unused": (checks.noise, fixed_strength, "times the factor"),
    "4: squashed by a sigmoid": (
        checks.noise,
        lambda x, f: torch.sigmoid(x + f * torch.randn_like(x)),
        "noise around 0 leaves averages",
    ),
    "4: the image faded": (
        checks.noise,
        lambda x, f: ((1 - f) * x + f * torch.randn_like(x)).clamp(0, 1),
        "noise around 0 leaves averages",
    ),
    "4: folded": (checks.noise, folded, "in a way other than the formula's"),
    "4: a seed in the batch": (fresh, denoiser(seeded), "Several images got the same noise"),
    "4: a seed in the epoch": (fresh, once_each_epoch_with_a_seed, "gets the same noise"),
    "4: one noise for all": (once, once_for_one_image, "Several images got the same noise"),
    "5: linear in the middle": (checks.shapes, linear_in_the_middle, "nothing in between"),
    "5: linear, mirrored": (checks.mirrored, linear_in_the_middle, "nothing in between"),
    "5: softmax over pixels": (checks.shapes, softmax_pixels, "add up to 1"),
    "5: linear convolutions": (checks.shapes, linear_convolutions, "is a linear map"),
    "5: convolved before": (
        checks.upsampled,
        convolutional(down, convolved_before),
        "is enlarged afterwards",
    ),
    "5: convolved before, mirrored": (
        checks.mirrored,
        convolutional(down, convolved_before),
        "the order of the steps",
    ),
    "5: a flat code": (checks.upsampled, sigmoid_pair, "channels, rows and columns are expected"),
    "5: no layers": (only_a_decoder, compared(MSE), "The encoder has no layer with weights"),
    "5: twelve scores": (
        checks.classifier_training,
        classifying(wide_head),
        "found (16, 12). How wide is the last layer?",
    ),
    "5: linear classifier": (
        checks.classifier_training,
        classifying(linear_head),
        "The classifier is a linear map",
    ),
    "5: tanh at the end": (
        checks.classifier_training,
        classifying(lambda: head(nn.Tanh())),
        "An activation follows the last layer",
    ),
    "5: ReLU at the end": (
        checks.classifier_training,
        classifying(lambda: head(nn.ReLU())),
        "An activation follows the last layer",
    ),
    "6: half of the images": (AUTOENCODER, half_of_the_images, "only 256 were used"),
    "6: the first batch": (AUTOENCODER, first_batch_only, "only 128 were used"),
    "6: ten epochs": (AUTOENCODER, ten_epochs, "took part in 10 of the steps"),
    "6: one epoch less": (AUTOENCODER, one_epoch_less, "took part in 2 of the steps"),
    "6: other images": (AUTOENCODER, images_of_its_own, "Images other than those passed in"),
    "6: the last batch": (AUTOENCODER, last_batch_of_an_epoch, "backward() ran for 3 of them"),
    "6: other labels": (checks.classifier_training, labels_of_its_own, "every 0 has the label 4"),
    "6: labels one too large": (
        checks.classifier_training,
        classifying(loss=lambda s, t: functional.cross_entropy(s, t + 1)),
        "Target 10 is out of bounds",
    ),
    "6: other codes": (
        checks.classifier_training,
        codes_shifted,
        "not what the encoder makes of the images",
    ),
    "6: digits changed": (
        checks.classifier_training,
        digits_changed,
        "The digits of `train` were changed in place",
    ),
    "6: images changed": (checks.feature_extraction, images_changed, "were changed in place"),
    "6: an encoder changed": (
        checks.feature_extraction,
        encoder_changed,
        "The encoder's weights changed while features were extracted",
    ),
    "6: maps in place": (checks.error_map, maps_in_place, "were changed in place"),
    "6: centred in place": (AUTOENCODER, centred_in_place, "were changed in place"),
    "6: the middle only": (AUTOENCODER, compared(middle_only), "51% of the pixels"),
    "6: first of each batch": (
        AUTOENCODER,
        compared(lambda y, x: MSE(y[:1], x[:1])),
        "only 12 contribute to the loss",
    ),
    "7: shuffled pixels": (checks.upsampled, shuffled_pixels, "an image with a pattern"),
    "7: fully connected": (checks.upsampled, fully_connected_back, "an image with a pattern"),
    "7: wide transposed": (checks.upsampled, wide_transposed, "an image with a pattern"),
    "8: a decoder without weights": (checks.mirrored, without_weights, "go nowhere"),
    "8: networks as float64": (AUTOENCODER, to_float64, "weights of torch.float64"),
    "8: two codes": (checks.shapes, two_codes, "must return a tensor; found tuple"),
    "8: built as float64": (checks.shapes, built_as_float64, "weights are torch.float64"),
    "8: a classifier as float64": (
        checks.classifier_training,
        classifying(finish=lambda trained: trained.double()),
        "weights are torch.float64; features are float32",
    ),
    "8: None for one factor": (checks.noise, none_at_one, "Nothing is returned (None)"),
    "8: an exit": (AUTOENCODER, leaves, "SystemExit: enough"),
    "8: features as float64": (
        checks.feature_extraction,
        lambda e, x: e(x).detach().double(),
        "torch.float64; torch.float32 is expected",
    ),
    "9: standardised": (AUTOENCODER, training(standardised), "pixels from -0.42 to 2.8"),
    "9: batches as pairs": (AUTOENCODER, batches_as_pairs, "`decoder(encoder(batch))`"),
    "9: two sigmoids": (
        AUTOENCODER,
        compared(functional.binary_cross_entropy_with_logits),
        "has already passed through one",
    ),
    "9: upside down": (AUTOENCODER, compared(lambda y, x: -MSE(y, x)), "has the wrong sign"),
    "9: an array of errors": (
        checks.error_map,
        lambda a, b: np.abs(a.numpy() - b.numpy()),
        "found ndarray of shape (20, 784)",
    ),
    "9: features in another order": (
        checks.feature_extraction,
        lambda e, x: e(x[torch.randperm(len(x))]).detach(),
        "What changes the order",
    ),
    "9: codes that are doubled": (
        checks.feature_extraction,
        lambda e, x: 2 * e(x).detach(),
        "is nothing done to its codes afterwards",
    ),
    "9: pixels left out": (checks.noise, functional.dropout, "by exactly the same amount"),
}


@pytest.mark.parametrize(("check", "answer"), RIGHT.values(), ids=RIGHT)
def test_a_right_answer_passes_however_it_is_written(check, answer):
    result = check(answer)
    assert result.messages == []
    assert is_said_in_both_languages(result)


@pytest.mark.parametrize(("check", "answer", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_told_its_own_cause_and_no_other(check, answer, message, snapshot):
    result = check(answer)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def test_the_error_names_the_line_of_the_learners_own_code():
    [message] = AUTOENCODER(batches_as_pairs).messages
    assert "in `batches_as_pairs`: `decoder(encoder(batch))`" in message


def test_an_unfinished_answer_that_is_finished_later_leaves_no_failure_behind():
    def add_noise(images, factor):
        return images + missing

    missing = ...
    with pytest.raises(checks.TaskNotDone, match=r"^noise: `add_noise`"):
        checks.noise(add_noise)
    last = checks.report()[-1]
    assert (last["check"], last["passed"]) == ("noise", False)
    before = {one["check"] for one in checks.report()}
    checks.noise(noisy)
    after = {one["check"]: one["passed"] for one in checks.report()}
    assert set(after) == before
    assert after["noise"]


def test_a_measured_number_that_is_none_is_no_nan_in_the_report(tmp_path):
    checks.Result("nan", [checks.Step("a step", True)], {"test_mse": math.nan}).record()
    checks.report(tmp_path / "report.json")

    def refuse(text):
        raise AssertionError(text)

    found = json.loads(
        (tmp_path / "report.json").read_text(encoding="utf-8"), parse_constant=refuse
    )
    assert found[-1]["measured"] == {"test_mse": None}


def test_the_checks_digits_are_those_of_the_book_and_survive_a_change(monkeypatch):
    from aelib.checks import data
    from aelib.mnist import load_mnist

    first = data.training_digits(100)
    assert torch.equal(first.images, torch.from_numpy(load_mnist().train.images[:100]))
    first.images.zero_()
    monkeypatch.setattr(data, "load_mnist", None)  # not asked a second time
    assert data.training_digits(100).images.any()
    assert len(data.test_digits().images) == 10_000


def test_a_check_puts_back_the_gradient_switch_and_the_default_type():
    def switches(images, factor):
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return noisy(images, factor)

    checks.noise(switches)
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


def test_a_training_may_take_image_by_image_without_an_axis_for_the_batch(monkeypatch):
    from aelib.checks import probes

    monkeypatch.setattr(probes, "IMAGES", 24)
    assert AUTOENCODER(image_by_image).messages == []


def chance_of_a_correlation(bound, count):
    """Two-sided, for two lists of so many independent normal numbers, from its density."""
    size = np.linspace(-1, 1, 200_001)
    density = (1 - size**2) ** ((count - 4) / 2)
    return density[abs(size) > bound].sum() / density.sum()


def test_a_right_answer_meets_a_false_alarm_once_in_a_million_checks_at_most():
    pixels, images, epochs = 392, 300, 3
    rows = 512 * epochs
    alarms = (
        rows * (rows - 1) / 2 * chance_of_a_correlation(ALIKE, pixels)
        + 784 * 783 / 2 * chance_of_a_correlation(ALIKE, images)
        + math.erfc(CENTRE * math.sqrt(100_000 / 2))
        + math.erfc((SPREAD[1] - 1) * math.sqrt(100_000))
    )
    assert alarms < 1e-6


SEEDS = int(os.environ.get("AELIB_SEEDS", "3"))
"""Seeds of a right answer; AELIB_SEEDS=1000 looks for false alarms in earnest, in some minutes."""


@pytest.mark.parametrize("seed", range(SEEDS))
def test_right_noise_passes_with_any_seed(seed):
    result = checks.Result("noise")
    with quietly(seed):
        checks.noise.add(result, noisy)
    assert result.messages == []


@pytest.mark.parametrize("seed", range(min(SEEDS, 1000)))
def test_the_noise_of_a_right_training_passes_with_any_seed(seed):
    with quietly(seed):
        originals = torch.arange(512).repeat(3)
        judge_noise(torch.randn(3 * 512, 392), originals)
        kept = torch.randn(512, 392).repeat(3, 1)
        judge_noise(kept, originals)
        judge_copies(torch.randn(3 * 512, 392), originals, fresh=True)
        judge_copies(kept, originals, fresh=False)
