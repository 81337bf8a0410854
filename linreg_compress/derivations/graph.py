"""Which result rests on which: the graph of the derivations as text."""

import textwrap
from collections.abc import Iterable

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.lemmas import Library, named
from linreg_compress.derivations.registry import DERIVATIONS


def graph(names: Iterable[str] = (), *, library: Library = DERIVATIONS, width: int = 80) -> str:
    """Return a tree for each derivation: below its name stand those that it quotes, and the outside theorems that it cites.

    Parameters
    ----------
    names : iterable of str
        Derivations at the roots; by default all that no other quotes.
    library : mapping of name to a function that returns a derivation
    width : int
        Of the lines.

    Examples
    --------
    >>> print(graph(["inverse-gram-diagonal"]))
    inverse-gram-diagonal
      projection-chi-square-law
        chi-square-moments (transform)
      chi-square-moments (inverse)
    <BLANKLINE>
    """
    made = {name: make() for name, make in library.items()}
    quoted = {one for each in made.values() for one in named(each)}
    roots = list(names) or [name for name in made if name not in quoted]
    bound = [name for name in roots if any(_below(made[name]))]
    shown: set[str] = set()
    lines = [part for name in bound for line in _tree(made, name, "", 0, shown) for part in _wrapped(line, width)]
    free = [name for name in roots if name not in bound]
    if free:
        apart = ", ".join(free)
        lines += [""] * bool(lines) + textwrap.wrap(f"Rest on no other: {apart}.", width, break_on_hyphens=False)
    return "\n".join([*lines, ""])


def _tree(made: dict[str, Derivation], name: str, lines: str, depth: int, shown: set[str]) -> list[str]:
    """Lines of one derivation and of what is below it; what was shown before is not repeated."""
    text = "  " * depth + name + lines
    quoted, cited = _below(made[name])
    if name in shown and (quoted or cited):
        return [f"{text}, see above"]
    shown.add(name)
    found = [text]
    for other, of in quoted.items():
        found += _tree(made, other, f" ({', '.join(of)})" if of else "", depth + 1, shown)
    return found + ["  " * (depth + 1) + f"[theorem] {one}" for one in cited]


def _wrapped(line: str, width: int) -> list[str]:
    depth = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line.lstrip(), width, initial_indent=depth, subsequent_indent=depth + " " * 10, break_on_hyphens=False
    )


def _below(derivation: Derivation) -> tuple[dict[str, list[str]], list[str]]:
    """Return what a derivation quotes, with the labels of the lines if not the result alone, and the theorems that it cites."""
    quoted: dict[str, list[str]] = {}
    lines = (*derivation.steps, *derivation.checks)
    for lemma in (line.lemma for line in lines if line.lemma):
        labels = quoted.setdefault(lemma.name, [])
        if lemma.line not in labels:
            labels.append(lemma.line)
    told = {name: [] if labels == [""] else [label or "result" for label in labels] for name, labels in quoted.items()}
    return told, list(dict.fromkeys(line.cites for line in lines if line.cites))
