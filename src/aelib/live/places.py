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
    parts = [part for part in path.split(".") if part not in ("", "module")]  # that one wraps
    return name + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)


def place_of(node: fx.Node, name: str) -> str:
    """Say which module runs an operation, and which line of the learner's calls it."""
    path, found = name, []
    for inner, module in (node.meta.get("nn_module_stack") or {}).values():
        kind = module if isinstance(module, str) else module.__name__
        below = re.sub(r"@\d+$", "", inner).partition("module")[2]
        if inner.endswith("module") or below:
            path, found = inside(name, below), [kind.rpartition(".")[2]]
    lines = re.findall(r'File "(.+?)", line (\d+), in \S+\n\s*(.*)', node.stack_trace or "")
    theirs = [line for line in lines if not line[0].startswith(OWN)]
    found += [_line(*line) for line in theirs[-1:]]
    return f"{path} ({', '.join(found)})" if found else path


def learners_line(error: BaseException) -> str:
    """Say which line of the learner's own raised an error; nothing where it is none."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith((*OWN, "<"))]
    lines = [_line(frame.filename, frame.lineno, frame.line or "") for frame in theirs[-1:]]
    return "".join(f" ({line})" for line in lines)


def _line(file: str, number: int | str, text: str) -> str:
    return f"line {number} of {Path(file).name}: {text.strip()}"


def where_it_failed(whole: nn.Module, name: str, x: Tensor, error: Exception) -> tuple[int, str]:
    """Run a network that fails once more; return how far it comes, and a sentence.

    Returns
    -------
    tuple of int and str
        How many modules have answered, one less where an image is missing; what failed, where, and
        what it was given.
    """
    places = {m: inside(name, path.partition("module")[2]) for path, m in whole.named_modules()}
    running, done = [], []
    handles = []
    for module in places:
        handles.append(module.register_forward_pre_hook(lambda *call: running.append(call)))
        handles.append(module.register_forward_hook(lambda *_: done.append(running.pop())))
    try:
        with torch.no_grad():
            whole(x.clone())
    except Exception as again:
        error = again
    finally:
        for handle in handles:
            handle.remove()
    module, given = running[-1] if running else (whole, (x,))
    place = places[module]
    shapes = [_shape(value) for value in given if isinstance(value, Tensor)]
    reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else ""
    if type(module) is nn.Linear and shapes and given[0].shape[-1] != module.in_features:
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
    wants_an_image = "2d" in type(module).__name__ and given[0].ndim == 2
    return len(done) - wants_an_image, sentence


def _shape(x: Tensor) -> str:
    return "(" + ", ".join(map(str, x.shape[1:])) + (",)" if x.ndim == 2 else ")")
