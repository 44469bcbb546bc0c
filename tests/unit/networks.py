"""Fifty-five networks as people have published them, small and untrained.

Their ideas are those of public repositories, told again; ``NETWORKS`` has a function for each, that
makes what is given to ``aelib.Explorer``.
"""

import warnings

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune

from aelib.live import Parallel

IMAGE = nn.Unflatten(1, (1, 28, 28))


def mlp(*middle: nn.Module, bias: bool = True) -> tuple[nn.Module, nn.Module]:
    encoder = nn.Sequential(nn.Linear(784, 24, bias=bias), *middle, nn.Linear(24, 6))
    return encoder, nn.Sequential(nn.Linear(6, 784), nn.Sigmoid())


def convolutions(*middle: nn.Module, channels: int = 4) -> tuple[nn.Module, nn.Module]:
    """Two halves; what is given stands behind the first convolution, (4, 14, 14)."""
    encoder = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), *middle, nn.Conv2d(channels, 2, 3, 2, 1))
    decoder = nn.Sequential(
        nn.ConvTranspose2d(2, 4, 2, 2), nn.ReLU(), nn.ConvTranspose2d(4, 1, 2, 2), nn.Sigmoid()
    )
    return encoder, decoder


def decoded(*layers: nn.Module) -> tuple[nn.Module, nn.Module]:
    """An encoder to (4, 7, 7), and the decoder given."""
    encoder = nn.Sequential(
        nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 4, 3, 2, 1), nn.ReLU()
    )
    return encoder, nn.Sequential(*layers, nn.Sigmoid())


class Own(nn.Module):
    """A module with layers and a forward given as a function of them."""

    def __init__(self, run, **layers):
        super().__init__()
        self.run = run
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.run(self, x)


def simple():
    encoder = nn.Sequential(nn.Linear(784, 32), nn.ReLU(True), nn.Linear(32, 3))
    return encoder, nn.Sequential(nn.Linear(3, 32), nn.ReLU(True), nn.Linear(32, 784), nn.Tanh())


def published_convolutions(before=(), after=()):
    encoder = nn.Sequential(
        *before,
        nn.Conv2d(1, 16, 3, stride=3, padding=1),
        nn.ReLU(True),
        nn.MaxPool2d(2, stride=2),
        nn.Conv2d(16, 8, 3, stride=2, padding=1),
        nn.ReLU(True),
        nn.MaxPool2d(2, stride=1),
    )
    decoder = nn.Sequential(
        nn.ConvTranspose2d(8, 16, 3, stride=2),
        nn.ReLU(True),
        nn.ConvTranspose2d(16, 8, 5, stride=3, padding=1),
        nn.ReLU(True),
        nn.ConvTranspose2d(8, 1, 2, stride=2, padding=1),
        nn.Tanh(),
        *after,
    )
    return encoder, decoder


def udacity():
    def encode(self, x):
        x = functional.max_pool2d(functional.relu(self.one(x)), 2)
        return functional.max_pool2d(functional.relu(self.two(x)), 2)

    def decode(self, x):
        x = functional.relu(self.one(functional.interpolate(x, scale_factor=2, mode="nearest")))
        return torch.sigmoid(self.two(functional.interpolate(x, scale_factor=2, mode="nearest")))

    return (
        Own(encode, one=nn.Conv2d(1, 4, 3, padding=1), two=nn.Conv2d(4, 2, 3, padding=1)),
        Own(decode, one=nn.Conv2d(2, 4, 3, padding=1), two=nn.Conv2d(4, 1, 3, padding=1)),
    )


def vae():
    def encode(self, x):
        h = functional.relu(self.one(x.view(-1, 784)))
        return self.mean(h), self.variance(h)

    layers = {"one": nn.Linear(784, 24), "mean": nn.Linear(24, 5), "variance": nn.Linear(24, 5)}
    return Own(encode, **layers), mlp()[1][:0].append(nn.Linear(5, 784)).append(nn.Sigmoid())


