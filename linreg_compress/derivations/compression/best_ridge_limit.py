"""Limit of the best ridge risk, from the Stieltjes transform of the Marchenko-Pastur law."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import gamma, lam, n, s, sigma

phi, energy, x, rho, y = sp.symbols("phi E x rho y", positive=True)


def best_ridge_limit() -> Derivation:
    """The limit gamma sigma^2 m(-lambda) in closed form."""
    kappa = 1 + x
    root = sp.sqrt(gamma)
    at = 1 + gamma - 2 * root * sp.cos(phi)
    form = 1 + rho**2 - 2 * rho * sp.cos(phi)
    primitive = (
        phi / 2
        + sp.sin(phi) / (2 * rho)
        - (1 - rho**2) / (2 * rho**2) * sp.atan(rho * sp.sin(phi) / (1 - rho * sp.cos(phi)))
    )
    half = sp.pi / 2
    shift = (kappa - 1) * (kappa - gamma) / kappa
    transform = 1 / (kappa - gamma)
    b = 1 - gamma + lam
    radicand = b**2 + 4 * gamma * lam
    width = kappa - gamma / kappa
    closed = 2 / (b + sp.sqrt(radicand))
    penalty = gamma * sigma**2 / energy
    result = energy * (sp.sqrt(radicand) - b).subs(lam, penalty) / (2 * gamma)

    proof = Proof("best-ridge-limit", "Limit of the best ridge risk")
    proof.states(r"""As $n$ and $d$ grow with $d/n \to \gamma < 1$ and $|w^*|^2 \to E$, the excess risk of the best
        ridge tends to $\gamma \sigma^2 m$ with $m = 2/(b + \sqrt{b^2 + 4 \gamma \lambda})$,
        $b = 1 - \gamma + \lambda$ and $\lambda = \gamma \sigma^2/E$.""")
    proof.assumes(r"""The eigenvalues of $G = X^T X$ are $g = n s$, and
        $s = 1 + \gamma - 2 \sqrt{\gamma} \mathrm{cos}\, \phi$. The best penalty $\sigma^2/\tau^2$ is $n \lambda$ with
        $\lambda \to \gamma \sigma^2/E$, as $d \tau^2 \to E$.""")
    proof.assumes(r"Write $m = \mathrm{E}[1/(s + \lambda)]$.")
    proof.assumes(r"""$x$ is any positive number, and stands for $\lambda$ by $\lambda = x (1 + x - \gamma)/(1 + x)$,
        which grows from $0$ to $\infty$ with $x$.""")
    proof.requires(gamma < 1)

    proof.step("direction").because("A direction adds to the excess risk of the best ridge, times $n$,")
    proof.lemma(
        "ridge-risk",
        {"g": n * s, "lambda": n * lam},
        line="least",
        times=n,
        right=sigma**2 / (s + lam),
        quantity=r"n \mathrm{E}(\hat{W}_g - w^*_g)^2",
    )

    proof.step("angle").because(r"""The law of $s$ is that of Marchenko and Pastur. The angle $\phi$ has on $(0, \pi)$
        the density""")
    proof.lemma("marchenko-pastur-limits", line="angle", quantity=r"f_\phi(\phi)")

    proof.step("antiderivative").because(r"For every $\rho < 1$ there is an antiderivative (differentiate and see):")
    proof.shows(sp.Derivative(primitive, phi), sp.sin(phi) ** 2 / form)

    proof.step("integral", uses="antiderivative").because(r"""It is continuous up to both ends, so the
        integral from $0$ to $\pi$ does not depend on $\rho$.""")
    proof.shows(
        sp.Subs(primitive, phi, sp.pi) - sp.Subs(primitive, phi, 0),
        half,
        quantity=r"\int \mathrm{sin}^2 \phi \, d\phi / (1 + \rho^2 - 2 \rho \mathrm{cos}\, \phi)",
    )

    proof.step("shape").because(r"""$s$ is of this form with $\rho = \sqrt{\gamma}$, and $s + \lambda$ is $1 + x$
        times this form with $\rho = \sqrt{\gamma}/(1 + x)$.""")
    proof.shows(at + shift, kappa * form.subs(rho, root / kappa), quantity=r"s + \lambda")

    proof.step("fractions").because("Split into partial fractions:")
    proof.shows(1 / (s * (s + lam)), (1 / s - 1 / (s + lam)) / lam)

    proof.step("transform", uses="angle, integral, shape, fractions").because(r"""
        So $m$ is by (@angle) and (@fractions) $(2/\pi)/\lambda$ times the integral of step @integral minus
        $1/(1 + x)$ times the same.""")
    proof.shows(2 / sp.pi * (half - half / kappa) / shift, transform, quantity="m")

    proof.step("square", uses="shape").because(r"""Back to $\lambda$: with $b = 1 - \gamma + \lambda$,
        $b^2 + 4 \gamma \lambda$ is a square,""")
    proof.shows(radicand.subs(lam, shift), width**2, quantity=r"b^2 + 4 \gamma \lambda")

    proof.step("root", uses="transform, square").because(r"""whose root is positive because $1 + x > \gamma$. So
        $m = 2/(b + \sqrt{b^2 + 4 \gamma \lambda})$:""")
    proof.shows(2 / (b.subs(lam, shift) + width), transform, quantity="m")

    proof.step("limit", uses="direction, root").because(r"""There are $d$ directions (@direction), $d/n \to \gamma$.
        So the excess risk tends to $\gamma \sigma^2$ times (@root), at $\lambda = \gamma \sigma^2/E$, and with the
        root in the numerator:""")
    proof.shows(gamma * sigma**2 * closed.subs(lam, penalty), result, quantity=r"\gamma \sigma^2 m")
    proof.concludes()

    proof.step("quadratic", uses="root").because("It solves the quadratic equation of the Marchenko-Pastur law.")
    proof.shows(gamma * lam * closed**2 + b * closed, 1, quantity=r"\gamma \lambda m^2 + (1 - \gamma + \lambda) m")

    proof.check(r"Strong signal, $\lambda \to 0$: (@limit) is that of least squares.").shows(
        sp.Limit(gamma * sigma**2 * closed, lam, 0), gamma * sigma**2 / (1 - gamma), where={gamma: 1 - y}
    )
    proof.check(
        r"Weak signal, $\lambda \to \infty$ in (@limit): all of it is given up, the excess is $\gamma \sigma^2/\lambda = E$."
    ).shows(sp.Limit(lam * closed, lam, sp.oo), 1)

    return proof.derivation()
