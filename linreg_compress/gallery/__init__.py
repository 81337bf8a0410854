"""The figures: what each claims, the data that support it, and the files that hold both."""
