"""A watch on the training of a classifier: which codes and scores meet which weights."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from aelib.checks.eager import Eager
from aelib.checks.functorch import is_wrapped, plain
from aelib.checks.multiplications import (
    MULTIPLYING,
    Multiplications,
    is_parameter,
    tensors_in,
)
from aelib.checks.steps import Steps
from aelib.checks.strands import Strands
from aelib.checks.watch import Leave, note_comparison, note_gradient
from aelib.checks.weights import Parameter, gradient_hooks

CODE = 100
SCORES = 10


class ClassifierWatch(TorchFunctionMode):
    """Note which codes and scores meet weights that are not the encoder's, and those weights."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = {id(part) for part in encoder.parameters()}
        self.weights: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}  # now and at first
        self.codes: list[torch.Tensor] = []  # since the last scores, each (b, 100)
        self.leaves: list[tuple[list[torch.Tensor], Leave]] = []
        self.strands = Strands()  # of the last weights
        self.compared: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.logarithms: list[tuple[torch.Tensor, torch.Tensor]] = []  # what nll_loss compares
        self.steps = Steps()
        self.followed: list[Parameter] = []
        self.handles: list = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        given = tensors_in((args, kwargs))
        name = getattr(func, "__name__", "")
        if torch.is_grad_enabled() and not name.endswith("_"):
            for one in given:
                self._note_weight(one)
        outputs = func(*args, **kwargs)
        if name == "cross_entropy":
            note_comparison(self.compared, args, kwargs)
        elif name == "nll_loss":
            note_comparison(self.logarithms, args, kwargs)
        elif name in MULTIPLYING or name in ("batch_norm", "layer_norm", "dropout"):
            self._note_passage(name, given, outputs)
        return outputs

    def keep_only(self, classifier: nn.Module) -> None:
        """Forget the batches of networks whose weights it does not have, and of other lives."""
        codes = torch.zeros(2, CODE)
        with torch.no_grad(), Multiplications() as layers:
            copy.deepcopy(classifier).cpu().eval()(codes)
        strand = self.strands.kept(layers.seen[-1].weight) if layers.seen else None
        life = self.steps.kept
        self.leaves = [
            (codes, one)
            for codes, one in self.leaves
            if (strand is None or one.strand in (None, strand)) and life in (None, one.life)
        ]

    def _note_weight(self, one: torch.Tensor) -> None:
        base = one if one._base is None else one._base
        if base.is_leaf and base.requires_grad and id(base) not in self.encoder | set(self.weights):
            self.weights[id(base)] = base, base.detach().clone()
            if not is_wrapped(base):
                self.followed.append(Parameter("", base, plain(base)))
                self.handles += gradient_hooks(self.followed[-1])

    def _note_passage(self, name: str, given: list, outputs: object) -> None:
        if not isinstance(outputs, torch.Tensor):
            return
        inputs = [one for one in given if not (one.is_leaf and one.requires_grad)]
        batches = [_rows(one, CODE) for one in inputs]
        batches = [batch for batch in batches if batch.shape[1:] == (CODE,)]
        if batches and (outputs.requires_grad or name == "dropout"):
            self.codes.append(plain(batches[0]))
        if name in MULTIPLYING and outputs.requires_grad and _has_scores(outputs, given):
            weights = [one for one in given if one.ndim == 2 and SCORES in one.shape]
            weights.sort(key=is_parameter)
            self._note_scores(outputs, self.strands.of(weights[-1]) if weights else None)

    def _note_scores(self, outputs: torch.Tensor, strand: int | None) -> None:
        step = self.steps.moment(self.followed, *[plain(w) for w, _ in self.weights.values()])
        one = Leave(plain(_rows(outputs, SCORES)), None, step, self.steps.life, strand=strand)
        fitting = [codes for codes in self.codes if len(codes) == len(one.values)]
        self.leaves.append((fitting, one))
        self.codes = []

        def note(gradient):
            leaves = [leaf for _, leaf in self.leaves]
            note_gradient(leaves, one, plain(_rows(gradient, SCORES)), self.steps, self.followed)

        outputs.register_hook(note)


def _rows(tensor: torch.Tensor, width: int) -> torch.Tensor:
    """Give a single row the axis that a batch has, and turn columns of so many numbers to rows."""
    if tensor.ndim == 1:
        return tensor[None]
    return tensor.T if _has_columns(tensor, width) else tensor


def _has_columns(tensor: torch.Tensor, width: int) -> bool:
    return tensor.ndim == 2 and tensor.shape[0] == width != tensor.shape[1]


def _has_scores(outputs: torch.Tensor, given: list[torch.Tensor]) -> bool:
    """Whether its rows are scores, or its columns, where that is no batch of so many images."""
    if _has_columns(outputs, SCORES):
        return any(one.is_leaf and one.requires_grad and SCORES in one.shape for one in given)
    return outputs.shape[-1:] == (SCORES,)


@contextmanager
def watch_classifier(encoder: nn.Module) -> Iterator[ClassifierWatch]:
    """Look on while the block trains, and change nothing."""
    seen = ClassifierWatch(encoder)
    handles = seen.steps.hooks()
    try:
        with Eager(), seen:
            yield seen
        seen.steps.finish(seen.followed)
    finally:
        for handle in (*handles, *seen.handles):
            handle.remove()
