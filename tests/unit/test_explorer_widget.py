"""The explorer in Python: its widgets, and what it refuses."""

import base64
import json

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from ipywidgets.embed import dependency_state
from torch import nn

from aelib import mlp_autoencoder
from aelib.live import Explorer, LatentMap, noise_sample
from aelib.live.explorer import trial_images

IMAGES = torch.randint(0, 256, (5, 784), generator=torch.Generator().manual_seed(0)) / 255


def pair(size):
    return mlp_autoencoder((784, size), nn.Sigmoid)


def cnn():
    encoder = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2)
    )
    decoder = nn.Sequential(nn.ConvTranspose2d(2, 1, 2, stride=2), nn.Sigmoid(), nn.Flatten())
    return encoder, decoder


def test_the_sliders_are_ipywidgets_with_the_ranges_that_are_promised():
    explorer = Explorer({16: pair(16), 2: pair(2), 4: pair(4)}, IMAGES)
    assert isinstance(explorer.noise, ipywidgets.FloatSlider)
    assert (explorer.noise.min, explorer.noise.max, explorer.noise.step) == (0, 1, 0.01)
    assert isinstance(explorer.latent_size, ipywidgets.SelectionSlider)
    assert list(explorer.latent_size.options) == [2, 4, 16]
    explorer.latent_size.value = 16
    assert explorer.latent_size.index == 2
    assert [network["name"] for network in explorer.view.networks] == [2, 4, 16]


def test_the_slider_for_the_latent_size_is_shown_only_when_there_is_a_choice():
    def shown(explorer):
        return explorer.latent_size in explorer.children[0].children

    assert not shown(Explorer(pair(2), IMAGES))
    assert not shown(Explorer({2: pair(2)}, IMAGES))
    assert shown(Explorer({2: pair(2), 3: pair(3)}, IMAGES))


def test_named_networks_are_chosen_by_buttons_in_the_order_given():
    explorer = Explorer({"second": pair(2), "first": cnn()}, IMAGES)
    assert isinstance(explorer.latent_size, ipywidgets.ToggleButtons)
    assert list(explorer.latent_size.options) == ["second", "first"]
    assert [network["code"] for network in explorer.view.networks] == [[2], [2, 14, 14]]


def test_digit_and_seed_can_be_set_and_observed():
    explorer = Explorer(pair(2), IMAGES)
    seen = []
    explorer.observe(lambda change: seen.append(change["new"]), ["digit", "seed"])
    explorer.set_state({"digit": 3})  # as the browser does
    explorer.seed = 7
    assert seen == [3, 7]
    with pytest.raises(traitlets.TraitError, match=r"digit is 5; expected 0 to 4"):
        explorer.digit = 5
    with pytest.raises(traitlets.TraitError, match="seed is -1; expected a whole number"):
        explorer.seed = -1


def test_all_that_the_page_and_python_share_travels_by_jslink():
    explorer = Explorer({2: pair(2), 3: pair(3)}, IMAGES)
    links = [
        widget
        for widget in dependency_state([explorer]).values()
        if widget["model_name"] == "LinkModel"
    ]
    view = f"IPY_MODEL_{explorer.view.model_id}"
    found = {link["state"]["target"][1]: link["state"]["source"] for link in links}
    assert all(link["state"]["target"][0] == view for link in links)
    noise, latent_size, itself = (
        f"IPY_MODEL_{widget.model_id}"
        for widget in (explorer.noise, explorer.latent_size, explorer)
    )
    assert found == {
        "noise": [noise, "value"],
        "choice": [latent_size, "index"],
        "digit": [itself, "digit"],
        "seed": [itself, "seed"],
        "noise_label": [noise, "description"],
        "choice_label": [latent_size, "description"],
    }
    assert {"digit", "seed"} <= set(explorer.get_state())


def test_the_networks_are_tried_without_noise_and_with_the_explorer_s_noise_at_every_strength():
    grey = np.array([[0] * 784, [255] * 392 + [0] * 392], np.uint8)
    trial = trial_images(grey).numpy()
    assert trial.shape == (20, 784)
    clean = grey / np.float32(255)
    np.testing.assert_allclose(trial[:4], np.tile(clean, (2, 1)), atol=1e-6)
    assert trial.min() == 0
    assert trial.max() == 1
    for place, (factor, seed) in enumerate((f, s) for f in (0.1, 0.3, 0.6, 1.0) for s in (0, 1)):
        noisy = np.clip(clean + factor * noise_sample(seed, 784), 0, 1)
        np.testing.assert_allclose(trial[4 + 2 * place : 6 + 2 * place], noisy, atol=1e-6)


