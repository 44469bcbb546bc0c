"""A watch on what runs through layers, however their call is written.

Nothing here looks at how a network is called. Torch hands every function it is asked for to a
:class:`TorchFunctionMode`, so a layer is known by the shapes that meet in it: a batch of rows and
a weight. ``encoder(x)``, ``encoder.forward(x)``, ``encoder(input=x)``, a loop over the layers,
one network of all layers, or ``x @ weight.T`` look the same from here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn
from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack as outside_of_func
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from aelib.checks.result import Fault
from aelib.checks.said import DECODER, ENCODER

_CONVOLUTIONS = {"conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d"}
_WITH_BIAS = {"linear", "addmm", "baddbmm", *_CONVOLUTIONS}
_PRODUCTS = {"matmul", "mm", "bmm", "__matmul__", "__rmatmul__", "rmatmul", "einsum", "tensordot"}
MULTIPLYING = _WITH_BIAS | _PRODUCTS
"""Names of torch's functions in which a layer's weights meet its inputs."""

MANY = 1000  # numbers: the correlation of so many has the standard deviation 0.03 by chance
RELATED = 0.5  # correlation of weights that one became from the other


def tensors_in(arguments: object) -> list[torch.Tensor]:
    """Return the tensors among some arguments and in the lists and dicts among them."""
    if isinstance(arguments, torch.Tensor):
        return [arguments]
    if isinstance(arguments, dict):
        arguments = arguments.values()
    elif not isinstance(arguments, tuple | list):
        return []
    return [tensor for one in arguments for tensor in tensors_in(one)]


class Multiplication(NamedTuple):
    """A layer's weights at work."""

    name: str
    inputs: torch.Tensor  # (n, width) or (n, channels, rows, columns)
    weight: torch.Tensor
    outputs: torch.Tensor


class Multiplications(TorchFunctionMode):
    """Note every multiplication of a batch with weights while the block runs.

    Weights are parameters, views of them such as a transpose, and copies that were flipped or
    transposed: any tensor whose numbers hang on a parameter and on no input.
    """

    def __init__(self):
        super().__init__()
        self.seen: list[Multiplication] = []
        self._weights: list[torch.Tensor] = []  # kept, so that no other takes their place

    def __torch_function__(self, func, types, args=(), kwargs=None):
        outputs = func(*args, **(kwargs or {}))
        given = tensors_in((args, kwargs or {}))
        name = getattr(func, "__name__", "")
        if isinstance(outputs, torch.Tensor) and given:
            weights = [one for one in given if self._is_weight(one)]
            if len(weights) == len(given):
                self._weights.append(outputs)
            elif name in MULTIPLYING and weights:
                inputs = next(one for one in given if not self._is_weight(one))
                weight = max(weights, key=torch.numel)
                self.seen.append(Multiplication(name, inputs, weight, outputs))
        return outputs

    def _is_weight(self, tensor: torch.Tensor) -> bool:
        base = tensor if tensor._base is None else tensor._base
        return isinstance(base, nn.Parameter) or any(one is tensor for one in self._weights)


@dataclass
class Route:
    """Where images enter a pair of networks and where they leave it, found by one run of it.

    Attributes
    ----------
    entrance, exit
        Shapes of the weights that come first and last, sorted: a transpose counts as the same.
    entering, leaving
        Numbers of a row that meets the first weights, and of one that leaves the last ones.
    tail
        What follows the last weights up to the pixels, such as a sigmoid, as one network; None
        where that is no chain of layers: then the decoder's returned values are looked at.
    bias
        Of the last weights, for products written without it.
    """

    encoder: nn.Module
    decoder: nn.Module
    entrance: tuple[int, ...]
    entering: int
    exit: tuple[int, ...]
    leaving: int
    tail: nn.Module | None
    bias: torch.Tensor | None

    @classmethod
    def of(cls, encoder: nn.Module, decoder: nn.Module, images: torch.Tensor) -> "Route":
        """Run some images through both networks and look."""
        with _evaluating(encoder, decoder), torch.no_grad():
            with Multiplications() as down:
                codes = encoder(images)
            with Multiplications() as up, _leaves(decoder, up.seen) as leaves:
                pixels = decoder(codes)
            for name, layers in ((ENCODER, down.seen), (DECODER, up.seen)):
                if not layers:
                    raise Fault(
                        "The {name} has no layer with weights, so there is nothing in it to "
                        "train. Which layers should it have?",
                        name=name,
                    )
            first, last = down.seen[0], up.seen[-1]
            tail = nn.Sequential(*[leaf for leaf, before in leaves if before == len(up.seen)])
            is_chain = not tail.state_dict()
            if is_chain:
                reached = tail(last.outputs)
                is_chain = reached.shape == pixels.shape and torch.equal(reached, pixels)
            owner = [leaf for leaf, before in leaves if before == len(up.seen) - 1]
        return cls(
            encoder,
            decoder,
            tuple(sorted(first.weight.shape)),
            first.inputs.numel() // len(images),
            tuple(sorted(last.weight.shape)),
            last.outputs.numel() // len(images),
            tail if is_chain else None,
            getattr(owner[-1], "bias", None) if owner else None,
        )

    def entrances_of(self, images: torch.Tensor) -> torch.Tensor:
        """Return what meets the first weights for these images, ``(n, entering)``."""
        with _evaluating(self.encoder), torch.no_grad(), Multiplications() as down:
            self.encoder(images)
        return down.seen[0].inputs.flatten(1)


