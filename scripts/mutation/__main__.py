"""Change one place of the formula modules at a time, run the tests that cover it, and report what no test notices.

A change that a test notices is killed, one that none notices survives; a change that makes a test take far longer counts as
killed. All seconds are those of the CPU: a busy machine kills nothing. The same modules, sample size and seed draw the same
changes for as long as the lines themselves stay the same. What is known is kept in .mutation/, by the state of the files:
run the same command again to take up an interrupted run. After a change of some test files alone, their tests are run anew,
and the changes that no other test had noticed are made again.

A statement with the comment "# tuning: REASON" at its end or on the line before it is left out, and the report names it. It
decides about time, memory, or digits beyond those promised: a cap on iterations, a block's size, a tail's cut. On the head
of a function the comment is about all of it. A formula is never tuning.

Two kept tools were considered. mutmut 3 works inside functions alone, which it replaces by trampolines; cosmic-ray starts a
test command anew for every change. By their documentation neither draws a sample by a seed.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import tqdm

from scripts.mutation import baseline, results, tree
from scripts.mutation.campaign import Campaign, unreliable
from scripts.mutation.pool import Pool, warm
from scripts.mutation.recorder import cpu_seconds
from scripts.mutation.results import Result
from scripts.mutation.sites import Change, changes, drawn

KEPT_STATES = 3


def main() -> int:
    """Run the command."""
    options = _parser().parse_args()
    root = options.root.resolve()
    files = tree.modules(root, options.modules)
    possible = [one for file in files for one in changes(file, (root / file).read_text(), options.scale)]
    tuning = [one for one in possible if one.tuning]
    every = [one for one in possible if not one.tuning]
    sample = drawn(every, options.sample, options.seed)
    _say(f"{len(every)} changes are possible in {len(files)} modules; this run makes {len(sample)} of them.")
    if options.list:
        _list(sample, root)
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C: nothing may go on running
    started = time.monotonic()
    state = root / ".mutation" / tree.digest(root, options.tests)
    known = _baseline(root, state, options.jobs, options.tests)
    warm(tree.imports(root))
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        pool = Pool(state / "tree", Path(folder), options.jobs, options.margin)
        campaign = Campaign(state / "tree", pool, known, options.cap)
        found, complete = _run(sample, state, pool, campaign, known)
    print(results.table(found))
    print(results.left_out(tuning))
    spent = f"{(time.monotonic() - started) / 60:.1f} minutes ({cpu_seconds() / 60:.1f} CPU minutes)"
    _say(f"{len(found)} of {len(sample)} changes are known; this run took {spent}, {options.jobs} at a time.")
    if options.json:
        settings = {"state": state.name, "possible": len(every), "tuning": len(tuning), "complete": complete}
        settings |= {"sample": len(sample), "seed": options.seed, "cap": options.cap}
        options.json.write_text(json.dumps(results.record(found, settings), indent=1) + "\n")
    return 0 if complete else 130


def _parser() -> argparse.ArgumentParser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__, formatter_class=plain)
    add = parser.add_argument
    add(
        "modules", nargs="*", metavar="MODULE", help="risk, compressed_risk, compressed_risk/laws.py; default: all formulas"
    )
    add("-n", "--sample", type=_positive, default=100, metavar="N", help="how many changes to make (default 100)")
    add("--seed", type=int, default=0, help="of the sample (default 0)")
    add("--jobs", type=_positive, default=min(os.cpu_count() or 1, 8), metavar="N", help="changes at the same time")
    add("--cap", type=float, default=60.0, metavar="SECONDS", help="start no test of a change after these CPU seconds (60)")
    late = "CPU seconds that a test may take beyond 10 times its own (20); then the change counts as killed"
    add("--margin", type=float, default=20.0, metavar="SECONDS", help=late)
    add("--scale", action="store_true", help="also multiply assigned and returned values by 1.02")
    only = "ask the tests of a file or folder alone (may be given several times); default: all tests but the ledger's"
    add("--tests", action="append", default=[], metavar="PATH", help=only)
    add("--json", type=Path, metavar="FILE", help="write every change and its fate there as well")
    add("--list", action="store_true", help="print the changes, run nothing")
    add("--root", type=Path, default=tree.ROOT, help=argparse.SUPPRESS)
    return parser


def _positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _list(sample: Sequence[Change], root: Path) -> None:
    for one in sorted(sample, key=lambda one: (one.file, one.start)):
        told = results.result(one, (root / one.file).read_text(), results.SURVIVED)
        print(f"{one.file}:{one.row}  {one.kind}\n  - {told.before}\n  + {told.after}")


def _baseline(root: Path, state: Path, jobs: int, tests: Sequence[str]) -> baseline.Baseline:
    """Run the unchanged tests, unless these very files have been through it."""
    if not state.exists():
        unfinished = state.with_suffix(".tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(exist_ok=True)
        if not _taken_over(root, unfinished, jobs, tests):
            _say("Running the unchanged tests under coverage, once for this state of the files (some minutes).")
            baseline.record(tree.copy(root, unfinished / "tree"), unfinished / "records", jobs, tests)
        unfinished.rename(state)
    os.utime(state)
    others = sorted((path for path in state.parent.iterdir() if path != state), key=lambda path: path.stat().st_mtime)
    for path in others[: -(KEPT_STATES - 1)]:
        shutil.rmtree(path)
    known = baseline.load(state / "records")
    _say(f"{len(known.seconds)} tests pass on the unchanged code; {len(known.unfit)} fail or are skipped: not asked.")
    return known


def _taken_over(root: Path, unfinished: Path, jobs: int, tests: Sequence[str]) -> bool:
    """Take up a kept state that differs in some files of tests alone: run these, and keep what other tests noticed."""
    for state in sorted(unfinished.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True):
        asked = (state / "records").is_dir() and state.name == tree.digest(state / "tree", tests)
        files = tree.other_tests(state / "tree", root) if asked else None
        if files is None:
            continue
        _say(f"Running the tests of {len(files)} changed files under coverage; the others are as they were.")
        copy = tree.copy(root, unfinished / "tree")
        baseline.take_over(state / "records", unfinished / "records", files)
        if present := [file for file in files if (copy / file).exists() and tree.under(file, tests)]:
            baseline.record(copy, unfinished / "records", jobs, present)
        for one in results.read(state / "results.jsonl").values():
            if one.noticed and one.killer.partition("::")[0] not in files:
                results.append(unfinished / "results.jsonl", one)
        return True
    return False


def _run(
    sample: Sequence[Change], state: Path, pool: Pool, campaign: Campaign, known: baseline.Baseline
) -> tuple[list[Result], bool]:
    """Make the changes whose fate is not known; return all fates, and whether none is missing."""
    kept = state / "results.jsonl"
    fates = {name: one for name, one in results.read(kept).items() if not campaign.falls_short(one)}
    names = {change.name for change in sample}
    complete = False

    def make(wanted: Sequence[Change]) -> None:
        with tqdm.tqdm(total=len(wanted), unit="change", disable=None) as bar:
            for one in campaign.run(wanted):
                fates[one.name] = one
                results.append(kept, one)
                bar.update()
                bar.set_postfix(survived=sum(not other.noticed for name, other in fates.items() if name in names))

    tqdm.tqdm.monitor_interval = 0  # its thread would be there at every fork
    try:
        make([change for change in sample if change.name not in fates])
        killers = {fates[change.name].killer for change in sample}
        if doubtful := unreliable(pool, known, killers, _say):
            known.leave_out(doubtful)
            make([change for change in sample if fates[change.name].killer in doubtful])
        complete = True
    except KeyboardInterrupt:
        _say("Interrupted. The same command takes the run up again; this is what is known so far.")
    finally:
        with contextlib.suppress(KeyboardInterrupt):
            pool.close()
    return [fates[change.name] for change in sample if change.name in fates], complete


if __name__ == "__main__":
    sys.exit(main())