def test_two_explorers_have_different_names_in_the_address():
    first, second = Explorer(pair(2), IMAGES), Explorer(pair(2), IMAGES)
    assert first.view.name != second.view.name


def test_the_repr_is_the_same_in_every_run():
    assert repr(Explorer({2: pair(2), 4: pair(4)}, IMAGES)) == "Explorer(networks: 2, 4; images: 5)"
    explorer = Explorer(pair(2), IMAGES)
    assert repr(explorer) == "Explorer(networks: 2; images: 5)"
    if hasattr(explorer, "_repr_mimebundle_"):  # since ipywidgets 8; Colab has 7
        assert explorer._repr_mimebundle_()["text/plain"] == repr(explorer)
    labels = [0, 1, 2, 3, 4]
    assert repr(LatentMap(*pair(2), IMAGES, labels)) == "LatentMap(codes: 5)"


def test_what_goes_to_the_browser_is_plain_json():
    explorer = Explorer(pair(2), IMAGES, range(5), classifier=nn.Linear(2, 10))
    state = {key: getattr(explorer.view, key) for key in ("networks", "images", "labels")}
    assert json.loads(json.dumps(state)) == state


@pytest.mark.parametrize("images", [IMAGES, IMAGES.numpy(), IMAGES.double()])
def test_images_come_as_arrays_or_tensors(images):
    assert Explorer(pair(2), images).view.images == Explorer(pair(2), IMAGES).view.images


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (IMAGES * 255, r"lie between 0 and 255; expected \[0, 1\]\. Divide"),
        (IMAGES - 0.5, r"lie between -0\.5 and 0\.5"),
        (IMAGES * np.nan, "lie between nan and nan"),
        (IMAGES.reshape(5, 28, 28), r"shape \(5, 28, 28\); expected \(n, 784\)"),
        (IMAGES[:0], r"shape \(0, 784\)"),
    ],
)
def test_images_of_another_form_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        Explorer(pair(2), images)


@pytest.mark.parametrize(
    ("networks", "error", "message"),
    [
        ({}, ValueError, "mapping of networks is empty"),
        (pair(2)[0], TypeError, r"networks is a Sequential; expected a pair \(encoder, decoder\)"),
        ({2: pair(2)[0]}, TypeError, r"networks\[2\] is a Sequential; expected a pair"),
        ({2: pair(2), "b": pair(2)}, TypeError, r"keys of networks are \[2, 'b'\]"),
        ({3: pair(2)}, ValueError, r"code of networks\[3\] has 2 values; its key says 3"),
        (
            {2: pair(2), 4: (pair(4)[0], pair(5)[1])},
            ValueError,
            r"networks\[4\] decoder\[0\] expects 5 values and is given 4",
        ),
        (
            (pair(2)[0], nn.Linear(2, 100)),
            ValueError,
            r"decoder returns \(100,\) for each image; expected the pixels of one picture",
        ),
    ],
)
def test_networks_that_do_not_fit_are_refused(networks, error, message):
    with pytest.raises(error, match=message):
        Explorer(networks, IMAGES)


def test_labels_classifier_and_language_are_checked():
    with pytest.raises(ValueError, match="5 images and 2 labels"):
        Explorer(pair(2), IMAGES, [1, 2])
    with pytest.raises(ValueError, match="classifier expects 3 values and is given 2"):
        Explorer(pair(2), IMAGES, classifier=nn.Linear(3, 10))
    with pytest.raises(ValueError, match="found 'de'"):
        Explorer(pair(2), IMAGES, language="de")


def test_a_latent_map_needs_a_code_of_two_values():
    with pytest.raises(ValueError, match=r"encoder returns \(3,\).*latent size of 2"):
        LatentMap(*pair(3), IMAGES, range(5))
    with pytest.raises(ValueError, match="5 images and 4 labels"):
        LatentMap(*pair(2), IMAGES, range(4))
    with pytest.raises(TypeError, match="across the images of a batch"):
        LatentMap(nn.GRU(784, 2), pair(2)[1], IMAGES, range(5))


