"""Right answers pass, however they are written; each common mistake gets its own message."""

import json
import random

import matplotlib.pyplot as plt
import numpy as np
import pytest
import right_answers as right
import torch
from shown_words import is_said_in_both_languages
from told import told
from torch import nn
from torch.nn import functional

import aelib
from aelib import checks

pytestmark = pytest.mark.slow

IMAGES = torch.from_numpy(aelib.load_mnist().test.images)
MSE = functional.mse_loss


@pytest.fixture
def quick(monkeypatch):
    """Measure after a moment's training: tests/notebooks hold the real settings to their bounds."""
    from aelib.checks import exercises

    short = exercises.Setting(1000, 1, most=0.2, least=0.05)
    for name in ("FEATURES", "CONVOLUTIONAL"):
        monkeypatch.setattr(exercises, name, {False: short})
    monkeypatch.setattr(exercises, "DENOISING", {False: (short, short)})


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("answer", [right.Plain, right.Library, right.Loaders])
def test_a_right_answer_to_exercise_2_passes(answer):
    result = checks.features(
        answer.build_autoencoder,
        answer.train_autoencoder,
        answer.extract_features,
        answer.train_classifier,
    )
    assert result.messages == []
    assert result.passed
    assert set(result.measured) == {"test_mse", "test_accuracy"}
    assert is_said_in_both_languages(result)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "answer", [right.PlainConvolution, right.Functional, right.FittedConvolution]
)
def test_a_right_answer_to_exercise_3_passes(answer):
    result = checks.convolutional(
        answer.build_autoencoder, answer.train_autoencoder, answer.error_maps
    )
    assert result.messages == []
    assert result.passed
    assert is_said_in_both_languages(result)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("answer", [right.PlainNoise, right.NumpyNoise, right.LibraryNoise])
def test_a_right_answer_to_exercise_4_passes(answer):
    result = checks.denoising(answer.add_noise, answer.train_denoiser, answer.train_denoiser_once)
    assert result.messages == []
    assert result.passed
    assert is_said_in_both_languages(result)


# Networks -----------------------------------------------------------------------------------


def without_sigmoid():
    encoder, decoder = right.Plain.build_autoencoder()
    return encoder, decoder[:-1]


def convolutional_without_sigmoid():
    encoder, decoder = right.PlainConvolution.build_autoencoder()
    return encoder, nn.Sequential(*[part for part in decoder if not isinstance(part, nn.Sigmoid)])


def upsampled_once():
    encoder, decoder = right.PlainConvolution.build_autoencoder()
    return encoder, decoder[1:]  # 14 x 14


def not_flat():
    encoder, decoder = right.PlainConvolution.build_autoencoder()
    return encoder, decoder[:-1]


def narrow_decoder():
    encoder, _ = right.Plain.build_autoencoder()
    return encoder, aelib.mlp((100, 128, 256, 196), nn.Sigmoid)


def wrong_code():
    return aelib.mlp_autoencoder((784, 256, 100, 128), nn.Sigmoid)


def other_way_back():
    encoder, _ = right.Plain.build_autoencoder()
    return encoder, aelib.mlp((100, 784), nn.Sigmoid)


def transposed():
    encoder, _ = right.PlainConvolution.build_autoencoder()
    up = nn.ConvTranspose2d(32, 16, 2, stride=2), nn.ReLU(), nn.ConvTranspose2d(16, 1, 2, stride=2)
    return encoder, nn.Sequential(*up, nn.Sigmoid(), nn.Flatten())


def one_network():
    return nn.Sequential(*right.Plain.build_autoencoder())


def exchanged():
    return right.Plain.build_autoencoder()[::-1]


def exchanged_convolutional():
    return right.PlainConvolution.build_autoencoder()[::-1]


def two_decoders():
    _, decoder = right.Plain.build_autoencoder()
    return decoder, decoder


def classes():
    return nn.Identity, nn.Identity


