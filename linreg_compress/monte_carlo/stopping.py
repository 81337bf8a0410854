"""When to stop: a pilot, then what its variance asks for, with looks at few places that the variances alone decide.

The target is e, the standard error of the change of the population risk, of every channel (without a channel: of the
population risk of least squares). A look happens between chunks:

1. First after a pilot, the whole chunks that hold `PILOT_TRIALS` trials.
2. At a look after N trials with estimated standard error s: stop if s <= e. Otherwise look again after
   ``N (s / e)^2 (1 + 3 sqrt(2 / N))`` trials, an upper confidence limit of what the variance needs; never after fewer than
   1.25 N and, once the first stage is over, never after more than 2 N.

Why intervals stay honest: where to stop follows from sample variances alone, as in the two-stage plan of Stein 1945, whose
size the pilot's variance sets, and in the sequential one of Chow and Robbins 1965, whose intervals keep their nominal
coverage as e -> 0. For normal trials means and variances are independent, and stopping does not touch the mean. For others
it biases the mean by about ``e skewness / sqrt(N)``, which the pilot's size keeps far below e; and a sample variance that
is small by chance stops early, which a large pilot and few looks keep rare. A test counts the coverage. The error reported
is that of all trials, and at most e.
"""

import math

from linreg_compress.model import LinearModel
from linreg_compress.monte_carlo.estimate import Moments

PILOT_TRIALS = 512  # tuning: trials before the first look
MOST_CHUNKS = 1 << 14  # some ten minutes of one thread
_CAUTION = 3.0  # tuning: trials beyond those that the error asks for
_LEAST_GROWTH, _MOST_GROWTH = 1.25, 2.0
_FINITE_VARIANCE = 5  # degrees of freedom from which on |W - w*|^2 has a variance


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


def target_error(moments: Moments, channels: int) -> float:
    """Return the largest standard error among the quantities that the target is about."""
    _, errors = moments.means_and_errors()
    aimed = errors[3 + 4 * channels : 3 + 5 * channels] if channels else errors[1:2]
    return float(aimed.max())


def plan_next(
    moments: Moments | None, channels: int, *, chunk: int, standard_error: float, most_chunks: int = MOST_CHUNKS
) -> int:
    """Return how many chunks are wanted in all, before the next look.

    A pure function: the same moments, the same answer.

    Parameters
    ----------
    moments : Moments or None
        Of the chunks 0 to k - 1, merged in order, k what the call before wanted; None before the first.
    channels : int
    chunk : int
        Trials a chunk.
    standard_error : float
        The target.
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
