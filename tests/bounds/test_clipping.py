"""The supremum of s(w), and what a clipped codebook can hide: exact digits, raw data, and always a bound."""

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from linreg_compress.bounds import clipping
from linreg_compress.bounds.clipping import OUTSIDE, LossScale, _rearranged, clipped_sub_gaussian_bound, loss_scale
from linreg_compress.bounds.of_code import bounds_of
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer, limited_uniform
from linreg_compress.errors import UnsupportedModelError
from linreg_compress.model import LinearModel
from tests import seeds
from tests.compare import assert_close, assert_equals_reference, assert_refused, assert_sample_mean, assert_share
from tests.references import mp
from tests.tolerances import Z_LIMIT, spend

ORACLE, PRIOR = LinearModel(12, 4, 0.8), LinearModel(12, 4, 0.8, signal_variance=0.3)
FIXED = LinearModel(12, 4, 0.8, weights=[0.2, -0.1, 0.5, 0.0])
LEVELS = CellQuantizer(np.array([-0.5, 0.1, 0.7]), np.array([-0.2, 0.5]))
CASES: dict[str, tuple[LinearModel, Any]] = {
    "blind": (ORACLE, BlindGaussianChannel.for_model(ORACLE, 3.0)),
    "blind, prior": (PRIOR, BlindGaussianChannel.for_model(PRIOR, 3.0)),
    "blind, another centre": (FIXED, BlindGaussianChannel.for_model(FIXED, 1.0, np.zeros(4))),
    "aware": (ORACLE, AwareGaussianChannel.for_model(ORACLE, 3.0)),
    "levels, prior": (PRIOR, LEVELS),
    "uniform": (FIXED, UniformQuantizer(0.4)),
    "uniform, prior": (PRIOR, UniformQuantizer(0.4)),
}
EXACT = {"blind", "blind, prior", "aware"}  # the law of s(What) itself; the others go through a triangle


def scales(model: LinearModel, code: Any, trials: int, seed: int) -> tuple[Any, Any]:
    """s(What) and the empirical risk of w*, from raw data."""
    rng = seeds.generator(seed)
    data = model.draw(trials, rng=rng)
    gram = np.einsum("tni,tnj->tij", data.features, data.features)
    weights = np.linalg.solve(gram, np.einsum("tni,tn->ti", data.features, data.targets)[..., None])[..., 0]
    coded = code.compress(weights, rng=rng, gram=gram)
    noise = data.targets - (data.features @ data.true_weights[..., None])[..., 0]
    return model.noise_variance + np.sum((coded - data.true_weights) ** 2, axis=1), np.mean(noise**2, axis=1)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("name", CASES)
def test_clipped_draws_are_as_rare_as_it_says_and_hide_no_more(name: str) -> None:
    model, code = CASES[name]
    found = loss_scale(model, code, 0.05)
    s, empirical = scales(model, code, 20_000, 51)
    out = s > found.value
    assert_share(out, 0.05 if name in EXACT else 0.0, 0.05)
    hidden = np.where(out, s - model.noise_variance, 0.0) + np.where(out, empirical - model.noise_variance, 0.0)
    spend()
    assert hidden.mean() - Z_LIMIT * hidden.std() / np.sqrt(hidden.size) <= found.hidden
    if name in EXACT:  # the mean of s beyond q alone, without the worst case of the empirical risk
        beyond = np.where(out, s - model.noise_variance, 0.0)
        spend()
        assert abs(beyond.mean() - (found.hidden - _rearranged(model, 0.05))) < Z_LIMIT * beyond.std() / np.sqrt(
            beyond.size
        )


@pytest.mark.parametrize("name", CASES)
def test_it_is_a_bound_for_the_code_itself(name: str) -> None:
    model, code = CASES[name]
    found = bounds_of(model, code)
    information = found.random_design_information_nats or found.information_nats
    for outside in (1e-12, 1e-6, 0.05, 0.5):
        bound = clipped_sub_gaussian_bound(model, code, information, outside=outside)
        assert bound.value >= found.generalization_error
        assert bound.assumptions[-1].startswith("codebook clipped at s(w) = ")
        if outside == OUTSIDE:
            assert bound == next(one for one in found.bounds if one.name == "sub-gaussian")


def test_hardly_any_information_leaves_only_what_is_hidden() -> None:
    """Where half of the draws are clipped, the bound still holds, since the hidden part is added."""
    for model, code in CASES.values():
        scale = loss_scale(model, code, 0.5)
        assert clipped_sub_gaussian_bound(model, code, 0.0, outside=0.5).value == scale.hidden > 0


def test_the_worst_case_of_the_empirical_risk_equals_mpmath() -> None:
    found, exact = [], []
    for n in (1, 2, 12, 400):
        x = float(stats.chi2.isf(1e-6, n))
        tails = [mp.gammainc(mp.mpf(n + more) / 2, mp.mpf(x) / 2, regularized=True) for more in (2, 0)]
        found.append(_rearranged(LinearModel(n, 1, 0.8), 1e-6))
        exact.append(mp.mpf(0.8) * (tails[0] - tails[1]))
    assert_equals_reference(found, exact, tolerance=1e-11)


