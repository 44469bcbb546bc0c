"""Notebooks executed side by side, each with one thread, while Sphinx reads one page after another.

Kernels with a thread each get more out of the cores than one kernel with a thread for each core,
whose threads wait for each other at every small matrix: on 2 cores, eight notebooks took 320 s
instead of 480. Nor do the digits depend on how many cores there are, or on what else they do.
"""

from __future__ import annotations

import asyncio
import os
import time
import traceback
from multiprocessing.pool import AsyncResult, ThreadPool
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from jupyter_cache.executors.utils import ExecutionResult
from jupyter_client.manager import AsyncKernelManager
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from book.execution.key import ALONE
from book.execution.memory import LIMIT, keep_peak, peak_memory
from book.execution.results import Results

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from sphinx.environment import BuildEnvironment


class Ahead:
    """The notebooks of one build, as many at once as there are cores, and memory for.

    Parameters
    ----------
    folder
        The cache, which knows what need not be executed; the kernels' peaks are noted there.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.results = Results(str(folder))
        self.pool: ThreadPool | None = None  # its threads end with the process, kernels with them
        self.running: dict[str, AsyncResult] = {}

    def start(self, env: BuildEnvironment, pages: list[str]) -> None:
        """Begin to execute those of the pages whose results are not kept, in their order."""
        for page in pages:
            file = Path(env.doc2path(page))
            text = file.read_text(encoding="utf-8")
            reader = create_nb_reader(str(file), env.myst_config, env.mystnb_config, text)
            if reader is not None and not self.is_kept(notebook := reader.read(text)):
                self.pool = self.pool or ThreadPool(lanes())
                job = (notebook, file, env.mystnb_config.execution_timeout)
                self.running[self.hash(notebook)] = self.pool.apply_async(self.execute, job)

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

    def execute(self, notebook: NotebookNode, file: Path, timeout: int) -> ExecutionResult:
        """Execute a notebook in place, in the folder of its page."""
        result = ExecutionResult(notebook, str(file.parent), time=0.0)
        client = NotebookClient(
            notebook,
            resources={"metadata": {"path": result.cwd}},
            timeout=timeout,
            kernel_manager_class=kernel_of(file.stem, self.folder),
        )
        started = time.perf_counter()
        try:
            asyncio.run(client.async_execute())
        except (CellExecutionError, CellTimeoutError) as error:  # MyST-NB says where
            result.err, result.exc_string = error, traceback.format_exc()
        result.time = time.perf_counter() - started
        return result

    def wait(self, notebook: NotebookNode, **options: object) -> ExecutionResult:
        """Stand in for jupyter-cache's ``single_nb_execution``: give a notebook its outputs.

        Raises
        ------
        RuntimeError
            An extension has changed code since :meth:`start` read it; prose and captions it may.
        """
        job = self.running.pop(self.hash(notebook), None)
        if job is None:
            raise RuntimeError(
                "A page's code was expected as its file has it; found code that was changed while "
                "Sphinx read the page, so its results are not known. Look for an extension that "
                "rewrites code cells at 'source-read'."
            )
        result = job.get()
        executed = (cell for cell in result.nb.cells if cell.cell_type == "code")
        for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
            done = next(executed)
            cell.outputs, cell.execution_count = done.outputs, done.execution_count
        notebook.metadata.update(
            {name: result.nb.metadata[name] for name in KERNEL_SAYS if name in result.nb.metadata}
        )
        return result

    def stop(self) -> None:
        """Begin nothing more."""
        if self.pool is not None:
            self.pool.terminate()


KERNEL_SAYS = ("kernelspec", "language_info", "widgets")
"""What a notebook's metadata know only once it was executed."""


def lanes() -> int:
    """How many notebooks at once: one a core, if each may take what one may."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores, psutil.virtual_memory().available // (LIMIT * 1_000_000)))


def kernel_of(name: str, folder: Path) -> type[AsyncKernelManager]:
    """Make the kind of kernel that executes one notebook."""

    class Kernel(AsyncKernelManager):
        """Computes with one thread; its peak of memory is kept when it ends."""

        async def start_kernel(self, **options: object) -> None:
            """Start with one thread."""
            await super().start_kernel(env=os.environ | ALONE, **options)

        async def shutdown_kernel(self, *arguments: object, **options: object) -> None:
            """Keep the peak while the system still tells it, then end."""
            keep_peak(folder, name, peak_memory(self.provisioner.pid))
            await super().shutdown_kernel(*arguments, **options)

    return Kernel
