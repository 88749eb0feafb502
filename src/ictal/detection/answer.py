"""One number for a stretch of signal: how clearly a detector says seizure, for whoever asks why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ictal.core.errors import ParameterError
from ictal.core.recording import Signal
from ictal.detection.scorer import Values

if TYPE_CHECKING:
    from ictal.detection.detector import Detector
    from ictal.detection.occlusion import Answer

ALL = slice(None)


def answer_event(detector: Detector, n_leads: int, frames: slice = ALL) -> Answer:
    """Return the score of an event as a function of the signal around it, without torch.

    What is returned takes signals of shape (n_signals, n_leads, n_samples), at the detector's sampling rate after its
    montage and chain, one whole window long or longer, and gives the mean log-odds of seizure over `frames` for each,
    shape (n_signals,): what :func:`ictal.detection.occlusion.occlude_leads` and its like ask for. Signals of one call
    need not be alike in anything but their shape.

    Parameters
    ----------
    detector : Detector
        A network, of windows or of any length, or a rule. A rule compares with what came before: its stretch should
        begin a minute before the event. Where a window has several frames, a stretch should be one window.
    n_leads : int
    frames : slice
        Which of the frames count. Frame 0 is that of the window that begins with the signal; of a model with one frame
        a window, frame ``i`` is that of the window that begins ``i`` steps later.

    Raises
    ------
    ParameterError
        If the detector cannot look at that many leads; when called, if no frame is left to count.

    References
    ----------
    Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks, ICLR workshop 2014: the score of a class before
    it is squashed, not its probability, is what to explain.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> from ictal.detection.occlusion import occlude_leads
    >>> detector = load_detector("line-length").with_settings({"leads.otherwise": "as-recorded"})
    >>> rate = int(detector.settings.sampling_rate)
    >>> quiet_then_loud = np.repeat([1.0, 8.0], 30 * rate) * np.random.default_rng(0).normal(0, 10, (6, 60 * rate))
    >>> quiet_then_loud[5] /= 100
    >>> costs = occlude_leads(answer_event(detector, 6, slice(-20, None)), quiet_then_loud)
    >>> int(costs.argmin())
    5
    """
    scorer = detector.scorer(n_leads)

    def answer(signals: Signal) -> Values:
        log_odds = scorer.log_odds(signals)
        counted = log_odds[:, frames]
        if counted.shape[1] == 0:
            raise ParameterError(
                f"frames: {frames!r} of {log_odds.shape[1]} is not allowed; one frame or more must be counted."
            )
        return np.asarray(counted.mean(axis=1))

    return answer
