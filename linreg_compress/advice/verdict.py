"""The verdict: whether a code lowers the error on new rows, raises it, or which of the two is open.

The rule was chosen by a study of real tables and held against others; `tests/advice/test_real_tables.py` keeps what is
promised: 60 tables each from 54 populations, the truth from 1200 training sets. No interval for the size of the change
reaches its level on such tables, because heavy tails that a small table cannot show decide the mean. So the sign is
promised alone.
"""

from linreg_compress.advice.measuring import Measured
from linreg_compress.advice.theory import Prediction

LOWERS, RAISES, OPEN = "lowers", "raises", "open"
SPARE_ROWS = 20  # rows beyond one for each coefficient, below which a table shows too little of its tails
_SMALL = 0.005  # share of the error on new rows: a change below is too close to call,
_SURE = 3.0  # unless it is so many standard errors from zero
_HARM, _GAIN = 0.001, 0.01  # levels of the test of theory: a single row can feign a signal, as real tables show


def verdict(measured: Measured, predicted: Prediction, error: float, spare: int) -> str:
    """Return `LOWERS`, `RAISES` or `OPEN`.

    A sign is decided where the measured change is more than one standard error away from zero, and more than 0.5 % of the
    error on new rows or three standard errors; theory has the same sign, beyond the same 0.5 % or three standard errors;
    and the signal is above the boundary by the F test at the level 0.001, or below it at the level 0.01, whichever row is
    left out (or group of rows that stay together).

    Examples
    --------
    >>> import numpy as np
    >>> from linreg_compress.advice.theory import Effect
    >>> measured = Measured(np.array([0.4, 0.5, 0.6]), 1 / 9, Effect(0.6, 0.3))
    >>> verdict(measured, Prediction(0.6, 0.1, chances=(0.9995, 1.0)), error=1.0, spare=40)
    'raises'
    >>> verdict(measured, Prediction(0.6, 0.5, chances=(0.7, 0.8)), error=1.0, spare=40)
    'open'
    """
    small = min(_SMALL * error, _SURE * measured.standard_error)
    least = max(measured.standard_error, small)
    if spare < SPARE_ROWS:
        return OPEN
    if measured.change > least and predicted.change > small and predicted.chances[0] > 1 - _HARM:
        return RAISES
    if measured.change < -least and predicted.change < -small and predicted.chances[1] < _GAIN:
        return LOWERS
    return OPEN
