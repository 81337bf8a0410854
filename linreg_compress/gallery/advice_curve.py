"""The picture that `linreg-compress advise --plot` draws of its record: change of the error against bits per weight."""

from pathlib import Path
from typing import Any

import numpy as np

from linreg_compress._validation import counted
from linreg_compress.gallery.meanings import CODES, GREY, VERMILLION, Marked
from linreg_compress.gallery.style import house_style

SIZE = (7.2, 3.7)  # inches
_STRAIGHT = 2.0  # percent, up to which a straight axis shows every change
_ROWS, _LETTERS = 15, 42  # for so many numbers there is room beside an axis, and for so many letters of them below
_LOOKS: dict[str, Marked] = {**CODES, "uniform": (VERMILLION, "--", "p")}
_METADATA: dict[str, dict[str, Any]] = {
    ".svg": {"metadata": {"Date": None, "Creator": None}},
    ".pdf": {"metadata": {"CreationDate": None, "Producer": None, "Creator": None}},
    ".png": {"metadata": {"Software": None}, "dpi": 200},
}


def save_curve(data: dict[str, Any], path: Path) -> None:
    """Draw the record of an `Advice`, with ``source`` for the title, into a file; its suffix says which kind."""
    from matplotlib.figure import Figure

    with house_style():
        canvas = Figure(figsize=SIZE, layout="constrained")
        draw_advice(canvas.subplots(1, 2, sharey=True), data)
        canvas.savefig(path, **_METADATA[path.suffix.lower()])


def draw_advice(axes: Any, data: dict[str, Any]) -> None:
    """Draw the measured changes (left), and measurement beside theory (right); `data` as for `save_curve`."""
    shown = [point for point in data["curve"] if not point["lossless"]]
    bent = any(abs(end) > _STRAIGHT for p in shown for end in (*p["percent_interval"], p["predicted_percent"]))
    if bent:
        for scale in (axes[0].set_yscale, axes[1].set_yscale, axes[1].set_xscale):
            scale("symlog", linthresh=1, linscale=0.7, subs=range(2, 10))
    note = ";\nstraight up to 1 %, logarithmic beyond" if bent else ""
    changes: dict[str, list[float]] = {}
    for point in data["curve"]:
        changes.setdefault(point["quantizer"], []).append(point["measured_change"])
    names = [name for name in changes if name != "hessian-kmeans" or changes[name] != changes.get("kmeans")]
    for place, name in enumerate(names):
        points = [p for p in shown if p["quantizer"] == name]
        bits = [p["bits_per_weight"] + 0.09 * (place - (len(names) - 1) / 2) for p in points]
        color, line, marker = _LOOKS[name]
        low, high = ([p["percent_interval"][side] for p in points] for side in (0, 1))
        measured, predicted = ([p[key] for p in points] for key in ("measured_percent", "predicted_percent"))
        axes[0].plot(bits, measured, ls=line, color=color, marker=marker, label=name)
        axes[0].vlines(bits, low, high, color=color, lw=1)
        axes[1].plot(predicted, measured, marker, color=color, mfc="white")
    chosen = data["recommended"]
    if chosen is not None:
        bits, name = chosen["bits_per_weight"], chosen["quantizer"]
        label = f"recommended: {counted(bits, 'bit')}, {name}"
        spot = bits + 0.09 * (names.index(name) - (len(names) - 1) / 2), chosen["measured_percent"]
        axes[0].plot(*spot, "o", ms=11, mfc="none", mec="black", label=label)
    for ax in axes:
        ax.axhline(0, color=GREY, lw=0.8)
    axes[0].set_xlabel("bits per weight (bars: one standard error)")
    axes[0].set_xticks(sorted({p["bits_per_weight"] for p in data["curve"]}))
    axes[0].axhline(100 * data["tolerance"], color=GREY, lw=0.8, ls=":")
    axes[0].annotate(
        "tolerance", (0, 100 * data["tolerance"]), (2, 2), xycoords=("axes fraction", "data"), textcoords="offset points",
        color=GREY, fontsize=6.5,
    )  # fmt: skip
    axes[0].set_ylabel(f"measured change of the error on new rows\n(% of it; above 0 is worse{note})")
    ends = axes[0].get_ylim()
    axes[1].plot(ends, ends, color=GREY, lw=0.8, ls="--")
    axes[1].set_xlabel(f"what theory says (%{note})")
    for axis, room, letters in ((axes[0].yaxis, _ROWS, False), (axes[1].xaxis, _LETTERS, True)):
        if bent:
            low, high = axis.get_view_interval()
            axis.set_ticks(round_changes(low, high, room, letters=letters))
        axis.set_major_formatter(_signed)
    axes[0].set_title(f"{data['source']}: measured")
    axes[1].set_title("measured against theory")
    axes[0].figure.legend(loc="outside lower center", ncols=4)


def round_changes(low: float, high: float, room: int, *, letters: bool = False) -> list[float]:
    """Return ticks at 0 and round changes between two ends, as close as there is room for so many numbers or letters."""
    powers = range(int(np.log10(max(-low, high, 1))) + 1)
    ticks = [0.0]
    for steps, every in (((1, 2, 5), 1), ((1, 3), 1), *(((1,), every) for every in range(1, len(powers) + 1))):
        sizes = [0.5] * (every == 1) + [step * 10.0**power for power in powers[::every] for step in steps]
        ticks = sorted([0.0, *(sign * size for size in sizes for sign in (-1, 1) if low <= sign * size <= high)])
        if sum(len(_signed(one)) + 1 if letters else 1 for one in ticks) <= room:
            break
    return ticks


def _signed(value: float, _: int = 0) -> str:
    return f"{value:+g}".replace("e+0", "e").replace("e+", "e") if value else "0"
