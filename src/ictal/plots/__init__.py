"""Traces, head maps, strips, curves: every picture that more than one place shows."""
