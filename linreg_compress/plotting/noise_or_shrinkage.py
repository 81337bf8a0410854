"""Draw the change of the population risk by the two parts of the Gaussian code, and by the code."""

from typing import Any

import numpy as np

from linreg_compress.gallery.style import BLUE, GREEN, GREY, PURPLE, VERMILLION, is_column, label, note, points

Table = dict[str, Any]

_STYLES = {"noise": (PURPLE, "-.", "s"), "shrinkage": (BLUE, "--", "^"), "channel": (VERMILLION, "-", "o")}


def draw_noise_or_shrinkage(axes: Any, data: list[Table]) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of matplotlib Axes
        One a signal.
    data : list of dict
        A ``title``, and the columns of each part in ``exact`` and ``monte_carlo``.
    """
    narrow = is_column(axes[0])
    for number, (ax, panel) in enumerate(zip(axes, data, strict=True)):
        _draw_panel(ax, panel)
        ax.set(title=panel["title"], xlim=(0, 4), xticks=range(5))
        if narrow or number == 0:
            ax.set_ylabel("change of population risk\n(units of y, squared)")
        ax.set_xlabel("bits per weight")
    for ax in axes[:2]:  # the same scale where it can be
        ax.set_ylim(-1.9, 0.75)
    axes[2].set_ylim(-1.2, 5.6)
    note(
        axes[0].figure,
        "dotted: least squares before compression; markers: simulation from raw data, bars: its 95 % intervals",
    )


def _draw_panel(ax: Any, panel: Table) -> None:
    exact, found = panel["exact"], panel["monte_carlo"]
    bits, both = exact["channel"]["bits_per_weight"], exact["channel"]["population_risk_change"]
    ax.axhline(0, ls=":", color=GREY, lw=1)
    ax.fill_between(bits, both, 0, where=both < 0, color=GREEN, alpha=0.25, lw=0)
    for part, (color, style, marker) in _STYLES.items():
        ax.plot(bits, exact[part]["population_risk_change"], ls=style, color=color, label=part)
        points(ax, found[part]["bits_per_weight"], found[part], "population_risk_change", color, marker)
    _name_curves(ax, panel)


def _name_curves(ax: Any, panel: Table) -> None:
    exact = {part: table["population_risk_change"] for part, table in panel["exact"].items()}
    bits = panel["exact"]["channel"]["bits_per_weight"]

    def at(part: str, place: float) -> tuple[float, float]:
        return place, float(np.interp(place, bits, exact[part]))

    helps = bool(np.any(exact["channel"] < 0))
    label(ax, "noise", at("noise", 1.25), (0.4, 0.6), PURPLE)
    label(ax, "shrinking", at("shrinkage", 1.2), (0.4, -0.9), BLUE)
    if helps:
        label(ax, "code", at("channel", 0.8), (-0.5, 0.1), VERMILLION, ha="right")
        label(ax, "helps", (0.0, 0.0), (0.4, -0.8), GREEN)
    else:
        label(ax, "code", at("channel", 0.3), (0.7, 0.4), VERMILLION)
        label(ax, "hurts at every rate", (4, float(exact["channel"].max())), (0, 0), GREY, ha="right")
