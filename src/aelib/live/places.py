"""Where in the learner's code something stands, for messages."""

import re
import traceback
from pathlib import Path

import torch
from torch import Tensor, fx, nn

OWN = (str(Path(torch.__file__).parent), str(Path(__file__).parent))
"""Folders whose lines are nobody's but torch's and ours."""


def inside(name: str, path: str) -> str:
    """Write the path of a module as in Python: ``encoder[2].norm``."""
    parts = [part for part in path.split(".") if part]
    return name + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)


def place_of(node: fx.Node, name: str) -> str:
    """Say which module runs an operation, and the line that calls it."""
    path, kind = name, ""
    for inner, module in (node.meta.get("nn_module_stack") or {}).values():
        below = re.sub(r"@\d+$", "", inner).partition("module")[2]
        if below.strip(".") or inner.endswith("module"):
            path = inside(name, below)
            kind = f", a {(module if isinstance(module, str) else module.__name__).split('.')[-1]}"
    found = re.findall(r'File "(.+?)", line (\d+), in (\S+)\n\s*(.*)', node.stack_trace or "")
    theirs = [entry for entry in found if not entry[0].startswith(OWN)]
    return path + kind + (_line(*theirs[-1]) if theirs else "")


def learners_line(error: BaseException) -> str:
    """Say which line of the learner's own raised an error; nothing where it is none."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not f.filename.startswith((*OWN, "<"))]
    own = [f for f in theirs if "torch" not in f.filename]
    return _line(own[-1].filename, own[-1].lineno, own[-1].name, own[-1].line or "") if own else ""


def _line(file: str, number: int | str, function: str, text: str) -> str:
    return f" (line {number} of {Path(file).name}, in {function}: {text.strip()})"


def where_it_failed(
    whole: nn.Module, name: str, x: Tensor, error: Exception
) -> tuple[int, str]:
    """Run a network that fails once more; return how far it comes, and a sentence.

    Returns
    -------
    tuple of int and str
        How many modules have answered; what failed, where, and what it was given.
    """
    open_, done = [], []
    handles = []
    for path, module in whole.named_modules():
        place = inside(name, path.partition("module")[2])
        enter = lambda module, given, place=place: open_.append((place, module, given))  # noqa: E731
        handles.append(module.register_forward_pre_hook(enter))
        handles.append(module.register_forward_hook(lambda *_: done.append(open_.pop())))
    try:
        with torch.no_grad():
            whole(x.clone())
    except Exception as again:
        error = again
    finally:
        for handle in handles:
            handle.remove()
    place, module, given = open_[-1] if open_ else (name, whole, (x,))
    shapes = [_shape(value) for value in given if isinstance(value, Tensor)]
    reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else ""
    if type(module) is nn.Linear and shapes:
        sentence = (
            f"{place} expects {module.in_features} values and is given "
            f"{given[0].shape[-1]}. Make the layer's in_features what the layer before it returns "
            "(an image has 784 pixels)."
        )
    else:
        what = "" if any(module.children()) else f", {module},"
        sentence = (
            f"{place}{what} cannot take what it is given, {', '.join(shapes)} for each image"
            f"{learners_line(error)}: {type(error).__name__}, {reason}."
        )
    return len(done), sentence


def _shape(x: Tensor) -> str:
    return "(" + ", ".join(map(str, x.shape[1:])) + (",)" if x.ndim == 2 else ")")
