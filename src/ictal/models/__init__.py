"""Windows → logits: one architecture a file, all listed in one visible table."""
