"""Lower tail of the squared loss of a fixed weight vector: its cumulant and a quadratic bound on it."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import lam, s

q = sp.Symbol("q", positive=True)
t = sp.Symbol("t", positive=True)
J = sp.Symbol("J", nonnegative=True)


def chi_square_loss_cumulant() -> Derivation:
    """Psi(lambda) = ln E exp(-lambda (l - E l)) for l = s chi^2_1."""
    transform = (1 + 2 * lam * s) ** sp.Rational(-1, 2)
    mean = s
    psi = lam * s - sp.log(1 + 2 * lam * s) / 2
    slope = 2 * lam * s**2 / (1 + 2 * lam * s)
    excess = 4 * lam**2 * s**3 / (1 + 2 * lam * s)
    quadratic = lam**2 * s**2
    below = quadratic - sp.Integral(excess.subs(lam, t), (t, 0, lam))

    proof = Proof("chi-square-loss-cumulant", "Cumulant of the squared loss")
    proof.states(r"""The squared loss $l$ of a fixed $w$ has the lower cumulant
        $\psi(\lambda) = \lambda s - \ln(1 + 2 \lambda s)/2$, which is at most $\lambda^2 s^2$.""")
    proof.assumes(r"""$y = x^T w^* + \epsilon$ with $x \sim N(0, \Sigma)$ and $\epsilon \sim N(0, \sigma^2)$
        independent. So $y - x^T w$ is normal with variance $s = \sigma^2 + (w - w^*)^T \Sigma (w - w^*)$.""")
    proof.assumes("The loss $l = (y - x^T w)^2$ is then $s q$ with $q$ a chi-square with one degree of freedom.")
    proof.assumes(r"$\lambda > 0$.")

    proof.step("transform").because("The Laplace transform of the loss.")
    proof.lemma(
        "chi-square-moments",
        {"k": 1, "t": lam * s, "x": q},
        line="transform",
        quantity=r"\mathbb{E} e^{-\lambda l}",
    )

    proof.step("mean").because("Its mean.")
    proof.lemma("chi-square-moments", {"k": 1, "x": q}, line="mean", times=s, quantity=r"\mathbb{E} l")

    proof.step("cumulant", uses="transform, mean").because("Centre the loss and take logarithms.")
    proof.shows(sp.log(sp.exp(lam * mean) * transform), psi, quantity=r"\psi(\lambda)")
    proof.concludes(r"\ln \mathbb{E} e^{-\lambda (l - \mathbb{E} l)}")

    proof.step("slope", uses="cumulant").because("Its slope.")
    proof.shows(sp.Derivative(psi, lam), slope, quantity=r"\psi'(\lambda)")

    proof.step("gap", uses="slope").because(r"The parabola $\lambda^2 s^2$ rises faster, by this.")
    proof.shows(sp.Derivative(quadratic, lam) - slope, excess)

    proof.step("gap-not-negative", uses="gap").because("Which is not negative.")
    proof.shows(excess, 0, relation=">=")

    proof.step("integral", uses="cumulant, gap").because(r"""Both start from zero at $\lambda = 0$, so their
        difference is the integral $J$ of (@gap).""")
    proof.shows(psi, below, quantity=r"\psi(\lambda)")

    proof.step("integral-not-negative", uses="gap-not-negative, integral").because("""
        The integral $J$ of a function that by (@gap-not-negative) is not negative is not negative.""")
    proof.shows(below.replace(sp.Integral, lambda *_: J), quadratic, relation="<=", quantity=r"\psi(\lambda)")

    proof.check(
        r"The parabola of (@integral-not-negative) is the best near $\lambda = 0$: half the variance $2 s^2$ of the loss.",
        uses="integral-not-negative",
    ).shows(sp.Limit(psi / quadratic, lam, 0), 1)
    proof.check(
        r"For large $\lambda$ the cumulant grows along a line only, as the loss cannot fall below zero: $l - \mathbb{E} l$ is at least $-s$."
    ).shows(sp.Limit(psi / lam, lam, sp.oo), s)

    return proof.derivation()
