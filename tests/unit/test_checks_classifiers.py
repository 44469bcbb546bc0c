"""Parts of the check on a classifier, each by itself, with scores and gradients made by hand."""

from types import SimpleNamespace

import pytest
import torch
from answer_parts import head
from told import fault
from torch import nn

from aelib.checks import classifiers
from aelib.checks.data import test_digits as digits_to_test
from aelib.checks.steps import Steps
from aelib.checks.watch import Leave

COUNT = 90


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def codes(seed=0):
    return numbers(COUNT, 100, seed=seed).sigmoid()


LABELS = torch.arange(COUNT) % 10


# What is returned ---------------------------------------------------------------------------


class Returns(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.inner, self.function = nn.Linear(100, 10), function

    def forward(self, batch):
        return self.function(self.inner(batch))


RETURNED = {
    "a classifier": head(),
    "logarithms of probabilities": head(nn.LogSoftmax(1)),
    "nothing": None,
    "a function": torch.sigmoid,
    "float64": head().double(),
    "eleven scores": Returns(lambda scores: torch.cat([scores, scores[:, :1]], 1)),
    "fewer rows": Returns(lambda scores: scores[1:]),
    "a list": Returns(list),
    "one layer": nn.Linear(100, 10),
    "one layer and logarithms": nn.Sequential(nn.Linear(100, 10), nn.LogSoftmax(1)),
    "an error": Returns(lambda scores: scores @ scores),
    "without parameters": nn.Sequential(nn.Flatten(), nn.AdaptiveAvgPool1d(10), nn.Sigmoid()),
}


@pytest.mark.parametrize("classifier", RETURNED.values(), ids=RETURNED)
def test_what_is_returned_gives_ten_scores_and_is_no_linear_map(classifier, snapshot):
    torch.manual_seed(0)
    assert fault(classifiers._judge_scores, classifier, codes()) == snapshot


def test_scores_are_those_of_evaluation_without_gradients_and_the_modes_stay():
    network = nn.Sequential(nn.Dropout(0.9), nn.Linear(100, 10)).train()
    network[0].eval()
    first, again = (classifiers._scores(network, codes()) for _ in range(2))
    assert torch.equal(first, again)
    assert not first.requires_grad
    assert (network.training, network[0].training, network[1].training) == (True, False, True)


def test_codes_are_brought_to_the_device_of_the_classifier():
    assert classifiers._scores(head().to("meta"), codes()).device.type == "meta"


def test_scores_are_centred_for_each_image():
    scores = numbers(5, 10)
    again = classifiers._centred(scores.log_softmax(1))
    assert torch.allclose(classifiers._centred(scores), again, atol=1e-5)
    assert torch.allclose(classifiers._centred(scores).mean(1), torch.zeros(5), atol=1e-6)


def test_the_first_weights_meet_what_the_classifier_itself_makes_of_a_code():
    doubling = nn.Sequential(nn.Hardtanh(0, 0.5), nn.Linear(100, 10))
    assert torch.equal(classifiers._entrances(doubling, codes()), codes().clamp(0, 0.5))
    for other in (nn.Sequential(nn.Flatten(0), nn.Linear(9000, 10)), nn.Identity()):
        assert torch.equal(classifiers._entrances(other, codes()), codes())


# Weights ------------------------------------------------------------------------------------


def trained(moved=(True, True), *, given=None, finite=True, steps=None, followed=True):
    """A classifier of one layer, and what was seen of it or, with ``given``, of another."""
    classifier = given or nn.Linear(100, 10)
    seen_of = nn.Linear(100, 10) if given else classifier
    weights = {}
    for value, has_moved in zip(seen_of.parameters(), moved, strict=True):
        first = value.detach().clone()
        if has_moved:
            with torch.no_grad():
                value += 1
        weights[id(value)] = value, first
    if not finite:
        with torch.no_grad():
            classifier.bias[3] = float("inf")
    followed = [
        SimpleNamespace(value=value, arrived=1, lively=True) for value, _ in weights.values()
    ]
    owned = {id(value) for value, _ in weights.values()}
    steps = steps or Steps(count=2, still=2, owned=owned)
    return classifier, SimpleNamespace(weights=weights, followed=followed, steps=steps)


def returned_initial():
    """One network is trained; the other, which is returned, is as it was."""
    classifier, seen = trained(given=nn.Linear(100, 10))
    for value in classifier.parameters():
        seen.weights[id(value)] = value, value.detach().clone()
    return classifier, seen


def copy_of_the_start():
    other = nn.Linear(100, 10)
    classifier, seen = trained((False, False))
    other.load_state_dict(classifier.state_dict())
    return other, seen


def nothing_seen():
    return nn.Linear(100, 10), SimpleNamespace(weights={}, followed=[], steps=Steps())


WEIGHTS = {
    "trained": trained,
    "not finite": lambda: trained(finite=False),
    "nothing seen": nothing_seen,
    "another one is returned": returned_initial,
    "trained and copied": lambda: trained(given=nn.Linear(100, 10)),
    "nothing moved": lambda: trained((False, False)),
    "nothing moved, no step": lambda: trained((False, False), steps=Steps()),
    "a copy of the start": copy_of_the_start,
    "a bias that stays": lambda: trained((True, False)),
    "a bias that no step has": lambda: trained((True, False), steps=Steps(count=2)),
}


@pytest.mark.parametrize("case", WEIGHTS.values(), ids=WEIGHTS)
def test_weights_of_a_classifier_are_finite_and_others_than_at_first(case, snapshot):
    assert fault(classifiers._judge_weights, *case()) == snapshot


# The training -------------------------------------------------------------------------------

ENCODER = nn.Sequential(nn.Linear(784, 100), nn.Sigmoid())


def pull(labels, scores):
    """The gradient of a cross-entropy with these labels."""
    values = scores.clone().requires_grad_()
    nn.functional.cross_entropy(values, labels).backward()
    return values.grad


def seen_of(inputs, labels_in_the_loss, *, epochs=3, compared=True, change=lambda g: g, some=30):
    """Batches of ``inputs`` whose loss has these labels, all images once an epoch."""
    leaves, pairs = [], []
    for step in range(epochs * COUNT // some):
        picked = torch.arange(COUNT).split(some)[step % (COUNT // some)]
        scores = numbers(some, 10, seed=step)
        gradient = change(pull(labels_in_the_loss[picked], scores))
        leaves.append(([inputs[picked]], Leave(scores, None, (step, step), 0, gradient)))
        pairs.append((scores + 3, labels_in_the_loss[picked]))
    return SimpleNamespace(
        leaves=leaves, steps=Steps(), compared=pairs if compared else [], logarithms=[]
    )


def of_logarithms(labels):
    seen = seen_of(codes(), labels)
    seen.logarithms, seen.compared = seen.compared, []
    return seen


def without_codes():
    seen = seen_of(codes(), LABELS)
    seen.leaves = [([], one) for _, one in seen.leaves]
    return seen


def of_the_test_set():
    with torch.no_grad():
        return ENCODER(digits_to_test().images[:COUNT])


def some_wrong(count):
    labels = LABELS.clone()
    labels[:count] = (labels[:count] + 3) % 10
    return labels


def held_back():
    """Of 150 rows whose own score has a gradient, 3 have another label."""
    seen = seen_of(codes(), some_wrong(1))
    for step, (_, leaf) in enumerate(seen.leaves):
        picked = torch.arange(COUNT).split(30)[step % 3]
        leaf.gradient[picked >= 50, LABELS[picked[picked >= 50]]] = 0
    return seen


ALL_BUT_3 = torch.where(LABELS == 3, 5, LABELS)
TRAININGS = {
    "the right labels": lambda: seen_of(codes(), LABELS),
    "a loss that no one has seen": lambda: seen_of(codes(), LABELS, compared=False),
    "entrances for codes": lambda: seen_of(codes(1), LABELS),
    "one label of 90 wrong": lambda: seen_of(codes(), some_wrong(1)),
    "two labels of 90 wrong": lambda: seen_of(codes(), some_wrong(2)),
    "no codes": without_codes,
    "one batch of the test set": lambda: seen_of(of_the_test_set(), LABELS, epochs=1, some=90),
    "the test set": lambda: seen_of(of_the_test_set(), LABELS),
    "other codes": lambda: seen_of(codes(5), LABELS),
    "less than half of other codes": lambda: seen_of(
        torch.cat([codes()[:50], codes(5)[50:]]), LABELS
    ),
    "half of other codes": lambda: seen_of(torch.cat([codes()[:45], codes(5)[45:]]), LABELS),
    "more than half of other codes": lambda: seen_of(
        torch.cat([codes()[:40], codes(5)[40:]]), LABELS
    ),
    "two epochs": lambda: seen_of(codes(), LABELS, epochs=2),
    "upside down": lambda: seen_of(codes(), LABELS, change=lambda g: -g),
    "labels one too large": lambda: seen_of(codes(), (LABELS + 1) % 10),
    "labels one too large, logarithms": lambda: of_logarithms((LABELS + 1) % 10),
    "labels one too large, not seen": lambda: seen_of(codes(), (LABELS + 1) % 10, compared=False),
    "one label for another": lambda: seen_of(codes(), ALL_BUT_3),
    "labels in another order": lambda: seen_of(codes(), LABELS[torch.randperm(COUNT)]),
    "no gradient for some": lambda: seen_of(
        codes(), LABELS, change=lambda g: g * (torch.arange(30) < 20)[:, None]
    ),
    "no gradient for too many": lambda: seen_of(
        codes(), LABELS, change=lambda g: g * (torch.arange(30) < 19)[:, None]
    ),
    "2% with other labels": held_back,
    "the own score held back": lambda: seen_of(
        codes(), LABELS, change=lambda g: g * (torch.rand(30, 10) > 0.3)
    ),
}


@pytest.mark.parametrize("case", TRAININGS.values(), ids=TRAININGS)
def test_each_image_is_followed_from_its_code_to_the_pull_on_its_scores(case, snapshot):
    torch.manual_seed(0)
    found = fault(classifiers._judge_training, case(), ENCODER, codes(), codes(1), LABELS)
    assert found == snapshot


def test_a_label_that_became_another_is_found_where_it_always_did():
    own = torch.tensor([0, 1, 2, 1, 0])
    for compared, found in (
        ([5, 1, 2, 1, 5], (0, 5)),
        ([0, 1, 2, 1, 0], None),
        ([5, 1, 2, 1, 4], None),
        ([-1, 3, 2, 3, -1], (1, 3)),
        ([0, 0, 2, 0, 0], (1, 0)),
        ([-1, -1, -1, -1, -1], None),
    ):
        assert classifiers._changed(own, torch.tensor(compared)) == found


def test_labels_are_found_in_the_comparison_that_has_the_scores():
    scores = [numbers(4, 10, seed=seed) for seed in range(3)]
    labels = [torch.arange(4) + seed for seed in range(3)]
    leaves = [Leave(one, None, (0, 0), 0) for one in (scores[0], scores[2], scores[1])]
    pairs = [
        (scores[0][:2], labels[0][:2]),
        (scores[0], torch.eye(10)[:4]),
        (scores[0] + 1, labels[0]),
        (scores[1], labels[1]),
        (scores[2].log_softmax(1), labels[2]),
    ]
    seen = SimpleNamespace(compared=pairs, logarithms=[])
    found = classifiers._labels_in_the_loss(seen, leaves)
    assert found.tolist() == [*labels[0].tolist(), *labels[2].tolist(), -1, -1, -1, -1]


# Scores and probabilities -------------------------------------------------------------------

SOFT = numbers(20, 10).softmax(1)
COMPARED = {
    "scores": ([numbers(20, 10)], []),
    "probabilities": ([numbers(20, 10), SOFT], []),
    "probabilities of which some are 0": ([(200 * numbers(20, 10)).softmax(1)], []),
    "probabilities almost": ([SOFT * 1.00005], []),
    "probabilities and more": ([SOFT * 1.0003], []),
    "of the batch": ([numbers(20, 10).softmax(0)], []),
    "with a number below 0": ([SOFT - torch.eye(20, 10) * 2 * SOFT], []),
    "scores of one image": ([numbers(10)], []),
    "probabilities of one image": ([SOFT[0]], []),
    "logarithms": ([], [SOFT.log()]),
    "logarithms of one image that are too large": ([], [SOFT[0].log() + 0.002]),
    "logarithms of which one is too large": ([], [(SOFT * (1 + torch.eye(20)[:, 7:8])).log()]),
    "logarithms that are no numbers": ([], [SOFT.log() * float("nan")]),
    "logarithms of one image": ([], [SOFT[0].log()]),
    "logarithms a little off": ([], [SOFT.log() + 0.0005]),
    "logarithms that are too large": ([], [SOFT.log(), SOFT.log() + 0.002]),
    "probabilities for logarithms": ([], [SOFT]),
}


@pytest.mark.parametrize(("scores", "logarithms"), COMPARED.values(), ids=COMPARED)
def test_what_a_loss_gets_is_what_it_expects(scores, logarithms, snapshot):
    seen = SimpleNamespace(
        compared=[(one, None) for one in scores], logarithms=[(one, None) for one in logarithms]
    )
    assert fault(classifiers._judge_compared, seen) == snapshot


class Times(nn.Module):
    def forward(self, scores):
        return scores.sigmoid() * 1.5


class Size(nn.Module):
    def forward(self, scores):
        return scores.abs() + 1


LAST = {
    "scores": (),
    "scores that are halved": (nn.Identity(),),
    "logarithms of probabilities": (nn.LogSoftmax(1),),
    "ReLU": (nn.ReLU(),),
    "Softplus": (nn.Softplus(),),
    "the size alone": (Size(),),
    "sigmoid": (nn.Sigmoid(),),
    "tanh": (nn.Tanh(),),
    "softmax": (nn.Softmax(1),),
    "bounded above 1": (Times(),),
    "leaky": (nn.LeakyReLU(),),
}


@pytest.mark.parametrize("last", LAST.values(), ids=LAST)
def test_scores_grow_with_what_the_last_layer_returns(last, snapshot):
    torch.manual_seed(0)
    classifier = head(*last)
    classifier[0].eval()
    modes = [part.training for part in classifier.modules()]
    state = {name: value.clone() for name, value in classifier.state_dict().items()}
    assert fault(classifiers._judge_last_layer, classifier, codes()) == snapshot
    assert all(torch.equal(value, state[name]) for name, value in classifier.state_dict().items())
    assert [part.training for part in classifier.modules()] == modes
