"""The headline's own pieces: its bound, and its ends where the answer is known without a formula."""

import pytest

from linreg_compress.bounds.donsker_varadhan import donsker_varadhan_bound
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.gallery.figure import Row, columns
from linreg_compress.gallery.headline import FIGURE, simple_bound
from linreg_compress.gallery.meanings import REGIMES
from linreg_compress.model import LinearModel
from tests.tolerances import FLOAT


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return FIGURE.compute(True, 0)


def test_the_bound_of_a_clipped_code_is_above_the_one_that_needs_no_clipping() -> None:
    model = LinearModel(80, 50)
    for rate in (3.0, 30.0, 100.0):
        channel = BlindGaussianChannel.for_model(model, rate)
        assert simple_bound(model, channel) > donsker_varadhan_bound(model, channel, rate).value


def test_at_rate_zero_the_weights_are_the_centre(rows: list[Row]) -> None:
    """Without a rate What = c: both risks are sigma^2 + d tau^2, and the generalization error is zero."""
    for panel, ratio in REGIMES.items():
        exact = columns(rows, panel=panel, witness="exact")
        for name in ("empirical_risk", "population_risk"):
            assert float(exact[name][0]) == pytest.approx(1 + 50 * ratio / 29, rel=FLOAT)
        assert float(exact["generalization_error"][0]) == 0


def test_least_squares_is_the_same_in_all_panels(rows: list[Row]) -> None:
    for panel in REGIMES:
        exact = columns(rows, panel=panel, witness="exact")
        assert set(exact["least_squares_population_risk"]) == {79 / 29}
