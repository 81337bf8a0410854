"""Spectra of X^T X: exact draws against raw designs, control variates, and the Marchenko-Pastur law."""

import io

import numpy as np
import pytest
from scipy import special, stats
from scipy.integrate import quad

from linreg_compress._validation import FloatArray
from linreg_compress.least_squares import spectrum
from linreg_compress.least_squares.spectrum import MarchenkoPastur, average_over_spectra, draw_spectra
from tests import seeds
from tests.compare import (
    assert_close,
    assert_draws_follow,
    assert_equals_reference,
    assert_refused,
    assert_same_law,
    assert_sample_mean,
)
from tests.references import marchenko_pastur, mp
from tests.tolerances import FLOAT, P_LIMIT, QUADRATURE, Z_LIMIT, spend

RNG = seeds.generator


def raw_spectra(n: int, d: int, size: int, seed: int) -> FloatArray:
    X = RNG(seed).standard_normal((size, n, d))
    return np.linalg.eigvalsh(X.swapaxes(1, 2) @ X)


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 2), (5, 5), (6, 5), (20, 3)])
def test_drawn_spectra_have_the_law_of_raw_designs(n: int, d: int) -> None:
    drawn, raw = draw_spectra(n, d, 4000, rng=RNG(1)), raw_spectra(n, d, 4000, 2)
    for column in {0, d // 2, d - 1}:
        assert_same_law(drawn[:, column], raw[:, column])
    assert_same_law(np.log(drawn).sum(axis=1), np.log(raw).sum(axis=1))


@pytest.mark.monte_carlo
def test_drawn_spectra_of_one_feature_are_chi_squares() -> None:
    from scipy import stats

    assert_draws_follow(draw_spectra(7, 1, 4000, rng=RNG(3)), stats.chi2(7).cdf)


@pytest.mark.monte_carlo
def test_drawn_spectra_have_the_known_moments() -> None:
    g = draw_spectra(30, 8, 20000, rng=RNG(4))
    assert_sample_mean(g.sum(axis=1), 30 * 8)
    assert_sample_mean((g**2).sum(axis=1), 30 * 8 * 39)
    assert_sample_mean((1 / g).sum(axis=1), 8 / 21)


def test_drawn_spectra_are_positive_ascending_and_reproducible() -> None:
    g = draw_spectra(40, 40, 300, rng=RNG(5))
    assert g.shape == (300, 40)
    assert (g > 0).all()
    assert (np.diff(g) >= 0).all()
    assert np.array_equal(g, draw_spectra(40, 40, 300, rng=RNG(5)))


# ---- averages


def test_control_variates_are_averaged_without_error() -> None:
    means, errors = average_over_spectra(lambda g: np.stack([(1 / g).sum(-1), g.sum(-1)], -1), 12, 5, spectra=64)
    assert_close(means, [5 / 6, 60.0], QUADRATURE)
    assert (errors < QUADRATURE).all()


def test_the_inverse_trace_is_known_as_soon_as_it_has_a_mean() -> None:
    means, errors = average_over_spectra(lambda g: (1 / g).sum(-1)[:, None], 7, 5, spectra=64)
    assert_close(means, [5.0], QUADRATURE)
    assert errors[0] < QUADRATURE


def averages_of_ln_det(spectra: int, repeats: int, stream: int) -> tuple[FloatArray, FloatArray]:
    """Averages of ln det G over that many spectra, and their standard errors, of independent draws."""
    found = [
        average_over_spectra(lambda g: np.log(g).sum(-1)[:, None], 12, 5, spectra=spectra, rng=RNG(stream, s))
        for s in range(repeats)
    ]
    means, errors = (np.array([pair[i][0] for pair in found]) for i in (0, 1))
    return means, errors


@pytest.mark.monte_carlo
def test_average_has_a_bias_of_order_one_over_spectra_alone_and_an_honest_error() -> None:
    exact = (special.digamma((12 - np.arange(5)) / 2) + np.log(2)).sum()  # ln det of a Wishart matrix
    few, _ = averages_of_ln_det(64, 200, 1)
    more, _ = averages_of_ln_det(128, 200, 2)
    assert_sample_mean(2 * more - few, float(exact))  # a bias of order 1/spectra drops out
    spend()
    means, errors = averages_of_ln_det(512, 60, 3)
    squares = ((means - means.mean()) ** 2).sum() / (errors**2).mean()
    assert 2 * min(stats.chi2(59).cdf(squares), stats.chi2(59).sf(squares)) > P_LIMIT


def test_the_standard_error_is_that_of_the_regression_on_the_control_variates() -> None:
    """With one batch the draws are known: an ordinary regression, its residual variance over the degrees of freedom."""
    size = 200
    means, errors = average_over_spectra(lambda g: np.log(g).sum(-1)[:, None], 12, 5, spectra=size, rng=RNG(6))
    g = draw_spectra(12, 5, size, rng=RNG(6))
    y = np.log(g).sum(axis=1)
    controls = np.stack([g.sum(axis=1) / 60 - 1, (1 / g).sum(axis=1) * 6 / 5 - 1], axis=1)
    centred = controls - controls.mean(axis=0)
    slope = np.linalg.solve(centred.T @ centred, centred.T @ y)
    rest = y - y.mean() - centred @ slope
    away = controls.mean(axis=0)
    leverage = 1 / size + away @ np.linalg.solve(centred.T @ centred, away)
    assert_close(means[0], y.mean() - away @ slope, FLOAT * 100)
    assert_close(errors[0], np.sqrt(rest @ rest / (size - 3) * leverage), FLOAT * 100)


def test_average_does_not_depend_on_chance_unless_asked() -> None:
    first, second = (average_over_spectra(np.sqrt, 9, 3, spectra=32) for _ in range(2))
    assert np.array_equal(first, second)


def test_average_beats_the_plain_mean() -> None:
    _, error = average_over_spectra(lambda g: (1 / (g + 1)).sum(-1)[:, None], 12, 5, spectra=2000)
    g = raw_spectra(12, 5, 2000, 7)
    assert error[0] < 0.5 * (1 / (g + 1)).sum(-1).std() / np.sqrt(2000)


# ---- the Marchenko-Pastur law

RATIOS = [1e-8, 0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1 - 1e-15, 1 - 2**-53]


@pytest.mark.parametrize("ratio", RATIOS)
def test_marchenko_pastur_moments_equal_40_digits(ratio: float) -> None:
    law, gamma = MarchenkoPastur(ratio), mp.mpf(ratio)
    found = [
        law.expectation(np.ones_like),
        law.expectation(lambda s: s),
        law.expectation(lambda s: s**2),
        law.expectation(lambda s: s**3),
        law.expectation(lambda s: 1 / s),
    ]
    exact = [mp.mpf(1), mp.mpf(1), 1 + gamma, 1 + 3 * gamma + gamma**2, 1 / (1 - gamma)]
    assert assert_equals_reference(found, exact) == 5


@pytest.mark.parametrize("ratio", [0.01, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("shift", [1e-3, 1.0, 100.0])
def test_marchenko_pastur_expectations_equal_another_rule(ratio: float, shift: float) -> None:
    found = [MarchenkoPastur(ratio).expectation(f) for f in (lambda s: np.log(s + shift), lambda s: s / (s + shift) ** 2)]
    exact = [
        marchenko_pastur(ratio, lambda s: mp.log(s + shift)),
        marchenko_pastur(ratio, lambda s: s / (s + shift) ** 2),
    ]
    assert assert_equals_reference(found, exact, condition=[mp.mpf(1), exact[1]]) == 2


def test_a_kink_inside_the_support_costs_no_accuracy_when_it_is_named() -> None:
    law = MarchenkoPastur(0.5)
    found = law.expectation(lambda s: np.maximum(s - 0.8, 0.0), breaks=[0.8])
    exact = marchenko_pastur(0.5, lambda s: max(s - mp.mpf(0.8), mp.mpf(0)), [mp.mpf(0.8)])
    assert assert_equals_reference([found], [exact]) == 1
    assert law.expectation(lambda s: s, breaks=[-1.0, 0.0, 9.0]) == law.expectation(lambda s: s)


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.3, 0.5, 0.625, 0.77, 0.9, 0.99])
def test_a_kink_within_rounding_of_the_support_s_ends_is_no_error(ratio: float) -> None:
    law = MarchenkoPastur(ratio)
    low, high = law.support
    for k in range(1, 5):
        steps = [low * (1 + k * 2.0**-52), high * (1 - k * 2.0**-52)]
        nodes, weights = law.nodes(steps)
        assert np.isfinite(nodes).all()
        assert_close(weights.sum(), 1.0, QUADRATURE)


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.9])
def test_marchenko_pastur_density_integrates_to_one_and_vanishes_outside(ratio: float) -> None:
    law = MarchenkoPastur(ratio)
    low, high = law.support
    assert_close([low, high], [(1 - np.sqrt(ratio)) ** 2, (1 + np.sqrt(ratio)) ** 2], FLOAT)
    angle = quad(lambda p: law.pdf(low + (high - low) * np.sin(p) ** 2) * (high - low) * np.sin(2 * p), 0, np.pi / 2)[0]
    assert_close(angle, 1.0, QUADRATURE)
    assert law.pdf(np.array([low - 0.01, 0.0, high + 0.01])).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.monte_carlo
