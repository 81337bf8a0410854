"""The gallery page, figures/README.md: every picture with its claim, how to read it, its command and its formula."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from linreg_compress.derivations.markdown import fence
from linreg_compress.derivations.printing import anchor
from linreg_compress.derivations.registry import find_derivations
from linreg_compress.files import write_text
from linreg_compress.gallery.figure import Figure, clause
from linreg_compress.gallery.registry import FIGURES

_ACROSS = 3  # thumbnails in a row
_OPENING = """\
# The gallery

Compressing trained weights can lower the error on new data. These pictures show when, by how much, and why, for linear
regression, where all of it is exact. Each makes one claim, and the claim is checked against the numbers under the picture,
clause by clause, whenever it is drawn. A picture leads to its section. Which of them belong to which section of the paper
says [the paper, section by section](paper.md).
"""

_STORY = """\
## The subject in short

- **What the paper shows.** A compressed weight vector holds less information about the training data, and the bound that
  this sets on the generalization error falls. The error on the training data rises. With the Gaussian code the
  generalization error itself falls too ([headline](#headline)), and where it falls by more than the training error rises,
  the error on new data falls ([tradeoff](#tradeoff)).
- **When compression helps.** When the signal in a weight is smaller than the noise of its estimate: tau^2 < v. Then the
  Gaussian code that sees the weights alone, and dither like it, helps at every rate, the more the fewer bits it has and
  the nearer n is to d ([phase](#phase), [double-descent](#double-descent)). Of weak signals most single fits gain too, with
  n = 80 and d = 50 ([law](#law)); with n next to d only some do, and those much. A code that knows the training inputs
  drops the directions that the data determine badly, and helps somewhat beyond v, best at a rate of its own
  ([water-filling](#water-filling)).
- **When it hurts.** When the signal is larger: the Gaussian code then hurts at every rate, and real quantizers soon after,
  the sooner the more samples there are to spare ([phase](#phase)). Plain rounding does not decode to the mean of its
  cells; at half a bit and more it hurts in both cases ([compressors](#compressors)).
- **Why.** The Gaussian code shrinks the weights and adds noise. The noise never helps; the shrinking can
  ([noise-or-shrinkage](#noise-or-shrinkage)). The paper's penalty on the diameter of the codebook is a way to shrink more
  ([diameter](#diameter)).
- **Which bound is tight.** None at low rates. Of the bounds of the error on new data Donsker-Varadhan is the nearest for
  the codes shown; for other codebooks it may be the farthest, and `linreg-compress bounds` names the least. With n near d
  it is close from 2 bits on, but there the trivial bound is close too. The individual-sample bound is close to its own
  error, that at the training inputs, where a sample has a high leverage ([bounds](#bounds),
  [individual-sample](#individual-sample)).
- **What a quantizer costs.** A dithered lattice with entropy coding needs at most 0.2546 bit a weight more than the
  Gaussian formula D(R) = V exp(-2R/d), at every rate ([compressors](#compressors)). That is the limit for Gaussian
  weights. Those of least squares are a scaled t, whose own limit is lower: with few samples to spare an
  entropy-constrained quantizer can beat the formula.
"""

_WORDS = """\
## The words

There are n samples of d features, `y = X w* + noise` with noise variance sigma^2. The weights are fitted by least squares
and then sent through a code. *Empirical risk*: mean squared error on the training data. *Population risk*: on new data.
*Generalization error*: the second less the first. *Same inputs*: with fresh noise at the training inputs instead of new
data; the literature calls that error in-sample or fixed-design, and its excess over the empirical risk optimism (Efron
1986). A code of *b bits per weight* has the rate R = b d ln 2 nats, and *delta* is the share of its source's variance that
it loses. A *blind* code sees the weights alone; of an *aware* one both ends know X. *tau^2* is the variance of a true
weight around the centre of the codebook: its signal. *v = sigma^2 / (n - d - 1)* is the variance that estimation adds to a
weight: its noise.

Of the curves of risks and errors orange is the population risk, blue the empirical risk, pink the generalization error, and
a grey line of long dashes the paper's bound, in every picture. A green area is where compression helps, an amber one where
it hurts. Curves of several signals are violet, the darker the stronger; curves of several rates are brown, the darker the
more bits; black is least squares, which is not compressed. Where codes, bounds, their parts or samplers are compared, the
same colours tell those apart, and the legend says which is which.

Draw all of this again with `linreg-compress figures` (this page too). `linreg-compress figures --check` recomputes every
number and compares; `--quick` simulates less; `--size column` sets the pictures for a column of 3.25 inches.
"""


def page(figures: Iterable[Figure] = FIGURES.values()) -> str:
    """Return the page as Markdown."""
    held = list(figures)
    return "\n".join([_OPENING, _thumbnails(held), greek(_STORY), greek(_WORDS), *(_section(figure) for figure in held)])


def greek(text: str) -> str:
    """Write the letters of the theory as they look in the pictures.

    Examples
    --------
    >>> greek("tau^2 < v = sigma^2 / (n - d - 1)")
    'τ² < v = σ² / (n - d - 1)'
    """
    for name, letter in (("tau^2", "τ²"), ("sigma^2", "σ²"), ("delta", "δ"), ("kappa", "κ")):
        text = re.sub(rf"(?<![\w`-]){re.escape(name)}(?![\w-])", letter, text)
    return text


def _thumbnails(figures: Sequence[Figure]) -> str:
    """Return a table of small pictures with their titles; each leads to its section."""
    cells = [f"[![]({figure.name}.png)<br>{greek(figure.title or figure.name)}](#{figure.name})" for figure in figures]
    rows = [cells[start : start + _ACROSS] for start in range(0, len(cells), _ACROSS)]
    rows[-1] += [""] * (_ACROSS - len(rows[-1]))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * _ACROSS, *lines[1:]]) + "\n"


def _section(figure: Figure) -> str:
    proofs = find_derivations(list(figure.derivations))
    links = ", ".join(f"[{proof.title}](derivations.md#{anchor(proof.title)})" for proof in proofs)
    numbers, record, pdf, svg = (f"[{figure.name}.{kind}]({figure.name}.{kind})" for kind in ("csv", "json", "pdf", "svg"))
    clauses = (greek(clause(check)) for check in figure.checks)
    lines = [
        f"## {figure.name}",
        f"**{greek(figure.title or figure.claim)}**",
        f"![{greek(figure.alt or figure.claim)}]({figure.name}.png)",
        "The claim, checked clause by clause whenever the picture is drawn:",
        "\n".join(f"- {said[0].upper()}{said[1:]}." for said in clauses),
        f"**How to read it.** {greek(figure.reading)}",
        f"**It rests on** {links}:",
        fence(figure.formula),
        f"Drawn by `linreg-compress figures {figure.name}`. Numbers: {numbers}; record of the run and of the check: "
        f"{record}; for print: {pdf}, {svg}.",
    ]
    return "\n\n".join(lines) + "\n"


def write_page(folder: Path) -> Path:
    """Write the page as README.md in `folder`, whole or not at all; a figure that could not be drawn there is left out."""
    drawn = (figure for figure in FIGURES.values() if not figure.lacks() or (folder / f"{figure.name}.png").is_file())
    return write_text(folder / "README.md", page(drawn))
