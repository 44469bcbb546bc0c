"""Live pictures: trained networks that run in the reader's browser."""

from aelib.live.explorer import Explorer
from aelib.live.latent_map import LatentMap
from aelib.live.noise_sample import noise_sample
from aelib.live.parallel import Parallel

__all__ = ["Explorer", "LatentMap", "Parallel", "noise_sample"]
