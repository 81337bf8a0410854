"""The headline figure: compressing least-squares weights can lower the population risk, and when."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.expected import expected_compressed_risks
from linreg_compress.compressed_risk.laws import codebook_radius_law
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.gallery.figure import Figure, Row
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.risk import expected_risks

SAMPLES, FEATURES = 80, 50
PANELS: Mapping[str, tuple[str, float]] = {  # title and signal variance over estimation noise, tau^2 / v
    "oracle": ("codebook at the true weights\n(no signal to lose)", 0.0),
    "weak": ("signal weaker than its noise\n(signal variance = v / 4)", 0.25),
    "strong": ("signal stronger than its noise\n(signal variance = 4 v)", 4.0),
}
OUTSIDE = 1e-6  # probability that the Gaussian code leaves the ball to which the bound's codebook is clipped
QUANTITIES = ("empirical_risk", "population_risk", "generalization_error")
_EXACT_BITS = np.linspace(0.0, 4.0, 161)
_SIMULATED_BITS = np.array([0.05, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])


def _model(panel: str) -> LinearModel:
    noise_of_a_weight = LinearModel(SAMPLES, FEATURES).weight_variance
    return LinearModel(SAMPLES, FEATURES, signal_variance=PANELS[panel][1] * noise_of_a_weight)


def simple_bound(model: LinearModel, channel: BlindGaussianChannel) -> float:
    """Sub-Gaussian bound for the Gaussian code clipped to a ball around its centre that it leaves once in a million.

    The ball of radius r gives ``s(w) <= sigma^2 + (r + |w* - c|)^2``, averaged over the prior of w* by Jensen.
    """
    radius = float(codebook_radius_law(model, channel).ppf(1 - OUTSIDE))
    signal = model.features * model.signal_variance
    scale = model.noise_variance + (np.sqrt(radius) + np.sqrt(signal)) ** 2
    return sub_gaussian_bound(model.samples, channel.rate_nats, float(scale)).value


def compute(quick: bool, seed: int) -> list[Row]:
    """Return a row for each panel, rate and witness."""
    trials = 2_000 if quick else 20_000
    rows: list[Row] = []
    for cell, panel in enumerate(PANELS):
        model = _model(panel)
        base = expected_risks(model)
        for bits in _EXACT_BITS:
            channel = BlindGaussianChannel.for_model(model, float(rate_nats_from_bits(bits, FEATURES)))
            exact = expected_compressed_risks(model, channel)
            row: dict[str, float | str] = {"panel": panel, "witness": "exact", "bits_per_weight": float(bits)}
            row |= {name: float(getattr(exact, name)) for name in QUANTITIES}
            row |= {f"least_squares_{name}": float(getattr(base, name)) for name in QUANTITIES}
            rows.append(row | {"sub_gaussian_bound": simple_bound(model, channel), "trials": 0})
        rates = [float(rate_nats_from_bits(bits, FEATURES)) for bits in _SIMULATED_BITS]
        channels = [BlindGaussianChannel.for_model(model, rate) for rate in rates]
        found = simulate(model, channels, trials, seed=seed, cell=cell)
        for bits, risks in zip(_SIMULATED_BITS, found.compressed, strict=True):
            row = {"panel": panel, "witness": "monte_carlo", "bits_per_weight": float(bits), "trials": trials}
            for name in QUANTITIES:
                estimate = getattr(risks, name)
                low, high = estimate.interval()
                row |= {name: estimate.mean, f"{name}_low": low, f"{name}_high": high}
            rows.append(row)
    return rows


def supports(rows: list[Row]) -> bool:
    """Check the claim: risk below least squares at every finite rate where tau^2 < v, above it where tau^2 > v."""
    curves = {panel: _columns(rows, panel, "exact") for panel in PANELS}
    simulated = {panel: _columns(rows, panel, "monte_carlo") for panel in PANELS}
    verdicts = []
    for panel, (_, ratio) in PANELS.items():
        exact, points = curves[panel], simulated[panel]
        change = exact["population_risk"] - exact["least_squares_population_risk"]
        verdicts.append(bool(np.all(np.sign(change) == np.sign(ratio - 1))))
        verdicts.append(bool(np.all(exact["sub_gaussian_bound"] >= exact["generalization_error"])))
        for name in QUANTITIES:
            curve = np.interp(points["bits_per_weight"], exact["bits_per_weight"], exact[name])
            # a 95 % interval is 1.96 standard errors a side; 5 of them leave room for 99 points
            slack = (points[f"{name}_high"] - points[f"{name}_low"]) * 5 / (2 * 1.96)
            verdicts.append(bool(np.all(np.abs(points[name] - curve) <= slack)))
    return all(verdicts)


def _columns(rows: list[Row], panel: str, witness: str) -> dict[str, Any]:
    chosen = [row for row in rows if row["panel"] == panel and row["witness"] == witness]
    return {name: np.array([row[name] for row in chosen]) for name in chosen[0]}


def draw(rows: list[Row]) -> Any:
    """Draw the figure from its table."""
    from matplotlib.figure import Figure as Canvas

    from linreg_compress.plotting.headline import SIZE, draw_headline

    canvas = Canvas(figsize=SIZE)
    panels = [
        {"title": title, "exact": _columns(rows, panel, "exact"), "monte_carlo": _columns(rows, panel, "monte_carlo")}
        for panel, (title, _) in PANELS.items()
    ]
    draw_headline(canvas.subplots(2, len(panels)), {"panels": panels})
    return canvas


HEADLINE = Figure(
    name="headline",
    claim=(
        "Compressing least-squares weights lowers the population risk at every rate when the signal in a weight is smaller "
        "than its estimation noise v = sigma^2 / (n - d - 1), and raises it at every rate when the signal is larger."
    ),
    parameters={
        "samples": SAMPLES,
        "features": FEATURES,
        "noise_variance": 1.0,
        "signal_variance_over_v": {panel: ratio for panel, (_, ratio) in PANELS.items()},
        "codec": "blind",
        "probability_outside_the_bounds_codebook": OUTSIDE,
    },
    compute=compute,
    supports=supports,
    draw=draw,
)
