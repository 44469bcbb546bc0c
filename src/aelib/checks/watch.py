"""A watch on what runs through a pair of networks while they are trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch.overrides import TorchFunctionMode

from aelib.checks.eager import Eager
from aelib.checks.functorch import is_mapped, outside_of_func, plain
from aelib.checks.multiplications import MULTIPLYING, WITH_BIAS, is_parameter, tensors_in
from aelib.checks.route import Route
from aelib.checks.steps import Steps, some_of
from aelib.checks.strands import Strands
from aelib.checks.weights import Parameter, gradient_hooks


@dataclass
class Entry:
    """A batch at the first weights."""

    rows: torch.Tensor  # (b, entering)
    live: bool  # whether gradients were recorded
    weight: torch.Tensor  # some numbers of what it met: not the networks' own with copies
    strand: int  # of those weights


@dataclass
class Leave:
    """A batch behind the last weights, and the gradient that came back to it."""

    values: torch.Tensor  # (b, ...): before the tail, or pixels where there is no tail
    entry: Entry | None
    step: tuple[int, int]  # optimizer's steps, and changes of the weights, before it
    life: int  # of the weights
    gradient: torch.Tensor | None = None
    came: tuple[int, int] = (0, 0)  # steps, and gradients added to parameters', before it came
    dropped: bool = False  # whether what came of it was set to zero before a step
    strand: int | None = None  # of the last weights, where they are known

    @property
    def is_used(self) -> bool:
        """Whether its gradient came back, and there was a step that may have used it."""
        return self.gradient is not None and not self.dropped


def steps_of(used: list[Leave]) -> torch.Tensor:
    """Return for each row of some batches the number of the step that it had a part in."""
    by_optimizer = any(one.step[0] for one in used)
    steps = [one.step[0] if by_optimizer else one.step[1] for one in used for _ in one.gradient]
    return torch.tensor(steps, dtype=torch.int64)


def note_gradient(
    leaves: list[Leave],
    one: Leave,
    gradient: torch.Tensor,
    steps: Steps,
    followed: list[Parameter],
) -> None:
    """Note a gradient that came back, and which earlier ones were thrown away before it.

    They were where parameters had got gradients of them, hold none now, and no step came between.
    """
    added = sum(parameter.accumulated for parameter in followed)
    if all(parameter.is_cleared for parameter in followed):
        for other in leaves:
            since = other.step == one.step and other.came[0] == steps.count
            if since and other is not one and other.came[1] < added and other.is_used:
                other.dropped = bool(other.gradient.any())
    one.came = steps.count, added
    one.gradient = gradient if one.gradient is None else one.gradient + gradient


@dataclass
class Watch:
    """What was seen of a training.

    Attributes
    ----------
    entries, leaves
        Batches at both ends of the pair.
    parameters
        Of the encoder and of the decoder; shared ones stand with the encoder only.
    steps
        What made the steps, and what they changed.
    compared
        Predictions and targets of every cross-entropy with a gradient.
    strands
        The trainings of copies, one beside the other.
    copies
        First weights of the copies.
    """

    route: Route | None = None
    entries: list[Entry] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    parameters: dict[str, list[Parameter]] = field(default_factory=dict)
    steps: Steps = field(default_factory=Steps)
    compared: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)
    strands: Strands = field(default_factory=Strands)
    copies: list[Parameter] = field(default_factory=list)
    handles: list = field(default_factory=list)

    @property
    def used(self) -> list[Leave]:
        """Batches that went through both networks and whose gradient came back for a step."""
        return [one for one in self.leaves if one.is_used and one.entry is not None]

    def everything(self) -> list[Parameter]:
        """Return the parameters of both networks."""
        return [one for part in self.parameters.values() for one in part]

    def follow(self, weight: torch.Tensor) -> None:
        """Watch the gradients of a copy's weights, too."""
        known = [one.value for one in (*self.everything(), *self.copies)]
        if weight.is_leaf and weight.requires_grad and not any(one is weight for one in known):
            self.copies.append(Parameter("", weight, plain(weight)))
            self.handles += gradient_hooks(self.copies[-1])

    def finish(self) -> None:
        """Forget, after the training, the batches of weights that were not kept.

        Parameters may have been put in the place of the first ones.
        """
        for part, network in (("encoder", self.route.encoder), ("decoder", self.route.decoder)):
            now = {f"{part} {name}": value for name, value in network.named_parameters()}
            for one in self.parameters[part]:
                one.value = now.get(one.name, one.value)
        self.steps.finish(self.everything())
        strand = self.strands.kept(self.route.first_weight())
        if strand is None and self.used:
            self.steps.kept = None
        life = self.steps.kept
        self.leaves = [
            one
            for one in self.leaves
            if life in (None, one.life)
            and (strand is None or one.entry is None or one.entry.strand == strand)
        ]


