"""``check``: closed forms against Monte Carlo, from raw data by default, with one false-alarm budget."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.output import fill, print_json, short, table
from linreg_compress.cli.parser import Parser

if TYPE_CHECKING:
    from linreg_compress.agreement import Check, Report, Setting

_SHOWN = 10  # checks, those farthest from their closed form
# options that say nothing to the default settings
_MODEL = ("noise_variance", "signal_variance", "weights")
_CODE = ("rate_nats", "bits_per_weight", "codec", "quantizer", "step", "levels")


def add_options(parser: Parser) -> None:
    """Add this verb's options."""
    add_run(parser)
    shared.add_model(parser, required=False)
    shared.add_compression(parser)
    shared.add_quantizer(parser)
    parser.add_argument("--all", action="store_true", help="print every check, not only those of the largest |z|")
    shared.add_format(parser)
    parser.note("Without model options a set of models is checked that exercises every closed form.")


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the options of a Monte Carlo run."""
    group = parser.add_argument_group("run")
    group.add_argument(
        "--trials", metavar="T", type=shared.typed(shared.whole), default=20_000, help="data sets a model (default 20000)"
    )
    group.add_argument(
        "--sampler",
        metavar="NAME",
        default="data",
        help="how trials are drawn: data (raw X and y, the default), sufficient (X^T X and the weights) or weights (alone)",
    )
    shared.add_seed(group)
    group.add_argument(
        "--false-alarm",
        metavar="A",
        type=shared.typed(shared.number),
        default=1e-6,
        help="probability that a right package fails (default 1e-6)",
    )
    text = "threads (default 2); they change no digit"
    group.add_argument("--workers", metavar="W", type=shared.typed(shared.whole), default=2, help=text)


def run(options: argparse.Namespace) -> int:
    """Check and print; 1 if a check failed."""
    from linreg_compress.agreement import check_agreement

    report = check_agreement(
        _settings(options),
        trials=options.trials,
        sampler=options.sampler,
        seed=options.seed,
        false_alarm=options.false_alarm,
        workers=options.workers,
        progress=True,
    )
    if options.format == "json":
        print_json(as_record(report))
    else:
        print(as_text(report, all_checks=options.all))
    return 0 if report.passed else 1


def _settings(options: argparse.Namespace) -> list[Setting]:
    from linreg_compress.agreement import default_settings, settings_for

    if options.samples is None and options.features is None:
        for name in (*_MODEL, *_CODE):
            if getattr(options, name) is not None:
                raise shared.requires(shared.flag(name), "a model: --samples N and --features D")
        return default_settings()
    for name, other in (("samples", "features"), ("features", "samples")):
        if getattr(options, name) is None:
            raise shared.requires(shared.flag(other), shared.flag(name, value=True))
    model = shared.model_from(options)
    channel = compressor_from(options, model)
    if channel is not None and options.quantizer is not None:
        from linreg_compress.compressed_risk.risks import risks

        risks(model, channel)  # refuses before the simulation what has no closed form
    return settings_for(model, None if channel is None else {channel.name: channel})


def as_record(report: Report) -> dict[str, Any]:
    """Return the JSON form of a report."""
    return {
        "passed": report.passed,
        "sampler": report.sampler,
        "trials": report.trials,
        "false_alarm": report.false_alarm,
        "checks": [asdict(check) for check in report.checks],
        "skipped": [*report.skipped, *report.refused],
    }


def as_text(report: Report, *, all_checks: bool = False, width: float | None = None) -> str:
    """Return the summary, what failed, and the checks of the largest z; or all of them in their order."""
    parts = [summary(report, width)]
    failed = [check for check in report.checks if not check.passed]
    if all_checks:
        return "\n\n".join([_table(report.checks, width), *parts])
    if failed:
        parts.append(f"Failed:\n\n{_table(failed, width)}")
    largest = sorted(report.checks, key=lambda check: -abs(check.z))[:_SHOWN]
    if len(report.checks) > len(largest):
        parts.append(f"The {_SHOWN} largest |z| (--all shows every check):\n\n{_table(largest, width)}")
    else:
        parts.append(_table(report.checks, width))
    return "\n\n".join(parts)


def _table(checks: Sequence[Check], width: float | None) -> str:
    rows = [["check", "closed form", "simulated", "std. error", "z", ""]]
    for check in checks:
        numbers = [short(check.expected), short(check.estimate), f"{check.standard_error:.1g}", f"{check.z:+.2f}"]
        rows.append([check.name, *numbers, "ok" if check.passed else "FAILED"])
    return table(rows, indent="", width=width)


def summary(report: Report, width: float | None = None) -> str:
    """Return how many checks passed, and what was not checked."""
    failed = sum(not check.passed for check in report.checks)
    verdict = f"All {len(report.checks)} checks passed" if not failed else f"{failed} of {len(report.checks)} checks FAILED"
    drawn = "raw data sets" if report.sampler == "data" else f"trials of the {report.sampler} sampler"
    lines = [f"{verdict}: {report.trials} {drawn} a model, false alarm of the whole run {report.false_alarm:g}."]
    if skipped := len(report.skipped):
        means, law = ("mean was", "its distribution was") if skipped == 1 else ("means were", "their distributions were")
        lines.append(f"{skipped} {means} not tested, because the tails are too heavy; {law}.")
    if report.refused:
        lines.append(f"Left out, {len(report.refused)} in all:")
    lines = [line if width else fill(line) for line in lines]
    lines += [line if width else fill(line, "  ", "    ") for line in report.refused]
    return "\n".join(lines)
