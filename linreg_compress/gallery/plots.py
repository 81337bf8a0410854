"""Curves for a reader's own axes: one call a quantity, for any model, in the reader's own style.

Nothing here reads or sets ``matplotlib.rcParams``: colours and line styles are arguments of the curves, sizes of text are
the reader's. Each function returns the axes that it was given, or those of a new figure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.bounds.clipping import clipped_sub_gaussian_bound
from linreg_compress.bounds.information import blind_channel_information
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.errors import InvalidInputError
from linreg_compress.gallery.meanings import BOUND, CODES, EMPIRICAL, GENERALIZATION, POPULATION
from linreg_compress.gallery.models import aware_code, blind_code
from linreg_compress.least_squares.risk import expected_risks
from linreg_compress.model import LinearModel

_BITS = np.linspace(0.02, 4.0, 81)


@takes(model=LinearModel)
def plot_risks(model: LinearModel, ax: Any = None, *, bits: ArrayLike | None = None) -> Any:
    """Draw the population and the empirical risk after the Gaussian code against its rate; dotted, those before it.

    Parameters
    ----------
    model : LinearModel
        Sigma = I, n >= d + 2.
    ax : matplotlib Axes, optional
        Where to draw; by default on axes of a new figure.
    bits : array_like, optional
        Rates in bits a weight; 0.02 to 4 by default.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_risks(LinearModel(60, 20, signal_variance=0.01), Figure().subplots())
    >>> [line.get_label() for line in ax.get_lines()][::2]
    ['population risk', 'empirical risk']
    """
    ax, rates = drawable(ax), _rates(bits)
    _, coded = _coded(model, rates)
    before = expected_risks(model)
    for name, (color, style) in (("population_risk", POPULATION), ("empirical_risk", EMPIRICAL)):
        ax.plot(rates, [float(getattr(one, name)) for one in coded], ls=style, color=color, label=name.replace("_", " "))
        ax.axhline(float(getattr(before, name)), ls=":", color=color, label=f"{name.replace('_', ' ')} before")
    ax.set(xlabel="bits per weight", ylabel="risk (units of y, squared)")
    return ax


@takes(model=LinearModel)
def plot_generalization_error(model: LinearModel, ax: Any = None, *, bits: ArrayLike | None = None) -> Any:
    """Draw the generalization error after the Gaussian code against its rate, and the paper's bound on it.

    Parameters
    ----------
    model, ax, bits
        As for `plot_risks`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_generalization_error(LinearModel(60, 20), Figure().subplots(), bits=[1.0, 2.0])
    >>> error, bound = (line.get_ydata() for line in ax.get_lines())
    >>> bool((error < bound).all())
    True
    """
    ax, rates = drawable(ax), _rates(bits)
    codes, coded = _coded(model, rates)
    bounds = [clipped_sub_gaussian_bound(model, code, blind_channel_information(model, code)).value for code in codes]
    errors = [float(one.generalization_error) for one in coded]
    ax.plot(rates, errors, ls=GENERALIZATION[1], color=GENERALIZATION[0], label="generalization error")
    ax.plot(rates, bounds, ls=BOUND[1], color=BOUND[0], label="the paper's bound")
    ax.set(xlabel="bits per weight", ylabel="generalization error (units of y, squared)", yscale="log")
    return ax


@takes(model=LinearModel)
def plot_distortion_rate(model: LinearModel, ax: Any = None, *, bits: ArrayLike | None = None) -> Any:
    """Draw the distortion-rate function of the linear model, and the Gaussian code that does not see the inputs.

    Parameters
    ----------
    model, ax, bits
        As for `plot_risks`; the true weights are fixed.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_distortion_rate(LinearModel(60, 20), Figure().subplots(), bits=[1.0, 2.0])
    >>> limit, blind = (line.get_ydata() for line in ax.get_lines())
    >>> round(float(limit[0] / limit[1]), 9), bool((limit < blind).all())
    (4.0, True)
    """
    ax, rates = drawable(ax), _rates(bits)
    limits = [float(risks(model, aware_code(model, rate)).distortion) for rate in rates.tolist()]
    aware, blind = CODES["gaussian-aware"], CODES["gaussian-blind"]
    ax.plot(rates, limits, ls=aware[1], color=aware[0], label="D(R)")
    _, coded = _coded(model, rates)
    ax.plot(rates, [float(one.distortion) for one in coded], ls=blind[1], color=blind[0], label="Gaussian, without inputs")
    ax.set(xlabel="bits per weight", ylabel="rise of the empirical risk (units of y, squared)", yscale="log")
    return ax


def _rates(bits: ArrayLike | None) -> FloatArray:
    return _BITS if bits is None else np.atleast_1d(valid.positive("bits", bits)).ravel()


def _coded(model: LinearModel, bits: FloatArray) -> tuple[list[BlindGaussianChannel], list[CompressedRisks]]:
    codes = [blind_code(model, rate) for rate in bits.tolist()]
    return codes, [risks(model, code) for code in codes]


def drawable(ax: Any) -> Any:
    """Return `ax` if something can be drawn on it; for None, axes of a new figure."""
    if ax is None:
        import matplotlib.pyplot as plt

        return plt.subplots()[1]
    if not callable(getattr(ax, "plot", None)):
        raise InvalidInputError("ax", "must be matplotlib Axes", valid.shown(ax), "Make them by plt.subplots().")
    return ax
