"""A recording of a corpus that its owner keeps as an array."""

from __future__ import annotations

from dataclasses import dataclass, field

from ictal.core.recording import Recording
from ictal.io.arrays import ArrayLayout, read_array
from ictal.io.corpora.corpus import CorpusRecording
from ictal.io.corpora.marked import MarkedRecording


@dataclass(frozen=True, slots=True)
class ArrayCorpusRecording(CorpusRecording):
    """A recording of a corpus that is kept as an array.

    Parameters
    ----------
    layout : ArrayLayout
        How the file is read.
    """

    layout: ArrayLayout = field(default_factory=ArrayLayout)

    def read(self) -> Recording:
        """Return the lazy signal with the owner's annotations.

        Raises
        ------
        RecordingError
            If the file is not there or cannot be understood.
        """
        return MarkedRecording(read_array(self.path, self.layout), self.annotations)
