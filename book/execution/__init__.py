"""Execute the notebooks again whenever what they import has changed.

jupyter-cache knows a notebook by its code cells alone. Here the cache's folder is named after a
hash of everything else that decides the results: the package ``aelib``, its data and the pinned
requirements. A change in any of them opens an empty cache, and every notebook runs again.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
CACHES = Path("_build") / "execution"


def execution_key(root: Path) -> str:
    """Hash the package, its data and the pinned requirements: 16 hexadecimal digits.

    Parameters
    ----------
    root
        The project's folder.
    """
    files = [root / "requirements.txt"]
    files += sorted(
        path
        for path in (root / "src" / "aelib").rglob("*")
        if path.is_file() and path.suffix in {".py", ".gz", ".js", ".css"}
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def cache_folder(root: Path) -> Path:
    """Return the folder of executed notebooks that fits the present state of the project."""
    return root / CACHES / execution_key(root)


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point MyST-NB at the cache of the present key, and drop the caches of earlier ones."""
    folder = cache_folder(Path(app.srcdir))
    for old in folder.parent.glob("*"):
        if old != folder:
            shutil.rmtree(old)
    drop_damaged(folder)
    config.nb_execution_cache_path = str(folder)


def drop_damaged(folder: Path) -> None:
    """Forget the notebooks that a killed build left half-written in the cache."""
    if not folder.exists():
        return
    cache = get_cache(str(folder))
    for record in cache.list_cache_records():
        notebook = folder / "executed" / record.hashkey / "base.ipynb"
        try:
            json.loads(notebook.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            LOGGER.info("A stopped build left %s half-written; it is executed again.", record.uri)
            notebook.parent.mkdir(parents=True, exist_ok=True)
            notebook.touch()
            cache.remove_cache(record.pk)


def read_again(app: Sphinx, env: BuildEnvironment, added, changed, removed) -> list[str]:
    """Name the notebooks that must be read again because the key has changed."""
    key = execution_key(Path(app.srcdir))
    known = getattr(env, "aelib_execution_key", None)
    env.aelib_execution_key = key
    again = [] if known == key else list(env.found_docs)
    env.aelib_pages_read = bool(again or added or changed or removed)
    return again


def write_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write every page again when one was read: pages quote each other's results."""
    return list(env.found_docs) if env.aelib_pages_read else []


def setup(app: Sphinx) -> dict[str, object]:
    """Register with Sphinx."""
    os.environ["AELIB_UNATTENDED"] = "1"  # inherited by the kernels: no progress bars in a build
    app.connect("config-inited", choose_cache, priority=400)
    app.connect("env-get-outdated", read_again)
    app.connect("env-updated", write_again)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
