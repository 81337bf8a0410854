"""Draw the trade-off: fall of the generalization error against rise of the empirical risk."""

from typing import Any

from linreg_compress.gallery.style import BLACK, GREEN, GREY, STYLES, label, note

Table = dict[str, Any]

_WIDE, _HIGH = 6.0, 2.8


def draw_tradeoff(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of matplotlib Axes
        One a panel.
    data : dict
        ``panels``: list of dict with ``title`` and ``curves``, which maps a signal's name to columns ``bits_per_weight``,
        ``rise``, ``fall`` and to ``found``, the simulated ones with their intervals.
    """
    for ax, panel in zip(axes, data["panels"], strict=True):
        ax.set(title=panel["title"], xlim=(0, _WIDE), ylim=(0, _HIGH))
        ax.fill_between([0, _HIGH], [0, _HIGH], _HIGH, color=GREEN, alpha=0.15, lw=0)
        ax.plot([0, _HIGH], [0, _HIGH], color=BLACK, lw=0.8)
        label(ax, "helps", (1.45, 0.94 * _HIGH), (0, 0), GREEN)
        label(ax, "hurts", (0.97 * _WIDE, 0.08), (0, 0.6), GREY, ha="right")
        for (signal, curve), (color, style) in zip(panel["curves"].items(), STYLES, strict=False):
            ax.plot(curve["rise"], curve["fall"], ls=style, color=color, label=signal)
            _crosses(ax, curve["found"], color)
            end = float(curve["rise"][0]), float(curve["fall"][0])
            label(ax, signal, end, (0, 0.8), color, ha="center")
        ax.set_xlabel("rise of the empirical risk\n(units of y, squared)")
        _rates(ax, panel["curves"])
    axes[0].set_ylabel("fall of the generalization error\n(units of y, squared)")
    if axes[1].get_subplotspec().colspan.start == 0:
        axes[1].set_ylabel("fall of the generalization error\n(units of y, squared)")
    note(
        axes[0].figure,
        "at the end of a curve: tau² of its signal; circles: simulation at 1/4, 1/2, 1 and 2 bits per weight, bars: its "
        "95 % intervals; on the black line rise and fall are equal",
    )


def _crosses(ax: Any, found: Table, color: str) -> None:
    """Draw simulated points with an interval in both directions."""
    x, y = found["rise"], found["fall"]
    ax.errorbar(
        x,
        y,
        xerr=[x - found["rise_low"], found["rise_high"] - x],
        yerr=[y - found["fall_low"], found["fall_high"] - y],
        fmt="o",
        ls="none",
        color=color,
        mfc="white",
        lw=0.8,
        zorder=3,
    )


def _rates(ax: Any, curves: Table) -> None:
    """Write the rates beside the points of the lowest curve."""
    found = list(curves.values())[-1]["found"]
    for bits, x, y in zip(found["bits_per_weight"], found["rise"], found["fall"], strict=True):
        label(ax, f"{bits:g} bit" + ("s" if bits > 1 else ""), (float(x), float(y)), (0.7, -0.4 if bits < 2 else 0), GREY)
