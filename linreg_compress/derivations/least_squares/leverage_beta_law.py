"""Law of a leverage of a Gaussian design: a share of a chi-square."""

from typing import Any

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, h, n

i = sp.Symbol("i", positive=True, integer=True)
k = sp.Symbol("k", positive=True, integer=True)
r = sp.Symbol("r", positive=True)
first = sp.Symbol("A", positive=True)
second = sp.Symbol("B", positive=True)
total = sp.Symbol("q", positive=True)


def _chi_square(value: Any, degrees: Any, share: Any = 1) -> Any:
    """Density at ``share * value``, with the power of the product written as a product of powers."""
    power = share ** (degrees / 2 - 1) * value ** (degrees / 2 - 1)
    return power * sp.exp(-share * value / 2) / (2 ** (degrees / 2) * sp.gamma(degrees / 2))


def leverage_beta_law() -> Derivation:
    """Law of a leverage: Beta(d/2, (n - d)/2)."""
    share = first / (first + second)
    shares = {first: h, second: 1 - h}
    parts = {part: size * total for part, size in shares.items()}
    jacobian = total
    result = h ** (d / 2 - 1) * (1 - h) ** ((n - d) / 2 - 1) * sp.gamma(n / 2) / (sp.gamma(d / 2) * sp.gamma((n - d) / 2))
    power = 2**r * sp.gamma(k / 2 + r) / sp.gamma(k / 2)
    mean = d / n
    square = d * (d + 2) / (n * (n + 2))
    distance = (n - d) * (n - d + 2) / (n * (n + 2))
    variance = 2 * d * (n - d) / (n**2 * (n + 2))

    proof = Proof("leverage-beta-law", "Law of a leverage of a Gaussian design")
    proof.states(r"""For $n > d$ and any $\Sigma$, each leverage $h_i = x_i^\top (X^\top X)^{-1} x_i$ has the law
        $\mathrm{Beta}(d/2, (n - d)/2)$, with the density below and mean $d/n$.""")
    proof.assumes(r"The rows $x_i$ of $X$ are independent $N(0, \Sigma)$, $n > d$.")
    proof.assumes(r"""$h_i$ is the diagonal entry $H_{ii}$ of $H = X (X^\top X)^{-1} X^\top$, the projection on the
        column space of $X$. Since $H^2 = H$, $h_i = |H u|^2$ for the $i$-th unit vector $u$ of $\mathbb{R}^n$.""")
    proof.assumes(r"""With $X = Z \Sigma^{1/2}$ the column space is that of $Z$, whose entries are independent
        $N(0, 1)$. A rotation of $\mathbb{R}^n$ does not change the law of $Z$, so the column space points in no
        preferred direction.""")
    proof.requires(n > d)

    proof.step("share").because(r"""Only the angle between the subspace and the vector matters. So keep the subspace
        fixed, say the first $d$ coordinates, and let the vector be uniform on the sphere: $u = z/|z|$ with
        $z \sim N(0, I_n)$. Then $h = A/(A + B)$ with independent $A = z_1^2 + ... + z_d^2 \sim \chi^2_d$ and
        $B = z_{d+1}^2 + ... + z_n^2 \sim \chi^2_{n-d}$. In terms of $h$ and $q = A + B$, $A = h q$ and
        $B = (1 - h) q$:""")
    proof.shows(share.subs(parts, simultaneous=True), h, quantity=r"\frac{A}{A + B}")

    proof.step("stretch", uses="share").because("""The change of variables from $(A, B)$ to $(h, q)$ stretches areas
        by the determinant of its derivatives.""")
    proof.shows(
        sp.Derivative(parts[first], h) * sp.Derivative(parts[second], total)
        - sp.Derivative(parts[first], total) * sp.Derivative(parts[second], h),
        jacobian,
    )

    proof.step("joint", uses="share, stretch").because(r"""So the joint density of $h$ and $q$ is that of $A$ and $B$
        times $q$. The exponentials multiply to $e^{-q/2}$, and the density splits into a function of $h$ and the
        density of $q \sim \chi^2_n$. So $h$ and $q$ are independent.""")
    proof.shows(
        jacobian * _chi_square(total, d, shares[first]) * _chi_square(total, n - d, shares[second]),
        result * _chi_square(total, n),
        quantity="f(h, q)",
        conditions=(h < 1,),
    )

    proof.step("beta", uses="joint").because(r"""Integrate $q$ out. What is left is the density of
        $\mathrm{Beta}(d/2, (n - d)/2)$.""")
    proof.lemma("chi-square-moments", {"k": n, "x": total}, line="one", times=result, quantity="f(h)", conditions=(h < 1,))
    proof.concludes()

    proof.step("moments").because("For the moments of $h$ only those of a chi-square are needed.")
    proof.lemma("chi-square-moments", {"k": k}, line="power", quantity=r"\mathbb{E}[(\chi^2_k)^r]")

    proof.step("mean", uses="joint, moments").because(r"""$A = h q$ with independent factors, so
        $\mathbb{E}[h^r] = \mathbb{E}[A^r]/\mathbb{E}[q^r]$. At $r = 1$ in (@moments), by
        $\Gamma(z + 1) = z \Gamma(z)$, the mean.""")
    proof.shows(power.subs({k: d, r: 1}) / power.subs({k: n, r: 1}), mean, quantity=r"\mathbb{E}[h]")

    proof.step("mean-square", uses="joint, moments").because("At $r = 2$ in (@moments) the mean square.")
    proof.shows(power.subs({k: d, r: 2}) / power.subs({k: n, r: 2}), square, quantity=r"\mathbb{E}[h^2]")

    proof.step("variance", uses="mean, mean-square").because("The variance.")
    proof.shows(square - mean**2, variance, quantity=r"\operatorname{Var}[h]")

    proof.step("distance-from-one", uses="mean, mean-square").because("""The distance of a leverage from 1 has this
        mean square.""")
    proof.shows(1 - 2 * mean + square, distance, quantity=r"\mathbb{E}[(1 - h)^2]")

    proof.check("The leverages of all samples add up to the trace of the projection, its rank.", uses="mean").shows(
        sp.Sum(mean, (i, 1, n)), d, quantity=r"\mathbb{E} \sum_i h_i"
    )
    proof.check(
        "With as many samples as weights it vanishes: every leverage is 1, and the fit passes through every point.",
        uses="distance-from-one",
    ).shows(sp.Limit(distance, n, d), 0, quantity=r"\lim_{n \to d} \mathbb{E}[(1 - h)^2]")
    proof.check(
        r"With many samples one sample has little say, by (@variance): $n h$ keeps the mean $d$ and the variance of a $\chi^2_d$.",
        uses="variance",
    ).shows(sp.Limit(n**2 * variance, n, sp.oo), 2 * d, quantity=r"\lim_{n \to \infty} \operatorname{Var}[n h]")

    return proof.derivation()
