"""Advice on a person's own regression: to quantize its weights or not.

Given a table, say whether compressing the weights that least squares finds raises or lowers the error on new rows, how many
bits are enough, and how sure that is. The theory's answer is computed from the data (`linreg_compress.advice.prediction`)
and checked on them by cross-fitting (`linreg_compress.advice.cross_fitting`).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from linreg_compress import _validation as valid
from linreg_compress._validation import FloatArray
from linreg_compress.advice.arrays import checked_arrays
from linreg_compress.advice.cross_fitting import Measured, cross_fit
from linreg_compress.advice.design import Design, prepare, training_rows
from linreg_compress.advice.diagnostics import condition_number, diagnose, rows_of
from linreg_compress.advice.estimates import Spectrum, draw, signal_interval
from linreg_compress.advice.fitting import Fitted, fit_moments
from linreg_compress.advice.prediction import Prediction, deviation, draws_for, interval, middle, predict
from linreg_compress.advice.quantizers import CODEBOOK_BITS, FITTED, PENALIZED, QUANTIZERS, code, quantize_all
from linreg_compress.advice.record import Advice, CurvePoint, Leverage, Yardstick
from linreg_compress.advice.yardsticks import empty_change, ridge_change, ridge_penalty
from linreg_compress.errors import InvalidInputError

BITS = (1, 2, 3, 4, 5, 6, 7, 8)
CONFIDENCE = 0.9
SURE = 0.8  # probability with which the recommended bits must stay below the tolerance
_MOST_BITS = 12
_MOST_REPEATS = 1000  # of the check: its interval narrows no further
_CHANCE = 3.0  # standard errors beyond which prediction and check disagree: by chance in about 1 % of tables, see the tests


def advise(
    features: Any,
    targets: Any,
    *,
    names: Iterable[str] | None = None,
    target_name: str = "target",
    standardize: bool = True,
    intercept: bool = True,
    tolerance: float = 0.01,
    quantizers: Iterable[str] = QUANTIZERS,
    bits: Iterable[int] = BITS,
    repeats: int = 5,
    seed: int = 0,
    workers: int = 1,
    progress: bool = False,
) -> Advice:
    """Say whether to quantize the weights of a linear regression, to how many bits, and how sure that is.

    Parameters
    ----------
    features : array_like, shape (n, d), or data frame
        A data frame is anything with ``columns`` and ``to_numpy``; its column names are used.
    targets : array_like, shape (n,), or str
        A name takes that column out of a data frame.
    names : iterable of str, optional
        Names of the columns.
    target_name : str, default "target"
        Name of the targets, unless they bring one.
    standardize : bool, default True
        Quantize the weights of columns scaled to unit variance, else those of the columns in their own units.
    intercept : bool, default True
        Fit an intercept, which is never quantized.
    tolerance : float, default 0.01
        Share of the excess risk of least squares that compression may cost.
    quantizers : iterable of str
        Of `linreg_compress.advice.quantizers.QUANTIZERS`.
    bits : iterable of int
        Bits per weight, 1 to 12.
    repeats : int, default 5
        Repeats of the ten-fold check.
    seed : int, default 0
        Same seed, same answer.
    workers : int, default 1
        Threads of the check; they do not change the answer.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Raises
    ------
    InvalidInputError
        If an argument is illegal, or a number is missing, not finite or above 1e50; the message names column and row.
    DesignError
        If there are too few rows, or columns are constant, repeated, dependent, or hold the target.

    Notes
    -----
    Exact given X for Gaussian noise: the law of the weights, the noise variance, the interval of tau^2 / sigma^2 (for
    normal weights). Gaussian features are assumed for the step to new rows. `Advice.diagnostics` holds each assumption
    against the data, `Advice.curve` each prediction against left-out rows.

    Examples
    --------
    Twenty weights far below their noise: compression helps.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((60, 20))
    >>> advice = advise(x, 0.02 * x.sum(axis=1) + rng.standard_normal(60), quantizers=["lloyd-max"], bits=[1, 2], repeats=1)
    >>> advice.compression_helps, advice.recommended_bits_per_weight
    (True, 1)
    """
    chosen = _quantizers(quantizers)
    rates = _bits(bits)
    share = valid.positive_number("tolerance", tolerance)
    rounds, entropy = valid.count("repeats", repeats, maximum=_MOST_REPEATS), valid.seed("seed", seed)
    threads = valid.count("workers", workers, maximum=valid.MOST_WORKERS)
    x, y, labels, label = checked_arrays(features, targets, None if names is None else list(names), target_name)
    design = prepare(x, y, labels, label, standardize=standardize, intercept=intercept)
    del x, y, features, targets
    levels = [2**b for b in rates]
    measured = cross_fit(design, chosen, levels, rounds, seed=entropy, workers=threads, progress=progress)
    return _answer(design, measured, chosen, rates, share, rounds, entropy)


def _answer(
    design: Design,
    measured: dict[tuple[str, int], Measured],
    quantizers: list[str],
    bits: list[int],
    tolerance: float,
    repeats: int,
    seed: int,
) -> Advice:
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(0,))))
    moments = design.moments()
    fitted = fit_moments(moments, design.rows, design)
    spectrum = Spectrum.of(fitted)
    draws = draw(spectrum, draws_for(fitted.features), rng)
    levels = [2**b for b in bits]
    predicted = predict(fitted, draws, quantizers, levels, rng)
    own = quantize_all(quantizers, fitted.weights[None], levels, fitted.gram, fitted.samples)
    curve = [
        _point(name, k, predicted[name, k], measured[name, k], own[name, k][0], fitted, design, tolerance)
        for name in quantizers
        for k in levels
    ]
    codes = [point for point in curve if not point.lossless] or curve
    plain = [point for point in codes if point.quantizer not in PENALIZED] or codes
    best = min(plain, key=lambda point: point.predicted_change)
    allowed = tolerance * float(fitted.excess_risk)
    cheap = [p for p in codes if p.probability_within_tolerance >= SURE and p.change_of_this_fit <= allowed]
    recommended = min(cheap, key=_rank, default=None)
    kept = recommended or min(codes, key=lambda point: point.predicted_interval[1])
    rows = rows_of(design, fitted)
    highest = int(np.argmax(rows.leverages))
    penalty = float(ridge_penalty(spectrum))
    return Advice(
        compression_helps=best.predicted_change < -allowed,
        probability_of_gain=best.probability_of_gain,
        best=best,
        recommended=recommended,
        noise_variance=float(fitted.noise_variance),
        signal_variance=float(spectrum.signal_variance()),
        signal_variance_interval=signal_interval(spectrum, CONFIDENCE, rng),
        weight_noise=float(fitted.noise_variance * np.mean(1 / spectrum.eigenvalues)),
        excess_risk=float(fitted.excess_risk),
        r_squared=1 - float(fitted.residual_sum) / _total(moments, design),
        condition_number=condition_number(spectrum),
        leverage=Leverage(float(rows.leverages[highest]), highest + 1, float(rows.leverages.mean())),
        rows=design.rows,
        columns=fitted.features,
        training_rows=training_rows(design.rows),
        curve=curve,
        ridge=_yardstick("ridge", ridge_change(spectrum, draws, penalty), measured["ridge", 0], fitted),
        no_weights=_yardstick("no weights", empty_change(spectrum, draws), measured["mean", 0], fitted),
        diagnostics=diagnose(design, fitted, rows, draws, rng),
        tolerance=tolerance,
        confidence=CONFIDENCE,
        repeats=repeats,
        seed=seed,
        design=design,
        fitted=fitted,
        coded=code(kept.quantizer, fitted, kept.levels),
        coded_as=kept,
    )


def _rank(point: CurvePoint) -> tuple[float, float, int]:
    """Fewest stored bits first, then the lowest predicted error, then the simplest."""
    return point.stored_bits_per_weight, point.predicted_change, QUANTIZERS.index(point.quantizer)


def _point(
    name: str,
    levels: int,
    predicted: Prediction,
    measured: Measured,
    weights: FloatArray,
    fitted: Fitted,
    design: Design,
    tolerance: float,
) -> CurvePoint:
    error = weights - fitted.weights
    increase = float(error @ fitted.gram @ error) / fitted.samples
    expected, of_one = predicted.draws(), predicted.draws_of_one_fit(increase)
    at_check = predicted.draws_given(measured.increase, training_rows(design.rows) - design.intercept)
    uncertain = float(np.hypot(measured.standard_error, deviation(at_check)))
    disagreement = (measured.change - middle(at_check)) / uncertain if uncertain > 0 else 0.0
    bits, numbers = levels.bit_length() - 1, min(levels, fitted.features) if name in FITTED else 1
    return CurvePoint(
        quantizer=name,
        bits_per_weight=bits,
        levels=levels,
        stored_bits_per_weight=bits + CODEBOOK_BITS * numbers / fitted.features,
        predicted_change=middle(expected),
        predicted_interval=interval(expected, CONFIDENCE),
        predicted_share=middle(expected) / float(fitted.excess_risk),
        probability_of_gain=float(np.mean(expected < 0)),
        probability_within_tolerance=float(np.mean(expected <= tolerance * float(fitted.excess_risk))),
        training_increase=increase,
        change_of_this_fit=middle(predicted.draws_given(increase)),
        interval_of_this_fit=interval(of_one, CONFIDENCE),
        predicted_change_at_check=middle(at_check),
        measured_change=measured.change,
        measured_interval=measured.interval(CONFIDENCE),
        disagreement=disagreement,
        agrees=abs(disagreement) <= _CHANCE,
        lossless=not error.any(),
    )


def _yardstick(name: str, changes: FloatArray, measured: Measured, fitted: Fitted) -> Yardstick:
    low, middle, high = np.quantile(changes * fitted.new_rows_factor, [(1 - CONFIDENCE) / 2, 0.5, (1 + CONFIDENCE) / 2])
    return Yardstick(name, float(middle), (float(low), float(high)), measured.change, measured.interval(CONFIDENCE))


def _total(moments: FloatArray, design: Design) -> float:
    mean = moments[0, -1] / design.rows if design.intercept else 0.0
    return float(moments[-1, -1] - design.rows * mean**2)


def _quantizers(names: Iterable[str]) -> list[str]:
    chosen = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    if not chosen:
        raise InvalidInputError("quantizers", "must name at least one", "none", f"There are {', '.join(QUANTIZERS)}.")
    return [valid.choice("quantizers", name, QUANTIZERS) for name in chosen]


def _bits(bits: Iterable[int]) -> list[int]:
    chosen = sorted({valid.count("bits", b) for b in bits})
    if not chosen or chosen[-1] > _MOST_BITS:
        raise InvalidInputError("bits", f"must be whole numbers from 1 to {_MOST_BITS}", chosen[-1] if chosen else "none")
    return chosen