WRONG_NETWORKS = {
    "sigmoid forgotten": (checks.shapes, without_sigmoid, "pixels lie in [0, 1]"),
    "sigmoid forgotten in a CNN": (
        checks.shapes,
        convolutional_without_sigmoid,
        "What follows its last layer with weights?",
    ),
    "decoder that does not restore 28 x 28": (
        checks.shapes,
        upsampled_once,
        "The decoder does not restore 28 x 28 pixels: its images are 14 x 14",
    ),
    "too few pixels": (checks.shapes, narrow_decoder, "its images are 14 x 14"),
    "images not flat": (checks.shapes, not_flat, "the right pixels, but not flat"),
    "another latent size": (checks.shapes, wrong_code, "Follow the shape through the encoder"),
    "not mirrored": (checks.mirrored, other_way_back, "not the way back"),
    "transposed convolutions": (checks.upsampled, transposed, "an image with a pattern"),
    "exchanged": (checks.shapes, exchanged, "they seem to be exchanged"),
    "exchanged, mirrored": (checks.mirrored, exchanged, "they seem to be exchanged"),
    "exchanged, with a CNN": (checks.upsampled, exchanged_convolutional, "seem to be exchanged"),
    "two decoders": (
        checks.shapes,
        two_decoders,
        "The layer `Linear(in_features=100, out_features=128, bias=True)` was given a tensor "
        "(16, 784) of type torch.float32.",
    ),
    "classes instead of networks": (checks.shapes, classes, "found type, type"),
    "one network instead of two": (checks.shapes, one_network, "`return encoder, decoder`"),
}


@pytest.mark.parametrize(("check", "build", "message"), WRONG_NETWORKS.values(), ids=WRONG_NETWORKS)
def test_a_mistake_in_a_network_is_explained(check, build, message, snapshot):
    result = check(build, (100,)) if build is wrong_code else check(build)
    assert not result.passed
    assert message in " ".join(result.messages)
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Training of an autoencoder -----------------------------------------------------------------


def loop(images, step, optimizer, epochs):
    for _ in range(epochs):
        for picked in torch.randperm(len(images)).split(64):
            step(picked)
            optimizer.step()


def adam(*networks):
    return torch.optim.Adam([p for network in networks for p in network.parameters()])


def in_255(encoder, decoder, data, epochs):
    images = data.images * 255
    right.train((encoder, decoder), images, images, MSE, epochs=epochs, rate=0.001, size=64)


def on_the_test_set(encoder, decoder, data, epochs):
    images = IMAGES[:600]
    right.train((encoder, decoder), images, images, MSE, epochs=epochs, rate=0.001, size=64)


def without_zero_grad(encoder, decoder, data, epochs):
    optimizer = adam(encoder, decoder)

    def step(picked):
        batch = data.images[picked]
        MSE(decoder(encoder(batch)), batch).backward()

    loop(data.images, step, optimizer, epochs)


def with_labels(encoder, decoder, data, epochs):
    optimizer = adam(encoder, decoder)

    def step(picked):
        batch, codes = data.images[picked], encoder(data.images[picked])
        hint = functional.cross_entropy(codes[:, :10], data.labels[picked])
        optimizer.zero_grad()
        (MSE(decoder(codes), batch) + hint).backward()

    loop(data.images, step, optimizer, epochs)


def in_the_order_of_labels(encoder, decoder, data, epochs):
    images = data.images[data.labels.argsort(stable=True)]
    optimizer = adam(encoder, decoder)
    for _ in range(epochs):
        for batch in images.split(64):
            optimizer.zero_grad()
            MSE(decoder(encoder(batch)), batch).backward()
            optimizer.step()


def against_the_negative(encoder, decoder, data, epochs):
    recipe = {"epochs": epochs, "rate": 0.001, "size": 64}
    right.train((encoder, decoder), data.images, 1 - data.images, MSE, **recipe)


def without_step(encoder, decoder, data, epochs):
    MSE(decoder(encoder(data.images)), data.images).backward()


def without_backward(encoder, decoder, data, epochs):
    optimizer = adam(encoder, decoder)
    loop(data.images, lambda picked: decoder(encoder(data.images[picked])), optimizer, epochs)


