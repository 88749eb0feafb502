"""Results for readers: tables and self-contained HTML."""
