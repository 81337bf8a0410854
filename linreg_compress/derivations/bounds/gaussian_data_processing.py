"""Data processing for a jointly Gaussian chain S - W - What, with the information that is lost."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof

first = sp.Symbol("x", positive=True)  # signal-to-noise ratio of W given S
second = sp.Symbol("y", positive=True)  # signal-to-noise ratio of What given W
rho = sp.Symbol("rho", positive=True)
f, g = sp.symbols("f g", positive=True)  # regression coefficients of W on S and of What on W
E, F = sp.symbols("E F", real=True)  # mean square and mean product of a pair
A, B = sp.symbols("A B", positive=True)  # variances of the two noises


def gaussian_data_processing() -> Derivation:
    """I(S; What) <= min(I(S; W), I(W; What)) for scalars."""
    log_ratio = -sp.log(1 - rho**2) / 2 - (2 * E - 2 * rho * F) / (2 * (1 - rho**2)) + (E + E) / 2
    info = -sp.log(1 - rho**2) / 2
    variance_w = f**2 + A
    variance_code = g**2 * variance_w + B
    near = f**2 / variance_w
    far = g**2 * variance_w / variance_code
    by_ratio = first / (1 + first)
    noise = 1 / (1 + first)
    chain = (1 + first + second) / ((1 + first) * (1 + second))
    near_info = sp.log(1 + first) / 2
    code_info = near_info.subs(first, second)
    lost = sp.log(1 + first / (1 + second)) / 2
    other = sp.log(1 + second / (1 + first)) / 2
    through = sp.log((1 + first) * (1 + second) / (1 + first + second)) / 2

    proof = Proof("gaussian-data-processing", "Data processing for a Gaussian chain")
    proof.states(r"""For jointly Gaussian scalars in the Markov chain $S - W - \hat{W}$ the squared correlations
        multiply, and $I(S; \hat{W})$ is at most $I(S; W)$ and at most $I(W; \hat{W})$; what is lost is known exactly.""")
    proof.assumes(r"""$S$ has mean 0 and variance 1, $W = f S + $ independent normal noise of variance $A$, and
        $\hat{W} = g W + $ independent normal noise of variance $B$: the noise of $\hat{W}$ does not see $S$, which is
        the Markov property.""")
    proof.assumes("Signal-to-noise ratios: $x = f^2/A$ of the first link and $y = g^2 (f^2 + A)/B$ of the second.")
    proof.requires(rho < 1)

    proof.step("information").because(r"""Information of a pair of standard normal variables with correlation $\rho$:
        the mean of the logarithm of the joint density over the product of the two, with mean squares $E = 1$ and mean
        product $F = \rho$. The quadratic terms cancel.""")
    proof.shows(sp.Subs(log_ratio, (E, F), (1, rho)), info, quantity="I")

    proof.step("product").because(r"""The squared correlation of $S$ and $\hat{W}$ is the product of those of the two
        links, as the covariance of $S$ and $\hat{W}$ is $f g$.""")
    proof.shows((f * g) ** 2 / variance_code, sp.Mul(near, far, evaluate=False), quantity=r"\rho(S, \hat{W})^2")

    proof.step("first-link", uses="product").because("""One link of (@product): its squared correlation in its
        signal-to-noise ratio, here the first one.""")
    proof.shows(near.subs(A, f**2 / first), by_ratio, quantity=r"\rho(S, W)^2")

    proof.step("second-link", uses="product").because("And the second.")
    proof.shows(far.subs(B, g**2 * variance_w / second), by_ratio.subs(first, second), quantity=r"\rho(W, \hat{W})^2")

    proof.step("noise-share", uses="information, first-link").because("""One minus a link's squared correlation is
        the share of noise, and the information is minus half its logarithm: the first link carries this.""")
    proof.shows(1 - by_ratio, noise, quantity="e^{-2 I(S; W)}")

    proof.step("chain-share", uses="information, product, first-link, second-link").because("""
        The second carries this, with $y$ for $x$. For the chain the product (@product) counts.""")
    proof.shows(1 - by_ratio * by_ratio.subs(first, second), chain, quantity=r"e^{-2 I(S; \hat{W})}")

    proof.step("loss", uses="noise-share, chain-share").because("""What the second link loses of the first: put
        $x/(1 + y)$, the first signal against all the noise, into one logarithm.""")
    proof.shows(
        info.subs(rho, sp.sqrt(1 - noise)) - info.subs(rho, sp.sqrt(1 - chain)), lost, quantity=r"I(S; W) - I(S; \hat{W})"
    )

    proof.step("chain", uses="chain-share").because("The chain's information by itself.")
    proof.shows(info.subs(rho, sp.sqrt(1 - chain)), through, quantity=r"I(S; \hat{W})")
    proof.concludes()

    proof.step("other-loss", uses="chain").because(r"""The two links enter alike, so the loss against $I(W; \hat{W})$
        is the same with $x$ and $y$ exchanged.""")
    proof.shows(code_info - through, other, quantity=r"I(W; \hat{W}) - I(S; \hat{W})")

    proof.step(uses="other-loss").because("""When $W$ is a function of the data, $x$ without end and $I(S; W)$
        infinite, as for least squares, the compressed weights still hold no more than the rate of the code.""")
    proof.shows(sp.Limit(other, first, sp.oo), 0, quantity=r"I(W; \hat{W}) - I(S; \hat{W})")

    proof.check(
        r"The loss is the logarithm of a number above one, so $I(S; \hat{W})$ is below $I(S; W)$.", uses="loss"
    ).shows(near_info - lost, near_info, relation="<", quantity=r"I(S; \hat{W})")
    proof.check(r"So $I(S; \hat{W})$ is below $I(W; \hat{W})$, the rate of the code, too.", uses="other-loss").shows(
        code_info - other, code_info, relation="<", quantity=r"I(S; \hat{W})"
    )
    proof.check("A perfect code, $y$ without end, loses nothing.", uses="loss").shows(
        sp.Limit(lost, second, sp.oo), 0, quantity=r"I(S; W) - I(S; \hat{W})"
    )

    return proof.derivation()
