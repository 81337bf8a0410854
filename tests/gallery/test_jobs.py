"""Jobs on all cores: results in the order of the list, parts before the whole, and no half-written file after a stop."""

import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linreg_compress.gallery import jobs
from linreg_compress.gallery.jobs import Job, finished

_STOPPED = """
import sys, time
from pathlib import Path
from linreg_compress.cli.main import main
from linreg_compress.files import whole
from linreg_compress.gallery import jobs

class Deaf:
    def __init__(self, begun):
        self.begun = begun

    def __del__(self):  # an exception in here is lost
        self.begun.touch()
        time.sleep(60)

def slow(path, deaf):
    with whole([path]) as (unfinished,):
        unfinished.write_text("half")
        if deaf:
            Deaf(path.with_suffix(".begun"))
        path.with_suffix(".begun").touch()
        time.sleep(60)

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    jobs.cores = lambda: 2
    main.__globals__["_run"] = lambda *_: list(
        jobs.finished({str(k): jobs.Job(slow, (folder / f"{k}.txt", sys.argv[2] == "deaf")) for k in range(6)})
    )
    sys.exit(main([]))
"""


@pytest.mark.parametrize("cores", [1, 2])
def test_results_come_in_the_order_of_the_list(cores: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(jobs, "cores", lambda: cores)
    parts = tuple(Job(Path.touch, (tmp_path / name,)) for name in ("one", "two"))
    listed = {
        "sum": Job(operator.add, (1, 2)),
        "whole": Job(os.listdir, (tmp_path,), parts),  # sees both files
        "product": Job(operator.mul, (2, 3)),
    }
    found = dict(finished(listed, early=("product", "whole")))
    assert list(found) == ["sum", "whole", "product"]
    assert (found["sum"], sorted(found["whole"]), found["product"]) == (3, ["one", "two"], 6)


@pytest.mark.parametrize("kind", ["awake", "deaf"])
def test_an_interrupted_run_ends_at_once_and_leaves_no_file(kind: str, tmp_path: Path) -> None:
    program, folder = tmp_path / "program.py", tmp_path / "made"
    program.write_text(_STOPPED, encoding="utf-8")
    folder.mkdir()
    with subprocess.Popen([sys.executable, program, folder, kind], stderr=subprocess.PIPE, text=True) as run:
        while len(list(folder.glob("*.begun"))) < 2:
            assert run.poll() is None
            time.sleep(0.01)
        begun = time.monotonic()
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 130
        assert time.monotonic() - begun < 20  # far below the sleep
        assert run.stderr is not None
        assert run.stderr.read() == "linreg-compress: interrupted; nothing half-written was left\n"
    assert sorted(path.name for path in folder.iterdir()) == ["0.begun", "1.begun"]
