"""Where the witnesses meet: every closed form beside a simulation, from raw data by default, with one false-alarm budget.

Means are compared by a z-score, corrected for the skewness of one trial (Johnson 1978); a law is compared by the share of
trials below its quantiles, with the exact binomial test. With m checks each may fail by chance with probability
``false_alarm / m``, so the whole run raises a false alarm with probability at most ``false_alarm``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special
from tqdm import tqdm

from linreg_compress import _validation as valid
from linreg_compress._kinds import takes
from linreg_compress._validation import FloatArray
from linreg_compress.agreement_settings import Setting, default_settings, settings_for
from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
from linreg_compress.compressed_risk.laws import compressed_empirical_risk_law, compressed_population_risk_law
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compressed_risk.variance_inflation import variance_inflation
from linreg_compress.compression.channel import Channel
from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
from linreg_compress.compression.per_weight_channel import PerWeightGaussianChannel
from linreg_compress.compression.scalar.cells import CellQuantizer
from linreg_compress.compression.scalar.uniform import UniformQuantizer
from linreg_compress.errors import InvalidInputError, UnsupportedModelError
from linreg_compress.least_squares.risk import empirical_risk_law, population_risk_law
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate
from linreg_compress.monte_carlo.quantities import QUANTITIES, SimulatedRisks, Simulation, Statistic
from linreg_compress.monte_carlo.samplers import find_sampler, size_refusal
from linreg_compress.monte_carlo.simulate import simulate
from linreg_compress.monte_carlo.trials import Trials
from linreg_compress.quadratic_laws import Law, PointMass

__all__ = ["QUANTITIES", "Check", "Expected", "Report", "Setting", "check_agreement", "default_settings", "settings_for"]

_HEAVY = ("population_risk", "generalization_error", "population_risk_change")
_LIGHTEST_TAIL = 9  # with nu <= 8 the excess risk has no fourth moment, and a z-score of its mean means little
_SHARES = (0.05, 0.5, 0.95)
_MOST_SPECTRA = 16384  # tuning: spectra of an average; its standard error goes into the verdict


@dataclass(frozen=True)
class Expected:
    """A closed form's value."""

    value: float
    """In the units of the quantity."""
    standard_error: float = 0.0
    """Its own, where it is an average over spectra."""
    scale: float = 0.0
    """Where nothing is random (an interpolating fit has no empirical risk) values agree that differ by 1e-12 of it."""
    in_steps: bool = False
    """Whether it jumps where a weight changes its cell: all trials may then be alike, and a rarer cell seen by none."""


@dataclass(frozen=True)
class Check:
    """One closed form against one simulated mean."""

    name: str
    """Setting, channel and quantity."""
    expected: float
    """By the closed form."""
    estimate: float
    """By simulation."""
    standard_error: float
    """Of the difference."""
    z: float
    """``(estimate - expected) / standard_error``."""
    p_value: float
    """Probability of a difference at least so large by chance."""
    passed: bool
    """Whether the p-value is within this check's share of the budget."""


@dataclass(frozen=True)
class Report:
    """All checks of a run."""

    trials: int
    """Of each setting."""
    false_alarm: float
    """Probability that a run in which every closed form is right reports a failure, at most."""
    checks: tuple[Check, ...]
    """One a mean, three a law."""
    skipped: tuple[str, ...] = ()
    """Means whose tails are too heavy to check."""
    sampler: str = "data"
    """How the trials were drawn."""
    refused: tuple[str, ...] = ()
    """Settings and channels that this sampler cannot do, each with the reason."""

    @property
    def passed(self) -> bool:
        """Whether every check passed (and there was one)."""
        return bool(self.checks) and all(check.passed for check in self.checks)


