"""Draw rate against distortion and against population risk for every compressor."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np

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

_COLORS = (BLACK, VERMILLION, BLUE, GREEN, PURPLE, ORANGE)  # of the families
_LINES = ("-", "--", ":")  # of the members
_MARKERS = {
    "gaussian-blind": "",
    "gaussian-aware": "",
    "round-to-nearest": "o",
    "dithered": "s",
    "entropy-constrained": "D",
    "uniform": "^",
    "lloyd-max": "v",
    "sign": "*",
    "successive-natural": "<",
    "successive-activation": ">",
    "successive-natural on lloyd-max": "P",
    "kmeans": "X",
    "hessian-kmeans": "h",
    "diameter-kmeans": "d",
    "magnitude-pruning": "+",
    "optimal-brain-surgeon": "x",
}
_NAMES = {
    "gaussian-blind": "Gaussian code: D(R)",
    "gaussian-aware": "the same, knows X",
    "successive-natural": "successive (GPTQ)",
    "successive-activation": "successive, by scale",
    "successive-natural on lloyd-max": "successive, Lloyd-Max",
    "lloyd-max": "Lloyd-Max",
    "kmeans": "k-means",
    "hessian-kmeans": "Hessian k-means",
    "diameter-kmeans": "diameter k-means",
    "optimal-brain-surgeon": "brain surgeon",
}


def draw_compressors(axes: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    axes : sequence of four matplotlib Axes
        Distortion, gap to D(R), population risk for the weak and for the strong signal.
    data : dict
        ``families``: names of compressors by family; ``limit``: columns of the limits; ``tables``: by design and
        compressor; ``lattice_gap``: bits.
    """
    distortion, gap, weak, strong = axes
    limit, tables = data["limit"], data["tables"]
    distortion.plot(limit["rate_bits"], limit["lattice_line"], "--", color=GREY, lw=1)
    distortion.plot(limit["rate_bits"], limit["distortion_rate"], "-", color=BLACK, lw=1)
    gap.axhline(data["lattice_gap"], ls="--", color=GREY, lw=1)
    gap.axhline(0, ls="-", color=BLACK, lw=1)
    _draw_all(distortion, data["families"], tables["weak"], "normalized_distortion")
    handles = _draw_all(gap, data["families"], tables["weak"], "gap_to_rate_distortion_bits")
    for design, ax in (("weak", weak), ("strong", strong)):
        base = float(tables[design]["gaussian-blind"]["least_squares_population_risk"][0])
        ax.axhline(base, ls=":", color=GREY, lw=1)
        _draw_all(ax, data["families"], tables[design], "population_risk")
        ax.set_ylabel("population risk\n(units of y, squared)")
        label(ax, "hurts", (6.3, base), (0, 1), GREY, ha="right")
        label(ax, "helps", (4.9, base), (0, -0.9), GREEN, ha="center")
    distortion.set(yscale="log", ylim=(2e-4, 1.6), ylabel="distortion\n(share of the variance)")
    distortion.set_yticks([1, 0.1, 0.01, 0.001], ["1", "0.1", "0.01", "0.001"])
    distortion.minorticks_off()
    gap.set_yscale("function", functions=(_signed_root, _signed_square))
    gap.set(ylim=(-0.02, 6.5), ylabel="rate less R(D)\n(bits per weight)")
    gap.set_yticks([0, 0.25, 1, 2, 4], ["0", "0.25", "1", "2", "4"])
    weak.set_ylim(1.3, 4.2)
    strong.set_ylim(1.8, 9)
    label(distortion, "D(R)", (4.6, 4.0**-4.6), (-0.6, -0.8), BLACK, ha="right")
    label(gap, "D(R)", (6.3, 0), (0, 0.8), BLACK, ha="right")
    label(gap, "grey: 0.2546 bit", (3.2, 0.08), (0, 0), GREY, ha="center")
    label(gap, "pruning", (3.0, 4.2), (0, 0), ORANGE, ha="center")
    label(gap, "levels from the weights", (6.3, 1.25), (0, 0), PURPLE, ha="right")
    titles = ("distortion, weak signal", "distance from D(R), weak signal", "weak signal, v / 4", "strong signal, 4 v")
    for ax, title in zip(axes, titles, strict=True):
        ax.set(xlim=(0, 6.4), xticks=range(7), xlabel="rate (bits per weight)", title=title)
    narrow = is_column(distortion)
    words = "dotted: least squares; bars: 95 % intervals of simulated compressors, mostly within the marks"
    distortion.figure.legend(
        handles=handles,
        title="\n".join(textwrap.wrap(words, 60)) if narrow else words,
        title_fontsize=small_text(),
        loc="outside lower center",
        ncols=2 if narrow else 4,
        handlelength=2.2,
        columnspacing=1.0,
        handletextpad=0.5,
    )


def _signed_root(y: Any) -> Any:
    return np.sign(y) * np.sqrt(np.abs(y))


def _signed_square(y: Any) -> Any:
    return np.sign(y) * np.square(y)


def _draw_all(ax: Any, families: Mapping[str, tuple[str, ...]], tables: dict[str, Table], name: str) -> list[Any]:
    handles = []
    for color, members in zip(_COLORS, families.values(), strict=True):
        for compressor, style in zip(members, _LINES, strict=False):
            table = tables[compressor]
            order = np.argsort(table["rate_bits"])
            lines = ax.plot(
                table["rate_bits"][order],
                table[name][order],
                marker=_MARKERS[compressor],
                ls=style,
                color=color,
                mfc="white",
                ms=3.5,
                lw=1.0,
                mew=0.8,
                label=_NAMES.get(compressor, compressor.replace("-", " ")),
            )
            handles += lines
            if f"{name}_low" in table:
                middle = table[name][order]
                sides = [middle - table[f"{name}_low"][order], table[f"{name}_high"][order] - middle]
                ax.errorbar(table["rate_bits"][order], middle, yerr=sides, fmt="none", color=color, lw=0.8, capsize=1.5)
    return handles
