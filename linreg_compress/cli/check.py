"""``check``: closed forms against Monte Carlo, from raw data by default, with one false-alarm budget."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.output import print_json, short, table

if TYPE_CHECKING:
    from linreg_compress.agreement import Report, Setting


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    add_run(parser)
    shared.add_model(parser, required=False)
    shared.add_compression(parser)
    shared.add_quantizer(parser)
    shared.add_format(parser)
    parser.epilog = "Without model options a set of models is checked that exercises every closed form."


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the options of a Monte Carlo run."""
    group = parser.add_argument_group("run")
    group.add_argument("--trials", metavar="T", default="20000", help="data sets a model (default 20000)")
    group.add_argument(
        "--sampler",
        metavar="NAME",
        default="data",
        help="how trials are drawn: data (raw X and y, the default), sufficient (X^T X and the weights) or weights (alone)",
    )
    group.add_argument("--seed", metavar="S", default="0", help="seed of the random streams (default 0)")
    group.add_argument(
        "--false-alarm", metavar="A", default="1e-6", help="probability that a right package fails (default 1e-6)"
    )
    group.add_argument("--workers", metavar="W", default="2", help="threads (default 2); they change no digit")


def run(options: argparse.Namespace) -> int:
    """Check and print; 1 if a check failed."""
    from linreg_compress.agreement import check_agreement

    report = check_agreement(
        _settings(options),
        trials=shared.whole("trials", options.trials),
        sampler=options.sampler,
        seed=shared.seed(options.seed),
        false_alarm=shared.number("false_alarm", options.false_alarm),
        workers=shared.whole("workers", options.workers),
        progress=True,
    )
    if options.format == "json":
        print_json(as_record(report))
    else:
        print(as_text(report))
    return 0 if report.passed else 1


def _settings(options: argparse.Namespace) -> list[Setting]:
    from linreg_compress.agreement import default_settings, settings_for
    from linreg_compress.errors import InvalidInputError

    if options.samples is None and options.features is None:
        given = ("noise_variance", "signal_variance", "weights", "rate_nats", "bits_per_weight", "codec", "quantizer")
        for name in given:
            if getattr(options, name) is not None:
                raise InvalidInputError(name, "needs a model", getattr(options, name), "Add --samples and --features.")
        return default_settings()
    for name in ("samples", "features"):
        if getattr(options, name) is None:
            raise InvalidInputError(name, "is needed to describe a model", "nothing")
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


def as_text(report: Report) -> str:
    """Return a report as a table with a verdict."""
    rows = [["check", "closed form", "simulated", "std. error", "z", ""]]
    for check in report.checks:
        numbers = [short(check.expected), short(check.estimate), f"{check.standard_error:.1g}", f"{check.z:+.2f}"]
        rows.append([check.name, *numbers, "ok" if check.passed else "FAILED"])
    failed = sum(not check.passed for check in report.checks)
    verdict = f"All {len(report.checks)} checks passed" if not failed else f"{failed} of {len(report.checks)} checks FAILED"
    drawn = "raw data sets" if report.sampler == "data" else f"trials of the {report.sampler} sampler"
    lines = [
        table(rows, indent=""),
        "",
        f"{verdict}: {report.trials} {drawn} a model, false alarm of the whole run {report.false_alarm:g}.",
    ]
    if report.skipped:
        lines.append(f"{len(report.skipped)} means of infinite or too heavy tails were left to the checks of their laws.")
    if report.refused:
        lines += [f"Left out, {len(report.refused)} in all:", *(f"  {line}" for line in report.refused)]
    return "\n".join(lines)
