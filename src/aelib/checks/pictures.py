"""Whether features and error maps are what their names say."""

from collections.abc import Callable

import torch
from torch import nn

from aelib.checks.probes import quietly
from aelib.checks.result import Fault, Result
from aelib.checks.tasks import attempt, start
from aelib.models import mlp


def feature_extraction(extract_features: Callable) -> Result:
    """Check a learner's ``extract_features(encoder, images)``.

    Parameters
    ----------
    extract_features
        Returns the codes of images ``(n, 784)``, without gradients.
    """
    result = start("feature_extraction", extract_features)
    inspect_features(result, extract_features)
    return result.record()


def error_map(error_maps: Callable) -> Result:
    """Check a learner's ``error_maps(images, rebuilt)``.

    Parameters
    ----------
    error_maps
        Returns the absolute difference of both, pixel by pixel, ``(n, 784)`` in [0, 1].
    """
    result = start("error_map", error_maps)
    inspect_error_maps(result, error_maps)
    return result.record()


def inspect_features(result: Result, extract_features: Callable) -> None:
    """Add the steps about the extraction of features to a result."""
    with quietly():
        encoder, images = mlp((784, 100), nn.Sigmoid), torch.rand(300, 784)
        with result.step("features are the encoder's codes, one row for each image"):
            found = attempt(extract_features, encoder, images, told="images (300, 784)")
            wanted = encoder(images).detach()  # (300, 100)
            if not isinstance(found, torch.Tensor) or found.shape != wanted.shape:
                shape = tuple(found.shape) if hasattr(found, "shape") else type(found).__name__
                raise Fault(
                    f"300 images must give features (300, 100); found {shape}. Does the function "
                    "return a tensor with the codes of all images?"
                )
            if not torch.allclose(found.detach().cpu(), wanted, atol=1e-4):
                raise Fault(
                    "The features are not what the encoder returns for these images. Are they "
                    "in the order of the images, and is nothing done to them afterwards?"
                )
        with result.step("features carry no gradients"):
            if result.steps[-1].passed and found.requires_grad:
                raise Fault(
                    "The features still hang on the encoder: a later backward() would run "
                    "through it, and cost time and memory. What tells torch that no gradients "
                    "are needed?"
                )


def inspect_error_maps(result: Result, error_maps: Callable) -> None:
    """Add the steps about error maps to a result."""
    with quietly():
        images, rebuilt = torch.rand(20, 784), torch.rand(20, 784)
        with result.step("there is one error for each pixel"):
            maps = attempt(error_maps, images, rebuilt, told="two batches of images (20, 784)")
            if not isinstance(maps, torch.Tensor) or maps.shape != images.shape:
                shape = tuple(maps.shape) if hasattr(maps, "shape") else type(maps).__name__
                raise Fault(
                    f"Error maps have the images' shape (20, 784); found {shape}. Is something "
                    "averaged that should stay?"
                )
        with result.step("the error is the distance of the two pixels, in [0, 1]"):
            if not result.steps[-1].passed:
                raise Fault("There are no error maps to look at yet.")
            maps = maps.detach().cpu()
            if float(maps.min()) < 0:
                raise Fault(
                    "Some errors are below 0: too dark and too bright would cancel, and show in "
                    "different colours. What is the distance of two numbers?"
                )
            if not torch.allclose(maps, (images - rebuilt).abs(), atol=1e-5):
                raise Fault(
                    "The errors are not the distances of the pixels: for a pixel 0.2 that was "
                    f"rebuilt as 0.7 the map must show 0.5. Here {float(images[0, 0]):.2f} and "
                    f"{float(rebuilt[0, 0]):.2f} give {float(maps[0, 0]):.2f}."
                )
