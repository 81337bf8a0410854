"""The squared diameter penalty is the upper envelope of linear ones, and the gap certifies a codebook."""

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.proof import Proof
from linreg_compress.derivations.symbols import beta

slope = sp.Symbol("s", positive=True)
D = sp.Symbol("D", positive=True)  # diameter of a codebook
A = sp.Symbol("A", positive=True)  # weighted squared error of a codebook
Q = sp.Symbol("Q", positive=True)  # sum of squares of a partition around its means
gap0 = sp.Symbol("D_0", positive=True)  # m_K - m_1
first, last = sp.symbols("H_1 H_K", positive=True)
first_mean, last_mean = sp.symbols("m_1 m_K", real=True)
first_squares, last_squares = sp.symbols("Q_1 Q_K", positive=True)


def squared_penalty_as_family_of_linear() -> Derivation:
    """Beta D^2 = max_s (s D - s^2 / (4 beta)), the dual bound and its gap."""
    line = slope * D - slope**2 / (4 * beta)
    line_slope = D - slope / (2 * beta)
    best = 2 * beta * D
    squared = beta * D**2
    certificate = beta * (D - slope / (2 * beta)) ** 2
    dual = Q + slope * gap0 - slope**2 / (4 * first) - slope**2 / (4 * last) - slope**2 / (4 * beta)
    ends = first_squares - slope * first_mean - slope**2 / (4 * first)
    ends = ends + last_squares + slope * last_mean - slope**2 / (4 * last)
    compliance = 1 / beta + 1 / first + 1 / last
    dual_slope = gap0 - slope * compliance / 2

    proof = Proof("squared-penalty-as-family-of-linear", "The squared penalty as a family of linear ones")
    proof.states(r"""$\beta D^2$ is the largest value over $s > 0$ of $s D - s^2/(4 \beta)$. So for every $s$ the
        optimum for the linear penalty $s D$ less $s^2/(4 \beta)$ is a lower bound on the optimum for $\beta D^2$, and
        a codebook of diameter $D$ that is optimal for $s$ is at most $\beta (D - s/(2 \beta))^2$ above it.""")
    proof.assumes(r"""A codebook has weighted squared error $A$ and diameter $D = c_K - c_1 > 0$; the cost is
        $A + \beta D^2$.""")
    proof.assumes("""For the last steps a fixed partition: $Q$ its sum of squares, $D_0 = m_K - m_1$, and $H_1$,
        $H_K$ the total importances of its end clusters.""")

    proof.step("slope").because("The slope in $s$ of the family.")
    proof.shows(sp.Derivative(line, slope), line_slope)

    proof.step("stationary", uses="slope").because(r"It is zero at $s = 2 \beta D$.")
    proof.shows(sp.Subs(line_slope, slope, best), 0)

    proof.step("second-slope", uses="stationary").because("The second slope is negative: (@stationary) is the maximum.")
    proof.shows(sp.Derivative(line_slope, slope), 0, relation="<")

    proof.step("largest", uses="stationary, second-slope").because("""The value at the maximum, by (@second-slope),
        is the squared penalty.""")
    proof.shows(sp.Subs(line, slope, best), squared, quantity=r"\max (s D - s^2/(4 \beta))")
    proof.concludes()

    proof.step("certificate", uses="largest").because("At any other $s$ the line is below the parabola by a square.")
    proof.shows((A + squared) - (A + line), certificate)

    proof.step(uses="certificate").because(r"""So $A + s D - s^2/(4 \beta)$ is a lower bound on the cost of every
        codebook, and its minimum over codebooks, a problem with linear penalty, is a lower bound on the optimum. The
        square in (@certificate), at the minimizer, is the duality gap: it certifies how far that codebook is from the
        optimum.""")
    proof.shows(A + line, A + line + certificate, relation="<=")

    proof.step("first-end").because(
        "For a fixed partition there is no gap. With a linear penalty its first cluster costs this."
    )
    proof.lemma(
        "linear-diameter-penalty",
        {"beta": slope, "H": first, "Q": first_squares, "m": first_mean},
        line="first-cost",
        quantity="cost_1",
    )

    proof.step("last-end").because("And its last cluster this.")
    proof.lemma(
        "linear-diameter-penalty",
        {"beta": slope, "H": last, "Q": last_squares, "m": last_mean},
        line="last-cost",
        quantity="cost_K",
    )

    proof.step("linear-problem", uses="first-end, last-end").because(r"""The whole is the sum of (@first-end) and
        (@last-end), less $s^2/(4 \beta)$, with $D_0 = m_K - m_1$ and $Q = Q_1 + Q_K$; inner clusters only add their
        sums of squares to $Q$.""")
    proof.shows(
        sp.Subs(ends - slope**2 / (4 * beta), (last_mean, last_squares), (first_mean + gap0, Q - first_squares)), dual
    )

    proof.step("no-gap", uses="linear-problem").because("It has this slope in $s$.")
    proof.shows(sp.Derivative(dual, slope), dual_slope)

    proof.step("no-gap-stationary", uses="no-gap").because(r"It is zero at $s = 2 D_0/(1/\beta + 1/H_1 + 1/H_K)$.")
    proof.shows(sp.Subs(dual_slope, slope, 2 * gap0 / compliance), 0)

    proof.check(r"The gap is zero when the minimizer has diameter $D = s/(2 \beta)$.", uses="certificate").shows(
        sp.Subs(certificate, D, slope / (2 * beta)), 0
    )
    proof.check(
        "There the value is the cost of springs in series, that of the squared penalty.",
        label="dual",
        uses="no-gap, no-gap-stationary",
    ).lemma("springs-in-series", {"D": gap0}, left=sp.Subs(dual, slope, 2 * gap0 / compliance))

    return proof.derivation()
