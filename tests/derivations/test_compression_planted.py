"""Errors planted in the proofs about compression, each of which the machine must refute."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from linreg_compress.derivations.aware_channel_risk import aware_channel_risk
from linreg_compress.derivations.bayes_decoder_never_gains import bayes_decoder_never_gains
from linreg_compress.derivations.best_ridge_limit import best_ridge_limit
from linreg_compress.derivations.blind_channel_empirical_law import blind_channel_empirical_law
from linreg_compress.derivations.blind_channel_risk import blind_channel_risk
from linreg_compress.derivations.compression_criterion import compression_criterion
from linreg_compress.derivations.correlated_features_risk import correlated_features_risk
from linreg_compress.derivations.distortion_rate_is_convex_and_decreasing import distortion_rate_is_convex_and_decreasing
from linreg_compress.derivations.distortion_rate_of_linear_model import distortion_rate_of_linear_model
from linreg_compress.derivations.gaussian_rate_distortion import gaussian_rate_distortion
from linreg_compress.derivations.gaussian_test_channel import gaussian_test_channel
from linreg_compress.derivations.generalization_error_shrinks import generalization_error_shrinks
from linreg_compress.derivations.improvement_probability import improvement_probability
from linreg_compress.derivations.interpolation_theorem import interpolation_theorem
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.derivations.linear_channel_risk import linear_channel_risk
from linreg_compress.derivations.marchenko_pastur_limits import marchenko_pastur_limits
from linreg_compress.derivations.noise_alone_never_helps import noise_alone_never_helps
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.derivations.reverse_water_filling import reverse_water_filling
from linreg_compress.derivations.ridge_risk import ridge_risk
from linreg_compress.derivations.water_filled_limit import water_filled_limit
from linreg_compress.derivations.water_filled_risk import water_filled_risk


def _more_samples(right: Any) -> Any:
    return right.subs(sp.Symbol("n", positive=True, integer=True), sp.Symbol("n", positive=True, integer=True) + 1)


PLANTED: list[tuple[Callable[[], Derivation], int, Callable[[Any], Any]]] = [
    (gaussian_rate_distortion, 6, lambda r: 2 * r),
    (gaussian_rate_distortion, 9, lambda r: -r),
    (gaussian_rate_distortion, 15, sp.sqrt),
    (gaussian_test_channel, 3, lambda r: 1 - r),
    (gaussian_test_channel, 6, lambda r: 2 * r),
    (gaussian_test_channel, 10, lambda r: r + 1),
    (reverse_water_filling, 4, lambda r: 2 * r),
    (reverse_water_filling, 6, lambda r: -r),
    (reverse_water_filling, 10, lambda r: r / 2),
    (distortion_rate_is_convex_and_decreasing, 1, lambda r: r / 2),
    (distortion_rate_is_convex_and_decreasing, 10, lambda r: -r),
    (distortion_rate_of_linear_model, 7, lambda r: 2 * r),
    (distortion_rate_of_linear_model, 9, _more_samples),
    (aware_channel_risk, 2, _more_samples),
    (aware_channel_risk, 3, _more_samples),
    (aware_channel_risk, 4, lambda r: -r),
    (aware_channel_risk, 9, _more_samples),
    (blind_channel_risk, 1, _more_samples),
    (blind_channel_risk, 7, lambda r: 2 * r),
    (blind_channel_risk, 8, _more_samples),
    (generalization_error_shrinks, 5, lambda r: r / 2),
    (generalization_error_shrinks, 9, _more_samples),
    (noise_alone_never_helps, 4, lambda r: -r),
    (noise_alone_never_helps, 7, lambda r: r / 2),
    (linear_channel_risk, 3, lambda r: 2 * r),
    (linear_channel_risk, 5, lambda r: -r),
    (linear_channel_risk, 9, _more_samples),
    (correlated_features_risk, 8, lambda r: -r),
    (correlated_features_risk, 9, lambda r: r / 2),
    (correlated_features_risk, 17, _more_samples),
    (interpolation_theorem, 3, lambda r: 2 * r),
    (interpolation_theorem, 7, lambda r: -r),
    (compression_criterion, 1, lambda r: -r),
    (compression_criterion, 6, _more_samples),
    (improvement_probability, 4, lambda r: 2 * r),
    (improvement_probability, 10, lambda r: r / 2),
    (improvement_probability, 25, _more_samples),
    (bayes_decoder_never_gains, 4, lambda r: r / 2),
    (bayes_decoder_never_gains, 7, lambda r: -r),
    (water_filled_risk, 3, lambda r: 2 * r),
    (water_filled_risk, 5, _more_samples),
    (water_filled_risk, 10, lambda r: -r),
    (ridge_risk, 3, lambda r: 2 * r),
    (ridge_risk, 4, lambda r: -r),
    (marchenko_pastur_limits, 6, lambda r: 2 * r),
    (marchenko_pastur_limits, 11, lambda r: r / 2),
    (marchenko_pastur_limits, 12, lambda r: -r),
    (best_ridge_limit, 2, lambda r: 2 * r),
    (best_ridge_limit, 7, lambda r: -r),
    (water_filled_limit, 2, lambda r: 2 * r),
    (water_filled_limit, 8, lambda r: -r),
    (blind_channel_empirical_law, 6, lambda r: 2 * r),
    (blind_channel_empirical_law, 8, _more_samples),
    (blind_channel_empirical_law, 9, lambda r: -r),
]


def test_every_derivation_has_two_planted_errors() -> None:
    makers = [make for make, _, _ in PLANTED]
    assert len(set(makers)) == 21
    assert min(makers.count(make) for make in makers) >= 2


@pytest.mark.parametrize(("make", "number", "breaking"), PLANTED)
def test_planted_error_is_refuted(make: Callable[[], Derivation], number: int, breaking: Callable[[Any], Any]) -> None:
    derivation = make()
    step = dataclasses.replace(derivation.steps[number - 1], depends_on=())
    wrong = dataclasses.replace(step, right=breaking(step.right))
    assert wrong.right != step.right
    assert DERIVATIONS[derivation.name] is make  # whose tests hold the sound step to be proved
    (broken,) = verify(dataclasses.replace(derivation, steps=(wrong,), conclusion=0)).outcomes
    assert broken.verdict is Verdict.REFUTED
    assert broken.residual is not None
