"""The trainer apart from the page: what its worker answers, its address, and what is taken away."""

import json
import re

import pytest
import torch
from browser_code import FOLDER, evaluate
from torch import nn
from training_worker import work

from aelib import Trainer, load_mnist, replay
from aelib.live.recipe import (
    ACTIVATIONS,
    BATCHES,
    COUNTS,
    MISTAKES,
    RATES,
    RECIPES,
    plain,
    recipe_of,
)
from aelib.live.train_data import embedded

pytestmark = pytest.mark.slow


def test_the_worker_trains_as_far_as_it_is_told_and_gives_its_weights_and_the_codes_range():
    recipe = recipe_of(count=1000, batch=100, hidden=(16,), latent=2)
    begun, one, epoch, weights = work(
        recipe, {"kind": "go", "steps": 1}, {"kind": "go", "steps": 10}, {"kind": "weights"}
    )
    assert begun["steps"] == 0
    assert begun["loss"] is None  # no step yet; JSON has no NaN
    assert begun["shown"] == 10 * 784
    assert (one["steps"], one["epoch"], one["part"]) == (1, 0, 0.1)
    assert (epoch["steps"], epoch["epoch"], epoch["part"]) == (10, 1, 0)
    assert epoch["test"] < begun["test"]
    assert len(epoch["codes"]) == 2 * 1000
    encoder, decoder, losses = replay(10, **plain(recipe))
    assert epoch["lastLoss"] == pytest.approx(losses[-1], rel=1e-6)
    expected = nn.utils.parameters_to_vector([*encoder.parameters(), *decoder.parameters()])
    assert weights["values"] == pytest.approx(expected.tolist(), abs=1e-5)
    test = load_mnist().test
    firsts = [int((test.labels == digit).argmax()) for digit in range(10)]
    shown = torch.from_numpy(test.images[firsts]).mul(15).round().div(15)
    codes = encoder(shown)
    assert weights["range"] == pytest.approx([codes.min().item(), codes.max().item()], abs=1e-5)


def test_a_loss_that_is_not_finite_is_said_with_its_step():
    wrong = ("rate", "sigmoid", "range")
    recipe = recipe_of(count=64, batch=64, hidden=(128, 128, 128), rate=1.0, mistakes=wrong)
    *_, last = work(recipe, {"kind": "go", "steps": 500})
    assert (last["kind"], last["reason"]) == ("failed", "loss")
    assert int(last["detail"]) >= 1


@pytest.mark.parametrize("broken", [b"no gzip at all", embedded().packed("test")[:2000]])
def test_images_that_cannot_be_read_are_said(broken):
    (found,) = work(recipe_of(count=1000), **{"train-0": broken})
    assert (found["kind"], found["reason"]) == ("failed", "data")


# ---------------------------------------------------------------------- settings


def test_the_page_offers_what_python_accepts():
    names = ("ACTIVATIONS", "MISTAKES", "COUNTS", "BATCHES", "RATES")
    found = evaluate("recipes.js", f"({{ {', '.join(f'{n}: m.{n}' for n in names)} }})")
    expected = (ACTIVATIONS, MISTAKES, COUNTS, BATCHES, RATES)
    assert found == {name: list(values) for name, values in zip(names, expected, strict=True)}


ADDRESS = "m.recipeFromText(d.text ?? m.recipeToText(d.recipe), d.presets, d.now, 60000)"


def from_address(now, **given) -> dict:
    presets = {name: plain(recipe) for name, recipe in RECIPES.items()}
    data = {"presets": presets, "now": plain(now), **given}
    return evaluate("train_settings.js", ADDRESS, data)


