"""The browser's half of a widget: its script and its style sheet, read from this folder.

The files are ES modules that import each other, so that Node, editors and tsc understand them;
anywidget wants one module. ``script`` joins them: each file keeps a scope of its own, and what it
exports is handed to those who import it.

    const modules = {};
    modules["network.js"] = (() => { … return { forward, readWeights }; })();
    modules["explorer.js"] = (({ forward }) => { … })(modules["network.js"]);

What cannot be joined so is an error, never a line that is left over: the joined text would fail
in the reader's browser only.
"""

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent

WIDGETS = {
    "aelib.live.explorer.ExplorerView": {
        "_esm": "explorer.js",
        "_css": ("base.css", "explorer.css"),
    },
    "aelib.live.latent_map.LatentMap": {
        "_esm": "latent_map.js",
        "_css": ("base.css", "explorer.css"),
    },
    "aelib.live.trainer.TrainerView": {
        "_esm": "trainer.js",
        "_css": ("base.css", "trainer.css"),
        "worker": "train_worker.js",
    },
}
"""Entry modules and style sheets of each widget, by the name that anywidget keeps in its state."""

WORD = re.compile(
    r"""//[^\n]* | /\*.*?\*/                                # comments
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`   # strings
      | (?<![\w$.]) (?P<word>import(?!\((?!["'`]))|export) (?![\w$])   # not import(address)""",
    re.VERBOSE | re.DOTALL,
)
IMPORT = re.compile(
    r"""import\s*\{(?P<names>[^{}]*)\}\s*from\s*(?P<quote>["'])\./(?P<file>[\w-]+\.js)(?P=quote);?"""
)
EXPORT = re.compile(r"export\s+(?=(?:(?:async\s+)?function\s*\*?|class|const)\s+(?P<name>[\w$]+))")
DEFAULT = re.compile(r"export\s+default\s+(?!(?:async\s+)?function\b|class\b)")
NAME = re.compile(r"(?P<theirs>[\w$]+)(?:\s+as\s+(?P<ours>[\w$]+))?")


class Module(NamedTuple):
    """One file: its text without imports and exports, and what these were."""

    text: str
    imports: list[tuple[str, dict[str, str]]]  # file, and {its name: our name}
    exports: list[str]


def script(entry: str, folder: Path = FOLDER) -> str:
    """Join an ES module and all it imports into one, as anywidget wants it.

    Understood are ``import { a, b as c } from "./file.js"``, ``export`` before a function, a class
    or a ``const``, and ``export default`` before an expression.

    Parameters
    ----------
    entry : str
        The file to begin with; its default export is that of the whole.
    folder : pathlib.Path
        Where the files lie.

    Raises
    ------
    ValueError
        For another form of import or export, for a name or a file that is not there, and for
        files that import each other in a circle. The message says file and line.
    """
    joined: dict[str, Module] = {}
    _follow(entry, folder, joined, [])
    if "default" not in joined[entry].exports:
        raise ValueError(f"{entry} has no default export; anywidget needs one: {{ render }}.")
    parts = ["const modules = {};", *(_scope(*item) for item in joined.items())]
    return "\n".join([*parts, f'export default modules["{entry}"].default;', ""])


def style(*names: str) -> str:
    """Read style sheets of this folder, one behind the other."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def today() -> dict[str, dict[str, str]]:
    """Read the scripts and style sheets of all widgets, without making a widget.

    Returns
    -------
    dict
        For each ``_anywidget_id`` that a saved state may hold, ``{"_esm": …, "_css": …}``.
    """
    return {
        name: {
            key: script(file) if isinstance(file, str) else style(*file)
            for key, file in files.items()
        }
        for name, files in WIDGETS.items()
    }


def _follow(file: str, folder: Path, joined: dict[str, Module], above: list[str]) -> None:
    """Put a file behind all that it imports."""
    if file in above:
        raise ValueError(f"Modules import each other in a circle: {' → '.join([*above, file])}.")
    if file in joined:
        return
    module = _read(file, (folder / file).read_text(encoding="utf-8"))
    for other, names in module.imports:
        if not (folder / other).is_file():
            raise ValueError(f"{file} imports from ./{other}, which is not in {folder.name}/.")
        _follow(other, folder, joined, [*above, file])
        missing = [name for name in names if name not in joined[other].exports]
        if missing:
            raise ValueError(
                f"{file} imports {', '.join(missing)} from ./{other}, which exports "
                f"{', '.join(joined[other].exports)}."
            )
    joined[file] = module


def _read(file: str, text: str) -> Module:
    """Take the imports out of a file, and the word ``export`` from before what it exports."""
    imports, exports, kept, at = [], [], [], 0
    for found in WORD.finditer(text):
        start = found.start()
        if not found["word"]:
            continue
        if statement := IMPORT.match(text, start):
            parts = [part.strip() for part in statement["names"].split(",") if part.strip()]
            names = [NAME.fullmatch(part) for part in parts]
            if all(names):
                pairs = {name["theirs"]: name["ours"] or name["theirs"] for name in names}
                imports.append((statement["file"], pairs))
                instead = ""
            else:
                statement = None
        elif statement := DEFAULT.match(text, start):
            exports.append("default")
            instead = "const defaultExport = "
        elif statement := EXPORT.match(text, start):
            exports.append(statement["name"])
            instead = ""
        if not statement:
            line = text.count("\n", 0, start) + 1
            raise ValueError(
                f"{file}, line {line}: cannot join {text.splitlines()[line - 1].strip()!r}. Write "
                'import { a, b as c } from "./file.js", export before a function, a class or a '
                "const, or export default before an expression."
            )
        kept += [text[at:start], instead]
        at = statement.end()
    return Module("".join([*kept, text[at:]]).strip("\n"), imports, exports)


def _scope(file: str, module: Module) -> str:
    """Write a file as a function that is called at once and returns what the file exports."""
    takes = []
    for _, names in module.imports:
        inner = (a if a == b else f"{a}: {b}" for a, b in names.items())
        takes.append(f"{{ {', '.join(inner)} }}")
    given = ", ".join(f'modules["{other}"]' for other, _ in module.imports)
    exports = ["default: defaultExport" if name == "default" else name for name in module.exports]
    return "\n".join(
        [
            f'modules["{file}"] = (({", ".join(takes)}) => {{',
            module.text,
            f"return {{ {', '.join(exports)} }};",
            f"}})({given});",
        ]
    )
