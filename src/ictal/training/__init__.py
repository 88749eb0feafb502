"""Fit one detector on one split: task, losses, fine-tuning, calibration, export."""