@takes(settings=[Setting])
def check_agreement(
    settings: Sequence[Setting],
    trials: int,
    *,
    sampler: str = "data",
    seed: int = 0,
    false_alarm: float = 1e-6,
    workers: int = 1,
    progress: bool = False,
) -> Report:
    """Compare every closed form of `settings` with a simulation.

    Parameters
    ----------
    settings : sequence of Setting
        As `default_settings` and `settings_for` make them.
    trials : int
        Data sets drawn for each setting; at least 100.
    sampler : {"data", "sufficient", "weights"}, default "data"
        Only "data" can do every setting; what another cannot do is listed in the report.
    seed : int, default 0
        Entropy of all streams.
    false_alarm : float, default 1e-6
        Probability that a run in which every closed form is right still reports a failure.
    workers : int, default 1
        Threads.
    progress : bool, default False
        Show a bar on stderr, if that is a terminal.

    Raises
    ------
    InvalidInputError
        If an argument is illegal.
    UnsupportedModelError
        If the sampler can do none of the settings.

    Examples
    --------
    >>> check_agreement(settings_for(LinearModel(samples=20, features=4)), trials=2000).passed
    True
    """
    total = valid.count("trials", trials, 100, valid.MOST_TRIALS)
    budget = valid.positive_number("false_alarm", false_alarm)
    if budget >= 1:
        raise InvalidInputError("false_alarm", "must be below 1", budget)
    rows: list[tuple[str, Expected, Estimate, bool]] = []
    skipped: list[str] = []
    possible, refused = _possible(settings, sampler)
    cells = tqdm(possible.items(), unit="setting", disable=None if progress else True, leave=False)
    for cell, setting in cells:
        laws = _laws(setting)
        simulated = simulate(
            setting.model,
            list(setting.channels.values()),
            total,
            sampler=sampler,
            seed=seed,
            cell=cell,
            workers=workers,
            statistics=_indicators(laws),
            means_only=False,
        )
        heavy = abs(setting.model.samples - setting.model.features) + 1 < _LIGHTEST_TAIL
        base = risks(setting.model)
        scale = setting.model.noise_variance
        known = {name: Expected(float(getattr(base, name)), scale=scale) for name in QUANTITIES[:3]}
        records: list[tuple[str, Simulation | SimulatedRisks, dict[str, Expected]]] = [("least squares", simulated, known)]
        for (name, channel), found in zip(setting.channels.items(), simulated.compressed, strict=True):
            records.append((name, found, _expected(setting.model, channel, min(total, _MOST_SPECTRA))))
        for name, witness, expected in records:
            for quantity, value in expected.items():
                label = f"{setting.label} / {name} / {quantity}"
                if quantity in _HEAVY and (heavy or not np.isfinite(value.value)):
                    skipped.append(f"{label}: the mean of so heavy a tail cannot be checked; its law is")
                else:
                    rows.append((label, value, getattr(witness, quantity), False))
        for key, share in simulated.statistics.items():
            rows.append((f"{setting.label} / {key}", Expected(float(key.rsplit(" ", 1)[1])), share, True))
    checks = tuple(_judge(*row, threshold=budget / len(rows)) for row in rows)
    return Report(total, budget, checks, tuple(skipped), sampler, tuple(refused))


def _possible(settings: Sequence[Setting], sampler: str) -> tuple[dict[int, Setting], list[str]]:
    """Return what the sampler can do of the settings, by their place, and the reasons for the rest."""
    witness = find_sampler(sampler)
    possible: dict[int, Setting] = {}
    refused: list[str] = []
    for cell, setting in enumerate(settings):
        reason = size_refusal(witness, setting.model) or witness.refusal(setting.model)
        if reason is not None:
            refused.append(f"{setting.label}: the {sampler} sampler {reason}")
            continue
        reasons = {name: witness.refusal(setting.model, channel) for name, channel in setting.channels.items()}
        channels = {name: channel for name, channel in setting.channels.items() if reasons[name] is None}
        refused += [f"{setting.label} / {name}: the {sampler} sampler {why}" for name, why in reasons.items() if why]
        possible[cell] = Setting(setting.label, setting.model, channels)
    if not possible:
        raise UnsupportedModelError("; ".join(refused) or "there is no setting to check")
    return possible, refused


