"""Two workers share two cores, each computes with its part of them; and what test files share."""

import os

import pytest
import torch
from told import steady

from aelib.mnist import MnistError, load_mnist

workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
torch.set_num_threads(max(1, torch.get_num_threads() // workers))


@pytest.fixture
def refused(tmp_path, snapshot):
    """Load what must be refused; the whole message is compared, but for the parts that vary."""

    def load(path: object, *varying: object) -> MnistError:
        with pytest.raises(MnistError) as caught:
            load_mnist(path)
        assert all(caught.value.args)
        assert steady(str(caught.value), tmp_path, *varying) == snapshot
        return caught.value

    return load


@pytest.fixture
def folder(tmp_path):
    """Return an empty folder, alone in the one above it, which may be searched too."""
    folder = tmp_path / "set"
    folder.mkdir()
    return folder
