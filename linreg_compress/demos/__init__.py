"""Seven lessons that run: in a browser, as one page without Python, or on paper. All mathematics is in the library."""
