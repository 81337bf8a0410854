"""The check that joins the witnesses: it passes when all is right, and it catches a small error anywhere."""

import functools
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from linreg_compress import agreement
from linreg_compress.agreement import Expected, Report, Setting, check_agreement, default_settings, settings_for
from linreg_compress.compressed_risk.record import CompressedRisks
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.dithered import DitheredUniform
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.linear_channel import LinearChannel
from linreg_compress.compression.ridge_shrinkage import RidgeShrinkage
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate
from linreg_compress.monte_carlo.quantities import Simulation
from linreg_compress.monte_carlo.simulate import simulate
from tests import seeds
from tests.tolerances import FLOAT, P_LIMIT, QUADRATURE, spend

TRIALS = 20_000
FEWER = 5_000  # where they take long and the error is a fifth


def agree(settings: Sequence[Setting], trials: int, *, seed: int, **options: Any) -> Report:
    """Check with one share of the suite's budget for the whole report."""
    spend()
    return check_agreement(settings, trials, seed=seeds.number(seed), false_alarm=P_LIMIT, **options)


@pytest.mark.monte_carlo
def test_every_closed_form_agrees_with_raw_data() -> None:
    report = agree(default_settings(), TRIALS, seed=11, workers=2)
    assert [check for check in report.checks if not check.passed] == []
    assert len(report.checks) == 429
    assert len(report.skipped) == 5
    scores = np.array([check.z for check in report.checks if check.z != 0])
    # correlated scores: the band is wide on purpose, but a standard error wrong by a third leaves it
    assert 0.75 < np.sqrt(np.mean(scores**2)) < 1.3


@pytest.mark.monte_carlo
@pytest.mark.parametrize(("sampler", "checks", "refused"), [("sufficient", 423, 1), ("weights", 383, 9)])
def test_every_closed_form_agrees_with_the_cheaper_samplers(sampler: str, checks: int, refused: int) -> None:
    report = agree(default_settings(), 5_000, sampler=sampler, seed=11, workers=2)
    assert [check for check in report.checks if not check.passed] == []
    assert (len(report.checks), len(report.skipped), len(report.refused)) == (checks, 5, refused)
    assert report.sampler == sampler
    assert all(f": the {sampler} sampler " in line for line in report.refused)
    done = {check.name for check in report.checks}
    assert not any(name.startswith(line.split(":")[0]) for line in report.refused for name in done)


def test_a_sampler_that_can_do_nothing_is_refused() -> None:
    with pytest.raises(UnsupportedModelError, match="the weights sampler needs samples >= features"):
        check_agreement(settings_for(LinearModel(5, 20)), 500, sampler="weights")
    with pytest.raises(InvalidInputError, match="sampler must be one of data, sufficient, weights"):
        check_agreement([oracle_setting()], 500, sampler="raw")


def test_shares_are_judged_as_binomial_counts() -> None:
    """By the error of the share that is expected: the one that is found may be zero."""
    report = check_agreement([oracle_setting()], 500)
    laws = [check for check in report.checks if "share below quantile" in check.name]
    assert len(laws) >= 6
    for check in laws:
        assert check.standard_error == np.sqrt(check.expected * (1 - check.expected) / 500)
        count = round(500 * check.estimate)
        p_value = stats.binomtest(count, 500, check.expected).pvalue
        assert p_value / 2 <= check.p_value <= 1.0
        assert check.p_value <= 2 * p_value