@contextmanager
def _evaluating(*networks: nn.Module) -> Iterator[None]:
    modes = [(part, part.training) for network in networks for part in network.modules()]
    for network in networks:
        network.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


@contextmanager
def _leaves(network: nn.Module, seen: list) -> Iterator[list[tuple[nn.Module, int]]]:
    """Note each layer that is run, with how many multiplications came before it."""
    found: list[tuple[nn.Module, int]] = []
    handles = [
        part.register_forward_pre_hook(lambda leaf, _: found.append((leaf, len(seen))))
        for part in network.modules()
        if not list(part.children())
    ]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


@dataclass
class Entry:
    """A batch at the first weights."""

    rows: torch.Tensor  # (b, entering)
    live: bool  # whether gradients were recorded
    weight: torch.Tensor  # that it met: not the networks' own where copies are trained


@dataclass
class Leave:
    """A batch behind the last weights, and the gradient that came back to it."""

    values: torch.Tensor  # (b, ...): before the tail, or pixels where there is no tail
    entry: Entry | None
    step: tuple[int, int]  # optimizer's steps, and changes of the weights, before it
    gradient: torch.Tensor | None = None


@dataclass
class Parameter:
    """What happened to one parameter of the networks."""

    name: str
    value: nn.Parameter
    before: torch.Tensor
    arrived: int = 0  # gradients
    broken: int = 0  # those of them that were not finite
    stale: int = 0  # those that were added to the gradient of an earlier step
    accumulated_at: torch.Tensor | None = None

    @property
    def moved(self) -> bool:
        """Whether it holds other numbers than before."""
        return not torch.equal(self.value.detach().cpu(), self.before)

    @property
    def finite(self) -> bool:
        """Whether all its numbers are finite."""
        return bool(self.value.detach().isfinite().all())


class Restarts:
    """Find weights that get numbers unlike those that the optimizer's last step has left there.

    Smaller changes between two steps, such as a bound on their size, an average or earlier weights
    of the same training, leave them alike.
    """

    def __init__(self):
        self.found = False
        self._left: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}  # the weights, and copies

    def before_step(self, optimizer: torch.optim.Optimizer, _args: object, _kwargs: object) -> None:
        """Forget what its weights were."""
        for value in _owned(optimizer):
            self._left.pop(id(value), None)

    def after_step(self, optimizer: torch.optim.Optimizer, _args: object, _kwargs: object) -> None:
        """Remember what its weights are."""
        for value in _owned(optimizer):
            if value.numel() >= MANY:
                self._left[id(value)] = value, plain(value)

    def look(self) -> None:
        """Compare the weights with what was remembered."""
        for value, left in self._left.values():
            now = plain(value)
            if not torch.equal(now, left):
                both = torch.stack([now.flatten(), left.flatten()]).double()
                both = both - both.mean(1, keepdim=True)
                spread = both.norm(dim=1).prod().clamp_min(1e-12)
                self.found |= float(both.prod(0).sum() / spread) < RELATED

    def hooks(self) -> list:
        """Follow every optimizer until the handles are removed."""
        return [
            register_optimizer_step_pre_hook(self.before_step),
            register_optimizer_step_post_hook(self.after_step),
        ]


