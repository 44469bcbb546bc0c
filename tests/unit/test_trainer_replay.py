"""A training run of the page against the same run in torch: every preset, step for step."""

import base64
import gzip
import json

import numpy as np
import pytest
import torch
from browser_code import evaluate
from torch import nn

from aelib import add_noise, load_mnist, replay
from aelib.live.random_numbers import gaussian
from aelib.live.recipe import (
    ACTIVATIONS,
    MISTAKES,
    RECIPES,
    Recipe,
    halves,
    plain,
    recipe_of,
)
from aelib.live.replay import NOISE, TEST, batch_of, begin
from aelib.live.train_data import embedded

pytestmark = pytest.mark.slow

STEPS = 20
FEW = {"count": 1000}
RUN = """(({ recipe, images, tests, steps }) => {
  const grey = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const run = m.makeRun(recipe, grey(images));
  const losses = Array.from({ length: steps }, () => run.step());
  const { inputs, outputs } = run.pictures(grey(tests));
  return {
    losses, weights: run.weights(), progress: run.progress(), test: run.test(grey(tests)),
    inputs, outputs, codes: run.codes(grey(tests)),
  };
})(d)"""


def text(images: torch.Tensor) -> str:
    """Grey levels, as base64."""
    grey = (255 * images).round().byte().numpy()
    return base64.b64encode(grey.tobytes()).decode("ascii")


@pytest.fixture(scope="module")
def tests() -> torch.Tensor:
    levels = np.rint(load_mnist().test.images[:30] * 15).astype(np.uint8) * 17
    return torch.from_numpy(levels).float() / 255


def in_browser(recipe, tests, steps=STEPS) -> dict:
    images = text(embedded().images(recipe.count))
    data = {"recipe": plain(recipe), "images": images, "tests": text(tests), "steps": steps}
    return evaluate("train_run.js", RUN, data)


@pytest.mark.parametrize("preset", RECIPES)
def test_twenty_steps_of_a_preset_have_torch_s_losses(preset, tests):
    recipe = recipe_of(preset=preset, **FEW)
    found = in_browser(recipe, tests)
    _, _, losses = replay(STEPS, **plain(recipe))
    assert found["losses"] == pytest.approx(losses, rel=1e-6)
    assert losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_twenty_steps_with_an_activation_have_torch_s_losses(activation, tests):
    recipe = recipe_of(activation=activation, noise=0.3, count=200, batch=64)
    found = in_browser(recipe, tests)  # four batches an epoch, the last one small
    assert found["losses"] == pytest.approx(replay(STEPS, **plain(recipe))[2], rel=1e-6)
    assert found["progress"] == {"epoch": 5, "steps": 20, "seen": 1000, "part": 0}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("fresh", [True, False])
def test_a_mistake_is_the_same_one_in_both_and_changes_what_it_should(mistake, fresh, tests):
    recipe = recipe_of(noise=0.3, fresh=fresh, count=200, batch=64, mistakes=(mistake,))
    right = recipe_of(noise=0.3, fresh=fresh, count=200, batch=64)
    found = in_browser(recipe, tests, steps=3)
    assert found["losses"] == pytest.approx(replay(3, **plain(recipe))[2], rel=1e-5)
    losses = replay(3, **plain(right))[2]
    if mistake == "test":
        assert found["losses"] == pytest.approx(losses, rel=1e-5)
        assert found["test"] != in_browser(right, tests, steps=3)["test"]
    else:
        assert found["losses"] != pytest.approx(losses, rel=1e-3)


def test_what_is_measured_and_shown_is_what_torch_answers(tests):
    recipe = recipe_of(noise=0.4, latent=2, **FEW)
    found = in_browser(recipe, tests)
    encoder, decoder, _ = replay(STEPS, **plain(recipe))
    inputs, _ = batch_of(recipe, tests, TEST, np.arange(len(tests)))
    with torch.no_grad():
        codes = encoder(inputs)
        outputs = decoder(codes)
    for name, values in {"inputs": inputs, "outputs": outputs, "codes": codes}.items():
        assert found[name] == pytest.approx(values.flatten().tolist(), abs=2e-5)
    assert found["test"] == pytest.approx(float((outputs - tests).square().mean()), rel=1e-5)


def test_noise_of_a_batch_is_that_of_the_exercise():
    clean = embedded().images(1000)
    inputs, targets = batch_of(recipe_of(noise=0.4), clean, NOISE, np.arange(len(clean)))
    assert torch.equal(targets, clean)
    assert inputs.min() == 0
    assert inputs.max() == 1
    alike = add_noise(clean, 0.4, generator=torch.Generator().manual_seed(0))
    ours, theirs = (float((noisy - clean).square().mean()) for noisy in (inputs, alike))
    assert ours == pytest.approx(theirs, rel=0.02)  # 784,000 pixels each: a deviation of 0.4 %
    sample = gaussian(0, NOISE, np.arange(100_000))
    assert abs(sample.mean()) < 0.02  # six standard errors of the mean of 100,000
    assert abs(sample.std() - 1) < 0.014


