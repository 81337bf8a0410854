"""The grammar of a proof: a sentence, the line it gives, the next sentence, the next line."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

import sympy as sp

from linreg_compress.derivations.derivation import Derivation
from linreg_compress.derivations.lemmas import instance, quoted
from linreg_compress.derivations.prover.steps import Lemma, Step
from linreg_compress.derivations.registry import DERIVATIONS


class Proof:
    r"""Collects a proof as it is read, and gives it as a Derivation.

    Sentences are raw strings with mathematics between dollar signs; line breaks in them count as spaces. A step that others
    need has a label. They name it in `uses`, and a sentence refers to it as ``(@label)``, which is printed as its number.

    Parameters
    ----------
    name : str
        Lower case with hyphens; the file has the same name with underscores.
    title : str

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> proof = Proof("root-of-a-square", "The root of a square")
    >>> proof.states(r"For $x > 0$ the root of $x^2 + 2x + 1$ is $x + 1$.")
    >>> proof.step("square").because(r"Multiply out.").shows((x + 1) ** 2, x**2 + 2 * x + 1)
    >>> because = r"Take the root of (@square); $x + 1$ is positive."
    >>> proof.step("root", uses="square").because(because).shows(sp.sqrt(x**2 + 2 * x + 1), x + 1)
    >>> proof.concludes(r"\sqrt{x^2 + 2x + 1}")
    >>> proof.check(r"At $x = 3$ it is 4.").shows((x + 1).subs(x, 3), 4)
    >>> proof.derivation().steps[1].justification
    'Take the root of (1); $x + 1$ is positive.'
    """

    def __init__(self, name: str, title: str) -> None:
        self._name, self._title = name, title
        self._statement, self._quantity = "", ""
        self._assumptions: list[str] = []
        self._conditions: list[Any] = []
        self._steps: list[Step] = []
        self._checks: list[Step] = []
        self._conclusion = 0
        self._head: dict[str, Any] = {}
        self._sentence: str | None = None
        self._checking = False

    def states(self, sentence: str) -> None:
        """Say what is claimed."""
        self._statement = _one_line(sentence)

    def assumes(self, sentence: str) -> None:
        """Add a sentence to the setting."""
        self._assumptions.append(_one_line(sentence))

    def requires(self, *conditions: Any) -> None:
        """Add conditions under which every line holds, as ``n > d + 1``; the points of the checks obey them."""
        self._conditions += conditions

    def step(self, label: str = "", *, uses: str = "", cites: str = "") -> Self:
        """Begin a step; `because` and `shows` follow.

        Parameters
        ----------
        label : str
            Name by which later steps, other derivations and tests refer to it.
        uses : str
            Labels of the earlier steps that this one needs, with commas between them.
        cites : str
            Reference of an outside theorem; the step is then assumed, not proved.
        """
        self._head = {"label": label, "uses": uses, "cites": cites}
        return self

    def because(self, sentence: str) -> Self:
        """Say why the next line holds."""
        self._begin(sentence)
        return self

    def check(self, case: str, *, label: str = "", uses: str = "") -> Self:
        """Begin a special case or a limit of the result; `shows` follows.

        It uses the result, unless `uses` names other steps, and is as strictly checked as a step.
        """
        self._head = {"label": label, "uses": uses}
        self._begin(case)
        self._checking = True
        return self

    def lemma(
        self,
        name: str,
        substitution: Mapping[Any, Any] | None = None,
        *,
        line: str = "",
        times: Any = 1,
        left: Any = None,
        right: Any = None,
        quantity: str = "",
        where: Mapping[Any, Any] | None = None,
        conditions: Iterable[Any] = (),
    ) -> None:
        """Add a line that another derivation proves, in place of `shows`.

        Parameters
        ----------
        name : str
            The other derivation.
        substitution : mapping
            What stands for its symbols, which may be given by name, as ``{"k": n - d + 1}``. Symbols that both share need none.
        line : str
            Label of the step that is quoted; by default the conclusion.
        times : sympy expression
            Factor of both sides.
        left, right : sympy expression
            The sides as this proof writes them, taken from the quoted line where they are not given. The prover must show that
            they equal those of the quoted line.
        quantity, where, conditions
            As in `Step`; the conditions must make those of the other derivation true.
        """
        lemma = Lemma(name, substitution or {}, line, sp.sympify(times))
        theirs = instance(lemma, DERIVATIONS)
        _, step = quoted(lemma, DERIVATIONS)
        self._line(
            theirs[0] if left is None else left,
            theirs[1] if right is None else right,
            relation=step.relation,
            quantity=quantity,
            where=where,
            conditions=conditions,
            lemma=lemma,
        )

    def shows(
        self,
        left: Any,
        right: Any,
        *,
        relation: str = "=",
        quantity: str = "",
        where: Mapping[Any, Any] | None = None,
        conditions: Iterable[Any] = (),
    ) -> None:
        """Add the line that the sentence before it justifies; the parameters are those of `Step`."""
        self._line(left, right, relation=relation, quantity=quantity, where=where, conditions=conditions)

    def concludes(self, quantity: str = "") -> None:
        """Say that the last line is the result, and the LaTeX name of what it gives, if not that of the line."""
        self._conclusion = len(self._steps)
        self._quantity = quantity or self._steps[-1].quantity

    def derivation(self) -> Derivation:
        """Return what was said."""
        if self._sentence is not None:
            raise ValueError(f"{self._name}: the last sentence, {self._sentence!r}, has no line.")
        return Derivation(
            self._name,
            self._title,
            self._statement,
            self._quantity,
            tuple(self._assumptions),
            tuple(self._steps),
            tuple(self._conditions),
            self._conclusion,
            tuple(self._checks),
        )

    def _line(
        self,
        left: Any,
        right: Any,
        *,
        relation: str,
        quantity: str,
        where: Mapping[Any, Any] | None,
        conditions: Iterable[Any],
        lemma: Lemma | None = None,
    ) -> None:
        if self._sentence is None:
            raise ValueError(f"{self._name}: line {len(self._steps) + 1} has no sentence; say why with `because`.")
        used = tuple(self._number(one.strip()) for one in self._head.get("uses", "").split(",") if one.strip())
        if self._checking and not used:
            used = (self._conclusion or len(self._steps),)
        line = Step(
            re.sub(r"@([\w-]*\w)", lambda found: str(self._number(found[1])), self._sentence),
            sp.sympify(left),
            sp.sympify(right),
            relation,
            quantity,
            used,
            self._head.get("cites", ""),
            where or {},
            tuple(conditions),
            self._head.get("label", ""),
            lemma,
        )
        (self._checks if self._checking else self._steps).append(line)
        self._sentence, self._head, self._checking = None, {}, False

    def _begin(self, sentence: str) -> None:
        if self._sentence is not None:
            raise ValueError(f"{self._name}: two sentences follow each other; the first, {self._sentence!r}, has no line.")
        self._sentence = _one_line(sentence)

    def _number(self, label: str) -> int:
        """Number of the earlier step with a label."""
        labels = [step.label for step in self._steps]
        if label not in labels:
            raise ValueError(f"{self._name}: no earlier step has the label {label!r}.")
        return labels.index(label) + 1


def _one_line(text: str) -> str:
    return " ".join(text.split())
