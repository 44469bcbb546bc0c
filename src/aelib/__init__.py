"""Shared module of the chapter on autoencoders: data, networks, training, figures."""

from aelib.figures import error_maps, image_grids, image_rows, loss_curves, use_style
from aelib.metrics import mse, psnr
from aelib.mnist import Mnist, MnistError, Split, load_mnist
from aelib.models import RELU_SIZES, SIGMOID_SIZES, mlp, mlp_autoencoder, parameter_count
from aelib.noise import add_noise
from aelib.report import glue
from aelib.training import History, TrainingError, accuracy, evaluate, fit, half_mse

__all__ = [
    "RELU_SIZES",
    "SIGMOID_SIZES",
    "History",
    "Mnist",
    "MnistError",
    "Split",
    "TrainingError",
    "accuracy",
    "add_noise",
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
    "parameter_count",
    "psnr",
    "use_style",
]