def functions():
    return (
        Own(lambda self, x: functional.leaky_relu(self.one(x)), one=nn.Linear(784, 8)),
        Own(lambda self, z: torch.sigmoid(self.one(z)), one=nn.Linear(8, 784)),
    )


def deep_svdd():
    def encode(self, x):
        x = x.view(-1, 1, 28, 28)
        x = functional.max_pool2d(functional.leaky_relu(self.norm1(self.one(x))), 2, 2)
        x = functional.max_pool2d(functional.leaky_relu(self.norm2(self.two(x))), 2, 2)
        return self.last(x.view(int(x.size(0)), -1))

    def decode(self, x):
        x = functional.interpolate(
            functional.leaky_relu(x.view(int(x.size(0)), 2, 4, 4)), scale_factor=2
        )
        x = functional.interpolate(functional.leaky_relu(self.norm3(self.three(x))), scale_factor=2)
        x = functional.interpolate(functional.leaky_relu(self.norm4(self.four(x))), scale_factor=2)
        return torch.sigmoid(self.five(x))

    def norm(channels):
        return nn.BatchNorm2d(channels, eps=1e-4, affine=False)

    def kernel(inputs, outputs, padding=2):
        return nn.Conv2d(inputs, outputs, 5, bias=False, padding=padding)

    encoder = Own(
        encode,
        one=kernel(1, 4),
        norm1=norm(4),
        two=kernel(4, 2),
        norm2=norm(2),
        last=nn.Linear(2 * 7 * 7, 32, bias=False),
    )
    turned = [
        nn.ConvTranspose2d(i, o, 5, bias=False, padding=p)
        for i, o, p in [(2, 2, 2), (2, 4, 3), (4, 1, 2)]
    ]
    three, four, five = turned
    return encoder, Own(decode, three=three, norm3=norm(2), four=four, norm4=norm(4), five=five)


def denoiser():
    encoder = nn.Sequential(
        IMAGE, nn.Conv2d(1, 8, 3, stride=3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, stride=2)
    )
    decoder = nn.Sequential(
        nn.ConvTranspose2d(4, 8, 3, stride=2, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 1, 3, stride=3, padding=1),
        nn.Sigmoid(),
        nn.Flatten(),
    )
    return encoder, decoder


def encoded_space(rewritten=False):
    cnn = nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, padding=1),
        nn.ReLU(True),
        nn.Conv2d(4, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(True),
        nn.Conv2d(8, 8, 3, stride=2, padding=0),
        nn.ReLU(True),
    )
    line = nn.Sequential(nn.Linear(8 * 3 * 3, 16), nn.ReLU(True), nn.Linear(16, 4))
    back = nn.Sequential(nn.Linear(4, 16), nn.ReLU(True), nn.Linear(16, 72), nn.ReLU(True))
    turned = nn.Sequential(
        nn.ConvTranspose2d(8, 8, 3, stride=2, output_padding=0),
        nn.BatchNorm2d(8),
        nn.ReLU(True),
        nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(True),
        nn.ConvTranspose2d(4, 1, 3, stride=2, padding=1, output_padding=1),
    )
    fold, flat = nn.Unflatten(1, (8, 3, 3)), nn.Flatten(start_dim=1)
    if rewritten:
        return (
            nn.Sequential(IMAGE, cnn, flat, line),
            nn.Sequential(back, fold, turned, nn.Sigmoid(), nn.Flatten()),
        )

    def encode(self, x):
        return self.line(self.flat(self.cnn(x)))

    def decode(self, x):
        return torch.sigmoid(self.turned(self.fold(self.back(x))))

    return Own(encode, cnn=cnn, flat=flat, line=line), Own(
        decode, back=back, fold=fold, turned=turned
    )


