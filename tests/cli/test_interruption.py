"""Signals end a block cleanly, a second one at once, and nothing of it is left afterwards."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from linreg_compress.cli.interruption import Interruption


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_block_and_is_told_afterwards(number: signal.Signals, status: int) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    reached: list[str] = []
    with Interruption() as interruption:
        try:
            os.kill(os.getpid(), number)
            reached.append("after the signal")
        finally:
            reached.append("cleanup")
    assert reached == ["cleanup"]
    assert interruption.signal == number
    assert interruption.status == status
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before


def test_without_a_signal_nothing_happens() -> None:
    with Interruption() as interruption:
        pass
    assert interruption.signal is None


def test_errors_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), Interruption():
        raise ZeroDivisionError


def test_a_keyboard_interrupt_that_is_none_of_ours_passes_through() -> None:
    with pytest.raises(KeyboardInterrupt), Interruption():
        raise KeyboardInterrupt


def test_in_another_thread_it_leaves_the_handlers_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def run() -> None:
        with Interruption():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_second_signal_ends_the_process_at_once() -> None:
    code = (
        "import time\nfrom linreg_compress.cli.interruption import Interruption\n"
        "with Interruption():\n    try:\n        print('begun', flush=True)\n        time.sleep(60)\n"
        "    finally:\n        print('slow cleanup', flush=True)\n        time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        for expected in ("begun", "slow cleanup"):
            assert run.stdout.readline() == f"{expected}\n"
            run.send_signal(signal.SIGINT)
        assert run.wait(30) == 130
        assert run.stderr.read() == ""
