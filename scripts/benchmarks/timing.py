"""What all benchmarks share: timing in turn, the row that each returns, and the table."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

BUSY_CORES = 0.15  # a round in which other processes used more is disturbed


class Round(NamedTuple):
    """Seconds of each function, one after the other, and the cores that other processes used meanwhile."""

    seconds: tuple[float, ...]
    other_cores: float | None


@dataclass(frozen=True)
class Row:
    """One figure: `value` (a median, with its range over the rounds), what it is a ratio to, and what it must reach."""

    name: str
    value: float
    against: str
    low: float | None = None
    high: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "times"
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return "" if self.at_most is None else f"<= {self.at_most:g}"

    def record(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}

    def line(self) -> str:
        spread = "" if self.low is None or self.high is None else f"[{_short(self.low)}, {_short(self.high)}]"
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        note = f"  ({self.note})" if self.note else ""
        return (
            f"  {self.name:<45} {_short(self.value):>6} {spread:<14} {self.unit:<7} {self.target:>8} {verdict:<6} "
            f"{self.against}{note}"
        ).rstrip()


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def ratio_row(name: str, ratios: Sequence[float], against: str, **rest: Any) -> Row:
    """Make the row of a ratio that was measured in several rounds."""
    return Row(name, statistics.median(ratios), against, min(ratios), max(ratios), **rest)


def rounds(repeats: int, *functions: Callable[[], object]) -> tuple[list[Round], str]:
    """Time the functions in turn, A B A B, after each has run once unmeasured; return the rounds and a note on them.

    Disturbed rounds are left out while at most twice as many are added: with another process at work they would measure
    that process. The choice looks at the load only, never at the times.
    """
    kept: list[Round] = []
    disturbed: list[Round] = []
    for function in functions:
        function()
    while len(kept) < repeats and len(kept) + len(disturbed) < 3 * repeats:
        one = _round(functions)
        (disturbed if one.other_cores is not None and one.other_cores > BUSY_CORES else kept).append(one)
    if len(kept) < min(repeats, 3):
        busy = statistics.mean(one.other_cores or 0.0 for one in kept + disturbed)
        return kept + disturbed, f"MACHINE BUSY: others used {busy:.2f} cores"
    return kept, f"{len(disturbed)} disturbed rounds left out" if disturbed else ""


def _round(functions: Sequence[Callable[[], object]]) -> Round:
    start, busy = time.perf_counter(), _other_seconds()
    seconds = []
    for function in functions:
        began = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - began)
    after = _other_seconds()
    others = None
    if busy is not None and after is not None:
        others = max(0.0, after - busy) / (time.perf_counter() - start)
    return Round(tuple(seconds), others)


def _other_seconds() -> float | None:
    """CPU seconds so far of all other processes, and those that the hypervisor kept; None where Linux does not tell."""
    try:
        with open("/proc/stat") as file:  # noqa: PTH123
            user, nice, system, _idle, _wait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    except OSError:
        return None
    own = os.times()
    everybody = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    return everybody - (own.user + own.system + own.children_user + own.children_system)
