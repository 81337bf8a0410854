"""Codebooks that are not the best ones, with the best one's bound as their certificate."""

import numpy as np
import pytest

from linreg_compress.compression.clustering.codebooks import clustered_by, equal_steps
from linreg_compress.compression.clustering.kmeans import kmeans
from linreg_compress.compression.scalar.cells import CellQuantizer
from tests.compare import assert_refused


@pytest.mark.parametrize("size", [1, 2, 5])
def test_equal_steps_are_the_middles_of_equal_cells(size: int) -> None:
    weights = np.array([-1.0, 0.2, 0.9, 4.0])
    found = equal_steps(weights, size)
    np.testing.assert_allclose(found.centers, -1 + 5 / size * (np.arange(size) + 0.5))
    assert np.abs(weights - found.centers[found.assignments]).max() <= 2.5 / size * (1 + 1e-12)
    assert found.lower_bound <= kmeans(weights, size).objective <= found.objective


def test_equal_weights_are_their_own_level() -> None:
    assert equal_steps(np.array([2.0, 2.0]), 3).centers.tolist() == [2.0]


def test_the_bound_of_given_cells_is_never_above_their_objective() -> None:
    weights, importance = np.array([0.0, 0.5, 2.0]), np.array([1.0, 4.0, 1.0])
    best = kmeans(weights, 2, importance)
    cells = CellQuantizer(best.centers, (best.centers[1:] + best.centers[:-1]) / 2)
    found = clustered_by(cells, weights, 2, importance)
    assert found.objective == pytest.approx(best.objective)
    assert found.lower_bound <= found.objective
    worse = clustered_by(CellQuantizer(np.array([0.0, 2.0]), np.array([1.0])), weights, 2, importance)
    assert (worse.objective, worse.lower_bound) == (1.0, best.lower_bound)


def test_what_no_codebook_is_made_for_is_refused() -> None:
    assert_refused(lambda: equal_steps(np.array([]), 2), "weights must hold at least one number")
    assert_refused(lambda: equal_steps(np.array([1.0, np.nan]), 2), "weights must be finite")
