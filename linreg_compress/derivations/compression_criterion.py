"""The criterion: the Gaussian code lowers the population risk exactly when tau^2 < v."""

import sympy as sp

from linreg_compress.derivations.ledger import Derivation, Step
from linreg_compress.derivations.symbols import d, delta, n, sigma, tau, v

x = sp.Symbol("x", positive=True)


def compression_criterion() -> Derivation:
    """The sign of the change of the population risk and its boundary in tau^2 and in n."""
    excess = d * ((1 - delta) * v + delta * tau**2)
    change = d * delta * (tau**2 - v)
    variance = sigma**2 / (n - d - 1)
    boundary = d + 1 + sigma**2 / tau**2
    at_samples = d * delta * tau**2 * (n - boundary) / (n - d - 1)
    return Derivation(
        name="compression-criterion",
        title="When compression lowers the population risk",
        statement="The Gaussian code, like any linear code with its noise, lowers the population risk exactly when $\\tau^2 < v = \\sigma^2/(n-d-1)$, that is when "
        "$n < d + 1 + \\sigma^2/\\tau^2$, and then at every rate; so does a centroid quantizer in the limit $n - d \\to \\infty$.",
        quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
        assumptions=(
            "The excess risk is $d [(1-\\delta) v + \\delta \\tau^2]$, where $\\delta$ is the normalized distortion, $\\tau^2$ the "
            "variance of a true weight and $v = \\sigma^2/(n-d-1)$ that of its estimate.",
            "So it is exactly, for every $n > d + 1$, after a linear code with noise $\\delta (1 - \\delta)(\\tau^2 + v)$ in each weight: the "
            "Gaussian channel and subtractive dither with Wiener scaling (linear-channel-risk). After a quantizer that decodes to centroids it is so in the limit $n - d \\to \\infty$ "
            "(interpolation-theorem); with few samples to spare such a quantizer may gain at $\\tau^2 > v$ too.",
            "$x$ is any positive number.",
        ),
        conditions=(n > d + 1, delta < 1),
        steps=(
            Step(
                "Compare with least squares, $\\delta = 0$: the change is proportional to $\\delta$.",
                excess - excess.subs(delta, 0),
                change,
                quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
            ),
            Step(
                "A weak signal, $v = \\tau^2 + x$: the population risk falls, at every $\\delta$.",
                change.subs(v, tau**2 + x),
                sp.Integer(0),
                relation="<",
                depends_on=(1,),
            ),
            Step(
                "A strong one, $\\tau^2 = v + x$: it rises, at every $\\delta$.",
                change.subs(tau, sp.sqrt(v + x)),
                sp.Integer(0),
                relation=">",
                depends_on=(1,),
            ),
            Step(
                "On the boundary $\\tau^2 = v$ nothing happens.",
                sp.Limit(change, tau, sp.sqrt(v)),
                sp.Integer(0),
                depends_on=(1,),
            ),
            Step(
                "The slope in $\\delta$ does not depend on $\\delta$: what gains at one rate gains at every rate, and the more the "
                "coarser the code. These codes differ only in the $\\delta$ they reach with a given rate.",
                sp.Derivative(change, delta),
                d * (tau**2 - v),
                depends_on=(1,),
            ),
            Step(
                "Insert $v$ and collect. With fewer than $d + 1 + \\sigma^2/\\tau^2$ samples the change is negative: compression helps. "
                "With more it hurts.",
                change.subs(v, variance),
                at_samples,
                quantity=r"\mathrm{E}[L_\mu(\hat{W}) - L_\mu(W)]",
                depends_on=(1,),
            ),
            Step(
                "At $n = d + 1 + \\sigma^2/\\tau^2$ there is no change: the variance of the estimate is that of the signal,",
                sp.Limit(variance, n, boundary),
                tau**2,
                quantity="v",
                depends_on=(4, 6),
            ),
            Step(
                "Limit of very many samples: what is lost is signal alone.",
                sp.Limit(at_samples, n, sp.oo),
                d * delta * tau**2,
                depends_on=(6,),
            ),
            Step(
                "Limit of no rate, $\\delta \\to 1$: dropping all weights trades the excess $d v$ for the energy $d \\tau^2$.",
                sp.Limit(change, delta, 1, "-"),
                d * tau**2 - d * v,
                depends_on=(1,),
            ),
            Step("Limit of infinite rate: no change.", sp.Limit(change, delta, 0, "+"), sp.Integer(0), depends_on=(1,)),
        ),
        conclusion=6,
    )
