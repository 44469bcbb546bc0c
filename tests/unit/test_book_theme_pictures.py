"""A figure becomes lighter only where no pixel changes, and waits for its reader."""

import io

import numpy as np
import pytest
from PIL import Image

from book.theme.pictures import smaller, wait


def png(pixels: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(written, "PNG")
    return written.getvalue()


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))


def figure(colours: int, alpha: int = 255, *, grey: bool = False) -> np.ndarray:
    """Noise of so many colours: (60, 80, 4)."""
    random = np.random.default_rng(0)
    palette = random.permutation(256)[:colours, None] * ([1, 1, 1] if grey else [1, 0, 0])
    picked = palette[np.arange(60 * 80) % colours].reshape(60, 80, 3)
    return np.concatenate([picked, np.full((60, 80, 1), alpha)], axis=2)


@pytest.mark.parametrize("grey", [True, False])
@pytest.mark.parametrize("colours", [2, 17, 256])
def test_a_figure_of_few_colours_keeps_every_pixel_and_loses_weight(colours, grey):
    before = png(figure(colours, grey=grey))
    after = smaller(before)
    assert len(after) < len(before)
    assert (pixels(after) == pixels(before)).all()
    assert Image.open(io.BytesIO(after)).mode == ("L" if grey else "P")


def test_many_colours_and_transparent_figures_stay_as_they_are():
    many = png(np.random.default_rng(0).integers(0, 256, (60, 80, 4)) | [0, 0, 0, 255])
    clear = png(figure(5, alpha=128))
    assert smaller(many) == many
    assert smaller(clear) == clear


def test_a_picture_waits_and_says_its_size(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(png(figure(5)))
    body = '<p><img alt="one" src="../_images/a.png" class="x" /> text</p>'
    found = wait(body, {"a.png": file})
    assert found == (
        '<p><img alt="one" src="../_images/a.png" class="x" width="80" height="60" '
        'loading="lazy" /> text</p>'
    )
    assert wait('<img src="_images/b.svg" alt="">', {}) == (
        '<img src="_images/b.svg" alt="" loading="lazy" />'
    )


def test_a_size_that_the_author_gave_and_what_is_no_figure_stay():
    given = '<img alt="" width="30" src="_images/a.png" />'
    assert wait(given, {}) == '<img alt="" width="30" src="_images/a.png" loading="lazy" />'
    badge = '<img alt="Colab" src="../_static/images/logo_colab.png">'
    assert wait(badge, {}) == badge
