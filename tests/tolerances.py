"""The one module of tolerances. A tolerance follows from its evidence, never from a failing test.

Comparisons by simulation share one false-alarm budget: were every stream of the suite drawn afresh, a correct package would
fail some test with probability at most `FALSE_ALARM`. Each comparison is paid for with `spend`.
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


def spend(checks: int = 1) -> None:
    """Take `checks` comparisons out of the budget."""
    global _spent  # noqa: PLW0603 (one budget a process is the point)
    _spent += checks
    if _spent > RANDOM_CHECKS:
        raise RuntimeError(f"more than {RANDOM_CHECKS} random comparisons: raise RANDOM_CHECKS, which widens every limit")
