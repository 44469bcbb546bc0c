import pytest

from book import kernels
from book.node import HERE

pytestmark = pytest.mark.slow

COMPILER = HERE / kernels.COMPILER


@pytest.mark.skipif(not COMPILER.exists(), reason="AssemblyScript is not in book/node_modules")
def test_the_committed_kernels_are_those_of_the_source():
    written = kernels.TARGET.read_text(encoding="utf-8")
    assert written == kernels.as_module(kernels.compiled()), "run python -m book.kernels"
