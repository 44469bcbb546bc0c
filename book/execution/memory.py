"""How much memory each notebook's kernel takes at its peak; Binder gives it 2 GB."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

import psutil

from book.execution.caches import write_whole

LIMIT = 2000  # megabytes
PEAKS = "memory.json"
PERIOD = 0.25  # seconds between two looks; the system keeps the peak of what happens in between


def peak_memory(pid: int, proc: Path = Path("/proc")) -> int:
    """Return the most memory a running process has had at once, in megabytes; 0 if unknown."""
    try:
        status = (proc / str(pid) / "status").read_text(encoding="utf-8")
    except OSError:  # not Linux, or the process has just ended
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) // 1000 if found else 0


def read_peaks(folder: Path) -> dict[str, int]:
    """Return the peaks kept with a cache: megabytes by the notebook's name, without its suffix."""
    file = folder / PEAKS
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


class MemoryWatch:
    """Look at this process's kernels while a build executes notebooks, and keep their peaks.

    Parameters
    ----------
    folder
        The cache; ``memory.json`` is written there when the watch stops.
    current
        Returns the page that is being read, such as ``chapters/quiz``, or None.
    """

    def __init__(self, folder: Path, current: Callable[[], str | None]):
        self.folder, self.current = folder, current
        self.peaks: dict[str, int] = {}
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self.thread.start()

    def look(self) -> None:
        """Note the peak of each kernel under the page that is being read."""
        me = psutil.Process()
        while not self.done.wait(PERIOD):
            page = self.current()
            if page is None:
                continue
            name = Path(page).name
            for child in me.children():
                self.peaks[name] = max(self.peaks.get(name, 0), peak_memory(child.pid))

    def stop(self) -> None:
        """Stop, and add what was seen to what is kept; a second call does nothing."""
        if self.done.is_set():
            return
        self.done.set()
        if self.thread.is_alive():
            self.thread.join()
        if self.peaks:
            kept = read_peaks(self.folder) | self.peaks
            write_whole(self.folder / PEAKS, json.dumps(kept, indent=1, sort_keys=True))
