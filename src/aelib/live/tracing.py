"""Follow a network as it runs: which operations, on which weights, whoever called them.

``torch.export`` writes down every operation that an evaluation of the network runs, with hooks,
pruning, shared weights, functional calls and all; ``operations.py`` turns each into steps. What
does not depend on the picture, say a weight under spectral norm, is computed here, once.
"""

import copy
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from operator import getitem

import torch
from torch import Tensor, fx, nn

from aelib.live.builder import RANDOM, Answer, Builder, NotShownError
from aelib.live.operations import OPERATIONS
from aelib.live.places import learners_line, place_of, where_it_failed
from aelib.live.steps import Step
from aelib.live.unwrapped import unwrapped

PICTURES = ((784,), (1, 28, 28), (28, 28))
"""The forms in which a network may want its pictures, in the order in which they are tried."""

SIZES = (2, 3, 5)
"""Sizes of the batches in which an image must get its own answer: a roll by 2 changes none of 2."""

ENDS = (0, -1)
"""The images of a batch that are watched: its rows may be cut up, but begin and end with them."""

ACROSS = (
    "The explorer cannot run {what} in the browser: it works across the images of a batch. Keep "
    "the first axis for the images, and compute each image's answer from that image alone."
)


@dataclass(frozen=True)
class Traced:
    """A network as it runs.

    Attributes
    ----------
    steps : list of Step
        What the browser runs.
    answer : callable
        The learner's own network: a batch of flat pictures, or codes, to what it returns.
    """

    steps: list[Step]
    answer: Callable[[Tensor], Tensor]


class Whole(nn.Module):
    """A network that takes its input as the page has it, and returns one tensor."""

    def __init__(self, module: nn.Module, name: str, shape: tuple[int, ...]):
        super().__init__()
        self.module, self.name, self.shape = module, name, shape

    def forward(self, x: Tensor) -> Tensor:
        """Return the picture or the code."""
        return picture_or_code(self.module(x.reshape(len(x), *self.shape)), self.name, len(x))


def trace(module: object, name: str, x: Tensor) -> Traced:
    """Write down the operations that a network runs on ``x``.

    Parameters
    ----------
    module : torch.nn.Module, or a method of one
        Dropout and batch norm are taken as in evaluation, whatever mode the module is in; the
        module itself stays as it is.
    name : str
        Stands in messages: "encoder".
    x : torch.Tensor
        float32 ``(n, …)``: what the network takes. Pictures of 784 values are also tried as
        ``(n, 1, 28, 28)``.

    Raises
    ------
    TypeError
        For an operation that the browser does not have; the message names its line.
    ValueError
        For weights that are not finite, or a network that cannot take what it is given.
    """
    whole = _runs(unwrapped(module, name), name, x[:1].repeat(2, *[1] * (x.ndim - 1)))

    def answer(batch: Tensor) -> Tensor:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return whole(batch.clone())  # a layer may work in place

    pair = torch.cat([x[:1], x[-1:]])
    answers = answer(pair)
    try:
        alone = [answer(one) for one in pair.split(1)]
    except Exception as error:
        raise ValueError(
            where_it_failed(whole, name, x[:1], error)[1] + " It is given one image: that must be "
            "enough, as it is for a batch norm with track_running_stats=True."
        ) from None
    steps = _steps(whole, name, x[:1], (1, *answers.shape[1:]))
    for i, one in zip(ENDS, alone, strict=True):
        one, other = one.flatten(), answers[i].flatten()  # an answer may be squeezed
        same = one.shape == other.shape
        if not same or not torch.allclose(one, other, rtol=1e-3, atol=1e-3, equal_nan=True):
            _blame(whole, name, pair, torch.stack([pair[i], pair[i]]), i)
    for size in SIZES:
        _check_alone(whole, answer, name, x[torch.arange(1 - size, 1) % len(x)])
    return Traced(steps, answer)


def _check_alone(
    whole: Whole, answer: Callable[[Tensor], Tensor], name: str, batch: Tensor
) -> None:
    """Refuse a network whose answer to an image changes, however little, with the others.

    The two batches have one shape, so each image goes through the same arithmetic in both: without
    a bridge between them its answer is the same to the last bit.
    """
    answers = answer(batch)
    for i in ENDS:
        changed = 1 - batch
        changed[i] = batch[i]
        if not _equal(answer(changed)[i], answers[i]) and _equal(answer(batch), answers):
            _blame(whole, name, batch, changed, i)


