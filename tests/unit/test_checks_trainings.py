"""Parts of the checks on trainings, each by itself, with rows and images made by hand."""

from types import SimpleNamespace

import pytest
import torch
from answer_parts import MSE, compared, denoiser, noisy, sigmoid_pair
from told import fault
from torch import nn

from aelib import checks
from aelib.checks import observed, probes, trainings
from aelib.checks.data import test_digits as digits_to_test
from aelib.checks.data import training_digits
from aelib.checks.said import Said
from aelib.checks.steps import Steps
from aelib.checks.watch import Leave
from aelib.mnist import Split

COUNT = 60


def images(seed=0):
    return torch.rand(COUNT, 784, generator=torch.Generator().manual_seed(seed))


def watched(rows, originals=None, **more):
    originals = images() if originals is None else originals
    places, distances = probes.nearest(rows, originals)
    given = {"rows": rows, "originals": originals, "places": places, "distances": distances}
    return SimpleNamespace(**(given | more))


def some_others(share, others):
    """The images passed in, but for the last ones."""
    rows = images()
    count = round(share * COUNT)
    rows[COUNT - count :] = others[:count]
    return rows


def waves(size):
    return images() + size * torch.ones(784)


ROWS = {
    "the images": (images(), None),
    "almost the images": (waves(0.0003), None),
    "a little brighter": (waves(0.002), None),
    "much brighter": (waves(0.2), None),
    "darker": (waves(-0.2), None),
    "halved": (images() / 2, None),
    "upside down": (1 - images(), None),
    "as 0-255": (255 * images(), None),
    "as 0-100.7": (100.7 * images() / images().max(), None),
    "as 0-100": (torch.cat([99 * images()[:-1], torch.full((1, 784), 100.0)]), None),
    "as 0-99": (99 * images() / images().max(), None),
    "as -100 to 155": (255 * images() - 100, None),
    "just above 1": (0.99 * images(1) + 0.05, None),
    "above 1": (0.99 * images(1) + 0.07, None),
    "below 0": (images(1) - 0.06, None),
    "other images": (images(1), None),
    "one other image": (some_others(1 / 60, images(1)), None),
    "one test image": (some_others(1 / 60, digits_to_test().images), None),
    "a test image behind 32 others": (
        torch.cat([images(1)[:32], digits_to_test().images[:28]]),
        None,
    ),
    "other images than those above 1": (images(1), 1.5 * images()),
    "other images than those below 0": (images(1), images() - 0.5),
    "doubled images": (2 * images(), 1.5 * images()),
    "halved images before others": (torch.cat([images()[:40] / 2, images(1)[40:]]), None),
}


@pytest.mark.parametrize(("rows", "originals"), ROWS.values(), ids=ROWS)
def test_rows_that_are_not_the_images_are_told_what_they_are(rows, originals, snapshot):
    assert fault(trainings._judge_images, watched(rows, originals)) == snapshot


def test_rows_just_so_far_from_the_images_are_others():
    far = torch.full((COUNT,), probes.SAME)
    for rows, told in ((images(1), "Images other than"), (images() / 2, "shifted or scaled")):
        assert told in fault(trainings._judge_images, watched(rows, distances=far))
    some = watched(digits_to_test().images[:COUNT], distances=far)
    assert "Test images are used" in fault(trainings._judge_images, some)


NOISE = probes.NOISE
FAR = {
    "noisy copies": images() + NOISE * (images(1) - 0.5),
    "copies just near enough": waves(2.9 * NOISE),
    "copies that are too far": waves(3.1 * NOISE),
    "half of them too far": torch.cat([waves(0)[:31], waves(9 * NOISE)[31:]]),
    "as 0-255": 255 * images(),
    "up to 100.7": torch.cat([images()[:-1], 100.7 * images()[-1:].round()]),
    "up to 99": torch.cat([images()[:-1], 99 * images()[-1:].round()]),
    "up to 11": torch.cat([images()[:-1], 11 * images()[-1:]]),
    "down to -11": torch.cat([images()[:-1], -11 * images()[-1:]]),
    "up to 100": torch.cat([images()[:-1], torch.full((1, 784), 100.0)]),
    "up to 10": torch.cat([images()[:-1], torch.full((1, 784), 10.0)]),
    "down to -10": torch.cat([images()[:-1], torch.full((1, 784), -10.0)]),
    "up to 9": torch.cat([images()[:-1], 9 * images()[-1:]]),
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR)
def test_noisy_rows_are_near_the_images_or_told_where_they_may_come_from(rows, snapshot):
    assert fault(trainings._judge_originals, watched(rows)) == snapshot


def ended(before, after, used=()):
    return SimpleNamespace(before=before, after=after, seen=SimpleNamespace(used=list(used)))


