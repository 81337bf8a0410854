"""Neighbours of the false theorems that are true: the prover may not refuse them, and proves nearly all."""

import pytest
import sympy as sp
from sympy import Derivative, I, Integer, Integral, Limit, Product, Rational, Subs, Sum, oo, pi

from linreg_compress.derivations.ledger import Derivation, Outcome, Step, Verdict, verify
from tests.slowly import left_out

a, b, t, x = sp.symbols("a b t x", real=True)
p, q, r, delta = sp.symbols("p q r delta", positive=True)
y = sp.Symbol("y", negative=True)
low = sp.Symbol("g", nonpositive=True)
nonzero = sp.Symbol("u", nonzero=True)
imaginary = sp.Symbol("w", imaginary=True)
prime = sp.Symbol("P", prime=True)
odd, even = sp.Symbol("o", odd=True), sp.Symbol("e", even=True)
n, d, m, k = sp.symbols("n d m k", positive=True, integer=True)
z = sp.Symbol("z")


def judge(step: Step, *conditions: sp.Basic) -> Outcome:
    return verify(Derivation("test", "Test", "", "", (), (step,), conditions)).outcomes[0]


EQUAL = {
    "whole line": (Integral(1 / (x**2 + p), (x, -oo, oo)), pi / sp.sqrt(p)),
    "kink": (Integral(sp.Abs(t), (t, -1, 2)), Rational(5, 2)),
    "kink at a symbol": (Integral(sp.Abs(t - p), (t, 0, 2 * p)), p**2),
    "singular end": (Integral(1 / sp.sqrt(t), (t, 0, 1)), Integer(2)),
    "logarithmic end": (Integral(sp.log(t), (t, 0, 1)), Integer(-1)),
    "conditionally convergent integral": (Integral(sp.sin(t) / t, (t, 0, oo)), pi / 2),
    "singular inside": (Integral(sp.log(t**2), (t, -1, 1)), Integer(-4)),
    "damped oscillation": (Integral(sp.exp(-p * t) * sp.cos(q * t), (t, 0, oo)), p / (p**2 + q**2)),
    "slope of an integral": (Derivative(Integral(t**2, (t, 0, p)), p), p**2),
    "nested": (Integral(t * q, (t, 0, q), (q, 0, 1)), Rational(1, 8)),
    "Basel": (Sum(1 / k**2, (k, 1, oo)), pi**2 / 6),
    "conditionally convergent sum": (Sum((-1) ** (k + 1) / k, (k, 1, oo)), sp.log(2)),
    "geometric": (Sum(2 ** (-k), (k, 1, oo)), Integer(1)),
    "symbolic bound": (Sum(k, (k, 1, n)), n * (n + 1) / 2),
    "exponential series": (Sum(p**k / sp.factorial(k), (k, 0, oo)), sp.exp(p)),
    "product": (Product(1 - 1 / (k + 1) ** 2, (k, 1, n)), (n + 2) / (2 * (n + 1))),
    "limit from the left": (Limit(sp.Abs(x) / x, x, 0, "-"), Integer(-1)),
    "limit at infinity": (Limit((1 + p / x) ** x, x, oo), sp.exp(p)),
    "limit of both sides": (Limit(sp.sin(x) / x, x, 0, "+-"), Integer(1)),
    "slow limit": (Limit(1 / sp.log(1 / x), x, 0), Integer(0)),
    "falling oscillation": (Limit(sp.sin(x) / x, x, oo), Integer(0)),
    "slope of a modulus": (Derivative(sp.Abs(nonzero), nonzero), sp.sign(nonzero)),
    "second slope": (Derivative(sp.exp(p * x), (x, 2)), p**2 * sp.exp(p * x)),
    "substitution": (Subs(p**2, p, q + 1), q**2 + 2 * q + 1),
    "log of a square, negative": (sp.log(y**2), 2 * sp.log(-y)),
    "log of a square, positive": (sp.log(p**2 * q), 2 * sp.log(p) + sp.log(q)),
    "modulus and sign": (x * sp.sign(x), sp.Abs(x)),
    "trigonometric": (sp.cos(x) + sp.sin(x), sp.sqrt(2) * sp.sin(x + pi / 4)),
    "gamma function": (sp.gamma(p + 1), p * sp.gamma(p)),
    "duplication": (sp.gamma(p) * sp.gamma(p + Rational(1, 2)), 2 ** (1 - 2 * p) * sp.sqrt(pi) * sp.gamma(2 * p)),
    "Euler": (sp.exp(I * x), sp.cos(x) + I * sp.sin(x)),
    "any complex number": ((z + 1) * (z - 1), z**2 - 1),
    "whole numbers of a kind": ((odd + even) ** 2, odd**2 + 2 * odd * even + even**2),
    "nested roots": (sp.sqrt(5 + 2 * sp.sqrt(6)), sp.sqrt(2) + sp.sqrt(3)),
    "Lambert": (sp.log(-sp.LambertW(-sp.exp(-1 - p))) + sp.LambertW(-sp.exp(-1 - p)), -1 - p),
}
ORDERED = {
    "tiny": (sp.exp(-300), ">", Integer(0)),
    "touching": ((p - 40) ** 2, ">=", Integer(0)),
    "two squares": (2 * a * b, "<=", a**2 + b**2),
    "negative symbol": (y, "<", Integer(0)),
    "nonpositive symbol": (low, "<=", Integer(0)),
    "imaginary symbol": (imaginary**2, "<", Integer(0)),
    "prime symbol": (prime, ">", Integer(1)),
    "constants": (pi, "<", Rational(22, 7)),
    "almost whole": (sp.exp(pi * sp.sqrt(163)), "<", Integer(640320) ** 3 + 744),
}
CHECKED = {  # true, and no exact route of ours sees it
    "below one, by less than any digits": (sp.erf(p), "<", Integer(1)),
    "sine": (sp.sin(p), "<", p),
    "floor": (sp.floor(x), "<=", x),
    "two of two": (sp.Max(p, q) + sp.Min(p, q), "=", p + q),
    "principal branch": (sp.LambertW(p * sp.exp(p)), "=", p),
    "modulus of a complex number": (z * sp.conjugate(z), "=", sp.Abs(z) ** 2),
    "arc of an inverse": (sp.atan(1 / p), "=", pi / 2 - sp.atan(p)),
}
REACHED = {
    "spare samples": (Step("", sp.Abs(n - d - 1), n - d - 1, where={n: d + 1 + m}), (n > d + 1,)),
    "above one": (Step("", r**2 + 1, 2 * r, ">", where={r: 1 + q}), (r > 1,)),
    "below one": (Step("", 1 - delta**2, Integer(0), ">", where={delta: 1 / (1 + p)}), (delta < 1,)),
    "below one, by a rate": (Step("", 1 - delta, delta - 1, ">", where={delta: 1 / (1 + p)}), (delta < 1,)),
    "whole numbers": (Step("", n - d, Integer(1), ">=", where={n: d + m}), (n > d,)),
    "negative": (Step("", sp.Abs(x), -x, where={x: -p}), (x < 0,)),
    "two at once": (Step("", p * q, Integer(1), ">", where={p: 1 + r, q: 1 + t**2}), (p > 1, q >= 1)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_a_true_equation_is_proved(name: str) -> None:
    assert judge(Step("", *EQUAL[name])).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", ORDERED)
def test_a_true_inequality_is_proved(name: str) -> None:
    left, relation, right = ORDERED[name]
    assert judge(Step("", left, right, relation)).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", left_out({"below one, by less than any digits"}, CHECKED))
def test_a_truth_without_a_route_is_checked(name: str) -> None:
    left, relation, right = CHECKED[name]
    assert judge(Step("", left, right, relation)).verdict is Verdict.CHECKED


@pytest.mark.parametrize("name", REACHED)
def test_a_substitution_that_reaches_everything_is_accepted(name: str) -> None:
    step, conditions = REACHED[name]
    assert judge(step, *conditions).verdict is Verdict.PROVED