def _equal(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same to the last bit; NaN is the same as NaN."""
    return torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)


def picture_or_code(answer: object, name: str, count: int) -> Tensor:
    """Return what a network answers for each of ``count`` images.

    Of a VAE's mean and logarithm of the variance it is the mean; indices and losses that stand
    beside a code are left out.
    """
    parts = list(answer) if isinstance(answer, tuple | list) else [answer]
    tensors = [part for part in parts if isinstance(part, Tensor) and part.is_floating_point()]
    if len(parts) > 1:
        tensors = [part for part in tensors if part.ndim > 1 and len(part) == count]
    if len(tensors) == 1 or (
        len(parts) == 2 and len(tensors) == 2 and tensors[0].shape == tensors[1].shape
    ):
        return tensors[0]
    kinds = ", ".join(type(part).__name__ for part in parts)
    found = type(answer).__name__ + (f" of {kinds}" if len(parts) > 1 else "")
    raise NotShownError(
        f"{name} returns a {found}; the explorer expects one tensor, or a VAE's (mean, logarithm "
        "of the variance), of which it shows the mean. Wrap it in a module that returns the code "
        "or the picture alone."
    )


def _runs(module: nn.Module, name: str, x: Tensor) -> Whole:
    """Find the form in which a network takes its input."""
    given = tuple(x.shape[1:])
    failed = []
    for shape in PICTURES if given == PICTURES[0] else (given,):
        whole = Whole(module, name, shape)
        try:
            with torch.no_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = whole(x.clone())
        except NotShownError as problem:
            raise TypeError(str(problem)) from None
        except Exception as error:
            failed.append(where_it_failed(whole, name, x, error))
            continue
        if len(answer) == len(x):
            return whole
        failed.append((0, f"{name} returns {len(answer)} answers to {len(x)} images."))
    raise ValueError(max(failed, key=lambda found: found[0])[1])  # where it came furthest


def _steps(whole: Whole, name: str, x: Tensor, shape: tuple[int, ...]) -> list[Step]:
    """Turn each operation on which the answer to one image depends into steps."""
    program = _exported(whole, name, torch.zeros_like(x))
    weights = _weights(program)
    returned = program.graph.output_node().args[0][-1]  # before it: buffers that are changed
    needed = _needed(returned)
    builder = Builder()
    values: dict[fx.Node, object] = {}
    for node in program.graph.nodes:
        if node.op == "placeholder":
            values[node] = weights.get(node.name, Answer(0, tuple(x.shape)))
        elif node in needed:
            values[node] = _value(builder, node, values, name)
    answer = values[returned]
    if not isinstance(answer, Answer):
        raise TypeError(f"What {name} returns does not depend on what it is given.")
    return builder.leading_to(answer, shape)


def _blame(whole: Whole, name: str, batch: Tensor, changed: Tensor, i: int) -> None:
    """Name the operation that lets the answer to image i depend on the others, which changed."""
    program, runs = _exported(whole, name, batch), []
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, of itself
        for images in (batch, changed):
            runs.append(_Noting(copy.deepcopy(program.module())))
            runs[-1].run(images)
    nodes, found = runs[0].module.graph.nodes, [run.found for run in runs]
    for node, first, second in zip(nodes, *found, strict=True):
        if isinstance(first, tuple | list):
            first, second = first[0], second[0]
        if isinstance(first, Tensor) and first.ndim and not torch.equal(first[i], second[i]):
            raise TypeError(ACROSS.format(what=f"{_name(node.target)} of {place_of(node, name)}"))


class _Noting(fx.Interpreter):
    """Runs a graph and keeps what each of its nodes answers."""

    def __init__(self, module: fx.GraphModule):
        super().__init__(module)
        self.found: list[object] = []

    def run_node(self, node: fx.Node) -> object:
        """Run one node."""
        self.found.append(super().run_node(node))
        return self.found[-1]


def _exported(whole: Whole, name: str, x: Tensor) -> torch.export.ExportedProgram:
    """Let torch write down the operations, and take apart those that are not in ``OPERATIONS``."""
    logged = logging.root.manager.disable
    logging.disable()  # what torch says of a network that it cannot follow, we say in a sentence
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(StringIO()),
            redirect_stderr(StringIO()),
            _data_followed(),
        ):
            warnings.simplefilter("ignore")  # of attributes that a forward sets, of torch's own
            try:
                program = torch.export.export(whole, (x,), strict=False)
            except Exception as error:
                try:  # it reads the code instead of running it, and so follows NumPy too
                    program = torch.export.export(whole, (x,), strict=True)
                except Exception:
                    raise error from None
            if all(map(_known, program.graph.nodes)):
                return program
            return program.run_decompositions(_table())
    except Exception as error:
        line = learners_line(error)
        raise TypeError(
            f"{name} cannot be followed{line}: there it leaves torch or decides by the values of "
            "the picture, and the browser runs the same operations for every picture. Compute it "
            "with tensors alone, a choice with torch.where."
        ) from None
    finally:
        logging.disable(logged)


@contextmanager
def _data_followed() -> Iterator[None]:
    """Let ``x.data`` be followed as ``x.detach()``, and ``x.data = y`` as writing into ``x``."""

    def write(x: Tensor, values: Tensor) -> None:
        with torch.no_grad():
            x.copy_(values)

    Tensor.data = property(Tensor.detach, write)
    try:
        yield
    finally:
        del Tensor.data  # the one that it inherits is seen again


def _known(node: fx.Node) -> bool:
    """Whether an operation is in ``OPERATIONS``, and changes nothing in place."""
    if node.op != "call_function" or node.target is getitem:
        return True
    return _name(node.target) in OPERATIONS and not node.target._schema.is_mutable


@cache
def _table() -> dict:
    """Return how torch takes operations apart, but for those in ``OPERATIONS``."""
    table = torch.export.default_decompositions()
    return {operation: f for operation, f in table.items() if _name(operation) not in OPERATIONS}


def _name(operation: object) -> str:
    """Return "relu" of ``aten.relu.default``."""
    return str(operation).removeprefix("aten.").partition(".")[0]


def _weights(program: torch.export.ExportedProgram) -> dict[str, Tensor]:
    """Return parameters, buffers and constants by the name of their node."""
    known = {**program.constants, **program.state_dict}
    return {
        entry.arg.name: known[entry.target]
        for entry in program.graph_signature.input_specs
        if entry.target is not None
    }


def _needed(node: fx.Node) -> set[fx.Node]:
    found, waiting = set(), [node]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += node.all_input_nodes
    return found


def _value(builder: Builder, node: fx.Node, values: dict, name: str) -> object:
    """Compute what does not depend on the input; of all else, make steps."""
    args = fx.node.map_arg(node.args, values.__getitem__)
    named = fx.node.map_arg(node.kwargs, values.__getitem__)
    if node.target is getitem:
        parts, index = args
        return parts[index] if isinstance(parts, tuple | list) else parts
    operation, place = _name(node.target), place_of(node, name)
    fixed = not any(isinstance(values[other], Answer) for other in node.all_input_nodes)
    try:
        if torch.Tag.nondeterministic_seeded in node.target.tags and operation not in OPERATIONS:
            raise NotShownError(RANDOM)
        if fixed:
            with torch.no_grad():
                return node.target(*args, **named)
        if operation not in OPERATIONS:
            raise NotShownError(
                "has no counterpart there. Build the network from layers and arithmetic"
            )
        return OPERATIONS[operation](builder, _shape(node), *args, **named)
    except NotShownError as problem:
        raise TypeError(
            f"The explorer cannot run {operation} of {place} in the browser: it {problem}."
        ) from None
    except Exception as error:
        raise TypeError(
            f"The explorer cannot run {operation} of {place} in the browser with what it is given "
            f"({error}). Build the network from layers and arithmetic."
        ) from None


def _shape(node: fx.Node) -> tuple[int, ...]:
    """Return the shape of what an operation answers to one image."""
    value = node.meta["val"]
    value = value[0] if isinstance(value, tuple | list) else value
    return tuple(getattr(value, "shape", ()))
