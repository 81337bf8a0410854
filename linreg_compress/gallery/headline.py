"""The headline figure: compressing least-squares weights can lower the population risk, and when."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.expected import expected_compressed_risks
from linreg_compress.compressed_risk.laws import codebook_radius_law
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.gallery.figure import Figure, Row, agrees, columns, estimate_columns
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.risk import expected_risks

SAMPLES, FEATURES = 80, 50
PANELS: Mapping[str, tuple[str, float]] = {  # title and signal variance over estimation noise, tau^2 / v
    "oracle": ("no signal\n(codebook at the truth)", 0.0),
    "weak": ("weak signal\n(its variance is v / 4)", 0.25),
    "strong": ("strong signal\n(its variance is 4 v)", 4.0),
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
                row |= estimate_columns(name, getattr(risks, name))
            rows.append(row)
    return rows


def helps_below(rows: list[Row]) -> bool:
    """Compression lowers the population risk at every rate where tau^2 < v."""
    return all(np.all(_change(rows, panel) < 0) for panel, (_, ratio) in PANELS.items() if ratio < 1)


def hurts_above(rows: list[Row]) -> bool:
    """It raises the population risk at every rate where tau^2 > v."""
    return all(np.all(_change(rows, panel) > 0) for panel, (_, ratio) in PANELS.items() if ratio > 1)


def error_and_bound_fall(rows: list[Row]) -> bool:
    """The generalization error and its mutual-information bound fall as the rate falls, and the bound holds."""
    verdicts = []
    for panel in PANELS:
        table = columns(rows, panel=panel, witness="exact")
        error, bound = table["generalization_error"], table["sub_gaussian_bound"]
        verdicts += [np.all(np.diff(error) > 0), np.all(np.diff(bound) > 0), np.all(bound >= error)]
    return bool(np.all(verdicts))


def simulation_agrees(rows: list[Row]) -> bool:
    """Simulation from raw data agrees with the closed forms."""
    verdicts = []
    for panel, name in product(PANELS, QUANTITIES):
        exact, points = columns(rows, panel=panel, witness="exact"), columns(rows, panel=panel, witness="monte_carlo")
        curve = np.interp(points["bits_per_weight"], exact["bits_per_weight"], exact[name])
        verdicts.append(agrees(points, name, curve))
    return all(verdicts)


def _change(rows: list[Row], panel: str) -> Any:
    exact = columns(rows, panel=panel, witness="exact")
    return exact["population_risk"] - exact["least_squares_population_risk"]


def draw(rows: list[Row], size: str) -> Any:
    """Draw the figure from its table."""
    from linreg_compress.gallery.style import panels
    from linreg_compress.plotting.headline import draw_headline

    canvas, axes = panels(size, 2, len(PANELS), heights=(4.4, 6.0))
    data = [
        {
            "title": title,
            "exact": columns(rows, panel=panel, witness="exact"),
            "monte_carlo": columns(rows, panel=panel, witness="monte_carlo"),
        }
        for panel, (title, _) in PANELS.items()
    ]
    draw_headline(axes, {"panels": data})
    return canvas


HEADLINE = Figure(
    name="headline",
    claim=(
        "Compressing least-squares weights by the Gaussian code lowers the population risk at every rate when the signal "
        "in a weight is smaller than its estimation noise v = sigma^2 / (n - d - 1), and raises it at every rate when "
        "the signal is larger, while the generalization error and the bound that mutual information sets on it fall in "
        "both cases."
    ),
    reading=(
        "Each column is one strength of the signal; the rate grows to the right. Above, the red line is the error on new "
        "data and the blue dashed one the error on the training data; dotted lines are the fit before compression, and the "
        "shaded gap is what compression saves. Below is the difference of the two errors, which falls as the rate falls, "
        "and the paper's bound on it. Lines are closed forms, circles are simulations from raw data."
    ),
    formula=(
        r"\mathbb{E}\, L_\mu(\hat W) - \mathbb{E}\, L_\mu(W) = \delta\, d \left(\tau^2 - v\right), \qquad "
        r"\delta = e^{-2R/d}, \quad v = \frac{\sigma^2}{n - d - 1}"
    ),
    derivations=("compression-criterion", "blind-channel-risk", "linear-channel-risk"),
    parameters={
        "samples": SAMPLES,
        "features": FEATURES,
        "noise_variance": 1.0,
        "signal_variance_over_v": {panel: ratio for panel, (_, ratio) in PANELS.items()},
        "codec": "blind",
        "probability_outside_the_bounds_codebook": OUTSIDE,
    },
    compute=compute,
    checks=(
        helps_below,
        hurts_above,
        error_and_bound_fall,
        simulation_agrees,
    ),
    draw=draw,
)
