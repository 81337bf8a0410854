"""The individual-sample bound over the truth against the leverage of the sample, and where the leverages are."""

from itertools import pairwise, product
from typing import Any

import numpy as np

import linreg_compress as lc
from linreg_compress._validation import FloatArray
from linreg_compress.bounds.individual_sample import sample_bound, sample_error
from linreg_compress.bounds.wasserstein import wasserstein_sample_bound
from linreg_compress.gallery import meanings
from linreg_compress.gallery.figure import Figure, Row, Table, agrees, columns, estimate_columns
from linreg_compress.gallery.meanings import BLACK, GREY, LEAST_SQUARES
from linreg_compress.gallery.models import aware_code, stream
from linreg_compress.gallery.style import is_column, label, note, panels, points, small_text
from linreg_compress.monte_carlo.estimate import Moments

NOISE_VARIANCE = 1.0
RATES = {"least squares": float("inf"), "1 bit": 1.0, "0.25 bit": 0.25, "0.05 bit": 0.05}  # bits per weight
DESIGNS = ((1000, 10), (200, 20), (80, 50))  # samples and features
SIMULATED, SIMULATED_CODES = DESIGNS[1:], ("least squares", "1 bit", "0.25 bit")  # one fixed design each
_LEVERAGES = np.concatenate([np.geomspace(0.001, 0.2, 81)[:-1], np.linspace(0.2, 1.0, 65)])
_SHARES = np.concatenate(
    [[1e-9, 1e-6, 1e-4], np.linspace(0.001, 0.999, 101), [1 - 1e-4, 1 - 1e-6]]
)  # of the samples of a design, for the strip of its leverages
_PLACES = (0.0, 0.5, 1.0)  # quantiles of the leverages whose samples are simulated: least, middle, largest
_BATCH = 500
NEAR = 0.6  # kept leverage from which on the bound is within a tenth of the truth
_STYLES = (LEAST_SQUARES, *(meanings.RATES[bits] for bits in list(RATES.values())[1:]))
_FOOT, _TOP = 0.2, 0.8  # of the hills, on the scale of the ratio: below 1 no bound can be


def compute(quick: bool, seed: int) -> list[Row]:
    """Return the curves, the simulated samples, and the laws of the leverage, a row for each point."""
    rows: list[Row] = []
    for (code, bits), leverage in product(RATES.items(), _LEVERAGES.tolist()):
        kept = _kept(bits, 1)
        found = _exact(leverage, kept)
        rows.append({"panel": "curve", "code": code, "leverage": leverage, "kept_leverage": kept * leverage} | found)
    trials = 3_000 if quick else 30_000
    for cell, (samples, features) in enumerate(SIMULATED):
        model = lc.LinearModel(samples, features, NOISE_VARIANCE)
        rng = stream(seed, cell)
        X = model.draw(1, rng=rng).features[0]
        for code in SIMULATED_CODES:
            rows += _simulated(model, X, code, trials, rng)
    for samples, features in DESIGNS:
        law = lc.least_squares.leverage_law(samples, features)
        for share in _SHARES.tolist():
            leverage = float(law.ppf(share))
            density = float(law.pdf(leverage) * leverage * np.log(10))
            row: dict[str, float | str] = {"panel": "law", "samples": float(samples), "features": float(features)}
            rows.append(row | {"leverage": leverage, "share_below": share, "density_per_decade": density})
    return rows


def _kept(bits: float, features: int) -> float:
    return 1.0 if np.isinf(bits) else float(lc.information.kept_fraction(lc.rate_nats_from_bits(bits, features), features))


def _exact(leverage: float, kept: float) -> dict[str, float]:
    error = float(sample_error(leverage, kept, NOISE_VARIANCE))
    bound = float(sample_bound(leverage, kept, NOISE_VARIANCE))
    distance = float(wasserstein_sample_bound(leverage, kept, NOISE_VARIANCE))
    ratios = {"bound_over_error": bound / error, "wasserstein_over_error": distance / error}
    return {"same_inputs_error": error, "bound": bound} | ratios


