"""The words of the table of theory against simulation, the same in a browser and on paper."""

from math import floor, log10

from linreg_compress.demos.lesson import Number
from linreg_compress.demos.words import shown
from linreg_compress.monte_carlo.estimate import Estimate

HEADS = ("quantity", "theory", "simulation", "verdict")
_MOST_DECIMALS = 6
_RELATION = {"equal": "", "upper": "≤ ", "lower": "≥ "}


def theory_text(number: Number) -> str:
    """Return what theory says: a value, a bound, or that nothing is known.

    Examples
    --------
    >>> theory_text(Number("gen", "generalization error", "", 8.71368, "upper"))
    '≤ 8.714'
    """
    return "no closed form" if number.theory is None else _RELATION[number.kind] + shown(number.theory)


def simulated_text(found: Estimate) -> str:
    """Return a simulated mean with its standard error, which has two digits.

    Examples
    --------
    >>> simulated_text(Estimate(2.29204, 0.00597, 4000))
    '2.2920 ± 0.0060'
    """
    error = found.standard_error
    decimals = 1 - floor(log10(error)) if error > 0 else _MOST_DECIMALS + 1
    if decimals > _MOST_DECIMALS:
        return shown(found.mean) + (f" ± {shown(error, 2)}" if error > 0 else "")
    decimals = max(decimals, 0)
    return f"{found.mean:.{decimals}f} ± {error:.{decimals}f}".replace("-", "−")


def verdict_text(number: Number, found: Estimate) -> str:
    """Return whether both agree, for an expectation with the distance in standard errors.

    Examples
    --------
    >>> verdict_text(Number("gen", "generalization error", "", 2.2931), Estimate(2.29204, 0.00597, 4000))
    'agrees, −0.2 s.e.'
    """
    if number.theory is None:
        return ""
    if number.kind != "equal":
        return "holds" if number.agrees(found) else "broken"
    if found.standard_error == 0:
        return "agrees" if number.agrees(found) else "differs"
    distance = (found.mean - number.theory) / found.standard_error
    return f"{'agrees' if number.agrees(found) else 'differs'}, {distance:+.1f} s.e.".replace("-", "−")
