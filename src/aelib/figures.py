"""Figures of the chapter: image grids, rows of reconstructions, error maps, losses, intervals.

Every function returns a new matplotlib figure and reads images as ``(n, 784)`` arrays or tensors
in [0, 1]. The text of a figure is English, its size fits a phone: 6.4 inches at 110 dots.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from aelib.statistics import interval
from aelib.training import History

Images = np.ndarray | torch.Tensor

SIDE = 28
"""Rows and columns of an MNIST image."""

STYLE = {
    "figure.figsize": (6.4, 3.6),
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(
        color=["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"],
    ),
    "lines.linewidth": 2,
    "legend.frameon": False,
}
"""Legible at 390 px and for colour-blind readers (the colours are Okabe and Ito's, 2008)."""

HUES = ["#d1495b", "#c8701d", "#a98600", "#5f9a21", "#1f9d6b"]
HUES += ["#1796a8", "#3f83d6", "#7f6ee0", "#b05bc8", "#d0508f"]
DIGITS = ListedColormap(HUES, "digits")
"""The colours of the ten digits, those of the widgets (``live/colours.js``): ``cmap="digits"``."""


def use_style() -> None:
    """Give every figure drawn from here on the look of the chapter."""
    plt.rcParams.update(STYLE)
    if DIGITS.name not in colormaps:
        colormaps.register(DIGITS)


def tile(images: Images, rows: int, columns: int) -> np.ndarray:
    """Lay the first ``rows * columns`` images side by side, row by row.

    Parameters
    ----------
    images
        ``(n, 784)``, n at least ``rows * columns``.

    Returns
    -------
    np.ndarray
        ``(rows * 28, columns * 28)``.

    Raises
    ------
    ValueError
        There are too few images, or they do not have 784 pixels.
    """
    pixels = np.asarray(images)
    if pixels.ndim != 2 or pixels.shape[1] != SIDE * SIDE or len(pixels) < rows * columns:
        raise ValueError(
            f"A grid of {rows} x {columns} expects at least {rows * columns} flat images of "
            f"{SIDE * SIDE} pixels; found an array of shape {pixels.shape}. Pass more images, "
            "flattened to (n, 784)."
        )
    grid = pixels[: rows * columns].reshape(rows, columns, SIDE, SIDE)
    return grid.transpose(0, 2, 1, 3).reshape(rows * SIDE, columns * SIDE)


def image_grids(grids: Mapping[str, Images], rows: int, columns: int, *, across: int = 2) -> Figure:
    """Draw several grids of images, each with its title.

    Parameters
    ----------
    grids
        Title to images ``(n, 784)``; the first ``rows * columns`` of each are drawn.
    rows, columns
        Images in one grid.
    across
        Grids in one line of the figure.
    """
    down = -(-len(grids) // across)
    width = 6.4
    height = down * (width / across * rows / columns + 0.35)
    figure, axes = plt.subplots(down, across, figsize=(width, height), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, (title, images) in zip(axes.flat, grids.items(), strict=False):
        _show(ax, tile(images, rows, columns))
        ax.set_title(title)
    return figure


def image_rows(rows: Mapping[str, Images], *, columns: int = 10) -> Figure:
    """Draw one labelled row of images for each entry, the same sample in each column.

    Parameters
    ----------
    rows
        Label, e.g. ``"noisy"``, to images ``(n, 784)``.
    columns
        Images drawn of each.
    """
    figure, axes = plt.subplots(len(rows), figsize=_rows_size(len(rows), columns), squeeze=False)
    for ax, (label, images) in zip(axes.flat, rows.items(), strict=True):
        _show(ax, tile(images, 1, columns))
        _label_row(ax, label)
    return figure


def error_maps(originals: Images, reconstructions: Images, *, columns: int = 10) -> Figure:
    """Draw originals, reconstructions and the absolute error of each pixel.

    The errors of all images share one colour scale (``hot``, 0 to 1) with its bar.

    Parameters
    ----------
    originals, reconstructions
        ``(n, 784)`` in [0, 1].
    columns
        Images drawn of each.
    """
    width, height = _rows_size(3, columns)
    figure, axes = plt.subplots(3, figsize=(width, height + 0.55))
    error = np.abs(np.asarray(originals) - np.asarray(reconstructions))
    _show(axes[0], tile(originals, 1, columns))
    _show(axes[1], tile(reconstructions, 1, columns))
    drawn = axes[2].imshow(
        tile(error, 1, columns), cmap="hot", vmin=0, vmax=1, interpolation="nearest"
    )
    for ax, label in zip(axes, ("original", "rebuilt", "error"), strict=True):
        _label_row(ax, label)
    figure.colorbar(
        drawn, ax=axes, location="bottom", label="absolute error of a pixel", aspect=40, pad=0.02
    )
    return figure


def loss_curves(
    curves: Mapping[str, History | Sequence[float]], *, ylabel: str, log: bool = True
) -> Figure:
    """Draw the loss of each epoch, one curve for each entry.

    Parameters
    ----------
    curves
        Label to a ``History`` or a sequence of losses, one for each epoch.
    ylabel
        Name of the loss, e.g. ``"MSE"``.
    log
        Whether the loss has a logarithmic scale.
    """
    figure, ax = plt.subplots()
    for label, curve in curves.items():
        losses = curve.losses if isinstance(curve, History) else list(curve)
        ax.plot(range(1, len(losses) + 1), losses, marker="o", markersize=4, label=label)
    ax.set(xlabel="epoch", ylabel=ylabel)
    ax.xaxis.get_major_locator().set_params(integer=True)
    if log:
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        if high / low >= 10:  # all from 2 to 9 would be too many to be read
            ax.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter("{x:g}" if high / low < 100 else NullFormatter())
        ax.tick_params(axis="y", which="minor", labelsize=9)
    ax.grid(alpha=0.3, which="both")
    ax.legend()
    return figure


def interval_bands(table: pd.DataFrame, *, x: str, y: str, by: str | None = None) -> Figure:
    """Draw a mean over seeds against a parameter, with the band of its 95 % interval.

    Parameters
    ----------
    table
        Rows of :func:`aelib.sweep`, at least two for each point.
    x, y
        Columns: the parameter, a number, and the result.
    by
        Column with one line for each of its values.
    """
    figure, ax = plt.subplots()
    for label, rows in table.groupby(by, sort=False) if by else [(None, table)]:
        points = {value: interval(part[y]) for value, part in rows.groupby(x)}
        places = list(points)
        [line] = ax.plot(
            places, [point.mean for point in points.values()], marker="o", markersize=4, label=label
        )
        low, high = zip(*((point.low, point.high) for point in points.values()), strict=True)
        ax.fill_between(places, low, high, color=line.get_color(), alpha=0.25, linewidth=0)
    ax.set(xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))
    ax.grid(alpha=0.3)
    if by:
        ax.legend(title=by.replace("_", " "))
    return figure


def seed_distributions(
    numbers: Mapping[str, tuple[Sequence[float], float]], *, mark: str
) -> Figure:
    """Draw numbers over seeds: every seed a dot, the mean with its interval, and a mark to compare.

    Parameters
    ----------
    numbers
        Name of each number, with its unit, to its values ``(n,)``, one for each seed, and the
        value to compare them with.
    mark
        What that value is, such as the answer key's.
    """
    size = (6.4, 1.1 * len(numbers))
    figure, axes = plt.subplots(len(numbers), figsize=size, squeeze=False, layout="constrained")
    for ax, (name, (values, other)) in zip(axes.flat, numbers.items(), strict=True):
        mean = interval(values)
        ax.plot(values, np.zeros(len(values)), "o", alpha=0.4, label="one seed")
        ax.errorbar(
            mean.mean, 0.5, xerr=[[mean.mean - mean.low], [mean.high - mean.mean]], fmt="s",
            capsize=4, label="mean, 95% interval",
        )  # fmt: skip
        ax.axvline(other, color="black", linestyle="--", label=mark)
        ax.set(xlabel=f"{name} ({mean.n} seeds)", ylim=(-0.5, 1), yticks=[])
        ax.spines["left"].set_visible(False)
    axes[0, 0].legend(fontsize=9, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def _rows_size(rows: int, columns: int) -> tuple[float, float]:
    """Return width and height in inches for labelled rows of square images."""
    width = 6.4
    return width, rows * (width - 0.9) / columns + 0.1


def _show(ax: Axes, pixels: np.ndarray) -> None:
    """Draw gray pixels, 0 black and 1 white, whatever range these images happen to have."""
    ax.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.axis("off")


def _label_row(ax: Axes, label: str) -> None:
    """Write a label at the left of a row of images."""
    ax.axis("off")
    ax.text(-0.01, 0.5, label, transform=ax.transAxes, ha="right", va="center")
