"""Draw the clustering of least-squares weights against its diameter penalty."""

from typing import Any

import numpy as np

from linreg_compress.gallery.style import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILLION, label, note, points

Table = dict[str, Any]

_CURVES = {  # colour, line style, name, and where the name ends: penalty, offset from the curve in text heights
    "empirical_risk_change": (BLUE, "--", "empirical risk", 40.0, 1.0),
    "generalization_error_change": (PURPLE, "-.", "generalization error", 25.0, -1.0),
    "population_risk_change": (VERMILLION, "-", "population risk", 1200.0, 1.4),
}
_NONE = 0.03  # where no penalty is drawn on the logarithmic axis


def draw_diameter(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of four matplotlib Axes
        Centres, changes for the weak and the strong signal, excess of the local search.
    data : dict
        ``centers``: tables by method, of one data set; ``optimum`` and ``local search``: tables by signal.
    """
    _draw_centers(axes[0], data["centers"])
    for ax, signal, title in zip(axes[1:3], ("weak", "strong"), ("weak signal, v / 4", "strong signal, 2 v"), strict=True):
        _draw_changes(ax, data["optimum"][signal], data["local search"][signal])
        ax.set_title(title)
    _draw_excess(axes[3], data["local search"])
    for ax in axes:
        ax.set(xscale="log", xlim=(0.022, 1400), xlabel="diameter penalty (beta)")
        ax.set_xticks([_NONE, 0.1, 1, 10, 100, 1000], ["0", "0.1", "1", "10", "100", "1000"])
        ax.minorticks_off()
    note(
        axes[0].figure,
        "lines, circles: certified optimum; crosses: local search, same data; bands, bars: 95 % intervals",
    )


def _place(table: Table) -> Any:
    return np.maximum(table["diameter_penalty"], _NONE)


def _draw_centers(ax: Any, centers: dict[str, Table]) -> None:
    optimum, local = centers["optimum"], centers["local search"]
    ax.plot(_place(optimum), optimum["center"], "o", color=VERMILLION, mfc="white")
    ax.plot(_place(local), local["center"], "x", color=BLACK)
    ax.set_title("centres, one data set")
    ax.set_ylabel("centre\n(units of y)")


def _draw_changes(ax: Any, optimum: Table, local: Table) -> None:
    ax.axhline(0, ls=":", color=GREY, lw=1)
    x = _place(optimum)
    change = optimum["population_risk_change"]
    ax.fill_between(x, change, 0, where=change <= 0, color=GREEN, alpha=0.2, lw=0, interpolate=True)
    for name, (color, style, text, end, above) in _CURVES.items():
        ax.fill_between(x, optimum[f"{name}_low"], optimum[f"{name}_high"], color=color, alpha=0.3, lw=0)
        ax.plot(x, optimum[name], ls=style, color=color, label=text)
        ax.plot(_place(local), local[name], "x", color=color)
        point = (end, float(np.interp(np.log(end), np.log(x), optimum[name])))
        if name == "population_risk_change" and change[-1] > 0:
            label(ax, text, (end, 0.0), (0, -0.8), color, ha="right")
        else:
            label(ax, text, point, (0, above), color, ha="right")
    ax.set_ylabel("change from k-means\n(units of y, squared)")


def _draw_excess(ax: Any, local: dict[str, Table]) -> None:
    for signal, color, marker, style in (("weak", BLUE, "s", "--"), ("strong", VERMILLION, "o", "-")):
        table = {name: 100 * values for name, values in local[signal].items() if name.startswith("objective_excess")}
        x = _place(local[signal])
        ax.plot(x, table["objective_excess"], ls=style, color=color, label=signal)
        points(ax, x, table, "objective_excess", color, marker)
    label(
        ax,
        "strong signal",
        (0.1, float(np.interp(0.1, local["strong"]["diameter_penalty"], 100 * local["strong"]["objective_excess"]))),
        (0.8, 0.8),
        VERMILLION,
    )
    label(ax, "weak signal", (_NONE, 0), (0.2, 0.9), BLUE)
    ax.set_title("local search")
    ax.set_ylabel("objective above\nthe optimum (%)")
