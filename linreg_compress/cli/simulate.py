"""``simulate``: Monte Carlo over a grid of models and compressors, resumable, the same bits however it is run."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linreg_compress._validation import counted
from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import Compressors
from linreg_compress.cli.explanation import weights_text
from linreg_compress.cli.interruption import Interruption
from linreg_compress.cli.output import columns, fill, print_json, short, table, tell
from linreg_compress.cli.parser import Parser

if TYPE_CHECKING:
    from linreg_compress.monte_carlo.grid import SweepCell
    from linreg_compress.monte_carlo.quantities import Simulation

_MODEL = ("samples", "features", "noise_variance", "signal_variance")
_SAID = {  # of a model, in a sentence
    "samples": "n = {}",
    "features": "d = {}",
    "noise_variance": "noise variance {}",
    "signal_variance": "{}",  # a phrase of its own
    "trials": "{} trials",
}
_HEADS = {"samples": "n", "features": "d", "noise_variance": "noise", "signal_variance": "signal", "trials": "trials"}
_QUANTITIES = {"empirical_risk": "empirical risk", "population_risk": "population risk", "population_risk_change": "change"}
_DEFAULT_TRIALS = 10_000


def add_options(parser: Parser) -> None:
    """Add this verb's options."""
    shared.add_model(parser, required=True, lists=True)
    shared.add_compression(parser, lists=True)
    shared.add_quantizer(parser, lists=True)
    group = parser.add_argument_group("run")
    group.add_argument(
        "--sampler",
        metavar="NAME",
        default="data",
        help="draw raw data (data, the default), sufficient statistics (sufficient) or weights alone (weights): one law, "
        "each cheaper than the last",
    )
    read = shared.typed(shared.whole, minimum=2)
    group.add_argument("--trials", metavar="T", type=read, help=f"trials a cell (default {_DEFAULT_TRIALS})")
    group.add_argument(
        "--standard-error",
        metavar="E",
        type=shared.typed(shared.number),
        help="instead: run each cell until the population-risk change has a standard error of at most E for all its "
        "compressors (without compression: the population risk)",
    )
    shared.add_seed(group)
    text = "threads or processes (default: the cores); they change no digit"
    group.add_argument("--workers", metavar="W", type=shared.typed(shared.whole), help=text)
    group.add_argument("--executor", choices=("threads", "processes"), default="threads", help="default threads")
    group.add_argument("--store", metavar="FILE.sqlite", help="keep every finished chunk, so that the sweep can be resumed")
    group.add_argument("--resume", action="store_true", help="continue the store if there is one")
    group.add_argument("--out", metavar="FILE.csv", help="write the table, every number in full precision")
    shared.add_format(parser)
    parser.note(
        "The options of model and compression take comma lists, as in --samples 80,100 --bits-per-weight 0.5,1,2, and are "
        "crossed; only --weights is one vector. A cell is a model: its compressors see the same draws."
    )


def run(options: argparse.Namespace) -> int:
    """Simulate, write and print; 130 or 143 if a signal ended the run."""
    from linreg_compress.monte_carlo.grid import sweep_grid
    from linreg_compress.monte_carlo.sweep import sweep

    if options.resume and options.store is None:
        raise shared.requires("--resume", shared.flag("store", value=True))
    compressors = Compressors(options)
    lists = {name: values for name in _MODEL if (values := getattr(options, name)) is not None}
    weights = shared.weights_from(options)
    cells = sweep_grid(**lists, weights=weights, channels=compressors.channels)
    trials, target = _extent(options)
    workers = _cores() if options.workers is None else options.workers
    out = None if options.out is None else _checked_out(options)
    with Interruption() as interruption:
        found = sweep(
            cells,
            trials,
            standard_error=target,
            sampler=options.sampler,
            seed=options.seed,
            workers=workers,
            executor=options.executor,
            store=options.store,
            resume=options.resume,
            progress=True,
        )
        rows = []
        for cell, columns, one in zip(cells, compressors.columns, found, strict=True):
            rows += _rows(cell, columns, one, options.sampler)
        _warn(cells, found, target)
        if out is not None:
            _write(out, rows)
        if options.format == "json":
            fixed = {} if weights is None else {"weights": weights}
            print_json({"sampler": options.sampler, "seed": options.seed, **fixed, "rows": rows})
        elif out is not None:
            print(f"{out}: {counted(len(rows), 'row')} from {counted(sum(one.trials for one in found), 'trial')}")
        else:
            print(_text(rows, fixed=weights is not None))
    if interruption.signal is not None:
        left = "nothing was saved: run with --store FILE.sqlite to be able to resume"
        if options.store is not None:
            left = f"what is done is saved in {options.store}: run the same command with --resume to continue"
        tell(f"interrupted; {left}")
        return interruption.status
    return 0


def _extent(options: argparse.Namespace) -> tuple[int | None, float | None]:
    from linreg_compress import _validation as valid

    if options.standard_error is None:
        return _DEFAULT_TRIALS if options.trials is None else options.trials, None
    if options.trials is not None:
        raise shared.not_both("trials", "standard_error")
    return None, valid.positive_number("standard_error", options.standard_error)


