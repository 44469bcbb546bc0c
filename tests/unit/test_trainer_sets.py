"""The trainer on other sets than MNIST: what is packed, trained on, shown and refused."""

import gzip

import numpy as np
import pytest
from browser_code import evaluate, on_a_page
from training_worker import BESIDE, state, work

from aelib import Mnist, Split, Trainer, load_mnist, replay
from aelib.live.random_numbers import shuffled
from aelib.live.recipe import plain, recipe_of
from aelib.live.replay import ORDER
from aelib.live.train_data import TrainingSet, embedded

pytestmark = pytest.mark.slow

NAMES = [f"class {k}" for k in range(47)]


def pictures(train: int, test: int, classes: int, seed: int = 0) -> Mnist:
    """Random pictures in grey levels; the first ones have each class once."""
    draw = np.random.default_rng(seed)
    splits = []
    for count in (train, test):
        grey = draw.integers(0, 256, (count, 784), dtype=np.uint8)
        splits.append(Split(grey.astype(np.float32) / 255, np.arange(count) % classes))
    return Mnist(*splits)


LETTERS = pictures(300, 60, 26)
UNLABELLED = Mnist(LETTERS.train, Split(LETTERS.test.images, np.full(60, -1)))


# ---------------------------------------------------------------------- in Python


def test_parts_follow_the_set_and_the_last_one_is_as_full_as_it_is():
    images = TrainingSet(pictures(10_001, 60, 26))
    assert images.parts == ["test", "train-0", "train-1"]
    lengths = {part: len(gzip.decompress(images.packed(part))) for part in images.parts}
    assert lengths == {"test": 60 * (392 + 1), "train-0": 10_000 * 392, "train-1": 392}
    with pytest.raises(ValueError, match=r"no part 'train-2'; expected one of test, train-0, tr"):
        images.packed("train-2")


def test_labels_go_with_the_test_images_and_255_where_there_are_none():
    for data, labels in ((LETTERS, LETTERS.test.labels), (UNLABELLED, [255] * 60)):
        assert list(gzip.decompress(TrainingSet(data).packed("test"))[-60:]) == list(labels)


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ([1, 1, 0, 2, 1, 2, 0], [2, 0, 3]),
        (list(range(20)), list(range(0, 20, 2))),
        ([3] * 30, list(range(0, 30, 3))),
        ([-1] * 5, list(range(5))),
    ],
)
def test_ten_images_are_shown_of_as_many_classes_as_there_are(labels, shown):
    test = Split(LETTERS.test.images[: len(labels)], np.array(labels))
    assert TrainingSet(Mnist(LETTERS.train, test)).examples == shown


def test_a_preset_takes_no_more_images_than_there_are():
    view = Trainer("2", LETTERS).view
    assert view.recipe["count"] == 300
    assert {preset["count"] for preset in view.presets.values()} == {300}
    assert Trainer("2", LETTERS, count=299).view.recipe["count"] == 299
    with pytest.raises(ValueError, match="count is 301; expected a whole number from 1 to 300"):
        Trainer("2", LETTERS, count=301)


def test_of_more_than_60000_images_the_first_are_taken_and_it_is_said():
    train = Split(np.zeros((60_001, 784), np.float32), np.zeros(60_001, np.int64))
    with pytest.warns(UserWarning, match=r"60,001 training images; .* first 60,000") as said:
        trainer = Trainer("2", Mnist(train, LETTERS.test))
    assert said[0].filename == __file__
    assert trainer.view.recipe["count"] == 60_000
    assert trainer.view._images.parts[-1] == "train-5"


def test_a_trainer_gives_the_page_the_images_of_its_own_set():
    trainer = Trainer(data=LETTERS)
    sent = []
    trainer.view.send = lambda content, buffers: sent.append((content, buffers))
    for part in ("test", "train-0"):
        trainer.view._handle_custom_msg({"part": part}, [])
    own = TrainingSet(LETTERS)
    assert sent == [({"name": part}, [own.packed(part)]) for part in ("test", "train-0")]


def test_lines_are_those_of_the_set_and_end_where_its_images_vary_no_more():
    from sklearn.decomposition import PCA

    few = pictures(20, 60, 26, seed=1)
    found = Trainer(data=few).view.baselines
    mean = float(((few.test.images - few.train.images.mean(0)) ** 2).mean())
    assert found[0] == pytest.approx(mean, rel=1e-3)
    pca = PCA(19, svd_solver="full").fit(few.train.images)
    rebuilt = pca.inverse_transform(pca.transform(few.test.images))
    assert found[19] == pytest.approx(float(((rebuilt - few.test.images) ** 2).mean()), rel=1e-3)
    assert found[19:] == [found[19]] * 110


