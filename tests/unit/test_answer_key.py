import pytest

from aelib import answer_key
from aelib.answer_key import BANDS, EPOCHS


@pytest.fixture
def glued(monkeypatch):
    """What was glued, by name."""
    values = {}
    monkeypatch.setattr(answer_key, "glue", lambda **pairs: values.update(pairs))
    return values


@pytest.mark.parametrize("key", BANDS)
def test_the_answer_keys_own_number_lies_inside_its_band(key, glued):
    answer_key.check(**{key: BANDS[key].answer})
    assert glued[f"{key}_difference"] == "+0.0 %"


@pytest.mark.parametrize("key", BANDS)
def test_a_number_below_its_band_is_refused_with_the_reason(key, glued):
    band = BANDS[key]
    with pytest.raises(AssertionError, match=r"expected .* found .* reason"):
        answer_key.check(**{key: band.low - 1e-6})


@pytest.mark.parametrize("key", [key for key in BANDS if key.endswith("_loss")])
def test_a_loss_above_its_band_is_refused_too(key, glued):
    with pytest.raises(AssertionError, match="found"):
        answer_key.check(**{key: BANDS[key].high + 1e-6})


@pytest.mark.parametrize(
    ("key", "centre"),
    [
        ("features_loss", 0.0071),
        ("convolutional_loss", 0.0024),
        ("denoising_fresh_loss", 0.0093),
        ("denoising_fixed_loss", 0.0108),
    ],
)
def test_a_loss_may_lie_ten_per_cent_from_its_centre_and_no_more(key, centre):
    assert BANDS[key].low == pytest.approx(0.9 * centre)
    assert BANDS[key].high == pytest.approx(1.1 * centre)


def test_the_floor_of_the_accuracy_is_96_per_cent():
    assert BANDS["features_accuracy"].low == 0.96


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
