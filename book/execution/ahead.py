"""Notebooks executed side by side, each with one thread, while Sphinx reads one page after another.

Kernels with a thread each get more out of the cores than one kernel with a thread for each core,
whose threads wait for each other at every small matrix: on 2 cores, eight notebooks took 320 s
instead of 480. Nor do the digits depend on how many cores there are, or on what else they do.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import AsyncResult, Pool
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from jupyter_cache.executors.utils import ExecutionResult
from jupyter_client.manager import AsyncKernelManager
from myst_nb.core.execute import create_client
from myst_nb.core.execute.cache import NotebookClientCache
from myst_nb.core.nb_to_tokens import nb_node_to_dict
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from sphinx.util import logging

from book.execution.key import ALONE
from book.execution.memory import LIMIT, keep_peak, peak_memory
from book.execution.results import Results

if TYPE_CHECKING:
    from myst_nb.core.config import NbParserConfig
    from sphinx.environment import BuildEnvironment

LOGGER = logging.getLogger(__name__)
SPAWN = multiprocessing.get_context("spawn")  # a copy of Sphinx's own process would be large
KERNEL_SAYS = ("kernelspec", "language_info", "widgets")
"""What a notebook's metadata know only once it was executed."""


class Kernel(AsyncKernelManager):
    """Computes with one thread."""

    peak = 0
    """Megabytes that the last one of this process took at most, once it has ended."""

    async def start_kernel(self, **options: object) -> None:
        """Start with one thread."""
        await super().start_kernel(env=os.environ | ALONE, **options)

    async def shutdown_kernel(self, *arguments: object, **options: object) -> None:
        """Note the peak while the system still tells it, then end."""
        Kernel.peak = peak_memory(self.provisioner.pid)
        await super().shutdown_kernel(*arguments, **options)


def end_with_parent() -> None:
    """Let this process end when the build does, even where that was killed."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def config_of(notebook: NotebookNode, config: NbParserConfig) -> NbParserConfig:
    """Return how MyST-NB treats a notebook: as the book says, but for what the page's header says.

    What is no setting in a header, MyST-NB reports itself when it reads the page.
    """
    header = nb_node_to_dict(notebook.metadata.get(config.metadata_key, NotebookNode()))
    header.pop("output_folder", None)
    try:
        return config.copy(**header)
    except (TypeError, ValueError):
        return config


def execute(
    notebook: NotebookNode, folder: Path, timeout: int, allow_errors: bool
) -> tuple[ExecutionResult, int]:
    """Execute a notebook in a folder; return it with its outputs, and its peak in megabytes."""
    result = ExecutionResult(notebook, str(folder), time=0.0)
    client = NotebookClient(
        notebook,
        resources={"metadata": {"path": result.cwd}},
        timeout=timeout,
        allow_errors=allow_errors,
        kernel_manager_class=Kernel,
        coalesce_streams=True,  # a line that came in two pieces is one line again
    )
    started = time.perf_counter()
    try:
        with ThreadPoolExecutor(1) as thread:  # in the main one, nbclient would swallow SIGTERM
            thread.submit(client.execute).result()
    except (CellExecutionError, CellTimeoutError) as error:  # MyST-NB says where
        result.err, result.exc_string = error, traceback.format_exc()
    result.time = time.perf_counter() - started
    return result, Kernel.peak


class Ahead:
    """The notebooks of one build, as many at once as there are cores, and memory for.

    Each is executed from a process of its own: an interrupt reaches it, and its kernel, too.

    Parameters
    ----------
    folder
        The cache, which knows what need not be executed; the kernels' peaks are noted there.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.results = Results(str(folder))
        self.pool: Pool | None = None
        self.running: dict[str, tuple[str, AsyncResult]] = {}

    def start(self, env: BuildEnvironment, pages: list[str]) -> None:
        """Begin to execute those of the pages whose results are not kept, in their order."""
        for page in pages:
            file = Path(env.doc2path(page))
            text = file.read_text(encoding="utf-8")
            reader = create_nb_reader(str(file), env.myst_config, env.mystnb_config, text)
            if reader is None:
                continue
            notebook = reader.read(text)
            config = config_of(notebook, env.mystnb_config)
            client = create_client(notebook, str(file), config, LOGGER, reader.read_fmt)
            if isinstance(client, NotebookClientCache) and not self.is_kept(notebook):
                self.pool = self.pool or Pool(lanes(), end_with_parent, context=SPAWN)
                how = config.execution_timeout, config.execution_allow_errors
                waiting = self.pool.apply_async(execute, (notebook, file.parent, *how))
                self.running[self.hash(notebook)] = file.stem, waiting

    def hash(self, notebook: NotebookNode) -> str:
        """Return the name that a notebook's results are kept under."""
        return self.results.create_hashed_notebook(notebook)[1]

    def is_kept(self, notebook: NotebookNode) -> bool:
        """Whether an earlier build has executed a notebook."""
        try:
            self.results.match_cache_notebook(notebook)
        except KeyError:
            return False
        return True

    def wait(self, notebook: NotebookNode, **options: object) -> ExecutionResult:
        """Stand in for jupyter-cache's ``single_nb_execution``: give a notebook its outputs.

        Raises
        ------
        RuntimeError
            An extension has changed code since :meth:`start` read it; prose and captions it may.
        """
        name, waiting = self.running.pop(self.hash(notebook), ("", None))
        if waiting is None:
            raise RuntimeError(
                "A page's code was expected as its file has it; found code that was changed while "
                "Sphinx read the page, so its results are not known. Look for an extension that "
                "rewrites code cells at 'source-read'."
            )
        result, peak = waiting.get()
        keep_peak(self.folder, name, peak)
        executed = (cell for cell in result.nb.cells if cell.cell_type == "code")
        for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
            done = next(executed)
            cell.outputs, cell.execution_count = done.outputs, done.execution_count
        notebook.metadata.update(
            {name: result.nb.metadata[name] for name in KERNEL_SAYS if name in result.nb.metadata}
        )
        return result

    def stop(self) -> None:
        """End what still runs, and begin nothing more."""
        if self.pool is not None:
            self.pool.terminate()


def lanes() -> int:
    """How many notebooks at once: one a core, if each may take what one may."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores, psutil.virtual_memory().available // (LIMIT * 1_000_000)))
