"""Formulas that survive Markdown.

GitHub reads a page as Markdown before it looks for formulas, and Markdown takes away a backslash before punctuation and reads
stars and underscores as emphasis. What stands in a fence or in a code span it leaves alone.
"""

import re

_BLOCK = re.compile(r"^( *)\$\$\n(.*?)\n *\$\$$", re.MULTILINE | re.DOTALL)
_KEPT = re.compile(r"(^ *```.*?^ *```$|\$?`[^`\n]*`\$?)", re.MULTILINE | re.DOTALL)  # fences and code spans
_INLINE = re.compile(r"\$([^$\n]+)\$")


def fence(formula: str, indent: str = "") -> str:
    r"""Return a display formula as GitHub takes it.

    Examples
    --------
    >>> print(fence(r"a \, b"))
    ```math
    a \, b
    ```
    """
    return "\n".join(indent + line for line in ("```math", *formula.splitlines(), "```"))


def for_github(text: str) -> str:
    r"""Turn formulas between dollar signs, ``$...$`` and blocks of ``$$``, into those that GitHub takes.

    Examples
    --------
    >>> for_github(r"At $a\,b$ see `$PATH`.")
    'At $`a\\,b`$ see `$PATH`.'
    """
    text = _BLOCK.sub(lambda block: fence(block[2].replace("\n" + block[1], "\n"), block[1]), text)
    parts = _KEPT.split(text)
    return "".join(part if place % 2 else _INLINE.sub(r"$`\1`$", part) for place, part in enumerate(parts))
