"""What the verdict takes for granted, each held against the data by a test, and whether it matters here.

- independent rows: repeated rows, and residuals that are alike in neighbouring rows or along a column (`grouping`);
- no index among the columns: one that only rises or falls from row to row, or repeats in blocks;
- light tails: the kurtosis of the residuals, z for normal ones;
- noise of one variance: Breusch-Pagan in the form of Koenker 1981, on the fitted value and its square;
- no outstanding row: the largest leverage against the Beta law of all of them;
- Gaussian columns: Mardia's kurtosis, and the excess risk of leave-one-out, the mean of ``h / (1 - h)``, against theirs;
- weights like draws of one normal law: their kurtosis.
"""

from dataclasses import dataclass

import numpy as np

from linreg_compress._validation import counted
from linreg_compress.advice.grouping import Grouping, Hint
from linreg_compress.least_squares.moments import Design, Fitted, Rows, gaussian_factor

_LEVEL = 0.01
_HARMLESS = 1.2  # factor in an excess risk, up to which a rejected assumption does no harm
_HEAVY = 3.0  # excess kurtosis of the residuals from which on the mean hangs on a few rows
_MANY_ROWS = 20  # rows a weight from which on the tails of the noise average out
_DECIDING = 0.5  # leverage from which on a row draws the fit to itself


@dataclass(frozen=True)
class Assumption:
    """One assumption and how it fares."""

    name: str
    """Name of the assumption."""
    tested: str
    """What was tested."""
    rejected: bool
    """Whether the test rejects it at the level 0.01."""
    matters: bool
    """Whether the verdict may suffer; never where the test does not reject."""
    finding: str
    """What the test found."""
    effect: str
    """What that does here."""


def assumptions(
    design: Design, fitted: Fitted, rows: Rows, found: Grouping, hint: Hint | None, order: tuple[str, bool] | None
) -> list[Assumption]:
    """Test every assumption."""
    tests = {
        "independent rows": ("repeated rows; residuals of neighbours and along columns", _dependence(design, found, hint)),
        "no index among the columns": ("columns in the order of the rows", _index(order)),
        "light tails": ("kurtosis of the residuals", _tails(rows, fitted)),
        "noise of one variance": ("squared residuals against the fitted value", _variance(rows)),
        "no outstanding row": ("largest leverage", _leverage(design, fitted, rows)),
        "Gaussian columns": ("Mardia's kurtosis; leave-one-out", _columns(design, fitted, rows)),
        "weights of one normal law": ("kurtosis of the weights", _weights(fitted)),
    }
    return [Assumption(name, tested, *result) for name, (tested, result) in tests.items()]


_Result = tuple[bool, bool, str, str]  # rejected, matters, finding, effect


def _dependence(design: Design, found: Grouping, hint: Hint | None) -> _Result:
    finding = f"{found.repeated} of {design.rows} rows repeat{'s another' if found.repeated == 1 else ' others'}"
    if found.named is not None:
        return False, False, finding, f"{found.count} groups of {found.named!r} are never split"
    if hint is not None:
        where, letter = (f"rows of one {hint.column!r}", "F") if hint.column else ("neighbouring rows", "z")
        return True, True, f"{where} are alike ({letter} = {hint.statistic:.1f})", "name their --groups"
    if found.copies:
        return True, 10 * found.repeated > design.rows, finding, "kept together and counted once"
    return False, False, finding, "as the few values of the columns allow"


def _index(order: tuple[str, bool] | None) -> _Result:
    if order is None:
        return False, False, "no column orders the rows", ""
    effect = "an id or date goes to --groups" if order[1] else "drop an index or a date"
    return True, True, f"column {order[0]!r} orders the rows", effect


def _tails(rows: Rows, fitted: Fitted) -> _Result:
    z = rows.residuals / np.sqrt(np.mean(rows.residuals**2))
    kurtosis, ratio = float(np.mean(z**4)) - 3, float(fitted.samples) / fitted.features
    score = kurtosis / np.sqrt(24 / len(z))
    rejected = _one_sided(score) < _LEVEL
    matters = rejected and kurtosis > _HEAVY and ratio < _MANY_ROWS
    finding = f"residuals have heavy tails (z = {score:+.1f})"
    return rejected, matters, finding, f"{counted(round(ratio), 'row')} a weight"


def _variance(rows: Rows) -> _Result:
    squares = rows.residuals**2
    f = rows.predictions / (np.std(rows.predictions) or 1.0)
    regressors = np.stack([np.ones_like(f), f, f**2], axis=1)
    fit = regressors @ np.linalg.lstsq(regressors, squares, rcond=None)[0]
    p = float(np.exp(-len(f) * float(np.var(fit) / (np.var(squares) or 1.0)) / 2))
    factor = float(np.sum(rows.leverages * squares) / rows.leverages.sum() / np.mean(squares))
    rejected, finding = p < _LEVEL, f"noise varies in size (p = {p:.0e})"
    effect = f"weights see {factor:.2f} times its mean"
    return rejected, rejected and not 1 / _HARMLESS <= factor <= _HARMLESS, finding, effect


def _leverage(design: Design, fitted: Fitted, rows: Rows) -> _Result:
    from scipy.special import betainc

    n, d = design.rows, fitted.features
    place = int(np.argmax(rows.leverages))
    largest = float(rows.leverages[place])
    tail = betainc((float(fitted.samples) - d) / 2, d / 2, min(1.0, 1 - largest + design.intercept / n))
    rejected = float(-np.expm1(n * np.log1p(-tail))) < _LEVEL
    effect = f"mean {rows.leverages.mean():.2g}, and 1 decides the fit"
    return rejected, rejected and largest > _DECIDING, f"row {place + 1} has leverage {largest:.2g}", effect


def _one_sided(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(-z))


def _columns(design: Design, fitted: Fitted, rows: Rows) -> _Result:
    n, d, h = design.rows, fitted.features, rows.leverages - design.intercept / design.rows
    z = (n * float(h @ h) - d * (d + 2) * (n - 1) / (n + 1)) / np.sqrt(8 * d * (d + 2) / n)
    rejected = 2 * _one_sided(abs(z)) < _LEVEL
    ratio = float(np.mean(rows.leverages / (1 - rows.leverages))) / gaussian_factor(n, d, design.intercept)
    finding, effect = f"columns are not Gaussian (z = {z:+.1f})", f"excess risk times {ratio:.2f}"
    return rejected, rejected and not 1 / _HARMLESS <= ratio <= _HARMLESS, finding, effect


def _weights(fitted: Fitted) -> _Result:
    d, squares = fitted.features, fitted.weights**2
    kurtosis = float(np.mean(squares**2) / max(float(np.mean(squares)) ** 2, np.finfo(float).tiny))
    expected = 3 * d / (d + 2)  # of the direction of a normal vector, exactly
    deviation = np.sqrt(24 * d**2 * (d - 1) / ((d + 2) ** 2 * (d + 4) * (d + 6))) if d > 1 else np.inf
    z = (kurtosis - expected) / deviation
    rejected, finding = 2 * _one_sided(abs(z)) < _LEVEL, f"weights are not normal (z = {z:+.1f})"
    return rejected, rejected, finding, f"their kurtosis is {kurtosis:.1f}, not {expected:.1f}"
