import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from book.mutation import javascript
from book.mutation.__main__ import main
from book.mutation.python import own_tests, prepare, sources, verdicts
from book.node import NODE

FILES = Path("src/aelib/noise.py"), Path("src/aelib/live/noise.py")
TEST = Path("tests/unit/test_noise.py")
STORED = Path("tests/unit/__snapshots__/test_noise.ambr")


def test_a_file_is_tested_by_the_tests_of_its_name_and_of_its_folder():
    assert own_tests(Path("src/aelib/noise.py")) == [Path("tests/unit/test_noise.py")]
    checks = own_tests(Path("src/aelib/checks/probes.py"))
    assert Path("tests/unit/test_checks.py") in checks
    assert all(test.name.startswith("test_checks") for test in checks)


def test_a_package_is_all_of_its_files():
    files = sources(Path("src/aelib/mnist"))
    assert {Path("src/aelib/mnist/text.py"), Path("src/aelib/mnist/idx.py")} < set(files)
    assert sources(Path("src/aelib/noise.py")) == [Path("src/aelib/noise.py")]
    assert Path("tests/unit/test_mnist_layouts.py") in own_tests(Path("src/aelib/mnist"))


@pytest.mark.parametrize("file", ["book/node.py", "src/aelib/missing.py", "src/aelib/base.css"])
def test_another_file_is_refused_in_a_sentence(file, capsys):
    assert main([file]) == 2
    assert (
        f"expected a Python file or a package below src/aelib; found {file}"
        in capsys.readouterr().out
    )


def test_no_file_at_all_is_refused(capsys):
    assert main([]) == 2
    assert "make mutate FILE=" in capsys.readouterr().out


@pytest.fixture
def project(tmp_path):
    for name in ("src/aelib/live", "tests/unit/__snapshots__", "book/node_modules", "studies"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("chapters", "locales"):
        (tmp_path / name).mkdir()
    for name in (*FILES, TEST, STORED):
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    for name in ("pyproject.toml", "_config.yml", "_toc.yml"):
        (tmp_path / name).write_text("[project]\n", encoding="utf-8")
    for name in ("requirements.in", "requirements.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_the_copy_holds_what_the_tests_need_and_the_project_stays_as_it_is(project):
    folder, other = (prepare(file, [TEST], project) for file in FILES)
    assert other != folder
    assert (folder / "src/aelib/noise.py").read_text(encoding="utf-8") == "x = 1\n"
    assert not (folder / "book/node_modules").exists()
    settings = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert "only_mutate = ['src/aelib/noise.py']" in settings
    assert "['tests/unit/test_noise.py']" in settings
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == "[project]\n"


@pytest.mark.parametrize("changed", [FILES[0], TEST, STORED])
def test_what_is_known_of_mutants_is_kept_until_the_file_or_a_test_changes(project, changed):
    known = prepare(FILES[0], [TEST], project) / "mutants"
    known.mkdir()
    prepare(FILES[0], [TEST], project)
    assert known.exists()
    (project / changed).write_text("x = 2\n", encoding="utf-8")
    prepare(FILES[0], [TEST], project)
    assert not known.exists()


def test_every_verdict_is_read():
    said = "    aelib.noise.x_add_noise__mutmut_1: killed\n    aelib.x__mutmut_2: survived\n\nrest"
    assert verdicts(said) == {
        "aelib.noise.x_add_noise__mutmut_1": True,
        "aelib.x__mutmut_2": False,
    }


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("network_dense.js", ["test_explorer_js.py", "test_operations_js.py"]),
        ("drawing.js", ["test_explorer_js.py"]),
        ("latent_map.js", ["test_explorer_page.py"]),
    ],
)
def test_a_file_of_the_browser_code_is_tested_by_the_tests_that_run_it(file, tests):
    assert [test.name for test in javascript.own_tests(javascript.LIVE / file)] == tests


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("src/aelib/live/missing.js", "expected a file in src/aelib/live; found"),
        ("book/theme/any.js", "expected a file in src/aelib/live; found book/theme/any.js"),
        ("src/aelib/live/words.js", "expected a test in tests/unit that runs words.js; found none"),
    ],
)
def test_another_script_is_refused_in_a_sentence(file, said, capsys):
    assert main([file]) == 2
    assert said in capsys.readouterr().out


def test_a_file_that_imports_another_is_run_with_it():
    found = javascript.with_imports({"explorer_address.js", "elsewhere.js"})
    assert {"drawing.js", "pixels.js", "network_dense.js"} < found
    assert "explorer.js" not in found


COPY = """
const s = globalThis.__stryker__;
const stryMutAct_0 = (id) => {
  const { perTest } = (s.mutantCoverage ??= { static: {}, perTest: {} });
  const hits = (perTest[s.currentTestId] ??= {});
  hits[id] = (hits[id] ?? 0) + 1;
  if (process.env.__STRYKER_ACTIVE_MUTANT__ !== id) return false;
  if (++s.hitCount > s.hitLimit) throw new Error("limit");
  return true;
};
export const half = (v) => (stryMutAct_0("0") ? 2 * v : v / 2);
export const count = (n) => { let i = 0; while (i < n) stryMutAct_0("1") ? i-- : i++; return i; };
export const wait = (n) => { if (stryMutAct_0("2")) for (;;); return n; };
export const never = () => stryMutAct_0("3");
"""
ASKED = [("m.half(d)", "8", "4.0"), ("m.count(d)", "9", "9"), ("m.wait(d)", "3", "3")]


