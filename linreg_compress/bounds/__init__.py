"""What mutual information promises about the generalization error, one theorem a file."""
