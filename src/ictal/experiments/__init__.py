"""Many recordings, folds and trials, on one machine or several."""
