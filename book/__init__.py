"""What builds the site: a folder for each feature, its Python, JavaScript, CSS and templates.

Some folders are Sphinx extensions (named in ``_config.yml``), some hold commands
(``python -m book.…``, called by the Makefile), some both. Nothing here computes with torch.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder."""
