"""The measurement: fit and quantize on nine tenths of the rows, score on the tenth, many times over.

In every fold the least-squares weights and their quantized form see the same rows; what counts is the difference of their
squared errors on the rows that were left out. Rows of one group are never split.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import FOLDS
from linreg_compress.advice.theory import Effect, effects, spread_of
from linreg_compress.compression.batches import quantize_all
from linreg_compress.errors import DesignError
from linreg_compress.least_squares.moments import Design, Fitted, fit_parts

Key = tuple[str, int]
_MANY, _BLOCKS = 10_000, 100  # tuning: groups of which blocks are made, and blocks, so that moments are computed once
RIDGE, NO_WEIGHTS = ("ridge", 0), ("no weights", 0)


@dataclass(frozen=True, eq=False)
class Measured:
    """What a code changes on left-out rows, in squared units of y."""

    differences: FloatArray
    """Squared error after less before, a row of a fold of mean size, shape (J,)."""
    ratio: float
    """Rows tested over rows fitted."""
    effect: Effect
    """What the code does to the fits of the folds."""

    @property
    def change(self) -> float:
        """Mean over all rows left out."""
        return float(np.mean(self.differences))

    @property
    def standard_error(self) -> float:
        """By Nadeau and Bengio 2003, ``s sqrt(1 / J + ratio)``, because the folds overlap in what they are fitted to."""
        size = len(self.differences)
        return float(np.std(self.differences, ddof=1) * np.sqrt(1 / size + self.ratio))


@dataclass(frozen=True, eq=False)
class Measurement:
    """All that the folds say."""

    codes: dict[Key, Measured]
    """By quantizer and number of levels; `RIDGE` and `NO_WEIGHTS` are the yardsticks."""
    error: float
    """Mean squared error of least squares on the rows left out."""
    spread: float
    """Excess risk that the spread of the weights between folds shows (`spread_of`)."""
    folds: int
    """Folds that count."""
    left_out: int
    """Folds without a fit."""
    still: tuple[str, ...]
    """Columns that are constant in the rows of some of these."""


def measure(
    design: Design,
    whole: Fitted,
    groups: FloatArray,
    quantizers: Sequence[str],
    levels: Sequence[int],
    repeats: int,
    *,
    seed: int = 0,
    workers: int = 1,
    progress: bool = False,
) -> Measurement:
    """Measure the change of the error on left-out rows for each quantizer and number of levels.

    `groups`, shape (n,), are numbers 0, 1, ... They, or above 10 000 blocks of them, are dealt into ten folds `repeats`
    times; repeat k uses the stream ``SeedSequence(seed, spawn_key=(1, k))``. Threads do not change the result. Refuse
    (`DesignError`) where no two folds have a fit.
    """
    if (count := int(groups.max()) + 1) > _MANY:  # tuning: above, whole blocks are dealt
        groups, count = _stream(seed, 0).permutation(count)[groups] % _BLOCKS, _BLOCKS
    parts = _Parts(design, groups, count)

    def run(repeat: int) -> _Repeat:
        return _one_repeat(design, parts, _stream(seed, 1, repeat).permutation(count), quantizers, levels)

    with (
        tqdm(total=repeats, unit="repeat", desc="measuring", disable=None if progress else True, leave=False) as bar,
        ThreadPoolExecutor(workers) as pool,
    ):
        found = []
        try:
            for one in pool.map(run, range(repeats)) if workers > 1 else map(run, range(repeats)):  # tuning: threads
                found.append(one)
                bar.update()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)  # tuning: leaves no thread behind
    still = tuple(design.names[place] for place in sorted(set[int]().union(*(one.still for one in found))))
    sizes = np.concatenate([one.sizes for one in found])
    left_out = sum(one.left_out for one in found)
    if len(sizes) < 2:
        why = f"column {still[0]!r} is constant" if still else "columns depend on each other"
        raise DesignError(f"{why} in the rows of nearly every fold, so that nothing can be measured. Drop it, or add rows.")
    mean, ratio = float(sizes.mean()), float(np.mean(sizes / (design.rows - sizes)))
    codes, alive = {}, [one for one in found if len(one.sizes)]
    for key in alive[0].codes:
        sums, increases, shares = np.concatenate([one.codes[key] for one in alive], axis=1)
        codes[key] = Measured(sums / mean, ratio, Effect(float(increases.mean()), float(shares.mean())))
    error = float(np.concatenate([one.errors for one in found]).sum() / sizes.sum())
    spread = float(np.mean([spread_of(one.weights, whole) for one in alive]))
    return Measurement(codes, error, spread, len(sizes), left_out, still)


@dataclass(frozen=True, eq=False)
class _Repeat:
    """One deal into folds. Codes: sum of the differences of squared errors, A and a of each fold, shape (3, J)."""

    codes: dict[Key, FloatArray]
    errors: FloatArray
    sizes: FloatArray
    weights: FloatArray
    left_out: int
    still: set[int]


class _Parts:
    """Moments of sets of groups; where there are few groups, those of each are computed once."""

    def __init__(self, design: Design, groups: FloatArray, count: int) -> None:
        self.design, self.groups = design, groups
        self.sizes = np.bincount(groups, minlength=count)
        self.each: FloatArray | None = None
        if count <= _BLOCKS:  # tuning: then once is enough
            self.each = np.stack([design.moments(np.flatnonzero(groups == group)) for group in range(count)])
        self.total = design.moments() if self.each is None else self.each.sum(axis=0)

    def of(self, chosen: FloatArray) -> FloatArray:
        """Return the moments of the groups that are chosen, an ndarray of bool."""
        if self.each is not None:
            return self.each[chosen].sum(axis=0)
        return self.design.moments(np.flatnonzero(chosen[self.groups]))


def _stream(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key[0], spawn_key=key[1:])))


def _one_repeat(
    design: Design, parts: _Parts, place: FloatArray, quantizers: Sequence[str], levels: Sequence[int]
) -> _Repeat:
    """Deal: group g goes to fold ``place[g] mod 10``."""
    folds = place % min(FOLDS, len(place)) == np.arange(min(FOLDS, len(place)))[:, None]
    sizes = folds @ parts.sizes
    tested = np.stack([parts.of(fold) for fold in folds])
    fitted, kept, still = fit_parts(parts.total - tested, design.rows - sizes, design)
    tested, sizes = tested[kept], sizes[kept]
    before = fitted.coefficients(fitted.weights)
    codes = {}
    for key, weights in _compressed(fitted, quantizers, levels):
        after = fitted.coefficients(weights)  # a difference of squares, so that a small change keeps its digits
        change = np.einsum("fi,fij,fj->f", after - before, tested, after + before, optimize=True)
        codes[key] = np.stack([change, *effects(fitted, weights)])
    errors = np.einsum("fi,fij,fj->f", before, tested, before, optimize=True)
    return _Repeat(codes, errors, sizes, fitted.weights, int((~kept).sum()), still)


def _compressed(fitted: Fitted, quantizers: Sequence[str], levels: Sequence[int]) -> Iterator[tuple[Key, FloatArray]]:
    if len(fitted.weights):
        yield from quantize_all(quantizers, fitted.weights, levels, fitted.gram).items()
        yield RIDGE, fitted.ridge()
        yield NO_WEIGHTS, np.zeros_like(fitted.weights)
