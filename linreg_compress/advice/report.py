"""The answer as a text that a person can act on; nothing is computed here."""

from linreg_compress.advice.quantizers import PENALIZED
from linreg_compress.advice.record import Advice, CurvePoint, Interval, Yardstick

_WIDTH = 100
_TIED = "\N{NO-BREAK SPACE}"  # where a line may not be broken; printed as a space
_REASONS = {
    "Gaussian features": "the features are not Gaussian",
    "no extreme row": "single rows weigh much",
    "Gaussian noise": "the noise is not Gaussian",
    "noise of one variance": "the noise is not of one variance",
    "weights like draws of one normal law": "the weights are not like draws of one normal law",
}


def report(advice: Advice, source: str, command: str = "") -> str:
    """Return the report of a table called `source`, with the `command` line that would save the recommended weights."""
    parts = [
        _heading(advice, source),
        _answer(advice, command),
        _estimates(advice),
        _curve(advice),
        _check(advice),
        _assumptions(advice),
    ]
    return "\n\n".join(parts).replace(_TIED, " ")


def _heading(advice: Advice, source: str) -> str:
    design = advice.design
    columns = "columns scaled to unit variance" if design.standardize else "columns in their own units"
    intercept = "an intercept that is never quantized" if design.intercept else "no intercept"
    size = f"{advice.rows} rows, {advice.columns} columns, target {design.target_name!r}"
    return f"{source}: {size}\nFit: {columns}, {intercept}"


def _answer(advice: Advice, command: str) -> str:
    lines = ["Answer", *_wrapped(_does_it_help(advice), "  "), *_wrapped(_how_many_bits(advice), "  ")]
    if command and advice.recommended is not None:
        lines.append(f"  {command}")
    return "\n".join(lines)


def _does_it_help(advice: Advice) -> str:
    best = advice.best
    above = advice.signal_variance > advice.weight_noise
    if not advice.compression_helps:
        reason = "the signal in the weights is above their noise" if above else "codes lose more than the noise they remove"
        verdict = (
            f"Compression is NOT predicted to lower the error on new rows: {reason}, so every bit saved costs something."
        )
        return verdict + _penalty_at_work(advice)
    sure = "Compression is predicted to LOWER the error on new rows"
    if best.predicted_interval[1] >= 0:
        sure = "Compression will probably LOWER the error on new rows, though the data leave it open"
    reason = "" if above else ": the signal in the weights is below their noise"
    return (
        f"{sure}{reason}. Best: {_code(best)}, {_expected(best, advice)} of the excess risk; "
        f"it helps with probability {advice.probability_of_gain:.0%}."
    )


def _penalty_at_work(advice: Advice) -> str:
    """Say so where a penalized code gains: that is regularization, not compression."""
    point = min(advice.curve, key=lambda one: one.predicted_change)
    if point.quantizer not in PENALIZED or point.predicted_change >= -advice.tolerance * advice.excess_risk:
        return ""
    return (
        f" ({_code(point)} would lower it, {_expected(point, advice)}: the work of its penalty, like that of ridge, "
        f"{_share(advice.ridge.predicted_change, advice)}, not of saving bits.)"
    )


def _how_many_bits(advice: Advice) -> str:
    limit = f"{100 * advice.tolerance:.3g}{_TIED}% of the excess risk"
    chosen = advice.recommended
    if chosen is None:
        return (
            f"No code tried is sure enough to cost less than {limit}. Keep the weights as they are, try more --bits, "
            "or allow more by --tolerance."
        )
    start = "Quantize" if chosen.predicted_change < 0 else "To save space all the same, quantize"
    luck = _share(_half(chosen.interval_of_this_fit), advice, signed=False)
    total = 100 * chosen.change_of_this_fit / (advice.noise_variance + advice.excess_risk)
    return (
        f"{start} to {_code(chosen)}: the fewest bits that cost less than {limit}, with probability "
        f"{chosen.probability_within_tolerance:.0%}. Expected change: {_expected(chosen, advice)} of it. For these "
        f"weights: {_share(chosen.change_of_this_fit, advice)}, give or take luck of {luck}; that is {total:+.2g}{_TIED}% "
        f"of the whole error on new rows. With the codebook they take {chosen.stored_bits_per_weight:.3g} bits per weight."
    )


def _code(point: CurvePoint) -> str:
    return f"{_bits(point.bits_per_weight)} with {point.quantizer}"


def _expected(point: CurvePoint, advice: Advice) -> str:
    return f"{_share(point.predicted_change, advice)} (90{_TIED}% interval {_range(point.predicted_interval, advice)})"


def _estimates(advice: Advice) -> str:
    low, high = advice.signal_variance_interval
    freedom = advice.fitted.samples - advice.columns
    rows = [
        ("noise variance", f"{advice.noise_variance:.5g}", f"{freedom} degrees of freedom; R^2 = {advice.r_squared:.3f}"),
        (
            "signal variance",
            f"{advice.signal_variance:.5g}",
            f"per weight, 90 % interval [{low:.4g}, {high:.4g}]; noise per weight {advice.weight_noise:.4g}",
        ),
        (
            "excess risk",
            f"{advice.excess_risk:.5g}",
            "what estimating the weights adds to the error on new rows: "
            f"{advice.excess_risk / (advice.noise_variance + advice.excess_risk):.2%}",
        ),
        ("condition number", f"{advice.condition_number:.4g}", "of the design"),
        (
            "largest leverage",
            f"{advice.leverage.largest:.3g}",
            f"row {advice.leverage.row}; the mean is {advice.leverage.mean:.3g}",
        ),
    ]
    body = [f"  {name:<17} {value:>9}   {note}" for name, value, note in rows]
    return "\n".join(["What the data say", *body])


