"""Write the compiled kernels where the scripts of the widgets find them."""

from book.kernels import TARGET, as_module, compiled
from book.node import install_packages

install_packages()
TARGET.write_text(as_module(compiled()), encoding="utf-8")
