"""Rows that belong together: copies of a row, groups that the person names, and groups that the residuals suggest."""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.least_squares.moments import Design

_COPIED = 0.95  # of the pairs of rows with equal columns, the share with equal targets from which on they count as copies
_LEVEL = 1e-3  # of the two tests of the residuals, the second for all columns together
_BLOCKS = 20  # of neighbouring rows, and the fewest groups that a column suggests
_VALUES = 10  # of a column, fewer of which stand in order by design: classes, one after the other
_EVEN = 1e-9  # tuning: standard deviations by which even steps differ, rounding
_LARGEST = 30  # rows of such a group on average
_SAMPLE = 5000  # tuning: rows by which a column is ruled out as one of groups


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which rows stay together in a fold."""

    groups: FloatArray
    """Number of each row's group, 0, 1, ..., shape (n,)."""
    repeated: int
    """Rows that repeat an earlier row, target included."""
    copies: bool
    """Whether these are copies: then they stay together and count once. Else the columns have few values."""
    named: str | None
    """The column of groups that the person names."""

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.groups.max()) + 1


@dataclass(frozen=True, eq=False)
class Hint:
    """Groups that nobody named."""

    groups: FloatArray
    """Number of each row's group, shape (n,)."""
    column: str | None
    """The column with a value for each group; None where neighbouring rows are alike."""
    statistic: float
    """z of the lag-one correlation of the residuals, or F of their means in the groups."""


def grouping(design: Design, groups: FloatArray | None, name: str | None) -> Grouping:
    """Find repeated rows, and number the groups.

    Examples
    --------
    >>> from linreg_compress.advice.design import prepare
    >>> x, y = np.random.default_rng(0).standard_normal((2, 12))
    >>> x, y = np.append(x, x[:2])[:, None], np.append(y, y[:2])
    >>> found = grouping(prepare(x, y, ["x"], "y"), None, None)
    >>> found.repeated, found.copies, found.count
    (2, True, 12)
    """
    columns = _numbered([hash(row.tobytes()) for row in design.features])
    rows = _numbered(list(zip(columns.tolist(), design.targets.tolist(), strict=True)))
    repeated = len(rows) - int(rows.max()) - 1
    copies = repeated > 0 and _pairs(rows) >= _COPIED * _pairs(columns)
    own = rows if copies else np.arange(len(rows))
    numbers = own if groups is None else _numbered(groups.tolist())
    return Grouping(numbers, repeated, copies, name)


def rows_that_count(found: Grouping) -> int:
    """Return the number of rows, copies counted once."""
    return len(found.groups) - found.repeated * found.copies


def hint_of(design: Design, residuals: FloatArray, found: Grouping) -> Hint | None:
    """Say which groups the residuals of all rows suggest, if any; copies count once.

    Neighbouring rows: their correlation r has ``z = r sqrt(n)``. A column whose values repeat: F of the mean residuals of
    the rows of one value. The level is 1e-3 each, by Bonferroni for all columns.
    """
    from scipy.special import fdtrc, ndtr

    first = np.unique(found.groups, return_index=True)[1]
    n, names = len(first), design.names
    scaled = residuals[first] / np.sqrt(np.mean(residuals[first] ** 2))
    z = float(scaled[1:] @ scaled[:-1] / np.sqrt(n - 1))
    if ndtr(-z) < _LEVEL:
        return Hint((np.arange(n) * _BLOCKS // n)[found.groups], None, z)
    some = first[:_SAMPLE]
    places = [place for place in range(len(names)) if _BLOCKS <= len(np.unique(design.features[some, place])) < len(some)]
    for place in places:
        _, numbers, sizes = np.unique(design.features[first, place], return_inverse=True, return_counts=True)
        again = sizes[numbers] > 1  # a row alone is like no other
        count, y = np.count_nonzero(sizes > 1), scaled[again]
        if not max(_BLOCKS, n // _LARGEST) <= count < len(y):  # fewer values are a scale, bent perhaps
            continue
        means = np.bincount(numbers[again], y, len(sizes)) / sizes
        between = float(np.where(sizes > 1, sizes, 0) @ (means - y.mean()) ** 2)
        within = max(len(y) * float(np.var(y)) - between, np.finfo(float).eps)
        f = between / (count - 1) / (within / (len(y) - count))
        if fdtrc(count - 1, len(y) - count, f) < _LEVEL / len(places):
            return Hint(numbers[found.groups], names[place], f)
    return None


def in_row_order(design: Design, found: Grouping) -> tuple[str, bool] | None:
    """Return a column that orders the rows, and whether in blocks: those first, then one of even steps.

    It only rises or falls from row to row, or each value stands in one run of rows, unless groups are named.
    """
    kinds: dict[int, tuple[str, bool]] = {}
    for name, column in zip(design.names, design.features.T, strict=True):
        steps = np.diff(column)
        changes = np.count_nonzero(steps)
        blocks = bool(changes < len(column) / 2)
        runs = blocks and found.named is None and changes + 1 == len(np.unique(column))
        if changes + 1 >= _VALUES and (runs or (steps >= 0).all() or (steps <= 0).all()):
            kinds.setdefault(0 if blocks else 1 if np.ptp(steps) < _EVEN else 2, (name, blocks))
    return kinds[min(kinds)] if kinds else None


def _numbered(values: list[object]) -> FloatArray:
    """Number values in the order of their first places."""
    found: dict[object, int] = {}
    return np.array([found.setdefault(value, len(found)) for value in values])


def _pairs(numbers: FloatArray) -> int:
    counts = np.bincount(numbers)
    return int((counts * (counts - 1) // 2).sum())
