import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from aelib import add_noise

factors = st.floats(0, 5, allow_nan=False)
shapes = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


def uniform(shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None)
@given(shape=shapes, factor=factors, seed=st.integers(0, 2**31))
def test_noisy_images_keep_shape_dtype_and_range(shape, factor, seed):
    images = uniform(shape)
    noisy = add_noise(images, factor, generator=torch.Generator().manual_seed(seed))
    assert noisy.shape == images.shape
    assert noisy.dtype == images.dtype
    assert noisy.min() >= 0
    assert noisy.max() <= 1


@settings(deadline=None)
@given(factor=factors, seed=st.integers(0, 2**31))
def test_one_seed_gives_one_noise(factor, seed):
    images = uniform((3, 5))
    first, second = (
        add_noise(images, factor, generator=torch.Generator().manual_seed(seed)) for _ in range(2)
    )
    assert torch.equal(first, second)


@settings(deadline=None)
@given(shape=shapes)
def test_factor_zero_leaves_images_as_they_are(shape):
    images = uniform(shape)
    assert torch.equal(add_noise(images, 0), images)


def test_the_input_is_not_changed():
    images = uniform((4, 4))
    before = images.clone()
    add_noise(images, 0.5)
    assert torch.equal(images, before)


def test_the_factor_is_the_standard_deviation_before_clipping():
    images = torch.full((100_000,), 0.5)
    noisy = add_noise(images, 0.1, generator=torch.Generator().manual_seed(0))
    # The mean of 100,000 draws has standard error 0.0003; half a per cent of images is clipped.
    assert float(noisy.std()) == pytest.approx(0.1, rel=0.01)
    assert float(noisy.mean()) == pytest.approx(0.5, abs=0.002)


def test_each_pixel_gets_noise_of_its_own():
    noisy = add_noise(torch.full((2, 784), 0.5), 0.2, generator=torch.Generator().manual_seed(0))
    assert abs(np.corrcoef(noisy.numpy())[0, 1]) < 0.15


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_the_noise_has_the_precision_of_the_images(dtype):
    images = torch.full((50,), 0.5, dtype=dtype)
    seeded = (torch.Generator().manual_seed(3) for _ in range(2))
    noise = torch.randn(50, generator=next(seeded), dtype=dtype)
    noisy = add_noise(images, 0.1, generator=next(seeded))
    torch.testing.assert_close(noisy, (images + 0.1 * noise).clamp(0, 1))


def test_the_noise_is_drawn_on_the_device_of_the_images():
    assert add_noise(torch.zeros(2, 3, device="meta"), 0.1).device.type == "meta"


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf")])
def test_a_factor_that_is_negative_or_not_finite_is_refused_by_name(factor, snapshot):
    with pytest.raises(ValueError, match="factor") as error:
        add_noise(torch.zeros(2, 2), factor)
    assert str(error.value) == snapshot


@pytest.mark.parametrize("images", [np.zeros((2, 2)), torch.zeros(2, 2, dtype=torch.uint8)])
def test_images_of_another_type_are_refused_by_its_name_with_the_conversion(images, snapshot):
    with pytest.raises(TypeError, match="floating-point tensor") as error:
        add_noise(images, 0.1)
    assert str(error.value) == snapshot
