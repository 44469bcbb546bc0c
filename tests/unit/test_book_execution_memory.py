import subprocess
import sys
from pathlib import Path

import pytest

from book.execution.memory import keep_peak, peak_memory, read_peaks

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
def test_a_process_s_own_peak_outlives_what_it_took():
    code = "bytes(bytearray(300_000_000)); print(flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as child:
        child.stdout.readline()
        assert 550 <= peak_memory(child.pid) < 900  # the array and its copy; Linux counts late
        child.kill()


def test_a_peak_is_kept_under_its_notebook_and_others_stay(tmp_path):
    assert read_peaks(tmp_path) == {}
    keep_peak(tmp_path, "quiz", 900)
    keep_peak(tmp_path, "features", 300)
    keep_peak(tmp_path, "quiz", 800)
    assert read_peaks(tmp_path) == {"quiz": 800, "features": 300}