@pytest.mark.parametrize(
    ("expected", "found", "z", "passed"),
    [
        (Expected(2.0), Estimate(2.0, 0.1, 100), 0.0, True),
        (Expected(0.0, scale=1.0), Estimate(1e-13, 1e-14, 100), 0.0, True),
        (Expected(0.0, scale=1.0), Estimate(1e-11, 0.0, 100), np.inf, False),
        (Expected(2.0), Estimate(1.0, 0.0, 100), -np.inf, False),
        (Expected(2.0, in_steps=True), Estimate(1.98, 0.0, 100), -stats.norm.isf(np.exp(-1.0) / 2), True),
        (Expected(2.0, in_steps=True), Estimate(1.0, 0.0, 100), -stats.norm.isf(np.exp(-50.0) / 2), False),
        (Expected(2.0), Estimate(2.25, 0.125, 100), 2.0, True),
        (Expected(1e-20), Estimate(5e-20, 5e-21, 100), 8.0, False),
        (Expected(2.0, 0.3), Estimate(3.0, 0.4, 100), 2.0, True),
        (Expected(2.0), Estimate(1.0, 0.125, 100), -8.0, False),
        (Expected(2.0), Estimate(np.nan, 0.1, 100), np.nan, False),
    ],
)
def test_one_mean_is_judged_by_its_score(expected: Expected, found: Estimate, z: float, passed: bool) -> None:
    check = agreement._judge("mean", expected, found, False, threshold=1e-6)
    np.testing.assert_allclose(check.z, z, rtol=QUADRATURE)
    assert check.passed == passed
    if np.isfinite(z):
        np.testing.assert_allclose(check.p_value, 2 * stats.norm.sf(abs(z)), rtol=QUADRATURE)


@pytest.mark.parametrize(
    ("expected", "found", "shifted"),
    [
        (Expected(2.0), Estimate(2.25, 0.125, 100, 1.2), 2.18),  # 1.2 / (6 * 10) * (1 + 2 * 4) = 0.18
        (Expected(2.0), Estimate(1.75, 0.125, 100, 1.2), -1.82),
        (Expected(2.0, 0.3), Estimate(3.0, 0.4, 400, 1.2), 2.04608),  # the skewness of the sum of two: * 0.8^3
    ],
)
def test_skewness_moves_the_score_of_a_mean(expected: Expected, found: Estimate, shifted: float) -> None:
    """The second term of the Edgeworth expansion of a studentized mean (Hall 1992)."""
    check = agreement._judge("mean", expected, found, False, threshold=1e-6)
    np.testing.assert_allclose(check.z, np.sign(shifted) * 2.0, rtol=FLOAT)
    np.testing.assert_allclose(check.p_value, 2 * stats.norm.sf(abs(shifted)), rtol=QUADRATURE)


@pytest.mark.parametrize(
    ("successes", "trials", "share"), [(0, 10, 0.5), (10, 10, 0.5), (3, 10, 0.5), (5, 10, 0.5), (0, 5, 0.1)]
)
def test_a_count_is_judged_by_twice_its_smaller_tail(successes: int, trials: int, share: float) -> None:
    law = stats.binom(trials, share)
    tails = law.cdf(successes), law.sf(successes - 1)
    found = agreement._binomial_p_value(successes, trials, share)
    np.testing.assert_allclose(found, min(1.0, 2 * min(tails)), rtol=FLOAT)


def test_a_difference_of_rounding_counts_by_the_sizes_of_the_terms() -> None:
    """1e-12 of the expected value or of the scale, whichever is larger."""
    for size, scale in ((5.0, 0.0), (1e-3, 5.0), (-5.0, 1.0)):
        for part, passed in ((0.9e-12, True), (1.1e-12, False)):
            found = Estimate(size + 5 * part, 1e-30, 100)
            assert agreement._judge("mean", Expected(size, scale=scale), found, False, threshold=1e-6).passed == passed


def test_a_hundred_trials_are_enough_to_judge_by() -> None:
    assert check_agreement([oracle_setting()], 100).trials == 100
    with pytest.raises(InvalidInputError, match="trials must be a whole number of at least 100; got 99"):
        check_agreement([oracle_setting()], 99)


@pytest.mark.parametrize(
    ("samples", "names"),
    [
        (9, ["blind 0.5 bit", "aware 0.5 bit", "blind 1 bit", "aware 1 bit", "blind 2 bits", "aware 2 bits"]),
        (8, ["aware 1 bit"]),
        (7, ["aware 1 bit"]),
        (6, []),
        (3, []),
    ],
)
def test_a_users_model_is_checked_with_the_channels_that_it_admits(samples: int, names: list[str]) -> None:
    (setting,) = settings_for(LinearModel(samples, 7))
    assert list(setting.channels) == names


