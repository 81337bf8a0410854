"""The whole answer on tables of many kinds."""

import json
from itertools import product
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.advice import measuring
from linreg_compress.compression.batches import QUANTIZERS
from linreg_compress.errors import DesignError, InvalidInputError


def table(rows: int, columns: int, signal: float, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns))
    return x, x @ (signal * rng.standard_normal(columns)) + rng.standard_normal(rows)


@pytest.mark.parametrize(("condition", "seed"), [(1.0, 1), (1e2, 2), (1e5, 3)])
@pytest.mark.parametrize("columns", [1, 10, 60])
def test_every_number_is_finite_and_above_minus_the_excess_risk(condition: float, columns: int, seed: int) -> None:
    """Noise from 1 to 1e-8 of the signal: nothing is refused, and where the signal is clear nothing lowers the error."""
    for noise in (1.0, 1e-4, 1e-8):
        rng = np.random.default_rng([seed, columns])
        turn = np.linalg.qr(rng.standard_normal((columns, columns)))[0]
        x = rng.standard_normal((columns + 40, columns)) @ (turn * np.geomspace(1, condition**-0.5, columns))
        y = x @ rng.standard_normal(columns)
        y += noise * np.std(y) * rng.standard_normal(len(y))
        found = lc.advise(x, y, bits=[1, 2, 4], repeats=1)
        for one in [*found.curve, found.ridge, found.no_weights]:
            numbers = [one.predicted_change, one.measured_change, *one.measured_interval, one.measured_percent]
            assert np.isfinite(numbers).all()
            assert min(numbers[:4]) >= -1.0
            assert one.measured_interval[0] <= one.measured_change <= one.measured_interval[1]
        assert found.verdict != "lowers" or noise == 1.0
        lines = str(found).splitlines()
        assert len(lines) <= 30
        assert max(map(len, lines)) <= 80


def test_a_weak_signal_gains_and_a_strong_one_loses() -> None:
    weak = lc.advise(*table(60, 25, 0.02), bits=[1, 2, 3])
    assert (weak.verdict, weak.compression_helps) == ("lowers", True)
    assert weak.verdict_code.bits_per_weight == weak.recommended_bits_per_weight == 1
    strong = lc.advise(*table(80, 8, 1.0), bits=[1, 2, 8])
    assert (strong.verdict, strong.compression_helps) == ("raises", False)
    assert strong.recommended_bits_per_weight == 8
    few = lc.advise(*table(20, 8, 1.0), bits=[1])
    assert (few.verdict, few.compression_helps) == ("open", None)
    assert few.reason == "only 11 rows beyond one for each coefficient, 20 are needed"


