"""TeX read by the strict parser of matplotlib, part by part, and each part once: formulas share most of their parts.

A formula is the row of its parts between spaces, and a part is its frame, with ``x`` in the place of each group, beside
the groups themselves. So the whole is good TeX where every part is, as far as mathematics is free of context: a part
that starts with an index or an exponent stays with what is before it, and the text in a ``\\operatorname`` stays whole.
"""

import re
from collections.abc import Iterator
from functools import cache

from matplotlib.mathtext import MathTextParser

_TOKENS = re.compile(r"\\(?:left|right)(?![a-zA-Z])\s*(?:\\[a-zA-Z]+|\\.|.)|\\[a-zA-Z]+|\\.|.", re.DOTALL)
_OPENS = re.compile(r"\{|\\left(?![a-zA-Z])")
_CLOSES = re.compile(r"\}|\\right(?![a-zA-Z])")
_BEFORE_MATHEMATICS = (r"\frac", r"\sqrt", r"\ln", "^", "_")


def read(formula: str) -> None:
    """Read a formula.

    Raises
    ------
    ValueError
        Of the parser, for the first part that is no TeX.
    """
    for part in parts(formula):
        _read(part)


@cache
def _read(part: str) -> None:
    MathTextParser("path").parse(f"${part}$")


def parts(formula: str) -> Iterator[str]:
    """Frames of a formula and of all groups in it."""
    yield from _parts(_TOKENS.findall(formula))


def _parts(tokens: list[str]) -> Iterator[str]:
    frame: list[str] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        end = _end(tokens, place) if _OPENS.match(token) else None
        if end is not None:
            inside = tokens[place + 1 : end]
            if _is_mathematics(token, frame) and "".join(inside).strip():
                yield from _parts(inside)
                inside = ["x"]
            frame += [token, *inside, tokens[end]]
            place = end + 1
            continue
        if token.isspace() and _may_part(frame, tokens[place + 1 : place + 2]):
            yield "".join(frame)
            frame = []
        else:
            frame.append(token)
        place += 1
    if frame:
        yield "".join(frame)


def _end(tokens: list[str], start: int) -> int | None:
    """Place of the token that closes a group; None where the group stays open, which the parser shall refuse."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += bool(_OPENS.match(tokens[place])) - bool(_CLOSES.match(tokens[place]))
        if depth == 0:
            return place
    return None


def _is_mathematics(opening: str, frame: list[str]) -> bool:
    before = next((token for token in reversed(frame) if not token.isspace()), "")
    return opening != "{" or not before.startswith("\\") or before in _BEFORE_MATHEMATICS or bool(_CLOSES.match(before))


def _may_part(frame: list[str], following: list[str]) -> bool:
    return bool(frame) and frame[-1] not in _BEFORE_MATHEMATICS and bool(following) and following[0] not in "^_'{ "