def _owned(optimizer: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [part for group in optimizer.param_groups for part in group["params"]]


@dataclass
class Watch:
    """What was seen of a training.

    Attributes
    ----------
    entries, leaves
        Batches at both ends of the pair.
    parameters
        Of the encoder and of the decoder; shared ones stand with the encoder only.
    steps, idle_steps
        The optimizers' steps, and those of them that found no gradient but zeros.
    compared
        Predictions and targets of every cross-entropy with a gradient.
    restarts
        Whether weights were initialised anew in between.
    """

    route: Route | None = None
    entries: list[Entry] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    parameters: dict[str, list[Parameter]] = field(default_factory=dict)
    steps: int = 0
    idle_steps: int = 0
    compared: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)
    restarts: Restarts = field(default_factory=Restarts)

    @property
    def used(self) -> list[Leave]:
        """Batches that went through both networks and whose gradient came back."""
        return [one for one in self.leaves if one.gradient is not None and one.entry is not None]

    def everything(self) -> list[Parameter]:
        """Return the parameters of both networks."""
        return [one for part in self.parameters.values() for one in part]


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
    handles = [register_optimizer_step_pre_hook(_step_counter(seen)), *seen.restarts.hooks()]
    for one in seen.everything():
        handles += gradient_hooks(one)
    try:
        with Eager(), _returned_values(seen), _Passages(seen):
            yield seen
    finally:
        for handle in handles:
            handle.remove()


class Eager(TorchDispatchMode):
    """Changes nothing; where such a mode is on, torch.compile runs the code as it is written."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def _step_counter(seen: Watch) -> Callable:
    ours = {id(one.value) for one in seen.everything()}

    def count(optimizer, _arguments, _keywords):
        seen.steps += 1
        owned = [part for part in _owned(optimizer) if id(part) in ours]
        gradients = [part.grad for part in owned if part.grad is not None]
        seen.idle_steps += bool(gradients) and not any(bool(g.any()) for g in gradients)

    return count


def gradient_hooks(one: Parameter) -> list:
    """Watch the gradients of a parameter arrive, and what they are added to.

    Where the numbers moved since the last gradient was added, a step was made with it; what is
    left of it then, and added to, should have been set to zero.
    """
    left_over = [False]

    def arrive(gradient):
        one.arrived += 1
        one.broken += not bool(gradient.isfinite().all())
        left_over[0] = one.value.grad is not None and bool(one.value.grad.any())

    def add(value):
        now = value.detach().clone()
        if left_over[0] and one.accumulated_at is not None:
            one.stale += not torch.equal(now, one.accumulated_at)
        one.accumulated_at = now

    return [
        one.value.register_hook(arrive),
        one.value.register_post_accumulate_grad_hook(add),
    ]


class _Passages(TorchFunctionMode):
    """Note what meets the first weights, what leaves the last, and what cross-entropy compares."""

    def __init__(self, seen: Watch):
        super().__init__()
        self.seen, self.moves, self.last = seen, 0, None

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        outputs = func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        if name in MULTIPLYING and isinstance(outputs, torch.Tensor):
            with outside_of_func():
                self._multiplied(name, tensors_in((args, kwargs)), outputs)
        elif name in ("cross_entropy", "cross_entropy_loss"):
            note_comparison(self.seen.compared, args, kwargs)
        return outputs

    def _multiplied(self, name, given, outputs) -> None:
        route = self.seen.route
        if any(is_mapped(one) for one in (*given, outputs)):
            return
        for place, one in enumerate(given):
            others = [tuple(sorted(o.shape)) for i, o in enumerate(given) if i != place]
            if route.entrance in others and _is_batch(one, route.entering):
                rows = plain(one).reshape(-1, route.entering)
                weight = next(plain(w) for w in given if tuple(sorted(w.shape)) == route.entrance)
                self.seen.entries.append(Entry(rows, outputs.requires_grad, weight))
                return
            is_exit = route.tail is not None and route.exit in others
            if is_exit and _is_batch(outputs, route.leaving):
                self.leave(outputs, None if name in _WITH_BIAS else route.bias)
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
        weights = [plain(one.value) for one in self.seen.everything()]
        weights += [entry.weight] if entry is not None else []
        if self.last is not None:
            same = len(weights) == len(self.last) and all(map(torch.equal, weights, self.last))
            self.moves += not same
        self.last = weights
        self.seen.restarts.look()
        one = Leave(values, entry, (self.seen.steps, self.moves))
        self.seen.leaves.append(one)

        def note(gradient):
            with outside_of_func():
                gradient = plain(gradient)[None] if single else plain(gradient)
                one.gradient = gradient if one.gradient is None else one.gradient + gradient

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


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """Copy the numbers: on the CPU, without gradient, float32 where they are of another float.

    Also out of torch.func's grad, which wraps what it differentiates.
    """
    with outside_of_func():
        while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            tensor = torch._C._functorch.get_unwrapped(tensor)
        copy = tensor.detach().cpu().clone()
        return copy.float() if copy.is_floating_point() else copy


def is_mapped(tensor: torch.Tensor) -> bool:
    """Whether it is one row of a batch inside torch.vmap: its numbers cannot be taken out."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        if torch._C._functorch.is_batchedtensor(tensor):
            return True
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return False
