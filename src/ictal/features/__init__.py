"""Window to picture or numbers: pure functions on arrays."""
