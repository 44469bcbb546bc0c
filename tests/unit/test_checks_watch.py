"""What is seen of a training: which batches meet which weights, and what comes back."""

import copy
import functools

import pytest
import torch
from answer_parts import MSE, conv, convolutional, down, head, parameters, update
from told import fault
from torch import nn
from torch.nn import functional
from torch.overrides import handle_torch_function

from aelib.checks import functorch
from aelib.checks.borders import EvenBorders
from aelib.checks.classifier_watch import watch_classifier
from aelib.checks.multiplications import Multiplications, tensors_in
from aelib.checks.route import Route
from aelib.checks.watch import Leave, _is_batch, note_comparison, note_gradient, watch
from aelib.checks.weights import Parameter


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def images(count=8):
    return numbers(count, 784).sigmoid()


def pair(*last):
    return (
        nn.Sequential(nn.Linear(784, 20), nn.Tanh()),
        nn.Sequential(nn.Linear(20, 784), *(last or (nn.Sigmoid(),))),
    )


# Where weights meet their inputs ------------------------------------------------------------

WEIGHT, BIAS = nn.Parameter(numbers(5, 4)), nn.Parameter(numbers(5))
INPUTS = numbers(3, 4)
PRODUCTS = {
    "linear": lambda x: functional.linear(x, WEIGHT, BIAS),
    "by name": lambda x: functional.linear(input=x, weight=WEIGHT),
    "matmul": lambda x: x @ WEIGHT.T,
    "mm": lambda x: torch.mm(x, WEIGHT.t()),
    "addmm": lambda x: torch.addmm(BIAS, x, WEIGHT.T),
    "einsum": lambda x: torch.einsum("oi,bi->bo", WEIGHT, x),
    "einsum of a list": lambda x: torch.einsum("oi,bi->bo", [WEIGHT, x]),
    "the other way round": lambda x: (WEIGHT @ x.T).T,
    "a copy of the weights": lambda x: x @ WEIGHT.T.contiguous(),
    "tensordot": lambda x: torch.tensordot(x, WEIGHT, dims=([1], [1])),
}


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_a_product_of_a_batch_with_weights_is_seen_however_it_is_written(product):
    with Multiplications() as layers:
        outputs = product(INPUTS)
    [one] = layers.seen
    assert sorted(one.inputs.flatten().tolist()) == sorted(INPUTS.flatten().tolist())
    assert sorted(one.weight.flatten().tolist()) == sorted(WEIGHT.flatten().tolist())
    assert one.outputs.numel() == outputs.numel() == 15


def test_products_without_weights_or_without_a_batch_are_not_seen():
    with Multiplications() as layers:
        INPUTS @ numbers(4, 2)
        WEIGHT @ WEIGHT.T
        functional.relu(INPUTS) + BIAS[:4]
    assert layers.seen == []
    INPUTS @ WEIGHT.T
    assert layers.seen == []


def test_tensors_are_found_in_lists_and_dicts_among_arguments():
    one, two = torch.zeros(1), torch.ones(1)
    found = tensors_in((one, [3, {"a": two, "b": "text"}], None))
    assert [id(each) for each in found] == [id(one), id(two)]
    assert tensors_in("text") == tensors_in(3) == []
    assert tensors_in(one)[0] is one


def test_numbers_are_copied_out_of_a_gradient_s_wrapping_as_float32():
    found = []

    def loss(values):
        found.append((functorch.plain(values), functorch.is_mapped(values)))
        return values.sum()

    start = torch.ones(3, dtype=torch.float64)
    torch.func.grad(loss)(start)
    torch.func.vmap(lambda row: found.append(functorch.is_mapped(row)) or row)(torch.zeros(2, 3))
    assert torch.equal(found[0][0], torch.ones(3))
    assert found[0][0].dtype == torch.float32
    assert found[0][1:] == (False,)
    assert found[1] is True
    assert functorch.plain(torch.tensor([3])).dtype == torch.int64
    own = torch.ones(2, requires_grad=True)
    copied = functorch.plain(own)
    assert not copied.requires_grad
    assert copied.data_ptr() != own.data_ptr()


