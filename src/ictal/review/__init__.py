"""Decisions of readers: what was proposed, what they said of it, the journal that keeps it, and how far they agree."""
