"""Where compression helps: the change of the population risk over rate and signal, and the boundary tau^2 = v."""

from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.figure import Figure, Row, Table, columns
from linreg_compress.gallery.meanings import BLACK, CHANGE_COLORS
from linreg_compress.gallery.models import model_with_signal
from linreg_compress.gallery.style import is_column, label, note, panels

FEATURES = 50
SAMPLES = (60, 100, 500)  # n / d = 1.2, 2, 10
LEVELS = (2, 3, 4, 8, 16)
_BITS = np.linspace(0.0, 4.0, 33)
_RATIOS = 2.0 ** np.linspace(-3.0, 3.0, 37)  # tau^2 / v; one of them is 1
_QUANTIZED_RATIOS = (1 / 6, 0.5, 1.0, 1.4, 4.0)
_STEPS = (1, 2, 5, 10, 20, 50, 100, 1000)  # of the colours, in percent
_COLORED = [*(-step for step in reversed(_STEPS)), 0, *_STEPS]
_LINES = [-20, -5, -1, 1, 5, 20, 100]


def compute(quick: bool, seed: int) -> list[Row]:
    """Return the map, the quantizers and their boundaries; all are exact, so neither argument matters."""
    rows: list[Row] = []
    for n in SAMPLES:
        base = _risk(lc.LinearModel(n, FEATURES))
        for ratio in _RATIOS:
            model = model_with_signal(n, FEATURES, float(ratio))
            found = lc.compressed_risk.blind_channel_risks(
                n, FEATURES, 1.0, bits_per_weight=_BITS, signal_variance=model.signal_variance
            )
            changes = found.population_risk_change / base
            rows += [_row(n, "gaussian", bits, ratio, change) for bits, change in zip(_BITS, changes, strict=True)]
        for levels in LEVELS:
            for ratio in _QUANTIZED_RATIOS:
                model, quantizer = _quantized(n, levels, ratio)
                bits = _bits(model, quantizer)
                rows.append(_row(n, f"lloyd-max {levels}", bits, ratio, _change(n, levels, ratio)))
            ratio = _boundary(n, levels)
            rows.append(_row(n, "lloyd-max boundary", _bits(*_quantized(n, levels, ratio)), ratio, 0.0))
    return rows


def _row(n: int, code: str, bits: float, ratio: float, change: float) -> Row:
    return {
        "samples_over_features": n / FEATURES,
        "code": code,
        "bits_per_weight": float(bits),
        "signal_variance_over_v": float(ratio),
        "relative_change": float(change),
    }


def _risk(model: lc.LinearModel) -> float:
    return float(lc.expected_risks(model).population_risk)


def _quantized(n: int, levels: int, ratio: float) -> tuple[lc.LinearModel, lc.CellQuantizer]:
    model = model_with_signal(n, FEATURES, ratio)
    return model, lc.lloyd_max(lc.source_for(model), levels)


def _bits(model: lc.LinearModel, quantizer: lc.CellQuantizer) -> float:
    return float(lc.bits_per_weight_from_nats(lc.compressed_risk.scalar_quantizer_entropy(model, quantizer), FEATURES))


def _change(n: int, levels: int, ratio: float) -> float:
    model, quantizer = _quantized(n, levels, ratio)
    return float(lc.risks(model, quantizer).population_risk_change) / _risk(model)


def _boundary(n: int, levels: int) -> float:
    """Signal, over v, at which a Lloyd-Max quantizer changes nothing on average."""
    from scipy.optimize import brentq

    return float(brentq(lambda ratio: _change(n, levels, ratio), 0.25, 4.0, xtol=1e-13, rtol=1e-13))


def gaussian_boundary(rows: list[Row]) -> bool:
    """The Gaussian channel helps exactly where tau^2 < v.

    On the boundary the change is zero at every rate.
    """
    table = columns(rows, code="gaussian")
    ratio, change = table["signal_variance_over_v"], table["relative_change"]
    on, side = ratio == 1, np.sign(ratio - 1)
    return bool(on.any() and np.all(np.abs(change[on]) < 1e-12) and np.all(np.sign(change[~on]) == side[~on]))


