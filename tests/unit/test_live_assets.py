"""The modules of a widget's script, joined into one; and what cannot be joined."""

from pathlib import Path

import pytest
import torch
from browser_code import evaluate, run_node
from torch import nn

from aelib import mlp_autoencoder
from aelib.live import Explorer, LatentMap, Trainer, assets

IMAGES = torch.zeros(5, 784)


@pytest.fixture
def join(tmp_path):
    """Write some modules, join them, and return the file with the result."""

    def join(**modules: str) -> Path:
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
        joined = tmp_path / "joined.mjs"
        joined.write_text(assets.script("entry.js", tmp_path), encoding="utf-8")
        return joined

    return join


def answer(joined: Path) -> object:
    """What the joined module exports by default."""
    return evaluate(joined, "m.default")


@pytest.mark.parametrize("widget", assets.WIDGETS)
def test_the_script_of_every_widget_is_a_module_that_node_can_read(widget, tmp_path):
    file = tmp_path / "joined.mjs"
    file.write_text(assets.today()[widget]["_esm"], encoding="utf-8")
    checked = run_node("--check", str(file))
    assert checked.returncode == 0, checked.stderr
    assert evaluate(file, "typeof m.default.render") == "function"


def test_todays_scripts_and_styles_are_those_of_the_widgets_by_the_names_in_their_state():
    pair = mlp_autoencoder((784, 2), nn.Sigmoid)
    widgets = [Explorer(pair, IMAGES).view, LatentMap(*pair, IMAGES, range(5)), Trainer().view]
    states = {state["_anywidget_id"]: state for state in (w.get_state() for w in widgets)}
    today = assets.today()
    assert states.keys() == today.keys()
    for name, files in today.items():
        assert files == {key: states[name][key] for key in files}


def test_every_script_and_style_sheet_of_the_package_is_part_of_a_widget():
    used: dict[str, assets.Module] = {}
    sheets: set[str] = set()
    for files in assets.WIDGETS.values():
        for entry in files.values():
            if isinstance(entry, tuple):
                sheets.update(entry)
            elif entry not in used:
                assets._follow(entry, assets.FOLDER, used, [])
    assert {file.name for file in assets.FOLDER.glob("*.js")} == set(used)
    assert {file.name for file in assets.FOLDER.glob("*.css")} == sheets


def test_an_address_that_is_computed_may_be_imported_and_one_that_is_written_may_not(join):
    assert answer(join(entry="export default typeof ((a) => import(a));")) == "function"
    with pytest.raises(ValueError, match="line 1: cannot join"):
        join(entry='export default import("./other.js");')


def test_imports_are_followed_whatever_their_order_quotes_and_layout(join):
    joined = join(
        entry="import {\n  double,\n  one as first,\n} from './b.js'\n"
        'import { one } from "./a.js";\nexport default [double(first), one];\n',
        b='export const double = (x) => 2 * x;\nimport {one as unit} from "./a.js";\n'
        "export const one = unit + 1;\n",
        a="export const one = 1;\n",
    )
    assert answer(joined) == [4, 1]


def test_a_name_may_mean_one_thing_in_one_module_and_another_in_the_next(join):
    joined = join(
        entry='import { side } from "./a.js";\nconst SIDE = 960, modules = 1;\n'
        "export default [SIDE, side(), modules];\n",
        a="const SIDE = 28;\nexport function side() { return SIDE; }\n",
    )
    assert answer(joined) == [960, 28, 1]


def test_the_words_in_comments_and_strings_are_left_alone(join):
    joined = join(
        entry='/* \nimport { x } from "./nowhere.js";\n */\n// export no\n'
        "const model = { ['export']: 1 };\n"
        "const said = 'export ' + model.export + \"import it\" + `export\nimport`;\n"
        "export default said;\n"
    )
    assert answer(joined) == "export 1import itexport\nimport"


@pytest.mark.parametrize(
    "line",
    [
        'import * as all from "./a.js";',
        'import a from "./a.js";',
        'import "./a.js";',
        'import { a } from "../a.js";',
        'import { a } from "somewhere";',
        'import { "a-b" as a } from "./a.js";',
        'const later = import("./a.js");',
        "const here = import.meta.url;",
        'export { a } from "./a.js";',
        'export * from "./a.js";',
        "const a = 1; export { a };",
        "export let a = 1;",
        "export default function f() {}",
        "export const { a } = { a: 1 };",
    ],
)
def test_an_import_or_export_that_cannot_be_joined_is_an_error_with_its_place(line, join):
    with pytest.raises(ValueError, match=r"entry\.js, line 3: cannot join .*Write import \{ a"):
        join(entry=f"// one\n\n{line}\nexport default {{}};\n", a="export const a = 1;\n")


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (
            {"entry": 'import { b } from "./a.js";', "a": "export const a = 1;"},
            r"entry\.js imports b from \./a\.js, which exports a\.",
        ),
        (
            {"entry": 'import { b } from "./c.js";'},
            r"entry\.js imports from \./c\.js, which is not",
        ),
        (
            {
                "entry": 'import { a } from "./a.js";',
                "a": 'import { b } from "./b.js";\nexport const a = b;',
                "b": 'import { a } from "./a.js";\nexport const b = a;',
            },
            r"in a circle: entry\.js → a\.js → b\.js → a\.js",
        ),
        ({"entry": "export const render = 1;"}, r"entry\.js has no default export"),
    ],
)
def test_what_is_imported_must_be_there(modules, message, join):
    with pytest.raises(ValueError, match=message):
        join(**modules)


def test_a_name_that_is_imported_and_made_anew_is_a_syntax_error(join):
    joined = join(
        entry='import { a } from "./a.js";\nconst a = 2;\nexport default a;',
        a="export const a = 1;",
    )
    assert "already been declared" in run_node("--check", str(joined)).stderr
