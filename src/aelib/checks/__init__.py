"""What a learner's answer must satisfy.

Every check calls the learner's own functions on small data and looks at what they do: the shapes
and the range of what a network returns, which images meet its first weights and how often, the
gradient of the loss at its output, each weight before and after. How an answer is written does not
matter. Each check returns a :class:`Result`, which displays as a short list and is remembered for
:func:`report`.
"""

from aelib.checks.classifiers import classifier_training
from aelib.checks.corruption import noise
from aelib.checks.exercises import convolutional, denoising, features
from aelib.checks.networks import mirrored, shapes, upsampled
from aelib.checks.pictures import error_map, feature_extraction
from aelib.checks.quiz import choice
from aelib.checks.result import Result, Step, TaskNotDone, report
from aelib.checks.show import show
from aelib.checks.tasks import done
from aelib.checks.trainings import autoencoder_training, denoiser_training

__all__ = [
    "Result",
    "Step",
    "TaskNotDone",
    "autoencoder_training",
    "choice",
    "classifier_training",
    "convolutional",
    "denoiser_training",
    "denoising",
    "done",
    "error_map",
    "feature_extraction",
    "features",
    "mirrored",
    "noise",
    "report",
    "shapes",
    "show",
    "upsampled",
]