def test_lines_are_measured_once_for_the_same_images(monkeypatch):
    Trainer()
    first = Trainer(data=LETTERS).view.baselines
    monkeypatch.setattr("aelib.live.train_data.linear_errors", None)
    assert Trainer(data=pictures(300, 60, 26)).view.baselines == first
    assert Trainer().view.baselines == embedded().baselines != first


def changed(split: str, **arrays: object) -> Mnist:
    return LETTERS._replace(**{split: getattr(LETTERS, split)._replace(**arrays)})


@pytest.mark.parametrize(
    ("data", "names", "error", "message"),
    [
        ("folder", None, TypeError, "data is a str; expected what aelib.load_mnist"),
        (tuple(LETTERS), None, TypeError, "data is a tuple; expected"),
        (Mnist(*map(tuple, LETTERS)), None, TypeError, "data is a Mnist; .* of two aelib.Split"),
        (changed("train", images=np.zeros((5, 28, 28))), None, ValueError, r"The training images"),
        (changed("train", images=np.zeros((0, 784))), None, ValueError, r"shape \(0, 784\)"),
        (changed("test", images=np.zeros((0, 784))), None, ValueError, "The test images have"),
        (changed("test", images=np.full((60, 784), 255)), None, ValueError, "between 255 and 255"),
        (changed("train", images=np.full((9, 784), np.nan)), None, ValueError, "between nan and"),
        (changed("test", labels=np.arange(59)), None, ValueError, "60 images and 59 labels"),
        (changed("test", labels=np.full(0, -1)), None, ValueError, "60 images and 0 labels"),
        (changed("test", labels=np.arange(-1, 59)), None, ValueError, r"labels\[0\] is -1; exp"),
        (LETTERS, NAMES[:25], ValueError, "25 names of classes, and labels up to 25"),
        (LETTERS, [1, 2], ValueError, "expected a list of texts"),
        (LETTERS, 5, ValueError, r"names of the classes are \[5\]; expected a list of texts"),
        (None, NAMES[:9], ValueError, "9 names of classes, and labels up to 9"),
    ],
)
def test_what_cannot_be_shown_is_refused(data, names, error, message):
    with pytest.raises(error, match=message):
        Trainer(data=data, names=names)
    if names is None:
        with pytest.raises(error, match=message):
            replay(1, data)


# ---------------------------------------------------------------------- in the worker


def go(steps: int) -> dict:
    return {"kind": "go", "steps": steps}


@pytest.mark.parametrize(
    ("data", "settings"),
    [
        (LETTERS, {"latent": 2, "batch": 64, "noise": 0.3}),
        (LETTERS, {"latent": 2, "batch": 256, "mistakes": ("test",)}),
        (UNLABELLED, {"latent": 2, "preset": "4b"}),
        (pictures(1_500, 5, 3), {"latent": 2, "count": 1_500, "preset": "2"}),
    ],
)
def test_two_steps_on_another_set_have_torch_s_losses(data, settings):
    images = TrainingSet(data)
    recipe = recipe_of(len(images.train), **settings)
    begun, one, two = work(recipe, go(1), go(2), images=images)
    losses = replay(2, data, **plain(recipe))[2]
    assert [one["lastLoss"], two["lastLoss"]] == pytest.approx(losses, rel=1e-6)
    assert begun["labels"] == (images.labels or [255] * 60)
    assert len(begun["codes"]) == 2 * len(data.test.images)
    assert begun["shown"] == 784 * len(images.examples)
    assert 0 < two["test"] < 1


def test_the_last_image_of_a_partly_filled_part_is_trained_on():
    data = pictures(10_001, 60, 26)
    data.train.images[-1] = 1
    recipe = recipe_of(10_001, count=10_001, batch=1, seed=seed_that_begins_with(10_000, 10_001))
    _, news = work(recipe, go(1), images=TrainingSet(data))
    assert news["lastLoss"] == pytest.approx(replay(1, data, **plain(recipe))[2][0], rel=1e-6)
    data.train.images[-1] = 0.5
    assert news["lastLoss"] != pytest.approx(replay(1, data, **plain(recipe))[2][0], rel=1e-2)


def seed_that_begins_with(image: int, count: int) -> int:
    return next(seed for seed in range(2**32) if shuffled(count, seed, ORDER)[0] == image)


# ---------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("available", "counts"),
    [
        (300, [300]),
        (1_000, [1_000]),
        (25_000, [1_000, 10_000, 25_000]),
        (60_000, [1_000, 10_000, 60_000]),
    ],
)
def test_as_many_images_are_offered_as_there_are(available, counts):
    assert evaluate("recipes.js", "m.countsOf(d)", available) == counts


