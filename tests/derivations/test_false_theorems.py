"""An opponent of the prover: false theorems for every route, each of which it must refuse."""

import pytest
import sympy as sp
from sympy import Derivative, Heaviside, I, Integer, Integral, Limit, Max, Piecewise, Product, Rational, Subs, Sum, oo, pi

from linreg_compress.derivations.ledger import Derivation, Outcome, Step, Verdict, verify

x, t = sp.symbols("x t", real=True)
p, q, r, delta = sp.symbols("p q r delta", positive=True)
y = sp.Symbol("y", negative=True)
n, d, m, k = sp.symbols("n d m k", positive=True, integer=True)
i = sp.Symbol("i", integer=True)
z = sp.Symbol("z")  # any complex number
e, f = sp.exp, sp.Function("f")


def judge(step: Step, *conditions: sp.Basic) -> Outcome:
    return verify(Derivation("test", "Test", "", "", (), (step,), conditions)).outcomes[0]


WRONG_VALUES = {  # sympy 1.14 evaluates most of these to the wrong side
    "positive integrand": (Integral(1 / (x**2 + p * x + q), (x, 0, 1)), Integer(0)),
    "at which sympy works for minutes": (Integral(1 / (1 + p * sp.cos(x) ** 2), (x, 0, pi)), Integer(0)),
    "branch of atan tan": (Integral(sp.atan(sp.tan(x)), (x, 0, pi)), -(pi**2) / 2),
    "sympy 29792": (Integral(sp.sqrt(2 - x) * sp.sqrt(1 / (2 - x)), (x, 0, 1)), Integer(-1)),
    "sympy 7337": (Integral(x * sp.sqrt(2 * x + 3), (x, -1, 1)), Rational(-2, 5)),
    "sympy 21665": (
        Integral(-4 * (1 - x**2) ** Rational(3, 2) / 3 + 2 * sp.sqrt(1 - x**2) * (2 - 2 * x**2), (x, -1, 1)),
        -pi / 2,
    ),
    "antiderivative with a jump": (Integral(1 / (2 + sp.cos(x)), (x, 0, 2 * pi)), Integer(0)),
    "half angle": (Integral(sp.sqrt(1 + sp.cos(x)), (x, 0, 2 * pi)), Integer(0)),
    "pole inside": (Integral(1 / x**2, (x, -1, 1)), Integer(-2)),
    "principal value": (Integral(1 / x, (x, -1, 2)), sp.log(2)),
    "principal value at an irrational place": (Integral(1 / (x - sp.sqrt(2)), (x, 0, 2 * sp.sqrt(2))), Integer(0)),
    "symmetric but divergent": (Integral(x / (x**2 + 1), (x, -oo, oo)), Integer(0)),
    "oscillation without decay": (Integral(sp.cos(x), (x, 0, oo)), Integer(0)),
    "sympy 13902": (Sum(sp.binomial(2, k) * k**2, (k, 0, n)), -((n + 1) ** 2) * sp.binomial(2, n + 1)),
    "Grandi": (Sum((-1) ** k, (k, 1, oo)), Rational(-1, 2)),
    "geometric beyond its circle": (Sum(2**k, (k, 0, oo)), Integer(-1)),
    "product that vanishes": (Product(1 - k / n, (k, 1, n)), 1 / n),
    "limit from the other side": (Limit(sp.Abs(x) / x, x, 0, "-"), Integer(1)),
    "limit of two sides": (Limit(sp.Abs(x) / x, x, 0, "+-"), Integer(1)),
    "limit of an oscillation": (Limit(sp.sin(x), x, oo), Integer(0)),
    "slope of a modulus": (Derivative(sp.Abs(x), x), Integer(1)),
    "slope of a modulus, also at zero": (Derivative(sp.Abs(x), x), sp.sign(x)),
    "slope of the larger, also at the kink": (Derivative(Max(p, 3), p), Heaviside(p - 3)),
    "slope at the kink": (Subs(Derivative(sp.Abs(x), x), x, 0), Integer(0)),
    "slope of a jump": (Derivative(Heaviside(x), x), Integer(0)),
    "slope of pieces": (Derivative(Piecewise((x**2, x > 0), (0, True)), x), 2 * x),
}
WRONG_BRANCHES = {  # true for positive numbers alone, or for real ones
    "log of a square, negative": (sp.log(y**2), 2 * sp.log(y)),
    "log of a square, real": (sp.log(x**2), 2 * sp.log(x)),
    "log of a square, complex": (sp.log(z**2), 2 * sp.log(z)),
    "log of a difference": (sp.log((p - q) ** 2), 2 * sp.log(p - q)),
    "log of a product": (sp.log(z * t), sp.log(z) + sp.log(t)),
    "log of exp": (sp.log(e(I * x)), I * x),
    "root of a square, real": (sp.sqrt(x**2), x),
    "root of a square, complex": (sp.sqrt(z**2), z),
    "root of a product": (sp.sqrt(z * t), sp.sqrt(z) * sp.sqrt(t)),
    "root of an inverse": (sp.sqrt(1 / z), 1 / sp.sqrt(z)),
    "sympy 18059": (sp.cos(z) + sp.sqrt(sp.sin(z) ** 2), sp.sqrt(2) * sp.sin(z + pi / 4)),
    "asin sin": (sp.asin(sp.sin(x)), x),
    "atan of an inverse": (sp.atan(1 / x), pi / 2 - sp.atan(x)),
    "Lambert's other branch": (sp.LambertW(x * e(x)), x),
    "conjugate": (sp.conjugate(z), z),
    "square of the modulus": (sp.re(z) ** 2 + sp.im(z) ** 2, z**2),
}
FALSE_IN_PLACES = {
    "zeros at 1 to 24": (sp.prod([n - j for j in range(1, 25)]), Integer(0)),
    "periodic": (sp.sin(pi * x), Integer(0)),
    "parity": ((-1) ** n, Integer(1)),
    "thirtieths": (sp.sin(pi * n / 30) ** 2, sp.sin(pi * n / 30)),
    "floor": (sp.floor(x) + sp.floor(-x), Integer(-1)),
    "sign at zero": (sp.sign(x) ** 2, Integer(1)),
    "step at zero": (Heaviside(x) ** 2, Heaviside(x)),
    "larger of two": (Max(p, q), p),
    "narrow piece": (Piecewise((0, (x > 40) & (x < 41)), (1, True)), Integer(1)),
    "pole at a whole number": ((n - 40) / (n - 40) ** 2, (n - 41) / ((n - 40) * (n - 41))),
    "one whole number": (sp.KroneckerDelta(n, 97), Integer(0)),
    "modulus": (sp.Abs(p - q), p - q),
    "tiny constant": (e(-300), Integer(0)),
    "tinier constant": (Rational(1, 10**60), Integer(0)),
    "tiny shift": (p + Rational(1, 10**400), p),
    "tiny function": (1 + e(-(10**4) * (1 + p**2)), Integer(1)),
    "almost whole": (e(pi * sp.sqrt(163)), Integer(640320) ** 3 + 744),
    "gamma function": (sp.gamma(x + 1) / sp.gamma(x), x + Rational(1, 10**9)),
    "unknown function": (f(x) + 1, f(x) + sp.cos(0)),
}
FALSE_RELATIONS = {
    "small": (r**2, ">=", r / 2000),
    "large": (n * (25 - n), ">", Integer(0)),
    "bounded": (p, "<=", Integer(27)),
    "bounded far out": (p, "<=", Integer(10**5)),
    "bounded at the end of the world": (p, "<=", Integer(10**20)),
    "bounded below by next to nothing": (p, ">=", Rational(1, 10**20)),
    "two neighbours among the whole numbers": ((n - 400) * (n - 401), ">", Integer(0)),
    "bounded below": (p, ">=", Rational(1, 10**5)),
    "a narrow gap": ((p - 40) * (p - 41), ">=", Integer(0)),
    "a very narrow gap": ((p - Rational(123, 10)) * (p - Rational(1231, 100)), ">=", Integer(0)),
    "one point": ((p - 3) ** 2, ">", Integer(0)),
    "zero itself": (x**2, ">", Integer(0)),
    "equality is reached": (2 * p * q, "<", p**2 + q**2),
    "tiny excess": (1 + e(-300), "<=", Integer(1)),
    "harmonic": (Sum(1 / k, (k, 1, oo)), "<=", Integer(20)),
    "order of complex numbers": (z**2, ">=", Integer(0)),
    "wrong sign of an integral": (Integral(sp.atan(sp.tan(x)), (x, 0, pi)), "<=", Integer(-4)),
    "infinite": (oo, ">", p),
}
NOT_FORMULAS = {
    "the same": (p, p),
    "the same number": (Integer(2), Integer(2)),
    "not a number": (sp.nan, sp.nan),
    "infinite": (oo, oo + 1),
    "undefined": (sp.zoo, 1 / Integer(0)),
    "truth": (sp.true, sp.true),
    "relation": (x > 0, sp.true),
    "matrix": (sp.Matrix([1, 2]), sp.Matrix([1, 2]) * 1),
    "decimal": (0.1 * p + 0.2 * p, Rational(3, 10) * p),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_integral_sum_limit_or_slope_is_refused(name: str) -> None:
    assert judge(Step("", *WRONG_VALUES[name])).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", WRONG_BRANCHES)
def test_a_rule_off_its_branch_is_refused(name: str) -> None:
    outcome = judge(Step("", *WRONG_BRANCHES[name]))
    assert outcome.verdict is Verdict.REFUTED
    assert "fails at" in outcome.route


@pytest.mark.parametrize("name", FALSE_IN_PLACES)
def test_what_is_false_in_places_is_refused(name: str) -> None:
    assert judge(Step("", *FALSE_IN_PLACES[name])).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", FALSE_RELATIONS)
def test_a_false_inequality_is_refused(name: str) -> None:
    left, relation, right = FALSE_RELATIONS[name]
    assert judge(Step("", left, right, relation)).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", NOT_FORMULAS)
def test_what_is_no_formula_or_says_nothing_is_refused(name: str) -> None:
    assert judge(Step("", *NOT_FORMULAS[name])).verdict is Verdict.REFUTED


PARTIAL = {  # substitutions that do not reach all that the conditions allow: the step, and the conditions
    "constant": (Step("", r**2, r / 2000, ">=", where={r: 1}), ()),
    "constant whole number": (Step("", n * (25 - n), Integer(0), ">", where={n: 1}), ()),
    "constant zero of a product": (Step("", sp.prod([n - j for j in range(1, 25)]), Integer(0), where={n: 3}), ()),
    "missing condition": (Step("", n - d - 1, Integer(0), ">", where={n: d + 1 + m}), ()),
    "missing condition, real": (Step("", sp.Abs(r - 1), r - 1, where={r: 1 + q}), ()),
    "every second number": (Step("", (-1) ** n, Integer(1), where={n: 2 * m}), ()),
    "whole for real": (Step("", sp.sin(pi * x), Integer(0), where={x: i}), ()),
    "positive for real": (Step("", sp.Abs(x), x, where={x: p}), ()),
    "square for real": (Step("", sp.Abs(x), x, where={x: t**2}), ()),
    "one symbol for two": (Step("", (r - 1) * (q - 1), (r - 1) ** 2, where={r: p, q: p}), ()),
    "symbol of the step": (Step("", n - m, d + 1, where={n: d + 1 + m}), (n > d + 1,)),
    "one too far": (Step("", sp.Abs(n - d - 3), n - d - 3, where={n: d + 2 + m}), (n > d + 1,)),
    "half of the interval": (
        Step("", sp.Abs(delta - Rational(1, 2)), Rational(1, 2) - delta, where={delta: 1 / (2 + q)}),
        (delta < 1,),
    ),
    "a formula": (Step("", sp.sin(x), Integer(0), where={sp.sin(x): 0}), ()),
    "itself": (Step("", sp.Abs(x), x, where={x: x**2}), ()),
}


@pytest.mark.parametrize("name", PARTIAL)
def test_a_partial_substitution_is_refused(name: str) -> None:
    step, conditions = PARTIAL[name]
    outcome = judge(step, *conditions)
    assert outcome.verdict is Verdict.REFUTED
    assert "the substitution is refused" in outcome.route


@pytest.mark.parametrize(
    ("step", "condition"),
    [
        (Step("", p, Integer(3), ">"), p >= 3),
        (Step("", n, d + 2, ">"), n > d + 1),
        (Step("", delta, 1 - Rational(1, 10**6), "<="), delta < 1),
        (Step("", 1 / (n - d - 1), (n - d) / ((n - d - 1) * (n - d))), n >= d + 1),
    ],
)
def test_what_fails_at_the_border_of_a_condition_is_refused(step: Step, condition: sp.Basic) -> None:
    assert judge(step, condition).verdict is Verdict.REFUTED


def test_a_cited_absurdity_is_not_proved() -> None:
    steps = (Step("", Integer(0), Integer(1), cites="trust me"), Step("", (p + 1) ** 2, p**2 + 2 * p + 1))
    for conclusion in (1, 2):
        found = verify(Derivation("test", "Test", "", "", (), steps, conclusion=conclusion))
        assert found.verdict is Verdict.ASSUMED
        assert found.assumed == ("trust me",)


def test_no_seed_lets_a_local_truth_pass() -> None:
    """What holds on all but a part of the line is refused whatever points are drawn."""
    step = Step("", n * (25 - n), Integer(0), ">")
    for seed in range(20):
        derivation = Derivation("test", "Test", "", "", (), (step,))
        assert verify(derivation, seed=seed).verdict is Verdict.REFUTED
