"""Model-free information theory, in nats."""
