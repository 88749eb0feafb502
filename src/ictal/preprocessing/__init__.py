"""Signal → signal: one operation a file, chained lazily, each declaring whether it is causal."""
