import copy
import itertools
import re
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

import aelib
from aelib import TrainingError, add_noise, device, fit
from aelib.training import half_mse

pytestmark = pytest.mark.slow


def images(n=40):
    return torch.rand((n, 16), generator=torch.Generator().manual_seed(0))


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 16), nn.Sigmoid())


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def corrupt(batch, generator):
    return add_noise(batch, 0.3, generator=generator)


def test_training_lowers_the_loss_and_changes_the_model_in_place():
    model = network()
    before = weights(model)
    history = fit(model, images(), epochs=20, batch_size=8, learning_rate=0.01)
    assert history.losses[-1] < history.losses[0]
    assert not torch.equal(weights(model), before)


def test_one_seed_gives_the_same_weights_and_losses():
    runs = []
    for _ in range(2):
        model = network()
        history = fit(model, images(), epochs=3, batch_size=8, corrupt=corrupt, seed=5)
        runs.append((history.losses, weights(model)))
    assert runs[0][0] == runs[1][0]
    assert torch.equal(runs[0][1], runs[1][1])


def test_another_seed_gives_other_weights():
    results = []
    for seed in (1, 2):
        model = network()
        fit(model, images(), epochs=1, batch_size=8, seed=seed)
        results.append(weights(model))
    assert not torch.equal(*results)


def test_the_global_generator_is_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    model = network()
    torch.manual_seed(3)
    fit(model, images(), epochs=1, corrupt=corrupt)
    assert torch.equal(torch.rand(1), expected)


def test_one_step_is_that_of_plain_adam():
    model, reference = network(), network()
    fit(model, images(8), epochs=1, batch_size=8, learning_rate=0.05, loss=half_mse)
    optimizer = torch.optim.Adam(reference.parameters(), lr=0.05)
    (0.5 * nn.functional.mse_loss(reference(images(8)), images(8))).backward()
    optimizer.step()
    torch.testing.assert_close(weights(model), weights(reference))


def test_every_sample_is_seen_once_in_an_epoch():
    seen = []
    fit(
        network(),
        images(20),
        epochs=1,
        batch_size=7,
        corrupt=lambda batch, _: seen.append(batch) or batch,
    )
    rows = torch.cat(seen)
    assert [len(batch) for batch in seen] == [7, 7, 6]
    assert torch.equal(rows.sort(0).values, images(20).sort(0).values)


def test_the_loss_of_an_epoch_weights_a_short_last_batch_by_its_size():
    inputs = torch.cat([torch.zeros(4, 1), torch.ones(1, 1)])
    history = fit(nn.Linear(1, 1), inputs, epochs=1, batch_size=4, learning_rate=1e-12,
                  loss=lambda outputs, _: 0 * outputs.sum() + float(len(outputs)))  # fmt: skip
    assert history.losses == [pytest.approx((4 * 4 + 1 * 1) / 5)]


def test_the_targets_are_the_clean_inputs_when_inputs_are_corrupted():
    compared = []

    def loss(outputs, targets):
        compared.append(targets)
        return nn.functional.mse_loss(outputs, targets)

    fit(network(), images(8), epochs=1, batch_size=8, corrupt=corrupt, loss=loss)
    assert torch.equal(compared[0].sort(0).values, images(8).sort(0).values)


def test_after_epoch_sees_every_epoch_with_the_model_in_evaluation_mode():
    model = network()
    calls = []
    fit(model, images(), epochs=3, after_epoch=lambda i: calls.append((i, model.training)))
    assert calls == [(0, False), (1, False), (2, False)]


def test_a_classifier_learns_from_labels():
    features = torch.eye(4).repeat(25, 1)
    labels = np.tile(np.arange(4), 25)
    torch.manual_seed(0)
    model = nn.Linear(4, 4)
    fit(model, features, labels, epochs=30, learning_rate=0.1, batch_size=20,
        loss=nn.functional.cross_entropy)  # fmt: skip
    assert aelib.accuracy(model, features, labels) == 1


@pytest.mark.parametrize("first", [1, 2, 5])
def test_the_first_batch_whose_loss_is_not_finite_is_named_with_advice(first, snapshot):
    calls = itertools.count(1)

    def broken(outputs, targets):
        return ((outputs - targets) ** 2).mean() * (float("nan") if next(calls) >= first else 1)

    with pytest.raises(TrainingError) as error:
        fit(network(), images(20), epochs=2, batch_size=8, loss=broken)
    assert str(error.value) == snapshot


