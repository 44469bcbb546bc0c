"""Parts of which the tests make answers, right and wrong."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

import aelib

MSE = functional.mse_loss


def parameters(*networks):
    return [value for network in networks for value in network.parameters()]


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def training(step, *, moved=parameters, size=128, rate=0.01):
    """Make a training of an autoencoder; ``step(encoder, decoder, batch, optimizer)`` is open."""

    def train_autoencoder(encoder, decoder, train, epochs):
        optimizer = torch.optim.Adam(moved(encoder, decoder), lr=rate)
        for _ in range(epochs):
            for picked in torch.randperm(len(train.images)).split(size):
                step(encoder, decoder, train.images[picked], optimizer)

    return train_autoencoder


def compared(loss, **options):
    """Make a training whose loss is ``loss(output, image)``."""
    return training(lambda e, d, x, o: update(o, loss(d(e(x)), x)), **options)


def run_by(forward, **options):
    """Make a right training whose output is ``forward(encoder, decoder, batch)``."""
    return training(lambda e, d, x, o: update(o, MSE(forward(e, d, x), x)), **options)


def noisy(images, factor):
    return (images + factor * torch.randn_like(images)).clamp(0, 1)


def denoiser(noise=noisy, loss=MSE, moved=parameters):
    def train_denoiser(encoder, decoder, train, factor, epochs):
        optimizer = torch.optim.Adam(moved(encoder, decoder))
        for _ in range(epochs):
            for picked in torch.randperm(len(train.images)).split(128):
                clean = train.images[picked]
                update(optimizer, loss(decoder(encoder(noise(clean, factor))), clean))

    return train_denoiser


def head(*last):
    return nn.Sequential(nn.Linear(100, 64), nn.Sigmoid(), nn.Linear(64, 10), *last)


def classifying(make=head, loss=functional.cross_entropy, finish=lambda network: network):
    def train_classifier(encoder, train, epochs):
        with torch.no_grad():
            codes = encoder(train.images)
        classifier = make()
        optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
        for _ in range(epochs):
            for picked in torch.randperm(len(codes)).split(128):
                update(optimizer, loss(classifier(codes[picked]), train.labels[picked]))
        return finish(classifier)

    return train_classifier


def conv(before, after, kernel=3):
    return nn.Conv2d(before, after, kernel, padding=kernel // 2)


def convolutional(encoder_layers, decoder_layers):
    """Make the function that builds both, from layers between folding and flattening."""

    def build_autoencoder():
        encoder = nn.Sequential(nn.Unflatten(1, (1, 28, 28)), *encoder_layers())
        return encoder, nn.Sequential(*decoder_layers(), nn.Flatten())

    return build_autoencoder


def down(kernel=3):
    pool = nn.MaxPool2d(2)
    return conv(1, 8, kernel), nn.ReLU(), pool, conv(8, 16, kernel), nn.ReLU(), pool


def sigmoid_pair():
    return aelib.mlp_autoencoder(aelib.SIGMOID_SIZES, nn.Sigmoid)
