"""Whether features and error maps are what their names say."""

from collections.abc import Callable

import torch
from torch import nn

from aelib.checks.corruption import tensor_like
from aelib.checks.house import check
from aelib.checks.result import Fault, Result
from aelib.checks.said import Said
from aelib.checks.tasks import attempt
from aelib.models import mlp


@check("feature_extraction")
def feature_extraction(result: Result, extract_features: Callable) -> None:
    """Check a learner's ``extract_features(encoder, images)``.

    Parameters
    ----------
    extract_features
        Returns the codes of images ``(n, 784)``, without gradients: float32 ``(n, 100)``.
    """
    encoder, images = mlp((784, 100), nn.Sigmoid), torch.rand(300, 784)
    wanted, before = encoder(images).detach(), images.clone()  # (300, 100)
    weights = [part.detach().clone() for part in encoder.parameters()]
    with result.need("features are the encoder's codes, one row for each image"):
        given = attempt(extract_features, encoder, images, told=Said("images (300, 784)"))
        found = tensor_like(given, wanted, Said("features"))
        if not torch.equal(images, before):
            raise Fault("The images given were changed in place. Which operation writes into them?")
        if not all(map(torch.equal, encoder.parameters(), weights)):
            raise Fault(
                "The encoder's weights changed while features were extracted. Which line trains "
                "or sets them?"
            )
        if not torch.allclose(found.detach(), wanted, atol=1e-4):
            raise Fault(_difference(found.detach(), wanted))
    with result.step("features carry no gradients"):
        if found.requires_grad:
            raise Fault(
                "The features are still attached to the encoder: a later backward() would run "
                "through it, and cost time and memory. What tells torch that no gradients are "
                "needed?"
            )


def _difference(found: torch.Tensor, wanted: torch.Tensor) -> Said:
    places = torch.cdist(found, wanted).argmin(1)
    if torch.allclose(found, wanted[places], atol=1e-4):
        return Said(
            "The features are the codes of these images, but not one for each in the order of the "
            "images: the labels would no longer match. What changes the order on the way?"
        )
    return Said(
        "The features are not what the encoder returns for these images. Does every layer of the "
        "encoder take part, and is nothing done to its codes afterwards?"
    )


@check("error_map")
def error_map(result: Result, error_maps: Callable) -> None:
    """Check a learner's ``error_maps(images, rebuilt)``.

    Parameters
    ----------
    error_maps
        Returns the absolute difference of both, pixel by pixel, ``(n, 784)`` in [0, 1].
    """
    images, rebuilt = torch.rand(20, 784), torch.rand(20, 784)
    before = images.clone(), rebuilt.clone()
    with result.need("there is one error for each pixel"):
        told = Said("two batches of images (20, 784)")
        maps = attempt(error_maps, images, rebuilt, told=told)
        if isinstance(maps, torch.Tensor) and maps.is_floating_point():
            maps = maps.float()
        if isinstance(maps, torch.Tensor) and maps.numel() < images.numel():
            raise Fault(
                "Error maps have the images' shape (20, 784); found {found}. Is something "
                "averaged that should be kept?",
                found=tuple(maps.shape),
            )
        maps = tensor_like(maps, images, Said("error maps")).detach()
    with result.step("the error is the distance of the two pixels, in [0, 1]"):
        if not (torch.equal(images, before[0]) and torch.equal(rebuilt, before[1])):
            raise Fault("The images given were changed in place. Which operation writes into them?")
        if float(maps.min()) < 0:
            raise Fault(
                "Some errors are below 0: too dark and too bright would cancel, and show in "
                "different colours. What is the distance of two numbers?"
            )
        off = (maps - (images - rebuilt).abs()).abs().flatten()
        if not float(off.max()) <= 1e-5:
            worst = int(off.nan_to_num(2.0).argmax())
            raise Fault(
                "The errors are not the distances of the pixels: for a pixel 0.2 that was "
                "rebuilt as 0.7 the map must show 0.5. Here {image:.4g} and {rebuilt:.4g} give "
                "{error:.4g}.",
                image=float(images.flatten()[worst]),
                rebuilt=float(rebuilt.flatten()[worst]),
                error=float(maps.flatten()[worst]),
            )
