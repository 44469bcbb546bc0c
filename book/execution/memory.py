"""How much memory each notebook's kernel takes at its peak; Binder gives it 2 GB."""

from __future__ import annotations

import json
import re
from pathlib import Path

from book.execution.caches import write_whole

LIMIT = 2000  # megabytes
PEAKS = "memory.json"


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


def keep_peak(folder: Path, name: str, megabytes: int) -> None:
    """Keep the peak of a notebook with a cache, beside those of others."""
    kept = read_peaks(folder) | {name: megabytes}
    write_whole(folder / PEAKS, json.dumps(kept, indent=1, sort_keys=True))