def oracle_setting() -> Setting:
    (many,) = [setting for setting in default_settings() if setting.label == "many features"]
    return Setting("oracle", many.model, {name: many.channels[f"blind {name}"] for name in ("0.25 bit", "1 bit")})


def settings_named(prefix: str) -> list[Setting]:
    if prefix == "oracle":
        return [oracle_setting()]
    return [setting for setting in default_settings() if setting.label.startswith(prefix)]


@functools.cache
def trials_of(prefix: str, trials: int) -> list[Simulation]:
    """Simulate once for the next tests: they are wrong about what is expected, not about what is found."""
    kept: list[Simulation] = []

    def remember(*arguments: Any, **options: Any) -> Simulation:
        kept.append(simulate(*arguments, **options))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreement, "simulate", remember)
        assert agree(settings_named(prefix), trials, seed=1).passed
    return kept


def failures(monkeypatch: pytest.MonkeyPatch, prefix: str, **wrong: Any) -> list[str]:
    """Return the checks of some settings that fail when formulas of the agreement are replaced by wrong ones."""
    trials = FEWER if prefix == "weak" else TRIALS
    found = trials_of(prefix, trials)
    monkeypatch.setattr(agreement, "simulate", lambda *_, cell, **__: found[cell])
    for name, formula in wrong.items():
        monkeypatch.setattr(agreement, name, formula)
    return [check.name for check in agree(settings_named(prefix), trials, seed=1).checks if not check.passed]


@pytest.mark.monte_carlo
@pytest.mark.parametrize("name", ["empirical_risk", "population_risk", "generalization_error"])
def test_a_two_per_cent_error_in_least_squares_is_caught(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def wrong(model: LinearModel, *channel: Any, **options: Any) -> CompressedRisks:
        found = risks(model, *channel, **options)
        return found if channel else replace(found, **{name: 1.02 * getattr(found, name)})

    assert failures(monkeypatch, "oracle", risks=wrong) == [f"oracle / least squares / {name}"]


@pytest.mark.monte_carlo
@pytest.mark.parametrize("name", agreement.QUANTITIES)
@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_a_two_per_cent_error_after_compression_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str, factor: float
) -> None:
    def wrong(model: LinearModel, *channel: Any, **options: Any) -> CompressedRisks:
        found = risks(model, *channel, **options)
        assert name in {field.name for field in fields(found)}
        return replace(found, **{name: factor * getattr(found, name)}) if channel else found

    failed = set(failures(monkeypatch, "oracle", risks=wrong))
    assert failed  # a gain shows best at a low rate, a generalization error at a high one
    assert failed <= {f"oracle / {rate} / {name}" for rate in ("0.25 bit", "1 bit")}


@pytest.mark.monte_carlo
@pytest.mark.parametrize("name", ["population_risk_change", "distortion"])
@pytest.mark.parametrize(
    ("formula", "label"), [("risks", "linear"), ("blind_channel_risks", "variance"), ("risks", "weak")]
)
def test_a_wrong_formula_of_linear_channels_of_correlation_or_of_ridge_is_caught(
    monkeypatch: pytest.MonkeyPatch, formula: str, label: str, name: str
) -> None:
    right = getattr(agreement, formula)

    def wrong(*arguments: Any, **options: Any) -> CompressedRisks:
        found = right(*arguments, **options)
        linear_or_ridge = isinstance(arguments[-1], LinearChannel | DitheredUniform | RidgeShrinkage)
        return replace(found, **{name: 1.2 * getattr(found, name)}) if formula != "risks" or linear_or_ridge else found

    assert len(settings_named(label)) == {"linear": 1, "variance": 3, "weak": 1}[label]
    failed = failures(monkeypatch, label, **{formula: wrong})
    assert failed
    assert all(check.endswith(f" / {name}") for check in failed)


