"""Weighting a multivariate t by sigma^2 / (sigma^2 + |u|^2) gives one with two more degrees of freedom."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, n, nu, sigma

r = sp.Symbol("r", positive=True)  # |u|^2
q = sp.Symbol("q", positive=True)
f = sp.Symbol("f", real=True)  # value of any function at u


def change_of_measure() -> Derivation:
    """E_nu[sigma^2 f / (sigma^2 + |u|^2)] in terms of E_{nu+2} f."""
    density = (
        sp.gamma((nu + d) / 2) / (sp.gamma(nu / 2) * (sp.pi * sigma**2) ** (d / 2)) * (1 + r / sigma**2) ** (-(nu + d) / 2)
    )
    weight = sigma**2 / (sigma**2 + r)
    constant = nu / (nu + d)
    heavier = density.subs(nu, nu + 2)
    inverse = 1 / nu
    of_weights = (n - d + 1) / ((n + 1) * sigma**2)

    proof = Proof("change-of-measure", "From nu to nu + 2 degrees of freedom")
    proof.states(r"""For every function $f$ the mean of $\sigma^2 f(u)/(\sigma^2 + |u|^2)$ under $\nu$ degrees of
        freedom is $\nu/(\nu + d)$ times the mean of $f(u)$ under $\nu + 2$.""")
    proof.assumes(r"""$u = \sigma z/\sqrt{q}$ with $z \sim N(0, I_d)$ and an independent chi-square $q$ with $\nu$
        degrees of freedom; $t_\nu(u)$ is its density and $r = |u|^2$.""")
    proof.assumes(r"The error of the least-squares weights has this law with $\nu = n - d + 1$.")
    proof.requires(n >= d)

    proof.step("density").because(
        r"Given $q$ the vector $u$ is $N(0, (\sigma^2/q) I_d)$: its density is a multivariate $t$."
    )
    proof.lemma("weight-t-law", line="vector", right=density, quantity=r"t_\nu(u)")

    proof.step("weight", uses="density").because(r"""The weight raises the power of $1 + r/\sigma^2$ to that of
        $\nu + 2$ degrees of freedom. What is left is free of $u$: two gamma functions, each moved by one.""")
    proof.shows(weight * density / heavier, constant, quantity=r"\sigma^2 t_\nu(u)/[(\sigma^2 + |u|^2) t_{\nu + 2}(u)]")

    proof.step("means", uses="density, weight").because("""So the two integrands agree at every $u$; integrated over
        $u$, they give the two means.""")
    proof.shows(f * weight * density, constant * f * heavier, quantity=r"t_\nu(u) \sigma^2 f(u)/(\sigma^2 + |u|^2)")
    proof.concludes()

    proof.step("inverse").because(r"""Check with $f = 1 + r/\sigma^2$, which the weight turns into one. It needs the
        mean of $1/q$ under $\nu + 2$ degrees of freedom.""")
    proof.lemma(
        "chi-square-moments",
        {"k": nu + 2, "x": q},
        line="inverse",
        right=inverse,
        quantity=r"\mathbb{E}_{\nu + 2}[1/q]",
    )

    proof.check(
        r"For the weights, $\nu + d = n + 1$: the mean of $f/(\sigma^2 + |u|^2)$ is this factor times the mean of $f$ under $\nu + 2 = n - d + 3$.",
        label="for-the-weights",
        uses="weight",
    ).shows(sp.Subs(constant / sigma**2, nu, n - d + 1), of_weights)
    proof.check(
        r"The mean of $r/\sigma^2 = |z|^2/q$ is $d$ times that, and both sides of (@means) have mean one.",
        uses="means, inverse",
    ).shows(constant * (1 + d * inverse), 1, quantity=r"[\nu/(\nu + d)] \mathbb{E}_{\nu + 2}[1 + |u|^2/\sigma^2]")
    proof.check(
        "With many degrees of freedom $u$ is small, the weight is near one and so is the constant.", uses="weight"
    ).shows(sp.Limit(constant, nu, sp.oo), 1)

    return proof.derivation()
