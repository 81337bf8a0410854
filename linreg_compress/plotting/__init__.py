"""Drawing only: a draw function gets axes and data, computes nothing and writes nothing."""
