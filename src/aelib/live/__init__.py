"""Live pictures: networks that run, and are trained, in the reader's browser."""

from aelib.live.explorer import Explorer
from aelib.live.latent_map import LatentMap
from aelib.live.noise_sample import noise_sample
from aelib.live.parallel import Parallel
from aelib.live.replay import replay
from aelib.live.trainer import Trainer

__all__ = ["Explorer", "LatentMap", "Parallel", "Trainer", "noise_sample", "replay"]
