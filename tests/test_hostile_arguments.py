"""Wrong kinds of objects, masked and odd arrays, absurd sizes: every public name answers with an error of the package."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

import linreg_compress as lc
from linreg_compress import _validation as valid
from linreg_compress.errors import InvalidInputError, LinregCompressError
from linreg_compress.monte_carlo.executors import KINDS
from tests.compare import assert_refused
from tests.public import PUBLIC

MODEL = lc.LinearModel(samples=80, features=5)
BLIND = lc.BlindGaussianChannel.for_model(MODEL, 3.0)
AWARE = lc.AwareGaussianChannel.for_model(MODEL, 3.0)
QUANTIZER = lc.compression.limited_uniform(0.1, 4)
KINDS_OF = {  # parameters that take an object, and what is legal there
    "model": MODEL,
    "channel": BLIND,
    "code": QUANTIZER,
    "quantizer": QUANTIZER,
    "source": lc.NormalSource(),
    "channels": [BLIND],
    "cells": [lc.monte_carlo.SweepCell(MODEL)],
    "settings": list(lc.settings_for(MODEL)),
    "rng": np.random.default_rng(0),
    "bound": lc.bounds.chi_square_bound(80, 3.0, 2.0),
}
OTHERS: dict[str, Any] = {"information_nats": 1.0, "bits": 1.0, "levels": 4, "trials": 100, "samples": 9, "features": 3}
OTHERS |= {"size": 2, "weights": np.zeros(5), "true_weights": np.zeros(5), "noise_variance": 1.0, "signal_variance": 1.0}
OTHERS |= {
    "rate_nats": 1.0,
    "penalty": 1.0,
    "bound_at": lambda _: None,
    "quantizer": QUANTIZER,
    "spectra": 16,
    "layers": (2, 3, 2),
    "inputs": np.eye(2),
    "labels": [0, 1],
}
WRONG = [1.0, "text", None, [], object(), lc.LinearModel, lc.Identity, np.zeros(3), {}]


# their source is probabilities, or their channels a function
OTHER_WORDS = {"blahut_arimoto", "rate_distortion_curve", "distortion_rate_bracket", "sweep_grid"}


def calls() -> list[tuple[str, str]]:
    """Every public function and each of its parameters that takes an object."""
    found = []
    for name, value in PUBLIC.items():
        if inspect.isfunction(value) and name not in OTHER_WORDS:
            found += [(name, parameter) for parameter in inspect.signature(value).parameters if parameter in KINDS_OF]
    return found


CALLS = calls()


def test_the_table_is_not_empty() -> None:
    assert len(CALLS) > 40


@pytest.mark.parametrize(("name", "parameter"), CALLS)
def test_a_wrong_kind_of_object_is_refused(name: str, parameter: str) -> None:
    function: Callable[..., Any] = PUBLIC[name]
    parameters = inspect.signature(function).parameters
    given = {
        one: {**OTHERS, **KINDS_OF}[one]
        for one, known in parameters.items()
        if one in KINDS_OF or one == "rate_nats" or (known.default is inspect.Parameter.empty and one in OTHERS)
    }
    for wrong in WRONG:
        if wrong is None and parameters[parameter].default is None:
            continue
        if isinstance(wrong, list | dict) and not wrong and parameter in {"channels", "cells", "settings"}:
            continue  # an empty collection is one
        with pytest.raises(LinregCompressError, match=rf"^{parameter} must be "):
            function(**{**given, parameter: wrong})


CODES: dict[str, Any] = {
    "blind": BLIND,
    "aware": AWARE,
    "identity": lc.Identity(),
    "dithered": lc.DitheredUniform.for_model(MODEL, bits_per_weight=2.0),
    "uniform": lc.UniformQuantizer(0.5),
    "finite": QUANTIZER,
    "per weight": lc.PerWeightGaussianChannel.for_model(MODEL, 3.0),
}
MODELS = [
    MODEL,
    *(lc.LinearModel(n, 5, signal_variance=signal) for n in (4, 5, 6, 7) for signal in (0.0, 0.1)),
    lc.LinearModel(80, 5, signal_variance=0.1),
    lc.LinearModel(80, 5, weights=np.ones(5)),
    lc.LinearModel(80, 5, covariance=np.arange(1.0, 6.0)),
    lc.LinearModel(80, 5, covariance=np.eye(5) + 1.0),
]


@pytest.mark.filterwarnings("ignore:the centred average is infinite")
@pytest.mark.parametrize(
    "name",
    sorted({name for name, word in CALLS if word in {"channel", "code", "quantizer"}} - {"expected_distortion"}),  # a name
)
def test_every_code_at_every_kind_of_model_is_answered_or_refused(name: str) -> None:
    """A code made for one model may meet another, a formula of one kind of code another kind."""
    function: Callable[..., Any] = PUBLIC[name]
    parameters = inspect.signature(function).parameters
    (word,) = {"channel", "code", "quantizer"} & set(parameters)
    values = {**OTHERS, **KINDS_OF, "information_nats": 50.0}
    given = {one: value for one, value in values.items() if one in parameters}
    answered, reasons = 0, []
    for model in MODELS:
        for code in CODES.values():
            try:
                function(**{**given, **({"model": model} if "model" in parameters else {}), word: code})
                answered += 1
            except LinregCompressError as refusal:
                reasons.append(str(refusal))
    assert answered
    assert min(map(len, reasons), default=30) >= 30


def test_the_message_says_what_a_channel_is() -> None:
    assert_refused(
        lambda: lc.risks(MODEL, 1.0),  # type: ignore[arg-type]
        "channel must be a Channel (a map, possibly random, from least-squares weights to compressed weights); got 1.0.",
    )
    assert_refused(
        lambda: lc.simulate(MODEL, BLIND, 10),  # type: ignore[arg-type]
        "channels must be a list of Channel objects; got",
    )
    assert_refused(
        lambda: lc.expected_risks(lc.LinearModel),  # type: ignore[arg-type]
        "That is its class: make an instance.",
    )


MASKED = np.ma.MaskedArray([1.0, 2.0, 3.0, 1e6, 4.0], mask=[False, False, False, True, False])
DOORS: dict[str, Callable[[Any], Any]] = {
    "numbers": lambda a: valid.numbers("p", a),
    "kmeans": lambda a: lc.kmeans(a, 2),
    "importance": lambda a: lc.kmeans(np.arange(5.0), 2, a),
    "local_search": lambda a: lc.compression.local_search(a, 2),
    "entropy": lc.entropy,
    "huffman_lengths": lc.information.huffman_lengths,
    "EmpiricalSource": lc.compression.EmpiricalSource,
    "weights": lambda a: lc.LinearModel(9, 5, weights=a),
    "covariance": lambda a: lc.LinearModel(9, 5, covariance=a),
    "compress": QUANTIZER.compress,
    "code": QUANTIZER.code,
    "blind": lambda a: BLIND.compress(a, rng=np.random.default_rng(0)),
    "aware": lambda a: AWARE.compress(a, rng=np.random.default_rng(0), gram=np.eye(5)),
    "uniform": lambda a: lc.UniformQuantizer(0.5).compress(a),
    "identity": lambda a: lc.Identity().compress(a, rng=np.random.default_rng(0)),
    "ridge": lambda a: lc.RidgeShrinkage(1.0).compress(a, rng=np.random.default_rng(0), gram=np.eye(5)),
    "successive": lambda a: lc.SuccessiveQuantizer(QUANTIZER).compress(a, gram=np.eye(5)),
    "pruning": lambda a: lc.MagnitudePruning(2).compress(a),
    "empirical_risk": lambda a: lc.empirical_risk(np.ones((5, 1)), a, np.ones(1)),
    "population_risk": lambda a: lc.population_risk(MODEL, a, np.zeros(5)),
    "pdf": lambda a: lc.NormalSource().pdf(a),
    "spectrum": lambda a: lc.MarchenkoPastur(0.5).pdf(a),
    "fit": lambda a: lc.fit(np.eye(5), a),
    "targets": lambda a: lc.advise(np.random.default_rng(0).standard_normal((5, 1)), a),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("form", ["array", "list"])
def test_what_is_masked_is_refused_and_named(door: str, form: str) -> None:
    values = MASKED if form == "array" else [1.0, 2.0, 3.0, np.ma.masked, 4.0]
    assert_refused(lambda: DOORS[door](values), "must have nothing masked; got row 3 masked. Fill it in or drop it.")


def test_a_mask_that_hides_nothing_passes_and_places_are_rows_and_columns() -> None:
    assert valid.numbers("p", np.ma.MaskedArray([1.0, 2.0], mask=[False, False])).tolist() == [1.0, 2.0]
    x = np.ma.MaskedArray(np.ones((6, 2)), mask=np.zeros((6, 2), dtype=bool))
    x[4, 1] = np.ma.masked
    assert_refused(lambda: lc.advise(x, np.arange(6.0)), "features must have nothing masked; got row 4, column 1 masked.")
    assert_refused(lambda: valid.numbers("p", list(x)), "p must have nothing masked; got row 4, column 1 masked.")


ODD: dict[str, Any] = {
    "complex": [1j],
    "text": ["1"],
    "bool": [True],
    "time": np.array(["2020-01-01"], dtype="M8[D]"),
    "record": np.zeros(2, dtype=[("a", float)]),
    "masked record": np.ma.zeros(2, dtype=[("a", float)]),
    "generator": (x for x in [1.0]),
    "ragged": [[1.0], [1.0, 2.0]],
    "none": [None, 1.0],
    "NA": pd.Series([1.0, None], dtype="Float64"),
    "NA among objects": pd.Series([1.0, pd.NA], dtype=object),
    "huge": 10**400,
    "huger": 10**5000,
    "huge inside": [1.0, 10**400],
    "long double": np.array([np.longdouble("1e4000")]),
    "object": object(),
    "set": {1.0, 2.0},
    "dict": {"a": 1.0},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_arrays_are_refused_in_words(name: str) -> None:
    doors = {"numbers", "kmeans", "entropy", "compress", "population_risk", "targets"}
    if name in {"NA", "long double"}:
        doors -= {"compress", "population_risk"}  # which let NaN and infinities pass
    if name in {"huge", "huger"}:
        doors -= {"entropy"}  # which takes counts of any size
    for door in sorted(doors):
        with pytest.raises(InvalidInputError):
            DOORS[door](ODD[name])


def test_numbers_of_other_kinds_are_read() -> None:
    expected = [0.5, 2.0]
    given: tuple[Any, ...] = (
        [Fraction(1, 2), 2],
        [Decimal("0.5"), 2],
        np.array([0.5, 2.0], dtype=np.longdouble),
        pd.Series(expected),
    )
    for values in given:
        assert valid.numbers("p", values).tolist() == expected
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(expected)
    assert type(valid.numbers("p", matrix)) is np.ndarray


@pytest.mark.parametrize("seeds", [(2**53, 2**53 + 1), (0, 2**32, 2**64, 2**64 + 1, 2**128), (10**30, 10**30 + 1)])
def test_seeds_of_any_size_are_distinct_streams(seeds: tuple[int, ...]) -> None:
    means = [lc.simulate(MODEL, [], 10, seed=seed).population_risk.mean for seed in seeds]
    assert len(set(means)) == len(seeds)
    assert [valid.seed("seed", seed) for seed in seeds] == list(seeds)


def test_seeds_of_other_types() -> None:
    assert valid.seed("seed", np.uint64(2**64 - 1)) == 2**64 - 1
    assert valid.seed("seed", np.array(2**63 + 1, dtype=np.uint64)) == 2**63 + 1
    for wrong in (-1, 1.5, "1", None, True, np.nan, [1]):
        with pytest.raises(InvalidInputError):
            valid.seed("seed", wrong)


SIZES: dict[str, tuple[Callable[[], Any], str]] = {
    "trials": (lambda: lc.simulate(MODEL, [], 10**12), "trials must be a whole number of at most 10000000000"),
    "workers": (lambda: lc.simulate(MODEL, [], 10, workers=10**9), "workers must be a whole number of at most 256"),
    "sweep": (
        lambda: lc.sweep([lc.monte_carlo.SweepCell(MODEL)], 10, workers=10**9, executor=KINDS[1]),
        "workers must be a whole number",
    ),
    "features": (lambda: lc.LinearModel(10**12, 10**9), "features must be a whole number of at most 100000000"),
    "samples": (lambda: lc.LinearModel(10**400, 5), "samples must be a whole number of at most 9007199254740992"),
    "data": (
        lambda: lc.simulate(lc.LinearModel(10**9, 1000), [], 2),
        "the data sampler would hold 1e+12 numbers a trial",
    ),
    "gram": (
        lambda: lc.simulate(lc.LinearModel(9, 20_000), [], 2),
        "the data sampler would hold 4e+08 numbers a trial",
    ),
    "levels": (
        lambda: lc.compression.optimal_uniform(lc.NormalSource(), 10**10),
        "levels must be a whole number of at most 1048576",
    ),
    "repeats": (
        lambda: lc.advise(np.eye(9), np.arange(9.0), repeats=10**9),
        "repeats must be a whole number of at most 1000",
    ),
    "symbols": (lambda: lc.HuffmanCode.of(np.array([10**15])), "symbols must be below"),
    "spectra": (lambda: lc.least_squares.draw_spectra(10**9, 10**9, 9, rng=np.random.default_rng(0)), "features must be"),
    "centres": (
        lambda: lc.compression.local_search(np.arange(9.0), 10**12),
        "levels must be a whole number of at most 1048576",
    ),
}


@pytest.mark.parametrize("name", SIZES)
def test_absurd_sizes_are_refused_before_any_work(name: str) -> None:
    call, message = SIZES[name]
    assert_refused(call, message, error=LinregCompressError)


def test_zero_weights_of_a_huge_model_take_no_memory() -> None:
    model = lc.LinearModel(samples=10**9, features=10**8)
    assert model.mean_weights.strides == (0,)
    channel = lc.BlindGaussianChannel.for_model(model, 1e8)
    assert channel.center.strides == (0,)
    assert model.weight_energy == 0.0


def test_an_iterator_counts_as_the_list_of_what_it_gives() -> None:
    """Checking it must not use it up."""
    listed = lc.simulate(MODEL, [lc.Identity(), BLIND], trials=50)
    for drawn in (
        lc.simulate(MODEL, (one for one in (lc.Identity(), BLIND)), trials=50),  # type: ignore[arg-type]
        lc.simulate(MODEL, channels=iter([lc.Identity(), BLIND]), trials=50),  # type: ignore[arg-type]
        lc.simulate(MODEL, {lc.Identity(): 0, BLIND: 1}.keys(), trials=50),  # type: ignore[arg-type]
    ):
        assert drawn.compressed == listed.compressed
    cells = lc.sweep_grid([20], [3])
    assert len(lc.sweep(iter(cells), 50)) == 1  # type: ignore[arg-type]
    settings = lc.settings_for(lc.LinearModel(30, 4))[:1]
    assert lc.check_agreement(iter(settings), 200) == lc.check_agreement(settings, 200)  # type: ignore[arg-type]


def test_objects_refuse_what_they_cannot_use_when_they_are_made() -> None:
    successive: Any = lc.SuccessiveQuantizer  # wrong kinds on purpose
    cell: Any = lc.monte_carlo.SweepCell
    settings_for: Any = lc.settings_for
    for grid in (3, None, lc.UniformQuantizer):
        assert_refused(partial(successive, grid), "grid must be a ScalarQuantizer")
    assert_refused(partial(cell, MODEL, lc.Identity()), "channels must be a list of Channel objects; got Identity(")
    assert_refused(partial(cell, MODEL, [3]), "channels must be a Channel")
    assert_refused(partial(cell, 3), "model must be a LinearModel")
    assert cell(MODEL, iter([BLIND])).channels == (BLIND,)
    words = "channels must be a mapping from names to channels; got [Identity("
    assert_refused(partial(settings_for, MODEL, [lc.Identity()]), words, 'Write channels={"name": channel}.')
    assert_refused(partial(settings_for, MODEL, {"three": 3}), "channels must be a Channel")
    assert lc.check_agreement(lc.settings_for(MODEL, {"name": lc.Identity()}), 200).checks


def test_a_quantity_that_nothing_bounds_is_refused() -> None:
    assert_refused(
        partial(lc.bounds_of(MODEL, BLIND).truth, "x"),
        "of must be one of generalization_error, same_inputs_generalization_error, population_risk; got 'x'.",
    )


VECTORS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {  # every function of several arrays, and legal arguments
    "least_squares_risks": (
        lc.least_squares_risks,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "weight_energy": 1.0},
    ),
    "compression_criterion": (
        lc.compression_criterion,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "signal_variance": 1.0, "variance_inflation": 1.0},
    ),
    "interpolated_excess_risk": (
        lc.compressed_risk.interpolated_excess_risk,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "signal_variance": 1.0, "normalized_distortion": 0.5},
    ),
    "bayes_decoder_excess_risk": (
        lc.compressed_risk.bayes_decoder_excess_risk,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "signal_variance": 1.0, "normalized_distortion": 0.5},
    ),
    "blind_channel_risks": (
        lc.compressed_risk.blind_channel_risks,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "rate_nats": 3.0, "signal_variance": 1.0}
        | {"variance_inflation": 1.0},
    ),
    "blind_channel_risks, bits": (
        lc.compressed_risk.blind_channel_risks,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "bits_per_weight": 3.0},
    ),
    "aware_channel_risks": (
        lc.compressed_risk.aware_channel_risks,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "rate_nats": 3.0},
    ),
    "linear_channel_risks": (
        lc.compressed_risk.linear_channel_risks,
        {"samples": 80, "features": 50, "noise_variance": 1.0, "kept": 0.5, "added_noise": 0.1, "signal_variance": 1.0},
    ),
    "rate_nats_from_bits": (lc.information.rate_nats_from_bits, {"features": 5, "bits_per_weight": 1.0}),
    "bits_per_weight_from_nats": (lc.information.bits_per_weight_from_nats, {"features": 5, "rate_nats": 1.0}),
    "normalized_distortion": (lc.information.normalized_distortion, {"features": 5, "rate_nats": 1.0}),
    "kept_fraction": (lc.information.kept_fraction, {"features": 5, "rate_nats": 1.0}),
    "distortion_rate": (lc.information.distortion_rate, {"features": 5, "rate_nats": 1.0, "variance": 1.0}),
    "rate_distortion": (lc.information.rate_distortion, {"variance": 1.0, "distortion": 0.5, "features": 5}),
    "additive_channel_information": (
        lc.information.additive_channel_information,
        {"signal_variance": 1.0, "noise_variance": 1.0},
    ),
    "wasserstein_sample_bound": (
        lc.bounds.wasserstein_sample_bound,
        {"leverage": 0.5, "kept": 0.5, "noise_variance": 1.0},
    ),
}


@pytest.mark.parametrize("name", list(VECTORS))
def test_shapes_that_do_not_broadcast_are_refused(name: str) -> None:
    function, legal = VECTORS[name]
    function(**{one: np.full((2, 1) if index else 3, value) for index, (one, value) in enumerate(legal.items())})
    for one, other in combinations(legal, 2):
        given = legal | {one: np.full(2, legal[one]), other: np.full(3, legal[other])}
        with pytest.raises(InvalidInputError, match=r"must broadcast with .* of shape \(\d,\); got shape") as caught:
            function(**given)
        assert {caught.value.parameter, caught.value.rule.split()[3]} == {one, other}


def test_every_function_of_several_arrays_is_in_that_table() -> None:
    """Weights with their importances, rows with their labels and matrices must match, which others test."""
    several = {
        name
        for name, value in PUBLIC.items()
        if inspect.isfunction(value)
        and sum("ArrayLike" in str(one.annotation) for one in inspect.signature(value).parameters.values()) > 1
    }
    matched = {"blahut_arimoto", "rate_distortion_curve", "distortion_rate_bracket", "closest_vector", "kmeans"}
    matched |= {"diameter_kmeans", "local_search", "vector_kmeans", "train_network", "training_epochs"}
    assert several - set(VECTORS) - matched == {"reverse_water_filling", "water_filled_risks"}
    words = "must broadcast with the leading axes of"
    spectra = [[1.0, 2.0], [3.0, 4.0]]
    split = lc.information.reverse_water_filling
    assert_refused(lambda: split(spectra, [1.0, 2.0, 3.0]), f"rate_nats {words} variances of shape (2,); got shape (3,)")
    risks = partial(lc.compressed_risk.water_filled_risks, spectra, 9, 1.0, 1.0)
    assert_refused(lambda: risks([1.0, 2.0, 3.0]), f"rate_nats {words} eigenvalues of shape (2,)")
    assert_refused(lambda: risks(bits_per_weight=[1.0, 2.0, 3.0]), f"bits_per_weight {words} eigenvalues of shape (2,)")
    criterion = lc.compression_criterion([80, 90], 50, 1.0, 0.02)
    for method in (criterion.boundary_at, criterion.population_risk_change):
        assert_refused(partial(method, [0.1, 0.2, 0.3]), "normalized_distortion must broadcast with samples of shape (2,)")


def test_rates_beyond_doubles_and_levels_out_of_order_are_named() -> None:
    with np.errstate(all="raise"):
        rate = "bits_per_weight must be a rate below 1.8e308 nats; got 1e+308."
        assert_refused(lambda: lc.information.rate_nats_from_bits(1e308, 50), rate)
        for samples in (1, 80):
            assert lc.bounds.relative_bound(samples, 1.79e308).value == 1.0
            assert lc.bounds.chi_square_bound(samples, 1.79e308, 2.0).value == 2.0
    assert_refused(
        lambda: lc.CellQuantizer(np.array([1, 0]), np.array([0.5])),
        "levels must be ascending; got 0.0 after 1.0. Sort them.",
    )
    unsorted = "thresholds must be ascending; got 0.4 after 0.5. Sort them."
    assert_refused(lambda: lc.CellQuantizer(np.arange(3), np.array([0.5, 0.4])), unsorted)