def test_an_open_verdict_says_what_theory_lacks() -> None:
    """The same table alone and in groups of three rows; another whose theory is not clear; as many levels as weights."""

    def why(rows: int, columns: int, signal: float, seed: int, **settings: Any) -> str:
        x, y = table(rows, columns, signal, seed)
        return lc.advise(x, y, bits=[1], quantizers=["lloyd-max"], repeats=2, **settings).reason

    clear = "left-out rows and theory are clear, but theory is not if one {} is dropped"
    assert why(60, 8, 0.4, 0) == clear.format("row")
    assert why(60, 8, 0.4, 0, groups=np.arange(60) // 3) == clear.format("group")
    assert why(60, 8, 0.4, 2, groups=np.arange(60) // 3) == "left-out rows are clear, theory is not"
    assert why(40, 2, 0.0, 3) == "as many levels as weights gain by luck alone"


@pytest.mark.parametrize("difference", [1e-1, 1e-2, 1e-3, 1e-4])
def test_nearly_equal_columns_lower_nothing(difference: float) -> None:
    """Truly every code raises the error, kmeans of 2 bits by 3 or 4 % (1500 training sets); table 21 differs."""
    weights = 0.25 * np.random.default_rng([12]).standard_normal(12)
    for seed in (3, 21):
        rng = np.random.default_rng([7, seed])
        x = rng.standard_normal((40, 12))
        x[:, 1] = x[:, 0] + difference * rng.standard_normal(40)
        found = lc.advise(
            x, x @ weights + rng.standard_normal(40), quantizers=["lloyd-max", "kmeans"], bits=[1, 2], repeats=2
        )
        assert [one.verdict for one in found.curve if one.verdict == "lowers"] == []


def test_the_numbers_of_the_fit() -> None:
    x, y = table(50, 4, 1.0, seed=5)
    found = lc.advise(x, y, bits=[2], repeats=1)
    columns = np.column_stack([x, np.ones(50)])
    left = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
    assert found.noise_variance == pytest.approx(left @ left / 45, rel=1e-9)
    assert found.excess_risk == pytest.approx(found.noise_variance * 4 / 44 * (1 + 1 / 50), rel=1e-9)
    assert found.weight_noise == pytest.approx(found.excess_risk / 4, rel=1e-12)
    assert found.r_squared == pytest.approx(1 - left @ left / np.sum((y - y.mean()) ** 2), rel=1e-9)
    assert (found.rows, found.columns, found.groups, found.repeated_rows, found.folds) == (50, 4, 50, 0, 10)


def test_twice_the_rows_is_the_same_answer() -> None:
    x, y = table(60, 8, 0.3, seed=2)
    once = lc.advise(x, y, bits=[1, 2])
    twice = lc.advise(np.vstack([x, x]), np.append(y, y), bits=[1, 2])
    assert (twice.rows, twice.repeated_rows, twice.groups) == (120, 60, 60)
    assert twice.verdict == once.verdict
    for one, two in zip(once.curve, twice.curve, strict=True):
        assert two.measured_percent == pytest.approx(one.measured_percent, rel=0.05, abs=0.1)
        assert two.predicted_percent == pytest.approx(one.predicted_percent, rel=0.05, abs=0.1)


def panel(seed: int) -> tuple[Any, Any, Any]:
    """Thirty firms of eight years: columns and noise belong to the firm, so that there are 30 rows, not 240."""
    rng = np.random.default_rng(seed)
    firm = np.repeat(np.arange(30), 8)
    x = rng.standard_normal((30, 6))[firm] + 0.1 * rng.standard_normal((240, 6))
    y = x @ np.full(6, 0.15) + rng.standard_normal(30)[firm] + 0.3 * rng.standard_normal(240)
    return x, y, firm


def test_a_panel_is_not_read_as_independent_rows() -> None:
    """Truly 1 bit lowers the error; without groups the theory of independent rows says the opposite."""
    for seed in (1, 2, 3):
        x, y, firm = panel(seed)
        assert lc.advise(x, y, bits=[1]).verdict != "raises"
        named = lc.advise(x, y, groups=firm, groups_name="firm", bits=[1])
        assert named.verdict != "raises"
        assert named.groups == 30
        assert "30 groups of 'firm' are never split" in named.assumptions[0].effect
        assert named.excess_risk > 3 * lc.advise(x, y, bits=[1]).excess_risk


def test_dependence_that_nobody_named_leaves_it_open_where_its_folds_do_not_confirm() -> None:
    x, y, _ = panel(4)
    found = lc.advise(x, y, bits=[1])
    assert "neighbouring rows are alike" in found.assumptions[0].finding
    if found.verdict == "open" and found.verdict_code.verdict != "open":
        assert found.reason == "rows look dependent, and folds that keep these together do not confirm the sign"


def test_rare_dummies_are_answered_for_every_seed() -> None:
    x, y = table(60, 3, 1.0, seed=3)
    for ones in (1, 2, 3):
        rare = np.zeros(60)
        rare[:ones] = 1.0
        found = [lc.advise(np.column_stack([x, rare]), y, bits=[1], repeats=3, seed=seed) for seed in range(8)]
        assert len({one.verdict for one in found} - {"open"}) == 1
        assert all(one.still_columns == (("column 3",) if one.folds_left_out else ()) for one in found)
        if ones == 1:
            assert {one.folds_left_out for one in found} == {3}


def test_seeds_move_the_measured_numbers_within_their_spread() -> None:
    x, y = table(90, 10, 0.5, seed=6)
    points = [lc.advise(x, y, quantizers=["lloyd-max"], bits=[2], seed=seed).curve[0] for seed in range(8)]
    changes = [one.measured_change for one in points]
    spread = (points[0].measured_interval[1] - points[0].measured_interval[0]) / 2
    assert 0 < np.ptp(changes) < 4 * spread
    assert len({one.predicted_change for one in points}) == 8
    assert len({one.verdict for one in points} - {"open"}) <= 1


def test_workers_do_not_change_the_answer_and_seeds_repeat_it() -> None:
    x, y = table(50, 5, 0.5)
    one, two = (lc.advise(x, y, bits=[1, 2], repeats=2, workers=workers).record() for workers in (1, 2))
    assert one == two


def test_the_record_has_the_promised_keys() -> None:
    record = json.loads(json.dumps(lc.advise(*table(50, 5, 0.5), bits=[1, 2], repeats=1).record()))
    promised = {
        "compression_helps",
        "verdict",
        "rows",
        "repeated_rows",
        "curve",
        "assumptions",
        "recommended_bits_per_weight",
    }
    assert promised <= set(record)
    assert {"quantizer", "bits_per_weight", "measured_change", "measured_interval", "predicted_change"} <= set(
        record["curve"][0]
    )
    assert len(record["curve"]) == 2 * len(QUANTIZERS)
    assert len(record["assumptions"]) == 7
    assert "fitted" not in record
    assert "design" not in record
    assert record["bytes_shipped"] == sum(record["size"].values())
    assert record["bytes_float32"] == 24


def test_what_is_tried_unless_told_otherwise() -> None:
    found = lc.advise(*table(40, 5, 0.5))
    assert [(one.quantizer, one.bits_per_weight) for one in found.curve] == [
        (name, b)
        for name in ("lloyd-max", "uniform", "kmeans", "hessian-kmeans", "gptq", "diameter-kmeans")
        for b in range(1, 9)
    ]
    assert (found.folds, found.tolerance, found.seed) == (50, 0.01, 0)
    assert found.design.intercept
    assert found.design.standardize


def test_the_curve_as_a_data_frame() -> None:
    found = lc.advise(*table(50, 5, 0.5), bits=[1, 2], repeats=1)
    frame = found.to_frame()
    assert len(frame) == len(found.curve)
    assert frame["measured_change"].tolist() == [one.measured_change for one in found.curve]


def test_print_shows_the_report_and_the_repr_is_one_line() -> None:
    found = lc.advise(*table(50, 5, 0.5), bits=[1], repeats=1)
    assert str(found).startswith("50 rows, 5 columns, target 'target'\n")
    assert repr(found) == f"<Advice: {found.verdict}, 50 rows, 5 columns; print it for the report>"


def test_data_frames() -> None:
    pandas: Any = pytest.importorskip("pandas")
    x, y = table(50, 3, 0.5)
    frame = pandas.DataFrame({"a": x[:, 0], "b": x[:, 1], "price": y, "c": x[:, 2], "firm": list("abcdefghij") * 5})
    found = lc.advise(frame, "price", groups="firm", bits=[1], repeats=1)
    assert found.design.names == ("a", "b", "c")
    assert (found.design.target_name, found.groups) == ("price", 10)
    apart = lc.advise(frame[["a", "b", "c"]], frame["price"], groups=frame["firm"], bits=[1], repeats=1)
    assert apart.curve == found.curve
    twice = frame[["a", "b", "price"]].set_axis(["a", "a", "price"], axis=1)
    with pytest.raises(InvalidInputError, match="must have columns of different names; got 'a' twice"):
        lc.advise(twice, "price")
    wrongs: list[dict[str, Any]] = [{"targets": "cost"}, {"targets": "price", "groups": "plant"}]
    for wrong in wrongs:
        with pytest.raises(InvalidInputError, match="must be a column of the data frame"):
            lc.advise(frame, **wrong)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"groups": "firm"}, "groups can be a name only for a data frame; got 'firm'"),
        ({"groups": [1, 2]}, "groups must hold one label a row, 30 in all"),
        ({"groups": [1.0, np.nan, *range(28)]}, "groups must have a label in every row, in row 1 too; got nan"),
        ({"groups": ["a", None, *"b" * 28]}, "groups must have a label in every row, in row 1 too"),
        ({"bits": []}, "bits must be whole numbers from 1 to 12; got none"),
        ({"bits": [1, 13]}, "bits must be whole numbers from 1 to 12; got 13"),
        ({"quantizers": []}, "quantizers must name at least one"),
        ({"tolerance": 0}, "tolerance must be positive"),
        ({"tolerance": 5}, "tolerance must be a share of at most 1; got 5.0. Write 5 % as 0.05."),
    ],
)
def test_bad_arguments(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lc.advise(*table(30, 3, 1.0), **settings)
    assert message in str(caught.value)


def test_a_hint_of_groups_asks_the_code_that_speaks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours are alike: the folds that keep them together measure the same quantizer and number of levels."""
    asked, plain = [], measuring.measure

    def measure(*arguments: Any, **rest: Any) -> Any:
        asked.append(arguments[2:5])
        return plain(*arguments, **rest)

    monkeypatch.setattr("linreg_compress.advice.answer.measure", measure)
    rng = np.random.default_rng(3)
    x, noise = rng.standard_normal((160, 3)), rng.standard_normal(160)
    for row in range(1, 160):
        noise[row] += 0.7 * noise[row - 1]
    found = lc.advise(x, 9 * x.sum(axis=1) + noise, quantizers=["uniform"], bits=[2, 3], repeats=2)
    assert found.verdict == "raises"
    (groups, *all_codes), (again, *one_code) = asked
    assert (all_codes, one_code) == ([["uniform"], [4, 8]], [["uniform"], [4]])
    assert (len(np.unique(groups)), len(np.unique(again))) == (160, 20)


def test_the_defaults_are_those_of_the_docstring() -> None:
    from inspect import signature

    found = {name: one.default for name, one in signature(lc.advise).parameters.items()}
    assert found["bits"] == (1, 2, 3, 4, 5, 6, 7, 8)
    assert (found["standardize"], found["intercept"], found["progress"]) == (True, True, False)
    assert (found["tolerance"], found["repeats"], found["seed"], found["workers"]) == (0.01, 5, 0, 1)
    for settings, rule in (({"bits": [13]}, "from 1 to 12"), ({"repeats": 1001}, "1000")):
        with pytest.raises(InvalidInputError, match=rule):
            lc.advise(*table(30, 3, 1.0), **settings)
    assert lc.advise(*table(30, 3, 1.0), bits=[12], quantizers=["uniform"], repeats=1).curve[0].bits_per_weight == 12


def test_the_largest_numbers_are_taken() -> None:
    x, y = table(30, 2, 1.0)
    x[3, 1] = 1e50
    assert np.isfinite(lc.advise(x, y, bits=[1], repeats=1).error)
    x[3, 1] = np.nextafter(1e50, np.inf)
    with pytest.raises(InvalidInputError, match=r"at most 1e\+50 in size, in row 3 of 'column 1' too"):
        lc.advise(x, y)
    x[3, 1], x[5, 0], x[6, 0] = -1e50, -1.1e50, -2e50  # the first that is too large is named
    with pytest.raises(InvalidInputError, match=r"at most 1e\+50 in size, in row 5 of 'column 0' too"):
        lc.advise(x, y)


def test_too_few_different_rows_or_groups() -> None:
    x, y = table(8, 3, 1.0)
    with pytest.raises(DesignError, match="32 rows, 8 of them different, are too few for 3 columns"):
        lc.advise(np.tile(x, (4, 1)), np.tile(y, 4))
    with pytest.raises(DesignError, match="all rows are in one group"):
        lc.advise(*table(30, 3, 1.0), groups=["a"] * 30)


@pytest.mark.parametrize("unit", [1e-12, 1e9])
def test_units_of_target_and_columns_do_not_matter(unit: float) -> None:
    x, y = table(60, 5, 0.5, seed=8)
    one, other = (lc.advise(a * x, a**2 * (3 + y), bits=[1, 3], repeats=2) for a in (1.0, unit))
    for mine, theirs in zip(one.curve, other.curve, strict=True):
        assert (theirs.verdict, theirs.agrees, theirs.lossless) == (mine.verdict, mine.agrees, mine.lossless)
        assert theirs.measured_percent == pytest.approx(mine.measured_percent, rel=1e-4, abs=1e-4)
        assert theirs.predicted_change == pytest.approx(mine.predicted_change, rel=1e-4, abs=1e-4)
    assert other.error == pytest.approx(unit**4 * one.error, rel=1e-4)
    assert other.excess_risk == pytest.approx(unit**4 * one.excess_risk, rel=1e-4)


def test_every_choice_of_settings_works() -> None:
    x, y = table(40, 4, 0.5)
    for standardize, intercept in product((False, True), repeat=2):
        found = lc.advise(x * [1, 9, 1, 1], y, bits=[2], repeats=1, standardize=standardize, intercept=intercept)
        assert len(found.curve) == len(QUANTIZERS)
        assert (found.shipped.size["column scales"] > 0) is standardize
        assert (found.shipped.size["intercept"] > 0) is intercept


@pytest.mark.parametrize("shape", [(30,), (0, 3), (30, 0), (30, 2, 2)])
def test_features_are_a_table(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInputError, match=r"must have shape \(rows, columns\), neither of them 0"):
        lc.advise(np.ones(shape), np.ones(shape[0]))


def test_a_named_series_brings_the_name_of_the_target() -> None:
    pd: Any = pytest.importorskip("pandas")

    x, y = table(30, 2, 1.0)
    named, plain = (
        lc.advise(x, pd.Series(y, name=name), target_name="t", bits=[1], quantizers=["uniform"], repeats=1)
        for name in ("price", None)
    )
    assert (named.design.target_name, plain.design.target_name) == ("price", "t")
    with pytest.raises(InvalidInputError, match="must have shape"):
        lc.advise(pd.Series(y), y)
