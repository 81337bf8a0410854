"""Three samplers, one law: means, whole distributions, and the closed forms as judge."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.clustering.kmeans import KMeansQuantizer
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.pruning import MagnitudePruning, OptimalBrainSurgeon
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.compression.scalar.lloyd_max import lloyd_max
from linreg_compress.compression.scalar.sources import source_for
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.compression.successive import SuccessiveQuantizer
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.quantities import quantities as columns_of
from linreg_compress.monte_carlo.samplers import SAMPLERS, find_sampler, refuse_unsupported, size_refusal
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.compare import assert_refused
from tests.tolerances import P_LIMIT, spend

ORACLE = LinearModel(14, 5, 0.7)
PRIOR = LinearModel(14, 5, 0.7, signal_variance=0.1, weights=[0.5, 0.0, -0.5, 1.0, 0.2])
CORRELATED = LinearModel(14, 3, 0.7, covariance=[[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 0.4]], weights=[1.0, -2.0, 0.5])
SQUARE = LinearModel(4, 4, 0.7)

OF_THE_WEIGHTS: list[tuple[str, LinearModel, Channel]] = [
    ("blind", ORACLE, BlindGaussianChannel.for_model(ORACLE, 3.0)),
    ("blind, prior", PRIOR, BlindGaussianChannel.for_model(PRIOR, 3.0)),
    ("blind, correlated", CORRELATED, BlindGaussianChannel.for_model(CORRELATED, 2.0)),
    ("aware", ORACLE, AwareGaussianChannel.for_model(ORACLE, 3.0)),
    ("aware, correlated", CORRELATED, AwareGaussianChannel.for_model(CORRELATED, 2.0)),
    ("aware, square", SQUARE, AwareGaussianChannel.for_model(SQUARE, 2.0)),
    ("aware of another noise and centre", PRIOR, AwareGaussianChannel(2.0, np.full(5, 0.3), noise_variance=1.5)),
    ("lloyd-max", PRIOR, lloyd_max(source_for(PRIOR), 3)),
    ("uniform", ORACLE, UniformQuantizer(0.3)),
    ("uniform, correlated", CORRELATED, UniformQuantizer(0.5)),
    ("dithered", ORACLE, DitheredUniform.for_model(ORACLE, bits_per_weight=1.0)),
    ("pruned", PRIOR, MagnitudePruning(2)),
    ("k-means", PRIOR, KMeansQuantizer(2)),
]
OF_THE_DESIGN: list[tuple[str, LinearModel, Channel]] = [
    ("aware, prior", PRIOR, AwareGaussianChannel.for_model(PRIOR, 3.0)),
    ("ridge", PRIOR, RidgeShrinkage(4.0)),
    ("ridge, correlated", CORRELATED, RidgeShrinkage(4.0)),
    ("successive", ORACLE, SuccessiveQuantizer(UniformQuantizer(0.3))),
    ("brain surgeon", PRIOR, OptimalBrainSurgeon(2)),
]
NAMES = [case[0] for case in OF_THE_WEIGHTS + OF_THE_DESIGN]


def quantities(sampler: str, model: LinearModel, channel: Channel, trials: int, seed: int) -> FloatArray:
    """Eight columns: the risks before and after, and their differences, which know the joint law."""
    rng = seeds.generator(seed)
    size = SAMPLERS[sampler].batch_size(model)
    sizes = [min(size, trials - start) for start in range(0, trials, size)]
    drawn = [SAMPLERS[sampler].draw(model, [channel], one, rng=rng) for one in sizes]
    # a lattice leaves few values of some risks, which the samplers reach with other rounding
    return np.round(np.concatenate([columns_of(one, {}) for one in drawn]), 9)


@pytest.mark.monte_carlo
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case[0], marks=pytest.mark.slow if case[0] == "k-means" else ())
        for case in OF_THE_WEIGHTS + OF_THE_DESIGN
    ],
)
def test_all_samplers_draw_from_one_law(case: tuple[str, LinearModel, Channel]) -> None:
    """Kolmogorov-Smirnov on every column, and on products of columns; as one check, by Bonferroni."""
    _, model, channel = case
    trials = 4_000 if channel.name in {"kmeans", "gptq", "optimal-brain-surgeon"} else 20_000
    raw = quantities("data", model, channel, trials, seed=1)
    others = [name for name in SAMPLERS if name != "data" and SAMPLERS[name].refusal(model, channel) is None]
    assert set(others) >= ({"sufficient"} if case in OF_THE_DESIGN else {"sufficient", "weights"})
    p_values: list[float] = []
    for seed, sampler in enumerate(others, start=2):
        found = quantities(sampler, model, channel, trials, seed)
        assert found.shape == raw.shape == (trials, 8)
        columns = [(raw[:, k], found[:, k]) for k in range(8) if raw[:, k].any()]
        columns += [(raw[:, 0] * raw[:, 7], found[:, 0] * found[:, 7]), (raw[:, 1] * raw[:, 6], found[:, 1] * found[:, 6])]
        p_values += [float(stats.ks_2samp(*pair, method="asymp").pvalue) for pair in columns]
    spend()
    assert min(p_values) * len(p_values) > P_LIMIT, p_values


def test_the_comparison_sees_a_wrong_law() -> None:
    channel = BlindGaussianChannel.for_model(ORACLE, 3.0)
    raw = quantities("data", ORACLE, channel, 20_000, seed=1)
    noisier = LinearModel(14, 5, 0.735)
    wrong = quantities("weights", noisier, channel, 20_000, seed=2)
    assert stats.ks_2samp(raw[:, 0], wrong[:, 0], method="asymp").pvalue < P_LIMIT / 20


def cells() -> Iterator[tuple[LinearModel, Channel]]:
    """220 cells: both codecs, with a prior and without, and quantizers; nu from 19 on, so that means are nearly normal."""
    sizes = [(21, 1), (22, 2), (24, 2), (26, 4), (28, 3), (30, 5), (32, 4), (34, 6), (36, 5), (40, 8)]
    for samples, features in sizes:
        for noise in (0.5, 2.0):
            oracle = LinearModel(samples, features, noise)
            prior = LinearModel(samples, features, noise, signal_variance=0.6 * oracle.weight_variance)
            for nats in (0.3 * features, 0.7 * features, 1.5 * features):
                yield oracle, BlindGaussianChannel.for_model(oracle, nats)
                yield oracle, AwareGaussianChannel.for_model(oracle, nats)
                yield prior, BlindGaussianChannel.for_model(prior, nats)
            yield oracle, UniformQuantizer(1.5 * float(np.sqrt(oracle.weight_variance)))
            yield prior, lloyd_max(source_for(prior), 3)


@pytest.mark.monte_carlo
def test_z_scores_against_the_closed_forms() -> None:
    """Every cell draws by itself. One data set gives each cell's three scores, so each quantity is judged by itself."""
    quantities = ("population_risk", "distortion", "population_risk_change")
    scores: dict[tuple[str, str], list[float]] = {(name, quantity): [] for name in SAMPLERS for quantity in quantities}
    for number, (model, channel) in enumerate(cells()):
        exact = risks(model, channel)
        for place, name in enumerate(SAMPLERS):
            cell = 3 * number + place
            found = simulate(model, [channel], 2_000, sampler=name, seed=seeds.number(6), cell=cell).compressed[0]
            for quantity in quantities:
                estimate = getattr(found, quantity)
                score = (estimate.mean - float(getattr(exact, quantity))) / estimate.standard_error
                scores[name, quantity].append(score)
    for which, found_scores in scores.items():
        spend(2)
        assert len(found_scores) == 220
        squares, law = np.square(found_scores), stats.chi2(220)
        assert 2 * min(law.cdf(squares.sum()), law.sf(squares.sum())) > P_LIMIT, (which, squares.mean())
        assert 220 * stats.chi2(1).sf(squares.max()) > P_LIMIT, (which, squares.max())