def test_inputs_that_are_not_finite_stop_the_training():
    inputs = images(20)
    inputs[:, 0] = float("nan")
    with pytest.raises(TrainingError, match="The loss is nan in epoch 1, batch 1 of 3"):
        fit(network(), inputs, epochs=2, batch_size=8)


def test_outputs_are_compared_with_the_targets_that_were_given():
    compared = []

    def loss(outputs, targets):
        compared.append(targets)
        return ((outputs - targets) ** 2).mean()

    inputs = images(20)
    fit(network(), inputs, 1 - inputs, epochs=1, batch_size=8, loss=loss)
    expected = (1 - torch.as_tensor(inputs)).sort(0).values
    torch.testing.assert_close(torch.cat(compared).sort(0).values, expected, rtol=0, atol=0)


def test_settings_that_are_left_out_are_those_that_the_pages_count_on():
    pages = {"epochs": 10, "batch_size": 256, "learning_rate": 1e-3, "seed": 0}
    runs = []
    for settings in ({}, pages):
        model = network()
        history = fit(model, images(260), corrupt=corrupt, **settings)
        runs.append((history.losses, weights(model).tolist()))
    assert runs[0] == runs[1]


class Made(TorchFunctionMode):
    """Write down the devices named where tensors are made or moved, other than weights."""

    def __init__(self):
        super().__init__()
        self.devices = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is torch.Tensor.to and not isinstance(args[0], nn.Parameter):
            self.devices.append(args[1])
        if function in {torch.randperm, torch.empty}:
            self.devices.append((kwargs or {}).get("device"))
        return function(*args, **(kwargs or {}))


def test_all_that_training_makes_lies_where_the_model_lies(monkeypatch):
    there = torch.device("cpu", 0)  # the CPU by a name of its own: no other device is everywhere
    model, inputs, generators = network(), images(8), []
    made = torch.Generator

    class Generator:
        def __new__(cls, *place):
            generators.append(place)
            return made(*place)

    monkeypatch.setattr(device, "best_device", lambda: there)
    monkeypatch.setattr(torch, "Generator", Generator)
    with Made() as tensors:
        fit(model, inputs, inputs, epochs=1)
    assert generators == [(there,)]
    inputs, targets, order, losses, *_gradients_that_go_home = tensors.devices
    assert [inputs, targets, order, losses] == [there] * 4


class Steps(TorchDispatchMode):
    """Count the calls that change all weights at once."""

    count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += function is torch.ops.aten._fused_adam_.default
        return function(*args, **(kwargs or {}))


def test_a_step_of_adam_is_one_call_for_all_weights():
    with Steps() as steps:
        fit(network(), images(16), epochs=3, batch_size=8)
    assert steps.count == 6


def test_the_seconds_of_the_epochs_are_those_that_passed():
    start = time.perf_counter()
    history = fit(network(), images(20), epochs=3, batch_size=8)
    passed = time.perf_counter() - start
    assert len(history.seconds) == 3
    assert min(history.seconds) > 0
    assert sum(history.seconds) <= passed


def test_a_batch_may_be_one_image():
    history = fit(network(), images(3), epochs=1, batch_size=1)
    assert len(history.losses) == 1


def test_a_keyboard_interrupt_keeps_the_model_and_the_history_so_far(capsys):
    model = network()
    counter = itertools.count()

    def interrupted(batch, _):
        if next(counter) == 12:  # in the third epoch of five batches each
            raise KeyboardInterrupt
        return batch

    history = fit(model, images(), epochs=9, batch_size=8, corrupt=interrupted)
    trained = copy.deepcopy(model)
    assert len(history.losses) == len(history.seconds) == 2
    assert not trained.training
    assert capsys.readouterr().out == "Training interrupted after 2 of 9 epochs.\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"targets": images(39)},
        {"inputs": images(0)},
    ],
    ids=lambda changes: ", ".join(changes),
)
def test_arguments_that_cannot_be_trained_with_are_named(changes, snapshot):
    with pytest.raises(ValueError, match="fit expects") as error:
        fit(network(), **{"inputs": images(), **changes})
    assert str(error.value) == snapshot


