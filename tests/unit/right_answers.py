"""Answers of learners, all right, each written in another way."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import aelib


def train(networks, inputs, targets, loss, *, epochs, rate, size, optimizer=torch.optim.Adam):
    """Run a plain loop over shuffled batches; inputs may be a function of the picked places."""
    moved = optimizer([p for network in networks for p in network.parameters()], lr=rate)
    for _ in range(epochs):
        for picked in torch.randperm(len(targets)).split(size):
            outputs = inputs(picked) if callable(inputs) else inputs[picked]
            for network in networks:
                outputs = network(outputs)
            moved.zero_grad()
            loss(outputs, targets[picked]).backward()
            moved.step()


class Flow(nn.Module):
    """Layers one after the other, written as a class."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Plain:
    """Exercise 2 with loops of one's own."""

    @staticmethod
    def build_autoencoder():
        return aelib.mlp_autoencoder(aelib.SIGMOID_SIZES, nn.Sigmoid)

    @staticmethod
    def train_autoencoder(encoder, decoder, data, epochs):
        images, recipe = data.images, {"epochs": epochs, "rate": 0.01, "size": 256}
        train((encoder, decoder), images, images, aelib.half_mse, **recipe)

    @staticmethod
    def extract_features(encoder, images):
        with torch.no_grad():
            return encoder(images)

    @classmethod
    def train_classifier(cls, encoder, data, epochs):
        codes = cls.extract_features(encoder, data.images)
        classifier = nn.Sequential(nn.Linear(100, 64), nn.Sigmoid(), nn.Linear(64, 10))
        recipe = {"epochs": epochs, "rate": 0.01, "size": 256}
        train((classifier,), codes, data.labels, functional.cross_entropy, **recipe)
        return classifier


class Library(Plain):
    """Exercise 2 with what the book's package has."""

    @staticmethod
    def train_autoencoder(encoder, decoder, data, epochs):
        recipe = {"epochs": epochs, "learning_rate": 0.01, "loss": aelib.half_mse}
        aelib.fit(nn.Sequential(encoder, decoder), data.images, **recipe)

    @staticmethod
    def extract_features(encoder, images):
        return aelib.evaluate(encoder, images)

    @staticmethod
    def train_classifier(encoder, data, epochs):
        classifier = aelib.mlp((100, 64, 10), nn.ReLU, last=nn.Identity)
        codes = aelib.evaluate(encoder, data.images)
        recipe = {"epochs": epochs, "loss": nn.CrossEntropyLoss(), "learning_rate": 0.01}
        aelib.fit(classifier, codes, data.labels, **recipe)
        return classifier


class Loaders(Plain):
    """Exercise 2 with classes, data loaders, another loss and clipped gradients."""

    @staticmethod
    def build_autoencoder():
        wide, middle = nn.Linear(784, 256), nn.Linear(256, 128)
        encoder = Flow(wide, nn.Sigmoid(), middle, nn.Sigmoid(), nn.Linear(128, 100), nn.Sigmoid())
        back = nn.Linear(100, 128), nn.Sigmoid(), nn.Linear(128, 256), nn.Sigmoid()
        return encoder, Flow(*back, nn.Linear(256, 784), nn.Sigmoid())

    @staticmethod
    def train_autoencoder(encoder, decoder, data, epochs):
        parameters = [*encoder.parameters(), *decoder.parameters()]
        optimizer = torch.optim.AdamW(parameters, lr=0.01, weight_decay=0)
        for _ in range(epochs):
            for (batch,) in DataLoader(TensorDataset(data.images), 256, shuffle=True):
                loss = functional.binary_cross_entropy(decoder(encoder(batch)), batch)
                optimizer.zero_grad(set_to_none=False)
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()

    @staticmethod
    def extract_features(encoder, images):
        return torch.cat([encoder(part).detach() for part in images.split(100)])

    @classmethod
    def train_classifier(cls, encoder, data, epochs):
        codes = cls.extract_features(encoder, data.images)
        logs = nn.Sequential(nn.Linear(100, 64), nn.Tanh(), nn.Linear(64, 10), nn.LogSoftmax(1))
        recipe = {"epochs": epochs, "rate": 0.01, "size": 256}
        train((logs,), codes, data.labels, nn.NLLLoss(), **recipe)
        return logs


class PlainConvolution:
    """Exercise 3 as on the page."""

    @staticmethod
    def build_autoencoder():
        encoder = nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        )
        decoder = nn.Sequential(
            *(nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 3, padding=1), nn.ReLU()),
            *(nn.Upsample(scale_factor=2), nn.Conv2d(16, 1, 3, padding=1), nn.Sigmoid()),
            nn.Flatten(),
        )
        return encoder, decoder

    @staticmethod
    def train_autoencoder(encoder, decoder, data, epochs):
        images, recipe = data.images, {"epochs": epochs, "rate": 0.001, "size": 64}
        train((encoder, decoder), images, images, functional.mse_loss, **recipe)

    @staticmethod
    def error_maps(images, rebuilt):
        return (images - rebuilt).abs()


