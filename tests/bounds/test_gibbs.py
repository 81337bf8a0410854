"""The Gibbs algorithm with a prior and at new inputs: exact digits, limits, and raw data."""

from functools import partial

import numpy as np
import pytest

from linreg_compress.bounds.gibbs import (
    effective_degrees_of_freedom,
    gibbs_generalization_error,
    gibbs_new_inputs_generalization_error,
    gibbs_with_prior_generalization_error,
    symmetrized_information,
)
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused, assert_sample_mean
from tests.references import mp

SPECTRUM = np.array([0.0, 1e-9, 0.3, 4.0, 1e9])


def test_with_a_prior_it_equals_mpmath() -> None:
    found, exact = [], []
    for precision in (1e-12, 0.3, 1e9):
        k = 14 * mp.mpf(precision) / 6
        found.append(gibbs_with_prior_generalization_error(SPECTRUM, 14, 0.8, 3.0, precision).value)
        exact.append(2 * mp.mpf(0.8) / 14 * mp.fsum(mp.mpf(g) / (mp.mpf(g) + k) for g in SPECTRUM.tolist()))
    assert_equals_reference(found, exact)


def test_at_new_inputs_it_equals_mpmath() -> None:
    found, exact = [], []
    for n, d, s2, alpha in ((3, 1, 0.8, 1e-6), (80, 50, 1.0, 8.0), (10**6, 9, 2.0, 1e9)):
        c = mp.mpf(n) / (2 * mp.mpf(alpha))
        least_squares = mp.mpf(s2) * d / n * (2 + mp.mpf(d + 1) / (n - d - 1))
        found.append(gibbs_new_inputs_generalization_error(n, d, s2, alpha).value)
        exact.append(least_squares + c * d * (d + 1) / (mp.mpf(n) * (n - d - 1)))
    assert_equals_reference(found, exact)


def test_a_flat_prior_is_the_limit() -> None:
    flat = gibbs_generalization_error(14, 4, 0.8, 3.0).value
    assert_close(gibbs_with_prior_generalization_error(SPECTRUM[1:], 14, 0.8, 3.0, 0.0).value, flat, 1e-14)
    assert gibbs_with_prior_generalization_error([0.0, 0.0], 14, 0.8, 3.0, 1e-300).value == 0


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("temperature", "precision"), [(0.5, 1.0), (8.0, 3.0)])
def test_with_a_prior_information_is_the_error_in_raw_data(temperature: float, precision: float) -> None:
    """One design, many noises: the error, and the symmetrized information by its definition."""
    rng = seeds.generator(41)
    X = rng.standard_normal((14, 4))
    truth, trials = np.array([0.5, -0.2, 0.0, 1.0]), 40_000
    k, c = 14 * precision / (2 * temperature), 14 / (2 * temperature)
    total = X.T @ X + k * np.eye(4)
    noise = np.sqrt(0.8) * rng.standard_normal((trials, 14))
    mean = np.linalg.solve(total, X.T @ (X @ truth + noise).T).T
    drawn = mean + np.linalg.solve(np.linalg.cholesky(total).T, np.sqrt(c) * rng.standard_normal((4, trials))).T
    exact = gibbs_with_prior_generalization_error(np.linalg.eigvalsh(X.T @ X), 14, 0.8, temperature, precision)
    assert exact.kind == "tight"
    assert_sample_mean(2 / 14 * np.einsum("tn,ni,ti->t", noise, X, drawn - truth), exact.value)
    # ln p(What | y) under the pair less that under a codeword of other labels
    other = np.roll(drawn, trials // 2, axis=0)
    near, far = (np.einsum("ti,ij,tj->t", gap, total, gap) / (2 * c) for gap in (drawn - mean, other - mean))
    assert_sample_mean((far - near)[: trials // 2], temperature * exact.value)


@pytest.mark.monte_carlo
def test_at_new_inputs_noise_raises_the_error_in_raw_data() -> None:
    model, temperature = LinearModel(14, 4, 0.8), 20.0
    rng = seeds.generator(42)
    data = model.draw(40_000, rng=rng)
    gram = np.einsum("tni,tnj->tij", data.features, data.features)
    spread = np.sqrt(14 / (2 * temperature)) * rng.standard_normal((40_000, 4))
    drawn = np.linalg.solve(np.linalg.cholesky(gram).swapaxes(1, 2), spread[..., None])[..., 0]
    drawn += np.linalg.solve(gram, np.einsum("tni,tn->ti", data.features, data.targets)[..., None])[..., 0]
    residual = data.targets - np.einsum("tni,ti->tn", data.features, drawn)
    gap = 0.8 + np.sum((drawn - data.true_weights) ** 2, axis=1) - np.mean(residual**2, axis=1)
    assert_sample_mean(gap, gibbs_new_inputs_generalization_error(14, 4, 0.8, temperature).value)


def test_degrees_of_freedom_count_from_d_to_zero() -> None:
    counts = [effective_degrees_of_freedom(SPECTRUM[1:], k) for k in (0.0, 1.0, 1e3, 1e300)]
    assert counts[0] == 4
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < 1e-280


def test_bad_input_is_refused() -> None:
    assert_refused(
        lambda: gibbs_new_inputs_generalization_error(5, 4, 1.0, 1.0),
        "samples >= features + 2; got 5 samples and 4 features",
        error=UnsupportedModelError,
    )
    assert_refused(
        lambda: gibbs_with_prior_generalization_error(SPECTRUM, 14, 1.0, 1.0, -1.0),
        "prior_precision must be zero or positive; got -1.0",
    )
    assert_refused(lambda: effective_degrees_of_freedom([-1.0], 1.0), "eigenvalues must be zero or positive; got -1.0")


def test_a_flat_prior_needs_a_regular_design() -> None:
    words = "a flat prior needs samples >= features; got 5 samples and 10 features"
    assert gibbs_generalization_error(10, 10, 1.0, 1.0).value == 2
    for function in (gibbs_generalization_error, symmetrized_information):
        assert_refused(partial(function, 5, 10, 1.0, 1.0), words, error=UnsupportedModelError)
    some = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    for spectrum in (np.r_[some, np.zeros(5)], np.r_[some, np.full(5, 1e-17)]):
        assert_refused(
            partial(gibbs_with_prior_generalization_error, spectrum, 5, 1.0, 1.0, 0.0),
            "prior_precision must be positive where X^T X is singular: a flat prior leaves no posterior law; got 0.0",
        )
        assert_close(gibbs_with_prior_generalization_error(spectrum, 5, 1.0, 1.0, 1e-9).value, 2.0, 1e-8)


def test_the_eigenvalues_are_those_of_one_design_of_these_samples() -> None:
    assert_refused(
        lambda: gibbs_with_prior_generalization_error([1.0, 2.0, 3.0], 2, 1.0, 1.0, 1.0),
        "eigenvalues must have at most as many positive ones as samples, 2; got 3 of them.",
    )
    for spectra in ([], [[1.0, 2.0], [3.0, 4.0]], 1.0):
        words = f"eigenvalues must be one spectrum, a vector of at least one number; got shape {np.shape(spectra)}"
        assert_refused(partial(effective_degrees_of_freedom, spectra, 1.0), words)
        assert_refused(partial(gibbs_with_prior_generalization_error, spectra, 9, 1.0, 1.0, 1.0), words)
