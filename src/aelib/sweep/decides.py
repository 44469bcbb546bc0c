"""What decides a run: the function, what it calls and reads, the data, the versions.

A function is known by the meaning of its source (see :mod:`aelib.provenance`). From there the
names that its compiled code loads are followed: into functions and classes of the notebook, of
files beside it and of ``aelib``, but not into installed packages, which are known by their
versions. Other values that it reads are known by their content.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import importlib.metadata
import inspect
import sys
import sysconfig
import textwrap
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import joblib

from aelib.provenance import machine, meaning, versions

PACKAGE = Path(__file__).parents[1]
INSTALLED = tuple(
    str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "purelib", "platlib")
)
CODE = types.FunctionType | types.MethodType | type | functools.partial


def what_decides(run) -> dict[str, Any]:
    """Gather what decides the numbers of a run, apart from its parameters and its seed.

    Parameters
    ----------
    run
        A function, a method, a class's instance that can be called, or a ``functools.partial``.

    Returns
    -------
    dict
        ``code``: a digest of the function and all that it calls and reads; ``data``: of the MNIST
        files in the package; ``python`` and ``packages``: versions.

    Raises
    ------
    ValueError
        The function reads a value that cannot be told apart from a changed one.
    """
    parts: dict[str, str] = {}
    gather(run, "run", parts)
    return {
        "code": digest("\n".join(f"{name} {part}" for name, part in sorted(parts.items()))),
        "data": digest(*(file.read_bytes() for file in sorted((PACKAGE / "data").glob("*.gz")))),
        "python": machine()["python"],
        "packages": versions(importlib.metadata.requires("aelib") or []),
    }


def digest(*contents: str | bytes) -> str:
    """Hash texts or bytes to 16 hexadecimal digits."""
    hashed = hashlib.sha256()
    for content in contents:
        hashed.update(content.encode() if isinstance(content, str) else content)
    return hashed.hexdigest()[:16]


def gather(value: Any, name: str, parts: dict[str, str]) -> None:
    """Add to ``parts`` what a value means, under its qualified name, and all that it leads to."""
    if callable(value):
        value = inspect.unwrap(value)  # what a decorator such as lru_cache or inference_mode holds
    if isinstance(value, functools.partial):
        gather(value.func, f"{name}.func", parts)
        gather((value.args, value.keywords), f"{name}.arguments", parts)
    elif isinstance(value, types.MethodType):
        gather(value.__func__, name, parts)
        gather(value.__self__, f"{name}.self", parts)
    elif isinstance(value, dict) and holds_code(value.values()):
        for key, inner in value.items():
            gather(inner, f"{name}[{key!r}]", parts)
    elif isinstance(value, list | tuple) and holds_code(value):
        for place, inner in enumerate(value):
            gather(inner, f"{name}[{place}]", parts)
    elif isinstance(value, types.ModuleType) or is_installed(value):
        return  # what a function takes from a module is followed where it takes it
    elif isinstance(value, types.FunctionType | type):
        known = f"{value.__module__}.{value.__qualname__}"
        if known in parts:
            return
        parts[known] = said(value)
        for inner, read in led_to(value):
            gather(read, f"{known}.{inner}", parts)
    else:
        if not isinstance(value, CODE) and not is_installed(type(value)):
            gather(type(value), f"{name}.type", parts)
        parts[name] = content(value, name)


def holds_code(values: Iterable[Any]) -> bool:
    """Whether a container holds functions, or containers that may."""
    return any(callable(value) or isinstance(value, dict | list | tuple) for value in values)


def is_installed(value: Any) -> bool:
    """Whether a function, class or built-in comes from Python or an installed package."""
    if not isinstance(value, types.FunctionType | type | types.BuiltinFunctionType):
        return False
    module = sys.modules.get(value.__module__ or "")
    if module is None or module.__name__.partition(".")[0] in ("aelib", "__main__"):
        return False
    file = getattr(module, "__file__", None)
    return file is None or str(Path(file).resolve()).startswith(INSTALLED)


def said(value: types.FunctionType | type) -> str:
    """Return the meaning of a function's or class's source, or of its compiled code without one."""
    try:
        source = textwrap.dedent(inspect.getsource(value))
        return meaning(source, Path(value.__qualname__))
    except (OSError, TypeError, SyntaxError):  # no source, or a lambda in the midst of a call
        return repr([compiled(code) for code in codes(value)])


def compiled(code: types.CodeType) -> list:
    """Return what compiled code does, without its place in a file."""
    return [
        (step.opname, step.argrepr)
        for step in dis.get_instructions(code)
        if not isinstance(step.argval, types.CodeType)
    ]


def codes(value: types.FunctionType | type) -> Iterator[types.CodeType]:
    """Yield the compiled code of a function, or of a class's methods, and all nested in it."""
    if isinstance(value, type):
        waiting = [function.__code__ for function in methods(value)]
    else:
        waiting = [value.__code__]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [inner for inner in code.co_consts if isinstance(inner, types.CodeType)]


def methods(value: type) -> Iterator[types.FunctionType]:
    """Yield the functions that a class itself defines."""
    for member in vars(value).values():
        member = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        if isinstance(member, types.FunctionType):
            yield member


def led_to(value: types.FunctionType | type) -> Iterator[tuple[str, Any]]:
    """Yield the names and values that a function or class reads from outside itself."""
    functions = [value] if isinstance(value, types.FunctionType) else list(methods(value))
    if isinstance(value, type):
        yield from ((base.__name__, base) for base in value.__bases__)
        yield from (
            (name, member)
            for name, member in vars(value).items()
            if not name.startswith("__") and not isinstance(member, CODE | property | staticmethod)
            and not isinstance(member, classmethod | types.MemberDescriptorType)
        )  # fmt: skip
    for function in functions:
        yield "defaults", (function.__defaults__, function.__kwdefaults__)
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        yield from ((name, cell.cell_contents) for name, cell in cells if filled(cell))
        for code in codes(function):
            yield from loaded(code, function.__globals__)


def filled(cell: types.CellType) -> bool:
    """Whether a closure's variable has a value: one of a function not yet defined has none."""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def loaded(code: types.CodeType, names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values that compiled code loads by a global name, from a module, or by import."""
    modules: list[types.ModuleType] = []
    attributes = set()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval in names:
            yield step.argval, names[step.argval]
            if isinstance(names[step.argval], types.ModuleType):
                modules.append(names[step.argval])
        elif step.opname == "IMPORT_NAME":
            module = sys.modules.get(step.argval)
            modules += [module] if module else []
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"):
            attributes.add(step.argval)
    for module in modules:
        if not is_local(module):
            continue
        for name in sorted(attributes & vars(module).keys()):
            yield f"{module.__name__}.{name}", getattr(module, name)


def is_local(module: types.ModuleType) -> bool:
    """Whether a module is the notebook, a file beside it, or part of ``aelib``."""
    if module.__name__.partition(".")[0] in ("aelib", "__main__"):
        return True
    file = getattr(module, "__file__", None)
    return file is not None and not str(Path(file).resolve()).startswith(INSTALLED)


def content(value: Any, name: str) -> str:
    """Digest a value by its content.

    Raises
    ------
    ValueError
        It cannot be written down, and so not compared.
    """
    try:
        return joblib.hash(value)
    except Exception as error:
        raise ValueError(
            f"A run is known by all that it reads; found {name}, a {type(value).__name__}, which "
            f"cannot be compared with an earlier one ({error}). Make it inside the function, or "
            "pass its name through the grid."
        ) from error
