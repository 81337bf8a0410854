"""Settings of the whole suite: every run draws the same examples and random numbers, unless it asks for fresh ones.

``--fresh-seeds`` draws one entropy, runs only the tests marked `monte_carlo`, and prints how to run them again. A
session that made more comparisons than the budget holds fails, whatever its tests say, with pytest-xdist as without.
"""

import gc
import secrets
import signal
from typing import Any

import pytest
from hypothesis import settings

from tests import seeds, tolerances

settings.register_profile("reproducible", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("reproducible")

MARKER = "monte_carlo"
_BITS = 64
_spent = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fresh-seeds",
        nargs="?",
        const="new",
        metavar="ENTROPY",
        help="run the Monte Carlo tests on new random streams, or on those of the printed ENTROPY",
    )


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in its background so
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[_spent] = 0
    asked = getattr(config, "workerinput", {}).get(MARKER, config.getoption("fresh_seeds"))
    if asked is None:
        return
    if asked == "new":
        asked = secrets.randbits(_BITS)
    elif not str(asked).isdecimal():
        raise pytest.UsageError(f"--fresh-seeds takes a whole number of at least 0, after '='; got {asked!r}")
    config.option.fresh_seeds = int(asked)
    seeds.use(int(asked))


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    gc.disable()  # what is imported and collected stays: searching it for garbage took a fifth of the collection


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_report_header(config: pytest.Config) -> list[str]:
    return _announcement(config)


def _announcement(config: pytest.Config) -> list[str]:
    entropy = config.getoption("fresh_seeds")
    return [] if entropy is None else [f"fresh seeds: repeat with --fresh-seeds={entropy}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("fresh_seeds") is None:
        return
    chosen = [item for item in items if item.get_closest_marker(MARKER)]
    config.hook.pytest_deselected(items=[item for item in items if not item.get_closest_marker(MARKER)])
    items[:] = chosen


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    tolerances.running(item.nodeid, item.get_closest_marker(MARKER) is not None)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the entropy to a worker of pytest-xdist, which has the command line alone."""
    node.workerinput[MARKER] = node.config.getoption("fresh_seeds")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what a worker of pytest-xdist has spent; one that crashed has reported nothing."""
    node.config.stash[_spent] += getattr(node, "workeroutput", {}).get(MARKER, 0)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[_spent] += tolerances.spent()
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[MARKER] = session.config.stash[_spent]
    elif tolerances.overdrawn(session.config.stash[_spent]):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    checks = config.stash[_spent]
    for line in _announcement(config):
        terminalreporter.write_line(f"{line} ({checks} random comparisons)")
    wrong = tolerances.overdrawn(checks)
    if wrong:
        terminalreporter.write_line(wrong, red=True)