def does_nothing(encoder, decoder, data, epochs):
    return encoder, decoder


def decoder_first(encoder, decoder, data, epochs):
    return encoder(decoder(data.images))


def divides_by_zero(encoder, decoder, data, epochs):
    return 1 / 0


WRONG_TRAININGS = {
    "images as 0-255": (in_255, "The network is given pixels up to 255"),
    "training on the test set": (on_the_test_set, "Test images are used for training"),
    "zero_grad forgotten": (without_zero_grad, "still held those of earlier batches"),
    "labels in the loss": (with_labels, "The labels have an effect on the weights"),
    "labels in the order": (in_the_order_of_labels, "The labels have an effect on the weights"),
    "another target": (against_the_negative, "does not pull the output towards the image"),
    "no step": (without_step, "no optimiser step follows"),
    "no backward": (without_backward, "No gradient came back to the weights"),
    "nothing done": (does_nothing, "Nothing went through the encoder's layers"),
    "the decoder first": (
        decoder_first,
        "`return encoder(decoder(data.images))`. The layer `Linear(in_features=64, "
        "out_features=128, bias=True)` was given a tensor (512, 784)",
    ),
    "an error of the learner's own": (divides_by_zero, "ZeroDivisionError: division by zero"),
}


@pytest.mark.parametrize(("train", "message"), WRONG_TRAININGS.values(), ids=WRONG_TRAININGS)
def test_a_mistake_in_the_training_is_explained(train, message, snapshot):
    result = checks.autoencoder_training(train)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Features and classifier --------------------------------------------------------------------


def test_features_with_gradients_are_noticed(snapshot):
    result = checks.feature_extraction(lambda encoder, images: encoder(images))
    assert "still attached to the encoder" in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def test_features_of_other_images_are_noticed(snapshot):
    result = checks.feature_extraction(lambda encoder, images: encoder(images.flip(0)).detach())
    assert "What changes the order" in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def test_a_part_of_the_features_is_noticed(snapshot):
    result = checks.feature_extraction(lambda encoder, images: encoder(images[:256]).detach())
    assert "have the shape (256, 100)" in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def network_to_scores(*more):
    return nn.Sequential(nn.Linear(100, 64), nn.Sigmoid(), nn.Linear(64, 10), *more)


def train_on(codes, labels, classifier, epochs):
    recipe = {"epochs": epochs, "rate": 0.01, "size": 64}
    right.train((classifier,), codes, labels, functional.cross_entropy, **recipe)
    return classifier


def with_softmax(encoder, data, epochs):
    codes = right.Plain.extract_features(encoder, data.images)
    return train_on(codes, data.labels, network_to_scores(nn.Softmax(1)), epochs)


def with_softmax_in_the_loop(encoder, data, epochs):
    codes, classifier = right.Plain.extract_features(encoder, data.images), network_to_scores()
    recipe = {"epochs": epochs, "rate": 0.01, "size": 64}

    def loss(scores, labels):
        return nn.CrossEntropyLoss()(scores.softmax(1), labels)

    right.train((classifier,), codes, data.labels, loss, **recipe)
    return classifier


def encoder_retrained(encoder, data, epochs):
    classifier = network_to_scores()
    recipe = {"epochs": epochs, "rate": 0.01, "size": 64}
    right.train((encoder, classifier), data.images, data.labels, functional.cross_entropy, **recipe)
    return classifier


def classifier_on_the_test_set(encoder, data, epochs):
    labels = torch.from_numpy(aelib.load_mnist().test.labels[:600])
    codes = right.Plain.extract_features(encoder, IMAGES[:600])
    return train_on(codes, labels, network_to_scores(), epochs)


def classifier_not_returned(encoder, data, epochs):
    right.Plain.train_classifier(encoder, data, epochs)


