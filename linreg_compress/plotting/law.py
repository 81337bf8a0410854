"""Draw the laws of the population risk before and after compression, and the probability of a gain."""

from typing import Any

import numpy as np

from linreg_compress.gallery.style import BLUE, GREY, STYLES, VERMILLION, is_column, label, note, points

Table = dict[str, Any]

_LOOKS = {"before": (BLUE, "--"), "after": (VERMILLION, "-")}
_PLACES = {"0.5": 0.5, "1": 0.18, "2": 0.18, "4": 0.18}  # signals at which the curves of the rates are named
_OTHER = {"before": "after", "after": "before"}


def draw_law(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : ndarray of matplotlib Axes, shape (2, 3)
        Columns: two signals with density above and distribution function below; probabilities.
    data : dict
        ``laws``: list of dict with ``title``, ``curves`` (``before`` and ``after``, columns ``risk``, ``density``,
        ``cdf``) and ``found`` (the same, with ``left``, ``right`` and intervals). ``shares``: signal to exact and
        simulated columns ``bits_per_weight`` and ``improved``. ``boundary``: rate to columns ``signal_variance`` and
        ``improved``.
    """
    for column, panel in enumerate(data["laws"]):
        _draw_density(axes[0, column], panel)
        _draw_cdf(axes[1, column], panel)
    _draw_shares(axes[0, 2], data["shares"])
    _draw_boundary(axes[1, 2], data["boundary"])
    for ax in axes[:, :2].ravel():
        ax.set_xlabel("population risk\n(units of y, squared)")
    if not is_column(axes[0, 0]):
        for ax in axes[:, 1]:
            ax.set_ylabel("")
        for ax in axes[0, :2]:
            ax.set_xlabel("")
    note(
        axes[0, 0].figure,
        "laws before and after 1 bit per weight; bars and circles: simulation from raw data, with its 95 % intervals",
    )


def _draw_density(ax: Any, panel: Table) -> None:
    ax.set(title=panel["title"], ylabel="density\n(per unit of risk)")
    for when, (color, style) in _LOOKS.items():
        curve, found = panel["curves"][when], panel["found"][when]
        ax.stairs(found["density"], [*found["left"], found["right"][-1]], fill=True, color=color, alpha=0.2, lw=0)
        points(ax, (found["left"] + found["right"]) / 2, found, "density", color, marker="", capsize=0)
        ax.plot(curve["risk"], curve["density"], ls=style, color=color, label=when)
        if _peak(panel, when) < _peak(panel, _OTHER[when]):
            at, side = _peak(panel, when), {"ha": "center"}
        else:
            at, side = int(np.searchsorted(curve["cdf"], 0.8)), {"ha": "left"}
        label(ax, when, (float(curve["risk"][at]), float(curve["density"][at])), (0.4, 0.7), color, **side)
    ax.set_xlim(float(curve["risk"][0]), float(curve["risk"][-1]))
    ax.set_ylim(0, 1.2 * max(float(np.max(each["density"])) for each in panel["curves"].values()))


def _peak(panel: Table, when: str) -> int:
    return int(np.argmax(panel["curves"][when]["density"]))


def _draw_cdf(ax: Any, panel: Table) -> None:
    ax.set(ylabel="P(risk below)\n(no unit)", ylim=(0, 1.05))
    for when, (color, style) in _LOOKS.items():
        curve, found = panel["curves"][when], panel["found"][when]
        points(ax, found["right"][::2], {name: values[::2] for name, values in found.items()}, "cdf", color)
        ax.plot(curve["risk"], curve["cdf"], ls=style, color=color, label=when)
    ax.set_xlim(float(curve["risk"][0]), float(curve["risk"][-1]))


def _draw_shares(ax: Any, shares: Table) -> None:
    ax.set(title="by signal", xlabel="bits per weight", ylabel="P(a fit gains)\n(no unit)")
    ax.set(xlim=(0, 4.1), ylim=(0, 1.05), xticks=range(5))
    ax.axhline(0.5, color=GREY, lw=0.8)
    places = {"v / 4": (1.1, 0.9), "v": (0.3, 0.36), "4 v": (2.4, 0.07)}
    for (signal, (exact, found)), (color, style) in zip(shares.items(), STYLES, strict=False):
        ax.plot(exact["bits_per_weight"], exact["improved"], ls=style, color=color, label=signal)
        points(ax, found["bits_per_weight"], found, "improved", color)
        label(ax, signal, places[signal], (0, 0), color)


def _draw_boundary(ax: Any, boundary: Table) -> None:
    ax.set(xscale="log", xlim=(1 / 8, 8), ylim=(0, 1.05), xlabel="tau² / v (no unit)")
    ax.set(
        title="by bits per weight", ylabel="P(a fit gains)\n(no unit)", xticks=[0.125, 1, 8], xticklabels=["1/8", "1", "8"]
    )
    ax.minorticks_off()
    ax.axhline(0.5, color=GREY, lw=0.8)
    ax.axvline(1, color=GREY, lw=0.8)
    for (bits, curve), (color, style) in zip(boundary.items(), STYLES, strict=False):
        ax.plot(curve["signal_variance"], curve["improved"], ls=style, color=color, label=bits)
        place = _PLACES[bits]
        label(
            ax,
            bits,
            (place, float(np.interp(place, curve["signal_variance"], curve["improved"]))),
            (0, 0),
            color,
            ha="center",
        )
