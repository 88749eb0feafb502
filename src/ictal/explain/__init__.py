"""Why this score: which leads, which seconds, which band; and whether to believe it."""
