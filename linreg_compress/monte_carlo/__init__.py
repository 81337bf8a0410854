"""Simulation from raw data. It may not know the answer: nothing here imports a closed form of a risk."""