@pytest.mark.monte_carlo
def test_correlation_that_is_left_out_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = failures(monkeypatch, "variance", variance_inflation=lambda covariance: 1.0)
    for kappa in (2, 5):
        for quantity in ("population_risk_change", "distortion"):
            assert f"variance inflation {kappa} / one weight at a time, 0.5 bit / {quantity}" in failed
    assert not any(name.startswith("variance inflation 1 ") for name in failed)


@pytest.mark.monte_carlo
@pytest.mark.parametrize("law", ["compressed_empirical_risk_law", "compressed_population_risk_law"])
def test_a_law_of_the_wrong_rate_is_caught(monkeypatch: pytest.MonkeyPatch, law: str) -> None:
    right = getattr(agreement, law)

    def wrong(model: LinearModel, channel: BlindGaussianChannel) -> Any:
        return right(model, BlindGaussianChannel.for_model(model, 0.8 * channel.rate_nats))

    monkeypatch.setattr(agreement, law, wrong)
    report = agree([oracle_setting()], FEWER, seed=1)  # other quantiles are counted, so the trials are others too
    assert not report.passed
    named = law.removeprefix("compressed_").replace("_law", " law")
    assert all(named in check.name for check in report.checks if not check.passed)


def test_a_nan_never_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(model: LinearModel, *channel: Any, **options: Any) -> CompressedRisks:
        found = risks(model, *channel, **options)
        return replace(found, empirical_risk=np.array(np.nan)) if channel else found

    monkeypatch.setattr(agreement, "risks", wrong)
    assert not check_agreement([oracle_setting()], 1000).passed


def test_an_interpolating_fit_must_have_no_empirical_risk() -> None:
    report = check_agreement(settings_for(LinearModel(samples=5, features=20)), 500)
    (check,) = [check for check in report.checks if check.name.endswith("least squares / empirical_risk")]
    assert check.expected == 0
    assert check.passed


@pytest.mark.monte_carlo
@pytest.mark.parametrize(
    ("samples", "features"),
    [(20, 4), (9, 7), (8, 7), (7, 7), (5, 7), *(pytest.param(*size, marks=pytest.mark.slow) for size in ((6, 7), (3, 1)))],
)
def test_every_size_of_a_users_model_can_be_checked(samples: int, features: int) -> None:
    report = agree(settings_for(LinearModel(samples, features, 2.0, 0.1)), 2000, seed=2)
    assert report.passed
    assert report.checks


def test_heavy_tails_are_left_to_their_laws() -> None:
    model = LinearModel(samples=7, features=7)
    setting = Setting("square", model, {"aware": AwareGaussianChannel.for_model(model, 3.0)})
    report = check_agreement([setting], 2000)
    assert any("population_risk law" in check.name for check in report.checks)
    assert any("aware / population_risk_change" in line for line in report.skipped)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"trials": 99}, "trials must be a whole number of at least 100; got 99"),
        ({"trials": 1000, "false_alarm": 0.0}, "false_alarm must be positive; got 0.0"),
        ({"trials": 1000, "false_alarm": 1.0}, "false_alarm must be below 1; got 1.0"),
        ({"trials": 1000, "seed": -1}, "seed must be a whole number of at least 0; got -1"),
        ({"trials": 1000, "workers": 0}, "workers must be a whole number of at least 1; got 0"),
    ],
)
def test_bad_input(arguments: dict[str, Any], rule: str) -> None:
    with pytest.raises(InvalidInputError, match=rule):
        check_agreement([oracle_setting()], **arguments)


@pytest.mark.parametrize("code", [UniformQuantizer(1.5), CellQuantizer(np.array([-1.0, 0.0, 1.0]), np.array([-0.7, 0.7]))])
def test_a_cell_that_no_trial_meets_is_no_error(code: Channel) -> None:
    """All weights lie in one cell, up to a chance that the closed form knows and 500 data sets do not show."""
    report = check_agreement(settings_for(LinearModel(80, 5), {"code": code}), 500)
    assert report.passed
    assert any(check.standard_error == 0 and check.expected != check.estimate for check in report.checks)
