"""Which codes the answer speaks of: each point of the curve, the one whose verdict is told, the one that is recommended."""

from collections.abc import Sequence

import numpy as np

from linreg_compress.advice.grouping import Grouping, rows_that_count
from linreg_compress.advice.measuring import Key, Measured, Measurement
from linreg_compress.advice.quantizers import PENALIZED, QUANTIZERS
from linreg_compress.advice.record import CurvePoint
from linreg_compress.advice.theory import Noise, predict
from linreg_compress.advice.verdict import LOWERS, OPEN, SPARE_ROWS, verdict

_APART = 3.0  # standard errors from which on theory and measurement disagree
_FEWEST_GROUPS = 10  # that the person names: fewer show too little of how groups differ


def spare_rows(found: Grouping, coefficients: int) -> int:
    """Return the rows beyond one for each coefficient; negative if there are fewer than ten groups."""
    return rows_that_count(found) - coefficients if found.named is None or found.count >= _FEWEST_GROUPS else -1


def point(key: Key, measured: Measured, all_measured: Measurement, noise: Noise, spare: int) -> CurvePoint:
    """Put measurement and theory of one code beside each other."""
    predicted, error, least = predict(measured.effect, noise), all_measured.error, -noise.excess_risk
    about = measured.standard_error
    change, low, high = (max(end, least) for end in (measured.change, measured.change - about, measured.change + about))
    apart = abs(measured.change - predicted.change)
    unit, percent = noise.excess_risk, 100 / error
    return CurvePoint(
        quantizer=key[0],
        bits_per_weight=max(key[1].bit_length() - 1, 0),
        verdict=verdict(measured, predicted, error, spare),
        measured_change=change / unit,
        measured_interval=(low / unit, high / unit),
        predicted_change=predicted.change / unit,
        agrees=apart <= _APART * about or apart <= 1e-9 * error,
        measured_percent=change * percent,
        percent_interval=(low * percent, high * percent),
        predicted_percent=predicted.change * percent,
        predicted_cost_percent=predicted.cost * percent,
        predicted_saving_percent=predicted.saving * percent,
        lossless=measured.effect.increase <= 1e-24 * error,
    )


def that_speaks(curve: Sequence[CurvePoint]) -> CurvePoint:
    """Return the code whose verdict is told.

    It is one that lowers the error, the best in theory, if there is one. Else it is the coarsest of the plainest quantizer:
    the formula of theory over the share that is removed falls with that share, so where the coarsest code does not gain, no
    finer one does. Penalized codes shrink on purpose, at any number of bits, and do not speak for compression.
    """
    plain = [one for one in curve if one.quantizer not in PENALIZED] or list(curve)
    gains = [one for one in plain if one.verdict == LOWERS]
    if gains:
        return min(gains, key=lambda one: one.predicted_change)
    return min(plain, key=lambda one: (one.bits_per_weight, QUANTIZERS.index(one.quantizer)))


def open_because(one: CurvePoint, spare: int) -> str:
    """Say why a verdict is open; nothing if it is not."""
    if one.verdict != OPEN:
        return ""
    if spare < 0:
        return f"fewer than {_FEWEST_GROUPS} groups show too little"
    if spare < SPARE_ROWS:
        return f"{spare} rows beyond one for each coefficient show too little, {SPARE_ROWS} are needed"
    if one.lossless:
        return "the code keeps every weight"
    if np.sign(one.measured_change) != np.sign(one.predicted_change):
        return "left-out rows and theory have different signs"
    return "too close to call"


def recommend(curve: Sequence[CurvePoint], tolerance: float) -> tuple[CurvePoint | None, CurvePoint]:
    """Return the recommended code, or None, and the code to keep."""
    codes = [one for one in curve if not one.lossless] or list(curve)
    plain = [one for one in codes if one.quantizer not in PENALIZED] or codes
    limit = 100 * tolerance
    cheap = [
        one for one in plain if one.percent_interval[1] <= limit and one.predicted_percent <= limit and not one.lossless
    ]
    best = min(cheap, key=lambda one: (one.bits_per_weight, QUANTIZERS.index(one.quantizer)), default=None)
    return best, best or min(plain, key=lambda one: one.percent_interval[1])
