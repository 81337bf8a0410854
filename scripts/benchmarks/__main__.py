"""The benchmarks; run through scripts/benchmark, which gives BLAS one thread before NumPy is loaded.

A benchmark is a function of the number of repeats that yields rows; `BENCHMARKS` lists them.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator

import advice
import closed_forms
import clustering
import commands
import numpy as np
import samplers
import simulation
import sweeps
from timing import Row

BENCHMARKS: dict[str, Callable[[int], Iterator[Row]]] = {
    "closed-forms": closed_forms.closed_forms,
    "data-sampler": simulation.data_sampler,
    "two-threads": simulation.two_threads,
    "samplers": samplers.samplers,
    "standard-error": samplers.standard_error,
    "memory": samplers.memory,
    "clustering": clustering.clustering,
    "advice": advice.advice,
    "real-tables": advice.real_tables,
    "sweep": sweeps.sweep,
    "start": commands.start,
    "reproduce": commands.reproduction,
}


def main() -> int:
    """Run the benchmarks that were named."""
    width = max(map(len, BENCHMARKS))
    listed = "\n".join(f"  {name:<{width}}  {(made.__doc__ or '').strip()}" for name, made in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measure the package against what a user would write instead.",
        epilog=f"benchmarks:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; all of them by default")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--repeats", type=int, default=7, metavar="N", help="rounds a figure (default 7)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    load = os.getloadavg()[0]
    records: dict[str, list[dict[str, object]]] = {}
    met = True
    if options.format == "text":
        print(f"{machine}, load {load:.2f} at the start. Medians of ratios [smallest, largest].")
    for name in options.names or BENCHMARKS:
        if options.format == "text":
            print(f"\n{name}", flush=True)
        for row in BENCHMARKS[name](options.repeats):
            met = met and row.met is not False
            records.setdefault(name, []).append(row.record())
            if options.format == "text":
                print(row.line(), flush=True)
    if options.format == "json":
        print(json.dumps({"machine": machine, "load": load, "repeats": options.repeats, "rows": records}, indent=2))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
