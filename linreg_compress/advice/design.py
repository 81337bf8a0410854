"""A design that least squares can be fitted to: shifted, scaled, and what is refused."""

from collections.abc import Sequence

import numpy as np

from linreg_compress._validation import FloatArray, counted
from linreg_compress.errors import DesignError
from linreg_compress.least_squares.moments import NO_NOISE, Design

FOLDS = 10  # in which rows are left out
SPARE_ROWS = 4  # in every training part, beyond one for each coefficient: fewer say next to nothing about the noise
LARGEST = 1e50  # fourth powers of numbers beyond could overflow
SMALLEST = 1e-50  # and those of smaller spreads vanish
_SAME = 1e-10  # 1 - |correlation| at which two columns count as one; eigenvalue at which columns count as dependent
_CONSTANT = 1e-13  # tuning: spread of a column, relative to its size, that is rounding
_SHOWN = 5


def prepare(
    features: FloatArray,
    targets: FloatArray,
    names: Sequence[str],
    target_name: str,
    *,
    standardize: bool = True,
    intercept: bool = True,
) -> Design:
    """Check a table of finite numbers, shift and scale it.

    Raises
    ------
    DesignError
        If there are too few rows; if columns or the target are constant, a column repeats another or the target, or columns
        are linearly dependent. The message names the columns and says what to do.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((30, 2))
    >>> prepare(np.column_stack([x, 3 - 2 * x[:, 0]]), x[:, 1] ** 2, ["a", "b", "c"], "y")
    Traceback (most recent call last):
        ...
    linreg_compress.errors.DesignError: columns 'a' and 'c' carry the same numbers up to shift and scale. Drop one of them.
    """
    _refuse_few(counted(len(features), "row"), len(features), features.shape[1], intercept=intercept)
    shifted, means, scales = _scaled(features, intercept)
    if (still := np.flatnonzero(scales == 0)).size:
        words = f"column {names[int(still[0])]!r} is constant, every value is {features[0, still[0]]:g}. Drop it"
        if still.size > 1:
            words = f"columns {_listed([names[int(place)] for place in still])} are constant. Drop them"
        raise DesignError(words + ("; the intercept does the same." if intercept else ", or fit an intercept."))
    column, mean, spread = _scaled(targets[:, None], intercept)
    if spread[0] == 0:
        raise DesignError(f"the target {target_name!r} is constant, every value is {targets[0]:g}: nothing to predict.")
    for words, size in (
        (f"column {names[int(np.argmin(scales))]!r}", scales.min()),
        (f"the target {target_name!r}", spread[0]),
    ):
        if size < SMALLEST:
            raise DesignError(f"{words} varies by less than {SMALLEST:g}. Change its unit.")
    labels, y, start = tuple(names), column[:, 0] * spread[0], np.zeros(len(names))
    design = Design(shifted, y, start, means, scales, float(mean[0]), intercept, standardize, labels, target_name)
    _refuse_dependent(design.moments(), design)
    return design


def refuse_few_rows(design: Design, rows: int, groups: int) -> None:
    """Refuse a table that has enough rows, but too few different ones (`rows`), or fewer than two groups."""
    if rows < design.rows:
        words = f"{design.rows} rows, {rows} of them different,"
        _refuse_few(words, rows, design.features.shape[1], intercept=design.intercept)
    if groups < 2:
        raise DesignError("all rows are in one group, so that none can be left out. Name another column of groups.")


def _refuse_few(words: str, rows: int, columns: int, *, intercept: bool) -> None:
    needed = columns + intercept + SPARE_ROWS
    while needed - -(-needed // FOLDS) < columns + intercept + SPARE_ROWS:  # what the largest of ten folds leaves
        needed += 1
    if rows < needed:
        raise DesignError(
            f"{words} {'is' if words == '1 row' else 'are'} too few for {counted(columns, 'column')}; at least {needed} "
            "are needed to fit the weights and judge the noise. Add rows or drop columns."
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _scaled(columns: FloatArray, intercept: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return shifted and scaled columns, what was subtracted, and what was divided by; 0 for a constant column."""
    highest, lowest = columns.max(axis=0), columns.min(axis=0)
    means = columns.mean(axis=0) if intercept else np.zeros(columns.shape[1])
    shifted = columns - means
    if intercept:  # once more: the first mean of a column far from zero is rounded
        rest = shifted.mean(axis=0)
        shifted -= rest
        means = means + rest
    scales = np.maximum(np.sqrt(np.einsum("ij,ij->j", shifted, shifted) / len(columns)), np.finfo(float).tiny)
    scales[highest - lowest <= _CONSTANT * np.maximum(highest, -lowest)] = 0.0  # without an intercept it would be one
    shifted /= np.where(scales > 0, scales, 1.0)
    return shifted, means, scales


def _refuse_dependent(moments: FloatArray, design: Design) -> None:
    """Refuse columns that repeat each other or the target, or that depend on each other."""
    n, names, y = design.rows, design.names, design.targets
    gram, cross, power = moments[1:-1, 1:-1] / n, moments[1:-1, -1] / n, moments[-1, -1] / n
    for place in np.flatnonzero(1 - np.abs(cross) / np.sqrt(power) < _SAME):
        if np.mean((y - cross[place] * design.features[:, place]) ** 2) <= NO_NOISE * power:
            raise DesignError(
                f"column {names[place]!r} is the target {design.target_name!r} itself, up to shift and scale. "
                "Drop it: with it there is nothing to predict."
            )
    twins = np.argwhere(np.triu(1 - np.abs(gram) < _SAME, 1))
    if twins.size:
        one, other = (names[place] for place in twins[0])
        raise DesignError(f"columns {one!r} and {other!r} carry the same numbers up to shift and scale. Drop one of them.")
    values, vectors = np.linalg.eigh(gram)
    if values[0] <= _SAME:
        involved = np.flatnonzero(np.abs(vectors[:, 0]) > 1e-3 * np.abs(vectors[:, 0]).max())
        raise DesignError(
            f"columns {_listed([names[place] for place in involved])} are linearly dependent. Drop one of them."
        )
