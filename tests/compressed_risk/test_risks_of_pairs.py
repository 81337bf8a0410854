"""One door to the exact risks: it must lead to the formula of the channel at hand, or refuse."""

import numpy as np
import pytest

from linreg_compress.compressed_risk.gaussian_channel import aware_channel_risks, blind_channel_risks
from linreg_compress.compressed_risk.record import VALUES, CompressedRisks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.water_filling import expected_water_filled_risks
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.identity import Identity
from linreg_compress.compression.pruning import MagnitudePruning
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.least_squares.risk import expected_risks
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.compare import assert_close, assert_mean, assert_refused
from tests.tolerances import FLOAT

ORACLE = LinearModel(20, 6, 0.7, weights=np.arange(6.0))
PRIOR = LinearModel(20, 6, 0.7, signal_variance=0.3, weights=np.arange(6.0))
CORRELATED = LinearModel(20, 3, 0.7, covariance=[1.0, 2.0, 3.0], weights=[1.0, -2.0, 0.5])


def assert_same(found: CompressedRisks, expected: CompressedRisks) -> None:
    for field in VALUES:
        assert_close(getattr(found, field), getattr(expected, field), FLOAT)


@pytest.mark.parametrize("model", [ORACLE, PRIOR, CORRELATED])
def test_identity_changes_nothing(model: LinearModel) -> None:
    found, base = risks(model, Identity()), expected_risks(model)
    assert (found.population_risk, found.empirical_risk) == (base.population_risk, base.empirical_risk)
    assert found.distortion == found.population_risk_change == found.normalized_distortion == 0.0
    assert not found.compression_helps


@pytest.mark.parametrize(("model", "t"), [(ORACLE, 0.0), (PRIOR, 0.3), (CORRELATED, 0.0)])
def test_blind_channel_uses_the_mean_signal(model: LinearModel, t: float) -> None:
    channel = BlindGaussianChannel.for_model(model, 2.0)
    expected = blind_channel_risks(20, model.features, 0.7, 2.0, signal_variance=t)
    assert_same(risks(model, channel), expected)


def test_a_fixed_offset_of_the_centre_counts_as_signal() -> None:
    channel = BlindGaussianChannel.for_model(PRIOR, 2.0, center=np.zeros(6))
    expected = blind_channel_risks(20, 6, 0.7, 2.0, signal_variance=0.3 + 55 / 6)
    assert_same(risks(PRIOR, channel), expected)


def test_aware_channel_at_the_true_weights() -> None:
    for model in (ORACLE, CORRELATED):
        found = risks(model, AwareGaussianChannel.for_model(model, 2.0))
        assert_same(found, aware_channel_risks(20, model.features, 0.7, 2.0))


def test_aware_channel_with_a_prior_is_water_filled() -> None:
    found = risks(PRIOR, AwareGaussianChannel.for_model(PRIOR, 2.0))
    assert_same(found, expected_water_filled_risks(20, 6, 0.7, 0.3, 2.0))


CASES: list[tuple[LinearModel, Channel]] = [
    (ORACLE, BlindGaussianChannel.for_model(ORACLE, 3.0)),
    (PRIOR, BlindGaussianChannel.for_model(PRIOR, 3.0)),
    (PRIOR, BlindGaussianChannel.for_model(PRIOR, 3.0, center=np.zeros(6))),
    (CORRELATED, BlindGaussianChannel.for_model(CORRELATED, 3.0)),
    (CORRELATED, AwareGaussianChannel.for_model(CORRELATED, 3.0)),
]


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("model", "channel"), CASES)
def test_closed_forms_agree_with_raw_data(model: LinearModel, channel: Channel) -> None:
    exact = risks(model, channel)
    found = simulate(model, [channel], 20000, seed=seeds.number(3)).compressed[0]
    for field in ("empirical_risk", "population_risk", "generalization_error", "distortion", "population_risk_change"):
        assert_mean(getattr(found, field), float(getattr(exact, field)))


REFUSED = [
    (PRIOR, MagnitudePruning(2), "no exact risk is known for magnitude-pruning; simulate it"),
    (ORACLE, BlindGaussianChannel(2.0, np.arange(6.0), 5.0), "another source variance"),
    (ORACLE, AwareGaussianChannel(2.0, np.arange(6.0), 5.0), "another source"),
    (ORACLE, AwareGaussianChannel(2.0, np.arange(6.0), 0.7, 0.3), "another source"),
    (LinearModel(3, 6, covariance=np.arange(1.0, 7.0)), Identity(), "identity covariance"),
    (
        LinearModel(20, 3, signal_variance=0.1, covariance=[1.0, 2.0, 3.0]),
        AwareGaussianChannel.for_model(LinearModel(20, 3, signal_variance=0.1), 1.0),
        "identity covariance",
    ),
]


@pytest.mark.parametrize(("model", "channel", "message"), REFUSED)
def test_a_pair_without_a_theorem_is_refused(model: LinearModel, channel: Channel, message: str) -> None:
    assert_refused(lambda: risks(model, channel), message, error=UnsupportedModelError)


STRANGERS = [
    (CORRELATED, BlindGaussianChannel(2.0, CORRELATED.mean_weights, CORRELATED.weight_variance)),  # noise not like 1/Sigma
    (LinearModel(80, 50), BlindGaussianChannel.for_model(LinearModel(31, 1), 2.0)),  # one weight, the same variance
]


@pytest.mark.parametrize(("model", "channel"), STRANGERS)
def test_a_channel_of_another_model_is_refused(model: LinearModel, channel: Channel) -> None:
    with pytest.raises(UnsupportedModelError):
        risks(model, channel)
