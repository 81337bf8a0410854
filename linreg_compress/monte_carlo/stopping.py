"""When to stop: after a number of trials, or at a standard error, where the variances alone decide.

Why intervals stay honest at a standard error e: where to stop follows from sample variances, as in the two-stage plan of
Stein 1945, whose size the pilot's variance sets, and in the sequential one of Chow and Robbins 1965, whose intervals keep
their nominal coverage as e -> 0. For normal trials means and variances are independent, and stopping does not touch the
mean. For others it biases the mean by about ``e skewness / sqrt(N)``, which the pilot's size keeps far below e. A sample
variance that is small by chance stops early; a large pilot and few looks keep that rare. A test counts the coverage.
The error reported is that of all trials, and at most e.
"""

import math
from dataclasses import dataclass
from typing import Self

from linreg_compress import _validation as valid
from linreg_compress.errors import InvalidInputError
from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Moments
from linreg_compress.monte_carlo.quantities import target_error

PILOT_TRIALS = 512  # tuning: trials before the first look
MOST_CHUNKS = 1 << 14  # some ten minutes of one thread
_CAUTION = 3.0  # tuning: trials beyond those that the error asks for
_LEAST_GROWTH, _MOST_GROWTH = 1.25, 2.0
_FINITE_VARIANCE = 5  # degrees of freedom from which on |W - w*|^2 has a variance


@dataclass(frozen=True)
class Goal:
    """Where a cell ends: at a number of trials, or at a standard error, that of `target_error`."""

    trials: int | None = None
    """How many are run; None where there is a target."""
    standard_error: float | None = None
    """The target; None where there is a number of trials."""
    most_trials: int | None = None
    """Where to give up on the standard error, in whole chunks; None for `MOST_CHUNKS`."""

    @classmethod
    def asked(cls, trials: int | None, standard_error: float | None, most_trials: int | None = None) -> Self:
        """Return the goal of a caller's arguments; refuse both, none, and illegal ones."""
        if (trials is None) == (standard_error is None):
            raise InvalidInputError(
                "trials", "or standard_error must be given, and not both", f"{trials} and {standard_error}"
            )
        if standard_error is None:
            hint = "To reach a precision, give the standard error instead."
            return cls(trials=valid.count("trials", trials, 2, valid.MOST_TRIALS, hint))
        target = valid.positive_number("standard_error", standard_error)
        most = None if most_trials is None else valid.count("most_trials", most_trials, 2, valid.MOST_TRIALS)
        return cls(standard_error=target, most_trials=most)

    def refusal(self, model: LinearModel) -> str | None:
        """Say why the goal cannot be promised for a model; None if it can."""
        return None if self.standard_error is None else target_refusal(model)

    def chunks(self, moments: Moments | None, channels: int, *, chunk: int) -> int:
        """Return how many chunks are wanted in all, before the next look; `plan_next` has the parameters."""
        if self.standard_error is None:
            assert self.trials is not None
            return math.ceil(self.trials / chunk)
        most = MOST_CHUNKS if self.most_trials is None else math.ceil(self.most_trials / chunk)
        return plan_next(moments, channels, chunk=chunk, standard_error=self.standard_error, most_chunks=most)

    def reached(self, moments: Moments, channels: int) -> bool:
        """Whether all trials of a cell that is done have reached the goal."""
        return self.standard_error is None or target_error(moments, channels) <= self.standard_error


def target_refusal(model: LinearModel) -> str | None:
    """Say why no standard error can be promised for this model; None if it can.

    ``|W - w*|^2`` (for n < d: its noise part) has the tail of ``1 / chi^2`` with ``|n - d| + 1`` degrees of freedom, and no
    variance with 4 or fewer. With 5 to 8 it has one, but its estimate has none, and intervals are somewhat too short.
    """
    freedom = abs(model.samples - model.features) + 1
    if freedom >= _FINITE_VARIANCE:
        return None
    return (
        "no standard error can be promised: the population risk has no finite variance when samples and features differ "
        f"by less than {_FINITE_VARIANCE - 1}; got {model.samples} and {model.features}. Ask for a number of trials."
    )


def plan_next(
    moments: Moments | None, channels: int, *, chunk: int, standard_error: float, most_chunks: int = MOST_CHUNKS
) -> int:
    """Return how many chunks are wanted in all, before the next look at the standard error.

    It is a pure function: the same moments, the same answer.

    1. The first look is after a pilot, the whole chunks that hold `PILOT_TRIALS` trials.
    2. At a look after N trials with estimated standard error s: stop if s <= e, the target. Otherwise look again after
       ``N (s / e)^2 (1 + 3 sqrt(2 / N))`` trials, an upper confidence limit of what the variance needs; never after fewer
       than 1.25 N and, once the first stage is over, never after more than 2 N.

    Parameters
    ----------
    moments : Moments or None
        Of the chunks 0 to k - 1, merged in order, k what the call before wanted; None before the first.
    channels : int
        How many there are.
    chunk : int
        Trials a chunk.
    standard_error : float
        The target e.
    most_chunks : int
        Where to give up.

    Returns
    -------
    int
        k itself to stop: the target is reached, or `most_chunks` is.

    Examples
    --------
    >>> plan_next(None, 1, chunk=100, standard_error=1e-3)
    6
    """
    pilot = min(math.ceil(PILOT_TRIALS / chunk), most_chunks)
    if moments is None:
        return pilot
    done = moments.count // chunk
    error = target_error(moments, channels)
    if error <= standard_error or done >= most_chunks:
        return done
    ratio = error / standard_error
    growth = ratio * ratio * (1 + _CAUTION * math.sqrt(2 / moments.count))
    if not math.isfinite(error):
        growth = _MOST_GROWTH
    elif done > pilot:
        growth = min(growth, _MOST_GROWTH)
    return math.ceil(min(done * max(growth, _LEAST_GROWTH), most_chunks))