@pytest.mark.parametrize(("count", "expected"), [(300, 300), (1_000, 64), (10_000, 64)])
def test_an_address_may_ask_for_as_many_images_as_there_are(count, expected):
    recipe = plain(recipe_of(300, count=64))
    call = "m.recipeFromText(`count:${d.count}`, {}, d.now, 300)"
    assert evaluate("train_settings.js", call, {"count": count, "now": recipe})["count"] == expected


@pytest.mark.filterwarnings("ignore:The labels run from 0 to 25")
def test_the_copied_script_says_where_the_set_comes_in(tmp_path):
    arrays = {
        f"{kind}_{split}": values
        for split, part in zip(("train", "test"), LETTERS, strict=True)
        for kind, values in (("x", np.rint(part.images * 255).astype(np.uint8)), ("y", part.labels))
    }
    np.savez(tmp_path / "pictures.npz", **arrays)
    recipe = plain(recipe_of(300, noise=0.25))
    script = evaluate("train_take.js", "m.scriptOf(d, 2, 0, false)", recipe)
    assert script.count('load_mnist("...")') == 1
    names: dict = {}
    exec(script.replace('"..."', repr(str(tmp_path))), names)
    assert names["losses"] == replay(2, load_mnist(tmp_path), **recipe)[2]
    assert names["losses"] == replay(2, LETTERS, **recipe)[2]


# ---------------------------------------------------------------------- on the page

LOSSES = """
  const step = async (step) => {
    page.click(".ae-step");
    while (dataset.step !== String(step) || dataset.state !== "paused") {
      if (dataset.state === "failed") throw new Error(said());
      await page.wait(5);
    }
    return Number(dataset.loss);
  };
  const losses = [await step(1), await step(2)];
  page.click(".ae-copy");
  const all = (selector, f) => Array.from(document.querySelectorAll(selector), f);
  return {
    losses, counts: all(".ae-count option", (option) => option.textContent),
    legend: all(".ae-legend span", (key) => key.textContent),
    keys: all(".ae-legend i", (key) => key.getAttribute("style").replace("background:", "")),
    dots: page.context(".ae-training-map").dots.slice(-60).map(([, , colour]) => colour),
    tiles: all(".ae-training-digit", () => 1).length,
    script: page.find(".ae-script").textContent,
  };
"""


@pytest.mark.parametrize(
    ("data", "names", "legend"),
    [
        (LETTERS, None, [str(k) for k in range(26)]),
        (pictures(300, 60, 47), NAMES, NAMES),
        (UNLABELLED, None, []),
        (UNLABELLED, NAMES, []),
        (pictures(300, 60, 3), None, ["0", "1", "2"]),
    ],
)
def test_a_page_trains_on_another_set_and_names_and_colours_its_classes(data, names, legend):
    settings = {"latent": 2, "batch": 128, "hidden": (16,), "noise": 0.2}
    found = on_a_page(
        "trainer.js",
        state(Trainer("free", data, names=names, **settings)),
        BESIDE + LOSSES,
        kernel=True,
    )
    assert found["losses"] == pytest.approx(replay(2, data, **settings)[2], rel=1e-6)
    assert found["counts"] == ["300"]
    assert found["legend"] == legend
    colours = evaluate("colours.js", "m.coloursOf(d)", len(legend))[: len(legend)]
    assert found["keys"] == colours
    labels = data.test.labels
    assert found["dots"] == [colours[k] if legend else "#888" for k in labels]
    assert found["tiles"] == (min(10, len(legend)) or 10)
    assert "    data=data," in found["script"]


def test_mnist_is_offered_and_copied_as_before():
    found = on_a_page(
        "trainer.js", state(Trainer("free", latent=2, count=1_000)), BESIDE + LOSSES, kernel=True
    )
    losses = replay(2, latent=2, count=1_000)[2]
    assert found["losses"] == pytest.approx(losses, rel=1e-6)
    assert found["counts"][0] == "1,000 幅（约 1 MB）"
    assert found["legend"] == list("0123456789")
    assert "data" not in found["script"]


ABSENT = {
    "zh": "网页上没有这套图像，请在笔记本里训练。",
    "en": "This page does not have the images",
}


@pytest.mark.parametrize("language", ABSENT)
def test_a_static_page_says_that_it_has_no_images_of_another_set(language):
    steps = """
      const said = () => page.find(".ae-at").textContent;
      const first = said();
      page.click(".ae-start");
      await page.wait(50);
      page.click(".ae-step");
      const { state } = page.find(".ae-trainer").dataset;
      return { first, said: said(), state, asked: document.querySelectorAll("script[src]").length };
    """
    found = on_a_page("trainer.js", state(Trainer(data=LETTERS)), steps, language=language)
    assert ABSENT[language] in found["first"]
    assert found["said"] == found["first"]
    assert (found["state"], found["asked"]) == ("idle", 0)
