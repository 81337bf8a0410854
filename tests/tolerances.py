"""The one module of tolerances. A tolerance follows from its evidence, never from a failing test.

Comparisons by simulation share one false-alarm budget: were every stream of the suite drawn afresh, a correct package would
fail some test with probability at most `FALSE_ALARM`. Each comparison is paid for with `spend`, in a test marked
`monte_carlo`, whose streams come from `tests.seeds`: so ``scripts/test --fresh-seeds`` does draw them afresh. What worker
processes spend is added up by `tests.conftest`.
"""

from scipy import special

EXACT = 0.0  # the same operations in the same order
FLOAT = 1e-12  # relative: a closed form in doubles against 40 digits
QUADRATURE = 1e-9  # relative: an integral against another rule for the same integral
ROUNDING = 2.0**-52  # one step between doubles, relative: what conditioning multiplies
SMALLEST = 5e-324  # one step between doubles below the normal range, absolute

FALSE_ALARM = 1e-4  # of the whole suite
RANDOM_CHECKS = 1000  # comparisons that may share it
P_LIMIT = FALSE_ALARM / RANDOM_CHECKS
Z_LIMIT = float(-special.ndtri(P_LIMIT / 2))

_spent = 0
_running: tuple[str, bool] | None = None  # the test that runs, and whether it is marked


def spend(checks: int = 1) -> None:
    """Take `checks` comparisons out of the budget."""
    global _spent  # noqa: PLW0603 (one count a process is the point)
    if _running is not None and not _running[1]:
        raise RuntimeError(f"{_running[0]} compares random numbers: mark it with @pytest.mark.monte_carlo")
    _spent += checks


def spent() -> int:
    """Return the comparisons that this process has made."""
    return _spent


def running(test: str, marked: bool) -> None:
    """Note which test will spend."""
    global _running  # noqa: PLW0603
    _running = test, marked


def overdrawn(checks: int) -> str | None:
    """Say what is wrong when the session has made `checks` comparisons, if anything is."""
    if checks <= RANDOM_CHECKS:
        return None
    return f"{checks} random comparisons, more than {RANDOM_CHECKS}: raise RANDOM_CHECKS, which widens every limit"