def fades_with_the_rate(rows: list[Row]) -> bool:
    """Every further bit makes the change smaller."""
    verdicts = []
    for n in SAMPLES:
        table = columns(rows, code="gaussian", samples_over_features=n / FEATURES)
        signals = table["signal_variance_over_v"].reshape(-1, len(_BITS))
        sizes = np.abs(table["relative_change"]).reshape(signals.shape)
        verdicts += [np.all(signals == signals[:, :1]), np.all(np.diff(sizes[signals[:, 0] != 1]) < 0)]
    return bool(np.all(verdicts))


def quantizers_help_up_to_v(rows: list[Row]) -> bool:
    """Lloyd-Max quantizers help where tau^2 <= v and hurt at 4 v."""
    verdicts = []
    for levels in LEVELS:
        table = columns(rows, code=f"lloyd-max {levels}")
        ratio, change = table["signal_variance_over_v"], table["relative_change"]
        verdicts += [np.all(change[ratio <= 1] < 0), np.all(change[ratio == 4] > 0), np.sum(ratio <= 1) == 9]
    return bool(np.all(verdicts))


def quantizers_cross_later(rows: list[Row]) -> bool:
    """They cross over above v, later with more levels: within 1.5 % at n = 10 d, 7 to 77 % above at n = 1.2 d."""
    near, _, far = (
        columns(rows, code="lloyd-max boundary", samples_over_features=n / FEATURES)["signal_variance_over_v"]
        for n in SAMPLES
    )
    growing = all(bool(np.all(np.diff(each) > 0)) for each in (near, far))
    return bool(
        growing
        and np.all(far > 1)
        and np.all(far < 1.015)
        and np.all(near > 1.07)
        and np.all(near < 1.77)
        and near[-1] > 1.7
    )


def more_at_stake_near_the_threshold(rows: list[Row]) -> bool:
    """The relative change is larger where n is nearer to d."""
    near, middle, far = (
        np.abs(columns(rows, code="gaussian", samples_over_features=n / FEATURES)["relative_change"]) for n in SAMPLES
    )
    off = columns(rows, code="gaussian", samples_over_features=SAMPLES[0] / FEATURES)["signal_variance_over_v"] != 1
    return bool(np.all(near[off] > middle[off]) and np.all(middle[off] > far[off]))


def draw(rows: list[Row], size: str) -> Any:
    """Draw the map, a panel for each n / d."""
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    canvas, axes = panels(size, 1, len(SAMPLES), heights=(3.75, 7.0))
    colors = LinearSegmentedColormap.from_list("change", CHANGE_COLORS)
    look: dict[str, Any] = {"cmap": colors, "norm": BoundaryNorm(_COLORED, colors.N)}
    drawn = None
    for ax, n in zip(axes[0], SAMPLES, strict=True):
        own = [row for row in rows if row["samples_over_features"] == n / FEATURES]
        drawn = _draw_map(ax, columns(own, code="gaussian"), look)
        ax.axhline(1, color=BLACK, lw=1.6)
        ax.set(title=f"n = {n / FEATURES:g} d", yscale="log", xlim=(0, 4), ylim=(1 / 8, 8), xlabel="bits per weight")
        ax.set(
            yticks=[0.125, 0.25, 0.5, 1, 2, 4, 8], yticklabels=["1/8", "1/4", "1/2", "1", "2", "4", "8"], xticks=range(5)
        )
        ax.minorticks_off()
        _draw_quantizers(ax, own, look)
    first, *others = axes[0]
    narrow = is_column(first)
    first.set_ylabel("signal over noise of a weight,\nτ² / v")
    if narrow:
        for ax in others:
            ax.set_ylabel("τ² / v")
    bar = canvas.colorbar(
        drawn, ax=list(axes[0]), location="bottom" if narrow else "right", ticks=[-50, -20, -5, -1, 1, 5, 20, 100]
    )
    bar.set_label("change of the population risk\n(% of least squares)")
    bar.ax.minorticks_off()
    reached = 100 * columns(rows, code="gaussian")["relative_change"]
    (bar.ax.set_xlim if narrow else bar.ax.set_ylim)(float(reached.min()), float(reached.max()))
    (bar.ax.xaxis if narrow else bar.ax.yaxis).set_major_formatter(lambda value, _: f"{value:+g}")
    note(
        canvas,
        "d = 50, σ² = 1, v = σ² / (n - d - 1); thick line: τ² = v; triangles: Lloyd-Max quantizers of 2 to 16 levels, "
        "pointing down where the risk falls; squares: where they change nothing",
    )
    return canvas


