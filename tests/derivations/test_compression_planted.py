"""Errors planted in the proofs about compression, each of which the machine must refute."""

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from linreg_compress.derivations.compression.aware_channel_risk import aware_channel_risk
from linreg_compress.derivations.compression.bayes_decoder_never_gains import bayes_decoder_never_gains
from linreg_compress.derivations.compression.best_ridge_limit import best_ridge_limit
from linreg_compress.derivations.compression.blind_channel_empirical_law import blind_channel_empirical_law
from linreg_compress.derivations.compression.blind_channel_risk import blind_channel_risk
from linreg_compress.derivations.compression.compression_criterion import compression_criterion
from linreg_compress.derivations.compression.correlated_features_risk import correlated_features_risk
from linreg_compress.derivations.compression.distortion_rate_is_convex_and_decreasing import (
    distortion_rate_is_convex_and_decreasing,
)
from linreg_compress.derivations.compression.distortion_rate_of_linear_model import distortion_rate_of_linear_model
from linreg_compress.derivations.compression.gaussian_rate_distortion import gaussian_rate_distortion
from linreg_compress.derivations.compression.gaussian_test_channel import gaussian_test_channel
from linreg_compress.derivations.compression.generalization_error_shrinks import generalization_error_shrinks
from linreg_compress.derivations.compression.improvement_probability import improvement_probability
from linreg_compress.derivations.compression.interpolation_theorem import interpolation_theorem
from linreg_compress.derivations.compression.linear_channel_risk import linear_channel_risk
from linreg_compress.derivations.compression.marchenko_pastur_limits import marchenko_pastur_limits
from linreg_compress.derivations.compression.noise_alone_never_helps import noise_alone_never_helps
from linreg_compress.derivations.compression.reverse_water_filling import reverse_water_filling
from linreg_compress.derivations.compression.ridge_risk import ridge_risk
from linreg_compress.derivations.compression.water_filled_limit import water_filled_limit
from linreg_compress.derivations.compression.water_filled_risk import water_filled_risk
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.derivations.registry import DERIVATIONS
from tests.derivations.planted import alone


def _more_samples(right: Any) -> Any:
    return right.subs(sp.Symbol("n", positive=True, integer=True), sp.Symbol("n", positive=True, integer=True) + 1)


PLANTED: list[tuple[Callable[[], Derivation], str, Callable[[Any], Any]]] = [
    (gaussian_rate_distortion, "lower-bound", lambda r: 2 * r),
    (gaussian_rate_distortion, "multiplier", lambda r: -r),
    (gaussian_rate_distortion, "least-distortion", sp.sqrt),
    (gaussian_test_channel, "covariance", lambda r: 1 - r),
    (gaussian_test_channel, "rate", lambda r: 2 * r),
    (gaussian_test_channel, "markov", lambda r: r + 1),
    (reverse_water_filling, "active", lambda r: 2 * r),
    (reverse_water_filling, "dropped", lambda r: -r),
    (reverse_water_filling, "rate", lambda r: r / 2),
    (distortion_rate_is_convex_and_decreasing, "slope", lambda r: r / 2),
    (distortion_rate_is_convex_and_decreasing, "exchange", lambda r: -r),
    (distortion_rate_of_linear_model, "rate", lambda r: 2 * r),
    (distortion_rate_of_linear_model, "total", _more_samples),
    (aware_channel_risk, "trace", _more_samples),
    (aware_channel_risk, "risk", _more_samples),
    (aware_channel_risk, "change", lambda r: -r),
    (aware_channel_risk, "gap", _more_samples),
    (blind_channel_risk, "weight-variance", _more_samples),
    (blind_channel_risk, "distortion", lambda r: 2 * r),
    (blind_channel_risk, "gap", _more_samples),
    (generalization_error_shrinks, "general", lambda r: r / 2),
    (generalization_error_shrinks, "channel", _more_samples),
    (noise_alone_never_helps, "change", lambda r: -r),
    (noise_alone_never_helps, "slope", lambda r: r / 2),
    (linear_channel_risk, "one-weight", lambda r: 2 * r),
    (linear_channel_risk, "change", lambda r: -r),
    (linear_channel_risk, "gap", _more_samples),
    (correlated_features_risk, "change", lambda r: -r),
    (correlated_features_risk, "boundary", lambda r: r / 2),
    (correlated_features_risk, "distortion", _more_samples),
    (interpolation_theorem, "left-over", lambda r: 2 * r),
    (interpolation_theorem, "error", lambda r: -r),
    (compression_criterion, "change", lambda r: -r),
    (compression_criterion, "in-the-model", _more_samples),
    (improvement_probability, "determinant", lambda r: 2 * r),
    (improvement_probability, "log-ratio", lambda r: r / 2),
    (improvement_probability, "centre-at-truth", _more_samples),
    (bayes_decoder_never_gains, "slope", lambda r: r / 2),
    (bayes_decoder_never_gains, "sum", lambda r: -r),
    (water_filled_risk, "direction", lambda r: 2 * r),
    (water_filled_risk, "gap", _more_samples),
    (water_filled_risk, "active", lambda r: -r),
    (ridge_risk, "direction", lambda r: 2 * r),
    (ridge_risk, "best-penalty", lambda r: -r),
    (marchenko_pastur_limits, "inverse", lambda r: 2 * r),
    (marchenko_pastur_limits, "mean-inverse", lambda r: r / 2),
    (marchenko_pastur_limits, "population", lambda r: -r),
    (best_ridge_limit, "integral", lambda r: 2 * r),
    (best_ridge_limit, "root", lambda r: -r),
    (water_filled_limit, "risk", lambda r: 2 * r),
    (water_filled_limit, "blind", lambda r: -r),
    (blind_channel_empirical_law, "product", lambda r: 2 * r),
    (blind_channel_empirical_law, "law", _more_samples),
    (blind_channel_empirical_law, "mean", lambda r: -r),
]


def test_every_derivation_has_two_planted_errors() -> None:
    makers = [make for make, _, _ in PLANTED]
    assert len(set(makers)) == 21
    assert min(makers.count(make) for make in makers) >= 2


@pytest.mark.parametrize(("make", "label", "breaking"), PLANTED)
def test_planted_error_is_refuted(make: Callable[[], Derivation], label: str, breaking: Callable[[Any], Any]) -> None:
    derivation = make()
    right = derivation.line(label).right
    assert breaking(right) != right
    assert DERIVATIONS[derivation.name]() == derivation  # whose tests hold the sound step to be proved
    (broken,) = verify(alone(derivation, label, breaking(right))).outcomes
    assert broken.verdict is Verdict.REFUTED
    assert derivation.line(label).lemma or broken.residual is not None  # a misquoted line is told by its lemma
