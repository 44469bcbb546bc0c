"""Shared module of the chapter: data, networks, training, figures and live explorers."""

from aelib import checks
from aelib.figures import error_maps, image_grids, image_rows, loss_curves, use_style
from aelib.glue import glue
from aelib.live import Explorer, LatentMap, Parallel, noise_sample
from aelib.metrics import mse, psnr
from aelib.mnist import Mnist, MnistError, Split, load_mnist
from aelib.models import RELU_SIZES, SIGMOID_SIZES, mlp, mlp_autoencoder, parameter_count
from aelib.noise import add_noise
from aelib.training import History, TrainingError, accuracy, evaluate, fit, half_mse

__all__ = [
    "RELU_SIZES",
    "SIGMOID_SIZES",
    "Explorer",
    "History",
    "LatentMap",
    "Mnist",
    "MnistError",
    "Parallel",
    "Split",
    "TrainingError",
    "accuracy",
    "add_noise",
    "checks",
    "error_maps",
    "evaluate",
    "fit",
    "glue",
    "half_mse",
    "image_grids",
    "image_rows",
    "load_mnist",
    "loss_curves",
    "mlp",
    "mlp_autoencoder",
    "mse",
    "noise_sample",
    "parameter_count",
    "psnr",
    "use_style",
]
