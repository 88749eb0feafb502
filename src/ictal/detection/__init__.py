"""The deployable detector: chain, leads, model and post-processing as one file; batch and stream."""