WRONG_CLASSIFIERS = {
    "softmax before cross-entropy": (with_softmax, "softmax was applied before"),
    "softmax in the loop": (with_softmax_in_the_loop, "softmax was applied before"),
    "encoder retrained with the labels": (encoder_retrained, "The encoder's weights changed"),
    "classifier trained on the test set": (classifier_on_the_test_set, "such as the test set"),
    "classifier not returned": (classifier_not_returned, "`return classifier`"),
}


@pytest.mark.parametrize(("train", "message"), WRONG_CLASSIFIERS.values(), ids=WRONG_CLASSIFIERS)
def test_a_mistake_in_the_classifier_is_explained(train, message, snapshot):
    result = checks.classifier_training(train)
    assert len(result.messages) == 1
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Error maps ---------------------------------------------------------------------------------

WRONG_MAPS = {
    "signed": (lambda a, b: a - b, "Some errors are below 0"),
    "averaged": (lambda a, b: (a - b).abs().mean(1), "Is something averaged that should be kept?"),
    "squared": (lambda a, b: (a - b) ** 2, "for a pixel 0.2 that was rebuilt as 0.7"),
}


@pytest.mark.parametrize(("maps", "message"), WRONG_MAPS.values(), ids=WRONG_MAPS)
def test_a_mistake_in_the_error_maps_is_explained(maps, message, snapshot):
    result = checks.error_map(maps)
    assert message in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Noise --------------------------------------------------------------------------------------


def in_place(images, factor):
    return images.add_(factor * torch.randn_like(images)).clamp_(0, 1)


WRONG_NOISES = {
    "not clipped": (lambda x, f: x + f * torch.randn_like(x), "the noise is not clipped"),
    "noise clipped instead of the image": (
        lambda x, f: (x + (f * torch.randn_like(x)).clamp(0, 1)).clamp(0, 1),
        "The noise is not centred",
    ),
    "uniform noise": (lambda x, f: (x + f * torch.rand_like(x)).clamp(0, 1), "is not centred"),
    "added twice": (
        lambda x, f: right.PlainNoise.add_noise(right.PlainNoise.add_noise(x, f), f),
        "as if it had been added twice",
    ),
    "factor forgotten": (lambda x, f: (x + torch.randn_like(x)).clamp(0, 1), "should equal"),
    "the same for all images": (
        lambda x, f: (x + f * torch.randn(784)).clamp(0, 1),
        "Several images got the same noise",
    ),
    "no noise": (lambda x, f: x.clone(), "The images are clean"),
    "changed in place": (in_place, "were changed in place"),
    "nothing returned": (lambda x, f: None, "Does the function return the noisy images?"),
}


@pytest.mark.parametrize(("noise", "message"), WRONG_NOISES.values(), ids=WRONG_NOISES)
def test_a_mistake_in_the_noise_is_explained(noise, message, snapshot):
    result = checks.noise(noise)
    assert message in " ".join(result.messages)
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Training of a denoiser ---------------------------------------------------------------------


def denoiser(noise, target=None):
    """Make a training whose inputs are ``noise(clean, factor)``, with a target of its own."""

    def train(encoder, decoder, data, factor, epochs):
        optimizer = adam(encoder, decoder)
        for _ in range(epochs):
            for clean in data.images[torch.randperm(len(data.images))].split(64):
                noisy = noise(clean, factor)
                optimizer.zero_grad()
                MSE(decoder(encoder(noisy)), target(clean, noisy) if target else clean).backward()
                optimizer.step()

    return train


def forgets_zero_grad(encoder, decoder, data, factor, epochs):
    optimizer = adam(encoder, decoder)

    def step(picked):
        clean = data.images[picked]
        MSE(decoder(encoder(right.PlainNoise.add_noise(clean, factor))), clean).backward()

    loop(data.images, step, optimizer, epochs)


def twice(x, factor):
    return right.PlainNoise.add_noise(right.PlainNoise.add_noise(x, factor), factor)


def on_test_images(x, factor):
    return right.PlainNoise.add_noise(IMAGES[: len(x)], factor)


