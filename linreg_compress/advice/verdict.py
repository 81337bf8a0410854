"""The verdict: whether a code lowers the error on new rows, raises it, or which of the two is open.

The rule was chosen by a study of real tables, and `tests/advice/test_real_tables.py` holds it to what is promised: 60
tables each from fifteen populations, the truth from 1200 training sets. No interval for the size of the change reaches its
level on such tables, because heavy tails that a small table cannot show decide the mean. So the sign is promised alone.
"""

from linreg_compress.advice.measuring import Measured
from linreg_compress.advice.theory import Prediction

LOWERS, RAISES, OPEN = "lowers", "raises", "open"
SPARE_ROWS = 20  # rows beyond one for each coefficient, below which a table shows too little of its tails
_SMALL = 0.005  # share of the error on new rows: a change below is too close to call,
_SURE = 3.0  # unless it is so many standard errors from zero
_LEVEL = 0.05  # of the test of theory: chance of the signal that the fit shows where a code changes nothing


def verdict(measured: Measured, predicted: Prediction, error: float, spare: int) -> str:
    """Return `LOWERS`, `RAISES` or `OPEN`.

    A sign is decided where the measured change is more than one standard error away from zero, and more than 0.5 % of the
    error on new rows or three standard errors; theory has the same sign, beyond the same 0.5 % or three standard errors;
    and the signal differs from that at the boundary, by the F test at the level 0.05.

    Examples
    --------
    >>> import numpy as np
    >>> from linreg_compress.advice.theory import Effect
    >>> measured = Measured(np.array([0.4, 0.5, 0.6]), 1 / 9, Effect(0.6, 0.3))
    >>> verdict(measured, Prediction(0.6, 0.1, chance=0.99), error=1.0, spare=40)
    'raises'
    >>> verdict(measured, Prediction(0.6, 0.5, chance=0.7), error=1.0, spare=40)
    'open'
    """
    small = min(_SMALL * error, _SURE * measured.standard_error)
    least = max(measured.standard_error, small)
    if spare < SPARE_ROWS:
        return OPEN
    if measured.change > least and predicted.change > small and predicted.chance > 1 - _LEVEL:
        return RAISES
    if measured.change < -least and predicted.change < -small and predicted.chance < _LEVEL:
        return LOWERS
    return OPEN