@pytest.mark.parametrize("preset", RECIPES)
def test_settings_come_back_from_an_address(preset):
    recipe = recipe_of(
        preset=preset,
        noise=0.3,
        fresh=False,
        activation="leaky relu",
        seed=7,
        mistakes=("clip", "rate"),
    )
    assert from_address(RECIPES["free"], recipe=plain(recipe)) == plain(recipe)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "preset:5",
        "latent:1,noise:2,rate:7,batch:3,count:5,seed:-1,activation:gelu,drawn:never,break:me",
        "hidden:1.2.3.4,latent:NaN,noise:Infinity",
        "hidden:513",
        "hidden:0x10,latent:0x10,noise:0x1,rate:0.0_1,batch:0b10000,count:+1000,seed:0x7",
        "latent: 8,noise:.5,batch:64.,seed:",
        ":,:,::,%%%",
        "preset:constructor",
        "preset:__proto__",
    ],
)
def test_what_an_address_cannot_say_is_left_as_it_is(text):
    assert from_address(RECIPES["4b"], text=text) == plain(RECIPES["4b"])


@pytest.mark.parametrize(
    ("text", "seed"),
    [("seed:2147483648", 2**31), ("seed:4294967295", 2**32 - 1), ("seed:4294967296", 0)],
)
def test_every_seed_of_32_bits_is_read_and_no_other(text, seed):
    assert from_address(RECIPES["free"], text=text)["seed"] == seed


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("128", [128]),
        ("256, 128", [256, 128]),
        ("256，128、64", [256, 128, 64]),
        ("", None),
        ("1", None),
        ("2.5.x", None),
        ("0x10", None),
        ("600", None),
        ("8 8 8 8", None),
    ],
)
def test_hidden_layers_are_written_as_people_write_them(text, widths):
    assert evaluate("train_settings.js", "m.hiddenFrom(d)", text) == widths


# ---------------------------------------------------------------------- what is taken away


@pytest.mark.parametrize("preset", ["free", "2", "3 transposed", "3 upsampling"])
def test_the_explorer_draws_what_the_trained_network_answers(preset):
    recipe = recipe_of(preset=preset, count=300, batch=50)
    encoder, decoder, _ = replay(2, **plain(recipe))
    weights = nn.utils.parameters_to_vector([*encoder.parameters(), *decoder.parameters()])
    x = torch.from_numpy(load_mnist().test.images[:3])
    expression = """(async () => {
      const { forward } = await import(new URL("network.js", d.folder));
      const x = Float32Array.from(d.x);
      const network = m.networkOf(d.recipe, Float32Array.from(d.weights), "it", [-2, 3]);
      const z = forward(network.encoder, { x, shape: [784] }, 3);
      const { x: y } = forward(network.decoder, { x: z.x, shape: network.code }, 3);
      return { code: network.code, range: network.range, z: z.x, y };
    })()"""
    data = {
        "recipe": plain(recipe),
        "weights": weights.tolist(),
        "x": x.flatten().tolist(),
        "folder": FOLDER.as_uri() + "/",
    }
    found = evaluate("train_take.js", f"await {expression}", data)
    with torch.no_grad():
        z = encoder(x)
        y = decoder(z)
    assert found["code"] == list(z.shape[1:])
    assert found["z"] == pytest.approx(z.flatten().tolist(), abs=1e-5)
    assert found["y"] == pytest.approx(y.flatten().tolist(), abs=1e-5)
    assert found["range"] == [-2, 3]


FREE = {"hidden": (17, 300, 5), "latent": 128, "activation": "tanh", "seed": 2**32 - 1}


@pytest.mark.parametrize(
    "settings",
    [
        *({"preset": preset, "noise": 0.25, "fresh": False} for preset in RECIPES),
        FREE | {"batch": 100, "noise": 1.0, "half": True},
        FREE | {"noise": 0.3, "mistakes": ("target", "clip", "sigmoid")},
        {"preset": "3 upsampling", "mistakes": ("gradient", "rate", "test")},
        {"preset": "4b", "seed": 12, "mistakes": ("range",)},
    ],
)
def test_the_copied_script_runs_and_prints_the_losses_that_the_page_had(settings, capsys):
    recipe = recipe_of(count=1000, **settings)
    script = evaluate("train_take.js", "m.scriptOf(d, 3, 0, true)", plain(recipe))
    names: dict = {}
    exec(compile(script, "script", "exec"), names)
    _, *steps = work(recipe, *({"kind": "go", "steps": k} for k in (1, 2, 3)))
    losses = [news["lastLoss"] for news in steps]
    assert names["losses"] == pytest.approx(losses, rel=1e-6)
    printed = [float(text) for text in re.findall(r": (\d+\.\d{7})\b", capsys.readouterr().out)]
    assert printed == pytest.approx([losses[0], losses[-1]], rel=1e-6, abs=1e-7)