WRONG_DENOISERS = {
    "noise not clipped": (
        denoiser(lambda x, f: x + f * torch.randn_like(x)),
        "the noise is not clipped",
    ),
    "loss against the noisy image": (
        denoiser(right.PlainNoise.add_noise, lambda clean, noisy: noisy),
        "The loss compares the output with the noisy image",
    ),
    "noise added twice": (denoiser(twice), "as if it had been added twice"),
    "no noise": (denoiser(lambda x, f: x), "The images are clean"),
    "images as 0-255": (
        denoiser(lambda x, f: 255 * right.PlainNoise.add_noise(x, f)),
        "The network is given pixels up to 255",
    ),
    "training on the test set": (
        denoiser(on_test_images, lambda clean, noisy: IMAGES[: len(clean)]),
        "not a noisy copy of the images passed in",
    ),
    "rows that do not belong together": (
        denoiser(right.PlainNoise.add_noise, lambda clean, noisy: clean.flip(0)),
        "do their rows match",
    ),
    "zero_grad forgotten": (forgets_zero_grad, "still held those of earlier batches"),
    "noise kept": (right.PlainNoise.train_denoiser_once, "gets the same noise"),
}


@pytest.mark.parametrize(("train", "message"), WRONG_DENOISERS.values(), ids=WRONG_DENOISERS)
def test_a_mistake_in_the_denoiser_is_explained(train, message, snapshot):
    result = checks.denoiser_training(train, fresh=True)
    assert message in " ".join(result.messages)
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


def test_noise_that_should_be_kept_and_is_drawn_anew_is_noticed(snapshot):
    result = checks.denoiser_training(right.PlainNoise.train_denoiser, fresh=False)
    assert "different noise in every epoch" in result.messages[0]
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Results too poor ---------------------------------------------------------------------------


def test_a_result_that_is_too_poor_is_said_with_both_numbers(monkeypatch, snapshot):
    from aelib.checks import exercises

    poor, easy = exercises.Setting(600, 1, most=0.01), exercises.Setting(600, 1, most=1.0)
    answer = right.PlainNoise
    for settings, variant in (((poor, easy), 1), ((easy, poor), 2)):
        monkeypatch.setattr(exercises, "DENOISING", {False: settings})
        result = checks.denoising(
            answer.add_noise, answer.train_denoiser, answer.train_denoiser_once
        )
        [failed] = [step for step in result.steps if not step.passed]
        assert failed.name.startswith(f"variant {variant} ")
        assert "0.01 can be reached" in failed.message
        assert result.measured["test_mse" if variant == 1 else "test_mse_variant_2"] > 0.01
        assert told(result) == snapshot
        assert is_said_in_both_languages(result)


def test_an_accuracy_that_is_too_poor_is_said_with_both_numbers(monkeypatch, snapshot):
    from aelib.checks import exercises

    poor = exercises.Setting(600, 1, most=1.0, least=1.0)
    monkeypatch.setattr(exercises, "FEATURES", {False: poor})
    answer = right.Plain
    result = checks.features(
        answer.build_autoencoder,
        answer.train_autoencoder,
        answer.extract_features,
        answer.train_classifier,
    )
    [failed] = [step for step in result.steps if not step.passed]
    assert "100% can be reached" in failed.message
    assert result.measured["test_accuracy"] < 1
    assert told(result) == snapshot
    assert is_said_in_both_languages(result)


# Pictures -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_pictures_are_those_of_the_networks_that_the_check_trained():
    answer = right.PlainNoise
    result = checks.denoising(answer.add_noise, answer.train_denoiser, answer.train_denoiser_once)
    rows = ["original", "noisy, 0.2", "denoised, 0.2", "noisy, 0.5", "denoised, 0.5"]
    assert list(result.pictures) == rows
    original, weak, denoised, strong, _ = result.pictures.values()
    assert torch.equal(original, IMAGES[:10])
    assert 0 < MSE(weak, original) < MSE(strong, original)
    assert not torch.equal(denoised, original)
    assert not torch.equal(denoised, weak)
    drawn = checks.show("denoising")
    assert [ax.texts[0].get_text() for ax in drawn.axes] == rows
    plt.close(drawn)