def test_spectra_of_large_designs_approach_the_marchenko_pastur_law() -> None:
    """The gap of the mean falls as 1 / d: d times the gap, 0.15 in the limit, stays between 0.1 and 0.2."""
    law, shift = MarchenkoPastur(0.25), 0.3
    exact = law.expectation(lambda s: 1 / (s + shift))
    for d in (5, 10, 40):
        spectra = draw_spectra(4 * d, d, 1000, rng=RNG(8, d)) / (4 * d)
        scaled = d * ((1 / (spectra + shift)).mean(axis=1) / exact - 1)
        spend()
        assert abs(scaled.mean() - 0.15) < 0.05 + Z_LIMIT * scaled.std() / np.sqrt(scaled.size)


BAD = [
    (lambda: draw_spectra(2, 3, 1, rng=RNG(0)), "samples must be at least the number of features 3; got 2"),
    (lambda: draw_spectra(2.5, 2, 1, rng=RNG(0)), "samples must be a whole number of at least 1; got 2.5"),  # type: ignore[arg-type]
    (lambda: draw_spectra(3, 0, 1, rng=RNG(0)), "features must be a whole number of at least 1; got 0"),
    (lambda: draw_spectra(3, 2, 0, rng=RNG(0)), "size must be a whole number of at least 1; got 0"),
    (lambda: average_over_spectra(lambda g: g, 9, 3, spectra=15), "spectra must be a whole number of at least 16; got 15"),
    (lambda: average_over_spectra(lambda g: g, 2, 3), "samples must be at least the number of features 3; got 2"),
    (lambda: MarchenkoPastur(0.0), "ratio must be positive; got 0.0"),
    (lambda: MarchenkoPastur(1.0), "ratio must be below 1, more samples than features; got 1.0"),
    (lambda: MarchenkoPastur(np.nan), "ratio must be finite; got nan"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_refused(call: object, message: str) -> None:
    assert callable(call)
    assert_refused(call, message)


def test_a_whole_number_held_as_a_float_is_a_size() -> None:
    assert draw_spectra(9, 3, 4.0, rng=RNG(0)).shape == (4, 3)  # type: ignore[arg-type]


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_long_work_shows_its_progress_on_a_terminal_alone(kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(spectrum, "_PATIENCE", 0.0)
    stderr = kind()
    monkeypatch.setattr("sys.stderr", stderr)
    average_over_spectra(lambda g: g, 9, 3, spectra=1024)
    assert ("spectra: " in stderr.getvalue()) is (kind is Terminal)


def test_hours_of_work_are_refused_before_any_of_it() -> None:
    rule = "features must be at most 4096 for an average over 4096 spectra; got 4097"
    assert_refused(lambda: average_over_spectra(lambda g: g, 9000, 4097), rule, "Use fewer features.")