def _simulated(model: lc.LinearModel, X: FloatArray, code: str, trials: int, rng: np.random.Generator) -> list[Row]:
    """Return the same-inputs errors of three samples of one design, their means over new training noise."""
    gram = X.T @ X
    leverages = np.einsum("ij,ji->i", X, np.linalg.solve(gram, X.T))
    order = np.argsort(leverages)
    chosen = order[[round(place * (len(order) - 1)) for place in _PLACES]]
    bits = RATES[code]
    channel = lc.Identity() if np.isinf(bits) else aware_code(model, bits)
    moments = None
    for start in range(0, trials, _BATCH):
        noise = rng.standard_normal((min(_BATCH, trials - start), model.samples)) * np.sqrt(model.noise_variance)
        weights = np.linalg.solve(gram, (noise @ X).T).T  # the true weights are zero: y is the noise
        predicted = channel.compress(weights, rng=rng, gram=gram) @ X[chosen].T
        # (fresh - predicted)^2 - (noise - predicted)^2 without its terms of mean zero, which would drown the rest
        part = Moments.of(2 * noise[:, chosen] * predicted)
        moments = part if moments is None else moments.merge(part)
    assert moments is not None
    rows: list[Row] = []
    for index, estimate in zip(chosen, moments.estimates(), strict=True):
        leverage, kept = float(leverages[index]), _kept(bits, model.features)
        exact = _exact(leverage, kept)
        low, high = estimate.interval()
        row: dict[str, float | str] = {"panel": "simulated", "code": code, "leverage": leverage, "trials": float(trials)}
        row |= {"samples": float(model.samples), "features": float(model.features), "kept_leverage": kept * leverage}
        row |= {"exact_error": exact["same_inputs_error"], "bound": exact["bound"]}
        row |= estimate_columns("same_inputs_error", estimate)
        ratios = {"bound_over_error": estimate.mean, "bound_over_error_low": high, "bound_over_error_high": low}
        rows.append(row | {name: exact["bound"] / error for name, error in ratios.items()})
    return rows


def _curve(rows: list[Row], code: str) -> Table:
    return columns(rows, panel="curve", code=code)


def never_below(rows: list[Row]) -> bool:
    """The bound is never below the truth, and meets it at kept leverage 1 alone."""
    tables = [_curve(rows, code) for code in RATES]
    slack = 1e-12
    return all(
        np.all(table["bound_over_error"] >= 1 - slack)
        and np.array_equal(table["bound_over_error"] > 1 + slack, table["kept_leverage"] < 1)
        for table in tables
    )


def near_above(rows: list[Row]) -> bool:
    """It is within a tenth of the truth where the kept leverage is 0.6 or more."""
    near = [table["bound_over_error"][table["kept_leverage"] >= NEAR] for table in (_curve(rows, code) for code in RATES)]
    return sum(ratios.size for ratios in near) > 10 and all(np.all(ratios <= 1.1) for ratios in near)


def loose_below(rows: list[Row]) -> bool:
    """It is too large by about 1 / sqrt(2 a) where the kept leverage a is small.

    For a below a tenth it is by less than that, and by more than 1 - sqrt(a) of it.
    """
    verdicts = []
    for code in RATES:
        table = _curve(rows, code)
        a = table["kept_leverage"]
        small = a < 0.1
        ratio = (table["bound_over_error"] * np.sqrt(2 * a))[small]
        verdicts.append(bool(small.any()) and bool(np.all((ratio < 1) & (ratio > 1 - np.sqrt(a[small])))))
    return all(verdicts)


def codes_loosen(rows: list[Row]) -> bool:
    """A lower rate makes error and bound smaller, and their ratio larger."""
    tables = [_curve(rows, code) for code in RATES]
    return all(
        np.all(coarse["bound_over_error"] > fine["bound_over_error"])
        and np.all(coarse["bound"] < fine["bound"])
        and np.all(coarse["same_inputs_error"] < fine["same_inputs_error"])
        for fine, coarse in pairwise(tables)
    )


