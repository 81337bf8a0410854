"""Generalization error of least squares: the optimism at the training inputs and the price of new inputs."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import d, m, n, sigma

i = sp.Symbol("i", positive=True, integer=True)


def generalization_error_of_least_squares() -> Derivation:
    """E[L_mu - L_S] = sigma^2 (d/n) (2 + (d + 1)/(n - d - 1))."""
    noise = sigma**2
    training = sigma**2 * (1 - d / n)
    repeated = sigma**2 * (1 + d / n)
    optimism = 2 * sigma**2 * d / n
    population = sigma**2 * (n - 1) / (n - d - 1)
    new_inputs = sigma**2 * (d / n) * (d + 1) / (n - d - 1)
    result = sigma**2 * (d / n) * (2 + (d + 1) / (n - d - 1))

    proof = Proof("generalization-error-of-least-squares", "Generalization error of least squares")
    proof.states(r"""For $n > d + 1$ and any $\Sigma$, the mean gap between population and empirical risk of least
        squares is the optimism at the training inputs, $2 \sigma^2 d/n$, and a price for new inputs.""")
    proof.assumes(r"""$y = X w^* + \epsilon$ with $\epsilon \sim N(0, \sigma^2 I_n)$, the rows of $X$ independent
        $N(0, \Sigma)$, and $W$ the least-squares fit.""")
    proof.assumes(r"""$X W - X w^* = H \epsilon$ and $y - X W = (I - H) \epsilon$, with $H$ the projection on the
        $d$-dimensional column space of $X$.""")
    proof.assumes(r"$L_S(w) = |y - X w|^2/n$, $L_\mu(w) = \sigma^2 + |w - w^*|_\Sigma^2$.")
    proof.requires(n > d + 1)

    proof.step("coordinate").because(r"""In an orthonormal basis of $\mathbb{R}^n$ that starts with $d$ vectors of the
        column space, the coordinates $e$ of the noise are again independent $N(0, \sigma^2)$. Take the mean square of
        one.""")
    proof.lemma("gaussian-moments", {"V": sigma**2}, quantity=r"\mathbb{E}[e_i^2]")

    proof.step("training").because(r"The training residual $(I - H) \epsilon$ keeps the last $n - d$ coordinates.")
    proof.lemma("expected-empirical-risk", right=training, quantity=r"\mathbb{E}[L_S(W)]")

    proof.step("same-inputs", uses="coordinate").because(r"""Measure the risk with fresh noise at the same inputs. The
        fresh noise adds its own variance, and the error of the fit, $H \epsilon$, has the first $d$ coordinates.""")
    proof.shows(noise + sp.Sum(noise, (i, 1, d)) / n, repeated, quantity=r"\mathbb{E}|X w^* + \epsilon' - X W|^2/n")

    proof.step("optimism", uses="training, same-inputs").because("""So the training risk is optimistic, even at its
        own inputs: it is low by what the fit took from the noise, and the true risk is high by as much.""")
    proof.shows(repeated - training, optimism, quantity=r"\mathbb{E}[\mathrm{optimism}]")

    proof.step("population").because("The risk at new inputs.")
    proof.lemma("expected-population-risk", right=population, quantity=r"\mathbb{E}[L_\mu(W)]")

    proof.step("new-inputs", uses="same-inputs, population").because("""New inputs are harder than those of the
        training set, by the difference of (@population) and (@same-inputs).""")
    proof.shows(
        population - repeated, new_inputs, quantity=r"\mathbb{E}[L_\mu(W)] - \mathbb{E}|X w^* + \epsilon' - X W|^2/n"
    )

    proof.step("sum", uses="training, optimism, population, new-inputs").because("""
        The generalization error is population risk minus empirical risk. It is the sum of (@optimism) and
        (@new-inputs): the 2 is the optimism, the fraction is the price of new inputs.""")
    proof.shows(population - training, result, quantity=r"\mathbb{E}[L_\mu(W) - L_S(W)]")
    proof.concludes()

    proof.check("As a check, the two parts add up.", uses="optimism, new-inputs, sum").shows(
        optimism + new_inputs, result, quantity=r"\mathbb{E}[L_\mu(W) - L_S(W)]"
    )
    proof.check("With many samples the price of new inputs is of the order $1/n^2$ and only the optimism stays.").shows(
        sp.Limit(n * result, n, sp.oo), 2 * d * sigma**2, quantity=r"\lim_{n \to \infty} n\, \mathbb{E}[L_\mu(W) - L_S(W)]"
    )
    proof.check("One weight, $d = 1$.").shows(
        result.subs(d, 1), 2 * sigma**2 * (n - 1) / (n * (n - 2)), quantity=r"\mathbb{E}[L_\mu(W) - L_S(W)]"
    )
    proof.check("The error on a random design is always above the optimism.", uses="optimism, sum").shows(
        result, optimism, relation=">", where={n: d + 1 + m}
    )

    return proof.derivation()
