"""Mean information between one target and the least-squares weights, from the Beta law of a leverage."""

import sympy as sp

from linreg_compress.derivations.densities import chi_square, gaussian
from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, h, n, sigma

k = sp.Symbol("k", positive=True, integer=True)
c = sp.Symbol("c", real=True)
e = sp.Symbol("e", real=True)
r = sp.Symbol("r", positive=True)
s2 = sp.Symbol("S", positive=True)
x = sp.Symbol("x", positive=True)


def leverage_information() -> Derivation:
    """E[-(1/2) ln(1 - h)] = (digamma(n/2) - digamma((n - d)/2)) / 2."""
    surprise = sp.log(2 * sp.pi * s2) / 2 + e**2 / (2 * s2)
    entropy = sp.log(2 * sp.pi * s2) / 2 + sp.Rational(1, 2)
    error = sigma**2 - 2 * c * (sigma**2 * h) + c**2 * (sigma**2 * h)
    slope = 2 * sigma**2 * h * (c - 1)
    left_over = sigma**2 * (1 - h)
    information = -sp.log(1 - h) / 2
    power = 2**r * sp.gamma(k / 2 + r) / sp.gamma(k / 2)
    moment = sp.gamma((n - d) / 2 + r) * sp.gamma(n / 2) / (sp.gamma((n - d) / 2) * sp.gamma(n / 2 + r))
    logarithm = sp.log(1 - h)
    result = (sp.digamma(n / 2) - sp.digamma((n - d) / 2)) / 2
    two = (n - 2) / (n - 2 + 2 * r)
    return Derivation(
        name="leverage-information",
        title="Information of one sample in the least-squares weights",
        statement="For $n > d$ and any $\\Sigma$, given the inputs, the weights $W$ hold $-\\frac{1}{2} \\ln(1 - h_i)$ nats about "
        "the target $y_i$, $h_i$ being its leverage. The mean over a Gaussian design is a difference of digamma functions, "
        "$\\psi = \\Gamma'/\\Gamma$.",
        quantity=r"\mathbb{E}[I(W; y_i \mid X)]",
        assumptions=(
            "$y = X w^* + \\epsilon$ with $\\epsilon \\sim N(0, \\sigma^2 I_n)$ independent of $X$, whose rows are independent "
            "$N(0, \\Sigma)$, and $W$ is the least-squares fit.",
            "The fit at input $i$ is off by $(H \\epsilon)_i$, with $H$ the projection on the columns of $X$ and $h = H_{ii}$. Given "
            "$X$, its covariance with $\\epsilon_i$ is $\\sigma^2 H_{ii} = \\sigma^2 h$, and its variance "
            "$\\sigma^2 (H^2)_{ii} = \\sigma^2 h$.",
            "$1 - h = B/q$ with $B \\sim \\chi^2_{n-d}$, $q \\sim \\chi^2_n$, and $h$ independent of $q$ (derived in leverage-beta-law).",
        ),
        conditions=(n > d, h < 1),
        conclusion=9,
        steps=(
            Step(
                "The differential entropy of a Gaussian of variance $S$ is the mean of minus the logarithm of its density.",
                -sp.log(gaussian(e, s2)),
                surprise,
                quantity=r"-\ln f(e)",
            ),
            Step(
                "Here $e^2$ averages to $S$.",
                sp.Integral(surprise * gaussian(e, s2), (e, -sp.oo, sp.oo)),
                entropy,
                quantity=r"\mathbb{E}[-\ln f(e)]",
                depends_on=(1,),
            ),
            Step(
                "Predict $\\epsilon_i$ by $c (H \\epsilon)_i$. The mean squared error is "
                "$\\sigma^2 - 2 c \\sigma^2 h + c^2 \\sigma^2 h$, and its slope in $c$ vanishes at $c = 1$. Then the error, "
                "$((I - H) \\epsilon)_i$, is independent of all of $H \\epsilon$, as $(I - H) H = 0$, and so of $W$.",
                sp.Derivative(error, c),
                slope,
                quantity=r"\frac{d}{dc} \mathbb{E}(\epsilon_i - c (H \epsilon)_i)^2",
            ),
            Step(
                "Once $W$ and $X$ are known, so is the fit at input $i$, and $y_i$ is the fit plus that error. So the variance of "
                "$y_i$ falls from $\\sigma^2$ to the mean squared error at $c = 1$.",
                error.subs(c, sp.solve(slope, c)[0]),
                left_over,
                quantity=r"\operatorname{Var}(y_i \mid W, X)",
                depends_on=(3,),
            ),
            Step(
                "The information is the entropy before minus the entropy after.",
                entropy.subs(s2, sigma**2) - entropy.subs(s2, left_over),
                information,
                quantity=r"I(W; y_i \mid X)",
                depends_on=(2, 4),
            ),
            Step(
                "For its mean over the design, start from the moments of a chi-square, gamma integrals.",
                sp.Integral(x**r * chi_square(x, k), (x, 0, sp.oo)),
                power,
                quantity=r"\mathbb{E}[(\chi^2_k)^r]",
            ),
            Step(
                "$B = (1 - h) q$ with independent factors, so $\\mathbb{E}[(1 - h)^r] = \\mathbb{E}[B^r]/\\mathbb{E}[q^r]$: a ratio of "
                "two Beta functions, $B(d/2, (n-d)/2 + r)/B(d/2, (n-d)/2)$.",
                sp.Subs(power, k, n - d) / sp.Subs(power, k, n),
                moment,
                quantity=r"\mathbb{E}[(1 - h)^r]",
                depends_on=(6,),
            ),
            Step(
                "A logarithm is the slope of a power at zero.",
                sp.Limit(sp.Derivative((1 - h) ** r, r), r, 0),
                logarithm,
            ),
            Step(
                "So $\\mathbb{E}[\\ln(1 - h)]$ is the slope of (7) at $r = 0$. The moment is 1 there, so this is the slope of its "
                "logarithm, where $\\frac{d}{dr} \\ln \\Gamma = \\psi$. The factor $-\\frac{1}{2}$ comes from (5).",
                (information / logarithm) * sp.Limit(sp.Derivative(sp.log(moment), r), r, 0),
                result,
                quantity=r"\mathbb{E}[-\frac{1}{2} \ln(1 - h)]",
                depends_on=(5, 7, 8),
            ),
            Step(
                "With many samples each one tells little; all $n$ together tell $d/2$ nats.",
                sp.Limit(n * result, n, sp.oo),
                d / 2,
                quantity=r"\lim_{n \to \infty} n\, \mathbb{E}[I(W; y_i \mid X)]",
                depends_on=(9,),
            ),
            Step(
                "For $d = 2$ the recursion $\\Gamma(z + 1) = z \\Gamma(z)$ makes the moment a fraction.",
                moment.subs(d, 2),
                two,
                quantity=r"\mathbb{E}[(1 - h)^r]",
                depends_on=(7,),
                where={n: k + 2},
                conditions=(n > 2,),
            ),
            Step(
                "Its slope at $r = 0$ gives the information in closed form.",
                (information / logarithm) * sp.Limit(sp.Derivative(two, r), r, 0),
                1 / (n - 2),
                quantity=r"\mathbb{E}[I(W; y_i \mid X)]",
                depends_on=(5, 8, 11),
                conditions=(n > 2,),
            ),
        ),
    )
