"""Shared module of the chapter: data, networks, training, figures and live explorers."""

from aelib import checks
from aelib.figures import (
    error_maps,
    image_grids,
    image_rows,
    interval_bands,
    loss_curves,
    seed_distributions,
    use_style,
)
from aelib.glue import glue
from aelib.live import Explorer, LatentMap, Parallel, Trainer, noise_sample, replay
from aelib.metrics import mse, psnr
from aelib.mnist import Mnist, MnistError, Split, load_mnist
from aelib.models import RELU_SIZES, SIGMOID_SIZES, mlp, mlp_autoencoder, parameter_count
from aelib.noise import add_noise
from aelib.statistics import Interval, interval, paired
from aelib.studies import study
from aelib.sweep import SweepError, sweep
from aelib.training import History, TrainingError, accuracy, evaluate, fit, half_mse

__all__ = [
    "RELU_SIZES",
    "SIGMOID_SIZES",
    "Explorer",
    "History",
    "Interval",
    "LatentMap",
    "Mnist",
    "MnistError",
    "Parallel",
    "Split",
    "SweepError",
    "Trainer",
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
    "interval",
    "interval_bands",
    "load_mnist",
    "loss_curves",
    "mlp",
    "mlp_autoencoder",
    "mse",
    "noise_sample",
    "paired",
    "parameter_count",
    "psnr",
    "replay",
    "seed_distributions",
    "study",
    "sweep",
    "use_style",
]
