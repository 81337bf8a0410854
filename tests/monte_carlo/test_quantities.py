"""What a target is about."""

import math

import pytest

from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.quantities import target_error
from tests import seeds
from tests.monte_carlo.test_stopping import moments_of

RNG = seeds.generator


def test_the_target_is_the_worst_channel_and_without_one_the_population_risk() -> None:
    changes = RNG(1).standard_normal((1000, 3)) * [1.0, 3.0, 2.0]
    assert target_error(moments_of(changes), 3) == pytest.approx(changes[:, 1].std(ddof=1) / math.sqrt(1000))
    base = RNG(2).standard_normal((1000, 3)) * [5.0, 2.0, 9.0]
    assert target_error(Moments.of(base), 0) == pytest.approx(base[:, 1].std(ddof=1) / math.sqrt(1000))
