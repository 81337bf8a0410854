"""Draw the individual-sample bound over the truth against the leverage, above the laws of the leverage."""

from typing import Any

import numpy as np

from linreg_compress.gallery.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    SKY,
    VERMILLION,
    is_column,
    label,
    note,
    points,
    small_text,
)

Table = dict[str, Any]

_STYLES = ((BLACK, "-", "o"), (VERMILLION, "--", "s"), (BLUE, "-.", "^"), (PURPLE, ":", "D"))
_FOOT, _TOP = 0.2, 0.8  # of the hills, on the scale of the ratio: below 1 no bound can be


def draw_individual_sample(ax: Any, data: Table) -> None:
    """Draw the figure.

    Parameters
    ----------
    ax : matplotlib Axes
    data : dict
        ``curves`` and ``simulated``, tables by code, and ``laws``, tables by design.
    """
    ax.set(xscale="log", yscale="log", xlim=(0.001, 1.15), ylim=(_FOOT, 130))
    ax.set_xticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    ax.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.minorticks_off()
    ax.set(xlabel="leverage of the sample (a share, 0 to 1)", ylabel="bound over error (ratio)")
    ax.axhspan(1, 1.1, color=GREEN, alpha=0.25, lw=0)
    ax.axhline(1, ls=":", color=GREY, lw=1)
    label(ax, "within a tenth of the truth", (0.00115, 1.05), (0, 0.8), GREEN)
    for (code, table), (color, style, marker) in zip(data["curves"].items(), _STYLES, strict=True):
        ax.plot(table["leverage"], table["bound_over_error"], ls=style, color=color, label=code)
        _name_curve(ax, code, table, color)
        if code in data["simulated"]:
            found = data["simulated"][code]
            points(ax, found["leverage"], found, "bound_over_error", color, marker)
    for design, table in data["laws"].items():
        _draw_hill(ax, design, table)
    note(
        ax.figure,
        "hills: where the leverages of Gaussian designs are (Beta law, scaled to one height); "
        "markers: simulation of single samples, bars: its 95 % intervals",
    )


def _name_curve(ax: Any, code: str, table: Table, color: str) -> None:
    """Write the code along its curve, which falls like the inverse root of the leverage there."""
    below = code == "least squares"
    x = {"0.25 bit": 0.0055, "least squares": 0.004}.get(code, 0.0016)
    y = float(np.exp(np.interp(np.log(x), np.log(table["leverage"]), np.log(table["bound_over_error"]))))
    ax.text(
        x,
        y / 1.1 if below else y * 1.06,
        f"{code} a weight" if code == "0.05 bit" else code,
        color=color,
        fontsize=small_text(),
        rotation=float(np.degrees(np.arctan2(-y / 2, x))),
        transform_rotates_text=True,
        rotation_mode="anchor",
        va="top" if below else "bottom",
    )


def _draw_hill(ax: Any, design: str, table: Table) -> None:
    height = table["density_per_decade"] / table["density_per_decade"].max()
    ax.fill_between(table["leverage"], _FOOT, _FOOT * (_TOP / _FOOT) ** height, color=SKY, alpha=0.5, lw=0)
    peak = int(np.argmax(height))
    narrow = is_column(ax)
    text = design.replace(", ", "\n") if narrow else design
    at = (float(table["leverage"][peak]), _FOOT)
    label(ax, text, at, (0, 1.2 if narrow else 0.9), BLACK, ha="center", path_effects=[])