class View(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.view(x.shape[0], *self.shape)


def own_views():
    encoder = nn.Sequential(View(1, 28, 28), nn.Conv2d(1, 2, 4, 4), View(-1), nn.Linear(98, 6))
    return encoder, nn.Sequential(nn.Linear(6, 784), nn.Sigmoid(), View(1, 28, 28), View(784))


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.one = nn.Conv2d(channels, channels, 3, padding=1)
        self.two = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return functional.elu(x + self.two(functional.elu(self.one(x))))


def tied():
    encoder = nn.Sequential(nn.Linear(784, 16), nn.Sigmoid())

    class Decoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.bias = encoder[0].weight, nn.Parameter(torch.zeros(784))

        def forward(self, z):
            return torch.sigmoid(functional.linear(z, self.weight.t(), self.bias))

    return encoder, Decoder()


def softmax_code():
    encoder = nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 5), nn.ReLU(),
        nn.Flatten(), nn.Linear(256, 10), nn.Softmax(dim=1),
    )  # fmt: skip
    return encoder, nn.Sequential(nn.Linear(10, 784), nn.Sigmoid())


class Subclass(nn.Sequential):
    def __init__(self, *sizes):
        super().__init__(nn.Linear(sizes[0], sizes[1]), nn.ReLU(), nn.Linear(sizes[1], sizes[2]))


def pruned():
    encoder, decoder = mlp(nn.ReLU())
    prune.l1_unstructured(encoder[0], "weight", 0.5)
    encoder(torch.zeros(1, 784))  # its weight is computed: no leaf any more
    return encoder, decoder


def hooked(where, hook):
    encoder, decoder = mlp(nn.ReLU())
    (encoder if where is None else encoder[where]).register_forward_hook(hook)
    return encoder, decoder


def converted(change):
    return tuple(change(half) for half in mlp(nn.ReLU()))


def scripted():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return converted(torch.jit.script)


def traced():
    encoder, decoder = mlp(nn.ReLU())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.trace(encoder, torch.zeros(2, 784)), decoder


def quantised():
    encoder, decoder = mlp(nn.ReLU())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(encoder, {nn.Linear}), decoder


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = mlp(nn.ReLU())

    def encode(self, x):
        return self.one(x)

    def decode(self, z):
        return self.two(z)

    def forward(self, x):
        return self.decode(self.encode(x))


def methods():
    model = Model()
    return model.encode, model.decode


def padded_to_32():
    first, second = nn.Conv2d(1, 4, 5, 2), nn.Conv2d(4, 2, 5, 2)
    encoder = nn.Sequential(nn.ZeroPad2d(2), first, nn.ReLU(), second)
    third, fourth = nn.ConvTranspose2d(2, 4, 5, 2), nn.ConvTranspose2d(4, 1, 6, 2)
    decoder = nn.Sequential(third, nn.ReLU(), fourth)
    return encoder, nn.Sequential(decoder, nn.ZeroPad2d(-1), nn.Sigmoid())


