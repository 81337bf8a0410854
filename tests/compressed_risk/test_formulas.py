"""A channel built for another model is refused, however close the other is and however small the variances are."""

import numpy as np
import pytest

from linreg_compress.bounds.information import data_processing
from linreg_compress.compressed_risk.formulas import require_match
from linreg_compress.compressed_risk.laws import compressed_population_risk_law
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests.compare import assert_refused


@pytest.mark.parametrize("factor", [0.99, 1.01, 1 + 1e-9])
@pytest.mark.parametrize("s2", [1.0, 1e-6, 1e6])
def test_a_source_variance_a_little_off_is_refused(factor: float, s2: float) -> None:
    model = LinearModel(80, 50, s2)
    right = model.weight_variance
    for call in (require_match, risks):
        assert_refused(
            lambda call=call: call(model, BlindGaussianChannel(2.0, np.zeros(50), right * factor)),  # type: ignore[misc]
            "built for another source variance",
            error=UnsupportedModelError,
        )
    assert require_match(model, BlindGaussianChannel(2.0, np.zeros(50), right)) == 0
    prior = LinearModel(80, 50, s2, signal_variance=right)
    aware = AwareGaussianChannel(2.0, np.zeros(50), s2, signal_variance=right * factor)
    assert_refused(lambda: require_match(prior, aware), "another source variance", error=UnsupportedModelError)


def test_another_covariance_is_refused_and_a_turned_factor_is_not() -> None:
    covariance = np.diag([1.0, 2.0, 3.0])
    model = LinearModel(12, 3, covariance=covariance)
    channel = BlindGaussianChannel.for_model(model, 2.0)
    for other in (np.diag([10.0, 0.1, 5.0]), 1.001 * covariance, None):
        another = LinearModel(12, 3, covariance=other)
        for call in (require_match, risks, compressed_population_risk_law, data_processing):
            assert_refused(
                lambda call=call, model=another: call(model, channel),  # type: ignore[misc]
                "built for another covariance",
                error=UnsupportedModelError,
            )
    assert channel.precision_factor is not None
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    turned = BlindGaussianChannel(2.0, np.zeros(3), channel.source_variance, channel.precision_factor @ turn)
    assert require_match(model, turned) == 0
