"""The map of gain and loss, and the law of the risk, for a reader's own model, axes and style; see `gallery.plots`."""

from typing import Any, cast

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.laws import compressed_population_risk_law
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.gallery.meanings import CHANGE_COLORS, HELPS_WORDS, HURTS_WORDS
from linreg_compress.gallery.plots import drawable
from linreg_compress.least_squares.risk import least_squares_risks, population_risk_law
from linreg_compress.model import LinearModel

_MOST_BITS = 4.0
_STEPS = (1, 2, 5, 10, 20, 50, 100, 1000)  # percent
_LEVELS = (*(-step for step in reversed(_STEPS)), 0, *_STEPS)  # as many losses as gains: no change is white


def plot_phase(samples: int, features: int, ax: Any = None, *, noise_variance: float = 1.0) -> Any:
    """Draw where the design-blind Gaussian code lowers the population risk, over bits per weight and signal over noise.

    Parameters
    ----------
    samples, features : int
        n and d, with n > d + 1.
    ax : matplotlib Axes, optional
        Where to draw; by default on axes of a new figure.
    noise_variance : float, default 1
        sigma^2. The picture does not depend on it.

    Returns
    -------
    matplotlib Axes
        Lines and colours are the change in percent of the risk of least squares. The colours are the last of its
        collections.

    Raises
    ------
    UnsupportedModelError
        If there are too few samples for a finite risk.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_phase(60, 20, Figure().subplots()).get_title()
    'n = 60, d = 20'
    """
    model = LinearModel(samples, features, noise_variance)
    valid.require_finite_weights("the map", model.samples, model.features)
    rates, ratios = np.linspace(0.0, _MOST_BITS, 65), 2.0 ** np.linspace(-3.0, 3.0, 49)
    found = blind_channel_risks(
        model.samples,
        model.features,
        model.noise_variance,
        bits_per_weight=rates[None, :],
        signal_variance=ratios[:, None] * model.weight_variance,
    )
    before = least_squares_risks(model.samples, model.features, model.noise_variance).population_risk
    ax = drawable(ax)
    percent = 100 * found.population_risk_change / before
    lines = ax.contour(rates, ratios, percent, levels=_LEVELS, colors="black", linewidths=0.4)
    ax.contourf(rates, ratios, percent, levels=_LEVELS, cmap=_colors(), norm=_norm())
    ax.axhline(1.0, color="black", linewidth=1.5)
    ax.set(yscale="log", xlabel="bits per weight", ylabel="signal over noise, τ² / v")
    ax.set_yticks(2.0 ** np.arange(-3, 4), ["1/8", "1/4", "1/2", "1", "2", "4", "8"])
    ax.minorticks_off()
    for label in ax.clabel(lines, [level for level in lines.levels if level], fmt="%+g %%", fontsize="small"):
        x, y = ax.transAxes.inverted().transform(ax.transData.transform(label.get_position()))
        if not (0.06 < x < 0.94 and 0.06 < y < 0.94):  # the frame would cut it
            label.remove()
    for height, word, color in ((0.53, "hurts", HURTS_WORDS), (0.47, "helps", HELPS_WORDS)):
        side = "bottom" if height > 0.5 else "top"
        ax.text(0.97, height, word, color=color, ha="right", va=side, transform=ax.transAxes)
    ax.set_title(f"n = {model.samples}, d = {model.features}")
    return ax


@takes(model=LinearModel, channel=Channel)
def plot_law(model: LinearModel, channel: Channel | None = None, ax: Any = None) -> Any:
    """Draw the density of the population risk before and after a code, over the draw of the training data.

    Parameters
    ----------
    model : LinearModel
        With Sigma = I.
    channel : Channel, optional
        A code whose law is known; by default the design-blind Gaussian code of one bit a weight.
    ax : matplotlib Axes, optional
        Where to draw; by default on axes of a new figure.

    Returns
    -------
    matplotlib Axes
        With curves named "least squares" and by the channel's name.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_law(LinearModel(60, 20), ax=Figure().subplots())
    >>> [line.get_label() for line in ax.lines]
    ['least squares', 'gaussian-blind']
    """
    code = BlindGaussianChannel.for_model(model, bits_per_weight=1.0) if channel is None else channel
    laws = {
        "least squares": population_risk_law(model),
        code.name: compressed_population_risk_law(model, cast("Any", code)),
    }
    ax = drawable(ax)
    for name, law in laws.items():
        low, high = law.ppf([0.001, 0.995])
        at = np.linspace(low, high, 200)
        ax.plot(at, law.pdf(at), label=name)
    ax.set(xlabel="population risk of one fit (units of y, squared)", ylabel="probability density", title=_setting(model))
    return ax


def _colors() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("change", CHANGE_COLORS)


def _norm() -> Any:
    from matplotlib.colors import BoundaryNorm

    return BoundaryNorm(_LEVELS, 256)


def _setting(model: LinearModel) -> str:
    return f"n = {model.samples}, d = {model.features}, σ² = {model.noise_variance:g}, τ² = {model.signal_variance:g}"
