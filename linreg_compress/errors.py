"""The errors that users can catch.

Every one is also a ``ValueError``, so code that knows nothing of this package still catches them.
"""


class LinregCompressError(ValueError):
    """Base of every error that the package raises on purpose."""


class InvalidInputError(LinregCompressError):
    """An argument breaks a rule.

    Parameters
    ----------
    parameter : str
        Name of the argument, as the caller wrote it.
    rule : str
        What holds for every legal value, as in ``"must be positive"``.
    value : object
        What was found.
    hint : str, optional
        What to do about it.

    Examples
    --------
    >>> print(InvalidInputError("noise_variance", "must be positive", -1.0, "Give sigma^2, not sigma."))
    noise_variance must be positive; got -1.0. Give sigma^2, not sigma.
    """

    def __init__(self, parameter: str, rule: str, value: object, hint: str = "") -> None:
        self.parameter = parameter
        self.rule = rule
        self.value = value
        self.hint = hint
        super().__init__(self.describe(parameter))

    def __reduce__(self) -> tuple[type["InvalidInputError"], tuple[str, str, object, str]]:
        """Let an error of a worker process reach its parent."""
        return type(self), (self.parameter, self.rule, self.value, self.hint)

    def describe(self, name: str) -> str:
        """Return the message with the argument called `name` (a command line says ``--samples``)."""
        return f"{name} {self.rule}; got {self.value}." + (f" {self.hint}" if self.hint else "")


class UnsupportedModelError(LinregCompressError):
    """The arguments are legal one by one, but the theory has no such result for them together."""


class DesignError(LinregCompressError):
    """A design matrix is singular, or too ill-conditioned for the answer to mean anything."""
