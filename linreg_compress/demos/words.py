"""Numbers as every renderer of a lesson says them."""

from linreg_compress._validation import FloatArray

SQUARED = "squared units of y"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """Return a power of ten with a raised exponent.

    Examples
    --------
    >>> power_of_ten(-7)
    '10⁻⁷'
    """
    return "10" + str(exponent).translate(_RAISED)


def shown(value: float | FloatArray, digits: int = 4) -> str:
    """Return a number rounded to so many significant digits.

    Examples
    --------
    >>> shown(-0.43103), shown(1.25e-7), shown(12345.6)
    ('−0.431', '1.25 × 10⁻⁷', '12350')
    """
    text = f"{float(value):.{digits}g}"
    if "e" in text:
        head, power = text.split("e")
        exponent = int(power)
        if exponent >= 0:
            return f"{float(text):.0f}".replace("-", "−")
        text = f"{head} × {power_of_ten(exponent)}"
    return text.replace("-", "−")


def counted(value: float, unit: str) -> str:
    """Return a number with its unit, as it is said.

    Examples
    --------
    >>> counted(1.0, "bits per weight"), counted(80.0, "rows"), counted(0.25, "")
    ('1 bit per weight', '80 rows', '0.25')
    """
    head, _, tail = unit.partition(" ")
    if value == 1 and head.endswith("s") and head != "squared":
        head = head.removesuffix("s")
    return f"{shown(value)} {head} {tail}".strip()
