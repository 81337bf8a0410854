"""Recompute a figure's table and compare it with the one that was written before."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from linreg_compress.files import read_table
from linreg_compress.gallery.figure import Z_95, Figure, Row
from linreg_compress.gallery.figure_files import KINDS, read_record, record

_CLOSED = 1e-9  # relative, of a closed form
_ROUNDED = 1e-12  # of the largest number in its column: what is left of a difference that is zero
_RENEWED = ("versions", "check")  # parts of a record that another environment or the numbers change


def check_figure(figure: Figure, folder: Path) -> list[str]:
    """Recompute a figure's table, with the trials and seed of its json, and compare both with the files in `folder`.

    Closed forms must agree to 1e-9 relative, simulated numbers within their own 95 % intervals (the streams are the same,
    so in one environment they are equal). The claim must hold for the recomputed table, and the json must say what the
    figure says today.

    Each sentence that is returned says one thing that is wrong.

    Raises
    ------
    InvalidInputError
        If the csv or the json is not there.
    """
    old, details = read_table(folder / f"{figure.name}.csv"), read_record(folder / f"{figure.name}.json")
    quick, seed = bool(details.get("quick", False)), _whole(details.get("seed", 0))
    new = figure.compute(quick, seed)
    fresh = record(figure, new, quick=quick, seed=seed, size=str(details.get("size", "lecture")))
    problems = [
        f"{figure.name}: claim not supported by the recomputed data: {clause}"
        for clause, holds in fresh["check"]["clauses"].items()
        if not holds
    ]
    for name, value in json.loads(json.dumps(fresh)).items():
        if name not in _RENEWED and details.get(name) != value:
            problems.append(f"{figure.name}.json: {name} is {details.get(name)!r}, today it is {value!r}")
    if details.get("check", {}).get("passed") is not True:
        problems.append(f"{figure.name}.json: the check of the claim did not pass when it was drawn")
    for kind in KINDS:
        if not (folder / f"{figure.name}.{kind}").is_file():
            problems.append(f"{figure.name}.{kind} is missing")
    return problems + [f"{figure.name}.csv {problem}" for problem in differences(old, new)]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def differences(
    old: Sequence[Mapping[str, str]],
    new: Sequence[Row],
    *,
    standard_errors: float | None = None,
) -> list[str]:
    """Compare a table on file with a recomputed one; return a sentence for each entry that differs.

    Parameters
    ----------
    standard_errors : float, optional
        Where the numbers of trials differ: the standard errors of their difference that two simulated means may be apart;
        the column ``trials`` is then not compared, and an interval only has to hold its mean. Without it the old numbers
        must be within half the new interval of the new ones.
    """
    if len(old) != len(new):
        return [f"has {len(old)} rows, recomputed {len(new)}"]
    names = dict.fromkeys(name for row in new for name in row)
    if old and list(old[0]) != list(names):
        return [f"has the columns {', '.join(old[0])}; recomputed {', '.join(names)}"]
    numbers = {name: [abs(v) for row in new if isinstance(v := row.get(name), int | float)] for name in names}
    scale = {name: max(found, default=0.0) for name, found in numbers.items()}
    problems = []
    for line, (before, after) in enumerate(zip(old, new, strict=True), start=2):
        for name in names:
            if name in ("trials", "seeds") and standard_errors is not None:
                continue
            value = after.get(name, "")
            if isinstance(value, str):
                same = before[name] == value
            elif standard_errors is not None and _stem(after, name) not in (None, name):
                same = _brackets(before, str(_stem(after, name)))
            else:
                slack = _slack(before, after, name, standard_errors)
                closed = _CLOSED * abs(value) + _ROUNDED * scale[name]
                same = _close(before[name], value, max(slack or 0.0, closed))  # an exact row may have the error 0
            if not same:
                problems.append(f"line {line}: {name} is {before[name] or 'missing'}, recomputed {value}")
    return problems


def _stem(row: Row, name: str) -> str | None:
    """Return the estimate that a column belongs to, its mean, error or an end of its interval; None for the exact."""
    stem = name.removesuffix("_se")
    if {stem, f"{stem}_se"} <= set(row):
        return stem
    stem = name.removesuffix("_low").removesuffix("_high")
    return stem if {stem, f"{stem}_low", f"{stem}_high"} <= set(row) else None


def _brackets(before: Mapping[str, str], stem: str) -> bool:
    try:
        if f"{stem}_se" in before:
            return float(before[f"{stem}_se"]) >= 0
        return float(before[f"{stem}_low"]) <= float(before[stem]) <= float(before[f"{stem}_high"])
    except ValueError:
        return False


def _slack(before: Mapping[str, str], after: Row, name: str, standard_errors: float | None) -> float | None:
    """Half the width of the interval that `name` belongs to, or several standard errors; None for an exact number."""
    stem = _stem(after, name)
    if stem is None:
        return None
    half = _half(after, stem)
    if standard_errors is None:
        return half
    try:
        other = _half(before, stem)
    except ValueError:
        return 0.0
    return standard_errors * math.hypot(half, other) / Z_95


def _half(row: Mapping[str, float | str], stem: str) -> float:
    """Half the width of a 95 % interval."""
    if f"{stem}_se" in row:
        return Z_95 * float(row[f"{stem}_se"])
    return (float(row[f"{stem}_high"]) - float(row[f"{stem}_low"])) / 2


def _close(text: str, value: float, slack: float) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return number == value or abs(number - value) <= slack
