"""The unit of y is nobody's business: variances times s and lengths times sqrt(s) move no ratio."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import linreg_compress as lc
from tests.public import PUBLIC
from tests.tolerances import FLOAT

SCALES = (1e-300, 1e-160, 1e-12, 1e12, 1e150)
Values = dict[str, NDArray[np.float64]]
DATA = np.random.default_rng(7).standard_normal(14)
GRAM = np.array([[3.0, 1.0, 0.2], [1.0, 2.0, -0.4], [0.2, -0.4, 1.0]])
SPECTRUM = np.array([1.0, 4.0, 9.0, 40.0])


class Unit:
    """One unit of y: lengths (weights, levels, steps) grow with `root`, variances with `square`."""

    def __init__(self, s: float) -> None:
        self.square, self.root = s, float(np.sqrt(s))

    def model(self, n: int = 9, d: int = 3, signal: float = 0.2, weights: Any = None) -> lc.LinearModel:
        away = None if weights is None else np.array(weights) * self.root
        return lc.LinearModel(n, d, 0.7 * self.square, signal_variance=signal * self.square, weights=away)

    def blind(self, **options: Any) -> tuple[lc.LinearModel, lc.BlindGaussianChannel]:
        model = self.model(**options)
        return model, lc.BlindGaussianChannel.for_model(model, 2.0)

    def aware(self, **options: Any) -> tuple[lc.LinearModel, lc.AwareGaussianChannel]:
        model = self.model(**options)
        return model, lc.AwareGaussianChannel.for_model(model, 2.0)

    def codes(self) -> list[tuple[lc.LinearModel, lc.CellQuantizer | lc.UniformQuantizer]]:
        cells = lc.CellQuantizer(np.array([-1.0, 0.1, 0.9]) * self.root, np.array([-0.3, 0.4]) * self.root)
        few = lc.LinearModel(3, 3, 0.7 * self.square)
        uniform = lc.UniformQuantizer(0.8 * self.root, 0.3 * self.root)
        return [
            (self.model(), cells),
            (few, cells),
            (self.model(signal=0.0, weights=[0.1, 0.0, 2.0]), uniform),
            (self.model(), lc.UniformQuantizer(60.0 * self.root)),
        ]

    def channels(self) -> list[tuple[lc.LinearModel, lc.Channel | None]]:
        """One channel of every formula."""
        model = self.model()
        return [
            *((one, code) for one, code in self.codes()),
            *((model, channel) for channel in (None, lc.Identity(), lc.RidgeShrinkage(0.5))),
            *((model, lc.DitheredUniform.for_model(model, bits_per_weight=bits)) for bits in (0.0, 1.0, 12.0)),
            (model, lc.LinearChannel(0.6, 0.1 * self.square, 0.3 * self.root)),
            (model, lc.PerWeightGaussianChannel.for_model(model, 2.0)),
            (self.model(3, 9), None),
            self.blind(),
            self.aware(),
            self.aware(signal=0.0),
        ]

    def variances(self, values: Iterable[Any]) -> list[float]:
        return [float(value) / self.square for value in values]

    def lengths(self, values: Iterable[Any]) -> list[float]:
        return [float(value) / self.root for value in values]

    def source(self) -> lc.NormalSource:
        return lc.NormalSource(0.3 * self.root, 0.7 * self.square)


def risks(unit: Unit, found: Any) -> list[float]:
    """Fields of a record of risks over the variance."""
    names = [
        name
        for name in ("empirical_risk", "population_risk", "generalization_error", "excess_risk")
        if hasattr(found, name)
    ]
    names += [name for name in ("distortion", "population_risk_change", "weight_mse") if hasattr(found, name)]
    return [float(getattr(found, name)) / unit.square for name in names]


def law(unit: Unit, found: Any, length: float) -> list[float]:
    points = [float(found.ppf(share)) for share in (1e-3, 1 - 1e-9)]
    shares = [float(part(2.5 * length)) for part in (found.cdf, found.sf)]
    return [
        float(found.mean()) / length,
        *(point / length for point in points),
        *shares,
        float(found.pdf(2.5 * length)) * length,
    ]


def levels(unit: Unit, found: Any) -> list[float]:
    return unit.lengths([*found.levels, *found.thresholds])


def clustered(unit: Unit, found: Any) -> list[float]:
    return [*unit.lengths(found.centers), float(found.objective) / unit.square]


def bounds(unit: Unit, name: str) -> list[float]:
    function = PUBLIC[name]
    return [function(*pair, 0.4).value / unit.square for pair in unit.codes()]


def blahut(unit: Unit) -> list[float]:
    point = lc.information.blahut_arimoto(
        [0.2, 0.5, 0.3], (np.arange(3)[:, None] - np.arange(3)) ** 2 * unit.square, 2.0 / unit.square
    )
    return [point.rate_nats, point.distortion / unit.square]


def bracket(unit: Unit) -> list[float]:
    distortion = (np.arange(3)[:, None] - np.arange(3)) ** 2 * unit.square
    found = lc.information.distortion_rate_bracket([0.2, 0.5, 0.3], distortion, 0.3)
    return unit.variances([found.lower, found.upper])


def curve(unit: Unit) -> Any:
    distortion = (np.arange(3)[:, None] - np.arange(3)) ** 2 * unit.square
    return lc.information.rate_distortion_curve([0.2, 0.5, 0.3], distortion, np.array([1.5, 2.0]) / unit.square)


def advised(unit: Unit) -> list[float]:
    model = lc.LinearModel(40, 5, 0.7 * unit.square, signal_variance=0.3 * unit.square)
    found = lc.bounds.advised_rate(
        model, lambda channel: lc.bounds.chi_square_bound(40, channel.rate_nats, 4.0 * unit.square)
    )
    return [found.promised_population_risk / unit.square, found.best_population_risk / unit.square]


def best(unit: Unit) -> list[float]:
    found = lc.best_water_filling_rate(SPECTRUM, 0.7 * unit.square, 0.1 * unit.square)
    return [found.rate_nats, found.population_risk / unit.square]


def limit(unit: Unit) -> list[float]:
    found = lc.design_blind_limit(5, 0.3, 0.7 * unit.square)
    return [*unit.variances([found.lower, found.upper, found.aware, found.gaussian_channel]), found.slope * unit.square]


def averaged(unit: Unit) -> list[float]:
    return risks(
        unit,
        lc.compressed_risk.expected_water_filled_risks(9, 3, 0.7 * unit.square, 0.2 * unit.square, 1.5, spectra=32),
    )


def data(unit: Unit) -> Any:
    return lc.LinearModel(9, 3, 0.7).draw(1, rng=np.random.default_rng(3))


def fitted(unit: Unit) -> list[float]:
    drawn = data(unit)
    return unit.lengths(lc.fit(drawn.features, drawn.targets * unit.root).weights.ravel())


def lost(unit: Unit) -> list[float]:
    drawn = data(unit)
    found = lc.empirical_risk(drawn.features, drawn.targets * unit.root, np.array([0.1, 0.2, 0.3]) * unit.root)
    return unit.variances(np.ravel(found))


def away(unit: Unit) -> list[float]:
    weights = np.array([0.1, 0.2, 0.3]) * unit.root
    return unit.variances([lc.population_risk(unit.model(), weights, np.zeros(3))])


def expected(unit: Unit) -> list[float]:
    found = lc.expected_distortion(unit.source(), "lloyd-max", 2.0)
    return [found.mean_squared / unit.square, found.mean_absolute / unit.root, found.entropy_bits_per_weight]


def filled(unit: Unit) -> list[float]:
    found = lc.reverse_water_filling(np.array([0.2, 1.0, 3.0]) * unit.square, 1.0)
    return [*unit.variances(found.distortions), *found.kept_fractions]


def closest(unit: Unit) -> list[float]:
    found = lc.compression.closest_vector(np.array([0.3, -1.2, 0.8]) * unit.root, GRAM, step=0.5 * unit.root)
    return [*unit.lengths(found.weights), found.squared_error / unit.square]


def coded(unit: Unit, code: Any, **options: Any) -> list[float]:
    weights = np.array([[0.3, -1.2, 0.8]]) * unit.root
    return unit.lengths(code.compress(weights, rng=np.random.default_rng(1), **options).ravel())


ROWS: dict[str, Callable[[Unit], Iterable[float]]] = {
    "AwareGaussianChannel": lambda u: coded(u, u.aware()[1], gram=GRAM[None]),
    "BlindGaussianChannel": lambda u: coded(u, u.blind()[1]),
    "CellQuantizer": lambda u: coded(u, u.codes()[0][1]),
    "DiameterKMeansQuantizer": lambda u: coded(
        u, lc.DiameterKMeansQuantizer(2, samples=9, penalty_weight=0.2), gram=GRAM[None]
    ),
    "DitheredUniform": lambda u: coded(u, lc.DitheredUniform.for_model(u.model(), bits_per_weight=2.0)),
    "EmpiricalSource": lambda u: levels(u, lc.sign_quantizer(lc.compression.EmpiricalSource(DATA * u.root))),
    "Identity": lambda u: coded(u, lc.Identity()),
    "KMeansQuantizer": lambda u: coded(u, lc.KMeansQuantizer(2)),
    "LaplaceSource": lambda u: levels(u, lc.lloyd_max(lc.compression.LaplaceSource(0.1 * u.root, 2.0 * u.square), 4)),
    "LinearChannel": lambda u: coded(u, lc.LinearChannel(0.6, 0.1 * u.square, 0.3 * u.root)),
    "MagnitudePruning": lambda u: coded(u, lc.MagnitudePruning(1)),
    "NormalSource": lambda u: u.lengths([u.source().ppf(0.9), 1 / u.source().pdf(0.5 * u.root)]),
    "OptimalBrainSurgeon": lambda u: coded(u, lc.OptimalBrainSurgeon(1), gram=GRAM[None]),
    "PerWeightGaussianChannel": lambda u: coded(u, lc.PerWeightGaussianChannel.for_model(u.model(), 2.0)),
    "RidgeShrinkage": lambda u: coded(u, lc.RidgeShrinkage(0.5), gram=GRAM[None]),
    "StudentTSource": lambda u: levels(u, lc.lloyd_max(lc.compression.StudentTSource(5.0, 0.4 * u.root), 4)),
    "SuccessiveQuantizer": lambda u: coded(u, lc.SuccessiveQuantizer(u.codes()[0][1]), gram=GRAM[None]),
    "UniformQuantizer": lambda u: coded(u, lc.UniformQuantizer(0.5 * u.root)),
    "additive_channel_information": lambda u: [
        float(lc.information.additive_channel_information(0.2 * u.square, 0.7 * u.square))
    ],
    "advised_rate": advised,
    "aware_channel_information": lambda u: [lc.bounds.aware_channel_information(*u.aware(signal=0.0))],
    "aware_channel_risks": lambda u: risks(u, lc.compressed_risk.aware_channel_risks(9, 3, 0.7 * u.square, 2.0)),
    "bayes_decoder_excess_risk": lambda u: u.variances(
        [lc.compressed_risk.bayes_decoder_excess_risk(9, 3, 0.7 * u.square, 0.2 * u.square, 0.3)]
    ),
    "best_water_filling_rate": best,
    "blahut_arimoto": blahut,
    "blind_channel_risks": lambda u: risks(
        u, lc.compressed_risk.blind_channel_risks(9, 3, 0.7 * u.square, 2.0, signal_variance=0.2 * u.square)
    ),
    "bounds_of": lambda u: [
        value / u.square
        for pair in [*u.codes()[:3], u.blind(), u.aware(signal=0.0)]
        for found in [lc.bounds_of(*pair, 50.0 * u.square)]
        for value in [*map(found.truth, [bound.of for bound in found.bounds]), *(bound.value for bound in found.bounds)]
    ],
    "centred_donsker_varadhan_bound": lambda u: [
        lc.bounds.centred_donsker_varadhan_bound(*pair, 0.4).value / u.square for pair in u.codes()[:2]
    ],
    "chi_square_bound": lambda u: [lc.bounds.chi_square_bound(9, 0.4, 3.0 * u.square).value / u.square],
    "clipped_sub_gaussian_bound": lambda u: [
        lc.bounds.clipped_sub_gaussian_bound(*pair, 2.0).value / u.square
        for pair in [*u.codes()[:3], u.blind(), u.aware(signal=0.0)]
    ],
    "closest_vector": closest,
    "codebook_radius_law": lambda u: law(u, lc.compressed_risk.codebook_radius_law(*u.blind()), u.square),
    "compressed_empirical_risk_law": lambda u: law(
        u, lc.compressed_risk.compressed_empirical_risk_law(*u.blind()), u.square
    ),
    "compressed_population_risk_law": lambda u: [
        *law(u, lc.compressed_risk.compressed_population_risk_law(*u.blind()), u.square),
        *law(u, lc.compressed_risk.compressed_population_risk_law(*u.aware(signal=0.0)), u.square),
    ],
    "compression_criterion": lambda u: [
        float(lc.compression_criterion(9, 3, 0.7 * u.square, t * u.square).compression_helps) for t in (0.1, 0.3)
    ],
    "data_processing": lambda u: [lc.bounds.data_processing(*u.codes()[0]).data_and_code],
    "design_blind_limit": limit,
    "diameter_kmeans": lambda u: clustered(u, lc.diameter_kmeans(DATA * u.root, 3)),
    "differential_entropy": lambda u: [lc.information.differential_entropy([[0.7 * u.square]]) - np.log(u.square) / 2],
    "distortion_rate": lambda u: u.variances([lc.distortion_rate(0.7 * u.square, 2.0, 3)]),
    "donsker_varadhan_bound": lambda u: [
        *bounds(u, "donsker_varadhan_bound"),
        lc.bounds.donsker_varadhan_bound(*u.blind(), 2.0).value / u.square,
    ],
    "empirical_risk": lost,
    "empirical_risk_law": lambda u: law(u, lc.least_squares.empirical_risk_law(u.model()), u.square),
    "entropy_constrained": lambda u: levels(u, lc.entropy_constrained(u.source(), 1.5)),
    "expected_distortion": expected,
    "expected_ridge_excess_risk": lambda u: u.variances(
        lc.least_squares.expected_ridge_excess_risk(9, 3, 0.7 * u.square, 0.2 * u.square, spectra=32)
    ),
    "expected_risks": lambda u: [*risks(u, lc.expected_risks(u.model())), *risks(u, lc.expected_risks(u.model(3, 9)))],
    "expected_water_filled_risks": averaged,
    "fit": fitted,
    "gibbs_generalization_error": lambda u: [
        lc.bounds.gibbs_generalization_error(9, 3, 0.7 * u.square, 2.0 / u.square).value / u.square
    ],
    "gibbs_new_inputs_generalization_error": lambda u: [
        lc.bounds.gibbs_new_inputs_generalization_error(9, 3, 0.7 * u.square, 2.0 / u.square).value / u.square
    ],
    "gibbs_with_prior_generalization_error": lambda u: [
        lc.bounds.gibbs_with_prior_generalization_error(SPECTRUM, 9, 0.7 * u.square, 2.0 / u.square, 0.4 / u.square).value
        / u.square
    ],
    "hessian_importance": lambda u: lc.hessian_importance(GRAM * u.square, 9) / u.square,
    "improvement_probability": lambda u: [lc.improvement_probability(*u.blind())],
    "individual_sample_bound": lambda u: [lc.bounds.individual_sample_bound(9, 3, 0.7 * u.square, 2.0).value / u.square],
    "interpolated_excess_risk": lambda u: u.variances(
        [lc.compressed_risk.interpolated_excess_risk(9, 3, 0.7 * u.square, 0.2 * u.square, 0.3)]
    ),
    "kmeans": lambda u: clustered(u, lc.kmeans(DATA * u.root, 3)),
    "least_squares_risks": lambda u: risks(u, lc.least_squares_risks(3, 9, 0.7 * u.square, weight_energy=0.2 * u.square)),
    "limited_uniform": lambda u: levels(u, lc.compression.limited_uniform(0.3 * u.root, 4, 0.1 * u.root)),
    "linear_channel_risks": lambda u: risks(
        u, lc.compressed_risk.linear_channel_risks(9, 3, 0.7 * u.square, 0.6, 0.1 * u.square, 0.2 * u.square)
    ),
    "loss_scale": lambda u: [
        number / u.square
        for pair in [*u.codes()[:3], u.blind(), u.aware(signal=0.0)]
        for found in [lc.bounds.loss_scale(*pair)]
        for number in (found.value, found.hidden)
    ],
    "lloyd_max": lambda u: levels(u, lc.lloyd_max(u.source(), 5)),
    "local_search": lambda u: clustered(u, lc.compression.local_search(DATA * u.root, 3)),
    "minimum_excess_risk_bound": lambda u: [
        lc.bounds.minimum_excess_risk_bound(9, 3, 0.7 * u.square, 0.2 * u.square, rate).value / u.square
        for rate in (0.5, None)
    ],
    "mutual_information": lambda u: [lc.information.mutual_information(GRAM * u.square, [0])],
    "optimal_uniform": lambda u: levels(u, lc.compression.optimal_uniform(u.source(), 5)),
    "per_weight_channel_risks": lambda u: risks(
        u, lc.compressed_risk.per_weight_channel_risks(u.model(), lc.PerWeightGaussianChannel.for_model(u.model(), 2.0))
    ),
    "population_risk": away,
    "population_risk_bound": lambda u: [
        lc.bounds.population_risk_bound(*u.blind(), lc.bounds.chi_square_bound(9, 0.4, 3.0 * u.square)) / u.square
    ],
    "population_risk_law": lambda u: [
        *law(u, lc.least_squares.population_risk_law(u.model()), u.square),
        *law(u, lc.least_squares.population_risk_law(u.model(3, 9, signal=0.0)), u.square),
    ],
    "random_design_bound": lambda u: [lc.bounds.random_design_bound(*u.aware(signal=0.0), 9.0).value / u.square],
    "rate_distortion": lambda u: [float(lc.rate_distortion(0.7 * u.square, 0.2 * u.square))],
    "rate_distortion_curve": lambda u: [
        *u.variances([point.distortion for point in curve(u).points]),
        *(point.rate_nats for point in curve(u).points),
    ],
    "distortion_rate_bracket": bracket,
    "reverse_water_filling": filled,
    "ridge_excess_risk": lambda u: [
        *u.variances([lc.least_squares.ridge_excess_risk(SPECTRUM, 0.7 * u.square, 0.2 * u.square)]),
        *u.variances([lc.least_squares.ridge_excess_risk(SPECTRUM, 0.7 * u.square, 0.2 * u.square, 0.5)]),
    ],
    "ridge_excess_risk_limit": lambda u: u.variances(
        [lc.least_squares.ridge_excess_risk_limit(0.5, 0.7 * u.square, 0.2 * u.square)]
    ),
    "same_inputs_generalization_error": lambda u: [
        lc.bounds.same_inputs_generalization_error(*pair) / u.square for pair in [*u.codes(), u.blind(), u.aware()]
    ],
    "risks": lambda u: np.concatenate([risks(u, lc.risks(*pair, spectra=32)) for pair in u.channels()]),
    "scalar_quantizer_entropy": lambda u: [lc.compressed_risk.scalar_quantizer_entropy(*pair) for pair in u.codes()],
    "scalar_quantizer_risks": lambda u: np.concatenate(
        [risks(u, lc.compressed_risk.scalar_quantizer_risks(*pair)) for pair in u.codes()]
    ),
    "sign_quantizer": lambda u: levels(u, lc.sign_quantizer(u.source())),
    "signal_information": lambda u: [lc.bounds.signal_information(9, 3, 0.7 * u.square, 0.2 * u.square)],
    "source_for": lambda u: u.lengths([lc.source_for(u.model()).ppf(0.9), lc.source_for(u.model(signal=0.0)).ppf(0.9)]),
    "sub_gaussian_bound": lambda u: [lc.bounds.sub_gaussian_bound(9, 0.4, 3.0 * u.square).value / u.square],
    "vector_kmeans": lambda u: [
        found.objective / u.square for found in [lc.compression.vector_kmeans(DATA.reshape(-1, 2) * u.root, 3)]
    ],
    "water_filled_risks": lambda u: risks(
        u, lc.compressed_risk.water_filled_risks(SPECTRUM, 9, 0.7 * u.square, 0.2 * u.square, 1.5)
    ),
    "water_filled_risks_limit": lambda u: risks(
        u, lc.compressed_risk.water_filled_risks_limit(0.5, 0.7 * u.square, 0.2 * u.square, 0.4)
    ),
    "wasserstein_bound": lambda u: [lc.bounds.wasserstein_bound(9, 3, 0.7 * u.square, 2.0).value / u.square],
    "wasserstein_sample_bound": lambda u: u.variances([lc.bounds.wasserstein_sample_bound(0.3, 0.8, 0.7 * u.square)]),
    "weight_law": lambda u: law(u, lc.least_squares.weight_law(u.model()), u.root)[1:],
}
NO_UNIT = {  # of rates, counts and shares alone
    "MarchenkoPastur", "bits_per_weight_from_nats", "design_information", "draw_spectra", "entropy", "huffman_lengths",
    "effective_degrees_of_freedom",
    "kept_fraction", "leverage_law", "variance_inflation", "normalized_distortion", "rate_nats_from_bits", "relative_bound",
}  # fmt: skip
NO_FORMULA = {  # records, errors, simulations and what runs on data of the reader's own
    "Advice", "Bound", "Channel", "CodeBounds", "Coded", "CompressedRisks", "DesignError", "Estimate",
    "HuffmanCode", "InvalidInputError", "LinearModel", "LinregCompressError", "LossScale",
    "Risks", "SAMPLERS", "Sampler", "Simulation",
    "SweepCell", "Trials", "UnsupportedModelError", "advise", "check_agreement", "default_settings", "find_sampler",
    "plot_law", "plot_phase", "plot_risks", "settings_for", "simulate", "sweep", "sweep_grid",
    *dir(lc.networks),
}  # fmt: skip


def test_every_public_formula_has_a_row() -> None:
    assert sorted([*ROWS, *NO_UNIT, *NO_FORMULA]) == sorted(PUBLIC)


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.filterwarnings("error")
def test_ratios_do_not_depend_on_the_unit(name: str) -> None:
    standard = np.array(list(ROWS[name](Unit(1.0))), dtype=float)
    assert standard.size > 0
    assert not np.isnan(standard).any()
    for s in SCALES:
        found = np.array(list(ROWS[name](Unit(s))), dtype=float)
        np.testing.assert_allclose(found, standard, rtol=FLOAT, atol=0, err_msg=f"scale {s}", equal_nan=False)
