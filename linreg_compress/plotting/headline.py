"""Draw the headline: risks, generalization error and its bound against bits per weight."""

from typing import Any

import numpy as np

from linreg_compress.gallery.style import BLUE, GREEN, GREY, VERMILLION, is_column, label, note, points

Table = dict[str, Any]


def draw_headline(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : ndarray of matplotlib Axes, shape (2, k)
        A column a panel: risks above, generalization error and bound below.
    data : dict
        ``panels``: list of dict with ``title``, ``exact`` (columns by name) and ``monte_carlo`` (columns by name).
    """
    narrow = is_column(axes[0, 0])
    tallest = max(float(np.max(panel["exact"]["population_risk"])) for panel in data["panels"][:2])
    for column, panel in enumerate(data["panels"]):
        upper, lower = axes[:, column]
        top = max(tallest, float(np.max(panel["exact"]["population_risk"])))
        upper.set(title=panel["title"], xlim=(0, 4), ylim=(0, 1.25 * top), xticks=range(5))
        lower.set(yscale="log", xlim=(0, 4), ylim=(0.02, 400), xticks=range(5), yticks=[0.1, 1, 10, 100])
        lower.minorticks_off()
        _draw_risks(upper, panel, top)
        _draw_errors(lower, panel)
        lower.set_xlabel("bits per weight")
        if narrow or column == 0:
            upper.set_ylabel("risk\n(units of y, squared)")
            lower.set_ylabel("generalization error\n(units of y, squared)")
        if narrow:
            upper.set_xlabel("bits per weight")
    note(
        axes[0, 0].figure,
        "dotted: least squares before compression; circles: simulation from raw data, bars: its 95 % intervals",
    )


def _draw_risks(ax: Any, panel: Table, top: float) -> None:
    exact, found = panel["exact"], panel["monte_carlo"]
    bits = exact["bits_per_weight"]
    level = exact["least_squares_population_risk"]
    ax.fill_between(
        bits, exact["population_risk"], level, where=exact["population_risk"] < level, color=GREEN, alpha=0.25, lw=0
    )
    for name, color, style in (("population_risk", VERMILLION, "-"), ("empirical_risk", BLUE, "--")):
        ax.plot(bits, exact[name], ls=style, color=color, label=name)
        ax.plot(bits, exact[f"least_squares_{name}"], ":", color=color, lw=1)
        points(ax, found["bits_per_weight"], found, name, color)
    after = float(exact["population_risk"][-1])
    if np.any(exact["population_risk"] < level):
        label(ax, "compression helps", (0.1, float(level[0])), (0, 0.9), GREEN)
        label(ax, "population", (4, after), (0, -1.2), VERMILLION, ha="right")
    else:
        label(ax, "compression hurts", (4, 1.15 * top), (0, 0), GREY, ha="right")
        label(ax, "population", (4, after), (0, 1.1), VERMILLION, ha="right")
    label(ax, "empirical", (4, float(exact["empirical_risk"][-1])), (0, 1.0), BLUE, ha="right")


def _draw_errors(ax: Any, panel: Table) -> None:
    exact, found = panel["exact"], panel["monte_carlo"]
    bits = exact["bits_per_weight"]
    positive = exact["generalization_error"] > 0
    ax.plot(bits[positive], exact["sub_gaussian_bound"][positive], "-.", color=GREY, label="bound")
    ax.plot(bits[positive], exact["generalization_error"][positive], "-", color=BLUE, label="generalization error")
    ax.plot(bits, exact["least_squares_generalization_error"], ":", color=BLUE, lw=1)
    points(ax, found["bits_per_weight"], found, "generalization_error", BLUE)
    label(ax, "information bound", (4, exact["sub_gaussian_bound"][-1]), (0, 0.9), GREY, ha="right")
    label(ax, "exact", (4, exact["generalization_error"][-1]), (0, -1.2), BLUE, ha="right")