def test_a_batch_has_rows_of_that_width_or_is_one_of_them():
    for shape, width, is_batch in (
        ((3, 4), 4, True),
        ((4,), 4, True),
        ((3, 2, 2), 4, True),
        ((2, 2), 4, True),
        ((3, 5), 4, False),
        ((0, 4), 4, False),
        ((), 1, False),
    ):
        assert _is_batch(torch.zeros(shape), width) == is_batch


# The route ----------------------------------------------------------------------------------


def test_a_route_is_the_shapes_at_both_ends_and_what_follows_the_last_weights():
    encoder, decoder = pair()
    encoder.train(), decoder.train()
    route = Route.of(encoder, decoder, images())
    assert (route.entrance, route.exit) == ((20, 784), (20, 784))
    assert (route.entering, route.leaving) == (784, 784)
    assert [type(part) for part in route.tail] == [nn.Sigmoid]
    assert route.bias is decoder[0].bias
    assert route.first_weight() is encoder[0].weight
    assert encoder.training
    assert decoder[1].training
    assert torch.equal(route.entrances_of(images(5)), images(5))
    assert not any(part._forward_pre_hooks for part in decoder.modules())
    encoder.double()
    assert route.first_weight() is encoder[0].weight


def test_a_route_through_pictures_enters_with_pictures():
    layers = conv(16, 1), nn.Upsample(scale_factor=4), nn.Sigmoid()
    encoder, decoder = convolutional(down, lambda: layers)()
    route = Route.of(encoder, decoder, images())
    assert route.entrance == (1, 3, 3, 8)
    assert (route.entering, route.leaving) == (784, 49)
    assert [type(part) for part in route.tail] == [nn.Upsample, nn.Sigmoid, nn.Flatten]
    assert torch.equal(route.entrances_of(images(5)), images(5))


class Own(nn.Module):
    """A decoder whose end is no chain of layers."""

    def __init__(self, function=torch.sigmoid):
        super().__init__()
        self.last, self.function = nn.Linear(20, 784), function

    def forward(self, codes):
        return self.function(self.last(codes))


class Normed(Own):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(784)

    def forward(self, codes):
        return self.norm(self.last(codes))


@pytest.mark.parametrize("kind", [Own, Normed])
def test_a_route_without_a_chain_at_its_end_has_no_tail(kind):
    encoder, _ = pair()
    decoder = kind()
    route = Route.of(encoder, decoder, images())
    assert route.tail is None
    assert route.bias is decoder.last.bias


class Unbiased(nn.Module):
    """A layer of one's own, whose weights have a name of their own."""

    def __init__(self):
        super().__init__()
        self.own = nn.Parameter(numbers(20, 784))

    def forward(self, codes):
        return codes @ self.own


class Direct(Unbiased):
    """The same as a network, with its activation in it."""

    def __init__(self):
        super().__init__()
        self.last = nn.Sigmoid()

    def forward(self, codes):
        return self.last(super().forward(codes))


@pytest.mark.parametrize("decoder", [nn.Sequential(Unbiased(), nn.Sigmoid()), Direct()])
def test_last_weights_may_have_no_bias(decoder):
    route = Route.of(pair()[0], decoder, images())
    assert route.bias is None
    assert [type(part) for part in route.tail] == [nn.Sigmoid]


def test_to_look_for_a_route_changes_nothing():
    networks = [nn.Sequential(*part, nn.BatchNorm1d(width)) for part, width in
                zip(pair(), (20, 784), strict=True)]  # fmt: skip
    start = copy.deepcopy([part.state_dict() for part in networks])
    Route.of(*networks, images())
    for part, state in zip(networks, start, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in part.state_dict().items())


def test_a_route_needs_weights_in_both_networks(snapshot):
    encoder, decoder = pair()
    assert fault(Route.of, nn.Identity(), nn.Linear(784, 784), images()) == snapshot
    assert fault(Route.of, nn.Linear(784, 784), nn.Identity(), images()) == snapshot
    assert fault(Route.of, encoder, decoder, images()) == ""


# The watch on two networks ------------------------------------------------------------------