@pytest.mark.parametrize("name", ["sufficient", "weights"])
def test_variance_reduction_helps_and_harms_nothing(name: str) -> None:
    """At n = 80, d = 50, 1 bit; the factors are those of README."""
    model = LinearModel(80, 50)
    channel = BlindGaussianChannel.for_model(model, 50 * np.log(2.0))
    whole = simulate(model, [channel], 40_000 if name == "weights" else 4_000, sampler=name, means_only=False)
    means = simulate(model, [channel], whole.trials, sampler=name)

    def gain(quantity: str) -> float:
        before, after = getattr(whole.compressed[0], quantity), getattr(means.compressed[0], quantity)
        return float(before.standard_error / after.standard_error) ** 2

    change = gain("population_risk_change")
    assert change > (2.5 if name == "weights" else 1.1)
    for quantity in ("empirical_risk", "population_risk", "generalization_error", "distortion"):
        assert gain(quantity) > 0.9


def test_names() -> None:
    assert list(SAMPLERS)[:3] == ["data", "sufficient", "weights"]
    for name, sampler in SAMPLERS.items():
        assert sampler.name == name
        assert find_sampler(name) is sampler
    assert_refused(lambda: find_sampler("raw"), "sampler must be one of data, sufficient, weights", "got 'raw'")


def test_refusals_name_the_sampler_and_the_channel() -> None:
    ridge = RidgeShrinkage(1.0)
    refuse_unsupported(SAMPLERS["data"], LinearModel(4, 9), [ridge])
    refuse_unsupported(SAMPLERS["sufficient"], PRIOR, [ridge])
    for name, model, fragment in (
        ("weights", PRIOR, "which ridge needs"),
        ("weights", LinearModel(4, 9), "4 samples and 9 features"),
        ("sufficient", LinearModel(4, 9), "4 samples and 9 features"),
    ):
        for call in (
            lambda: refuse_unsupported(SAMPLERS[name], model, [ridge]),  # noqa: B023 (called at once)
            lambda: simulate(model, [ridge], 10, sampler=name),  # noqa: B023
        ):
            assert_refused(call, f"the {name} sampler", fragment, error=UnsupportedModelError)


def test_a_matrix_of_the_features_must_fit_into_memory() -> None:
    """2^27 numbers, a gigabyte, unless the sampler needs no such matrix."""
    for features, fits in ((11_585, True), (11_586, False)):
        model = LinearModel(20, features)
        assert (size_refusal(SAMPLERS["data"], model) is None) == fits
        assert size_refusal(SAMPLERS["weights"], model) is None


def test_costs_depend_on_the_model_alone() -> None:
    for sampler in SAMPLERS.values():
        assert sampler.numbers_per_trial(LinearModel(80, 50)) == sampler.numbers_per_trial(LinearModel(80, 50, 3.0, 0.1))
        assert sampler.batch_size(LinearModel(9000, 3000)) >= 1
    costs = [sampler.numbers_per_trial(LinearModel(80, 50)) for sampler in SAMPLERS.values()]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] == 80 * 50