def test_a_history_prints_losses_but_never_seconds():
    history = aelib.History(losses=[0.5, 0.25], seconds=[12.345, 67.89])
    assert str(history) == "epoch  1/2  loss 0.5000\nepoch  2/2  loss 0.2500"
    assert history.final_loss == 0.25


def test_an_empty_history_has_no_final_loss():
    told = r"^History expects at least one finished epoch; found none\. Train longer\.$"
    with pytest.raises(ValueError, match=told):
        _ = aelib.History().final_loss


def test_evaluate_returns_all_rows_in_order_without_gradient():
    model = nn.Linear(2, 2)
    inputs = torch.rand(2_345, 2)
    outputs = aelib.evaluate(model, inputs.numpy())
    torch.testing.assert_close(outputs, model(inputs).detach())
    assert not outputs.requires_grad


def test_evaluate_puts_dropout_to_rest():
    model = nn.Sequential(nn.Dropout(0.5))
    assert torch.equal(aelib.evaluate(model, torch.ones(10, 4)), torch.ones(10, 4))


def test_accuracy_is_the_share_of_right_answers():
    outputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert aelib.accuracy(nn.Identity(), outputs, np.array([0, 1, 1, 0])) == 0.75


def test_nothing_is_drawn_in_a_build(capsys, monkeypatch):
    monkeypatch.setenv("AELIB_UNATTENDED", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    fit(network(), images(), epochs=1)
    assert capsys.readouterr().err == ""


def test_a_bar_is_drawn_at_a_terminal(capsys, monkeypatch):
    monkeypatch.delenv("AELIB_UNATTENDED", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    fit(network(), images(), epochs=3)
    drawn = capsys.readouterr().err.split("\r")
    assert re.fullmatch(r"training:   0%\|.*\| 0/3 \[00:00<\?, \?epoch/s\]", drawn[1])


def test_a_bar_is_drawn_in_a_live_notebook_and_nowhere_else(capsys, monkeypatch):
    monkeypatch.delenv("AELIB_UNATTENDED", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    fit(network(), images(), epochs=1)
    assert capsys.readouterr().err == ""
    monkeypatch.setitem(sys.modules, "ipykernel", object())
    fit(network(), images(), epochs=1)
    assert "training" in capsys.readouterr().err


def test_every_epoch_has_an_order_of_its_own():
    seen = []
    fit(network(), images(), epochs=2, batch_size=40,
        corrupt=lambda batch, _: seen.append(batch) or batch)  # fmt: skip
    assert torch.equal(seen[0].sort(0).values, seen[1].sort(0).values)
    assert not torch.equal(seen[0], seen[1])


def test_numbers_below_the_normal_range_count_as_zero_while_it_trains():
    halves = []
    fit(network(), images(), epochs=1, batch_size=40,
        corrupt=lambda batch, _: halves.append(sys.float_info.min / 2) or batch)  # fmt: skip
    assert halves == [0]


class WithoutFloat64(TorchDispatchMode):
    """A stand-in for Apple's MPS: no computing and no converting in float64, but moving is free."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if (kwargs or {}).get("dtype") == torch.float64 and self.training:
            raise TypeError("Cannot convert a MPS Tensor to float64 dtype")
        return function(*args, **(kwargs or {}))


def test_nothing_is_computed_in_float64_before_the_losses_are_on_the_cpu(monkeypatch):
    mode = WithoutFloat64()
    mode.training = True
    to_cpu = torch.Tensor.cpu

    def moved(tensor, *arguments):
        mode.training = False
        return to_cpu(tensor, *arguments)

    monkeypatch.setattr(torch.Tensor, "cpu", moved)
    with mode:
        history = fit(network(), images(), epochs=1)
    assert len(history.losses) == 1
    assert not mode.training


def test_numbers_below_the_normal_range_count_again_after_training():
    fit(network(), images(), epochs=1)
    assert sys.float_info.min / 2 > 0


def test_numbers_below_the_normal_range_count_again_after_a_failed_training():
    with pytest.raises(TrainingError):
        fit(network(), images() * float("nan"), epochs=1)
    assert sys.float_info.min / 2 > 0
