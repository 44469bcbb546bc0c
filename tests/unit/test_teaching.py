"""What the guide for teachers says is to be typed, typed."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from book import ROOT

GUIDES = [ROOT / "docs" / name for name in ("teaching.md", "teaching.zh-CN.md")]
SUBMISSIONS = {
    "li broken": ["raise OSError('lost')", "from aelib import checks", "checks.shapes(None)"],
    "zhou never": ["1 +"],
}


def blocks(guide, language):
    """The code of a language in a guide, in order."""
    text = guide.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_both_guides_have_the_same_code():
    for language in ("sh", "python"):
        english, chinese = (blocks(guide, language) for guide in GUIDES)
        assert english == chinese != []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("timeout"), reason="the loop is one of a POSIX shell")
def test_the_loop_grades_every_submission_and_goes_on_after_errors(tmp_path):
    (tmp_path / "submissions").mkdir()
    for name, cells in SUBMISSIONS.items():
        notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
        nbformat.write(notebook, tmp_path / "submissions" / f"{name}.ipynb")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    tools = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}

    def typed(*command):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        return done.stdout.splitlines()

    assert typed("sh", "-c", blocks(GUIDES[0], "sh")[0]) == list(SUBMISSIONS)
    summary = typed(sys.executable, "-c", blocks(GUIDES[0], "python")[0])
    assert [" ".join(line.split()) for line in summary] == ["li broken 0 of 1 checks passed"]
    report = json.loads((tmp_path / "reports" / "li broken.json").read_text(encoding="utf-8"))
    assert report[-1]["passed"] is False
    assert "SyntaxError" in (tmp_path / "reports" / "zhou never.txt").read_text(encoding="utf-8")