@pytest.fixture
def replay(tmp_path):
    """Run replay.mjs on a copy with four faults; return the answers to one of them."""
    live = tmp_path / "src/aelib/live"
    live.mkdir(parents=True)
    (live / "copy.js").write_text(COPY, encoding="utf-8")
    (tmp_path / "answers").mkdir()
    names = ("module", "expression", "data", "answer")
    asked = [dict(zip(names, ("copy.js", *one), strict=True)) for one in ASKED]

    def run(fault: int | None, sample: int = 0) -> tuple[int, dict | None]:
        (tmp_path / "asked.json").write_text(json.dumps({"asked": asked}), encoding="utf-8")
        chosen = {} if fault is None else {"__STRYKER_ACTIVE_MUTANT__": str(fault)}
        done = subprocess.run(
            [NODE, javascript.HERE / "replay.mjs", ".", live / "copy.js", str(sample)],
            cwd=tmp_path,
            env={**os.environ, **chosen},
            check=False,
        )
        answers = tmp_path / "answers" / f"{fault}.json"
        known = json.loads(answers.read_text(encoding="utf-8")) if answers.exists() else None
        return done.returncode, known

    run.asked = asked
    return run


def test_every_fault_is_asked_what_comes_to_it_and_one_without_an_end_is_ended(replay):
    assert replay(None) == (0, None)
    assert replay(0) == (1, {"0": {"answer": "16"}})
    for fault in (1, 2):
        code, answers = replay(fault)
        assert code == 1
        assert answers == {str(fault): {"error": "runs on and on", "late": True}}
    assert replay(3) == (0, {})


def test_a_copy_that_answers_otherwise_without_a_fault_is_refused(replay):
    replay.asked[1]["answer"] = "10"
    assert replay(None) == (1, None)


def test_as_many_faults_are_tried_as_are_asked_for_evenly_spread(replay):
    replay(None, sample=2)
    assert [replay(fault, sample=2)[1] is None for fault in range(4)] == [True, False, True, False]


BROWSER_CODE = """
def run_node(*arguments, given=""):
    return "page"


def evaluate(module, expression, data=None):
    return 2 * data
"""
PROGRAM = """
from browser_code import evaluate


def test_the_double_is_near():
    assert abs(evaluate("copy.js", "m.double(d)", 4) - 8) < 0.1


def test_the_double_of_a_double():
    assert evaluate("copy.js", "m.double(d)", evaluate("copy.js", "m.double(d)", 1)) > 3
"""


def test_a_fault_is_seen_if_a_test_fails_with_its_answers(tmp_path):
    (tmp_path / "browser_code.py").write_text(BROWSER_CODE, encoding="utf-8")
    (tmp_path / "test_it.py").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "answers").mkdir()

    def run(command: str, place: str) -> dict:
        program = [sys.executable, "-m", "book.mutation.answers", command, place, "test_it.py"]
        paths = os.pathsep.join([str(tmp_path), str(javascript.ROOT)])
        subprocess.run(program, cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths}, check=True)

    run("record", "asked.json")
    known = json.loads((tmp_path / "asked.json").read_text(encoding="utf-8"))
    assert [one["answer"] for one in known["asked"]] == ["8", "2", "4"]
    assert [len(one["tests"]) for one in known["asked"]] == [1, 1, 1]
    changed = {
        "wrong": {"0": {"answer": "16"}},
        "near": {"0": {"answer": "8.05"}},
        "no answer": {"0": {"error": "runs on and on"}},
        "asked further": {"1": {"answer": "2.5"}},
        "the same": {},
    }
    for name, answers in changed.items():
        file = tmp_path / "answers" / f"{name}.json"
        file.write_text(json.dumps(answers), encoding="utf-8")
    run("judge", ".")
    assert json.loads((tmp_path / "seen.json").read_text(encoding="utf-8")) == {
        "wrong": True, "near": False, "no answer": True, "asked further": False, "the same": False,
    }  # fmt: skip


def test_a_report_of_stryker_is_read():
    def mutant(name: str, status: str) -> dict:
        place = {"start": {"line": 2, "column": 10}, "end": {"line": 2, "column": 15}}
        return {
            "id": name, "mutatorName": "Sum", "replacement": "a - b", "location": place,
            "status": status,
        }  # fmt: skip

    mutants = [mutant("0", "Killed"), mutant("1", "Killed"), mutant("2", "Timeout")]
    mutants += [mutant("3", "Survived"), mutant("4", "Survived"), mutant("5", "RuntimeError")]
    source = "function sum(a, b) {\n  return a + b;\n}\n"
    report = {"files": {"x.js": {"source": source, "mutants": mutants}}}
    found = javascript.verdicts(report, {"0": True, "1": False, "3": False})
    assert [mutant.seen for mutant in found] == [True, False, True, False, False]  # 4: not drawn
    assert found[1].name == "x.js:2 Sum"
    assert found[1].difference == "-  return a + b;\n+  return a - b;"
