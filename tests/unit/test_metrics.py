import math

import numpy as np
import pytest
import torch

from aelib import mse, psnr


def test_mse_is_the_mean_of_squared_differences_over_all_pixels():
    assert mse(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 1.0]])) == 0.125


def test_arrays_and_tensors_are_read_alike():
    a, b = np.random.default_rng(0).random((2, 5, 784), dtype=np.float32)
    assert mse(a, b) == mse(torch.from_numpy(a), torch.from_numpy(b)) == mse(a, torch.from_numpy(b))


def test_mse_sums_in_double_precision():
    images = torch.full((10_000, 784), 0.1)
    assert mse(images, torch.zeros_like(images)) == pytest.approx(float(images[0, 0]) ** 2)


def test_mse_squares_in_double_precision():
    a, b = np.random.default_rng(0).random((2, 5, 784), dtype=np.float32)
    exact = np.mean((a.astype(np.float64) - b) ** 2)
    assert mse(a, b) == pytest.approx(exact, rel=1e-13)


def test_psnr_of_an_mse_of_a_hundredth_is_twenty_decibels():
    assert psnr(torch.full((4,), 0.1), torch.zeros(4)) == pytest.approx(20)


def test_psnr_of_images_as_unlike_as_can_be_is_zero_decibels():
    assert psnr(torch.ones(3), torch.zeros(3)) == 0


def test_psnr_of_equal_images_is_infinite():
    assert psnr(torch.ones(3), torch.ones(3)) == math.inf


@pytest.mark.parametrize("measure", [mse, psnr])
@pytest.mark.parametrize(
    "shapes", [((2, 784), (2, 1, 28, 28)), ((0, 784), (0, 784))], ids=["two shapes", "none"]
)
def test_images_that_cannot_be_compared_are_refused_with_what_was_found(measure, shapes, snapshot):
    with pytest.raises(ValueError, match="found") as error:
        measure(*map(torch.zeros, shapes))
    assert str(error.value) == snapshot
