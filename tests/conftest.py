"""Settings of the whole suite: hypothesis draws the same examples every time."""

from hypothesis import settings

settings.register_profile("reproducible", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("reproducible")
