"""The answer as a text that a person can act on, at most 30 lines of 80 columns; nothing is computed here."""

import re
import textwrap

from linreg_compress._validation import counted
from linreg_compress.advice.record import CurvePoint, Findings

_WIDTH = 80
_MOST_LINES = 30


def report(advice: Findings, source: str = "", command: str = "") -> str:
    """Return the report of a table called `source`, with the `command` line that would save the recommended weights."""
    parts = [_heading(advice, source), _verdict(advice), _theory(advice), "", _recommended(advice)]
    above = [line for part in parts for line in _wrapped(part)]
    above += [f"  {line}" for line in command.splitlines() if advice.recommended]
    above += [*_wrapped(_error(advice)), ""]
    below = [*_wrapped(_yardsticks(advice)), *_assumptions(advice)]
    return "\n".join([*above, *_curve(advice, _MOST_LINES - len(above) - len(below)), *below])


def _heading(advice: Findings, source: str) -> str:
    design = advice.design
    start = f"{source}: " if source else ""
    text = f"{start}{advice.rows} rows, {counted(advice.columns, 'column')}, target {design.target_name!r}"
    return text + ", columns in their own units" * (not design.standardize) + ", no intercept" * (not design.intercept)


def _verdict(advice: Findings) -> str:
    one = advice.verdict_code
    if advice.verdict == "open":
        return f"OPEN: {advice.reason}. {_code(one)} changes the error on new rows by about {_percents(one)}."
    start = f"Compression {advice.verdict.upper()} the error on new rows"
    return f"{start}: {_code(one)} by about {_percents(one)}, measured on rows left out."


def _theory(advice: Findings) -> str:
    one = advice.verdict_code
    cost, saving = _number(one.predicted_cost_percent), _number(-one.predicted_saving_percent)
    noise = f"{saving} % for noise {'removed' if one.predicted_saving_percent >= 0 else 'added'}"
    text = f"Theory: {cost} % for signal lost, {noise}: {_number(one.predicted_percent)} %."
    factors = advice.signal_variance / advice.weight_noise, advice.variance_inflation
    signal, inflation = (f"{float(f'{one:.3g}'):.9g}" for one in factors)  # 1380, not 1.38e+03
    if advice.signal_variance > 0:
        text += f" The signal in a weight is {signal} times its noise."
    else:
        text += " The weights show no signal above their noise."
    if advice.variance_inflation >= 2:
        text += f" Correlated columns inflate the noise {inflation} times."
    return text + ("" if one.agrees else " Theory and measurement are far APART: trust the measured number.")


def _recommended(advice: Findings) -> str:
    one, parts, plain = advice.recommended, advice.shipped.size, advice.shipped.float32
    limit = f"less than {100 * advice.tolerance:.3g} % both measured (upper end) and in theory"
    if one is None:
        return f"No code tried costs {limit}. Keep the weights, try more bits, or allow more."
    listed = ", ".join(f"{name} {count}" for name, count in parts.items() if count)
    total = sum(parts.values())
    saved = f", {plain / total:.2g} times as many." if total < plain else ": NO SMALLER."
    return (
        f"Fewest bits that cost {limit}: {_code(one)}, about {_percents(one)}, theory {_number(one.predicted_percent)} %. "
        f"They ship as {total} bytes ({listed}), in float32 as {plain}{saved}"
    )


def _error(advice: Findings) -> str:
    one = advice.recommended or advice.verdict_code
    coded = advice.error + one.measured_change * advice.excess_risk
    share = f"{advice.excess_risk:.3g} ({100 * advice.excess_risk / advice.error:.2g} %)"
    return (
        f"Error on new rows {advice.error:.4g}, with {_code(one)} {coded:.4g} (mean square; R^2 {advice.r_squared:.3f}). "
        f"{share} of it is the excess risk, what estimating {counted(advice.columns, 'weight')} adds."
    )


def _curve(advice: Findings, room: int) -> list[str]:
    names, bits = (list(dict.fromkeys(getattr(p, key) for p in advice.curve)) for key in ("quantizer", "bits_per_weight"))
    points = {(point.quantizer, point.bits_per_weight): point for point in advice.curve}
    changes = {name: [points[name, b].measured_change for b in bits] for name in names}
    shown = [name for name in names if name != "hessian-kmeans" or changes[name] != changes.get("kmeans")]
    rows = [["bits", *(f"{name} " for name in shown)]]
    rows += [[str(b), *(_cell(points[name, b], advice) for name in shown)] for b in bits]
    widths = [max(len(row[place]) for row in rows) for place in range(len(shown) + 1)]
    lines = [" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    kept = ", kept as it is" if any(point.lossless for point in advice.curve) else ""
    head = _wrapped(f"Measured, % of the error on new rows (* recommended, ? open{kept})")
    return [*head, *lines[: max(2, room - len(head))]]


def _cell(point: CurvePoint, advice: Findings) -> str:
    if point.lossless:
        return "kept "
    mark = "*" if point is advice.recommended else "?" if point.verdict == "open" else " "
    return _number(point.measured_percent) + mark


def _yardsticks(advice: Findings) -> str:
    each = []
    for name, one in (("ridge", advice.ridge), ("no weights", advice.no_weights)):
        apart = "" if one.agrees else ", far APART: trust the measured number"
        each.append(f"{name} {_number(one.measured_percent)} % (theory {_number(one.predicted_percent)} %{apart})")
    return f"Instead: {'; '.join(each)}."


def _assumptions(advice: Findings) -> list[str]:
    fine = [one.name for one in advice.assumptions if not one.rejected]
    lines = _wrapped(f"Tested, not rejected: {', '.join(fine)}.") if fine else []
    if advice.folds_left_out:
        names = ", ".join(map(repr, advice.still_columns)) or "dependent columns"
        text = f"{advice.folds_left_out} of {advice.folds + advice.folds_left_out} folds left out, without a fit ({names})"
        lines.append(textwrap.shorten(text, _WIDTH, placeholder=" ..."))
    for one in sorted((one for one in advice.assumptions if one.rejected), key=lambda one: not one.matters):
        state = "it MATTERS" if one.matters else "harmless"
        text = f"{one.finding[0].upper()}{one.finding[1:]}, {state}: {one.effect}."
        lines.append(textwrap.shorten(text, _WIDTH, placeholder=" ..."))
    return lines


def _code(point: CurvePoint) -> str:
    return f"{counted(point.bits_per_weight, 'bit')} with {point.quantizer}"


def _percents(point: CurvePoint) -> str:
    low, high = point.percent_interval
    return f"{_number(point.measured_percent)} % ({_number(low)} to {_number(high)} %)"


def _number(percent: float) -> str:
    """Return a percentage with two significant digits or more, in at most nine characters."""
    size = abs(percent)
    if size < 0.005:
        return "0.00"
    return f"{percent:+.{0 if size >= 10 else 1 if size >= 1 else 2}f}" if size < 1e5 else f"{percent:+.1e}"


def _wrapped(text: str) -> list[str]:
    joined = re.sub(r"(?<=\d) (?=%|bit|byte)", "\N{NO-BREAK SPACE}", text)  # a number stays with its unit
    lines = textwrap.wrap(joined, _WIDTH, subsequent_indent="  ", break_on_hyphens=False) or [""]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
