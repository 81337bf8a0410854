"""What a file's first bytes and a text that is no number mean: advice that gives the right number when followed."""

import codecs
import re
import unicodedata

MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "?", "-", "--", "."}
_MINUS = "\u2212\u2013\ufe63\uff0d"  # signs that look like one
_APART = r"[\s'\u2019_]"  # what groups digits and marks nothing else
_CURRENCIES = r"(?:usd|eur|gbp|chf|jpy|cny|inr)"
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)


def number(cell: str) -> float | None:
    """Read a number as a program writes it; None for anything else."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def encoding_of(begin: bytes) -> str:
    """Name the encoding that a file's first bytes announce: UTF-16 or UTF-32 by their byte order mark, else UTF-8."""
    if begin.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    return "utf-16" if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def visible(text: str) -> str:
    """Drop characters that nobody sees, such as a byte order mark in the middle of a file."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def advice(cell: str) -> str:
    """Say how to write a cell that is no number, or that its column is none.

    Examples
    --------
    >>> advice("$2,149.50")
    'Write 2149.50, without currency sign or commas, and so in the whole column.'
    >>> advice("1,050")
    'Write 1050 if the comma separates thousands, or 1.050 if it marks decimals, and so in the whole column.'
    >>> advice("red")
    'Drop the column, or code it as numbers.'
    """
    text, marks = _bare(visible(cell).strip())
    if visible(cell) != cell and number(text) is not None and not marks:
        return f"Write {text}, without the character before or in it that cannot be seen."
    found = _readings(text)
    if not found:
        return "Drop the column, or code it as numbers."
    if "percent sign" in marks:
        value, _ = found[0]
        share = f"{float(value) / 100:.12g}"
        if len(found) == 1:
            return f"Write {value} if the whole column is in percent, or {share} if it is in shares."
    if len(found) == 2:
        (thousands, _), (decimals, _) = found
        rest = f" (without {' or '.join(marks)})" if marks else ""
        return (
            f"Write {thousands} if the comma separates thousands, or {decimals} if it marks decimals{rest}, "
            "and so in the whole column."
        )
    value, separators = found[0]
    if "decimal comma" in separators:
        rest = _without(marks, separators - {"decimal comma"})
        return f"Write decimals with a point. Here {value}{rest}, and so in the whole column."
    return f"Write {value}{_without(marks, separators)}, and so in the whole column."


def _without(marks: list[str], separators: set[str]) -> str:
    names = [*marks, *sorted(separators)]
    return f", without {' or '.join(names)}" if names else ""


def _bare(text: str) -> tuple[str, list[str]]:
    """Take off signs and units; return what is left and the names of what was there."""
    marks: list[str] = []
    for sign in _MINUS:
        if sign in text:
            text, marks = text.replace(sign, "-"), ["the sign that only looks like -"]
    inner = re.fullmatch(r"\((.*\d.*)\)", text)
    if inner is not None:
        text, marks = f"-{inner[1].strip()}", [*marks, "parentheses"]
    bare = "".join(character for character in text if unicodedata.category(character) != "Sc")
    bare = re.sub(rf"^{_CURRENCIES}(?=[\s\d-])|(?<=[\s\d]){_CURRENCIES}$", "", bare, flags=re.IGNORECASE)
    if bare != text:
        text, marks = bare.strip(), [*marks, "currency sign"]
        text = re.sub(r"^([+-])\s+", r"\1", text)
    if text.endswith("%"):
        text, marks = text[:-1].strip(), [*marks, "percent sign"]
    unit = re.fullmatch(r"([+-]?[\d.,'\s]*\d)\s*((?!e$)[^\W\d_]+[\u00b2\u00b3]?|\u00b0[^\W\d_]?)", text, re.IGNORECASE)
    if unit is not None:
        text, marks = unit[1].strip(), [*marks, f"the unit {unit[2]}"]
    return text, marks


def _readings(text: str) -> list[tuple[str, set[str]]]:
    """Return what a text may stand for, as a program writes it, with the names of the separators that it had."""
    separators: set[str] = set()
    sign, digits = (text[0], text[1:]) if text[:1] in {"+", "-"} else ("", text)
    if re.fullmatch(rf"\d{{1,3}}(?:{_APART}\d{{3}})+([.,]\d+)?", digits):
        apart = "spaces" if re.search(r"\s", digits) else "marks between its digits"
        digits, separators = re.sub(_APART, "", digits), {apart}
    if _POINT.fullmatch(digits):
        return [(sign + digits, separators)]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+\.\d*|\d{1,3}(?:,\d{3}){2,}|\d{1,2}(?:,\d\d)+,\d{3}", digits):
        return [(sign + digits.replace(",", ""), separators | {"commas"})]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", digits):
        plain = digits.replace(".", "").replace(",", ".")
        comma = {"decimal comma"} if "," in digits else set()
        return [(sign + plain, separators | {"dots between its thousands"} | comma)]
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits) and not separators:
        return [(sign + digits.replace(",", ""), {"commas"}), (sign + digits.replace(",", "."), {"decimal comma"})]
    pointed = digits.replace(",", ".")
    if digits.count(",") == 1 and "." not in digits and _POINT.fullmatch(pointed):
        return [(sign + pointed, separators | {"decimal comma"})]
    return []