def test_a_training_out_of_sight_must_at_least_make_the_error_smaller(snapshot):
    assert trainings._is_seen(ended(1, 2, used=[1]))
    assert not trainings._is_seen(ended(0.1, 0.098))
    assert fault(trainings._is_seen, ended(0.1, 0.099)) == snapshot


def test_a_training_in_sight_must_not_make_the_error_larger(snapshot):
    assert fault(trainings._judge_direction, ended(0.1, 0.1)) == ""
    assert fault(trainings._judge_direction, ended(0.1, 0.11)) == snapshot


def test_images_and_labels_must_be_left_as_they_were():
    before = Split(images(), torch.arange(COUNT))
    for given, name in (
        (Split(images(), torch.arange(COUNT)), ""),
        (Split(images(1), torch.arange(COUNT)), "The images of `train`"),
        (Split(images(), torch.arange(COUNT) + 1), "The labels of `train`"),
        (Split(images()[:-1], torch.arange(COUNT)), "The images of `train`"),
    ):
        found = fault(trainings._judge_untouched, SimpleNamespace(given=given, untouched=before))
        assert found.startswith(name)
        assert bool(name) == bool(found)


def through(values, gradient):
    """Three epochs of batches of all images, with these outputs."""
    leaves = [Leave(values, None, (step, step), 0, gradient) for step in range(probes.EPOCHS)]
    route = SimpleNamespace(tail=None)
    seen = SimpleNamespace(used=leaves, leaves=leaves, steps=Steps(), route=route)
    places = torch.arange(COUNT).repeat(probes.EPOCHS)
    return watched(images(), seen=seen, untouched=Split(images(), None), places=places)


@pytest.mark.parametrize(("rows", "passes"), [(54, True), (53, False)])
def test_what_the_loss_compares_is_asked_where_rows_have_no_gradient(rows, passes):
    gradient = torch.ones(COUNT, 784)
    gradient[rows:] = 0
    message = fault(trainings._judge_coverage, through(images() / 2 + 0.2, gradient))
    assert message == "" if passes else message.startswith("The loss makes all pixels darker")


@pytest.mark.parametrize(
    ("pixel", "held"), [(0, True), (1, True), (1e-6, False), (1 - 1e-6, False)]
)
def test_a_row_whose_pixels_are_all_black_and_white_needs_no_gradient(pixel, held):
    values, gradient = images() / 2 + 0.2, torch.ones(COUNT, 784)
    values[:30], gradient[:30] = pixel, 0
    assert (fault(trainings._judge_coverage, through(values, gradient)) == "") == held


def test_variants_are_named_by_their_noise():
    assert (trainings._variant(True), trainings._variant(False)) == (
        "fresh noise",
        "noise drawn once",
    )


# Whether labels matter ----------------------------------------------------------------------


def pair():
    return nn.Linear(784, 3), nn.Linear(3, 784)


def matter(train):
    both = pair()
    start = {k: v.clone() for k, v in nn.ModuleList(both).state_dict().items()}
    data = Split(images(), torch.arange(COUNT) % 10)
    kept = data.images.clone(), data.labels.clone()
    found = trainings._labels_matter(train, both, start, data)
    assert torch.equal(data.images, kept[0])
    assert torch.equal(data.labels, kept[1])
    return found


def shifting(how):
    def train(encoder, decoder, data, epochs):
        assert all(value.grad is None for value in encoder.parameters())
        with torch.no_grad():
            for part in (encoder, decoder):
                part.bias += how(data)
        encoder(data.images).sum().backward()
        data.images.zero_(), data.labels.zero_()

    return train


def test_labels_matter_where_they_and_nothing_else_change_the_weights():
    numbers = iter(range(9))
    assert matter(shifting(lambda data: data.labels[0]))
    assert not matter(shifting(lambda data: data.images[0, 0]))
    assert not matter(shifting(lambda data: torch.rand(())))
    assert not matter(shifting(lambda data: next(numbers)))


# What is seen of a training -----------------------------------------------------------------


def test_rows_of_images_that_a_step_has_seen_before_are_left_out():
    def leave(step, rows):
        return SimpleNamespace(step=(step, 0), gradient=torch.ones(rows, 1))

    used = [leave(0, 3), leave(0, 2), leave(1, 3)]
    one = SimpleNamespace(
        seen=SimpleNamespace(used=used), places=torch.tensor([4, 5, 6, 5, 7, 4, 4, 5])
    )
    assert observed.once_a_step(one) == [0, 1, 2, 4, 5, 7]


