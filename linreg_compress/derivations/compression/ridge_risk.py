"""Ridge regression given the spectrum of the design: risk, best penalty, and why no code beats it."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import delta, g, lam, sigma, tau

W, w = sp.symbols("W w", real=True)


def ridge_risk() -> Derivation:
    """One direction of eigenvalue g; the risks are sums over directions."""
    objective = g * (w - W) ** 2 + lam * w**2
    gradient = 2 * ((g + lam) * w - g * W)
    shrink = g / (g + lam)
    risk = (sigma**2 * g + lam**2 * tau**2) / (g + lam) ** 2
    slope = 2 * g * (lam * tau**2 - sigma**2) / (g + lam) ** 3
    best = sigma**2 / tau**2
    least = sigma**2 / (g + lam)
    bayes = sigma**2 * tau**2 / (tau**2 * g + sigma**2)
    coded = ((1 - delta) * sigma**2 + delta * tau**2 * g) / g
    loss = ((1 - delta) * sigma**4 + delta * tau**4 * g**2) / (g * (tau**2 * g + sigma**2))

    proof = Proof("ridge-risk", "Ridge regression, the yardstick")
    proof.states(r"""With the penalty $\lambda = \sigma^2/\tau^2$ ridge regression has in a direction of eigenvalue
        $g$ the excess risk $\sigma^2/(g + \lambda)$. No other penalty has less, and no design-aware Gaussian code.""")
    proof.assumes(r"""$w^* \sim N(0, \tau^2 I)$, $y = X w^* + \epsilon$, $\epsilon \sim N(0, \sigma^2 I)$,
        $\Sigma = I$; an index $g$ means the coordinate along the eigenvector of $G = X^T X$ with eigenvalue $g$.
        Least squares has $W_g = w^*_g + N(0, \sigma^2/g)$.""")
    proof.assumes(r"""Ridge regression minimizes $|y - X w|^2 + \lambda |w|^2$. The first term is a constant plus
        $(w - W)^T G (w - W)$, so the objective is a sum over directions.""")

    proof.step("slope").because("The slope of the objective in one direction:")
    proof.shows(sp.Derivative(objective, w), gradient)

    proof.step("shrinks", uses="slope").because(r"""It vanishes where ridge shrinks the estimate of least squares by
        $g/(g + \lambda)$.""")
    proof.shows(sp.Subs(gradient, w, shrink * W), 0)

    proof.step("direction", uses="shrinks").because(r"""So the error is $g/(g+\lambda)$ times the noise of $W_g$,
        minus $1 - g/(g+\lambda)$ times the true weight: a linear channel without noise. The excess risk is the sum
        over all directions of""")
    proof.lemma(
        "linear-channel-risk",
        {"a": shrink, "v": sigma**2 / g, "t": tau**2, "s": 0},
        line="one-weight",
        left=shrink**2 * sigma**2 / g + (1 - shrink) ** 2 * tau**2,
        right=risk,
        quantity=r"\mathrm{E}(\hat{W}_g - w^*_g)^2",
    )

    proof.step("best-penalty", uses="direction").because(r"""Its slope in the penalty is negative below
        $\sigma^2/\tau^2$ and positive above, whatever $g$: this penalty is best in all directions at once.""")
    proof.shows(sp.Derivative(risk, lam), slope)

    proof.step("least", uses="direction, best-penalty").because(r"""At the penalty (@best-penalty),
        $\tau^2 = \sigma^2/\lambda$, the risk is""")
    proof.shows(risk.subs(tau, sigma / sp.sqrt(lam)), least)

    proof.step("in-the-model", uses="least").because("That is (@least) in terms of the model:")
    proof.shows(least.subs(lam, best), bayes, quantity=r"\mathrm{min}\, \mathrm{E}(\hat{W}_g - w^*_g)^2")
    proof.concludes()

    proof.step("coded").because(r"The design-aware Gaussian code of normalized distortion $\delta$ has")
    proof.lemma("water-filled-risk", line="direction", conditions=(delta < 1,))

    proof.step("code", uses="in-the-model, coded").because("It misses the best, (@in-the-model), by")
    proof.shows(coded - bayes, loss, conditions=(delta < 1,))

    proof.check(
        "It is the variance of $w^*_g$ given $W_g$, by the formula for Gaussians: no map of the data does better."
    ).shows(tau**2 - tau**4 / (tau**2 + sigma**2 / g), bayes, quantity=r"\mathrm{Var}(w^*_g | W_g)")
    proof.check("which is positive at every rate.", uses="code").shows(
        loss, 0, relation=">", where={delta: 1 / (1 + sp.Symbol("x", positive=True))}, conditions=(delta < 1,)
    )
    proof.check("No penalty: least squares.", uses="direction").shows(sp.Limit(risk, lam, 0), sigma**2 / g)
    proof.check("Infinite penalty: nothing is left but the signal.", uses="direction").shows(
        sp.Limit(risk, lam, sp.oo), tau**2
    )
    proof.check("A strong signal needs no penalty: the best ridge becomes least squares.").shows(
        sp.Limit(bayes, tau, sp.oo), sigma**2 / g
    )
    proof.check(
        r"A direction without data, $g \to 0$, costs no more than its signal, where least squares has infinite risk."
    ).shows(sp.Limit(bayes, g, 0), tau**2)

    return proof.derivation()
