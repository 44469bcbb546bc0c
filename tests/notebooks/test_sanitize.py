"""The sanitiser masks what other processors cannot reproduce, and nothing else."""

import re
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from book.notebooks.twins import notebook_pages

PATTERNS = get_sanitize_patterns(
    Path(__file__).with_name("sanitize.cfg").read_text(encoding="utf-8")
)
SPREAD = 0.03  # how far a loss moves between processors, see sanitize.cfg
SMALL_NUMBER = re.compile(r"\b0\.\d+\b(?! ?%)")


def sanitize(text: str) -> str:
    """Mask a text as nbval does."""
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        ("epoch  8/10  loss 0.0100", "epoch  8/10  loss 0.0099"),
        ("test accuracy 96.47%", "test accuracy 96.61%"),
        ("0.5364", "0.5401"),
        ("+0.1 %", "-0.4 %"),
        ("PSNR 16.4 dB", "PSNR 16.5 dB"),
    ],
)
def test_numbers_that_differ_between_processors_compare_equal(here, elsewhere):
    assert sanitize(here) == sanitize(elsewhere)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("train (60000, 784)", "train (60000, 785)"),
        ("parameters: 494,196", "parameters: 494,197"),
        ("test accuracy 96.47%", "test accuracy 11.35%"),
        ("epoch 10/10  loss 0.0068", "epoch  5/5  loss 0.0068"),
        ("loss 0.0068", "loss 0.2307"),
        ("PSNR 16.4 dB", "PSNR 26.4 dB"),
        ("same: True", "same: False"),
    ],
)
def test_what_is_exact_or_far_off_still_differs(right, wrong):
    assert sanitize(right) != sanitize(wrong)


@pytest.mark.parametrize("page", notebook_pages(), ids=lambda page: page.stem)
def test_no_stored_number_lies_at_the_edge_of_its_mask(page):
    twin = nbformat.read(page.with_suffix(".ipynb"), as_version=4)
    outputs = [output for cell in twin.cells for output in cell.get("outputs", [])]
    texts = [output.get("text", "") for output in outputs]
    texts += [str(data) for output in outputs for mime, data in output.get("data", {}).items()
              if mime.split("/")[-2] == "text"]  # fmt: skip
    numbers = {number for text in texts for number in SMALL_NUMBER.findall(text)}
    assert numbers, "a notebook of this book prints numbers"
    edges = [
        number
        for number in sorted(numbers)
        if sanitize(f"{float(number) * (1 - SPREAD):.6f}")
        != sanitize(f"{float(number) * (1 + SPREAD):.6f}")
    ]
    assert edges == []