def _expected(model: LinearModel, channel: Channel, spectra: int) -> dict[str, Expected]:
    if isinstance(channel, PerWeightGaussianChannel):  # by kappa alone, as in `risk`; the door takes the whole covariance
        found = blind_channel_risks(
            model.samples,
            model.features,
            model.noise_variance,
            channel.rate_nats,
            signal_variance=model.signal_variance,
            variance_inflation=1.0 if model.covariance is None else variance_inflation(model.covariance),
        )
    else:
        found = risks(model, channel, spectra=spectra)
    steps = isinstance(channel, CellQuantizer | UniformQuantizer)
    errors = found.errors
    return {name: Expected(float(getattr(found, name)), errors.get(name, 0.0), in_steps=steps) for name in QUANTITIES}


def _laws(setting: Setting) -> list[tuple[str, Law, int | None, str]]:
    """List (name, law, channel index or None for least squares, field of `Trials`) of the laws that are known."""
    model = setting.model
    found: list[tuple[str, Law, int | None, str]] = []

    def add(name: str, law: Law, index: int | None, attribute: str) -> None:
        if not isinstance(law, PointMass):
            found.append((name, law, index, attribute))

    add("least squares / empirical_risk law", empirical_risk_law(model), None, "empirical_risk")
    add("least squares / population_risk law", population_risk_law(model), None, "population_risk")
    for index, (name, channel) in enumerate(setting.channels.items()):
        if not isinstance(channel, BlindGaussianChannel | AwareGaussianChannel):
            continue
        try:
            empirical = compressed_empirical_risk_law(model, channel)
            population = compressed_population_risk_law(model, channel)
        except UnsupportedModelError:
            continue  # a prior with the aware codec, or a centre elsewhere: no law is known, the means are checked
        add(f"{name} / empirical_risk law", empirical, index, "compressed_empirical_risk")
        add(f"{name} / population_risk law", population, index, "compressed_population_risk")
    return found


def _indicators(laws: Sequence[tuple[str, Law, int | None, str]]) -> dict[str, Statistic]:
    """Return statistics that say, trial by trial, whether a risk is below a quantile of its law."""

    def below(threshold: float, index: int | None, attribute: str) -> Statistic:
        def indicator(trials: Trials) -> FloatArray:
            values = getattr(trials, attribute) if index is None else getattr(trials, attribute)[index]
            return np.asarray(values <= threshold, dtype=np.float64)

        return indicator

    return {
        f"{name}, share below quantile {share}": below(float(law.ppf(share)), index, attribute)
        for name, law, index, attribute in laws
        for share in _SHARES
    }


def _judge(name: str, expected: Expected, found: Estimate, is_share: bool, *, threshold: float) -> Check:
    error = float(np.hypot(found.standard_error, expected.standard_error))
    difference = found.mean - expected.value
    if is_share:
        error = float(np.sqrt(expected.value * (1 - expected.value) / found.trials))
        p_value = _binomial_p_value(round(found.mean * found.trials), found.trials, expected.value)
        z = difference / error
    elif abs(difference) <= 1e-12 * max(abs(expected.value), expected.scale):
        z, p_value = 0.0, 1.0
    elif error == 0 and expected.in_steps:
        # a cell that no trial met moves the mean by the step times its probability; a step as large as the mean itself
        # has at least the probability below, and escapes all trials by chance p
        probability = abs(difference) / max(abs(expected.value), abs(found.mean))
        p_value = float(np.exp(-found.trials * probability))
        z = float(np.copysign(special.ndtri(p_value / 2), difference))
    elif error == 0:
        z, p_value = float(np.copysign(np.inf, difference)), 0.0
    else:
        z = difference / error
        skew = found.skewness * (found.standard_error / error) ** 3
        corrected = z + skew / (6 * np.sqrt(found.trials)) * (1 + 2 * z * z)
        p_value = float(special.erfc(abs(corrected) / np.sqrt(2)))
    # a NaN compares false, so it can never pass
    return Check(name, expected.value, found.mean, error, float(z), p_value, bool(p_value >= threshold))


def _binomial_p_value(successes: int, trials: int, share: float) -> float:
    """Two-sided p-value of a binomial count: twice the smaller tail."""
    lower = special.bdtr(successes, trials, share)
    upper = special.bdtrc(successes - 1, trials, share) if successes else 1.0
    return float(min(1.0, 2 * min(lower, upper)))