def seen_of(train, both=None, count=8):
    both = both or pair()
    given = images(count)
    with watch(Route.of(*both, given)) as seen:
        train(*both, given)
    return seen, both


def one_step(forward):
    def train(encoder, decoder, batch):
        optimizer = torch.optim.SGD(parameters(encoder, decoder), lr=0.1)
        update(optimizer, MSE(forward(encoder, decoder, batch), batch))

    return train


def by_products(encoder, decoder, batch):
    code = torch.tanh(batch @ encoder[0].weight.T + encoder[0].bias)
    return torch.sigmoid(code @ decoder[0].weight.T + decoder[0].bias)


FORWARDS = {
    "as they come": lambda e, d, x: d(e(x)),
    "by products": by_products,
    "by batches of one": lambda e, d, x: torch.cat([d(e(row)) for row in x.split(1)]),
    "image by image": lambda e, d, x: torch.stack([d(e(row)) for row in x]),
    "without a tail": lambda e, d, x: d(e(x)),
}


@pytest.mark.parametrize("name", FORWARDS)
def test_a_batch_is_seen_at_both_ends_with_its_gradient(name):
    both = (pair()[0], Own()) if name == "without a tail" else pair()
    start = copy.deepcopy(both)
    seen, (encoder, decoder) = seen_of(one_step(FORWARDS[name]), both)
    rows = torch.cat([one.entry.rows for one in seen.leaves])
    values = torch.cat([one.values.reshape(-1, 784) for one in seen.leaves])
    gradient = torch.cat([one.gradient.reshape(-1, 784) for one in seen.leaves])
    wanted = images()
    reached = (start[1][0] if name != "without a tail" else start[1])(start[0](wanted))
    assert torch.equal(rows, wanted)
    assert torch.allclose(values, reached, atol=1e-5)
    pixels = reached if name == "without a tail" else reached.sigmoid()
    slope = 1 if name == "without a tail" else pixels * (1 - pixels)
    assert torch.allclose(gradient, 2 * (pixels - wanted) * slope / wanted.numel(), atol=1e-7)
    assert all(one.entry.live for one in seen.leaves)
    assert all(one.values.ndim == one.gradient.ndim == 2 for one in seen.leaves)
    assert len(seen.used) == len(seen.leaves)
    assert {one.step[0] for one in seen.leaves} == {0}
    assert seen.steps.count == 1
    assert [one.name for one in seen.everything()] == [
        *("encoder 0.weight", "encoder 0.bias"),
        *(f"decoder {name}" for name, _ in decoder.named_parameters()),
    ]
    assert all(one.moved and one.arrived for one in seen.everything())
    assert "forward" in vars(Own)
    assert not any(value._backward_hooks for value in parameters(encoder, decoder))


def test_a_batch_without_gradients_is_seen_only_where_it_enters():
    seen, _ = seen_of(torch.no_grad()(lambda e, d, x: d(e(x))))
    assert [one.live for one in seen.entries] == [False]
    assert seen.leaves == seen.used == []


def test_shared_and_frozen_weights_are_followed_once_or_not_at_all():
    encoder, decoder = pair()
    decoder[0].weight = nn.Parameter(encoder[0].weight.detach().T.clone())
    decoder[0].bias.requires_grad_(False)
    encoder.append(nn.Linear(20, 20))
    decoder.insert(0, encoder[2])
    seen, _ = seen_of(lambda e, d, x: None, (encoder, decoder))
    assert [one.name for one in seen.parameters["decoder"]] == ["decoder 1.weight"]
    assert len(seen.parameters["encoder"]) == 4


def test_what_a_cross_entropy_compares_with_is_seen_in_the_training_of_a_pair_too():
    def train(encoder, decoder, batch):
        functional.cross_entropy(decoder(encoder(batch)), torch.arange(8)).backward()

    seen, _ = seen_of(train)
    assert [target.tolist() for _, target in seen.compared] == [list(range(8))]


LOOKING = {
    "multiplications": Multiplications,
    "borders": EvenBorders,
    "a pair": lambda: watch(Route.of(*pair(), images())),
    "a classifier": lambda: watch_classifier(nn.Identity()),
}