def adaptive():
    encoder = nn.Sequential(
        nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    return encoder, nn.Sequential(nn.Linear(8, 784), nn.Sigmoid())


def lazy_never_called():
    return nn.Sequential(nn.LazyLinear(6)), mlp()[1]


def activation(layer):
    return lambda: mlp(layer)


NETWORKS = {
    "simple": simple,
    "convolutions as published": published_convolutions,
    "convolutions with Unflatten and Flatten": lambda: published_convolutions(
        [IMAGE], [nn.Flatten()]
    ),
    "upsampling with functional.interpolate": udacity,
    "VAE, mean and logarithm of the variance": vae,
    "functional leaky_relu and sigmoid": functions,
    "Deep SVDD": deep_svdd,
    "denoiser, stride 3, output padding": denoiser,
    "encoded_space_dim": encoded_space,
    "encoded_space_dim as Sequential": lambda: encoded_space(rewritten=True),
    "convolutions with GELU": lambda: convolutions(nn.GELU()),
    "ELU": activation(nn.ELU()),
    "SiLU": activation(nn.SiLU()),
    "Softplus": activation(nn.Softplus()),
    "PReLU": activation(nn.PReLU()),
    "SELU": activation(nn.SELU()),
    "Hardtanh": activation(nn.Hardtanh()),
    "ReLU6": activation(nn.ReLU6()),
    "Mish": activation(nn.Mish()),
    "LeakyReLU": activation(nn.LeakyReLU()),
    "Tanh": activation(nn.Tanh()),
    "views of one's own": own_views,
    'padding "same"': lambda: convolutions(nn.Conv2d(4, 4, 3, padding="same"), nn.ReLU()),
    "UpsamplingNearest2d": lambda: decoded(
        nn.UpsamplingNearest2d(scale_factor=4), nn.Conv2d(4, 1, 3, padding=1)
    ),
    "UpsamplingBilinear2d": lambda: decoded(
        nn.UpsamplingBilinear2d(scale_factor=4), nn.Conv2d(4, 1, 3, padding=1)
    ),
    "PixelShuffle": lambda: decoded(nn.Conv2d(4, 16, 3, padding=1), nn.PixelShuffle(4)),
    "AdaptiveAvgPool2d": adaptive,
    "ZeroPad2d to 32": padded_to_32,
    "residual blocks": lambda: convolutions(Residual(4), Residual(4)),
    "LayerNorm": activation(nn.LayerNorm(24)),
    "depthwise separable": lambda: convolutions(
        nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.Conv2d(4, 8, 1), nn.ReLU(), channels=8
    ),
    "tied weights": tied,
    "softmax code": softmax_code,
    "batch norm, dropout, no bias": lambda: mlp(
        nn.BatchNorm1d(24), nn.Dropout(0.3), nn.ReLU(), bias=False
    ),
    "subclass of Sequential": lambda: (Subclass(784, 24, 6), Subclass(6, 24, 784)),
    "pruned": pruned,
    "a hook that changes the code": lambda: hooked(None, lambda module, given, code: code + 1),
    "a hook on a layer": lambda: hooked(1, lambda module, given, answer: answer.clamp(max=0.1)),
    "float64": lambda: converted(nn.Module.double),
    "half": lambda: converted(nn.Module.half),
    "bfloat16": lambda: converted(nn.Module.bfloat16),
    "meta": lambda: converted(lambda half: half.to("meta")),
    "torch.jit.script": scripted,
    "torch.jit.trace": traced,
    "torch.compile": lambda: converted(lambda half: torch.compile(half, backend="eager")),
    "DataParallel": lambda: converted(nn.DataParallel),
    "fx GraphModule": lambda: converted(torch.fx.symbolic_trace),
    "quantised": quantised,
    "a whole model": lambda: nn.Sequential(*mlp(nn.ReLU())),
    "methods": methods,
    "pictures (1, 28, 28) from the decoder": lambda: (
        mlp()[0],
        nn.Sequential(nn.Linear(6, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))),
    ),
    "a lazy layer, never called": lazy_never_called,
    "aelib.Parallel": lambda: (
        Parallel(nn.Linear(784, 6), mlp(nn.ReLU())[0]),
        Parallel(nn.Linear(6, 784), nn.Sequential(nn.Linear(6, 9), nn.GELU(), nn.Linear(9, 784))),
    ),
    "two heads side by side": lambda: (
        Own(
            lambda self, x: torch.cat([self.one(x), self.two(x).tanh()], dim=1),
            one=nn.Linear(784, 3),
            two=nn.Linear(784, 3),
        ),
        mlp()[1],
    ),
    "spectral and weight norm": lambda: (
        nn.Sequential(
            nn.utils.parametrizations.spectral_norm(nn.Linear(784, 24)),
            nn.ReLU(),
            nn.utils.parametrizations.weight_norm(nn.Linear(24, 6)),
        ),
        mlp()[1],
    ),
}
