"""Trees of results: which files belong together, what missing means, figures by subject with intervals."""