def distance_is_near(rows: list[Row]) -> bool:
    """The Wasserstein bound is within 4.42 % of it at every leverage and rate, and nearer than information below 0.7.

    Never below it.
    """
    verdicts = []
    for code in RATES:
        table = _curve(rows, code)
        distance, small = table["wasserstein_over_error"], table["kept_leverage"] < 0.7
        verdicts += [np.all((distance >= 1) & (distance < 1.0442)), small.any()]
        verdicts.append(np.all(distance[small] < table["bound_over_error"][small]))
    return bool(np.all(verdicts))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation agrees."""
    table = columns(rows, panel="simulated")
    return len(table["leverage"]) > 10 and agrees(table, "same_inputs_error", table["exact_error"])


def draw(rows: list[Row], size: str) -> Any:
    """Draw the bound over the error against the leverage, above the laws of the leverage."""
    canvas, axes = panels(size, heights=(3.75, 3.4))
    ax = axes[0, 0]
    ax.set(xscale="log", yscale="log", xlim=(0.001, 1.15), ylim=(_FOOT, 130))
    ax.set_xticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
    ax.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.minorticks_off()
    ax.set(xlabel="leverage of the sample (a share, 0 to 1)", ylabel="bound over error (ratio)")
    ax.axhspan(1, 1.1, color=GREY, alpha=0.2, lw=0)
    ax.axhline(1, ls=":", color=GREY, lw=1)
    label(ax, "within a tenth of the truth", (0.00115, 1.05), (0, 0.8), GREY)
    for code, (color, style, marker) in zip(RATES, _STYLES, strict=True):
        table = _curve(rows, code)
        ax.plot(table["leverage"], table["bound_over_error"], ls=style, color=color, label=code)
        _name_curve(ax, code, table, color)
        if code in SIMULATED_CODES:
            found = columns(rows, panel="simulated", code=code)
            points(ax, found["leverage"], found, "bound_over_error", color, marker)
    distance = _curve(rows, "least squares")
    color, style = meanings.BOUNDS["wasserstein"]
    ax.plot(
        distance["leverage"],
        distance["wasserstein_over_error"],
        ls=style,
        color=color,
        label="Wasserstein bound",
    )
    label(ax, "Wasserstein bound, least squares", (0.00115, 1), (0, -0.9), color)
    for samples, features in DESIGNS:
        _draw_hill(ax, f"n = {samples}, d = {features}", columns(rows, panel="law", samples=samples, features=features))
    note(
        canvas,
        "σ² = 1; hills: where the leverages of Gaussian designs are (Beta law, scaled to one height); "
        "markers: simulation of single samples, 95 % intervals where wider than a mark",
    )
    return canvas


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
    ax.fill_between(table["leverage"], _FOOT, _FOOT * (_TOP / _FOOT) ** height, color=GREY, alpha=0.25, lw=0)
    peak = int(np.argmax(height))
    narrow = is_column(ax)
    text = design.replace(", ", "\n") if narrow else design
    at = (float(table["leverage"][peak]), _FOOT)
    label(ax, text, at, (0, 1.2 if narrow else 0.9), BLACK, ha="center", path_effects=[])


FIGURE = Figure(
    name="individual-sample",
    title="The individual-sample bound is tight where the leverage is high.",
    alt=(
        "Ratio of bound and truth of single samples against their leverage, for least squares and three rates: it falls "
        "as the leverage grows, for least squares to one. Hills mark where the leverages of Gaussian data are."
    ),
    claim=(
        "The individual-sample bound is never below the generalization error at its sample, within a tenth of it where "
        "the leverage that the code keeps, a = (1 - delta) h, is 0.6 or more, and looser without limit, like 1 / sqrt(2 "
        "a), where it is small, so that a lower rate always makes it smaller but looser; a Wasserstein distance in place "
        "of the information is within 4.42 % everywhere."
    ),
    reading=(
        "The leverage of a training sample, the weight of its own target in its fitted value, grows to the right; "
        "upwards is how many times too large the bound is, from 1 (exact). Each line is one code, and the error is the "
        "one for fresh noise at the same inputs. The hills show where the leverages of Gaussian designs are: with n "
        "near d the bound is nearly exact, with many samples for each weight it is loose. The olive line is the "
        "Wasserstein bound, of least squares: it counts how far a target moves the prediction, not how much is known of it."
    ),
    formula=(
        r"\mathrm{gen}_i = 2 a \sigma^2 \;\le\; \sigma^2 (1 + a) \left(1 + W_0\!\left(-\tfrac{1 - a}{e}\right)\right), "
        r"\qquad a = (1 - \delta)\, h_i, \quad h_i \sim \mathrm{Beta}\!\left(\tfrac d2, \tfrac{n-d}2\right)"
    ),
    derivations=("individual-sample-bound", "wasserstein-bound", "individual-sample-information", "leverage-beta-law"),
    parameters={
        "noise_variance": NOISE_VARIANCE,
        "bits_per_weight": {code: bits for code, bits in RATES.items() if np.isfinite(bits)},
        "designs": [list(design) for design in DESIGNS],
        "simulated": {"designs": [list(design) for design in SIMULATED], "codes": list(SIMULATED_CODES)},
        "codec": "aware",
    },
    compute=compute,
    checks=(
        never_below,
        near_above,
        loose_below,
        codes_loosen,
        distance_is_near,
        simulation_agrees,
    ),
    draw=draw,
)
