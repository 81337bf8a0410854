"""Hostile command lines: every verb with legal, odd and absurd values, run in a child whose streams are as hostile.

A child is forked from a process that has the package loaded, because a fresh interpreter costs more than most verbs. What
only a fresh one can show (streams that are None from the start, the flush when Python ends) is rebuilt: the child replaces
`sys.stdin`, `sys.stdout` and `sys.stderr` over the descriptors it was given, and ends as an interpreter does.
"""

import faulthandler
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from linreg_compress.compression.quantizers import QUANTIZERS

LEGAL_STATUS = {0, 1, 2, 130}
TIME_LIMIT = 60.0  # seconds a command may take
STREAMS = ("pipe", "closed", "full", "cut")
ENCODINGS = ("utf-8", "latin-1", "cp1252", "ascii", "utf-16", "cp037", "utf-8-sig", "utf-7")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status (minus the signal that killed it) and what it said."""

    status: int
    out: bytes
    err: str


def run(arguments: Sequence[str], out: str, err: str, encoding: str, folder: Path, small_disk: bool) -> Ended:
    """Run the command line in a forked child and wait for it."""
    ends = os.pipe(), os.pipe()
    log = folder / "stderr-of-the-test"
    child = os.fork()
    if child == 0:
        _child(arguments, (out, err), ends, encoding, folder, log, small_disk)
    for _, write in ends:
        os.close(write)
    heard = [b"", b""]
    reading = {read: place for place, (read, _) in enumerate(ends)}
    for place, kind in enumerate((out, err)):
        if kind == "cut":
            os.close(ends[place][0])
            del reading[ends[place][0]]
    deadline = time.monotonic() + TIME_LIMIT
    while reading and (left := deadline - time.monotonic()) > 0:
        for read in select.select(list(reading), [], [], left)[0]:
            part = os.read(read, 1 << 16)
            heard[reading[read]] += part
            if not part:
                os.close(read)
                del reading[read]
    status: int | None = None
    while status is None:
        found, code = os.waitpid(child, os.WNOHANG)
        if found:
            status = os.waitstatus_to_exitcode(code)
        elif time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            status = -signal.SIGALRM
        else:
            time.sleep(0.002)
    for read in reading:
        os.close(read)
    said = log.read_text(errors="replace") if log.exists() else ""
    log.unlink(missing_ok=True)
    return Ended(status, heard[0], heard[1].decode("utf-8", "replace") + said)


def _child(
    arguments: Sequence[str],
    kinds: tuple[str, str],
    ends: tuple[tuple[int, int], tuple[int, int]],
    encoding: str,
    folder: Path,
    log: Path,
    small_disk: bool,
) -> None:
    """Run the command line and end the process; what Python would print on a lost stderr goes to `log`."""
    status = 99
    try:
        faulthandler.disable()
        os.chdir(folder)
        if small_disk:
            resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        os.environ["COLUMNS"] = "80"
        names = ("stdout", "stderr")
        for number, (kind, (read, write)) in enumerate(zip(kinds, ends, strict=True), start=1):
            os.close(read)
            if kind == "full":
                full = os.open("/dev/full", os.O_WRONLY)
                os.dup2(full, number)
            elif kind == "closed":
                os.close(number)
            else:
                os.dup2(write, number)
            os.close(write)
        for number, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1):
            stream = None
            if kind != "closed":
                errors = "strict" if number == 1 else "backslashreplace"
                stream = open(number, "w", encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        from linreg_compress.cli.main import main

        status = main(arguments)
        for name in names:  # as Python does when it ends: a failure of this flush is its status 120
            if (stream := getattr(sys, name)) is not None:
                stream.flush()
    except BaseException:
        status = 99
        log.write_text(traceback.format_exc())
    finally:
        os._exit(status)


def prepare(folder: Path) -> None:
    """Load what children would otherwise load one by one, and write the files that command lines name."""
    import numpy as np

    import linreg_compress
    from linreg_compress.cli.main import VERBS

    for verb in VERBS:
        import_module(f"linreg_compress.cli.{verb}")
    for name in dir(linreg_compress):
        getattr(linreg_compress, name)
    import_module("linreg_compress.derivations.registry")
    import_module("linreg_compress.gallery.registry")
    import_module("linreg_compress.advice.report")

    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 3))
    rows = "\n".join(",".join(f"{value:.6f}" for value in (*row, row.sum() + rng.standard_normal())) for row in x)
    (folder / "ok.csv").write_text(f"a,b,c,y\n{rows}\n")
    (folder / "semicolons.csv").write_text("a;y\n1,5;2\n")
    (folder / "thousands.csv").write_text('a,y\n"1,050",1\n950,2\n')
    (folder / "short.csv").write_text("a,b,y\n1,2,3\n")
    (folder / "constant.csv").write_text("a,y\n" + "1,2\n" * 9)
    (folder / "huge.csv").write_text("a,y\n1e300,2\n3,4\n")
    (folder / "utf16.csv").write_bytes("a,y\n1,2\n".encode("utf-16"))
    (folder / "ok.txt").write_text("0.1\n0.2\n0.7\n1e-3\n-4\n")
    (folder / "tiny.txt").write_text("1e-300\n3e-300\n1e-310\n")
    (folder / "one.txt").write_text("5\n")
    (folder / "wide.txt").write_text("1e100\n-1e100\n1e-100\n")
    (folder / "word.txt").write_text("0.1\nfünf\n")
    (folder / "bytes.bin").write_bytes(bytes(range(256)))
    np.save(folder / "ok.npy", rng.standard_normal(12))
    np.save(folder / "nan.npy", np.array([1.0, np.nan]))
    np.save(folder / "objects.npy", np.array([1, None], dtype=object))
    np.save(folder / "matrix.npy", np.ones((2, 2)))
    (folder / "folder").mkdir()
    (folder / "ok.sqlite").write_bytes(b"not a store")


FILES = [
    "ok.csv",
    "semicolons.csv",
    "thousands.csv",
    "short.csv",
    "constant.csv",
    "huge.csv",
    "utf16.csv",
    "ok.txt",
    "tiny.txt",
    "one.txt",
    "wide.txt",
    "word.txt",
    "bytes.bin",
    "ok.npy",
    "nan.npy",
    "objects.npy",
    "matrix.npy",
    "folder",
    "none.csv",
    ".",
    "/",
    "/dev/null",
    "/dev/full",
    "ok.sqlite",
]
ODD = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "3",
    "1.5",
    "1e-300",
    "1e300",
    "1e999",
    "-1e999",
    "nan",
    "inf",
    "-inf",
    "0x10",
    "1_0",
    "1,2",
    ",",
    "1,,2",
    "''",
    "ten",
    "1e30",
    "9007199254740993",
    "18446744073709551617",
    "99999999999999999999999999",
    "1e-999",
    "٣",
    "½",
    "é",
    "1e2",
    "--help",
    "-",
    "--",
    "NaN",
    "+1",
    "1e+1",
    ".5",
    "5.",
    "1/2",
]
PATHS = [
    "out.csv",
    "folder",
    "none/out.csv",
    "/proc/nothing/out",
    "/dev/full",
    "x" * 300,
    "ok.csv",
    "a\udcffb.csv",
    "a\0b",
    "",
    "out.pdf",
]

odd = st.one_of(st.sampled_from(ODD), st.text(max_size=6), st.integers().map(str), st.floats().map(repr))
files = st.one_of(st.sampled_from(FILES), st.sampled_from(PATHS), st.text(max_size=8))
paths = st.sampled_from(PATHS)


def mostly(*legal: str) -> st.SearchStrategy[str]:
    """Legal values nine times of ten, so that a command line often passes its parser."""
    return st.integers(0, 9).flatmap(lambda one: st.sampled_from(legal) if one else odd)


MODEL: dict[str, st.SearchStrategy[str]] = {
    "--samples": mostly("80", "12", "80", "10", "4", "200", "1e9", "80"),
    "--features": mostly("3", "5", "4", "1", "3", "50", "1e6", "3"),
    "--noise-variance": mostly("1", "0.5", "1e-300", "1e300"),
    "--signal-variance": mostly("0.02", "1", "0", "1e-200", "1e200"),
    "--weights": mostly("1,2,3", "0,0,0", "1e200,1,1", "-1,2,3", "1"),
}
CODE: dict[str, st.SearchStrategy[str]] = {
    "--rate-nats": mostly("1", "0", "1e-9", "700", "1e9"),
    "--bits-per-weight": mostly("1", "0.5", "4", "1e4"),
    "--codec": mostly("blind", "aware"),
    "--quantizer": mostly(*(row.name for row in QUANTIZERS)),
    "--step": mostly("0.5", "1", "1e-3", "1e3"),
    "--levels": mostly("2", "3", "16", "1e10"),
}
PENALTY: dict[str, st.SearchStrategy[str]] = {
    "--diameter-penalty": mostly("1", "0", "1e-9", "1e300"),
    "--penalty": mostly("squared", "linear"),
}
FORMAT = {"--format": mostly("text", "json", "json")}
SEED = {"--seed": odd, "--workers": mostly("1", "2", "1e9")}
TRIALS = mostly("100", "200", "2", "1e18")

OPTIONS: dict[str, dict[str, st.SearchStrategy[str] | None]] = {
    "risk": {**MODEL, **CODE, **FORMAT, "--variance-inflation": mostly("1", "2", "5")},
    "bounds": {**MODEL, **CODE, **FORMAT, "--loss-scale": mostly("10", "1e3", "1e300")},
    "check": {
        **MODEL,
        "--samples": mostly("12", "9"),  # small ones: all their laws are computed
        "--features": mostly("2", "3"),
        **CODE,
        **SEED,
        **FORMAT,
        "--trials": TRIALS,
        "--sampler": mostly("data", "weights"),
        "--false-alarm": odd,
    },
    "simulate": {
        **MODEL,
        **CODE,
        "--quantizer": mostly(*(row.name for row in QUANTIZERS), "uniform,sign", "kmeans,diameter-kmeans", "sign,sign"),
        **PENALTY,
        **SEED,
        **FORMAT,
        "--trials": TRIALS,
        "--standard-error": mostly("0.5", "1"),
        "--sampler": mostly("data", "sufficient", "weights"),
        "--out": paths,
        "--store": st.sampled_from(["run.sqlite", "ok.sqlite", "folder", "none/run.sqlite", "ok.csv", "x" * 300]),
        "--resume": None,
    },
    "derive": {"--list": None, **FORMAT},
    "figures": {"--out": paths, "--size": mostly("lecture", "column"), "--check": None},
    "quantize": {
        **FORMAT,
        "--levels": mostly("2", "3", "7", "1e10", "1"),
        "--method": mostly(*(row.name for row in QUANTIZERS)),
        "--importance": st.one_of(st.just("ok.npy"), files),
        **PENALTY,
    },
    "advise": {
        **FORMAT,
        **SEED,
        "--target": mostly("y", "y", "a"),
        "--groups": mostly("c", "y", "none"),
        "--tolerance": mostly("0.01", "1"),
        "--quantizers": mostly("lloyd-max", "uniform,gptq", "kmeans"),
        "--bits": mostly("1", "1,2"),
        "--repeats": mostly("1", "1", "1", "1e9"),
        "--plot": st.sampled_from(["p.svg", "folder/p.png", "none/p.pdf", "p.csv", "ok.csv"]),
        "--save": st.sampled_from(["w.npz", "w.h", "folder/w.npz", "none/w.npz", "w.csv", "/dev/full", "ok.npz"]),
        "--no-standardize": None,
        "--no-intercept": None,
    },
    "demo": {"--static": paths, "--handout": paths, "--all": st.sampled_from(["", "ok.csv", "ok.csv/x"]), **FORMAT},
    "reproduce": {"--quick": None, "--out": st.sampled_from(["ok.csv", "ok.csv/x", "/dev/full", "/proc/x", "x" * 300])},
}
NEEDED = {
    "risk": ["--samples", "--features"],
    "bounds": ["--samples", "--features", "--bits-per-weight"],
    "simulate": ["--samples", "--features", "--trials"],
    "check": ["--samples", "--features", "--trials"],
    "quantize": ["--levels"],
    "advise": ["--target", "--repeats", "--bits"],
    "figures": ["--check"],
    "reproduce": ["--out"],
}
COSTLY_ALONE = {"derive", "demo", "figures"}  # without a name they do everything they can
POSITIONAL: dict[str, st.SearchStrategy[str]] = {
    "quantize": st.one_of(st.sampled_from(["ok.txt", "ok.npy", "tiny.txt", "wide.txt"]), files),
    "advise": st.one_of(st.just("ok.csv"), files),
    "derive": st.sampled_from(["wasserstein-bound", "quadratic-loss-expansion", "chi-square", "é", ""]),
    "demo": st.sampled_from(["nosuch", "boundsy", ""]),
    "figures": st.sampled_from(["headline", "nosuch", "é"]),
}


@st.composite
def command_lines(draw: Any) -> list[str]:
    """A verb with what it needs (nearly always) and a few of its other options, in any order."""
    verb = draw(st.sampled_from([*OPTIONS, *("risk", "bounds", "simulate", "quantize", "advise", "quantize")]))
    known = OPTIONS[verb]
    names = [
        name
        for name in NEEDED.get(verb, [])
        if draw(st.integers(0, 11)) or name in {"--check", "--trials", "--repeats", "--out"}
    ]
    names += draw(st.lists(st.sampled_from(list(known)), max_size=2, unique=True))
    words: list[list[str]] = []
    for name in dict.fromkeys(names):
        values = known[name]
        words.append([name] if values is None else [name, draw(values)])
    if verb in POSITIONAL and (verb in COSTLY_ALONE or draw(st.integers(0, 9))):
        words.append([draw(POSITIONAL[verb])])
    if not draw(st.integers(0, 14)):
        words.append([draw(odd)])
    shuffled = draw(st.permutations(words))
    return [verb, *(word for group in shuffled for word in group)]


@st.composite
def hostile(draw: Any) -> tuple[list[str], str, str, str, bool]:
    """A command line, its stdout, its stderr, their encoding, and whether the disk has no room."""
    streams = st.one_of(st.just("pipe"), st.sampled_from(STREAMS))
    return (
        draw(command_lines()),
        draw(streams),
        draw(streams),
        draw(st.sampled_from(ENCODINGS)),
        not draw(st.integers(0, 7)),
    )
