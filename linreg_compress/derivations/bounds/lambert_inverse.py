"""The chi-square bound in closed form: Legendre inverse of the cumulant by Lambert's W."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import information, lam, n, s

omega = sp.Symbol("omega", positive=True)

W0 = sp.LambertW(-sp.exp(-1 - 2 * information / n))


def lambert_inverse() -> Derivation:
    """Infimum over lambda of (I/n + psi(lambda)) / lambda."""
    psi = lam * s - sp.log(1 + 2 * lam * s) / 2
    objective = (information / n + psi) / lam
    numerator = sp.log(1 + 2 * lam * s) / 2 - lam * s / (1 + 2 * lam * s) - information / n
    slope = s - s / (1 + 2 * lam * s)  # of psi
    rise = 2 * lam * s**2 / (1 + 2 * lam * s) ** 2
    optimum = (1 / omega - 1) / (2 * s)
    condition = -sp.log(omega) / 2 - (1 - omega) / 2 - information / n
    budget = -sp.log(omega) / 2 - (1 - omega) / 2  # I/n that omega solves
    value = s * (1 + W0)

    proof = Proof("lambert-inverse", "The chi-square bound in closed form")
    proof.states(r"""The least value over $\lambda > 0$ of $B(\lambda) = (I/n + \psi(\lambda))/\lambda$, which bounds
        the generalization error when $s(w)$ is at most $s$ on the codebook, is $s (1 + W_0(-e^{-1 - 2I/n}))$ with the
        main branch of Lambert's function.""")
    proof.assumes(
        r"$\psi(\lambda) = \ln \mathbb{E} e^{-\lambda (l - \mathbb{E} l)}$ is the cumulant of the squared loss $l$."
    )
    proof.assumes("$I > 0$ is the mutual information between data and weights, in nats.")
    proof.assumes("$W_0(z)$, for $z$ from $-1/e$ to 0, is the solution of $W e^W = z$ between $-1$ and 0.")

    proof.step("cumulant").because("The cumulant of the squared loss.")
    proof.lemma("chi-square-loss-cumulant", quantity=r"\psi(\lambda)")

    proof.step("slope", uses="cumulant").because(
        r"The slope of $B$. Its sign is that of the bracket, called $b(\lambda)$ below."
    )
    proof.shows(sp.Derivative(objective, lam), numerator / lam**2)

    proof.step("start", uses="slope").because("The bracket starts at $-I/n < 0$.")
    proof.shows(sp.Limit(numerator, lam, 0), -information / n, quantity="b(0)")

    proof.step("bracket-slope", uses="slope").because("It has this slope.")
    proof.shows(sp.Derivative(numerator, lam), rise, quantity=r"b'(\lambda)")

    proof.step("positive", uses="start, bracket-slope").because(r"""Which is positive, and from (@start) $b$ grows
        without end as the logarithm does. So $b$ is zero at one $\lambda$ alone: the objective falls before it and
        rises after it.""")
    proof.shows(rise, 0, relation=">")

    proof.step("renamed", uses="slope").because(r"""Name the unknown $\omega = 1/(1 + 2 \lambda s)$, between 0 and 1;
        that is, $\lambda = (1/\omega - 1)/(2 s)$.""")
    proof.shows(numerator.subs(lam, optimum), condition, quantity="b", conditions=(omega < 1,))

    proof.step("lambert", uses="renamed").because(r"""So $b = 0$ says that $-\omega e^{-\omega} = -e^{-1 - 2I/n}$,
        which is what defines $-\omega = W_0(-e^{-1 - 2I/n})$: the bracket is zero there.""")
    proof.shows(condition.subs(omega, -W0), 0, quantity="b")

    proof.step("objective", uses="slope").because(r"The objective, written with the slope of $\psi$ and the bracket.")
    proof.shows(objective, slope - numerator / lam)

    proof.step("least", uses="positive, renamed, lambert, objective").because(r"""
        Where the bracket is zero, once by (@positive), the slope of $\psi$ is left. At
        $\lambda = (1/\omega - 1)/(2 s)$ it is $s (1 - \omega)$, with $\omega = -W_0(-e^{-1 - 2I/n})$.""")
    proof.shows(sp.Subs(slope, lam, optimum.subs(omega, -W0)), value, quantity=r"\min B(\lambda)")
    proof.concludes()

    proof.step("much-information", uses="least").because("""For much information the argument of $W_0$ in (@least)
        goes to zero.""")
    proof.shows(sp.Limit(W0.args[0], information, sp.oo), 0)

    proof.check("No information, no error: in (@least) the argument of $W_0$ goes to $-1/e$, where $W_0 = -1$.").shows(
        value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, 0))), 0
    )
    proof.check(
        "There $W_0$ is zero: the bound (@least) stops at $s$, while a square-root bound grows without end.",
        uses="least, much-information",
    ).shows(value.subs(W0, sp.LambertW(sp.Limit(W0.args[0], information, sp.oo))), s)
    proof.check(
        r"For little information, $\omega$ near 1, the bound (@least), $s(1 - \omega)$, meets the sub-Gaussian one, $2 s \sqrt{I/n}$: the ratio of the squares goes to one.",
        uses="renamed, least",
    ).shows(sp.Limit(value.subs(W0, -omega) ** 2 / (4 * s**2 * budget), omega, 1, "-"), 1, conditions=(omega < 1,))

    return proof.derivation()
