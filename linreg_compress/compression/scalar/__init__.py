"""Quantizers of one weight at a time.

A `Source` is the law of one weight; a `CellQuantizer` cuts the line into cells with one level each. `uniform`, `lloyd_max`,
`entropy_constrained` and `sign` design the cells for a source; `empirical_source` takes a sample of weights as the source.
The names are listed in the chapter, `linreg_compress.compression`.
"""
