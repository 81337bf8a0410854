"""The verb `simulate` stopped by signals, killed or out of room: what is done is kept, and goes on to the same bytes."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linreg_compress.cli.main import main
from tests.cli.test_simulate import refused

MODEL = ["--samples", "80", "--features", "50"]
GRID = ["--samples", "60,80", "--features", "20,40", "--noise-variance", "0.5,2", "--bits-per-weight", "0.5,1"]
FAST = ["--sampler", "weights", "--trials", "3000"]


@contextlib.contextmanager
def program(*arguments: str, group: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own, which does not outlive the block."""
    command = [sys.executable, "-m", "linreg_compress", "simulate", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=group,
        cwd=Path(__file__).parents[2],
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def chunks_in(store: Path) -> int:
    """Chunks in a store that no process holds; the journal of one that was killed is rolled back in a copy only."""
    with tempfile.TemporaryDirectory() as folder:
        for path in store.parent.glob(f"{store.name}*"):
            shutil.copy(path, folder)
        with contextlib.closing(sqlite3.connect(Path(folder) / store.name)) as base:
            return int(base.execute("SELECT count(*) FROM chunk").fetchone()[0])


def wait_for(condition: Any, running: subprocess.Popen[str], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and running.poll() is None:
        with contextlib.suppress(FileNotFoundError):  # not yet
            if condition():
                return
        time.sleep(0.01)
    pytest.fail("it never came to that")


def test_two_runs_on_one_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "run.sqlite"
    run = [*GRID, "--trials", "100000000", "--store", str(store)]
    with program(*run) as first:
        wait_for(lambda: store.stat().st_size > 20_000, first)  # some chunks are in
        refused([*run, "--resume"], "--store must not be in use", capsys)
        assert first.poll() is None
        first.send_signal(signal.SIGINT)
        assert first.wait(60) == 130


@pytest.mark.parametrize(
    ("number", "status", "executor"),
    [(signal.SIGINT, 130, "threads"), (signal.SIGTERM, 143, "threads"), (signal.SIGINT, 130, "processes")],
)
def test_a_signal_ends_the_run_cleanly(number: signal.Signals, status: int, executor: str, tmp_path: Path) -> None:
    store, out = tmp_path / "run.sqlite", tmp_path / "run.csv"
    options = [*GRID, "--sampler", "weights", "--trials", "100000000", "--store", str(store), "--out", str(out)]
    with program(*options, "--workers", "2", "--executor", executor, group=True) as running:
        wait_for(lambda: store.stat().st_size > 20_000, running)  # some chunks are in
        os.killpg(running.pid, number) if number == signal.SIGINT else running.send_signal(number)
        output, errors = running.communicate(timeout=60)
    assert running.returncode == status
    assert output == ""
    told = f"interrupted; what is done is saved in {store}: run the same command with --resume to continue"
    assert errors == f"linreg-compress: {told}\n"
    assert list(tmp_path.iterdir()) == [store]
    assert chunks_in(store)
    assert soon_empty(running.pid)


def soon_empty(group: int) -> bool:
    """Whether the last process of a group ends within half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_signal_without_a_store_says_that_nothing_is_kept() -> None:
    with program(*GRID, "--trials", "100000000") as running:
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in errors
    assert "interrupted" in errors


def kill_and_resume(folder: Path, runs: int) -> None:
    """Kill as many runs at random points, resume each, and compare with the run that nobody touched."""
    options = ["--samples", ",".join(map(str, range(40, 100))), "--features", "10,20", "--bits-per-weight", "1"]
    options += ["--sampler", "weights", "--trials", "4000", "--workers", "2", "--resume"]
    with program(*options, "--store", str(folder / "whole.sqlite"), "--out", str(folder / "whole.csv")) as whole:
        assert whole.wait(120) == 0
    expected, size = (folder / "whole.csv").read_bytes(), (folder / "whole.sqlite").stat().st_size
    chance = random.Random(6)
    halfway = 0
    for run in range(runs):
        store, out = folder / f"{run}.sqlite", folder / f"{run}.csv"
        stored = [*options, "--store", str(store), "--out", str(out)]
        with program(*stored) as killed:  # from before there is a store to after the last chunk
            awaited = chance.uniform(-0.1, 1.0) * size
            while awaited > 0 and killed.poll() is None and not (store.exists() and store.stat().st_size >= awaited):
                time.sleep(0.001)
            time.sleep(chance.uniform(0.0, 0.3 if awaited < 0 else 0.02))
            killed.kill()
        before = chunks_in(store) if store.exists() else 0
        halfway += 0 < before < 120
        with program(*stored) as resumed:
            assert resumed.wait(120) == 0, resumed.stderr
        assert out.read_bytes() == expected
        assert chunks_in(store) == 120
        with contextlib.closing(sqlite3.connect(store)) as base:
            assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert halfway >= runs // 3


def test_runs_that_are_killed_and_resumed_give_the_bytes_of_the_whole_one(tmp_path: Path) -> None:
    kill_and_resume(tmp_path, 3)


@pytest.mark.slow
def test_fifty_runs_that_are_killed_and_resumed_give_the_bytes_of_the_whole_one(tmp_path: Path) -> None:
    kill_and_resume(tmp_path, 50)


def test_a_full_disk_under_store_or_table_loses_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", small], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs the rights of root")
    many = ["--samples", ",".join(map(str, range(40, 160))), "--features", "10", "--rate-nats", "1,2,3,4", *FAST]
    whole, out = tmp_path / "whole.csv", small / "run.csv"
    run = [*many, "--store", str(small / "run.sqlite"), "--out", str(out), "--resume"]
    try:
        assert main(["simulate", *many, "--out", str(whole)]) == 0
        (small / "ballast").write_bytes(bytes(128 * 1024))
        refused(run, "--store must have room to grow", capsys)
        kept = chunks_in(small / "run.sqlite")
        assert kept
        assert kept < 120
        (small / "ballast").unlink()
        refused(run, "--out must have room", capsys)
        assert not out.exists()
        assert main(["simulate", *run[:-2], str(tmp_path / "resumed.csv"), "--resume"]) == 0
        assert (tmp_path / "resumed.csv").read_bytes() == whole.read_bytes()
    finally:
        subprocess.run(["umount", small], check=True)
