"""A physical phantom: simulated heads with known seizures and artefacts."""
