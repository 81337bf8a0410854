"""Draw the bounds over the truth, and the advice of the bound on the population risk."""

from typing import Any

from linreg_compress.gallery.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
    is_column,
    label,
    small_text,
)

Table = dict[str, Any]

_LOOKS: dict[str, tuple[str, str, Any]] = {  # name in the legend, colour, line style
    "sub-gaussian": ("sub-Gaussian (the paper's)", VERMILLION, (0, (3, 2))),
    "chi-square": ("chi-square", ORANGE, "-."),
    "donsker-varadhan": ("Donsker-Varadhan", BLUE, "-"),
    "donsker-varadhan-random-design": ("Donsker-Varadhan", BLUE, "-"),
    "donsker-varadhan-centred": ("Donsker-Varadhan, centred", PURPLE, (0, (1, 1))),
    "individual-sample": ("individual-sample", GREEN, (0, (6, 1.5, 1, 1.5, 1, 1.5))),
    "trivial": ("trivial", GREY, (0, (9, 2))),
}
_ROOM = (0.75, 300.0)


def draw_bounds(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of six matplotlib Axes
    data : dict
        ``ratios``: list of dict with ``title`` and ``curves``, bound to columns ``bits_per_weight`` and ``ratio``;
        ``title`` of the last panel; ``promises``: signal to columns ``bits_per_weight``, ``value`` (the bound) and
        ``truth``; ``advised``: signal to the same columns at the advised rate.
    """
    handles: dict[str, Any] = {}
    for ax, panel in zip(axes, data["ratios"], strict=False):
        ax.set(title=panel["title"], xscale="log", yscale="log", xlim=(0.02, 8), ylim=_ROOM)
        ax.set(xticks=[0.1, 1], xticklabels=["0.1", "1"], yticks=[1, 10, 100], yticklabels=["1", "10", "100"])
        if "donsker-varadhan-centred" in panel["curves"]:  # a quantizer has no rate below one bit
            ax.set(xlim=(0.9, 8.8), xticks=[1, 2, 4, 8], xticklabels=["1", "2", "4", "8"])
            ax.minorticks_off()
        ax.axhline(1, color=BLACK, lw=0.8)
        for bound, curve in panel["curves"].items():
            name, color, style = _LOOKS[bound]
            (line,) = ax.plot(curve["bits_per_weight"], curve["ratio"], ls=style, color=color, label=name)
            handles.setdefault(name, line)
        ax.set_xlabel("bits per weight")
        ax.set_ylabel("bound / truth (no unit)")
    handles["rate advised by the bound"] = _draw_advice(axes[-1], data)
    if not is_column(axes[0]):
        for ax in (*axes[1:3], axes[4]):
            ax.set_ylabel("")
    axes[0].figure.legend(
        handles=list(handles.values()),
        loc="outside lower center",
        ncols=1 if is_column(axes[0]) else 3,
        fontsize=small_text(),
    )


def _draw_advice(ax: Any, data: Table) -> Any:
    """Draw the last panel; return a star for the legend."""
    from matplotlib.lines import Line2D

    star: dict[str, Any] = {"ls": "none", "marker": "*", "ms": 3 * small_text() / 2, "clip_on": False}
    styles = {"v / 4": (BLUE, (0, (1, 1)), "-."), "10 v": (VERMILLION, "-", "--")}
    ax.set(title=data["title"], xlim=(0, 6), ylim=(0.9, 2.4), xlabel="bits per weight")
    ax.set_ylabel("population risk\n(units of y, squared)")
    for signal, curve in data["promises"].items():
        color, truth, bound = styles[signal]
        ax.plot(curve["bits_per_weight"], curve["truth"], ls=truth, color=color, label=f"truth, {signal}")
        ax.plot(curve["bits_per_weight"], curve["value"], ls=bound, color=color, label=f"bound, {signal}")
        advised = data["advised"][signal]
        ax.plot(advised["bits_per_weight"], advised["truth"], color=color, **star)
    label(ax, "bound, 10 v", (0.6, 2.3), (0, 0), VERMILLION)
    label(ax, "bound, v / 4", (6, data["promises"]["v / 4"]["value"][-1]), (0, -1.8), BLUE, ha="right")
    label(ax, "truth", (6, data["promises"]["10 v"]["truth"][-1]), (0, 0.9), GREY, ha="right")
    return Line2D([], [], color=GREY, label="rate advised by the bound", **star)
