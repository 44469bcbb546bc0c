"""The measured part of an exercise: which trainings are tried, and what is kept of them."""

import pytest
import torch
from answer_parts import MSE, compared, sigmoid_pair
from told import fault, steadily
from torch import nn

from aelib import checks
from aelib.checks import corruption, exercises
from aelib.checks.exercises import SEEDS, Setting
from aelib.checks.probes import EPOCHS
from aelib.checks.result import Result
from aelib.checks.said import Said
from aelib.mnist import Split

SETTING = Setting(100, 2, most=0.05, least=0.6)


def measured(*errors, measured=()):
    """Measure trainings that end with these errors, one after another."""
    result, left = Result("own", pictures={"before": None}), list(errors)
    starts, seeds = [], []

    def start():
        seeds.append(torch.initial_seed())
        torch.manual_seed(7)  # a learner's own
        return nn.Linear(30, 20), nn.Linear(20, 30)

    def train_and_measure(encoder, decoder):
        starts.append([value.detach().clone() for value in (*encoder.parameters(),)])
        return left.pop(0)

    def draw(encoder, decoder):
        return {"row": encoder.weight}

    name = Said("the test images are rebuilt well enough")
    encoder = exercises._measure(result, name, SETTING, start, train_and_measure, draw, *measured)
    return result, encoder, starts, seeds


def test_the_first_training_that_reaches_the_error_ends_the_trials():
    result, encoder, starts, seeds = measured(0.3, 0.05, 0.01)
    assert [(step.name, step.passed) for step in result.steps] == [
        ("the test images are rebuilt well enough", True)
    ]
    assert result.measured == {"test_mse": 0.05}
    assert result.pictures["row"] is encoder.weight
    assert seeds == list(SEEDS[:2])
    assert len(starts) == 2


def test_an_error_that_is_never_reached_is_told_with_the_best_one(snapshot):
    result, encoder, starts, seeds = measured(0.3, 0.06, 0.4, 0.2, measured=["mine"])
    assert encoder is None
    assert result.measured == {"mine": 0.06}
    assert seeds == list(SEEDS)
    assert len(starts) == 4
    assert steadily(result.steps[0].message) == snapshot
    assert result.steps[0].message.values["best"] == 0.06
    assert set(result.pictures) == {"before", "row"}


def test_after_a_failure_the_learner_s_own_seed_does_not_bring_the_same_weights():
    _, _, starts, _ = measured(0.3, 0.3, 0.3, 0.3)
    weights = [weight for weight, _ in starts]
    assert len({tuple(weight.flatten().tolist()) for weight in weights}) == 4
    assert len({tuple(sorted(weight.flatten().tolist())) for weight in weights}) == 1


def test_numbers_dealt_out_anew_are_the_same_of_each_parameter_also_where_it_is_shared():
    layer = nn.Linear(30, 20)
    start = layer.weight.detach().clone()
    exercises._deal_out(3, layer, nn.Sequential(layer))
    once = layer.weight.detach().clone()
    assert not torch.equal(once, start)
    assert torch.equal(once.flatten().sort().values, start.flatten().sort().values)
    with torch.no_grad():
        layer.weight.copy_(start)
    exercises._deal_out(3, layer)
    assert torch.equal(layer.weight, once)


class Rebuilds(nn.Module):
    """Returns its images, but for a change that the training makes."""

    def __init__(self):
        super().__init__()
        self.change = nn.Parameter(torch.full((1,), 0.5))

    def forward(self, pictures):
        return pictures + self.change


def test_an_autoencoder_is_trained_on_so_many_images_and_measured_on_all_test_images():
    given = []

    def train_autoencoder(encoder, decoder, train, epochs):
        given.append((encoder.training, decoder.training, len(train.images), epochs))
        with torch.no_grad():
            encoder.change.fill_(0.2 - 0.5)

    result = Result("own")
    encoder = exercises._measure_autoencoder(
        result,
        SETTING,
        lambda: (Rebuilds(), Rebuilds()),
        train_autoencoder,
        lambda one, other: other - one,
    )
    assert given == [(True, True, 100, 2)]
    assert result.measured == {"test_mse": pytest.approx(0.04)}
    assert result.steps[0].name == "the test images are rebuilt well enough"
    assert list(result.pictures) == ["original", "rebuilt", "error map"]
    assert result.pictures["original"].shape == (10, 784)
    assert torch.allclose(result.pictures["error map"], torch.full((10, 784), 0.2), atol=1e-6)
    assert isinstance(encoder, Rebuilds)


def classified(scores):
    """Measure features of a classifier whose scores are made of an image's own label."""
    given = []

    def train_classifier(encoder, train, epochs):
        given.append((encoder, len(train.labels), epochs))
        return nn.Identity()

    def extract_features(encoder, pictures):
        given.append((encoder, len(pictures)))
        return scores

    result = Result("own")
    encoder = nn.Identity()
    exercises._measure_features(result, SETTING, encoder, extract_features, train_classifier)
    assert given == [(encoder, 100, 2), (encoder, 10_000)]
    return result


