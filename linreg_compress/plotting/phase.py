"""Draw the phase map: change of the population risk over bits per weight and signal over noise of a weight."""

from typing import Any

import numpy as np

from linreg_compress.gallery.style import BLACK, BLUE, VERMILLION, is_column, label, note

Table = dict[str, Any]

_STEPS = [1, 2, 5, 10, 20, 50, 100, 1000]  # percent
_LEVELS = [*(-step for step in reversed(_STEPS)), 0, *_STEPS]
_LINES = [-20, -5, -1, 1, 5, 20, 100]


def draw_phase(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of matplotlib Axes
    data : dict
        ``panels``: list of dict with ``title``; ``map``, matrices ``bits_per_weight``, ``signal_variance_over_v`` and
        ``relative_change``; ``quantizers`` and ``boundary``, columns of the same names.
    """
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("change", [BLUE, "#FFFFFF", VERMILLION])
    norm = BoundaryNorm(_LEVELS, colors.N)
    drawn = None
    for ax, panel in zip(axes, data["panels"], strict=True):
        x, y = panel["map"]["bits_per_weight"], panel["map"]["signal_variance_over_v"]
        percent = 100 * panel["map"]["relative_change"]
        drawn = ax.contourf(x, y, percent, levels=_LEVELS, cmap=colors, norm=norm)
        ax.contour(x, y, percent, levels=_LINES, colors=BLACK, linewidths=0.6)
        _name_lines(ax, x[0], y[:, 0], percent)
        ax.axhline(1, color=BLACK, lw=1.6)
        ax.set(title=panel["title"], yscale="log", xlim=(0, 4), ylim=(1 / 8, 8), xlabel="bits per weight")
        ax.set(
            yticks=[0.125, 0.25, 0.5, 1, 2, 4, 8], yticklabels=["1/8", "1/4", "1/2", "1", "2", "4", "8"], xticks=range(5)
        )
        ax.minorticks_off()
        found = {
            name: values[panel["quantizers"]["signal_variance_over_v"] != 1] for name, values in panel["quantizers"].items()
        }
        change = 100 * found["relative_change"]
        for marker, chosen in (("v", change < 0), ("^", change > 0)):
            at = found["bits_per_weight"][chosen], found["signal_variance_over_v"][chosen]
            ax.scatter(
                *at, s=22, c=change[chosen], marker=marker, cmap=colors, norm=norm, edgecolors=BLACK, lw=0.8, zorder=4
            )
        edge = panel["boundary"]
        ax.plot(
            edge["bits_per_weight"], edge["signal_variance_over_v"], "s:", color=BLACK, mfc="white", lw=1, ms=3, zorder=3
        )
    axes[0].set_ylabel("signal over noise of a weight,\ntau² / v (no unit)")
    if is_column(axes[0]):
        for ax in axes[1:]:
            ax.set_ylabel("tau² / v (no unit)")
    bar = axes[0].figure.colorbar(
        drawn, ax=list(axes), location="bottom" if is_column(axes[0]) else "right", ticks=[-100, -20, -5, -1, 1, 5, 20, 100]
    )
    bar.set_label("change of the population risk\n(% of least squares)")
    bar.ax.minorticks_off()
    (bar.ax.xaxis if is_column(axes[0]) else bar.ax.yaxis).set_major_formatter(lambda value, _: f"{value:+g}")
    note(
        axes[0].figure,
        "thick line: tau² = v; triangles: Lloyd-Max quantizers, pointing down where the risk falls; squares: where they "
        "change nothing",
    )


def _name_lines(ax: Any, bits: Any, ratios: Any, percent: Any) -> None:
    """Write the levels beside their lines: gains along a row of the map, losses along a column."""
    row = percent[np.argmin(np.abs(ratios - 0.25))]
    for level in (-20, -5, -1):
        if row[0] < level:
            label(ax, f"{level:+g}", (float(np.interp(level, row, bits)), 0.25), (0, 0), BLACK, ha="center")
    for level, places in ((5, (2.375, 0.5)), (20, (0.5,)), (100, (0.5,))):
        for place in places:
            column = percent[:, np.argmin(np.abs(bits - place))]
            if column[-1] > 1.2 * level:
                at = 2 ** float(np.interp(level, column, np.log2(ratios)))
                label(ax, f"{level:+g}", (place, at), (0, 0), BLACK, ha="center")
                break
