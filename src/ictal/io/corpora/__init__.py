"""Public corpora as their owners ship them, one module each, behind one contract."""