def _draw_map(ax: Any, table: Table, look: dict[str, Any]) -> Any:
    """Draw the change in percent over rate and signal; return it for the colour bar."""
    shape = (len(np.unique(table["signal_variance_over_v"])), -1)
    x, y, change = (table[name].reshape(shape) for name in ("bits_per_weight", "signal_variance_over_v", "relative_change"))
    drawn = ax.contourf(x, y, 100 * change, levels=_COLORED, **look)
    ax.contour(x, y, 100 * change, levels=_LINES, colors=BLACK, linewidths=0.6)
    _name_lines(ax, x[0], y[:, 0], 100 * change)
    return drawn


def _draw_quantizers(ax: Any, rows: list[Row], look: dict[str, Any]) -> None:
    """Draw each quantizer off the boundary tau^2 = v, and the line where it changes nothing."""
    tables = [columns(rows, code=f"lloyd-max {levels}") for levels in LEVELS]
    bits, ratio, change = (
        np.concatenate([table[name][table["signal_variance_over_v"] != 1] for table in tables])
        for name in ("bits_per_weight", "signal_variance_over_v", "relative_change")
    )
    for marker, chosen in (("v", change < 0), ("^", change > 0)):
        at, color = (bits[chosen], ratio[chosen]), 100 * change[chosen]
        ax.scatter(*at, s=22, c=color, marker=marker, edgecolors=BLACK, lw=0.8, zorder=4, **look)
    edge = columns(rows, code="lloyd-max boundary")
    ax.plot(edge["bits_per_weight"], edge["signal_variance_over_v"], "s:", color=BLACK, mfc="white", lw=1, ms=3, zorder=3)


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


FIGURE = Figure(
    name="phase",
    title="Compression helps where the signal is below its noise.",
    alt=(
        "Maps of the change of the error on new data over bits per weight and strength of the signal, for three "
        "numbers of samples: green below the line where the signal equals its noise, amber above it, paler with "
        "every bit."
    ),
    claim=(
        "The Gaussian channel lowers the population risk at every rate where tau^2 < v and raises it at every rate where "
        "tau^2 > v, more the nearer n is to d and less with every bit, and Lloyd-Max quantizers, which also clip "
        "outliers, help up to a boundary a little above: within 1.5 % of v at n = 10 d, but 1.07 to 1.77 v at n = 1.2 d."
    ),
    reading=(
        "Colour and thin lines say by how many percent of least squares' population risk the Gaussian channel changes "
        "it: green and dashed lines are a gain, amber and full lines a loss. The thick line is the boundary tau^2 = v. "
        "Triangles are real Lloyd-Max quantizers of 2 to 16 levels, at the entropy of their indices, in the colour of "
        "their own exact change; they point down where the risk falls. The line with squares is where each of them "
        "changes nothing."
    ),
    formula=(
        r"\frac{\mathbb{E}\left[L_\mu(\hat W) - L_\mu(W)\right]}{\mathbb{E}\, L_\mu(W)} = "
        r"\frac{\delta\, d \left(\tau^2 - v\right)}{\sigma^2 + d v}, \qquad \delta = 4^{-b}"
    ),
    derivations=(
        "compression-criterion",
        "interpolation-theorem",
        "expected-population-risk",
        "truncated-gaussian-moments",
    ),
    parameters={
        "features": FEATURES,
        "samples": list(SAMPLES),
        "noise_variance": 1.0,
        "codec": "blind",
        "lloyd_max_levels": list(LEVELS),
    },
    compute=compute,
    checks=(
        gaussian_boundary,
        fades_with_the_rate,
        quantizers_help_up_to_v,
        quantizers_cross_later,
        more_at_stake_near_the_threshold,
    ),
    draw=draw,
)
