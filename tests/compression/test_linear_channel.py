"""The linear channel does what it says: it keeps a share around the centre and adds noise of its variance."""

import numpy as np
import pytest

from linreg_compress.compression.channel import Compressed
from linreg_compress.compression.linear_channel import LinearChannel
from tests import seeds
from tests.compare import assert_close, assert_refused, assert_sample_mean
from tests.tolerances import EXACT


def test_without_noise_it_shrinks_towards_the_centre() -> None:
    code = LinearChannel(0.25, center=[1.0, -1.0])
    found = code.compress(np.array([[5.0, 1.0], [1.0, -1.0]]), rng=seeds.generator(0))
    assert_close(found, [[2.0, -0.5], [1.0, -1.0]], EXACT)


def test_by_itself_it_changes_nothing() -> None:
    weights = np.array([0.3, -2.0])
    assert LinearChannel().compress(weights, rng=seeds.generator(0)).tolist() == weights.tolist()


@pytest.mark.monte_carlo
def test_the_noise_has_its_mean_and_variance() -> None:
    noise = LinearChannel(0.5, 4.0).compress(np.full((10_000,), 2.0), rng=seeds.generator(21)) - 1.0
    assert_sample_mean(noise, 0.0)
    assert_sample_mean(noise**2, 4.0)


def test_bad_input_is_refused() -> None:
    assert_refused(lambda: LinearChannel(np.nan), "kept must be finite; got nan")
    assert_refused(lambda: LinearChannel([0.5, 0.5]), "kept must be one number")  # type: ignore[arg-type]
    assert_refused(lambda: LinearChannel(0.5, -1.0), "added_noise must be zero or positive; got -1.0")
    assert_refused(lambda: LinearChannel(0.5, 1.0, np.inf), "center must be finite; got inf")


def test_a_channel_that_still_makes_the_older_record_returns_its_weights() -> None:
    weights = np.array([1.0, 2.0])
    with pytest.warns(DeprecationWarning, match="compress returns the weights themselves now"):
        assert Compressed(weights, 3.0) is weights
