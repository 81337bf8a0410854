"""What became of each change: kept line by line in a file, so that a run can be taken up; the table and the survivors."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.mutation.sites import Change

KILLED, TIMEOUT, SURVIVED, CAPPED, UNCOVERED = "killed", "timeout", "survived", "capped", "uncovered"
NOTICED = (KILLED, TIMEOUT)
NOTES = {
    SURVIVED: "",
    CAPPED: "  (not all tests ran: the cap of seconds was reached)",
    UNCOVERED: "  (no test executes the line)",
}


@dataclass(frozen=True)
class Result:
    """One change and its fate; killer: the first test that failed; tests: how many cover the place."""

    name: str
    file: str
    row: int
    kind: str
    before: str
    after: str
    fate: str
    killer: str
    tests: int
    cpu: float

    @property
    def noticed(self) -> bool:
        return self.fate in NOTICED


def result(change: Change, source: str, fate: str, killer: str = "", tests: int = 0, cpu: float = 0.0) -> Result:
    """Describe a change by its line before and after."""
    lines, index = source.splitlines(), change.row - 1
    before, after = lines[index].strip(), change.apply(source).splitlines()[index].strip()
    place = (change.name, change.file, change.row, change.kind)
    return Result(*place, before, after, fate, killer, tests, round(cpu, 2))


def append(file: Path, one: Result) -> None:
    """Add one line to the file of results."""
    with file.open("a") as out:
        out.write(json.dumps(asdict(one)) + "\n")


def read(file: Path) -> dict[str, Result]:
    """Read what earlier runs found, by name of the change; a line cut short by an interruption is left out."""
    found: dict[str, Result] = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            one = Result(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found[one.name] = one
    return found


def score(results: Sequence[Result]) -> float:
    """Return the percentage of the changes that a test noticed."""
    return 100.0 * sum(one.noticed for one in results) / len(results) if results else float("nan")


def by_module(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Group by the folders and files right below the package; by file if all lie in one folder."""
    found = sorted(results, key=lambda one: (one.file, one.row))
    parts = [Path(one.file).parts[1:] for one in found]
    depth = 1 if len({part[0] for part in parts}) > 1 else 2
    groups: dict[str, list[Result]] = {}
    for part, one in zip(parts, found, strict=True):
        groups.setdefault("/".join(part[:depth]), []).append(one)
    return groups


def table(results: Sequence[Result]) -> str:
    """Write the score by module, then every survivor with its line before and after."""
    groups = by_module(results)
    width = max([len(name) for name in groups] + [5])
    lines = [f"{'module':<{width}}  changes  killed  survived   score"]
    for name, found in [*groups.items(), ("total", list(results))]:
        killed = sum(one.noticed for one in found)
        lines.append(f"{name:<{width}}  {len(found):7d}  {killed:6d}  {len(found) - killed:8d}  {score(found):5.1f} %")
    survivors = [one for found in groups.values() for one in found if not one.noticed]
    lines += ["", f"Survivors ({len(survivors)}):" if survivors else "No survivors."]
    for one in survivors:
        lines += [f"{one.file}:{one.row}  {one.kind}{NOTES[one.fate]}", f"  - {one.before}", f"  + {one.after}"]
    return "\n".join(lines)


def left_out(tuning: Sequence[Change]) -> str:
    """Name what is marked as tuning, with the number of changes that each line could have had."""
    if not tuning:
        return "Nothing is marked as tuning."
    counts: dict[str, Counter[str]] = {}
    for one in tuning:
        constant = re.match(r"\w+(?=[ :=])(?=[^#]* = )", one.text) if not one.line else None
        counts.setdefault(one.file, Counter())[constant[0] if constant else f"line {one.row}"] += 1
    lines = [f"Left out as tuning ({len(tuning)} changes):"]
    for file, names in counts.items():
        lines.append(f"{file}: " + ", ".join(f"{name} ({count})" for name, count in names.items()))
    return "\n".join(lines)


def record(results: Sequence[Result], settings: dict[str, Any]) -> dict[str, Any]:
    """Return the same as a JSON object."""
    modules = {
        name: {"changes": len(found), "killed": sum(one.noticed for one in found), "score": round(score(found), 2)}
        for name, found in by_module(results).items()
    }
    ordered = sorted(results, key=lambda one: (one.file, one.row, one.name))
    return {**settings, "score": round(score(results), 2), "modules": modules, "changes": [asdict(one) for one in ordered]}
