"""Random numbers of a training run in the page, the same in Python and in the browser.

``random.js`` has the same few lines, so that torch can replay a run exactly. Number k of a stream
is a hash of (seed, stream, k), as in ``noise_sample.py``, whose hash it is; nothing is stored. A
Gaussian is the normal quantile of one uniform number: Wichura (1988), algorithm AS 241 (PPND7),
https://doi.org/10.2307/2347330, with a logarithm of our own. Engines may round ``Math.log`` each in
its way; here only operations are used whose result IEEE 754 fixes.
"""

import numpy as np

from aelib.live.noise_sample import _hash

GOLDEN = 0x9E3779B9
"""Parts the streams of a seed."""


def bits(seed: int, stream: int, k: np.ndarray) -> np.ndarray:
    """Draw 32-bit numbers: uint32, of the shape of their places ``k``."""
    step = np.array([(stream + 1) * GOLDEN % 2**32], dtype=np.uint32)
    key = _hash(_hash(np.array([seed], dtype=np.uint32)) ^ step)
    return _hash(_hash(k.astype(np.uint32)) ^ key)


def uniform(seed: int, stream: int, k: np.ndarray) -> np.ndarray:
    """Draw numbers inside (0, 1): float64, of the shape of their places ``k``."""
    return (bits(seed, stream, k).astype(np.float64) + 0.5) / 2.0**32


def gaussian(seed: int, stream: int, k: np.ndarray) -> np.ndarray:
    """Draw standard normal numbers: float32, of the shape of their places ``k``."""
    return _quantile(uniform(seed, stream, k)).astype(np.float32)


def shuffled(n: int, seed: int, stream: int) -> np.ndarray:
    """Put the whole numbers below n in a random order: int64 ``(n,)``."""
    return np.argsort(bits(seed, stream, np.arange(n)), kind="stable")


def _quantile(p: np.ndarray) -> np.ndarray:
    q = p - 0.5
    r = 0.180625 - q * q
    middle = (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) / (
        ((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1
    )
    root = np.sqrt(-_logarithm(np.where(q < 0, p, 1 - p)))
    r = root - 1.6
    near = (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) / (
        (0.12021132975 * r + 0.7370016425) * r + 1
    )
    r = root - 5
    far = (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) / (
        (0.012258202635 * r + 0.24197894225) * r + 1
    )
    tail = np.where(root <= 5, near, far)
    return np.where(np.abs(q) <= 0.425, middle, np.where(q < 0, -tail, tail))


def _logarithm(x: np.ndarray) -> np.ndarray:
    x, exponent = np.frexp(x)  # x in [0.5, 1)
    s = (x - 1) / (x + 1)
    square = s * s
    total = np.zeros_like(x)
    for k in range(21, 0, -2):
        total = total * square + 1 / k
    return 2 * s * total + exponent * 0.6931471805599453
