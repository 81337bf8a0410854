"""The style of the figures, until the panels of the lessons and of `advise` have moved to where it is."""

from linreg_compress.gallery.style import *  # noqa: F403