def _checked_out(options: argparse.Namespace) -> Path:
    """Refuse before the work what could not be written after it."""
    from linreg_compress.errors import InvalidInputError
    from linreg_compress.files import writable

    path = Path(options.out)
    if options.store is not None and path.resolve() == Path(options.store).resolve():
        raise InvalidInputError("out", "must be another file than --store", path)
    return writable(path)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    from linreg_compress.errors import InvalidInputError
    from linreg_compress.files import write_table

    try:
        write_table(path, [*rows])
    except InvalidInputError as error:
        hint = "With --store nothing is lost: mend the disk, then run the same command with --resume."
        raise InvalidInputError("out", error.rule, error.value, hint) from error


def _rows(cell: SweepCell, columns: list[dict[str, Any]], found: Simulation, sampler: str) -> list[dict[str, Any]]:
    from linreg_compress.monte_carlo.quantities import QUANTITIES

    head = {name: getattr(cell.model, name) for name in (*_MODEL, "weight_energy")}
    rows = []
    for named, risks in zip(columns, found.compressed or (found,), strict=True):
        row = {**head, **named, "sampler": sampler, "trials": found.trials}
        for name in QUANTITIES:
            estimate = getattr(risks, name, None)  # least squares changes nothing
            row[name] = 0.0 if estimate is None else estimate.mean
            row[f"{name}_se"] = 0.0 if estimate is None else estimate.standard_error
        rows.append(row)
    return rows


def _warn(cells: Sequence[SweepCell], found: Sequence[Simulation], target: float | None) -> None:
    """Warn of numbers that say little."""
    from linreg_compress.monte_carlo.stopping import target_refusal

    missed = sum(not one.reached for one in found)
    if missed:
        tell(f"{missed} of {counted(len(cells), 'cell')} stopped before reaching --standard-error {target:g}")
    wild = sum(target_refusal(cell.model) is not None for cell in cells)
    if wild:
        have = "has" if wild == 1 else "have"
        tell(
            f"{wild} of {counted(len(cells), 'cell')} {have} n within 3 of d: the risks there have no finite variance (or "
            "mean), so the standard errors mean little"
        )


def _text(rows: list[dict[str, Any]], *, fixed: bool) -> str:
    """Return the table, in one part for each cell if it is too wide otherwise, and what its columns mean."""
    parts = [_part(rows, math.inf, fixed=fixed)]
    if max(map(len, parts[0].splitlines())) > columns():
        cells = groupby(rows, key=lambda row: [row[name] for name in _MODEL])
        parts = [_part(list(of_cell), fixed=fixed) for _, of_cell in cells]
    notes = [
        "Risks of the compressed weights, squared units of y; change: of the population risk, against least squares. "
        "+-: one standard error.",
        "Bits per weight: the rate of a Gaussian channel, the entropy of a quantizer.",
        *_of_fixed_length({row["compression"] for row in rows}),
    ]
    return "\n\n".join([*parts, "\n".join(map(fill, notes))])


def _part(rows: list[dict[str, Any]], width: float | None = None, *, fixed: bool) -> str:
    """Return one table; what is the same in all its rows stands above it."""
    same = [name for name in _SAID if len({row[name] for row in rows}) == 1]
    lines = [[*(_HEADS[name] for name in _SAID if name not in same), "compression", "bits", *_QUANTITIES.values()]]
    for row in rows:
        own = [short(row[name]) for name in _SAID if name not in same]
        numbers = [_pair(row, name) for name in _QUANTITIES if name != "population_risk_change"]
        lines.append([*own, _named(row), f"{row['bits_per_weight']:.3g}", *numbers, _change(row)])
    above = fill(", ".join(filter(None, (_phrase(name, rows, fixed=fixed) for name in same))))
    return f"{above}\n\n{table(lines, indent='', width=width)}" if above else table(lines, indent="", width=width)


def _phrase(name: str, rows: list[dict[str, Any]], *, fixed: bool) -> str:
    """Say what is the same in all rows; empty where there is nothing to say."""
    first = rows[0]
    if name == "signal_variance":
        coded = any(row["compression"] != "none" for row in rows)
        return weights_text(first["weight_energy"], first[name], fixed=fixed, coded=coded)
    if name == "trials":
        return counted(short(first[name]), "trial")
    return _SAID[name].format(short(first[name]))


def _named(row: dict[str, Any]) -> str:
    """Name a compressor with the numbers that it was made from."""
    made_of = [f"{row[name]:g}" for name in ("step", "levels") if row[name] is not None]
    beta = [f"beta {row['diameter_penalty']:g} {row['penalty']}"] if row.get("diameter_penalty") is not None else []
    return " ".join([row["compression"], *made_of, *beta])


def _of_fixed_length(names: set[str]) -> list[str]:
    """Say whose bits are those of an index, as their entropy is not known without simulation."""
    from linreg_compress.compression.quantizers import QUANTIZERS

    found = [row.name for row in QUANTIZERS if row.name in names and (row.fitted or row.feeds_forward)]
    return [f"Bits of {', '.join(found)}: an index of fixed length, without the codebook."] if found else []


def _pair(row: dict[str, Any], name: str) -> str:
    return f"{short(row[name])} +- {row[name + '_se']:.1g}"


def _change(row: dict[str, Any]) -> str:
    if row["compression"] == "none":
        return ""
    return f"{short(row['population_risk_change'], signed=True)} +- {row['population_risk_change_se']:.1g}"


def _cores() -> int:
    """Cores that this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
