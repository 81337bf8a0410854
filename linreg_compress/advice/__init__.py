"""Parts of `advise`: a person's table, what it says about the theory's quantities, and the answer."""
