"""The version of the package, for whatever must not import the package itself."""

__version__ = "0.1.0"
