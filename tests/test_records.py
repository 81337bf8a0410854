"""Records print in one short line, and simulations become tables."""

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.errors import LinregCompressError
from linreg_compress.records import shown

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
