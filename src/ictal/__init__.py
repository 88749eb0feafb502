"""ictal finds seizures in EEG: from a raw recording to reviewed, scored annotations."""

from __future__ import annotations

__version__ = "0.1.0"
