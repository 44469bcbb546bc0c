"""Labels of pictures, checked, and what their classes are called."""

from collections.abc import Iterable, Sequence

import numpy as np
from torch import Tensor

CLASSES = 47
"""How many classes have a colour: the most of the usual sets in MNIST's form, EMNIST Balanced."""

Labels = Sequence[int] | np.ndarray | Tensor

_REMEDY = (
    "Leave out the images without a label (load_mnist writes -1 there), or number the classes "
    "anew: np.unique(labels, return_inverse=True)[1]."
)


def check_labels(labels: Labels, count: int) -> list[int]:
    """Check labels and return them as a list.

    Parameters
    ----------
    labels
        ``(count,)``: the classes, 0 to 46.
    count
        How many images there are.

    Raises
    ------
    ValueError
        For another number of them, another shape, or a label that is no class.
    """
    values = labels.detach().cpu().numpy() if isinstance(labels, Tensor) else np.asarray(labels)
    if values.ndim != 1:
        raise ValueError(
            f"The labels have the shape {values.shape}; expected (n,), one number for each image."
        )
    if len(values) != count:
        raise ValueError(f"{count} images and {len(values)} labels; give one label for each image.")
    wrong = np.flatnonzero(~np.isin(values, np.arange(CLASSES)))
    if len(wrong):
        raise ValueError(
            f"labels[{wrong[0]}] is {values[wrong[0]]}; expected whole numbers from 0 to "
            f"{CLASSES - 1}, for {CLASSES} classes have a colour and a name. {_REMEDY}"
        )
    return [int(label) for label in values]


def check_names(names: Sequence[str] | None, labels: list[int]) -> list[str]:
    """Check what classes are called and return it as a list, empty where they have no names.

    Raises
    ------
    ValueError
        For names that are no text, or too few of them.
    """
    if names is None:
        return []
    several = isinstance(names, Iterable) and not isinstance(names, str)
    names = list(names) if several else [names]
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"The names of the classes are {names}; expected a list of texts.")
    if labels and max(labels) >= len(names):
        raise ValueError(
            f"{len(names)} names of classes, and labels up to {max(labels)}; give a name for each "
            f"class from 0 to {max(labels)}."
        )
    return names


def class_names(names: Sequence[str] | None, labels: list[int]) -> list[str]:
    """Give each class its name, without ``names`` its number; empty where there are no labels.

    Raises
    ------
    ValueError
        As ``check_names``.
    """
    names = check_names(names, labels)
    return (names or [str(k) for k in range(max(labels) + 1)]) if labels else []