def saved(recipe, steps=2) -> tuple[dict, torch.Tensor]:
    encoder, decoder, _ = replay(steps, **plain(recipe))
    weights = nn.utils.parameters_to_vector([*encoder.parameters(), *decoder.parameters()]).detach()
    data = {"recipe": plain(recipe), "weights": weights.tolist()}
    found = evaluate(
        "train_take.js", f"m.savedOf(d.recipe, {steps}, Float32Array.from(d.weights))", data
    )
    x = torch.from_numpy(load_mnist().test.images[:3])
    with torch.no_grad():
        return found, decoder(encoder(x))


@pytest.mark.parametrize("preset", ["free", "3 transposed"])
def test_saved_weights_are_read_in_python(preset, tmp_path):
    content, expected = saved(recipe_of(preset=preset, count=300))
    file = tmp_path / "autoencoder.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    encoder, decoder = Trainer.load(file)
    x = torch.from_numpy(load_mnist().test.images[:3])
    assert not encoder.training
    assert torch.equal(decoder(encoder(x)), expected)
    trainer = Trainer()
    trainer.view.trained = content
    encoder, decoder = trainer.networks()
    assert torch.equal(decoder(encoder(x)), expected)


def test_weights_of_another_network_and_other_files_are_refused(tmp_path):
    content, _ = saved(recipe_of(count=300))
    file = tmp_path / "autoencoder.json"
    content["recipe"]["latent"] = 16
    file.write_text(json.dumps(content), encoding="utf-8")
    message = r"autoencoder\.json is no network .*\(these are 209,968 weights; the network of this"
    with pytest.raises(ValueError, match=message):
        Trainer.load(file)
    for text in (
        *("", "[]", "{}", "\x00", '{"recipe": 3, "weights": ""}'),
        *('{"recipe": {"lr": 1}, "weights": ""}', '{"recipe": {"latent": "8"}, "weights": ""}'),
        *('{"recipe": {}, "weights": 3}', '{"recipe": {}, "weights": "AAA"}'),
        '{"recipe": {}, "weights": "AAAA"}',
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="no network saved by the trainer"):
            Trainer.load(file)
    with pytest.raises(FileNotFoundError):
        Trainer.load(tmp_path / "elsewhere.json")


# ---------------------------------------------------------------------- the widget in Python


def test_a_trainer_begins_with_its_preset_and_gives_the_page_its_images():
    trainer = Trainer("4b", seed=3)
    assert trainer.view.recipe == plain(recipe_of(preset="4b", seed=3))
    assert (trainer.noise.value, trainer.latent_size.value) == (0.5, 100)
    assert repr(trainer) == "Trainer(preset: 4b)"
    sent = []
    trainer.view.send = lambda content, buffers: sent.append((content, buffers))
    trainer.view._handle_custom_msg({"part": "test"}, [])
    assert sent == [({"name": "test"}, [embedded().packed("test")])]


def test_a_trainer_that_has_trained_nothing_says_so():
    with pytest.raises(RuntimeError, match="has trained nothing yet"):
        Trainer().networks()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"preset": "1"}, ValueError, "preset is '1'; expected one of"),
        ({"language": "fr"}, ValueError, "speaks"),
        ({"latent": 1}, ValueError, "latent is 1"),
        ({"width": 1}, TypeError, "'width' is no setting"),
        ({"preset": None}, ValueError, "preset is None; expected one of 'free'"),
        ({"small": "yes"}, ValueError, "small is 'yes'; expected True or False"),
        ({"noise": [0.2]}, ValueError, r"noise is \(0\.2,\); expected a number"),
    ],
)
def test_a_trainer_refuses_what_is_not_offered(arguments, error, message):
    with pytest.raises(error, match=message):
        Trainer(**arguments)
