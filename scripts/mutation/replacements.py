"""What stands for what: the operators, comparisons and names of functions that a change puts in each other's place."""

BINARY = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "//", "|": "&", "&": "|"}
AUGMENTED = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "//=": "/=", "|=": "&=", "&=": "|="}
COMPARED = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "is": ("is not",),
    "is not": ("is",),
    "in": ("not in",),
    "not in": ("in",),
}
BUILTINS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_PAIRS = (
    *(("minimum", "maximum"), ("argmin", "argmax"), ("floor", "ceil"), ("log", "log1p"), ("exp", "expm1")),
    *(("cumsum", "cumprod"), ("sum", "prod"), ("zeros", "ones"), ("zeros_like", "ones_like")),
)
METHODS = BUILTINS | dict(_PAIRS) | {b: a for a, b in _PAIRS}