@pytest.mark.parametrize("looking", LOOKING.values(), ids=LOOKING)
def test_a_function_without_a_name_passes_by(looking):
    twice = functools.partial(torch.mul, other=2)
    given = numbers(3)
    with looking():
        found = handle_torch_function(twice, (given,), given)
    assert torch.equal(found, 2 * given)


@pytest.mark.parametrize("run", [FORWARDS["as they come"], by_products])
def test_a_copy_s_weights_are_followed_too(run):
    def train(encoder, decoder, batch):
        one = copy.deepcopy(encoder)
        for _ in range(2):
            MSE(run(one, decoder, batch), batch).backward()

    seen, both = seen_of(train)
    assert [(one.arrived, one.moved) for one in seen.copies] == [(2, False)]
    assert not any(value._backward_hooks for value in parameters(*both))


def test_steps_by_hand_of_a_copy_are_told_apart():
    def train(encoder, decoder, batch):
        one = copy.deepcopy(encoder)
        for _ in range(2):
            MSE(decoder(one(batch)), batch).backward()
            with torch.no_grad():
                one[0].weight -= 0.1 * one[0].weight.grad

    seen, _ = seen_of(train)
    assert [one.step for one in seen.leaves] == [(0, 0), (0, 1)]


def test_a_decoder_that_gets_other_codes_is_seen_without_an_image():
    seen, _ = seen_of(lambda e, d, x: d(numbers(8, 20)).sum().backward())
    assert [one.entry for one in seen.leaves] == [None]
    assert seen.used == []


def test_weights_that_are_put_in_the_place_of_others_count_in_the_end():
    def train(encoder, decoder, batch):
        encoder[0].weight = nn.Parameter(numbers(20, 784))

    seen, (encoder, _) = seen_of(train)
    assert seen.parameters["encoder"][0].value is encoder[0].weight
    assert [one.moved for one in seen.everything()] == [True, False, False, False]


def test_weights_that_have_another_name_in_the_end_are_followed():
    def train(encoder, decoder, batch):
        one_step(FORWARDS["as they come"])(encoder, decoder, batch)
        encoder.insert(0, nn.Identity())

    seen, _ = seen_of(train)
    assert all(one.moved and one.finite for one in seen.everything())


def test_batches_of_weights_that_are_not_kept_are_forgotten():
    def train(encoder, decoder, batch):
        tries = [copy.deepcopy((encoder, decoder)) for _ in range(2)]
        for rate, both in zip((0.1, 0.2), tries, strict=True):
            for part in both:
                part[0].reset_parameters()
            optimizer = torch.optim.SGD(parameters(*both), lr=rate)
            for _ in range(2):
                update(optimizer, MSE(both[1](both[0](batch)), batch))
        encoder.load_state_dict(tries[0][0].state_dict())
        decoder.load_state_dict(tries[0][1].state_dict())

    seen, _ = seen_of(train)
    assert len(seen.entries) == 4
    assert [one.step[0] for one in seen.leaves] == [0, 1]


def test_a_training_of_no_one_s_weights_keeps_no_life():
    def train(encoder, decoder, batch):
        one_step(FORWARDS["as they come"])(encoder, decoder, batch)
        for part in (encoder, decoder):
            part[0].reset_parameters()

    seen, _ = seen_of(train)
    assert seen.steps.kept is None
    assert len(seen.leaves) == 1


def test_a_training_without_a_batch_keeps_its_life():
    def train(encoder, decoder, batch):
        for part in (encoder, decoder):
            part[0].reset_parameters()

    seen, _ = seen_of(train)
    assert seen.steps.kept == 0


def test_a_class_gets_its_own_forward_back_even_after_an_error():
    class Heir(Own):
        pass

    def stops(encoder, decoder, batch):
        raise KeyError

    for kind in (Own, Heir):
        forward = Own.forward
        with pytest.raises(KeyError):
            seen_of(stops, (pair()[0], kind()))
        assert ("forward" in vars(kind)) == (kind is Own)
        assert kind.forward is forward


