"""Every formula as a theorem: derived step by step, each step checked by machine. sympy only."""
