"""MNIST: the set embedded in the package, or the files people have.

Whatever the route, what a file is called and what it holds decide together how it is read; what
cannot be known for certain is said in a warning, and what cannot be read is refused with the
remedy. Pixels are scaled in one place, so that every route gives the same bits.

- ``embedded``: the set in the package, kept once it has been read;
- ``location``: what the caller passed, as a path;
- ``contents``: what bytes are, and unpacking; ``naming``: what a file's name says;
- ``folder``: which files make a set;
- ``idx``, ``arrays``, ``parquet``, ``text`` with ``columns``: one form of file each;
- ``pictures``: pixels and labels as they stand in files, brought to the form of ``Split``;
- ``notes``: what should be said of a set that is not quite MNIST.
"""

import os
import warnings

from aelib.mnist.embedded import SHA256, load_embedded
from aelib.mnist.errors import MnistError
from aelib.mnist.folder import CSV_NAMES, load_files
from aelib.mnist.location import locate
from aelib.mnist.sets import CLASSES, PIXELS, SIDE, Mnist, Split

__all__ = [
    "CLASSES",
    "CSV_NAMES",
    "PIXELS",
    "SHA256",
    "SIDE",
    "Mnist",
    "MnistError",
    "Split",
    "load_mnist",
]


def load_mnist(folder: str | os.PathLike | None = None) -> Mnist:
    """Load MNIST, or another set of 28 x 28 pictures, as NumPy arrays.

    Parameters
    ----------
    folder
        None: the embedded set, 60,000 training and 10,000 test digits, checked against SHA-256.
        Otherwise a folder with any number of pictures for training and for testing, or one of its
        files, or an archive of them. The files are recognised by their names and contents, here
        or in the folders below, gzipped or zipped or not:

        - text such as ``mnist_train.csv`` and ``mnist_test.csv``, a picture a row: any usual
          separator and encoding; columns are found by the names in the header, or the label stands
          first (or last, which is said);
        - the four IDX files under their usual names (``train-images-idx3-ubyte``, ...);
        - NumPy's ``.npz`` as Keras has it, or ``.npy`` files;
        - Parquet, where pyarrow is installed.

        Fashion-MNIST, KMNIST, EMNIST and their like come in the same forms.

    Returns
    -------
    Mnist
        ``train`` and ``test``, each with ``images``, float32 ``(n, 784)`` in [0, 1], and
        ``labels``, int64 ``(n,)``; -1 where a test file has no labels. The arrays belong to the
        caller, who may write into them.

    Raises
    ------
    MnistError
        A file is missing, damaged or of another kind. The message says file, place, what was
        expected, what was found, and what to do.
    TypeError
        ``folder`` is not a path.

    Warns
    -----
    UserWarning
        The files were read, and something about them should be known: pixels scaled beforehand,
        no labels in the test file, clothes instead of digits.
    """
    if folder is None:
        return load_embedded()
    data, notes = load_files(locate(folder))
    for note in notes:
        warnings.warn(note, stacklevel=2)
    return data
