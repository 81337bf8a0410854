"""Records print in one short line, and simulations become tables."""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.errors import LinregCompressError
from linreg_compress.records import shown
from tests.public import TOLD_ELSEWHERE

MODEL = lc.LinearModel(samples=80, features=50, signal_variance=0.02)
CHANNEL = lc.BlindGaussianChannel.for_model(MODEL, bits_per_weight=1.0)


@pytest.mark.parametrize(
    ("record", "printed"),
    [
        (MODEL, "LinearModel(samples=80, features=50, signal_variance=0.02, weights=<50 numbers, all 0>)"),
        (lc.Estimate(1 / 3, 0.00123456, 400), "Estimate(0.333333 +- 0.0012, 400 trials)"),
        (
            lc.kmeans([0.0, 0.1, 5.0, 5.1, 9.0, 9.2], 3),
            "Clustering(centers=[0.05, 5.05, 9.1], assignments=<6 numbers, 0 to 2>, objective=0.03, lower_bound=0.03)",
        ),
    ],
)
def test_a_record_is_one_line(record: object, printed: str) -> None:
    assert repr(record) == printed


def test_every_record_is_short_and_without_types_of_numpy() -> None:
    found = lc.simulate(MODEL, [CHANNEL], trials=100)
    many = lc.compressed_risk.blind_channel_risks(np.arange(60, 160), 50, 1.0, 30.0)
    weights = np.random.default_rng(0).normal(size=500)
    for record in (
        MODEL,
        found,
        found.compressed[0],
        lc.risks(MODEL, CHANNEL),
        lc.risks(MODEL),
        many,
        lc.kmeans(weights, 16),
    ):
        assert len(repr(record)) < 500, repr(record)
        assert "float64" not in repr(record)
        assert "\n" not in repr(record)


ONE_BIT = lc.lloyd_max(lc.NormalSource(0.0, MODEL.weight_variance), 2)
PRINTED: dict[str, object] = {  # of each kind of record that holds arrays or numbers of the package's own making
    "QuantizedRisks": lc.compressed_risk.scalar_quantizer_risks(MODEL, ONE_BIT),
    "Criterion": lc.compression_criterion(np.arange(60, 80), 50, 1.0, 0.02),
    "WaterFilling": lc.information.reverse_water_filling(np.arange(1.0, 9.0), 2.0),
    "EntropyConstrainedQuantizer": lc.entropy_constrained(lc.NormalSource(), 2.0),
    "ChiSquareMixture": lc.compressed_risk.compressed_population_risk_law(MODEL, CHANNEL),
    "Coded": ONE_BIT.code(np.linspace(-1, 1, 9)),
    "EmpiricalSource": lc.compression.EmpiricalSource(np.arange(9.0)),
    "ClosestVector": lc.compression.closest_vector(np.arange(9.0) / 7, np.eye(9), step=1.0),
    "RateDistortionPoint": lc.information.blahut_arimoto(np.full(9, 1 / 9), 1 - np.eye(9), slope=1.0),
    "Fit": lc.least_squares.fit(np.vander(np.arange(1.0, 8.0), 3), np.arange(7.0)),
    "ReluNetwork": lc.networks.ReluNetwork([np.eye(7)], [np.zeros(7)]),
}


@pytest.mark.parametrize("kind", list(PRINTED))
def test_a_record_of_arrays_prints_them_in_short(kind: str) -> None:
    printed = repr(PRINTED[kind])
    assert type(PRINTED[kind]).__name__ == kind
    assert printed.startswith(kind + "(")
    assert len(printed) < 500
    for word in ("array(", "np.", "float64", "\n"):
        assert word not in printed


def kinds_of_records() -> list[Any]:
    """Every data class of the theory, listed in a chapter or not."""
    modules = [module.name for module in pkgutil.walk_packages(lc.__path__, "linreg_compress.")]
    theory = [name for name in modules if name.split(".")[1] not in {*TOLD_ELSEWHERE, "cli", "advice", "__main__"}]
    found = [kind for name in theory for kind in vars(importlib.import_module(name)).values() if inspect.isclass(kind)]
    return [kind for kind in dict.fromkeys(found) if is_dataclass(kind) and not kind.__name__.startswith("_")]


WORKING = {  # what formulas and searches pass on among themselves
    "Coordinates",
    "Design",
    "Fitted",
    "IntervalProgram",
    "Moments",
    "Rows",
    "ScaleMixture",
    "SortedWeights",
    "Specks",
}


def test_every_record_that_holds_arrays_has_the_short_form() -> None:
    """A data class that derives from one of these is given a long form of its own by `dataclass`."""
    held = [
        kind
        for kind in kinds_of_records()
        if any(
            str(one.type).startswith(("FloatArray", "ArrayLike", "numpy.ndarray", "Sequence[FloatArray"))
            for one in fields(kind)
        )
    ]
    assert len(held) > 20
    assert {kind.__name__ for kind in held if kind.__repr__.__module__ != "linreg_compress.records"} == WORKING


def test_a_number_is_a_float_where_the_annotation_says_so() -> None:
    """A double of NumPy passes for a float, and prints as np.float64(...)."""
    bounds = lc.bounds_of(MODEL, ONE_BIT), lc.bounds_of(MODEL, CHANNEL, 10.0)
    assert type(lc.bounds.same_inputs_generalization_error(MODEL, ONE_BIT)) is float
    records: list[Any] = [*PRINTED.values(), *bounds, *bounds[0].bounds, *bounds[1].bounds]
    checked = 0
    for record in records:
        for one in fields(record):
            if one.type in {"float", float}:
                assert type(getattr(record, one.name)) is float, (record, one.name)
                checked += 1
    assert checked > 15


def test_what_is_no_number_is_shown_in_short() -> None:
    assert shown({"a": np.zeros((3, 2)), "b": (True, None)}) == "{a: <3 x 2 numbers, all 0>, b: (True, None)}"
    assert shown(np.array(["x"] * 9)) == "<9 entries>"
    assert shown(list(range(9))) == "<9 entries>"


def test_a_simulation_is_a_table_with_its_model() -> None:
    found = lc.simulate(MODEL, [CHANNEL, lc.Identity()], trials=100)
    table = found.to_frame()
    assert list(table["compression"]) == ["least squares", CHANNEL.name, "identity"]
    assert set(table["samples"]) == {80}
    assert set(table["signal_variance"]) == {0.02}
    assert table["population_risk_change"][1] == found.compressed[0].population_risk_change.mean
    assert np.isnan(table["population_risk_change"][0])


def test_a_sweep_is_one_table_of_all_cells() -> None:
    cells = lc.sweep_grid([80, 100], [50], channels=lambda model: [lc.Identity()])
    found = lc.sweep(cells, 100, sampler="weights")
    assert list(found.to_frame()["samples"]) == [80, 80, 100, 100]
    assert repr(found) == "<Sweep of 2 cells, 200 trials>"


def test_without_pandas_one_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(LinregCompressError, match="pip install pandas"):
        lc.simulate(MODEL, [], trials=10).to_frame()
