import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from browser_code import evaluate
from matplotlib.colors import to_hex

import aelib
from aelib.figures import tile


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def numbered(n):
    """Images whose every pixel holds the image's number."""
    return np.repeat(np.arange(n, dtype=np.float32)[:, None], 784, axis=1)


def test_images_are_laid_out_row_by_row():
    grid = tile(numbered(15), 3, 5)
    assert grid.shape == (84, 140)
    assert (grid[::28, ::28] == np.arange(15).reshape(3, 5)).all()


def test_an_image_is_neither_transposed_nor_flipped():
    image = np.arange(784, dtype=np.float32)
    assert (tile(image[None], 1, 1) == image.reshape(28, 28)).all()


@pytest.mark.parametrize("images", [numbered(3), np.zeros((9, 28, 28))])
def test_a_grid_says_what_it_expected_and_found(images):
    with pytest.raises(ValueError, match=r"2 x 2 expects at least 4 flat images.*found"):
        tile(images, 2, 2)


def test_each_grid_stands_under_its_title():
    figure = aelib.image_grids({"a": numbered(4), "b": numbered(4), "c": numbered(4)}, 2, 2)
    drawn = [ax.get_title() for ax in figure.axes if ax.images]
    assert drawn == ["a", "b", "c"]


def test_each_row_stands_beside_its_label():
    figure = aelib.image_rows({"original": numbered(5), "noisy": torch.zeros(5, 784)}, columns=5)
    assert [ax.texts[0].get_text() for ax in figure.axes] == ["original", "noisy"]


def test_gray_always_runs_from_zero_to_one():
    figure = aelib.image_rows({"faint": np.full((2, 784), 0.1)}, columns=2)
    assert figure.axes[0].images[0].get_clim() == (0, 1)


def test_the_error_map_shows_the_absolute_error_on_one_scale_with_its_bar():
    originals, rebuilt = np.full((2, 784), 0.75), np.full((2, 784), 1.0)
    figure = aelib.error_maps(originals, rebuilt, columns=2)
    error = figure.axes[2].images[0]
    assert np.allclose(error.get_array(), 0.25)
    assert error.get_clim() == (0, 1)
    assert error.get_cmap().name == "hot"
    assert error.colorbar is not None


def test_loss_curves_count_epochs_from_one():
    history = aelib.History(losses=[0.4, 0.2, 0.1], seconds=[1, 1, 1])
    figure = aelib.loss_curves({"ours": history, "theirs": [0.5, 0.3]}, ylabel="MSE")
    ours, theirs = figure.axes[0].lines
    assert list(ours.get_xdata()) == [1, 2, 3]
    assert list(theirs.get_ydata()) == [0.5, 0.3]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == [
        "ours",
        "theirs",
    ]


@pytest.mark.parametrize(("log", "scale"), [(True, "log"), (False, "linear")])
def test_a_loss_is_drawn_on_the_scale_that_was_asked_for(log, scale):
    figure = aelib.loss_curves({"ours": [0.5, 0.05]}, ylabel="MSE", log=log)
    assert figure.axes[0].get_yscale() == scale


@pytest.mark.parametrize("ratio", [1.5, 3, 8, 15, 40, 90])
@pytest.mark.parametrize("least", [0.001, 0.0021, 0.04])
def test_a_logarithmic_scale_has_at_least_two_labels_and_few_enough_to_be_read(least, ratio):
    figure = aelib.loss_curves({"ours": [ratio * least, least]}, ylabel="MSE")
    figure.canvas.draw()
    axis, (low, high) = figure.axes[0].yaxis, figure.axes[0].get_ylim()
    ticks = axis.get_major_ticks() + axis.get_minor_ticks()
    shown = {tick.label1.get_text() for tick in ticks if low <= tick.get_loc() <= high} - {""}
    assert 2 <= len(shown) <= 9


def test_the_digits_have_the_same_colours_as_in_the_widgets():
    aelib.use_style()
    aelib.use_style()  # every page does
    drawn = [to_hex(colour) for colour in plt.get_cmap("digits").colors]
    assert drawn == evaluate("colours.js", "m.coloursOf(10)")


def test_a_loss_is_drawn_on_a_logarithmic_scale_unless_asked_otherwise():
    assert aelib.loss_curves({"ours": [0.5, 0.05]}, ylabel="MSE").axes[0].get_yscale() == "log"


def test_figures_fit_the_width_of_a_page():
    aelib.use_style()
    widths = {
        aelib.image_rows({"a": numbered(10)}).get_figwidth(),
        aelib.image_grids({"a": numbered(4)}, 2, 2).get_figwidth(),
        aelib.error_maps(numbered(10), numbered(10)).get_figwidth(),
        aelib.loss_curves({"a": [1, 0.5]}, ylabel="MSE").get_figwidth(),
    }
    assert widths == {6.4}
