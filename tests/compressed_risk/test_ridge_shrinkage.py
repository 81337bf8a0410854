"""Ridge as a map of the least-squares weights: dense matrices agree, and so do the limits of the penalty."""

import numpy as np
import pytest

from linreg_compress.compressed_risk.record import VALUES
from linreg_compress.compressed_risk.ridge_shrinkage import ridge_shrinkage_risks
from tests.compare import assert_close
from tests.tolerances import FLOAT


@pytest.mark.parametrize("penalty", [1e-3, 0.7, 40.0])
def test_dense_matrices_agree(penalty: float) -> None:
    """What - w* = M (w* + u) - w* with M = (G + lambda)^{-1} G, and u of covariance sigma^2 G^{-1}."""
    n, d, s2, t = 12, 4, 0.7, 0.3
    x = np.random.default_rng(4).standard_normal((n, d))
    gram = x.T @ x
    shrink = np.linalg.solve(gram + penalty * np.eye(d), gram)
    lost, noise = np.eye(d) - shrink, s2 * np.linalg.inv(gram)
    total = t * np.eye(d) + noise
    excess = t * np.trace(lost @ lost.T) + np.trace(shrink @ noise @ shrink.T)
    distortion = np.trace(gram @ lost @ total @ lost.T) / n
    empirical = s2 * (n - d) / n + distortion
    expected = (
        empirical,
        s2 + excess,
        s2 + excess - empirical,
        excess,
        distortion,
        excess - np.trace(noise),
        n * distortion / np.trace(gram @ total),
    )
    found = ridge_shrinkage_risks(np.linalg.eigvalsh(gram), n, s2, t, penalty)
    for name, value in zip(VALUES, expected, strict=True):
        assert_close(getattr(found, name), value, 1e-11)


def test_without_a_penalty_nothing_changes_and_with_an_endless_one_everything_goes() -> None:
    nothing, everything = (ridge_shrinkage_risks([1.0, 4.0], 9, 0.7, 0.3, penalty) for penalty in (1e-300, 1e300))
    assert_close(nothing.excess_risk, 0.7 * 1.25, FLOAT)
    assert abs(nothing.population_risk_change) < 1e-290
    assert_close([everything.excess_risk, everything.normalized_distortion], [2 * 0.3, 1.0], FLOAT)
    assert_close(everything.population_risk_change, 2 * 0.3 - 0.7 * 1.25, FLOAT)