def test_codes_go_to_the_map_as_the_encoder_gives_them():
    encoder, decoder = pair(2)
    latent_map = LatentMap(encoder, decoder, IMAGES, range(5))
    grid = np.frombuffer(base64.b64decode(latent_map.codes), "<u2").reshape(5, 2) / 4095
    low, high = np.split(np.array(latent_map.bounds), 2)
    with torch.no_grad():
        codes = encoder(IMAGES).numpy()
    np.testing.assert_allclose(low + grid * (high - low), codes, atol=2e-3 * (high - low).max())
    assert np.ptp(codes, axis=0).min() > 0.5 * (high - low).min()


def test_a_map_takes_images_with_channels_and_a_mean_with_its_variance():
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.mean, self.variance = nn.Conv2d(1, 2, 28), nn.Conv2d(1, 2, 28)

        def forward(self, x):
            return self.mean(x).flatten(1), self.variance(x).flatten(1)

    decoder = nn.Sequential(nn.Linear(2, 784), nn.Unflatten(1, (1, 28, 28)))
    assert repr(LatentMap(Encoder(), decoder, IMAGES, range(5))) == "LatentMap(codes: 5)"


def test_a_map_keeps_the_labels_it_is_given_and_writes_a_byte_for_each():
    latent_map = LatentMap(*pair(2), IMAGES[:3], [10, 3, 46])
    assert latent_map.labels == [10, 3, 46]
    assert latent_map.get_state()["labels"] == base64.b64encode(bytes([10, 3, 46])).decode()
    again = LatentMap(*pair(2), IMAGES[:3], torch.tensor([10, 3, 46]))
    assert again.labels == [10, 3, 46]


NO_CLASSES = [
    ([0, 1, 2, 3, 47], r"labels\[4\] is 47; expected whole numbers from 0 to 46"),
    ([0, 1, 61, 3, 4], r"labels\[2\] is 61; .* number the classes anew"),
    ([0, -1, 2, 3, 4], r"labels\[1\] is -1; .* Leave out the images without a label"),
    ([0, 1.5, 2, 3, 4], r"labels\[1\] is 1\.5"),
    ([0, 1, float("nan"), 3, 4], r"labels\[2\] is nan"),
    (["a", "b", "c", "d", "e"], r"labels\[0\] is a"),
    ([[0], [1], [2], [3], [4]], r"shape \(5, 1\); expected \(n,\)"),
]


@pytest.mark.parametrize("widget", [Explorer, LatentMap])
@pytest.mark.parametrize(("labels", "message"), NO_CLASSES)
def test_labels_that_are_no_classes_are_refused_with_what_to_do(widget, labels, message):
    networks = pair(2) if widget is LatentMap else (pair(2),)
    with pytest.raises(ValueError, match=message):
        widget(*networks, IMAGES, labels)


@pytest.mark.parametrize("form", [list, np.array, torch.tensor])
def test_labels_come_in_any_form_in_which_a_set_has_them(form):
    labels = form([0, 46, 3, 2, 1])
    assert Explorer(pair(2), IMAGES, labels).view.labels == [0, 46, 3, 2, 1]
    assert LatentMap(*pair(2), IMAGES, labels).labels == [0, 46, 3, 2, 1]


def test_the_remedy_for_labels_beyond_the_colours_works():
    labels = np.array([3, 61, 10, 61, 40])
    anew = np.unique(labels, return_inverse=True)[1]
    assert Explorer(pair(2), IMAGES, anew).view.labels == [0, 3, 1, 3, 2]


def test_classes_have_the_names_they_are_given():
    names = ["T-shirt", "trouser", "bag"]
    explorer = Explorer(
        pair(2), IMAGES, [2, 0, 1, 1, 0], names=names, classifier=nn.Linear(2, len(names))
    )
    assert explorer.view.labels == ["bag", "T-shirt", "trouser", "trouser", "T-shirt"]
    assert explorer.view.networks[0]["classifier"]["names"] == names
    assert LatentMap(*pair(2), IMAGES, [2, 0, 1, 1, 0], names=names).names == names


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "b"], "2 names of classes, and labels up to 4; give a name for each class from 0"),
        ("abcde", r"names of the classes are \['abcde'\]|1 names of classes"),
        ([0, 1, 2, 3, 4], r"names of the classes are \[0, 1, 2, 3, 4\]; expected a list of texts"),
    ],
)
def test_names_that_do_not_fit_are_refused(names, message):
    with pytest.raises(ValueError, match=message):
        Explorer(pair(2), IMAGES, range(5), names=names)
    with pytest.raises(ValueError, match=message):
        LatentMap(*pair(2), IMAGES, range(5), names=names)
