import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from aelib import answer_key, study
from aelib.answer_key import BANDS, EPOCHS
from aelib.studies import is_stuck


@pytest.fixture
def glued(monkeypatch):
    """What was glued, by name."""
    values = {}
    monkeypatch.setattr(answer_key, "glue", lambda **pairs: values.update(pairs))
    return values


@pytest.mark.parametrize("key", BANDS)
def test_a_run_is_compared_with_the_answer_keys_own_number(key, glued):
    band = BANDS[key]
    answer_key.check(**{key: np.mean(band.seeds)})
    assert glued[f"{key}_answer"] == band.answer
    assert glued[key] == np.mean(band.seeds)


@pytest.mark.parametrize("key", BANDS)
@pytest.mark.parametrize("side", [-1, 1])
def test_a_number_outside_its_band_is_refused_with_the_reason(key, side, glued):
    band = BANDS[key]
    outside = band.low - 1e-6 if side < 0 else band.high + 1e-6
    with pytest.raises(AssertionError, match=r"expected .* found .* reason: 99% of new seeds"):
        answer_key.check(**{key: outside})


WHERE = {  # entered a second time: a band of another study's numbers is seen
    "features_loss": ("features", "method", "sigmoid", "loss_10", 0.5),
    "features_accuracy": ("features", "method", "sigmoid", "accuracy", 0.5),
    "convolutional_loss": ("convolutional", "decoder", "transposed", "loss_10", 1),
    "denoising_fresh_loss": ("denoising", "method", "variant 1", "loss_10", 1),
    "denoising_fixed_loss": ("denoising", "method", "variant 2", "loss_10", 0.5),
}


@pytest.mark.parametrize("key", BANDS)
def test_a_band_follows_from_the_runs_of_its_study_that_are_not_stuck(key):
    table, column, row, number, share = WHERE[key]
    rows = study(table)
    rows = rows[rows[column] == row]
    started = rows[["loss_1", "loss_2"]].min(axis=1) < share * study("stuck")["mean_error"][0]
    values = rows.loc[started, number]
    spread = values.std() * math.sqrt(1 + 1 / len(values))
    low, high = stats.t(len(values) - 1, values.mean(), spread).interval(0.99)
    wider = 0.004 if number == "accuracy" else 0.03 * values.mean()
    assert BANDS[key].low == pytest.approx(low - wider, rel=1e-9)
    assert BANDS[key].high == pytest.approx(high + wider, rel=1e-9)


def test_a_run_is_stuck_where_neither_of_two_epochs_beats_the_mean_image():
    error = study("stuck")["mean_error"][0]
    runs = pd.DataFrame({"loss_1": [2 * error, 2 * error, 0.0], "loss_2": [error, 0.9 * error, 1]})
    assert is_stuck(runs).tolist() == [True, False, False]
    assert is_stuck(runs / 2, share=0.5).tolist() == [True, False, False]


ANSWERS = {  # entered a second time
    "features_loss": 0.0071,
    "features_accuracy": 0.9639,
    "convolutional_loss": 0.0023,
    "denoising_fresh_loss": 0.0093,
    "denoising_fixed_loss": 0.0105,
}


def test_the_number_that_a_run_is_compared_with_is_the_exercise_s():
    assert {key: band.answer for key, band in BANDS.items()} == ANSWERS


SUMS = {  # entered a second time: a slip in one of the two is seen
    "features_losses": (6, 0.0838),
    "features_classifier_losses": (10, 1.8235),
    "features_classifier_accuracies": (10, 9.459),
    "convolutional_losses": (10, 0.0449),
    "denoising_fresh_losses": (10, 0.1504),
    "denoising_fixed_losses": (6, 0.1019),
}


@pytest.mark.parametrize("key", EPOCHS)
def test_the_numbers_of_the_answer_key_are_those_of_the_exercise(key):
    count, total = SUMS[key]
    assert len(EPOCHS[key]) == count
    assert sum(EPOCHS[key].values()) == pytest.approx(total)


@pytest.mark.parametrize("key", EPOCHS)
def test_the_answer_key_s_numbers_get_better_from_epoch_to_epoch(key):
    numbers = [EPOCHS[key][epoch] for epoch in sorted(EPOCHS[key])]
    assert numbers == sorted(numbers, reverse=key.endswith("losses"))  # a swap leaves the sum


def test_a_number_without_a_band_is_an_error(glued):
    with pytest.raises(KeyError, match="typo"):
        answer_key.check(typo=1.0)


@pytest.mark.parametrize("key", EPOCHS)
def test_the_table_holds_our_number_of_each_epoch_of_the_answer_key(key, glued):
    ours = [epoch / 1000 for epoch in range(1, 11)]
    answer_key.compare_epochs(**{key: ours})
    table = glued[f"{key}_table"].data
    for epoch in EPOCHS[key]:
        assert f"<td>{epoch}</td>" in table
        assert f"<td>{epoch / 1000:.4f}</td>" in table