@pytest.mark.parametrize("name", ["levels, prior", "uniform"])
def test_the_triangle_s_hidden_part_is_an_integral(name: str) -> None:
    """``E[(a + R)^2; R > r]`` by quadrature over the law of R."""
    model, code = CASES[name]
    s2, p = model.noise_variance, 0.01
    if name == "levels, prior":
        away, law = np.sqrt(4 * 0.7**2), stats.chi2(4, scale=0.3)
    else:
        away, law = 0.4, stats.f(4, 9, scale=s2 * 4 / 9)
    cut = float(law.isf(p))
    pieces = [(cut, 10 * cut), (10 * cut, 1e3 * cut), (1e3 * cut, 1e5 * cut)]
    value = sum(
        integrate.quad(lambda x: (away + np.sqrt(x)) ** 2 * law.pdf(x), a, b, epsabs=0, epsrel=1e-9)[0] for a, b in pieces
    )
    extra = 0.0 if name == "levels, prior" else _rearranged(model, p)
    found = loss_scale(model, code, p)
    assert_close(found.hidden - extra, value, 1e-6)
    assert_close(found.value, s2 + (away + np.sqrt(cut)) ** 2, 1e-9)


@pytest.mark.monte_carlo
def test_the_triangle_around_another_centre_from_raw_data() -> None:
    """``What = keep W + noise`` around 0: its distance from keep w* is random, the rest of the way to w* is fixed."""
    model, code = CASES["blind, another centre"]
    rng = seeds.generator(52)
    data = model.draw(40_000, rng=rng)
    gram = np.einsum("tni,tnj->tij", data.features, data.features)
    weights = np.linalg.solve(gram, np.einsum("tni,tn->ti", data.features, data.targets)[..., None])[..., 0]
    keep = -np.expm1(-0.5)
    length = np.linalg.norm(code.compress(weights, rng=rng) - keep * model.mean_weights, axis=1)
    away = (1 - keep) * float(np.sqrt(0.3))
    found = loss_scale(model, code, 0.05)
    out = length > np.sqrt(found.value - 0.8) - away
    assert_share(out, 0.05)
    assert_sample_mean(np.where(out, (away + length) ** 2, 0.0), found.hidden - _rearranged(model, 0.05))


def test_finitely_many_levels_have_a_largest_one() -> None:
    assert loss_scale(FIXED, LEVELS) == LossScale(0.8 + 0.7**2 + 0.8**2 + 1.0**2 + 0.7**2)
    assert loss_scale(ORACLE, BlindGaussianChannel.for_model(ORACLE, 0.0)) == LossScale(0.8)
    assert loss_scale(ORACLE, BlindGaussianChannel.for_model(ORACLE, 3.0)).outside == OUTSIDE
    assert loss_scale(LinearModel(3, 3), LEVELS).outside == 0


def test_a_copied_supremum_is_accepted() -> None:
    """As a message prints it, rounded down."""
    thirds = limited_uniform(1 / 3, 4)
    exact = loss_scale(FIXED, thirds).value
    copied = bounds_of(FIXED, thirds, exact * (1 - 9e-10))
    assert copied == bounds_of(FIXED, thirds)
    assert_refused(
        lambda: bounds_of(FIXED, thirds, exact * (1 - 2e-9)),
        f"must be at least the supremum over this codebook, {exact:.12g}",
    )
    risk = bounds_of(*CASES["blind"]).population_risk
    assert bounds_of(*CASES["blind"], float(f"{risk:.10g}")).bounds


def test_what_is_not_known_is_refused() -> None:
    code = BlindGaussianChannel.for_model(ORACLE, 3.0)
    assert_refused(lambda: loss_scale(ORACLE, code, 0.0), "outside must be positive; got 0.0")
    assert_refused(lambda: loss_scale(ORACLE, code, 1e-13), "outside must lie between 1e-12 and 0.5")
    few = LinearModel(5, 4)
    assert_refused(
        lambda: loss_scale(few, UniformQuantizer(1.0)),
        "samples >= features + 2; got 5 samples",
        error=UnsupportedModelError,
    )


@pytest.mark.parametrize(("p", "d", "nu"), [(1e-9, 50, 31), (1e-6, 50, 31), (1e-3, 5, 11), (0.05, 1, 61)])
def test_the_quantile_of_a_ratio_keeps_its_digits_in_the_tail(p: float, d: int, nu: int) -> None:
    share = 1 / (1 + mp.mpf(clipping._ratio_beyond(p, d, nu)))  # in law Beta(nu/2, d/2), below it with probability p
    found = mp.betainc(mp.mpf(nu) / 2, mp.mpf(d) / 2, 0, share, regularized=True)
    assert abs(found / mp.mpf(p) - 1) < 1e-12
    assert clipping._share_beyond(clipping._ratio_beyond(p, d, nu), d, nu) == pytest.approx(p, rel=1e-12)
