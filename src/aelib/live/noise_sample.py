"""The explorer's Gaussian noise, the same numbers in Python and in the browser.

The generator is counter based: the k-th 32-bit number of a seed is a hash of (seed, k), so nothing
has to be stored between calls and both sides agree without exchanging a sample. ``network.js`` has
the same few lines. The hash is the two-round "lowbias32" mixer with the constants of
https://github.com/skeeto/hash-prospector; two such numbers give one Gaussian by Box and Muller
(1958), https://doi.org/10.1214/aoms/1177706645.
"""

import numpy as np


def _hash(x: np.ndarray) -> np.ndarray:
    """Mix 32-bit integers; every bit of the input moves every bit of the output."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x21F0AAAD)  # the product keeps its low 32 bits, which is meant
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0xD35A2D97)
    return x ^ (x >> np.uint32(15))


def noise_sample(seed: int, size: int) -> np.ndarray:
    """Draw the explorer's Gaussian sample for a seed.

    Parameters
    ----------
    seed : int
        0 to 2**32 - 1; what the explorer shows as its sample number.
    size : int
        How many numbers.

    Returns
    -------
    numpy.ndarray
        float32 ``(size,)``, standard normal. A longer sample begins with the shorter one.
    """
    key = _hash(np.array([seed], dtype=np.uint32))
    bits = _hash(_hash(np.arange(2 * size, dtype=np.uint32)) ^ key)
    uniform = (bits.astype(np.float64) + 0.5) / 2.0**32  # inside (0, 1): the logarithm is finite
    radius = np.sqrt(-2.0 * np.log(uniform[0::2]))
    return (radius * np.cos(2.0 * np.pi * uniform[1::2])).astype(np.float32)