def test_the_error_is_that_of_networks_in_evaluation_mode_which_keep_theirs():
    encoder, decoder = nn.Sequential(nn.Dropout(0.5)), nn.Sequential(nn.Identity())
    encoder.train(), decoder.eval()
    assert observed._error((encoder, decoder), images()) == 0
    assert (encoder.training, decoder.training) == (True, False)
    encoder.training, encoder[0].training = False, True
    assert observed._error((encoder, decoder), images()) == 0
    assert (encoder.training, encoder[0].training) == (False, True)
    assert observed._error((decoder.eval(), encoder.train()), images()) == 0
    double = nn.Linear(784, 784).double()
    assert observed._error((double, nn.Identity()), images()) > 0
    one = observed._error((nn.Flatten(), nn.Hardtanh(0, 0.5)), images())
    assert one == pytest.approx(float((images() - 0.5).clamp(min=0).square().mean()))


def test_a_training_is_seen_with_its_rows_and_its_errors():
    data = training_digits(256)
    both = sigmoid_pair()
    one = observed.train_under_watch(compared(MSE, rate=0.001), both, data)
    assert one.given is data
    assert torch.equal(one.untouched.images, data.images)
    assert one.untouched.images.data_ptr() != data.images.data_ptr()
    assert one.untouched.labels.data_ptr() != data.labels.data_ptr()
    assert torch.equal(one.originals, data.images)
    assert one.rows.shape == (3 * 256, 784)
    assert torch.equal(one.rows, data.images[one.places])
    assert float(one.distances.max()) < probes.SAME
    assert one.after == observed._error(both, data.images) < one.before
    assert sorted(one.places.tolist()) == sorted([*range(256)] * 3)


def test_a_training_without_a_batch_has_no_rows():
    one = observed.train_under_watch(lambda *_: None, sigmoid_pair(), training_digits(64))
    assert one.rows.shape == (0, 784)
    assert one.places.tolist() == one.distances.tolist() == []


def test_a_training_that_stops_is_told_what_it_was_given(snapshot):
    def stops(encoder, decoder, train, factor, epochs):
        raise ValueError(f"{factor} {epochs}")

    assert fault(observed.train_under_watch, stops, sigmoid_pair(), training_digits(64), 0.3) == (
        snapshot
    )


def test_a_training_that_stops_for_the_type_of_weights_is_told_that():
    def converts(encoder, decoder, train, epochs):
        decoder(encoder.double()(train.images.double()))

    assert "weights of torch.float64" in fault(
        observed.train_under_watch, converts, sigmoid_pair(), training_digits(64)
    )


# Probes -------------------------------------------------------------------------------------


def test_the_nearest_original_is_found_with_the_difference_of_a_pixel():
    originals = torch.tensor([[0.0, 0.0], [1.0, 1.0], [3.0, 5.0]])
    places, distances = probes.nearest(torch.tensor([[1.0, 2.0], [0.0, 0.0]]), originals)
    assert places.tolist() == [1, 0]
    assert distances.tolist() == pytest.approx([0.5**0.5, 0])


def test_the_probe_for_noise_is_half_gray_and_half_black_or_white_and_no_two_are_near():
    probe = probes.noise_probe()
    gray, edges = probe.images[:, :392], probe.images[:, 392:]
    assert probe.images.shape == (512, 784)
    assert 0.4 <= float(gray.min()) < 0.41
    assert 0.59 < float(gray.max()) <= 0.6
    assert set(edges.unique().tolist()) == {0, 1}
    assert float(edges.mean()) == pytest.approx(0.5, abs=0.01)
    assert probe.labels.dtype == torch.int64
    assert probe.labels.tolist() == [0] * 512
    assert float(torch.pdist(probe.images).min()) > 10 * NOISE
    assert torch.equal(probes.digit_probe().images, training_digits(512).images)


def test_a_denoiser_s_result_is_named_by_its_variant():
    for fresh, name in ((True, "fresh noise"), (False, "noise drawn once")):
        result = checks.denoiser_training(denoiser(noisy), fresh=fresh)
        assert result.check == f"denoiser_training, {name}"
        assert {step.name.partition(":")[0] for step in result.steps} == {name}
        assert all(isinstance(step.name, Said) for step in result.steps)
        again = "new" if fresh else "the same"
        assert result.steps[-1].name == f"{name}: {again} noise in every epoch"


def test_noise_at_black_and_white_pixels_is_judged_by_itself():
    def reflected(pictures, factor):
        noise = noisy(pictures, factor)
        beyond = pictures + factor * torch.randn_like(pictures)
        noise[::3] = beyond[::3].abs()
        return noise.clamp(0, 1)

    [message] = checks.denoiser_training(denoiser(reflected), fresh=True).messages
    assert "are pure black; with clipping, 25% would be" in message
