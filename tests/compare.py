"""Assertions shared by the suite. NaN passes none of them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy import stats

from linreg_compress.errors import InvalidInputError, LinregCompressError
from linreg_compress.monte_carlo.estimate import Estimate
from tests.references import mp
from tests.tolerances import FLOAT, P_LIMIT, SMALLEST, Z_LIMIT, spend


def assert_equals_reference(
    found: ArrayLike,
    exact: Sequence[Any],
    *,
    tolerance: float = FLOAT,
    condition: Sequence[Any] | None = None,
    amplification: Sequence[Any] | None = None,
) -> int:
    """Assert that doubles equal high-precision numbers, and return how many were compared.

    Parameters
    ----------
    found : array_like
    exact : sequence of mpf
    tolerance : float
        Relative to the exact value.
    condition : sequence of mpf, optional
        Sum of the absolute values of the terms that cancel in the exact value: where it is larger than the value, the
        tolerance is relative to it.
    amplification : sequence of mpf, optional
        What multiplies a factor that may fall below the normal range of doubles, where it has an absolute error of
        half a step; 1 by default.
    """
    values = np.asarray(found, dtype=float).ravel()
    assert values.size == len(exact) > 0
    for index, (value, reference) in enumerate(zip(values.tolist(), exact, strict=True)):
        if mp.isinf(reference):
            assert value == float(reference), f"point {index}: {value} is not {reference}"
            continue
        size = abs(reference) if condition is None else max(abs(reference), condition[index])
        steps = 1 if amplification is None else 1 + amplification[index]
        allowed = tolerance * size + SMALLEST * steps
        assert abs(mp.mpf(value) - reference) <= allowed, f"point {index}: {value!r} is not {mp.nstr(reference, 20)}"
    return values.size


def assert_close(found: ArrayLike, expected: ArrayLike, tolerance: float) -> None:
    """Assert a relative difference of at most `tolerance`."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=tolerance, atol=0, equal_nan=False)


def assert_mean(estimate: Estimate, expected: float) -> None:
    """Assert that a simulated mean agrees with `expected` within the suite's false-alarm budget."""
    spend()
    assert estimate.standard_error > 0
    z = (estimate.mean - expected) / estimate.standard_error
    z += estimate.skewness / (6 * np.sqrt(estimate.trials)) * (1 + 2 * z * z)  # of a studentized mean, Hall 1992
    assert abs(z) < Z_LIMIT, f"{estimate} against {expected}: z = {z:.2f}"


def assert_sample_mean(draws: ArrayLike, expected: float) -> None:
    """Assert that independent draws have the mean `expected` within the suite's false-alarm budget."""
    values = np.asarray(draws, dtype=float).ravel()
    error = float(values.std(ddof=1) / np.sqrt(values.size))
    skewness = float(stats.skew(values)) if error > 0 else 0.0
    assert_mean(Estimate(float(values.mean()), error, values.size, skewness), expected)


def assert_share(hits: Iterable[bool], low: float, high: float | None = None) -> float:
    """Assert that a share of independent hits does not contradict a truth between `low` and `high`, and return it.

    Exact binomial tails, one share of the budget for both: the z-score of a rare event is far from normal.
    """
    spend()
    values = [bool(hit) for hit in hits]
    count, size, most = sum(values), len(values), low if high is None else high
    assert stats.binom.sf(count - 1, size, most) > P_LIMIT / 2, f"{count} of {size} are too many for {most:.6g}"
    assert stats.binom.cdf(count, size, low) > P_LIMIT / 2, f"{count} of {size} are too few for {low:.6g}"
    return count / size


def assert_draws_follow(draws: ArrayLike, cdf: Callable[[Any], Any]) -> None:
    """Assert by a Kolmogorov-Smirnov test that independent draws have the law `cdf`.

    The cdf is computed at every twentieth draw or so and joined by straight lines: of the distance that the test can see,
    about 2 / sqrt(draws), that loses a few per cent at most.
    """
    spend()
    values = np.sort(np.asarray(draws, dtype=float).ravel())
    knots = np.unique(np.linspace(0, values.size - 1, 128).astype(int))
    shares = np.interp(values, values[knots], np.asarray(cdf(values[knots])))
    found = stats.ks_1samp(shares, stats.uniform.cdf)
    assert found.pvalue > P_LIMIT, f"the draws do not follow the law: p = {found.pvalue:.2g}"


def assert_same_law(first: ArrayLike, second: ArrayLike) -> None:
    """Assert by a two-sample Kolmogorov-Smirnov test that two sets of draws have one law."""
    spend()
    found = stats.ks_2samp(np.asarray(first), np.asarray(second))
    assert found.pvalue > P_LIMIT, f"the two samples differ: p = {found.pvalue:.2g}"


def assert_refused(
    call: Callable[[], object], *fragments: str, error: type[LinregCompressError] = InvalidInputError
) -> None:
    """Assert that `call` raises `error` and that its message holds every fragment: the rule and the value found."""
    with pytest.raises(error) as caught:
        call()
    for fragment in fragments:
        assert fragment in str(caught.value), f"{fragment!r} is not in {str(caught.value)!r}"
