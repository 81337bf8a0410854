"""The paper by its own name, figures/paper.md: what each section says, and where it is proved, computed and drawn here.

Every name in `SECTIONS` exists: a test looks each one up.
"""

from pathlib import Path

from linreg_compress.derivations.printing import anchor
from linreg_compress.derivations.registry import DERIVATIONS
from linreg_compress.files import write_text
from linreg_compress.gallery.page import greek
from linreg_compress.gallery.paper_sections import SECTIONS, Section
from linreg_compress.gallery.registry import FIGURES
from linreg_compress.gallery.setting import Setting

_OPENING = """\
# The paper, section by section

Bu, Gao, Zou and Veeravalli, *Information-Theoretic Understanding of Population Risk Improvement with Model Compression*:
AAAI 2020, 34(04), 3300-3307 (arXiv:1901.09421); in full in Entropy 23(10), 1255, 2021. This page takes the outline of the
journal version and says for each line where this package proves, computes, simulates and draws it.

When this page was written, we had only the outline, the abstract and the authors' code for networks, not the text. So the
statements below are in the paper's terms but in our words, and nothing is claimed about its numbers and parameters:
`linreg-compress figures linear-regression --samples N --features D --noise-variance S2` draws it with yours.

The numbers of each figure, and the check of its claim, are on the page of [all figures](README.md); all proofs are in
[derivations](derivations.md). Draw the figures of this page with `linreg-compress figures paper`.
"""

_NEW = """\
## What is new here

- **Exact risks, not bounds**: of the code and of every scalar quantizer, for any number of samples (sections 4.2 and 5.3).
- **No oracle**: the Gaussian code around the true weights always helps, but nobody knows them. With a prior there is a
  criterion: it helps where the signal in a weight is smaller than its estimation noise, tau^2 < v, and hurts beyond; for
  correlated features the boundary is lower (section 4.2).
- **Bounds nearer to the truth**, each with its assumptions, and for the paper's own bound a supremum that exists (section
  5.1); beside information a distance that is never more than 4.42 % too large, and a floor that no learner can pass.
- **Optima with certificates** for the paper's clustering, whose published algorithm is a local search (section 6).
"""

_NOT_COVERED = """\
## What is not covered

- The wording and numbering of the paper's Lemma 3, Propositions 1 and 2, and Remark 2: only their names are known to us.
  The two propositions are probably those of sections 5.1 and 5.2, and are proved there in our own form.
- The paper's own parameters of section 5.3, and its pictures: no number of this page was compared with them.
- The published experiment on MNIST (2 bits: test loss 0.3207 before and 0.2596 after, accuracy 0.9468 and 0.9286) needs
  data and a network that this package does not carry; section 7 has small networks instead.
"""


def figures_of_the_paper(setting: Setting | None = None) -> list[str]:
    """Return the names of the page's figures in their order; for the reader's own numbers, of those of one model alone.

    Examples
    --------
    >>> figures_of_the_paper(Setting(60, 20))[:3]
    ['distortion-rate', 'headline', 'tradeoff']
    """
    names = dict.fromkeys(name for section in SECTIONS for name in section.figures)
    return [name for name in names if setting is None or FIGURES[name].own_numbers]


def page() -> str:
    """Return the page as Markdown."""
    contents = "\n".join(f"- [{one.heading}](#{anchor(one.heading)})" for one in SECTIONS)
    return "\n".join([_OPENING, contents, "", greek(_NEW), *(_section(one) for one in SECTIONS), _NOT_COVERED])


def write_paper(folder: Path) -> Path:
    """Write the page as paper.md in `folder`, whole or not at all."""
    return write_text(folder / "paper.md", page())


def _section(section: Section) -> str:
    titles = {name: DERIVATIONS[name]().title for name in section.derivations}
    proofs = [f"[{title}](derivations.md#{anchor(title)}) (`{name}`)" for name, title in titles.items()]
    pictures = [f"[{name}](README.md#{name})" for name in section.figures]
    rows = [
        ("Proved", ", ".join(proofs)),
        ("Computed", ", ".join(f"`lc.{name}`" for name in section.functions)),
        ("By command", ", ".join(f"`{command}`" for command in section.commands)),
        ("Drawn", ", ".join(pictures)),
        ("We add", section.adds),
        ("Differs", section.differs),
    ]
    lines = [f"## {section.heading}", greek(section.statement)]
    lines += [f"```math\n{section.formula}\n```"] if section.formula else []
    lines += [f"- **{name}.** {greek(text)}" for name, text in rows if text]
    head, points = lines[: 2 + bool(section.formula)], lines[2 + bool(section.formula) :]
    shown = "".join(f"\n![{greek(FIGURES[name].alt)}]({name}.png)\n" for name in section.shown)
    return "\n\n".join(head) + "\n\n" + "\n".join(points) + "\n" + shown