@contextmanager
def watch(route: Route) -> Iterator[Watch]:
    """Look on while the block trains the route's networks, and change nothing."""
    seen = Watch(route)
    known: set[int] = set()
    for name, network in (("encoder", route.encoder), ("decoder", route.decoder)):
        seen.parameters[name] = []
        for part, value in network.named_parameters():
            if value.requires_grad and id(value) not in known:
                known.add(id(value))
                before = value.detach().cpu().clone()
                seen.parameters[name].append(Parameter(f"{name} {part}", value, before))
    seen.handles = seen.steps.hooks()
    for one in seen.everything():
        seen.handles += gradient_hooks(one)
    try:
        with Eager(), _returned_values(seen), _Passages(seen):
            yield seen
        seen.finish()
    finally:
        for handle in seen.handles:
            handle.remove()


class _Passages(TorchFunctionMode):
    """Note what meets the first weights, what leaves the last, and what cross-entropy compares."""

    def __init__(self, seen: Watch):
        super().__init__()
        self.seen = seen

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        outputs = func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        if name in MULTIPLYING and isinstance(outputs, torch.Tensor):
            with outside_of_func():
                self._multiplied(name, tensors_in((args, kwargs)), outputs)
        elif name == "cross_entropy":
            note_comparison(self.seen.compared, args, kwargs)
        return outputs

    def _multiplied(self, name, given, outputs) -> None:
        route = self.seen.route
        if any(is_mapped(one) for one in (*given, outputs)):
            return
        for one in sorted(given, key=is_parameter):  # a batch may have the shape of a weight
            others = {tuple(sorted(other.shape)): other for other in given if other is not one}
            if route.entrance in others and _is_batch(one, route.entering):
                rows, weight = plain(one).reshape(-1, route.entering), others[route.entrance]
                strand = self.seen.strands.of(weight)
                entry = Entry(rows, outputs.requires_grad, some_of(plain(weight)), strand)
                self.seen.entries.append(entry)
                self.seen.follow(weight if weight._base is None else weight._base)
                return
            is_exit = route.tail is not None and route.exit in others
            if is_exit and _is_batch(outputs, route.leaving):
                self.leave(outputs, None if name in WITH_BIAS else route.bias)
                return

    def leave(self, outputs: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        """Note a batch behind the last weights and wait for its gradient."""
        if not outputs.requires_grad or is_mapped(outputs):
            return
        values = plain(outputs) if bias is None else plain(outputs) + plain(bias)
        single = outputs.numel() == self.seen.route.leaving and outputs.shape[0] != 1
        if single:
            values = values[None]
        fitting = (one for one in reversed(self.seen.entries) if len(one.rows) == len(values))
        entry = next(fitting, None)
        parameters, met = self.seen.everything(), [entry.weight] if entry is not None else []
        step = self.seen.steps.moment(parameters, *met)
        one = Leave(values, entry, step, self.seen.steps.life)
        self.seen.leaves.append(one)

        def note(gradient):
            with outside_of_func():
                gradient = plain(gradient)[None] if single else plain(gradient)
                note_gradient(self.seen.leaves, one, gradient, self.seen.steps, parameters)

        outputs.register_hook(note)


def _is_batch(tensor: torch.Tensor, width: int) -> bool:
    """Whether it holds rows of so many numbers, or a single one without an axis for the rows."""
    if not tensor.ndim or not tensor.numel():
        return False
    return tensor.numel() in (width, width * tensor.shape[0])


def note_comparison(compared: list, args: tuple, kwargs: dict) -> None:
    """Add what a cross-entropy with a gradient compares to a list."""
    named = dict(zip(("input", "target"), args, strict=False)) | kwargs
    scores, target = named.get("input"), named.get("target")
    if isinstance(scores, torch.Tensor) and scores.requires_grad and not is_mapped(scores):
        compared.append((plain(scores), plain(target)))


@contextmanager
def _returned_values(seen: Watch) -> Iterator[None]:
    """Where the end of the decoder is no chain of layers, note what its forward returns.

    The class is changed for the while, not the network: a copy or a saved file stays what it is.
    """
    if seen.route.tail is not None:
        yield
        return
    kind, decoder = type(seen.route.decoder), seen.route.decoder
    original, own = kind.forward, "forward" in vars(kind)
    passages = _Passages(seen)

    def forward(self, *args, **kwargs):
        outputs = original(self, *args, **kwargs)
        if self is decoder and isinstance(outputs, torch.Tensor):
            with outside_of_func():
                passages.leave(outputs)
        return outputs

    kind.forward = forward
    try:
        yield
    finally:
        if own:
            kind.forward = original
        else:
            del kind.forward