def _curve(advice: Advice) -> str:
    names = list(dict.fromkeys(point.quantizer for point in advice.curve))
    twins = _twins(advice, names)
    shown = [name for name in names if name not in twins]
    bits = list(dict.fromkeys(point.bits_per_weight for point in advice.curve))
    points = {(point.quantizer, point.bits_per_weight): point for point in advice.curve}
    rows = [["bits", *shown]]
    for b in bits:
        rows.append([str(b), *(_cell(points[name, b], advice) for name in shown)])
    lines = ["Predicted change of the error on new rows, in % of the excess risk (* recommended)", _table(rows)]
    if any(point.lossless for point in advice.curve):
        lines.append("  kept: the codebook would hold every weight, so nothing is compressed")
    lines += [f"  {name} is the same as kmeans here: all importances are equal" for name in twins]
    lines += [
        _yardstick_line("best ridge regression", advice.ridge, advice),
        _yardstick_line("no weights at all", advice.no_weights, advice),
    ]
    return "\n".join(lines)


def _twins(advice: Advice, names: list[str]) -> list[str]:
    by_name = {name: [p.predicted_change for p in advice.curve if p.quantizer == name] for name in names}
    same = by_name.get("hessian-kmeans") == by_name.get("kmeans") and {"hessian-kmeans", "kmeans"} <= set(names)
    return ["hessian-kmeans"] if same else []


def _yardstick_line(name: str, one: Yardstick, advice: Advice) -> str:
    return (
        f"  for comparison, {name}: {_percent(one.predicted_change, advice)} {_range(one.predicted_interval, advice)}, "
        f"measured {_percent(one.measured_change, advice)}"
    )


def _check(advice: Advice) -> str:
    bits = list(dict.fromkeys(point.bits_per_weight for point in advice.curve))
    head = ["bits", "quantizer", "these weights", "interval", "check: predicted", "measured", "interval", ""]
    rows = [head]
    for b in bits:
        at = [p for p in advice.curve if p.bits_per_weight == b and not p.lossless]
        if not at:
            continue
        chosen = advice.recommended
        point = chosen if chosen in at else min(at, key=lambda p: p.predicted_interval[1])
        rows.append(
            [
                str(b),
                point.quantizer,
                _percent(point.change_of_this_fit, advice),
                _range(point.interval_of_this_fit, advice),
                _percent(point.predicted_change_at_check, advice),
                _percent(point.measured_change, advice),
                _range(point.measured_interval, advice),
                "" if point.agrees else "!",
            ]
        )
    times = f"{advice.repeats} times ten folds" if advice.repeats > 1 else "ten folds"
    lines = [
        f"Best code at each number of bits, and the check: fits to {advice.training_rows} of your rows, scored on the rest",
        f"({times}, seed {advice.seed}; % of the excess risk, 90 % intervals, that of these weights with luck)",
        _table(rows, left=2),
        *_wrapped(_verdict(advice), "  "),
    ]
    return "\n".join(lines)


def _verdict(advice: Advice) -> str:
    wrong = advice.disagreements
    if not wrong:
        return f"Prediction and check agree within chance at all {len(advice.curve)} points."
    worst = max(wrong, key=lambda point: abs(point.disagreement))
    reasons = [_REASONS[one.name] for one in advice.diagnostics if not one.holds]
    why = "It may be that " + ", or ".join(reasons) if reasons else "No assumption below shows a reason"
    return (
        f"Prediction and check DISAGREE beyond chance at {len(wrong)} of {len(advice.curve)} points, most at "
        f"{_code(worst)}, by {abs(worst.disagreement):.1f} standard errors. {why}. "
        "There, trust the check."
    )


def _assumptions(advice: Advice) -> str:
    lines = ["What the prediction assumes (the first two for the step from these rows to new ones)"]
    for one in advice.diagnostics:
        text = f"{one.name}: {one.finding}" + ("" if one.holds else f". It touches {one.consequence}")
        first, *rest = _wrapped(text, " " * 11)
        lines += [f"  {'holds' if one.holds else 'DOUBTFUL':<8} {first.strip()}", *rest]
    return "\n".join(lines)


def _cell(point: CurvePoint, advice: Advice) -> str:
    mark = "*" if point is advice.recommended else " "
    return ("kept" if point.lossless else _percent(point.predicted_change, advice)) + mark


def _bits(count: int) -> str:
    return f"{count} bit{'s' * (count > 1)} per weight"


def _half(interval: Interval) -> float:
    return (interval[1] - interval[0]) / 2


def _number(percent: float, *, signed: bool = True) -> str:
    """Return a percentage with two significant digits, no exponent."""
    if percent == 0:
        return "0"
    sign = "+" if signed else ""
    size = abs(percent)
    digits = 0 if size >= 10 else 1 if size >= 1 else 2
    text = f"{percent:{sign}.{digits}f}"
    return "0.00" if float(text) == 0 else text


def _percent(change: float, advice: Advice) -> str:
    return _number(100 * change / advice.excess_risk)


def _share(change: float, advice: Advice, *, signed: bool = True) -> str:
    return f"{_number(100 * change / advice.excess_risk, signed=signed)}{_TIED}%"


def _range(interval: Interval, advice: Advice) -> str:
    return f"[{f',{_TIED}'.join(_percent(end, advice) for end in interval)}]"


def _wrapped(text: str, indent: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)


def _table(rows: list[list[str]], *, left: int = 1) -> str:
    """Align columns, the first `left` of them to the left."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)
