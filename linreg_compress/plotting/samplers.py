"""Draw the samplers: seconds to a given standard error, by method and size."""

from typing import Any

from linreg_compress.gallery.style import STYLES, is_column, label, note

Table = dict[str, Any]

_APART = {"shared": 0.4, "data": -0.4}  # in text heights
_MARKERS = "sDo^v"
_TIMES = {0.001: "1 ms", 0.03: "30 ms", 1.0: "1 s", 60.0: "1 min", 3600.0: "1 h", 86400.0: "1 day"}


def draw_samplers(ax: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    ax : matplotlib Axes
    data : dict
        ``sizes``: names of the sizes; ``names``: method to what it does; ``seconds``: method to an array, one a size.
    """
    places = list(range(len(data["sizes"])))
    for (method, seconds), (color, style), marker in zip(data["seconds"].items(), STYLES, _MARKERS, strict=False):
        ax.plot(places, seconds, ls=style, color=color, marker=marker, label=data["names"][method])
        if not is_column(ax):
            label(ax, data["names"][method], (places[-1], float(seconds[-1])), (1, _APART.get(method, 0)), color)
    ax.set(yscale="log", xticks=places, xticklabels=data["sizes"], xlim=(-0.3, places[-1] + 0.3))
    ax.set_yticks(list(_TIMES), list(_TIMES.values()))
    ax.minorticks_off()
    ax.set_xlabel("size of the problem (no unit)")
    ax.set_ylabel("processor time (as marked)")
    if is_column(ax):
        ax.figure.legend(loc="outside lower center")
    else:
        note(
            ax.figure,
            "processor time until the standard error of the change of the population risk is a thousandth of it, 1 bit "
            "per weight",
        )
