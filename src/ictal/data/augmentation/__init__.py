"""Batches of windows, varied on the device: one augmentation a file, all listed in one table."""