@pytest.mark.parametrize(("right", "passes"), [(6000, True), (5999, False)])
def test_a_classifier_must_recognise_a_share_of_all_test_digits(right, passes, snapshot):
    from aelib.checks.data import test_digits

    labels = test_digits().labels.clone()
    labels[right:] = (labels[right:] + 1) % 10
    result = classified(nn.functional.one_hot(labels, 10).float())
    assert result.measured == {"test_accuracy": pytest.approx(right / 10_000)}
    [step] = result.steps
    assert step.name == "the classifier recognises enough test digits"
    assert step.passed == passes
    assert passes or steadily(step.message) == snapshot


@pytest.mark.parametrize("variant", [0, 1])
def test_a_denoiser_is_trained_with_its_variant_s_noise_and_measured_with_the_book_s(variant):
    factor = (0.2, 0.5)[variant]
    given = []

    def train_denoiser(encoder, decoder, train, strength, epochs):
        given.append((len(train.images), strength, epochs, type(encoder[1]), len(encoder)))
        with torch.no_grad():
            decoder[-2].bias += 0.01

    def add_noise(pictures, strength):
        return pictures + strength

    result = Result("own")
    setting = Setting(100, 2, most=1.0)
    exercises._measure_denoiser(result, setting, variant, add_noise, train_denoiser)
    sizes, activation = exercises.NETWORKS[variant]
    assert given == [(100, factor, 2, activation, 2 * (len(sizes) - 1))]
    [name] = result.measured
    assert name == ("test_mse", "test_mse_variant_2")[variant]
    assert 0.1 < result.measured[name] < 0.3
    assert result.steps[0].name.startswith(f"variant {variant + 1} removes new noise")
    original, noisy, denoised = result.pictures.values()
    assert list(result.pictures) == ["original", f"noisy, {factor}", f"denoised, {factor}"]
    assert torch.allclose(noisy, original + factor)
    assert denoised.shape == (10, 784)


def trained(networks):
    """Train these, whatever they get."""
    return lambda pictures: compared(MSE, size=50)(*networks, Split(pictures, pictures), 1)


def of_no_gradient(networks):
    return lambda pictures: (0 * MSE(networks[1](networks[0](pictures)), pictures)).backward()


LATER = {
    "others are trained": lambda own: trained(sigmoid_pair()),
    "nothing is": lambda own: lambda pictures: None,
    "they are run": lambda own: lambda pictures: own[1](own[0](pictures)),
    "their gradients are 0": of_no_gradient,
    "they are trained": trained,
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
@pytest.mark.parametrize("noise", [(), (0.5,)], ids=["autoencoder", "denoiser"])
def test_why_networks_stay_as_they_were_is_told_also_where_earlier_calls_changed_theirs(
    later, noise, snapshot, monkeypatch
):
    monkeypatch.setattr(exercises, "SEEDS", SEEDS[:1])
    calls = []

    def train(encoder, decoder, data, *more):
        assert more[:-1] == noise
        calls.append(more[-1])
        later((encoder, decoder))(data.images)

    result, setting = Result("own"), Setting(100, 2, most=0.0)
    if noise:
        exercises._measure_denoiser(result, setting, 1, lambda pictures, _: pictures, train)
    else:
        exercises._measure_autoencoder(result, setting, sigmoid_pair, train)
    [message] = result.messages
    assert steadily(message) == snapshot
    assert set(calls) <= {2, EPOCHS}


# Averages of noisy pixels -------------------------------------------------------------------

NOISE = torch.randn(300, 784, generator=torch.Generator().manual_seed(0))


def of(darker, lighter):
    """Noise with an average of its own at the darker and at the lighter pixels."""
    added = NOISE.clone()
    added[:, ::2] += darker
    added[:, 1::2] += lighter
    return added


def test_darker_and_lighter_pixels_must_move_alike():
    for darker, lighter in ((0, 0), (0.5, 0.5), (0.04, -0.04)):
        assert fault(corruption._judge_averages, of(darker, lighter)) == ""
    for darker, lighter in ((0.06, -0.06), (-0.2, 0)):
        with pytest.raises(corruption.Fault) as found:
            corruption._judge_averages(of(darker, lighter))
        values = found.value.said.values
        assert (values["dark"], values["light"]) == (0.4, 0.6)
        assert values["one"] == pytest.approx(0.4 + 0.08 * darker, abs=0.001)
        assert values["other"] == pytest.approx(0.6 + 0.08 * lighter, abs=0.001)


def test_averages_are_not_judged_where_medians_stay_or_all_images_have_one_noise():
    clipped = NOISE.clone()
    clipped[:, ::2] = clipped[:, ::2].clamp(max=1)
    assert fault(corruption._judge_averages, clipped) == ""
    one = torch.randn(784, generator=torch.Generator().manual_seed(1)).expand(300, -1).clone()
    one[:, ::2] += 0.3
    assert fault(corruption._judge_averages, one) == ""
    half = NOISE.clone()
    half[:, 1::2] = half[0, 1::2]
    half[:, ::2] += 0.3
    assert fault(corruption._judge_averages, half) == ""


def test_noise_that_stops_is_told_what_it_was_given(snapshot):
    def add_noise(pictures, factor):
        raise ValueError(pictures.shape)

    [step] = checks.noise(add_noise).steps
    assert steadily(step.message) == snapshot
