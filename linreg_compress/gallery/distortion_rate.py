"""The distortion-rate function of the linear model, real codes above it, and the best code that does not see the inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import CODES, PURPLE, SIMULATED
from linreg_compress.gallery.models import aware_code, blind_code
from linreg_compress.gallery.setting import OWN, Setting
from linreg_compress.gallery.style import label, note, panels, points, small_text

ONE_WEIGHT = 10  # samples of the model of one weight, whose best design-blind code is known
_BITS = np.linspace(0.0, 4.0, 65)
_COARSE_BITS = (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5)
_LATTICE_BITS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
_LEVELS = (2, 3, 4, 6, 8, 12, 16)
_SIMULATED_BITS = (0.5, 1.0, 2.0, 3.0)
_NAMES = {"dithered": "dithered lattice", "entropy-constrained": "entropy-constrained", "lloyd-max": "Lloyd-Max"}
_LIMIT, _BLIND = CODES["gaussian-aware"], CODES["gaussian-blind"]


def compute(quick: bool, seed: int, setting: Setting = OWN) -> list[Row]:
    """Return the curves, the codes, the simulated points, and the model of one weight."""
    model = setting.model()
    rows: list[Row] = [_row("curve", "limit", bits, _limit(model, bits), model) for bits in _BITS.tolist()]
    rows += [
        _row("curve", "gaussian-blind", bits, _distortion(model, blind_code(model, bits)), model) for bits in _BITS.tolist()
    ]
    rows += _codes("code", model)
    trials = 2_000 if quick else 5_000
    codes: dict[str, Callable[[lc.LinearModel, float], lc.Channel]] = {
        "gaussian-aware": aware_code,
        "gaussian-blind": blind_code,
    }
    channels = [code(model, bits) for code in codes.values() for bits in _SIMULATED_BITS]
    found = lc.simulate(model, channels, trials, seed=seed)
    places = [(name, bits) for name in codes for bits in _SIMULATED_BITS]
    for (name, bits), after in zip(places, found.compressed, strict=True):
        row = _row("simulated", name, bits, 0.0, model) | {"trials": trials}
        rows.append(row | estimate_columns("distortion", after.distortion))
    one = lc.LinearModel(ONE_WEIGHT, 1, setting.noise_variance)
    for bits in _COARSE_BITS:
        best = lc.design_blind_limit(ONE_WEIGHT, bits * float(np.log(2.0)), setting.noise_variance)
        row = _row("one weight", "best blind", bits, best.upper, one)
        rows.append(row | {"distortion_lower": best.lower})
        rows.append(_row("one weight", "gaussian-blind", bits, best.gaussian_channel, one))
    return rows + _codes("one weight", one)


def _row(panel: str, code: str, bits: float, distortion: float, model: lc.LinearModel) -> dict[str, float | str]:
    return {
        "panel": panel,
        "code": code,
        "bits_per_weight": bits,
        "distortion": distortion,
        "distortion_lower": distortion,
        "limit": _limit(model, bits),
        "limit_factor": model.samples / (model.samples - model.features - 1),
    }


def _limit(model: lc.LinearModel, bits: float) -> float:
    """D(R) itself: the increase of the empirical risk by the best code of all that know the inputs."""
    return float(_distortion(model, aware_code(model, bits)))


def _distortion(model: lc.LinearModel, code: lc.Channel) -> float:
    return float(lc.risks(model, code).distortion)


def _codes(panel: str, model: lc.LinearModel) -> list[Row]:
    """Real codes, each at the entropy of its codewords or, for the lattice, at its rate given the dither."""
    source = lc.source_for(model)
    rows: list[Row] = []
    for bits in _LATTICE_BITS:
        lattice = lc.DitheredUniform.for_model(model, bits_per_weight=bits)
        rows.append(_row(panel, "dithered", bits, _distortion(model, lattice), model))
    cells: list[tuple[str, lc.CellQuantizer]] = [
        ("entropy-constrained", lc.entropy_constrained(source, bits)) for bits in _LATTICE_BITS
    ]
    cells += [("lloyd-max", lc.lloyd_max(source, levels)) for levels in _LEVELS]
    for name, code in cells:
        nats = lc.compressed_risk.scalar_quantizer_entropy(model, code)
        bits = float(lc.bits_per_weight_from_nats(nats, model.features))
        rows.append(_row(panel, name, bits, _distortion(model, code), model))
    return rows


def none_is_below(rows: list[Row]) -> bool:
    """No code is below D(R) = sigma^2 (d / n) exp(-2 R / d)."""
    tables = [columns(rows, panel=panel) for panel in ("curve", "code", "one weight")]
    return all(bool(np.all(table["distortion"] >= table["limit"] * (1 - 1e-12))) for table in tables)


def a_bit_divides_by_four(rows: list[Row]) -> bool:
    """D(R) falls by the factor 4 with every bit a weight, from the empirical risk of knowing nothing at rate 0."""
    table = columns(rows, panel="curve", code="limit")
    whole = np.isin(table["bits_per_weight"], [0.0, 1.0, 2.0, 3.0, 4.0])
    distortion = table["distortion"][whole]
    return distortion.size == 5 and bool(np.allclose(distortion[:-1] / distortion[1:], 4, rtol=1e-12))


def aware_code_is_on_it(rows: list[Row]) -> bool:
    """The Gaussian code that knows the inputs is on it, by simulation from raw data."""
    table = columns(rows, panel="simulated", code="gaussian-aware")
    blind = columns(rows, panel="simulated", code="gaussian-blind")
    curve = columns(rows, panel="curve", code="gaussian-blind")
    at = np.isin(curve["bits_per_weight"], blind["bits_per_weight"])
    return agrees(table, "distortion", table["limit"]) and agrees(blind, "distortion", curve["distortion"][at])


def price_of_blindness(rows: list[Row]) -> bool:
    """Without the inputs the Gaussian code is above it, the more the higher the rate, up to the factor n / (n - d - 1)."""
    table = columns(rows, panel="curve", code="gaussian-blind")
    sent = table["bits_per_weight"] > 0
    ratio = (table["distortion"] / table["limit"])[sent]
    return bool(
        np.all(ratio > 1)
        and np.all(np.diff(ratio) > 0)
        and np.all(ratio < table["limit_factor"][sent])
        and ratio[-1] > 0.95 * table["limit_factor"][0]
    )


def best_blind_code_is_between(rows: list[Row]) -> bool:
    """For one weight and ten samples the best code without the inputs lies between the two at every rate."""
    best = columns(rows, panel="one weight", code="best blind")
    gaussian = columns(rows, panel="one weight", code="gaussian-blind")
    return bool(
        np.all(best["distortion_lower"] > 1.01 * best["limit"])
        and np.all(best["distortion"] < 0.995 * gaussian["distortion"])
        and np.all(best["distortion"] >= best["distortion_lower"])
    )


def draw(rows: list[Row], size: str, setting: Setting = OWN) -> Any:
    """Draw D(R) and the codes above it, and the same for one weight over D(R)."""
    canvas, axes = panels(size, 1, 2, heights=(3.75, 5.8))
    draw_curves(axes[0, 0], rows)
    axes[0, 0].set_title(f"n = {setting.samples}, d = {setting.features}")
    _draw_one_weight(axes[0, 1], rows)
    note(
        canvas,
        f"σ² = {setting.noise_variance:g}, codebook at the truth; circles: {SIMULATED}; solid: the limit of codes that "
        "know the inputs; dashed: the Gaussian code without them",
    )
    return canvas


def draw_curves(ax: Any, rows: list[Row]) -> None:
    """Draw the distortion-rate function and the codes on given axes."""
    limit, blind = (columns(rows, panel="curve", code=code) for code in ("limit", "gaussian-blind"))
    ax.plot(limit["bits_per_weight"], limit["distortion"], ls=_LIMIT[1], color=_LIMIT[0], lw=1.6, label="D(R)")
    at = blind["bits_per_weight"], blind["distortion"]
    ax.plot(*at, ls=_BLIND[1], color=_BLIND[0], lw=1.6, label="Gaussian, without inputs")
    for code, name in _NAMES.items():
        color, _, marker = CODES[code]
        table = columns(rows, panel="code", code=code)
        ax.plot(table["bits_per_weight"], table["distortion"], marker, color=color, mfc="white", ms=4, label=name)
    for code in ("gaussian-aware", "gaussian-blind"):
        found = columns(rows, panel="simulated", code=code)
        points(ax, found["bits_per_weight"], found, "distortion", CODES[code][0], ms=3)
    ax.set(yscale="log", xlim=(0, 4.1), xticks=range(5), xlabel="bits per weight")
    ax.set_ylabel("rise of the empirical risk\n(units of y, squared)")
    ax.legend(loc="lower left", fontsize=small_text())


def _draw_one_weight(ax: Any, rows: list[Row]) -> None:
    def ratio(code: str) -> tuple[Any, Any]:
        table: Table = columns(rows, panel="one weight", code=code)
        return table["bits_per_weight"], table["distortion"] / table["limit"]

    ax.axhline(1, color=_LIMIT[0], lw=1)
    ax.plot(*ratio("best blind"), "-.", color=PURPLE, label="best code without inputs")
    ax.plot(*ratio("gaussian-blind"), ls=_BLIND[1], color=_BLIND[0], label="Gaussian, without inputs")
    for code, name in _NAMES.items():
        color, _, marker = CODES[code]
        ax.plot(*ratio(code), marker, color=color, mfc="white", ms=4, label=name)
    label(ax, "D(R)", (4, 1), (0, 0.8), _LIMIT[0], ha="right")
    label(ax, "best code without inputs", (4, ratio("best blind")[1][-1]), (0, -1.0), PURPLE, ha="right")
    label(ax, "Gaussian, without inputs", (4, ratio("gaussian-blind")[1][-1]), (0, 1.0), _BLIND[0], ha="right")
    ax.set(xlim=(0, 4.1), xticks=range(5), ylim=(0.9, 2.2), xlabel="bits per weight")
    ax.set(title=f"n = {ONE_WEIGHT}, d = 1")
    ax.set_ylabel("rise over D(R) (ratio)")


FIGURE = Figure(
    name="distortion-rate",
    title="How much the training error must rise at a rate.",
    alt=(
        "Rise of the training error against bits per weight: the distortion-rate function, a straight line, with "
        "real codes above it; and the same over that function for one weight."
    ),
    claim=(
        "No code of R nats raises the empirical risk by less than D(R) = sigma^2 (d / n) exp(-2 R / d), which falls "
        "by the factor 4 with every bit a weight and which the Gaussian code that knows the inputs reaches; without "
        "the inputs that code is above it by up to the factor n / (n - d - 1), and for one weight even the best code "
        "is above it."
    ),
    reading=(
        "The first panel is the distortion-rate function of the linear model itself: how much the training error must rise "
        "at a rate. Marks above it are codes that anyone can build, at the entropy of their codewords. The second panel "
        "divides by D(R), for one weight and ten samples. There the limit of all codes that see the weight alone is known: "
        "its distance from 1 is what not knowing the inputs costs, and the rest is what a code gives away."
    ),
    formula=(
        r"D(R) = \min_{I(y; \hat W \mid X) \leq R} \mathbb{E}\left[L_S(\hat W) - L_S(W)\right] = "
        r"\frac{\sigma^2 d}{n}\, e^{-2R/d}"
    ),
    derivations=("distortion-rate-of-linear-model", "aware-channel-risk", "blind-channel-risk"),
    parameters={**OWN.parameters(), "samples_of_the_model_of_one_weight": ONE_WEIGHT, "codebook_centre": "true weights"},
    compute=compute,
    checks=(none_is_below, a_bit_divides_by_four, aware_code_is_on_it, price_of_blindness, best_blind_code_is_between),
    draw=draw,
    own_numbers=True,
)
