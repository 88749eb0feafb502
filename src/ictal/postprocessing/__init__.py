"""Probabilities to events: smoothing, hysteresis, duration rules, one state machine."""
