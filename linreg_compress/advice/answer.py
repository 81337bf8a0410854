"""Advice on a person's own regression: to quantize its weights or not."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from linreg_compress import _validation as valid
from linreg_compress.advice.arrays import checked_arrays
from linreg_compress.advice.assumptions import assumptions
from linreg_compress.advice.choice import open_because, point, recommend, spare_rows, that_speaks
from linreg_compress.advice.design import prepare, refuse_few_rows
from linreg_compress.advice.grouping import grouping, hint_of, in_row_order, rows_that_count
from linreg_compress.advice.measuring import NO_WEIGHTS, RIDGE, measure
from linreg_compress.advice.record import Findings
from linreg_compress.advice.report import report
from linreg_compress.advice.shipping import shipped
from linreg_compress.advice.theory import noise_of
from linreg_compress.advice.verdict import OPEN
from linreg_compress.compression.batches import QUANTIZERS, code
from linreg_compress.errors import DesignError, InvalidInputError
from linreg_compress.least_squares.moments import extremes_of, fit_table, rows_of

BITS = (1, 2, 3, 4, 5, 6, 7, 8)
_MOST_BITS = 12
_MOST_REPEATS = 1000  # more than the spread between folds can use


class Advice(Findings):
    """What `advise` answers; ``print`` shows the report."""

    def __str__(self) -> str:
        return report(self)

    def __repr__(self) -> str:
        return f"<Advice: {self.verdict}, {self.rows} rows, {self.columns} columns; print it for the report>"


def advise(
    features: Any,
    targets: Any,
    *,
    names: Iterable[str] | None = None,
    target_name: str = "target",
    groups: Any = None,
    groups_name: str = "groups",
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
    """Say whether quantizing the weights of a regression lowers or raises the error on new rows, and how many bits do.

    Least squares and its quantized weights are fitted to nine tenths of the rows and compared on the tenth; the sign of the
    change is told where theory has the same (`linreg_compress.advice.verdict`), and left open elsewhere.

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
    groups : array_like, shape (n,), or str, optional
        Rows of one value belong together and are never split; a name takes that column out of a data frame.
    groups_name : str, default "groups"
        Name of the groups, unless `groups` is one.
    standardize : bool, default True
        Quantize the weights of columns scaled to unit variance, else those of the columns in their own units.
    intercept : bool, default True
        Fit an intercept, which is never quantized.
    tolerance : float, default 0.01
        Share of the error on new rows that compression may cost, at most 1.
    quantizers : iterable of str
        Of `linreg_compress.compression.batches.QUANTIZERS`.
    bits : iterable of int
        Bits per weight, 1 to 12.
    repeats : int, default 5
        How many times the rows are dealt into ten folds.
    seed : int, default 0
        Of the folds; it moves the measured numbers within their spread.
    workers : int, default 1
        Threads; they do not change the answer.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Raises
    ------
    InvalidInputError
        If an argument is illegal, or a number is missing, not finite or above 1e50; the message names column and row.
    DesignError
        If there are too few different rows or groups, or columns are constant, repeated, dependent, or hold the target.

    Examples
    --------
    Forty weights far below their noise: compression helps.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((80, 40))
    >>> advice = advise(x, 0.02 * x.sum(axis=1) + rng.standard_normal(80), quantizers=["lloyd-max"], bits=[1, 2])
    >>> advice.verdict, advice.compression_helps, advice.recommended_bits_per_weight
    ('lowers', True, 1)
    """
    chosen, rates = _quantizers(quantizers), _bits(bits)
    share = valid.share("tolerance", tolerance)
    rounds, entropy = valid.count("repeats", repeats, maximum=_MOST_REPEATS), valid.seed("seed", seed)
    threads = valid.count("workers", workers, maximum=valid.MOST_WORKERS)
    table = checked_arrays(features, targets, None if names is None else list(names), target_name, groups, groups_name)
    del features, targets, groups
    columns = table.features, table.targets, table.names, table.target_name
    design = prepare(*columns, standardize=standardize, intercept=intercept)
    found = grouping(design, table.groups, table.groups_name)
    del table, columns
    refuse_few_rows(design, rows_that_count(found), found.count)
    total = float(design.targets @ design.targets)
    fitted, design = fit_table(design)
    levels = [2**b for b in rates]
    measured = measure(
        design, fitted, found.groups, chosen, levels, rounds, seed=entropy, workers=threads, progress=progress
    )
    count = rows_that_count(found)
    rows, freedom = rows_of(design, fitted), count - intercept - fitted.features
    extremes = extremes_of(rows, found.groups, freedom, intercept=intercept)
    spread = measured.spread * (found.named is not None)
    noise = noise_of(fitted, count, intercept=intercept, extremes=extremes, spread=spread)
    spare = spare_rows(found, fitted.features + intercept)
    points = {key: point(key, one, noise, measured.error, spare) for key, one in measured.codes.items()}
    curve = [points[name, k] for name in chosen for k in levels]
    speaks = that_speaks(curve)
    told, every = (speaks.quantizer, 2**speaks.bits_per_weight), replace(noise, extremes=(1.0, 1.0))
    settled = point(told, measured.codes[told], every, measured.error, spare).verdict != OPEN  # if no row is dropped
    part = ("row" if found.named is None else "group") * settled
    final, reason = speaks.verdict, open_because(speaks, spare, fitted.features, part)
    hint = hint_of(design, rows.residuals, found) if found.named is None else None
    if hint is not None and final != OPEN:
        try:
            again = measure(design, fitted, hint.groups, [told[0]], [told[1]], rounds, seed=entropy, workers=threads)
            more = extremes_of(rows, hint.groups, freedom, intercept=intercept)
            noisier = noise_of(fitted, count, intercept=intercept, extremes=more, spread=again.spread)
            confirmed = point(told, again.codes[told], noisier, again.error, spare).verdict
        except DesignError:
            confirmed = OPEN
        if confirmed != final:
            final, reason = OPEN, "rows look dependent, and folds that keep these together do not confirm the sign"
    recommended, kept = recommend(curve, share)
    coded = code(kept.quantizer, fitted.weights, fitted.gram, 2**kept.bits_per_weight)
    return Advice(
        verdict=final,
        verdict_code=speaks,
        reason=reason,
        recommended=recommended,
        error=measured.error,
        excess_risk=noise.excess_risk,
        noise_variance=noise.variance,
        signal_variance=noise.signal_variance,
        weight_noise=noise.excess_risk / noise.features,
        variance_inflation=noise.variance_inflation,
        r_squared=1 - float(fitted.residual_sum) / total,
        rows=design.rows,
        repeated_rows=found.repeated,
        groups=found.count,
        columns=fitted.features,
        folds=measured.folds,
        folds_left_out=measured.left_out,
        still_columns=measured.still,
        curve=curve,
        ridge=points[RIDGE],
        no_weights=points[NO_WEIGHTS],
        assumptions=assumptions(design, fitted, rows, found, hint, in_row_order(design, found)),
        tolerance=share,
        seed=entropy,
        design=design,
        fitted=fitted,
        shipped=shipped(design, fitted, coded, kept.bits_per_weight),
        shipped_as=kept,
    )


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
