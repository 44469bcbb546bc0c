"""Images that a reader gives, checked."""

import numpy as np
from torch import Tensor

from aelib.mnist import PIXELS

Images = np.ndarray | Tensor


def check_images(images: Images, name: str = "images") -> np.ndarray:
    """Check images and return them as an array.

    Parameters
    ----------
    images
        ``(n, 784)`` in [0, 1], n at least 1.
    name : str
        What they are called in a message.

    Raises
    ------
    ValueError
        For another shape, no image, or a value outside [0, 1].
    """
    values = images.detach().cpu().numpy() if isinstance(images, Tensor) else np.asarray(images)
    if values.ndim != 2 or values.shape[1] != PIXELS or not len(values):
        raise ValueError(
            f"The {name} have the shape {values.shape}; expected (n, {PIXELS}) with n of at least "
            f"1. Flatten them: images.reshape(-1, {PIXELS})."
        )
    if not (values.min() >= 0 and values.max() <= 1):  # also false for a NaN
        raise ValueError(
            f"The {name} lie between {values.min():g} and {values.max():g}; expected [0, 1]. "
            "Divide grey levels from 0 to 255 by 255."
        )
    return values