@pytest.mark.usefixtures("quick")
def test_error_maps_in_the_pictures_are_the_learners_own():
    answer = right.PlainConvolution
    result = checks.convolutional(
        answer.build_autoencoder, answer.train_autoencoder, answer.error_maps
    )
    original, rebuilt, errors = result.pictures.values()
    assert rebuilt.shape == original.shape
    assert not torch.equal(rebuilt, original)
    assert torch.equal(errors, answer.error_maps(original, rebuilt))


def test_pictures_that_cannot_be_drawn_yet_are_promised_in_one_line(capsys):
    assert checks.show("features of tomorrow") is None
    assert "No pictures yet" in capsys.readouterr().out


# Tasks not done, results, reports -----------------------------------------------------------


def unfinished(images, factor): ...


def half_finished(images, factor):
    noise = ...
    return images + noise


@pytest.mark.parametrize("answer", [unfinished, half_finished])
def test_an_unfinished_task_raises_its_own_error(answer):
    with pytest.raises(checks.TaskNotDone, match=r"Exercise 4, task 1: there is still a `\.\.\.`"):
        checks.done("Exercise 4, task 1", answer)
    with pytest.raises(checks.TaskNotDone, match=answer.__name__):
        checks.noise(answer)
    assert not checks.report()[-1]["passed"]


def test_an_ellipsis_as_an_index_is_no_gap():
    def noise(images, factor):
        return aelib.add_noise(images, factor)[..., :]

    checks.done("task", noise)


def test_a_finished_task_raises_nothing():
    checks.done("task", right.PlainNoise.add_noise, 3, (1, 2))


DRAWS = {
    "torch": (torch.manual_seed, lambda: torch.rand(()).item()),
    "numpy": (np.random.seed, np.random.random),
    "random": (random.seed, random.random),
}


@pytest.mark.parametrize("library", DRAWS)
def test_a_check_keeps_the_random_numbers_and_prints_nothing(library, capsys):
    seed, draw = DRAWS[library]

    def noise(images, factor):
        print("hello")
        draw()
        return aelib.add_noise(images, factor)

    seed(3)
    expected = draw()
    seed(3)
    checks.noise(noise)
    assert draw() == expected
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("library", DRAWS)
def test_a_check_draws_the_same_numbers_in_every_run(library):
    seed, draw = DRAWS[library]
    drawn = []

    def noise(images, factor):
        drawn[-1].append(draw())
        return aelib.add_noise(images, factor)

    for number in (3, 4):
        seed(number)
        drawn.append([])
        checks.noise(noise)
    assert drawn[0] == drawn[1] != []


def test_a_result_shows_marks_in_words_as_text_and_as_html():
    result = checks.noise(lambda images, factor: images + factor * torch.randn_like(images))
    assert "✗ failed  noisy pixels are clipped" in repr(result)
    assert "✓ passed" in repr(result)
    html = result._repr_html_()
    assert html.count("<li") == len(result.steps)
    assert "✗ failed" in html
    assert 0 < result.score < 1


def test_the_report_holds_the_latest_result_of_each_check_as_json(tmp_path):
    checks.noise(lambda images, factor: images)
    checks.noise(right.PlainNoise.add_noise)
    found = checks.report(tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == found
    [noise] = [one for one in found if one["check"] == "noise"]
    assert noise["passed"]
    assert noise["score"] == 1
    assert noise["messages"] == []
    assert list(tmp_path.iterdir()) == [tmp_path / "report.json"]


def test_the_environment_may_ask_for_a_report_after_every_check(tmp_path, monkeypatch):
    file = tmp_path / "report.json"
    monkeypatch.setenv("AELIB_REPORT", str(file))
    checks.noise(right.PlainNoise.add_noise)
    assert json.loads(file.read_text(encoding="utf-8"))[-1]["check"] == "noise"


def test_a_report_into_a_missing_folder_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"found none at .*missing\. Make it"):
        checks.report(tmp_path / "missing" / "report.json")