def test_only_the_decoder_itself_is_seen_where_another_has_its_class():
    other = Own()

    def train(encoder, decoder, batch):
        other(encoder(batch)).sum().backward()

    seen, _ = seen_of(train, (pair()[0], Own()))
    assert seen.leaves == []


# Gradients that are thrown away -------------------------------------------------------------


def leave(step=(0, 0), gradient=None):
    return Leave(torch.zeros(2), None, step, 0, gradient)


def following(grad, accumulated):
    value = nn.Parameter(torch.zeros(2))
    value.grad = grad
    return Parameter("w", value, torch.zeros(2), accumulated=accumulated)


class At:
    count = 0


def test_an_earlier_gradient_is_dropped_that_parameters_got_and_hold_no_longer():
    for grad, accumulated, step, dropped in (
        (None, 1, (0, 0), True),
        (torch.zeros(2), 1, (0, 0), True),
        (torch.ones(2), 1, (0, 0), False),
        (None, 0, (0, 0), False),
        (None, 1, (0, 1), False),
    ):
        first, second = leave(gradient=torch.ones(2)), leave(step)
        note_gradient([first, second], second, torch.ones(2), At, [following(grad, accumulated)])
        assert (first.dropped, second.dropped) == (dropped, False)
        assert first.is_used != dropped
        assert second.came == (0, accumulated)
    first = leave(gradient=torch.zeros(2))
    note_gradient([first], leave(), torch.ones(2), At, [following(None, 1)])
    assert not first.dropped


def test_gradients_of_one_batch_add_up():
    one = leave()
    assert not one.is_used
    for _ in range(2):
        note_gradient([one], one, torch.ones(2), At, [])
    assert one.gradient.tolist() == [2, 2]
    assert one.is_used


def test_what_a_cross_entropy_compares_is_kept_where_it_has_a_gradient():
    kept = []
    scores, labels = numbers(2, 3).requires_grad_(), torch.tensor([0, 1])
    note_comparison(kept, (scores, labels), {})
    note_comparison(kept, (scores,), {"target": labels})
    note_comparison(kept, (), {"input": scores, "target": labels})
    note_comparison(kept, (scores.detach(), labels), {})
    note_comparison(kept, (), {})
    assert len(kept) == 3
    for one, target in kept:
        assert torch.equal(one, scores.detach())
        assert torch.equal(target, labels)
        assert not one.requires_grad


# The watch on a classifier ------------------------------------------------------------------


def classifier_seen(train):
    encoder = nn.Sequential(nn.Linear(784, 100), nn.Sigmoid())
    with watch_classifier(encoder) as seen:
        classifier = train(encoder)
    return seen, classifier, encoder


CODES = numbers(6, 100).sigmoid()
LABELS = torch.arange(6)


