"""Draw the risks against n / d through the interpolation threshold."""

from typing import Any

from linreg_compress.gallery.style import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILLION, label, note, points

Table = dict[str, Any]

_STYLES = ((BLACK, "-", "o"), (BLUE, "--", "s"), (VERMILLION, "-.", "^"), (PURPLE, ":", "D"))


def draw_double_descent(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of two matplotlib Axes
        Population risk, empirical risk.
    data : dict
        ``exact`` and ``monte_carlo``, tables by fit, and ``boundary``, the n / d up to which a code helps.
    """
    for ax, name in zip(axes, ("population_risk", "empirical_risk"), strict=True):
        ax.axvspan(0, 1, color=GREY, alpha=0.1, lw=0)
        for (fit, table), (color, style, marker) in zip(data["exact"].items(), _STYLES, strict=True):
            _draw_curve(ax, table, name, ls=style, color=color, label=fit)
            found = data["monte_carlo"][fit]
            points(ax, found["samples_per_feature"], found, name, color, marker)
        ax.set(xlim=(0, 4), xticks=range(5), xlabel="samples per feature (n / d)")
        ax.set_ylabel(name.replace("_", " ") + "\n(units of y, squared)")
    upper, lower = axes
    upper.set(yscale="log", ylim=(1, 24))
    upper.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    upper.minorticks_off()
    lower.set(ylim=(-0.1, 4), yticks=range(5))
    upper.axvspan(1.04, data["boundary"], color=GREEN, alpha=0.2, lw=0)
    label(upper, "codes\nhelp", (float(data["boundary"]), 20), (-0.3, 0), GREEN, ha="right", va="top")
    label(upper, "codes hurt", (float(data["boundary"]), 20), (0.5, 0), GREY, va="top")
    label(upper, "n < d:\nleast\nnorm,\nno code", (0.06, 20), (0, 0), GREY, va="top")
    label(lower, "n < d:\nexact fit,\nno code", (0.06, 3.6), (0, 0), GREY, va="top")
    # the curves end close to each other: their names are set a little wider
    for (fit, table), (color, _, _), spread in zip(data["exact"].items(), _STYLES, (-0.45, -0.1, 0.1, 0.35), strict=True):
        for ax, name in ((upper, "population_risk"), (lower, "empirical_risk")):
            text = fit.replace(" ", "\n") if fit == "least squares" else fit
            end = (float(table["samples_per_feature"][-1]), float(table[name][-1]))
            label(ax, text, end, (0.3, spread - 0.3 * ("\n" in text)), color)
    note(upper.figure, "markers: simulation from raw data, bars: its 95 % intervals")


def _draw_curve(ax: Any, table: Table, name: str, **options: Any) -> None:
    """Draw both branches of a curve; at n = d and next to it the population risk is infinite."""
    x, y = table["samples_per_feature"], table[name]
    for branch in (x < 1, x > 1):
        if branch.any():
            ax.plot(x[branch], y[branch], **options)
