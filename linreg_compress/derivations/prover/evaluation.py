"""The number that an expression stands for at a point, its integrals, sums, limits and derivatives taken as they stand."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sympy as sp
from mpmath import fp, mp

from linreg_compress.derivations.prover import infinite, quadrature
from linreg_compress.derivations.prover.kinks import frequency, kinks
from linreg_compress.derivations.prover.operations import (
    UndefinedError,
    UnevaluableError,
    add,
    finite,
    multiply,
    operation_of,
    real,
)

HEAVY = (sp.Integral, sp.Sum, sp.Product, sp.Limit, sp.Derivative, sp.Subs)
CONSTANTS = {sp.pi: "pi", sp.E: "e", sp.EulerGamma: "euler", sp.Catalan: "catalan", sp.GoldenRatio: "phi"}
FAILURES = (ArithmeticError, ValueError, TypeError, AttributeError, NotImplementedError, RecursionError)
BUDGET = 400_000  # evaluations inside of integrals, sums and limits at one point


class Evaluator:
    """Evaluates expressions at one point.

    Parameters
    ----------
    point : mapping of symbol to sympy number
    context : mpmath context
        `mp`, of the precision that is set when a value is asked for, or `fp`, double precision.
    """

    def __init__(self, point: Mapping[Any, Any], context: Any = mp) -> None:
        self.context = context
        self.point = point
        self.running: dict[Any, Any] = {}  # variables of integrals, sums, ...
        self.tally = {"noise": 0.0, "spent": 0.0}  # absolute error of the integrals so far, and evaluations

    def value(self, expression: Any) -> Any:
        """Return the number; raise UnevaluableError if there is none."""
        ctx = self.context
        if expression.is_Rational:
            return ctx.mpf(expression.p) / expression.q if expression.q != 1 else ctx.mpf(expression.p)
        if expression.is_Symbol:
            if expression in self.running:
                return self._in_context(self.running[expression])
            if expression not in self.point:
                raise UnevaluableError(f"the symbol {expression} has no value")
            return Evaluator({}, ctx).value(self.point[expression])
        if expression in CONSTANTS:
            return +getattr(ctx, CONSTANTS[expression])
        if expression is sp.I:
            return ctx.mpc(0, 1)
        if isinstance(expression, HEAVY):
            return self._in_context(self._heavy(expression))
        if isinstance(expression, sp.Piecewise):
            return self._piecewise(expression)
        operation, arguments = operation_of(expression)
        return self._applied(operation or _by_sympy(expression), [self.value(argument) for argument in arguments])

    def _applied(self, operation: Callable[..., Any], values: Sequence[Any]) -> Any:
        try:
            value = operation(self.context, *values)
        except UnevaluableError:
            raise
        except ZeroDivisionError as error:
            raise UndefinedError("division by zero") from error
        except FAILURES as error:
            raise UnevaluableError(str(error)) from error
        if not finite(value):
            raise UnevaluableError("no finite value")
        return value

    def _in_context(self, value: Any) -> Any:
        if self.context is mp:
            return mp.mpmathify(value)
        return complex(value) if mp.im(value) else float(mp.re(value))

    def _piecewise(self, expression: Any) -> Any:
        for value, condition in expression.args:
            if self._holds(condition):
                return self.value(value)
        raise UndefinedError("outside of every piece")

    def _holds(self, condition: Any) -> bool:
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, sp.And | sp.Or | sp.Not):
            parts = [self._holds(part) for part in condition.args]
            return not parts[0] if isinstance(condition, sp.Not) else (all if isinstance(condition, sp.And) else any)(parts)
        if not condition.is_Relational:
            raise UnevaluableError(f"the condition {condition}")
        gap = self.value(condition.lhs) - self.value(condition.rhs)
        if isinstance(condition, sp.Eq | sp.Ne):
            return bool((gap == 0) is isinstance(condition, sp.Eq))
        gap = real(self.context, gap)
        strict = isinstance(condition, sp.StrictGreaterThan | sp.StrictLessThan)
        larger = gap if isinstance(condition, sp.GreaterThan | sp.StrictGreaterThan) else -gap
        return bool(larger > 0 if strict else larger >= 0)

    def function(self, expression: Any, variable: Any) -> Callable[[Any], Any]:
        """Return an expression as a function of one variable, everything without it computed once."""
        body = self._built(expression, variable)

        def call(x: Any) -> Any:
            self.tally["spent"] += 1
            if self.tally["spent"] > BUDGET:
                raise UnevaluableError("too many evaluations")
            before = self.running.get(variable)
            self.running[variable] = x
            try:
                return body()
            finally:
                if before is None:
                    del self.running[variable]
                else:
                    self.running[variable] = before

        return call

    def _built(self, expression: Any, variable: Any) -> Callable[[], Any]:
        if expression == variable:
            return lambda: self.running[variable]
        if not expression.has(variable):
            return cache(lambda: self.value(expression))
        operation, arguments = operation_of(expression)
        if operation is None or isinstance(expression, HEAVY):
            return lambda: self.value(expression)
        fixed = [argument for argument in arguments if not argument.has(variable)]
        parts: list[Callable[[], Any]] = []
        if operation in (add, multiply) and len(fixed) > 1:  # their sum or product is computed once
            parts.append(cache(lambda: self._applied(operation, [self.value(argument) for argument in fixed])))
            arguments = tuple(argument for argument in arguments if argument.has(variable))
        parts += [self._built(argument, variable) for argument in arguments]
        apply = self._applied
        match parts:  # written out, since integrands are asked most
            case [one]:
                return lambda: apply(operation, (one(),))
            case [one, other]:
                return lambda: apply(operation, (one(), other()))
        return lambda: apply(operation, [part() for part in parts])

    def _heavy(self, node: Any) -> Any:
        """Evaluate an integral, sum, product, limit, derivative or substitution as it stands."""
        if isinstance(node, sp.Integral):
            return self._integral(node)
        if isinstance(node, sp.Sum | sp.Product):
            return self._sum(node)
        inner = self if self.context is mp else self._copy(mp)
        if isinstance(node, sp.Subs):
            places = dict(zip(node.variables, [inner.value(one) for one in node.point], strict=True))
            return inner._copy(mp, places).value(node.expr)
        if isinstance(node, sp.Derivative):
            (variable, order), *others = reversed(node.variable_count)
            body = sp.Derivative(node.expr, *reversed(others)) if others else node.expr
            if not order.is_Integer:
                raise UnevaluableError("a derivative of symbolic order")
            if not body.has(variable):
                return mp.mpf(0)
            x = inner.value(variable)
            size = abs(inner.value(body)) / (abs(x) if x != 0 else 1) ** int(order)
            self.tally["noise"] += float(1e-15 * size)
            if body.has(sp.Integral):  # its digits are too few for small steps
                slope, error = infinite.rough_slope(inner._fresh(body, variable), x, int(order))
                self.tally["noise"] += float(error + 1e-9 * size)
                return slope
            return infinite.derivative(inner._fresh(body, variable), x, int(order))
        raise UnevaluableError("a limit inside of another expression")

    def limit_agrees(self, node: Any, claimed: Any) -> bool:
        """Say whether the function of a limit comes ever nearer to a claimed value."""
        body, variable, point, direction = node.args
        sides = {"+": (1,), "-": (-1,), "+-": (1, -1)}[str(direction)]

        def at(x: Any) -> Any:
            return self._copy(mp, {variable: x}).value(body)

        def place() -> Any:
            return self._bound(point)

        sizes = [abs(complex(value)) for value in self.point.values() if value != 0]
        scale = max([1.0, *sizes]) if point in (sp.oo, -sp.oo) else min([1.0, *sizes])
        return infinite.approaches(at, place, sides, lambda: self.value(claimed), scale)

    def _integral(self, node: Any) -> Any:
        variable, *bounds = node.limits[-1]
        if len(bounds) != 2:
            raise UnevaluableError("an integral without two bounds")
        body = sp.Integral(node.function, *node.limits[:-1]) if len(node.limits) > 1 else node.function
        start, end = (real(mp, self._bound(bound)) for bound in bounds)
        functions: dict[Any, Any] = {}

        def integrand(ctx: Any, x: Any) -> Any:
            key = (ctx is mp, mp.prec)
            if key not in functions:
                functions[key] = self._copy(ctx).function(body, variable)
            return functions[key](x)

        doubles = self._copy(fp)
        watched = [doubles.function(kink, variable) for kink in kinks(body) if kink.has(variable)]
        try:
            area = quadrature.integrate(integrand, start, end, watched)
        except UnevaluableError:
            wave = frequency(body, variable)
            if wave is None or not mp.isinf(end):
                raise
            area = self._oscillating(integrand, start, self._bound(wave))
        self.tally["noise"] += area.error + 1e-11 * area.size
        return area.value

    def _oscillating(self, integrand: Callable[[Any, Any], Any], start: Any, wave: Any) -> quadrature.Area:
        """Half a line, or the whole one in two halves, in 15 digits."""
        with mp.workdps(15):
            if not mp.isinf(start):
                return quadrature.oscillating(lambda x: integrand(mp, x), start, wave)
            halves = [lambda x: integrand(mp, x), lambda x: integrand(mp, -x)]
            right, left = (quadrature.oscillating(half, mp.mpf(0), wave) for half in halves)
            return right + left

    def _sum(self, node: Any) -> Any:
        variable, first, last = node.limits[-1]
        function = type(node)(node.function, *node.limits[:-1]) if len(node.limits) > 1 else node.function
        add_up = infinite.total if isinstance(node, sp.Sum) else infinite.product
        return add_up(self._copy(mp).function(function, variable), self._bound(first), self._bound(last))

    def _bound(self, bound: Any) -> Any:
        if bound in (sp.oo, -sp.oo):
            return mp.inf if bound == sp.oo else -mp.inf
        return self._copy(mp).value(bound)

    def _fresh(self, body: Any, variable: Any) -> Callable[[Any], Any]:
        return lambda x: self._copy(mp, {variable: x}).value(body)

    def _copy(self, context: Any, more: Mapping[Any, Any] | None = None) -> "Evaluator":
        copied = Evaluator(self.point, context)
        copied.running = {**self.running, **(more or {})}
        copied.tally = self.tally
        return copied


def _by_sympy(expression: Any) -> Callable[..., Any]:
    """Any other function: sympy's own number for it."""
    if not isinstance(expression, sp.Function) or isinstance(expression, sp.core.function.AppliedUndef):
        raise UnevaluableError(f"{type(expression).__name__} has no numeric value")

    def operation(ctx: Any, *values: Any) -> Any:
        number = expression.func(*(sp.sympify(value) for value in values)).evalf(mp.dps)
        if not number.is_number or not all(part.is_Float or part.is_Rational for part in number.as_real_imag()):
            raise UnevaluableError(f"{expression.func} has no numeric value here")
        whole, turned = (mp.mpf(part) for part in number.as_real_imag())
        return ctx.mpmathify(mp.mpc(whole, turned) if turned else whole)

    return operation
