"""Draw the headline: risks, generalization error and its bound against bits per weight."""

from typing import Any

import numpy as np

from linreg_compress.plotting.style import BLUE, GREEN, GREY, VERMILLION

Table = dict[str, Any]

SIZE = (7.2, 4.7)  # inches: the width of two columns


def draw_headline(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : ndarray of matplotlib Axes, shape (2, k)
        A column a panel: risks above, generalization error and bound below.
    data : dict
        ``panels``: list of dict with ``title``, ``exact`` (columns by name) and ``monte_carlo`` (columns by name).
    """
    for column, panel in enumerate(data["panels"]):
        _draw_risks(axes[0, column], panel)
        _draw_errors(axes[1, column], panel)
        axes[0, column].set_title(panel["title"])
        axes[1, column].set_xlabel("bits per weight")
    tallest = max(float(np.max(panel["exact"]["population_risk"])) for panel in data["panels"][:2])
    for column, panel in enumerate(data["panels"]):
        top = max(tallest, float(np.max(panel["exact"]["population_risk"])))
        axes[0, column].set_ylim(0, 1.12 * top)
        axes[1, column].set_ylim(0.02, 300)
        for row in (0, 1):
            axes[row, column].set_xlim(0, float(np.max(panel["exact"]["bits_per_weight"])))
    axes[0, 0].figure.supxlabel(
        "dotted: least squares before compression;  circles: simulation from raw data, bars: its 95 % intervals",
        fontsize=7,
    )
    axes[0, 0].set_ylabel("risk (squared units of y)")
    axes[1, 0].set_ylabel("population minus empirical risk\n(squared units of y, log scale)")


def _draw_risks(ax: Any, panel: Table) -> None:
    exact, found = panel["exact"], panel["monte_carlo"]
    bits = exact["bits_per_weight"]
    level = exact["least_squares_population_risk"]
    ax.fill_between(
        bits, exact["population_risk"], level, where=exact["population_risk"] < level, color=GREEN, alpha=0.25, lw=0
    )
    for name, color, style in (("population_risk", VERMILLION, "-"), ("empirical_risk", BLUE, "--")):
        ax.plot(bits, exact[name], style, color=color)
        ax.plot(bits, exact[f"least_squares_{name}"], ":", color=color, lw=1)
        _points(ax, found, name, color)
    end = float(bits[-1])
    helps = bool(np.any(exact["population_risk"] < level))
    below = (0, -11) if helps else (0, 7)
    _label(ax, "population risk", (end, exact["population_risk"][-1]), below, VERMILLION)
    _label(ax, "empirical risk", (end, exact["empirical_risk"][-1]), (0, 6), BLUE)
    if helps:
        _label(ax, "compression\nhelps", (0.12, 0.96 * float(level[0])), (0, -8), GREEN, "left")
    else:
        _label(ax, "compression hurts\nat every rate", (end, 0.8 * float(np.max(exact["population_risk"]))), (0, 0), GREY)


def _draw_errors(ax: Any, panel: Table) -> None:
    exact, found = panel["exact"], panel["monte_carlo"]
    bits = exact["bits_per_weight"]
    ax.set_yscale("log")
    positive = exact["generalization_error"] > 0
    ax.plot(bits[positive], exact["sub_gaussian_bound"][positive], "-.", color=GREY)
    ax.plot(bits[positive], exact["generalization_error"][positive], "-", color=BLUE)
    ax.plot(bits, exact["least_squares_generalization_error"], ":", color=BLUE, lw=1)
    _points(ax, found, "generalization_error", BLUE)
    end = float(bits[-1])
    _label(ax, "mutual-information bound", (end, exact["sub_gaussian_bound"][-1]), (0, 5), GREY)
    _label(ax, "generalization error", (end, exact["generalization_error"][-1]), (0, -12), BLUE)


def _label(ax: Any, text: str, point: tuple[float, float], offset: tuple[int, int], color: str, ha: str = "right") -> None:
    ax.annotate(text, point, offset, textcoords="offset points", ha=ha, color=color, fontsize=7)


def _points(ax: Any, found: Table, name: str, color: str) -> None:
    low, high = found[f"{name}_low"], found[f"{name}_high"]
    middle = found[name]
    ax.errorbar(
        found["bits_per_weight"],
        middle,
        yerr=[middle - low, high - middle],
        fmt="o",
        color=color,
        mfc="white",
        capsize=2,
        lw=1,
    )
