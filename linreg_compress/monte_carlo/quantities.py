"""What a run estimates, and in which column of its moments it stands.

The columns are three risks of least squares, then five quantities of each channel (quantity by quantity), then the caller's
own statistics.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Estimate, Moments
from linreg_compress.monte_carlo.trials import Trials
from linreg_compress.records import frame, readable

Statistic = Callable[[Trials], FloatArray]
"""A further quantity: one number a trial."""


@readable
@dataclass(frozen=True)
class SimulatedRisks:
    """Simulated risks after a channel; the fields are those of the exact record."""

    empirical_risk: Estimate
    """Of the compressed weights, on the data of the fit."""
    population_risk: Estimate
    """Of the compressed weights, on new data."""
    generalization_error: Estimate
    """The difference of these two, the second less the first."""
    distortion: Estimate
    """The increase of the empirical risk over that of least squares."""
    population_risk_change: Estimate
    """The change of the population risk against that of least squares; negative where compression gains."""


QUANTITIES = tuple(one.name for one in fields(SimulatedRisks))
"""Those of a channel; least squares has the first three."""
_BASE, _A_CHANNEL = 3, len(QUANTITIES)
_MODEL = ("samples", "features", "noise_variance", "signal_variance")


@dataclass(frozen=True)
class Simulation:
    """What a run of trials found."""

    trials: int
    """How many were run."""
    empirical_risk: Estimate
    """Of least squares, on the data of the fit."""
    population_risk: Estimate
    """Of least squares, on new data."""
    generalization_error: Estimate
    """The difference of these two, the second less the first."""
    compressed: tuple[SimulatedRisks, ...]
    """One a channel."""
    statistics: dict[str, Estimate] = field(default_factory=dict)
    """The extra quantities asked for."""
    looks: int = 0
    """How often the run looked whether it had reached its target; 0 without a target."""
    reached: bool = True
    """Whether it did."""
    model: LinearModel | None = field(default=None, compare=False, repr=False)
    """What the data were drawn from."""
    names: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Names of the channels."""

    def __repr__(self) -> str:
        """Trials, and what matters most; `to_frame` shows all."""
        changes = "".join(f", {name}: change {one.population_risk_change}" for name, one in self._codes())
        return f"Simulation({self.trials} trials, population risk {self.population_risk}{changes})"

    def _codes(self) -> list[tuple[str, SimulatedRisks]]:
        names = self.names or tuple(f"channel {number}" for number in range(len(self.compressed)))
        return list(zip(names, self.compressed, strict=True))

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for least squares and one for each channel, with means and standard errors by the fields' names."""
        head = {name: getattr(self.model, name, None) for name in _MODEL}
        found = [("least squares", self), *self._codes()]
        return [{**head, "compression": name, "trials": self.trials, **_estimates(one)} for name, one in found]

    def to_frame(self) -> Any:
        """Return `rows` as a data frame of pandas.

        Raises
        ------
        LinregCompressError
            If pandas is not installed.

        Examples
        --------
        >>> from linreg_compress.model import LinearModel
        >>> from linreg_compress.monte_carlo.simulate import simulate
        >>> simulate(LinearModel(samples=80, features=50), [], trials=100).to_frame()[["compression", "trials"]]
             compression  trials
        0  least squares     100
        """
        return frame(self.rows())


def _estimates(found: object) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in QUANTITIES:
        estimate = getattr(found, name, None)
        if estimate is not None:
            row |= {name: estimate.mean, f"{name}_se": estimate.standard_error}
    return row


def quantities(trials: Trials, statistics: Mapping[str, Statistic]) -> FloatArray:
    """Return the columns, shape (trials, columns)."""
    base = [trials.empirical_risk, trials.population_risk, trials.population_risk - trials.empirical_risk]
    after = (trials.compressed_empirical_risk, trials.compressed_population_risk)
    columns = [np.stack(base), *after, after[1] - after[0], after[0] - base[0], after[1] - base[1]]
    columns.extend(np.atleast_2d(function(trials)) for function in statistics.values())
    return np.concatenate(columns).T


def target_error(moments: Moments, channels: int) -> float:
    """Return the largest standard error that a target is about.

    That is the change of the population risk, of every channel; without a channel the population risk of least squares.
    """
    _, errors = moments.means_and_errors()
    changes = slice(_BASE + (_A_CHANNEL - 1) * channels, _BASE + _A_CHANNEL * channels)
    return float(errors[changes if channels else slice(1, 2)].max())


def summarize(moments: Moments, channels: int, names: Sequence[str] = ()) -> Simulation:
    """Return the estimates of chunks merged in order; `names` are those of the statistics."""
    estimates = moments.estimates()
    base, rest = estimates[:_BASE], estimates[_BASE:]
    compressed = tuple(
        SimulatedRisks(*(rest[quantity * channels + channel] for quantity in range(_A_CHANNEL)))
        for channel in range(channels)
    )
    statistics = dict(zip(names, rest[_A_CHANNEL * channels :], strict=True))
    return Simulation(moments.count, base[0], base[1], base[2], compressed, statistics)
