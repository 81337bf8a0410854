"""Derivations beside mutual information (a distance, a floor, Gibbs, the clipped codebook): numbers, and planted errors."""

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from linreg_compress.bounds.clipping import _rearranged
from linreg_compress.bounds.gibbs import gibbs_new_inputs_generalization_error, gibbs_with_prior_generalization_error
from linreg_compress.bounds.minimum_excess_risk import minimum_excess_risk_bound
from linreg_compress.bounds.wasserstein import wasserstein_sample_bound
from linreg_compress.derivations.bounds.clipped_sub_gaussian_bound import clipped_sub_gaussian_bound
from linreg_compress.derivations.bounds.gibbs_new_inputs import gibbs_new_inputs
from linreg_compress.derivations.bounds.gibbs_with_a_prior import gibbs_with_a_prior
from linreg_compress.derivations.bounds.minimum_excess_risk import minimum_excess_risk
from linreg_compress.derivations.bounds.wasserstein_bound import wasserstein_bound
from linreg_compress.derivations.ledger import Derivation, Verdict, verify
from linreg_compress.model import LinearModel
from tests.compare import assert_close
from tests.derivations.planted import alone


def value(expression: Any, **values: Any) -> float:
    """Put numbers for symbols, which are named as they print."""
    return float(expression.subs({symbol: values[symbol.name] for symbol in expression.free_symbols}))


def test_the_proved_formulas_are_those_of_the_package() -> None:
    s, sigma = sp.Rational(3, 10), sp.Rational(6, 5)
    squared = value(wasserstein_bound().concluding_step.right, s=s, sigma=sigma)
    assert_close(squared**0.5, float(wasserstein_sample_bound(0.91, 1.0, 1.44)), 1e-14)

    excess = value(minimum_excess_risk().concluding_step.right, I=sp.Rational(1, 2), d=3, tau=2)
    assert_close(1 + excess, minimum_excess_risk_bound(10**6, 3, 1.0, 4.0, 0.5).value, 1e-14)

    at = {"sigma": sigma, "n": 14, "alpha": 3, "k": sp.Rational(7, 15), "g": 2}
    assert_close(
        value(gibbs_with_a_prior().concluding_step.right, **at),
        gibbs_with_prior_generalization_error([2.0], 14, 1.44, 3.0, 0.2).value,
        1e-14,
    )
    total = value(gibbs_new_inputs().concluding_step.right, sigma=sigma, n=14, d=4, c=sp.Rational(14, 6))
    assert_close(total, gibbs_new_inputs_generalization_error(14, 4, 1.44, 3.0).value, 1e-14)

    # two samples: T = (1 + x/2) e^{-x/2} and p = e^{-x/2}
    x = -2 * sp.log(sp.Rational(1, 100))
    worst = value(clipped_sub_gaussian_bound().checks[1].left, x=x, sigma=sigma)
    assert_close(worst, _rearranged(LinearModel(2, 1, 1.44), 0.01), 1e-12)


PLANTED: list[tuple[Callable[[], Derivation], str, Callable[[Any], Any]]] = [
    (wasserstein_bound, "conditional", lambda right: 2 * right),
    (wasserstein_bound, "moved", lambda right: right / 2),
    (wasserstein_bound, "bound", lambda right: right**2),
    (minimum_excess_risk, "tangent", lambda right: -right),
    (minimum_excess_risk, "all-weights", lambda right: right / 2),
    (minimum_excess_risk, "least", lambda right: 2 * right),
    (gibbs_with_a_prior, "gap", lambda right: right / 2),
    (gibbs_with_a_prior, "information", lambda right: 2 * right),
    (gibbs_with_a_prior, "identity", lambda right: -right),
    (gibbs_new_inputs, "rise", lambda right: -right),
    (gibbs_new_inputs, "sum", lambda right: 2 * right),
    (clipped_sub_gaussian_bound, "rearranged", lambda right: 2 * right),
    (clipped_sub_gaussian_bound, "sum", lambda right: -right),
]


@pytest.mark.parametrize(("make", "label", "wrong"), PLANTED)
def test_a_planted_error_is_refuted(make: Callable[[], Derivation], label: str, wrong: Callable[[Any], Any]) -> None:
    derivation = make()
    assert verify(alone(derivation, label, wrong(derivation.line(label).right))).verdict is Verdict.REFUTED
