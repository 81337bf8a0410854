"""The mass of a normal cell: 40 digits in far tails, across the middle and in cells far narrower than the law."""

import numpy as np
import pytest
from scipy import special

from linreg_compress.compression.scalar.normal_mass import normal_mass
from tests.compare import assert_close, assert_equals_reference
from tests.references import mp
from tests.tolerances import FLOAT, ROUNDING

PLACES = (-37.0, -8.5, -1.0, -1e-3, 0.0, 1e-9, 0.3, 2.0, 8.5, 30.0)
WIDTHS = (1e-12, 1e-6, 1e-2, 0.25, 1.0, 5.0, 50.0)


def exact(low: float, high: float) -> mp.mpf:
    a, b = mp.mpf(low), mp.mpf(high)
    if a > 0:
        a, b = -b, -a
    with mp.workdps(80):  # the tails of a narrow cell agree in many digits
        return mp.ncdf(b) - mp.ncdf(a)


def test_it_equals_40_digits() -> None:
    pairs = [(place, place + width) for place in PLACES for width in WIDTHS]
    found = [float(normal_mass(np.array(pair), np.array([pair[1] - pair[0]]))[0]) for pair in pairs]
    truth = [exact(*pair) for pair in pairs]
    # a rounding of the edge x moves the mass of a tail x^2 times as much
    condition = [one * (1 + min(abs(low), abs(high)) ** 2) for one, (low, high) in zip(truth, pairs, strict=True)]
    assert assert_equals_reference(found, truth, tolerance=16 * ROUNDING, condition=condition) == 70


def test_masses_keep_their_digits_in_both_tails() -> None:
    edges = np.stack([[-np.inf, -9.0, -1.0, 8.0, 20.0], [-8.0, -8.0, 2.0, 9.0, np.inf]], axis=-1)
    exact = [special.ndtr(-8.0), special.ndtr(-8.0) - special.ndtr(-9.0), special.ndtr(2.0) - special.ndtr(-1.0)]
    assert_close(normal_mass(edges)[:, 0], [*exact, exact[1], special.ndtr(-20.0)], FLOAT)


@pytest.mark.parametrize(
    "edges", [[-np.inf, np.inf], [-np.inf, -3.0, 0.0, 1e-9, 0.5, 9.0, np.inf], [-np.inf, 40.0, np.inf]]
)
def test_cells_that_cover_the_line_hold_everything(edges: list[float]) -> None:
    masses = normal_mass(np.array(edges))
    assert masses.shape == (len(edges) - 1,)
    assert (masses >= 0).all()
    assert_close(masses.sum(), 1.0, FLOAT)
    assert_close(normal_mass(-np.array(edges)[::-1])[::-1], masses, FLOAT)


def test_rows_of_edges_are_cut_one_by_one() -> None:
    edges = np.sort(np.random.default_rng(3).standard_normal((2, 3, 5)), axis=-1)
    assert_close(normal_mass(edges)[1, 2], normal_mass(edges[1, 2]), FLOAT)
