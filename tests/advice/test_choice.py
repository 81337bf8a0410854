"""The verdict, the code that speaks, and the recommendation, on made-up numbers around every limit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linreg_compress.advice.choice import open_because, point, recommend, spare_rows, that_speaks
from linreg_compress.advice.grouping import Grouping
from linreg_compress.advice.measuring import RIDGE, Measured
from linreg_compress.advice.record import CurvePoint
from linreg_compress.advice.theory import Effect, Noise, Prediction
from linreg_compress.advice.verdict import SPARE_ROWS, verdict


def measured(change: float, standard_error: float, effect: Effect | None = None) -> Measured:
    one = Measured(np.array([-1.0, 1.0]), 0.0, effect or Effect(0.5, 0.2))
    return Measured(change + np.array([-1.0, 1.0]) * standard_error / one.standard_error, 0.0, one.effect)


def test_the_made_up_numbers_are_what_they_say() -> None:
    one = measured(0.3, 0.1)
    assert (one.change, one.standard_error) == pytest.approx((0.3, 0.1), rel=1e-12)


CASES = {  # measured change and its standard error; predicted change, least and greatest chance; rows to spare
    "clear harm": (0.3, 0.1, 0.2, 0.9995, 1.0, 20, "raises"),
    "clear gain": (-0.3, 0.1, -0.2, 0.0, 0.005, 20, "lowers"),
    "few rows": (0.3, 0.1, 0.2, 0.9995, 1.0, 19, "open"),
    "within a standard error": (0.099, 0.1, 0.2, 1.0, 1.0, 99, "open"),
    "beyond a standard error": (0.101, 0.1, 0.2, 1.0, 1.0, 99, "raises"),
    "gain within a standard error": (-0.099, 0.1, -0.2, 0.0, 0.0, 99, "open"),
    "gain beyond a standard error": (-0.101, 0.1, -0.2, 0.0, 0.0, 99, "lowers"),
    "other signs": (0.3, 0.1, -0.2, 0.0, 0.0, 99, "open"),
    "and the other way": (-0.3, 0.1, 0.2, 1.0, 1.0, 99, "open"),
    "theory not clear": (0.3, 0.1, 0.2, 0.9989, 1.0, 99, "open"),
    "theory clear": (0.3, 0.1, 0.2, 0.9991, 1.0, 99, "raises"),
    "gain not clear": (-0.3, 0.1, -0.2, 0.0, 0.0101, 99, "open"),
    "gain clear": (-0.3, 0.1, -0.2, 0.0, 0.0099, 99, "lowers"),
    "small": (0.0049, 0.002, 0.2, 1.0, 1.0, 99, "open"),
    "small but sure": (0.0049, 0.0016, 0.2, 1.0, 1.0, 99, "raises"),
    "hardly not small": (0.0051, 0.002, 0.2, 1.0, 1.0, 99, "raises"),
    "hardly not small in theory": (0.3, 0.1, 0.0051, 1.0, 1.0, 99, "raises"),
    "small in theory": (0.3, 0.1, 0.0049, 1.0, 1.0, 99, "open"),
    "small gain but sure": (-0.0049, 0.0016, -0.2, 0.0, 0.0, 99, "lowers"),
    "gain small in theory": (-0.3, 0.1, -0.0049, 0.0, 0.0, 99, "open"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule(case: str) -> None:
    change, standard_error, predicted, least, greatest, spare, expected = CASES[case]
    for unit in (1.0, 7.0):
        theory = Prediction(unit * (1 + predicted), unit, (least, greatest))
        assert verdict(measured(unit * change, unit * standard_error), theory, unit, spare) == expected


def test_what_is_exactly_at_a_limit_is_open() -> None:
    """Change 0.005 of the error 1 with a standard error of 0.0017, theory 0.005, chances 0.999 and 0.01."""
    up, down = (Measured(np.array([0.004, 0.006]) * sign, 1.0, Effect(0.5, 0.2)) for sign in (1, -1))
    assert (up.change, down.change) == (0.005, -0.005)
    assert verdict(up, Prediction(0.1, 0.0, (1.0, 1.0)), 1.0, 99) == "open"
    assert verdict(down, Prediction(0.0, 0.1, (0.0, 0.0)), 1.0, 99) == "open"
    for theory in (Prediction(0.005, 0.0, (1.0, 1.0)), Prediction(0.1, 0.0, (0.999, 1.0))):
        assert verdict(measured(0.3, 0.1), theory, 1.0, 99) == "open"
    for theory in (Prediction(0.0, 0.005, (0.0, 0.0)), Prediction(0.0, 0.1, (0.0, 0.01))):
        assert verdict(measured(-0.3, 0.1), theory, 1.0, 99) == "open"


NOISE = Noise(109, 9, 1.0, excess_risk=0.5, power=8.0, overfit=0.4, variance_inflation=1.5, extremes=(0.9, 1.1))
SHARED = NOISE, 2.0, 100


def made(change: float, standard_error: float, effect: Effect, key: tuple[str, int] = ("lloyd-max", 4)) -> CurvePoint:
    one = measured(change, standard_error, effect)
    return point(key, one, *SHARED)


def test_a_point_is_in_both_units() -> None:
    one = made(0.3, 0.1, Effect(0.6, 0.2))
    assert (one.quantizer, one.bits_per_weight, one.verdict, one.lossless) == ("lloyd-max", 2, "raises", False)
    assert (one.measured_change, *one.measured_interval) == pytest.approx((0.6, 0.4, 0.8), rel=1e-9)
    assert (one.measured_percent, *one.percent_interval) == pytest.approx((15, 10, 20), rel=1e-9)
    cost, saving = 0.6 + 0.04 * 0.1, 2 * 0.2 * 0.5
    assert one.predicted_change == pytest.approx((cost - saving) / 0.5, rel=1e-9)
    assert one.predicted_percent == pytest.approx(50 * (cost - saving), rel=1e-9)
    assert (one.predicted_cost_percent, one.predicted_saving_percent) == pytest.approx((50 * cost, 50 * saving), rel=1e-9)


def test_nothing_lies_below_minus_the_excess_risk() -> None:
    one = made(-0.7, 0.1, Effect(0.0, 1.0))
    assert one.predicted_change == one.measured_change == one.measured_interval[0] == one.measured_interval[1] == -1.0
    assert one.measured_percent == one.predicted_percent == -25.0


def test_theory_and_measurement_agree_within_three_standard_errors() -> None:
    predicted = 0.5 * made(0.0, 0.1, Effect(0.6, 0.2)).predicted_change
    assert made(predicted + 0.29, 0.1, Effect(0.6, 0.2)).agrees
    assert not made(predicted + 0.31, 0.1, Effect(0.6, 0.2)).agrees
    assert not made(predicted - 0.31, 0.1, Effect(0.6, 0.2)).agrees
    assert point(RIDGE, measured(0.1, 1e-13, Effect(0.1, 0.0)), *SHARED).agrees
    assert point(RIDGE, measured(0.1 + 1.9e-9, 1e-13, Effect(0.1, 0.0)), *SHARED).agrees  # of an error of 2
    assert not point(RIDGE, measured(0.1 + 2.1e-9, 1e-13, Effect(0.1, 0.0)), *SHARED).agrees
    assert point(RIDGE, measured(0.0, 0.1), *SHARED).bits_per_weight == 0


def test_nothing_moved_is_lossless() -> None:
    assert made(0.0, 1e-9, Effect(0.0, 0.0)).lossless


def curve(**changes: Any) -> list[CurvePoint]:
    """One to four bits of two quantizers; a change names its code, as in ``kmeans2=dict(verdict=...)``."""
    base = made(0.3, 0.1, Effect(0.6, 0.2))
    points = [
        replace(base, quantizer=name, bits_per_weight=b) for name in ("uniform", "lloyd-max", "gptq") for b in (1, 2, 3, 4)
    ]
    return [replace(one, **changes.get(f"{one.quantizer.replace('-', '')}{one.bits_per_weight}", {})) for one in points]


def named(one: CurvePoint | None) -> str:
    return "none" if one is None else f"{one.quantizer} {one.bits_per_weight}"


def test_the_coarsest_of_the_plainest_speaks() -> None:
    assert named(that_speaks(curve())) == "lloyd-max 1"
    assert named(that_speaks([one for one in curve() if one.quantizer != "lloyd-max"])) == "uniform 1"
    assert named(that_speaks(curve(gptq1={"verdict": "lowers"}, lloydmax2={"verdict": "lowers"}))) == "lloyd-max 1"
    assert named(that_speaks([replace(one, quantizer="diameter-kmeans") for one in curve()[:2]])) == "diameter-kmeans 1"


def test_a_code_of_as_many_levels_as_weights_gains_by_luck() -> None:
    for levels, expected in ((8, "lowers"), (9, "open"), (16, "open")):
        one = measured(-0.3, 0.1, Effect(0.1, 0.9))
        assert point(("lloyd-max", levels), one, *SHARED).verdict == expected


CHEAP: dict[str, Any] = {"percent_interval": (-0.1, 1.0), "predicted_percent": 1.0}


def test_the_fewest_bits_of_the_simplest_quantizer() -> None:
    assert named(recommend(curve(uniform3=CHEAP, lloydmax3=CHEAP, gptq3=CHEAP), 0.01)[0]) == "lloyd-max 3"
    assert named(recommend(curve(uniform3=CHEAP, gptq3=CHEAP, lloydmax4=CHEAP), 0.01)[0]) == "uniform 3"
    assert named(recommend(curve(gptq2=CHEAP, uniform3=CHEAP), 0.01)[0]) == "gptq 2"
    for change in ({"percent_interval": (0.0, 1.01)}, {"predicted_percent": 1.01}, {"lossless": True}):
        assert recommend(curve(uniform3={**CHEAP, **change}), 0.01)[0] is None
    assert named(recommend(curve(uniform3={**CHEAP, "percent_interval": (0.0, 1.9)}), 0.02)[0]) == "uniform 3"


def test_where_nothing_is_cheap_the_least_bad_code_is_kept() -> None:
    surer = curve(uniform3={"percent_interval": (6.0, 8.0)}, gptq3={"percent_interval": (5.0, 9.0)})
    assert named(recommend(surer, 0.01)[1]) == "uniform 3"  # the one whose worst is least
    best, kept = recommend(curve(gptq4={"percent_interval": (5.0, 9.0)}), 0.01)
    assert (named(best), named(kept)) == ("none", "gptq 4")
    points = [*curve(gptq4=CHEAP), replace(curve(uniform1=CHEAP)[0], quantizer="diameter-kmeans")]
    assert named(recommend(points, 0.01)[0]) == "gptq 4"
    assert named(recommend([replace(one, lossless=True) for one in curve()], 0.01)[1]) == "uniform 1"


def test_reasons() -> None:
    raises, unclear = curve()[0], replace(curve()[0], verdict="open")

    def why(one: CurvePoint, spare: int = 99, features: int = 9, deciding: str = "") -> str:
        return open_because(one, spare, features, deciding)

    assert why(raises) == ""
    for close in ({"measured_interval": (-0.1, 0.3)}, {"measured_interval": (0.0, 0.3)}, {"measured_percent": 0.99}):
        assert why(replace(unclear, **close)) == why(replace(unclear, **close), deciding="row") == "too close to call"
    theory = "left-out rows are clear, theory is not"
    assert why(unclear) == why(replace(unclear, measured_percent=1.0)) == theory
    for word in ("row", "group"):
        hangs = f"left-out rows and theory are clear, but theory is not if one {word} is dropped"
        assert why(unclear, deciding=word) == hangs
    gain = replace(
        unclear, measured_percent=-15.0, measured_interval=(-0.4, -0.2), measured_change=-0.3, predicted_change=-0.1
    )
    assert unclear.bits_per_weight == 1
    assert why(gain) == why(gain, features=3) == why(unclear, features=2) == theory
    assert why(gain, features=2) == why(gain, features=1) == "as many levels as weights gain by luck alone"
    assert why(unclear, SPARE_ROWS - 1) == "only 19 rows beyond one for each coefficient, 20 are needed"
    assert why(unclear, 1) == "only 1 row beyond one for each coefficient, 20 are needed"
    assert why(unclear, 0) == "only 0 rows beyond one for each coefficient, 20 are needed"
    assert why(unclear, -1) == "fewer than 10 groups show too little"
    assert why(replace(unclear, lossless=True)) == "the code keeps every weight"
    assert why(replace(unclear, predicted_change=-0.1)) == "left-out rows and theory have different signs"


def test_theory_is_for_the_rows_that_a_fold_leaves() -> None:
    one = Measured(np.array([0.2, 0.4]), 1 / 9, Effect(0.6, 0.2))
    found = point(("lloyd-max", 4), one, *SHARED)
    part = 109 * 0.9
    excess, overfit = 0.5 * (109 - 10) / (part - 10), 0.4 / 0.9
    assert found.predicted_cost_percent == pytest.approx(50 * (0.6 + 0.04 * (excess - overfit)), rel=1e-9)
    assert found.predicted_saving_percent == pytest.approx(50 * 2 * 0.2 * excess, rel=1e-9)
    assert found.measured_change == pytest.approx(0.6, rel=1e-9)


def test_rows_to_spare() -> None:
    groups = np.arange(40) % 12

    assert spare_rows(Grouping(np.arange(40), 5, True, None), 8) == 27
    assert spare_rows(Grouping(np.arange(40), 5, False, None), 8) == 32
    assert spare_rows(Grouping(groups, 0, False, "firm"), 8) == 32
    assert spare_rows(Grouping(groups % 10, 0, False, "firm"), 8) == 32
    assert spare_rows(Grouping(groups % 9, 0, False, "firm"), 8) == -1
