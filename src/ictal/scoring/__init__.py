"""Reference and hypothesis become figures: pure rules on spans of time."""