class Functional(PlainConvolution):
    """Exercise 3 with functions for what has no weights, average pooling, smooth upsampling."""

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(1, 8, 5, padding=2)
            self.second = nn.Conv2d(8, 16, 3, padding="same")

        def forward(self, x):
            x = functional.avg_pool2d(functional.leaky_relu(self.first(x.view(-1, 1, 28, 28))), 2)
            return functional.avg_pool2d(functional.leaky_relu(self.second(x)), 2)

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(16, 8, 3, padding="same")
            self.second = nn.Conv2d(8, 1, 5, padding=2)

        def forward(self, z):
            z = functional.interpolate(z, scale_factor=2, mode="bilinear", align_corners=False)
            z = functional.interpolate(functional.leaky_relu(self.first(z)), scale_factor=2)
            return torch.sigmoid(self.second(z)).reshape(len(z), -1)

    @classmethod
    def build_autoencoder(cls):
        return cls.Encoder(), cls.Decoder()

    @staticmethod
    def error_maps(images, rebuilt):
        return torch.maximum(images - rebuilt, rebuilt - images)


class FittedConvolution(PlainConvolution):
    """Exercise 3 with the package's loop, a narrower code and copies of pixels."""

    @staticmethod
    def build_autoencoder():
        encoder = nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)),
            *(nn.Conv2d(1, 12, 3, padding=1), nn.MaxPool2d(2), nn.ELU()),
            *(nn.Conv2d(12, 4, 3, padding=1), nn.MaxPool2d(2), nn.ELU()),
        )
        decoder = Flow(
            *(nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(4, 12, 3, padding=1), nn.ELU()),
            *(nn.UpsamplingNearest2d(scale_factor=2), nn.Conv2d(12, 1, 3, padding=1)),
            *(nn.Sigmoid(), nn.Flatten()),
        )
        return encoder, decoder

    @staticmethod
    def train_autoencoder(encoder, decoder, data, epochs):
        aelib.fit(nn.Sequential(encoder, decoder), data.images, epochs=epochs, batch_size=64)

    @staticmethod
    def error_maps(images, rebuilt):
        return torch.sqrt((images - rebuilt) ** 2)


class PlainNoise:
    """Exercise 4 as on the page."""

    @staticmethod
    def add_noise(images, factor):
        return (images + factor * torch.randn_like(images)).clamp(0, 1)

    @classmethod
    def train_denoiser(cls, encoder, decoder, data, factor, epochs):
        def noisy(picked):
            return cls.add_noise(data.images[picked], factor)

        recipe = {"epochs": epochs, "rate": 0.001, "size": 64}
        train((encoder, decoder), noisy, data.images, functional.mse_loss, **recipe)

    @classmethod
    def train_denoiser_once(cls, encoder, decoder, data, factor, epochs):
        noisy = cls.add_noise(data.images, factor)
        recipe = {"epochs": epochs, "rate": 0.001, "size": 64}
        train((encoder, decoder), noisy, data.images, functional.mse_loss, **recipe)


class NumpyNoise(PlainNoise):
    """Exercise 4 with numpy's noise, smaller batches and half of the loss."""

    @staticmethod
    def add_noise(images, factor):
        noise = np.random.normal(0, factor, images.shape)
        return torch.from_numpy(np.clip(images.numpy() + noise, 0, 1)).float()

    @classmethod
    def train_denoiser(cls, encoder, decoder, data, factor, epochs):
        whole, recipe = nn.Sequential(encoder, decoder), {"epochs": epochs, "rate": 0.001}
        train(
            (whole,),
            lambda picked: cls.add_noise(data.images[picked], factor),
            data.images,
            aelib.half_mse,
            size=32,
            **recipe,
        )


class LibraryNoise(PlainNoise):
    """Exercise 4 with what the book's package has."""

    @staticmethod
    def add_noise(images, factor):
        return aelib.add_noise(images, factor)

    @staticmethod
    def train_denoiser(encoder, decoder, data, factor, epochs):
        def corrupt(batch, generator):
            return aelib.add_noise(batch, factor, generator=generator)

        network = nn.Sequential(encoder, decoder)
        aelib.fit(network, data.images, corrupt=corrupt, batch_size=64, epochs=epochs)

    @classmethod
    def train_denoiser_once(cls, encoder, decoder, data, factor, epochs):
        network, noisy = nn.Sequential(encoder, decoder), cls.add_noise(data.images, factor)
        aelib.fit(network, noisy, data.images, batch_size=64, epochs=epochs)
