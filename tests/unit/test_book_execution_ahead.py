"""Notebooks side by side: which are executed, with what, and how their outputs come to a page."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import pytest
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.config import NbParserConfig
from myst_parser.config.main import MdParserConfig
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx_book import NOTEBOOK

from book.execution import ahead
from book.execution.memory import read_peaks

pytestmark = pytest.mark.slow

MEETS = """\
import time
from pathlib import Path
Path("{me}").touch()
deadline = time.monotonic() + 30
while not Path("{other}").exists() and time.monotonic() < deadline:
    time.sleep(0.05)
print("met:", Path("{other}").exists())"""

SLEEPS = """\
import os
import time
from pathlib import Path
Path("partial").write_text(f"{os.getpid()} {os.getppid()}")
Path("partial").rename("pids")
time.sleep(300)"""


class Pages:
    """Some notebooks in a folder, and what ``Ahead`` asks of Sphinx."""

    def __init__(self, folder):
        self.folder = folder
        self.env = SimpleNamespace(
            doc2path=lambda page: str(folder / f"{page}.md"),
            myst_config=MdParserConfig(),
            mystnb_config=NbParserConfig(execution_mode="cache", execution_timeout=60),
        )

    def write(self, page, code, header=""):
        """Write a page with one cell; return it as MyST-NB reads it."""
        front = NOTEBOOK.replace("kernelspec:", f"{header}kernelspec:")
        text = f"{front}# {page}\n\n```{{code-cell}} ipython3\n{code}\n```\n"
        (self.folder / f"{page}.md").write_text(text, encoding="utf-8")
        return notebook(code)


def notebook(code, prose="# Title", **metadata):
    made = new_notebook(cells=[new_markdown_cell(prose), new_code_cell(code, metadata=metadata)])
    made.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    return made


@pytest.fixture
def pages(tmp_path):
    return Pages(tmp_path)


@pytest.fixture
def side_by_side(tmp_path, monkeypatch):
    """What executes them, two at once on any machine."""
    monkeypatch.setattr(ahead, "lanes", lambda: 2)
    side_by_side = ahead.Ahead(tmp_path / "kept")
    yield side_by_side
    side_by_side.stop()


def printed(read):
    return read.cells[-1].outputs[0].text.strip()


def test_two_notebooks_run_at_the_same_time_and_each_page_gets_its_own_outputs(pages, side_by_side):
    one = pages.write("one", MEETS.format(me="a", other="b"))
    two = pages.write("two", MEETS.format(me="b", other="a") + "\nprint('two')")
    side_by_side.start(pages.env, ["one", "two"])
    results = [side_by_side.wait(read, cwd="elsewhere") for read in (two, one)]
    assert (printed(one), printed(two)) == ("met: True", "met: True\ntwo")
    assert all(result.err is None and result.time > 0 for result in results)
    assert one.metadata["language_info"]["name"] == "python"
    assert one.cells[-1].execution_count == 1


def test_a_kernel_has_one_thread_whatever_the_environment_says(pages, side_by_side, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    read = pages.write("one", "import os\nprint(os.environ['OMP_NUM_THREADS'])")
    side_by_side.start(pages.env, ["one"])
    side_by_side.wait(read)
    assert printed(read) == "1"


def test_a_line_that_a_kernel_sent_in_pieces_is_one_line(pages, side_by_side):
    code = "import sys\nfor part in ('one', '\\ntw', 'o\\n'):\n    print(part, end='', flush=True)"
    read = pages.write("one", code)
    side_by_side.start(pages.env, ["one"])
    [output] = side_by_side.wait(read).nb.cells[1].outputs
    assert output.text == "one\ntwo\n"


def test_the_peak_of_a_notebook_is_kept_under_its_own_name(pages, side_by_side):
    read = pages.write("one", "kept = bytes(bytearray(300_000_000))")
    small = pages.write("two", "print('small')")
    side_by_side.start(pages.env, ["one", "two"])
    side_by_side.wait(read)
    side_by_side.wait(small)
    peaks = read_peaks(side_by_side.folder)
    assert peaks["one"] >= 500 > peaks["two"]


def test_what_is_kept_and_what_is_no_notebook_is_not_executed(pages, side_by_side):
    kept = pages.write("one", "print('kept')")
    bundle = CacheBundleIn(kept, str(pages.folder / "one.md"), data={"execution_seconds": 1.0})
    side_by_side.results.cache_notebook_bundle(bundle, check_validity=False)
    new = pages.write("two", "print('new')")
    (pages.folder / "index.md").write_text("# Book\n", encoding="utf-8")
    side_by_side.start(pages.env, ["index", "one", "two"])
    assert len(side_by_side.running) == 1
    side_by_side.wait(new)
    assert printed(new) == "new"


@pytest.mark.parametrize(
    ("setting", "header"),
    [
        ({"execution_mode": "off"}, ""),
        ({"execution_excludepatterns": ["*one*"]}, ""),
        ({}, "mystnb:\n  execution_mode: 'off'\n"),
    ],
)
def test_what_book_or_page_do_not_want_executed_is_not(pages, side_by_side, setting, header):
    pages.env.mystnb_config = pages.env.mystnb_config.copy(**setting)
    pages.write("one", "print('code')", header)
    side_by_side.start(pages.env, ["one"])
    assert side_by_side.running == {}
    assert side_by_side.pool is None


def test_errors_are_allowed_where_a_page_says_so(pages, side_by_side):
    header = "mystnb:\n  execution_allow_errors: true\n"
    read = pages.write("one", "raise ValueError('shown')", header)
    side_by_side.start(pages.env, ["one"])
    assert side_by_side.wait(read).err is None
    assert read.cells[-1].outputs[0].ename == "ValueError"


def test_prose_and_captions_may_differ_from_what_was_executed(pages, side_by_side):
    pages.write("one", "print('code')")
    side_by_side.start(pages.env, ["one"])
    read = notebook("print('code')", "# Another title", mystnb={"code_prompt_show": "Show"})
    side_by_side.wait(read)
    assert printed(read) == "code"
    assert read.cells[0].source == "# Another title"
    assert read.cells[1].metadata["mystnb"] == {"code_prompt_show": "Show"}


def test_a_cell_that_fails_is_told_with_its_error_and_the_others_go_on(pages, side_by_side):
    wrong = pages.write("one", "raise ValueError('no such digit')")
    right = pages.write("two", "print('right')")
    side_by_side.start(pages.env, ["one", "two"])
    result = side_by_side.wait(wrong)
    assert isinstance(result.err, CellExecutionError)
    assert "no such digit" in result.exc_string
    side_by_side.wait(right)
    assert printed(right) == "right"


def test_code_that_is_not_the_page_s_is_an_error_that_says_so(pages, side_by_side):
    pages.write("one", "print('code')")
    side_by_side.start(pages.env, ["one"])
    with pytest.raises(RuntimeError, match="changed while Sphinx read the page"):
        side_by_side.wait(notebook("print('other code')"))


def wait_for(file):
    """Read a file once it is there."""
    deadline = time.monotonic() + 30
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    return file.read_text(encoding="utf-8")


def gone(pids):
    """Whether these processes end within some seconds."""
    deadline = time.monotonic() + 20
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(map(psutil.pid_exists, pids))


def test_what_still_runs_ends_with_the_build(pages, side_by_side):
    pages.write("one", SLEEPS)
    side_by_side.start(pages.env, ["one"])
    pids = [int(pid) for pid in wait_for(pages.folder / "pids").split()]
    started = time.monotonic()
    side_by_side.stop()
    assert time.monotonic() - started < 10
    assert gone(pids)


KILLED = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from myst_nb.core.config import NbParserConfig
from myst_parser.config.main import MdParserConfig
from book.execution import ahead

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    env = SimpleNamespace(
        doc2path=lambda page: str(folder / f"{page}.md"),
        myst_config=MdParserConfig(),
        mystnb_config=NbParserConfig(execution_mode="cache", execution_timeout=60),
    )
    ahead.Ahead(folder / "kept").start(env, ["one"])
    while not (folder / "pids").exists():
        pass
    os.kill(os.getpid(), 9)
"""


def test_what_still_runs_ends_when_the_build_is_killed(pages):
    pages.write("one", SLEEPS)
    script = pages.folder / "build.py"
    script.write_text(KILLED, encoding="utf-8")
    subprocess.run([sys.executable, script, pages.folder], timeout=60)
    assert gone([int(pid) for pid in wait_for(pages.folder / "pids").split()])


@pytest.mark.parametrize(
    ("cores", "megabytes", "lanes"), [(2, 20_000, 2), (8, 7_000, 3), (4, 900, 1), (1, 20_000, 1)]
)
def test_as_many_run_at_once_as_there_are_cores_and_memory_for(
    monkeypatch, cores, megabytes, lanes
):
    free = SimpleNamespace(available=megabytes * 1_000_000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
    monkeypatch.setattr(ahead.psutil, "virtual_memory", lambda: free)
    assert ahead.lanes() == lanes
