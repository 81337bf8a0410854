"""Draw the curve of `advise`: change of the error on new rows against bits per weight."""

from pathlib import Path
from typing import Any

from linreg_compress.gallery.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, house_style

SIZE = (7.2, 3.7)  # inches
_LOOKS = {
    "lloyd-max": (BLUE, "-", "o"),
    "uniform": (SKY, "--", "s"),
    "gptq": (VERMILLION, "-", "D"),
    "kmeans": (GREEN, "-.", "^"),
    "hessian-kmeans": (PURPLE, ":", "v"),
    "diameter-kmeans": (ORANGE, "--", "P"),
}
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
    """Draw predictions on the left, and prediction and check of the same fits on the right; `data` as for `save_curve`."""
    unit = data["excess_risk"] / 100
    names = list(dict.fromkeys(point["quantizer"] for point in data["curve"]))
    shown = [name for name in names if name != "hessian-kmeans" or "kmeans" not in names or not _same(data)]
    for place, name in enumerate(shown):
        points = [p for p in data["curve"] if p["quantizer"] == name and not p["lossless"]]
        shift = 0.09 * (place - (len(shown) - 1) / 2)
        bits = [p["bits_per_weight"] + shift for p in points]
        color, line, marker = _LOOKS[name]
        low, high = ([p["predicted_interval"][side] / unit for p in points] for side in (0, 1))
        axes[0].plot(bits, [p["predicted_change"] / unit for p in points], line, color=color, marker=marker, label=name)
        axes[0].vlines(bits, low, high, color=color, lw=1)
        low, high = ([p["measured_interval"][side] / unit for p in points] for side in (0, 1))
        axes[1].plot(bits, [p["predicted_change_at_check"] / unit for p in points], line, color=color)
        axes[1].plot(bits, [p["measured_change"] / unit for p in points], marker, color=color, mfc="white")
        axes[1].vlines(bits, low, high, color=color, lw=1)
    chosen = data["recommended"]
    if chosen is not None:
        bits, name = chosen["bits_per_weight"], chosen["quantizer"]
        label = f"recommended: {bits} bit{'s' * (bits > 1)}, {name}"
        place = shown.index(name if name in shown else "kmeans")
        spot = bits + 0.09 * (place - (len(shown) - 1) / 2), chosen["predicted_change"] / unit
        axes[0].plot(*spot, "o", ms=11, mfc="none", mec="black", label=label)
    ticks = sorted({p["bits_per_weight"] for p in data["curve"]})
    for ax in axes:
        ax.axhline(0, color=GREY, lw=0.8)
        ax.set_yscale("symlog", linthresh=1, linscale=0.7)
        ax.yaxis.set_major_formatter(lambda x, _: f"{x:+g}" if x else "0")
        ax.set_xlabel("bits per weight (bars: 90 % intervals)")
        ax.set_xticks(ticks)
    axes[0].axhline(100 * data["tolerance"], color=GREY, lw=0.8, ls=":")
    axes[0].annotate(
        "tolerance", (0, 100 * data["tolerance"]), (2, 2), xycoords=("axes fraction", "data"), textcoords="offset points",
        color=GREY, fontsize=6.5,
    )  # fmt: skip
    axes[0].set_ylabel("change of the error on new rows\n(% of the excess risk; above 0 is worse)")
    axes[0].set_title(f"{data['source']}: predicted")
    axes[1].set_title("check: lines predicted, markers measured")
    axes[0].figure.legend(loc="outside lower center", ncols=6)


def _same(data: dict[str, Any]) -> bool:
    by_name = {
        name: [p["predicted_change"] for p in data["curve"] if p["quantizer"] == name]
        for name in ("kmeans", "hessian-kmeans")
    }
    return by_name["kmeans"] == by_name["hessian-kmeans"]
