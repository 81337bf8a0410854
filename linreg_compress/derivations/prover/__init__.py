"""What judges one line of a proof: numbers at points that obey the conditions, and exact routes."""
