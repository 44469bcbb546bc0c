import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from aelib import Interval, interval, interval_bands, paired, seed_distributions
from aelib.statistics import prediction


def test_an_interval_is_scipy_s():
    values = [0.1, 0.4, 0.2, 0.9]
    ours = interval(values)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert (ours.mean, ours.n) == (pytest.approx(0.4), 4)


@pytest.mark.slow
def test_an_interval_holds_the_true_mean_as_often_as_it_says():
    generator = np.random.default_rng(0)
    samples = generator.normal(3, 2, size=(4000, 8))
    held = np.mean([interval(sample).holds(3) for sample in samples])
    assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)  # four deviations of the estimate


def test_pairs_show_a_difference_that_two_means_hide():
    common = np.random.default_rng(1).normal(0, 1, 12)
    a, b = common + 0.1, common + np.linspace(-0.02, 0.02, 12)
    assert paired(a, b).mean == pytest.approx(0.1)
    assert not paired(a, b).holds(0)
    assert interval(a).low < interval(b).high


def test_columns_are_paired_by_their_index():
    a = pd.Series([1.0, 2.0, 4.0], index=[0, 1, 2])
    b = pd.Series([4.0, 1.0, 1.0], index=[2, 0, 1])
    assert paired(a, b).mean == pytest.approx((0 + 1 + 0) / 3)
    with pytest.raises(ValueError, match=r"set_index\('seed'\)"):
        paired(a, b.set_axis([3, 4, 5]))


def test_an_interval_is_written_with_its_bounds():
    assert f"{Interval(0.5, 0.25, 0.75, 9):.2f}" == "0.50 [0.25, 0.75]"
    assert f"{Interval(0.5, 0.25, 0.75, 9):.0%}" == "50% [25%, 75%]"


REFUSED = {
    "one value": ([1.0], "two values or more"),
    "a table": ([[1.0, 2.0]], "two values or more"),
    "a run that failed": ([1.0, float("nan")], "found nan at place 1"),
}


@pytest.mark.parametrize(("values", "said"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_interval_is_refused(values, said):
    with pytest.raises(ValueError, match=said):
        interval(values)


def test_values_of_unequal_number_are_no_pairs():
    with pytest.raises(ValueError, match="Pairs are expected"):
        paired([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.slow
def test_a_prediction_holds_the_next_value_as_often_as_it_says():
    source = np.random.default_rng(0)
    held = [
        prediction(values[:-1]).holds(values[-1]) for values in source.normal(1, 0.1, (4000, 6))
    ]
    assert np.mean(held) == pytest.approx(0.99, abs=0.005)  # three standard errors


def test_a_prediction_is_wider_than_the_means_interval():
    values = [1.0, 2.0, 4.0, 3.0]
    mean, new = interval(values), prediction(values, 0.95)
    assert new.mean == mean.mean
    assert new.high - new.mean == pytest.approx((mean.high - mean.mean) * math.sqrt(5))


def test_a_band_is_drawn_for_each_group_from_the_low_to_the_high_bound():
    table = pd.DataFrame(
        {
            "latent_size": [2, 2, 8, 8] * 2,
            "mse": [4.0, 6, 1, 3, 5, 7, 2, 4],
            "net": list("aaaabbbb"),
        }
    )
    ax = interval_bands(table, x="latent_size", y="mse", by="net").axes[0]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[5, 2], [6, 3]]
    drawn = [band.get_paths()[0].get_extents() for band in ax.collections]
    ours = interval([4.0, 6])
    assert len(drawn) == 2
    assert drawn[0].y1 == pytest.approx(ours.high)
    assert ax.get_xlabel() == "latent size"


def test_distributions_show_every_seed_and_the_mark_of_each_number():
    numbers = {"MSE": ([0.3, 0.5, 0.4], 0.45), "accuracy": ([0.9, 0.8], 0.7)}
    first, second = seed_distributions(numbers, mark="answer key").axes
    assert first.lines[0].get_xdata().tolist() == [0.3, 0.5, 0.4]
    assert 0.45 in [line.get_xdata()[0] for line in first.lines]
    assert 0.7 in [line.get_xdata()[0] for line in second.lines]
    assert "answer key" in [text.get_text() for text in first.get_legend().get_texts()]
    assert second.get_xlabel() == "accuracy (2 seeds)"
