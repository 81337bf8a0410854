"""Formulas as theorems: derived step by step, each step checked by machine. sympy only."""
