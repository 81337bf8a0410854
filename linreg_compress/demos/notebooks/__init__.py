"""One marimo notebook a lesson: sliders and calls. ``linreg-compress demo NAME`` shows them, ``marimo edit`` opens them."""