class InColumns(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide, self.last = nn.Parameter(numbers(30, 100) / 9), nn.Parameter(numbers(10, 30))

    def forward(self, codes):
        return (self.last @ torch.relu(self.wide @ codes.T)).T


MADE = [head, InColumns, lambda: nn.Sequential(nn.Dropout(0.0), *head())]
MADE += [lambda: nn.Sequential(nn.Linear(100, 10))]


@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("steps", [1, 3])
def test_codes_are_seen_with_the_scores_they_became_and_their_gradient(make, steps):
    def train(encoder):
        classifier = make()
        optimizer = torch.optim.SGD(classifier.parameters(), lr=0.1)
        for _ in range(steps):
            update(optimizer, functional.cross_entropy(classifier(CODES), LABELS))
        return classifier

    seen, classifier, _ = classifier_seen(train)
    assert len(seen.leaves) == len(seen.compared) == steps
    for number, (inputs, one) in enumerate(seen.leaves):
        assert all(torch.equal(rows, CODES) for rows in inputs)
        assert inputs
        assert one.step[0] == number
        assert torch.allclose(one.values, seen.compared[number][0], atol=1e-6)
        wanted = (one.values.softmax(1) - torch.eye(10)[:6]) / 6
        assert torch.allclose(one.gradient, wanted, atol=1e-6)
    assert {id(value) for value in classifier.parameters()} <= set(seen.weights)
    assert all(not torch.equal(now, first) for now, first in seen.weights.values())
    assert [one.arrived for one in seen.followed] == [steps] * len(seen.followed)
    assert all(one.moved for one in seen.followed)
    kept = list(seen.leaves)
    seen.keep_only(classifier)
    assert [id(one) for _, one in seen.leaves] == [id(one) for _, one in kept]
    assert all(part.training for part in classifier.modules())
    assert not any(value._backward_hooks for value in classifier.parameters())


@pytest.mark.parametrize("first", [nn.LayerNorm(100), nn.BatchNorm1d(100), nn.Dropout(0.5)])
def test_codes_are_seen_before_what_normalises_them_or_leaves_some_out(first):
    def train(encoder):
        classifier = nn.Sequential(first, *head())
        functional.cross_entropy(classifier(CODES), LABELS).backward()
        return classifier

    seen, _, _ = classifier_seen(train)
    [(inputs, _)] = seen.leaves
    assert torch.equal(inputs[0], CODES)
    assert not torch.equal(inputs[1], CODES)


def test_one_code_without_an_axis_for_the_batch_is_seen_as_a_row():
    def train(encoder):
        classifier = head()
        functional.cross_entropy(classifier(CODES[0]), LABELS[0]).backward()
        return classifier

    seen, _, _ = classifier_seen(train)
    [(inputs, one)] = seen.leaves
    assert torch.equal(inputs[0], CODES[:1])
    assert one.values.shape == one.gradient.shape == (1, 10)


def test_batches_of_another_classifier_than_the_one_returned_are_forgotten():
    def train(encoder):
        tries = head(), head()
        for rate, classifier in zip((0.1, 0.2), tries, strict=True):
            optimizer = torch.optim.SGD(classifier.parameters(), lr=rate)
            for _ in range(2):
                update(optimizer, functional.cross_entropy(classifier(CODES), LABELS))
        return tries[1]

    seen, classifier, _ = classifier_seen(train)
    assert len(seen.leaves) == 4
    seen.keep_only(classifier)
    assert [one.step[0] for _, one in seen.leaves] == [2, 3]


def test_a_batch_of_ten_codes_is_told_from_the_weights_of_ten_scores():
    def train(encoder):
        classifier = head()
        optimizer = torch.optim.SGD(classifier.parameters(), lr=0.1)
        for _ in range(2):
            scores = classifier(numbers(10, 100).sigmoid())
            update(optimizer, functional.cross_entropy(scores, torch.arange(10)))
        return classifier

    seen, classifier, _ = classifier_seen(train)
    seen.keep_only(classifier)
    assert [one.strand for _, one in seen.leaves] == [0, 0]


def test_scores_of_weights_with_three_axes_belong_to_no_strand():
    def train(encoder):
        classifier = InColumns()
        inner = torch.relu(CODES @ classifier.wide.T)
        scores = torch.bmm(inner[None], classifier.last.T[None])[0]
        functional.cross_entropy(scores, LABELS).backward()

    seen, _, _ = classifier_seen(train)
    assert [one.strand for _, one in seen.leaves] == [None]


def test_a_classifier_without_weights_keeps_all_batches():
    def train(encoder):
        functional.cross_entropy(head()(CODES), LABELS).backward()
        return nn.Flatten()

    seen, classifier, _ = classifier_seen(train)
    seen.keep_only(classifier)
    assert len(seen.leaves) == 1


def test_a_view_of_weights_that_was_made_before_is_followed_as_those():
    weight = nn.Parameter(numbers(10, 100))
    view = weight.T

    def train(encoder):
        functional.cross_entropy(CODES @ view, LABELS).backward()

    seen, _, _ = classifier_seen(train)
    assert set(seen.weights) == {id(weight)}


def test_weights_of_the_encoder_are_not_the_classifier_s():
    def train(encoder):
        classifier = head()
        functional.nll_loss(classifier(encoder(images(6))).log_softmax(1), LABELS).backward()
        return classifier

    seen, _, encoder = classifier_seen(train)
    assert not {id(value) for value in encoder.parameters()} & set(seen.weights)
    assert seen.compared == []
    assert len(seen.logarithms) == 1
