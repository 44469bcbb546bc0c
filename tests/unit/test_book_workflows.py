import re

import pytest
import yaml

from book import ROOT
from book.workflows import lint

pytestmark = pytest.mark.slow

SOUND = """
name: Sound
on: push
permissions: {}
concurrency:
  group: sound
  cancel-in-progress: true
jobs:
  say:
    name: Say it
    runs-on: ubuntu-latest
    steps:
      - run: echo sound
"""


def project(folder, workflow):
    workflows = folder / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "one.yml").write_text(workflow, encoding="utf-8")
    return folder


def test_a_sound_workflow_passes(tmp_path):
    assert lint(project(tmp_path, SOUND)) == 0


def test_a_project_without_workflows_is_no_success(tmp_path, capsys):
    assert lint(tmp_path) != 0
    assert "found none" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("run: echo ${{ github.nothing }}", "nothing"),  # actionlint: no such value
        ("uses: actions/checkout@v6", "unpinned-uses"),  # zizmor: a tag can move
        ("run: echo ${{ inputs.words }}", "words"),  # actionlint: the workflow has no inputs
    ],
)
def test_a_faulty_workflow_is_red_and_says_why(tmp_path, capfd, wrong, says):
    assert lint(project(tmp_path, SOUND.replace("run: echo sound", wrong))) != 0
    printed = capfd.readouterr()
    assert says in printed.out + printed.err


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_what_runs_on_a_schedule_asks_nothing_of_the_event_which_is_empty_then(file):
    text = file.read_text(encoding="utf-8")
    events = yaml.load(text, yaml.BaseLoader)["on"]  # which YAML's 1.1 takes for true
    asked = re.findall(r"github\.event\.[\w.]+", text)
    assert "schedule" not in events or not asked, f"{file.name} asks for {asked}"


def test_some_workflow_runs_on_a_schedule():
    assert any("schedule:" in file.read_text(encoding="utf-8") for file in WORKFLOWS)
