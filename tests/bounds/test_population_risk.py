"""The promise on the population risk and the rate that it advises."""

from dataclasses import replace

import numpy as np
import pytest

from linreg_compress.bounds import population_risk
from linreg_compress.bounds.bound import Bound
from linreg_compress.bounds.chi_square import chi_square_bound
from linreg_compress.bounds.donsker_varadhan import donsker_varadhan_bound
from linreg_compress.bounds.individual_sample import individual_sample_bound
from linreg_compress.bounds.population_risk import advised_rate, population_risk_bound
from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.gaussian_channel import BlindGaussianChannel
from linreg_compress.information.rate_distortion import rate_nats_from_bits
from linreg_compress.model import LinearModel
from tests.compare import assert_close, assert_refused


def donsker(channel: BlindGaussianChannel, model: LinearModel) -> Bound:
    return donsker_varadhan_bound(model, channel, channel.rate_nats)


@pytest.mark.parametrize("ratio", [0.0, 0.25, 4.0])
@pytest.mark.parametrize("rate", [0.0, 1.0, 30.0, 200.0])
def test_the_population_risk_is_below_the_promise(ratio: float, rate: float) -> None:
    model = LinearModel(80, 50, signal_variance=ratio / 29)
    channel = BlindGaussianChannel.for_model(model, rate)
    truth = float(risks(model, channel).population_risk)
    promise = population_risk_bound(model, channel, donsker(channel, model))
    assert truth <= promise * (1 + 1e-12)
    if rate == 0:
        assert_close(promise, truth, 1e-12)


@pytest.mark.parametrize("ratio", [0.0, 0.5])
def test_every_bound_advises_rate_0_where_it_is_best(ratio: float) -> None:
    model = LinearModel(80, 50, signal_variance=ratio / 29)
    bounds = (
        lambda channel: donsker(channel, model),
        lambda channel: chi_square_bound(80, channel.rate_nats, 4.0),
        lambda channel: sub_gaussian_bound(80, channel.rate_nats, 4.0),
    )
    for bound_at in bounds:
        found = advised_rate(model, bound_at)
        assert (found.rate_nats, found.price, found.best_rate_nats) == (0.0, 0.0, 0.0)


def test_rates_to_sixteen_bits_a_weight_are_tried() -> None:
    model = LinearModel(1000, 4, signal_variance=100.0)
    nothing = replace(chi_square_bound(1000, 1.0, 4.0), value=0.0)
    found = advised_rate(model, lambda channel: nothing)
    assert_close(found.rate_nats, rate_nats_from_bits(16.0, 4), 1e-12)
    assert not found.interior


@pytest.mark.parametrize("ratio", [2.0, 30.0, 1e3])
def test_the_advised_rate_minimizes_the_promise_and_its_price_is_not_negative(ratio: float) -> None:
    model = LinearModel(1000, 100, signal_variance=ratio / 899)
    found = advised_rate(model, lambda channel: donsker(channel, model))
    assert found.best_rate_nats == np.inf
    assert found.price >= 0
    assert found.promised_population_risk >= found.population_risk >= found.best_population_risk
    for rate in (0.0, 10.0, 70.0, 200.0, 600.0):
        channel = BlindGaussianChannel.for_model(model, rate)
        assert found.promised_population_risk <= population_risk_bound(model, channel, donsker(channel, model)) + 1e-9


def test_a_strong_signal_has_an_interior_advised_rate() -> None:
    model = LinearModel(1000, 100, signal_variance=1.0)
    found = advised_rate(model, lambda channel: donsker(channel, model))
    assert found.interior
    assert 0 < found.price < 0.1


@pytest.mark.parametrize("place", [1, 2, -3, -2])
def test_the_rate_is_refined_wherever_the_best_one_of_the_grid_lies(place: int) -> None:
    model = LinearModel(1000, 100, signal_variance=0.01)

    def bound_at(channel: BlindGaussianChannel) -> Bound:  # a promise of least value at 50 nats
        true = float(risks(model, channel).empirical_risk)
        return replace(chi_square_bound(1000, 1.0, 4.0), value=abs(channel.rate_nats - 50.0) - true)

    nearest = 50.0 * 1.01 / 10 ** float(population_risk._GRID[place if place < 0 else place - 1])
    found = advised_rate(model, bound_at, largest_bits_per_weight=nearest / (100 * np.log(2)))
    assert found.interior
    assert_close(found.rate_nats, 50.0, 1e-5)
    assert abs(found.promised_population_risk) < 1e-3


def test_the_largest_rate_that_was_tried_is_no_interior_one() -> None:
    """A promise that falls with the rate is least at the end of the grid, 1 bit a weight here."""
    model = LinearModel(1000, 100, signal_variance=1.0)
    found = advised_rate(model, lambda channel: donsker(channel, model), largest_bits_per_weight=1.0)
    assert found.rate_nats == float(rate_nats_from_bits(1.0, 100))
    assert not found.interior


def test_bad_input_is_refused() -> None:
    model = LinearModel(80, 50)
    channel = BlindGaussianChannel.for_model(model, 1.0)
    same_inputs = individual_sample_bound(80, 50, 1.0, 1.0)
    assert_refused(
        lambda: population_risk_bound(model, channel, same_inputs), "must be an upper bound of the generalization"
    )
    assert_refused(
        lambda: advised_rate(model, lambda channel: same_inputs, largest_bits_per_weight=0.0), "largest_bits_per_weight"
    )
