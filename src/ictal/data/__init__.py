"""Recordings become training batches: the prepared store, windows, labels, splits, balance, guards against leakage."""
