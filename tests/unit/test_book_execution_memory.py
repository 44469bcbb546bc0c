import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from book.execution.memory import PEAKS, MemoryWatch, peak_memory, read_peaks

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells peaks")


def test_the_peak_is_read_in_megabytes(tmp_path):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text(
        "VmPeak:\t9 kB\nVmHWM:\t 1234567 kB\nThreads:\t1\n", encoding="utf-8"
    )
    assert peak_memory(7, proc=tmp_path) == 1234


@pytest.mark.parametrize("status", [None, "Name:\tzombie\n"])
def test_a_peak_that_the_system_does_not_tell_is_0(tmp_path, status):
    if status:
        (tmp_path / "7").mkdir()
        (tmp_path / "7" / "status").write_text(status, encoding="utf-8")
    assert peak_memory(7, proc=tmp_path) == 0


@needs_proc
def test_a_child_s_peak_is_kept_under_the_page_being_read_and_others_stay(tmp_path):
    (tmp_path / PEAKS).write_text('{"quiz": 900}', encoding="utf-8")
    watch = MemoryWatch(tmp_path, lambda: "chapters/features")
    watch.start()
    code = "kept = bytes(bytearray(300_000_000)); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as child:
        deadline = time.monotonic() + 60
        while watch.peaks.get("features", 0) < 300 and time.monotonic() < deadline:
            time.sleep(0.05)
        child.kill()
    watch.stop()
    watch.stop()
    peaks = json.loads((tmp_path / PEAKS).read_text(encoding="utf-8"))
    assert peaks["quiz"] == 900
    assert 300 <= peaks["features"] < 800


def test_nothing_is_written_where_nothing_ran(tmp_path):
    watch = MemoryWatch(tmp_path, lambda: None)
    watch.start()
    watch.stop()
    assert read_peaks(tmp_path) == {}
    assert not (tmp_path / PEAKS).exists()


def test_a_watch_that_was_never_started_can_be_stopped(tmp_path):
    MemoryWatch(tmp_path, lambda: None).stop()
    assert read_peaks(tmp_path) == {}
