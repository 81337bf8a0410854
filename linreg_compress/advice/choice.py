"""Which codes the answer speaks of: each point of the curve, the one whose verdict is told, the one that is recommended."""

from collections.abc import Sequence

import numpy as np

from linreg_compress._validation import counted
from linreg_compress.advice.grouping import Grouping, rows_that_count
from linreg_compress.advice.measuring import Key, Measured
from linreg_compress.advice.record import CurvePoint
from linreg_compress.advice.theory import Noise, predict
from linreg_compress.advice.verdict import LOWERS, OPEN, SPARE_ROWS, verdict
from linreg_compress.compression.batches import PENALIZED, QUANTIZERS

_APART = 3.0  # standard errors from which on theory and measurement disagree
_FEWEST_GROUPS = 10  # that the person names: fewer show too little of how groups differ


def spare_rows(found: Grouping, coefficients: int) -> int:
    """Return the rows that count beyond one for each coefficient; -1 for fewer than ten groups that the person names."""
    few = found.named is not None and found.count < _FEWEST_GROUPS
    return -1 if few else rows_that_count(found) - coefficients


def point(key: Key, measured: Measured, noise: Noise, error: float, spare: int) -> CurvePoint:
    """Put measurement and theory of one code beside each other, both for fits to the rows that a fold leaves.

    A code of as many levels as there are weights compresses nothing, and gains by luck alone: its gain stays open. Neither
    a change nor an end of its interval lies below minus the excess risk: no code gains more on average.
    """
    predicted = predict(measured.effect, noise, 1 / (1 + measured.ratio))
    found, least = verdict(measured, predicted, error, spare), -noise.excess_risk
    about = measured.standard_error
    change, low, high = (max(end, least) for end in (measured.change, measured.change - about, measured.change + about))
    expected, apart = max(predicted.change, least), abs(measured.change - predicted.change)
    unit, percent = noise.excess_risk, 100 / error
    return CurvePoint(
        quantizer=key[0],
        bits_per_weight=max(key[1].bit_length() - 1, 0),
        verdict=OPEN if found == LOWERS and key[1] >= noise.features else found,
        measured_change=change / unit,
        measured_interval=(low / unit, high / unit),
        predicted_change=expected / unit,
        agrees=apart <= _APART * about or apart <= 1e-9 * error,
        measured_percent=change * percent,
        percent_interval=(low * percent, high * percent),
        predicted_percent=expected * percent,
        predicted_cost_percent=predicted.cost * percent,
        predicted_saving_percent=predicted.saving * percent,
        lossless=measured.effect.increase <= 1e-24 * error,
    )


def that_speaks(curve: Sequence[CurvePoint]) -> CurvePoint:
    """Return the code whose verdict is told: the coarsest of the plainest quantizer.

    The formula of theory over the share that a code removes falls with that share, so where the coarsest code does not
    gain, no finer one does. Penalized codes shrink at any number of bits, and speak only if there are no others.
    """
    plain = [one for one in curve if one.quantizer not in PENALIZED] or list(curve)
    return min(plain, key=lambda one: (one.bits_per_weight, QUANTIZERS.index(one.quantizer)))


def open_because(one: CurvePoint, spare: int, features: int, deciding: str) -> str:
    """Say why a verdict is open; nothing if it is not. `deciding` is "row" or "group" if only dropping one opens it."""
    if one.verdict != OPEN:
        return ""
    if spare < 0:
        return f"fewer than {_FEWEST_GROUPS} groups show too little"
    if spare < SPARE_ROWS:
        return f"only {counted(spare, 'row')} beyond one for each coefficient, {SPARE_ROWS} are needed"
    if one.lossless:
        return "the code keeps every weight"
    if np.sign(one.measured_change) != np.sign(one.predicted_change):
        return "left-out rows and theory have different signs"
    if one.measured_interval[0] * one.measured_interval[1] > 0 and abs(one.measured_percent) >= 1:
        if deciding:
            return f"left-out rows and theory are clear, but theory is not if one {deciding} is dropped"
        lucky = one.measured_change < 0 and 2**one.bits_per_weight >= features
        return "as many levels as weights gain by luck alone" if lucky else "left-out rows are clear, theory is not"
    return "too close to call"


def recommend(curve: Sequence[CurvePoint], tolerance: float) -> tuple[CurvePoint | None, CurvePoint]:
    """Return the recommended code, of the simplest quantizer with the fewest bits, or None, and the code to keep."""
    codes = [one for one in curve if not one.lossless] or list(curve)
    plain = [one for one in codes if one.quantizer not in PENALIZED] or codes
    limit = 100 * tolerance
    cheap = [one for one in plain if max(one.percent_interval[1], one.predicted_percent) <= limit and not one.lossless]
    best = min(cheap, key=lambda one: (one.bits_per_weight, QUANTIZERS.index(one.quantizer)), default=None)
    return best, best or min(plain, key=lambda one: one.percent_interval[1])
