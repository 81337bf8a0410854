"""What the symbols of the lessons' formulas mean, so that every formula explains itself where it stands."""

import re

from linreg_compress.demos.lesson import Formula

# longest first: what is found is taken out before the next one is looked for
EVERYWHERE: tuple[tuple[str, str], ...] = (
    (r"L_S(\hat{W})", "squared error of the compressed weights on the training data"),
    (r"L_\mu(\hat{W})", "expected squared error of the compressed weights on new data"),
    (r"L_S(W)", "squared error on the n rows of training data, on average"),
    (r"L_\mu(W)", "expected squared error on new data"),
    (r"\Delta L_S", "what compression adds to the error on the training data"),
    (r"L_\mu", "expected squared error on new data"),
    (r"\hat{W}_g", "ridge weight along one direction"),
    (r"w^*_g", "true weight along that direction"),
    (r"\hat{W}_j", "weight j after compression"),
    (r"w^*_j", "true weight j"),
    (r"I(S; \hat{W})", "information, in nats, that the compressed weights hold about the training data S"),
    (r"I(W; \hat{W})", "information, in nats, that the compressed weights Ŵ hold about the weights W"),
    (r"\hat{W}", "weights after compression"),
    (r"\chi^2_{n-d}", "chi-square law with n − d degrees of freedom"),
    (r"F_{d,\nu}", "F law with d and ν degrees of freedom"),
    (r"\mathbb{E}", "expectation over training sets, true weights and codes"),
    (r"D(R)", "least squared error that a code of rate R leaves"),
    (r"\mathrm{gen}", "generalization error: error on new data minus error on the training data"),
    (r"w^*", "true weights"),
    (r"W_0", "Lambert's function, the main branch: W₀(x) solves w eʷ = x"),
    (r"\sigma^2", "variance of the noise in one row"),
    (r"\tau^2", "variance of a true weight around the centre of the code: the signal"),
    (r"\sigma", "standard deviation of the noise in one row"),
    (r"\delta", "fraction of a weight's variance that the code loses; with b bits a weight it is 4 to the power −b"),
    (r"\lambda", "any positive number"),
    (r"\nu", "the rows to spare, as in the formula"),
    (r"W", "weights that least squares fits to the training data"),
    ("V", "variance of a weight around the centre of the code"),
    ("R", "rate of the code, in nats"),
    ("I", "information, in nats, that the weights hold about their training data"),
    ("b", "bits for each weight"),
    ("n", "rows of training data"),
    ("d", "number of weights"),
    ("v", "σ²/(n − d − 1), the variance of the noise in one least-squares weight"),
    ("e", "Euler's number, 2.718…"),
)
_TOKEN = re.compile(r"\\[A-Za-z]+|.", re.DOTALL)
_QUANTITIES = re.compile(r"\\(alpha|beta|gamma|delta|epsilon|eta|theta|kappa|lambda|mu|nu|rho|sigma|tau|chi|phi|psi|ell)")


def meanings(formula: Formula) -> tuple[list[tuple[str, str]], str]:
    """Return the symbols of a formula with their meanings, in the order in which they stand, and what is left unexplained.

    Examples
    --------
    >>> meanings(Formula("D(R) = V", "", ""))[0][1]
    ('V', 'variance of a weight around the centre of the code')
    """
    left, found = formula.latex, []
    for symbol, meaning in (*formula.where, *EVERYWHERE):
        tokens = _TOKEN.findall(left)
        if symbol in tokens:
            left = "".join(" " if token == symbol else token for token in tokens)
        elif len(symbol) > 1 and not _TOKEN.fullmatch(symbol) and symbol in left:
            left = left.replace(symbol, " ")
        else:
            continue
        found.append((_place(symbol, formula.latex), symbol, meaning))
    unexplained = [each for each in _TOKEN.findall(left) if each.isalpha() or _QUANTITIES.fullmatch(each)]
    return [(symbol, meaning) for _, symbol, meaning in sorted(found)], "".join(unexplained)


def _place(symbol: str, latex: str) -> int:
    """Return where a symbol stands, which is not where its letters stand inside a command."""
    tokens = _TOKEN.findall(latex)
    return sum(map(len, tokens[: tokens.index(symbol)])) if symbol in tokens else latex.find(symbol)
