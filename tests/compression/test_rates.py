"""A rate is taken as bits a weight or as nats of the whole vector, wherever one is taken, and never as both."""

from collections.abc import Callable
from typing import Any

import pytest

from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.compressed_risk.design_blind_limit import design_blind_limit
from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.water_filling import (
    expected_water_filled_risks,
    water_filled_risks,
    water_filled_risks_limit,
)
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.errors import LinregCompressError
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused
from tests.tolerances import FLOAT

MODEL = LinearModel(20, 6, signal_variance=0.1)
CHANNELS = (BlindGaussianChannel, AwareGaussianChannel, PerWeightGaussianChannel, DitheredUniform)
# each with the number of weights that its rate is for
TAKERS: dict[str, tuple[int, Callable[..., float]]] = {
    **{one.__name__: (6, lambda one=one, **rate: one.for_model(MODEL, **rate).normalized_distortion) for one in CHANNELS},
    "blind": (6, lambda **rate: float(blind_channel_risks(20, 6, 1.0, **rate).population_risk)),
    "aware": (6, lambda **rate: float(aware_channel_risks(20, 6, 1.0, **rate).population_risk)),
    "water-filled": (2, lambda **rate: float(water_filled_risks([9.0, 4.0], 5, 1.0, 0.3, **rate).population_risk)),
    "averaged": (
        6,
        lambda **rate: float(expected_water_filled_risks(20, 6, 1.0, 0.3, **rate, spectra=16).population_risk),
    ),
    "individual-sample": (6, lambda **rate: individual_sample_bound(20, 6, 1.0, **rate).value),
    "design-blind limit": (1, lambda **rate: design_blind_limit(9, **rate).gaussian_channel),
}


@pytest.mark.parametrize("name", [name for name in TAKERS if name != "design-blind limit"])
def test_bits_a_weight_and_nats_are_the_same_rate(name: str) -> None:
    weights, taker = TAKERS[name]
    rate = float(rate_nats_from_bits(1.3, weights))
    assert_close(taker(bits_per_weight=1.3), taker(rate_nats=rate), FLOAT)
    assert taker(bits_per_weight=1.3) != taker(rate_nats=1.3)


def test_the_limit_of_many_weights_takes_nats_of_one() -> None:
    rate = float(rate_nats_from_bits(1.3, 1))
    found = [
        float(water_filled_risks_limit(0.5, 1.0, 0.7, **given).population_risk)
        for given in ({"rate_nats_per_weight": rate}, {"bits_per_weight": 1.3})
    ]
    assert found[0] == found[1]
    assert_refused(
        lambda: water_filled_risks_limit(0.5, 1.0, 0.7, 1.0, bits_per_weight=1.0),
        "use either bits_per_weight= or rate_nats_per_weight=, not both.",
        error=LinregCompressError,
    )


BAD: list[tuple[dict[str, Any], str]] = [
    ({"rate_nats": 1.0, "bits_per_weight": 1.0}, "use either bits_per_weight= or rate_nats=, not both."),
    ({}, "missing: use "),
    ({"bits_per_weight": -1.0}, "bits_per_weight must be zero or positive; got -1.0"),
    ({"bits_per_weight": 1.7e308}, "bits_per_weight must be "),
    ({"rate_nats": -1.0}, "rate_nats must be zero or positive; got -1.0"),
]


@pytest.mark.parametrize("name", TAKERS)
@pytest.mark.parametrize(("rate", "message"), BAD)
def test_a_rate_is_given_once_and_is_one(name: str, rate: dict[str, float], message: str) -> None:
    if name == "design-blind limit" and rate.get("bits_per_weight") == 1.7e308:
        message = "rate_nats must be at most 2.5"
    assert_refused(lambda: TAKERS[name][1](**rate), message, error=LinregCompressError)