@pytest.mark.parametrize("preset", ["2", "3 transposed", "3 upsampling"])
def test_a_run_begins_with_the_same_weights_in_both(preset, tests):
    recipe = recipe_of(preset=preset, **FEW)
    net = nn.Sequential(*halves(recipe))
    begin(net, recipe.seed)
    weights = torch.cat([values.detach().reshape(-1) for values in net.parameters()])
    assert in_browser(recipe, tests, steps=0)["weights"] == weights.tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"preset": "5"}, "preset is '5'; expected one of 'free', '2'"),
        ({"preset": 2}, "preset is 2; expected one of 'free', '2'"),
        ({"preset": ["2"]}, r"preset is \('2',\); expected one of 'free'"),
        ({"latent": 8.0}, r"latent is 8\.0; expected a whole number"),
        ({"latent": "8"}, "latent is '8'; expected a whole number"),
        ({"latent": None}, "latent is None; expected a whole number"),
        ({"activation": None}, "activation is None; expected one of 'relu', 'leaky relu'"),
        ({"hidden": 128}, r"hidden is 128; expected .*, such as \(256, 128\)"),
        ({"hidden": "128"}, "hidden is '128'; expected 1 to 3 whole numbers"),
        ({"hidden": np.array([[8]])}, r"hidden is \(\(8,\),\); expected 1 to 3 whole"),
        ({"noise": None}, "noise is None; expected a number from 0 to 1"),
        ({"noise": "0.2"}, r"noise is '0\.2'; expected a number from 0 to 1"),
        ({"noise": True}, "noise is True; expected a number from 0 to 1"),
        ({"noise": 1j}, "noise is 1j; expected a number from 0 to 1"),
        ({"fresh": "no"}, "fresh is 'no'; expected True or False"),
        ({"half": 1}, "half is 1; expected True or False"),
        ({"rate": float("inf")}, "rate is inf; expected a number above 0 and at most 1"),
        ({"mistakes": "rate"}, "mistakes is 'rate'; expected a list of some of 'target'"),
        ({"mistakes": [["rate"]]}, r"mistakes is \(\('rate',\),\); expected a list"),
        ({"latent": 1}, "latent is 1; expected a whole number from 2 to 128"),
        ({"activation": "gelu"}, "activation is 'gelu'; expected one of 'relu'"),
        ({"hidden": (128, 1)}, r"hidden is \(128, 1\); expected 1 to 3 whole numbers"),
        ({"hidden": ()}, r"hidden is \(\); expected 1 to 3 whole numbers"),
        ({"noise": float("nan")}, "noise is nan; expected a number from 0 to 1"),
        ({"rate": 0}, "rate is 0; expected a number above 0"),
        ({"batch": True}, "batch is True; expected a whole number from 1 to 256"),
        ({"count": 60_001}, "count is 60001; expected a whole number from 1 to 60000"),
        ({"seed": -1}, "seed is -1; expected a whole number"),
        ({"mistakes": ("dropout",)}, "expected a list of some of 'target', 'gradient'"),
    ],
)
def test_a_setting_that_is_not_offered_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        replay(1, **settings)


def test_a_setting_that_there_is_not_is_named():
    with pytest.raises(TypeError, match="'lr' is no setting; expected one of preset, hidden"):
        replay(1, lr=0.1)


@pytest.mark.parametrize("steps", [0, 2.5, "3", None, True])
def test_steps_are_a_whole_number(steps):
    with pytest.raises(ValueError, match=f"steps is {steps!r}; expected a whole number of 1 or"):
        replay(steps)


def test_numbers_and_lists_may_be_those_of_numpy_and_torch():
    expected = Recipe("4a", (16, 8), 4, "tanh", 0.5, False, True, 0.25, 100, 1_000, 7, ("clip",))
    found = recipe_of(
        preset=np.str_("4a"),
        hidden=np.array([16, 8]),
        latent=np.int64(4),
        activation="tanh",
        noise=np.float32(0.5),
        fresh=np.bool_(False),
        half=torch.tensor(True),
        rate=torch.tensor(0.25),
        batch=np.uint8(100),
        count=torch.tensor(1_000),
        seed=np.int32(7),
        mistakes=["clip"],
    )
    assert found == expected
    assert json.dumps(plain(found)) == json.dumps(plain(expected))
    assert replay(np.int64(1), hidden=[np.int64(8)])[2] == replay(1, hidden=(8,))[2]


@pytest.mark.parametrize("part", [*(f"train-{k}" for k in range(6)), "test"])
def test_a_part_holds_the_images_in_sixteen_levels(part):
    found = np.frombuffer(gzip.decompress(embedded().packed(part)), np.uint8)
    data = load_mnist()
    if part == "test":
        images, found, labels = data.test.images[:1000], found[:-1000], found[-1000:]
        assert labels.tolist() == data.test.labels[:1000].tolist()
    else:
        first = 10_000 * int(part[-1])
        images = data.train.images[first : first + 10_000]
    pixels = np.stack([found & 15, found >> 4], axis=1).reshape(images.shape)
    assert np.abs(pixels / 15 - images).max() <= 0.5 / 15 + 1e-6
    assert float(((pixels / 15 - images) ** 2).mean()) < 1e-4  # about 5e-5


def test_a_part_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="There is no part 'train-6'"):
        embedded().packed("train-6")


def test_baselines_are_those_of_the_mean_image_and_of_scikit_learn_s_pca():
    from sklearn.decomposition import PCA

    data = load_mnist()
    test = data.test.images[:1000]
    found = embedded().baselines
    assert len(found) == 129
    mean = float(((test - data.train.images.mean(0)) ** 2).mean())
    assert found[0] == pytest.approx(mean, rel=1e-3)
    pca = PCA(32, svd_solver="covariance_eigh").fit(data.train.images)
    rebuilt = pca.inverse_transform(pca.transform(test))
    assert found[32] == pytest.approx(float(((rebuilt - test) ** 2).mean()), rel=1e-3)
