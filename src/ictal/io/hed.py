"""What the kinds of event of SzCORE are called in HED-SCORE.

References
----------
Beniczky et al., Standardized computer-based organized reporting of EEG: SCORE, second version, Clin. Neurophysiol.
2017; HED-SCORE library schema 1.1.0, https://www.hedtags.org.
"""

from __future__ import annotations

from ictal.core.errors import check_option
from ictal.io.event_types import SZCORE_TYPES

HED_VERSION = "score_1.1.0"

_FOCAL = "focal-onset-epileptic-seizure"
_WHOLE = {
    "bckg": "Continuous-background-activity",
    "sz": "Unclassified-epileptic-seizure",
    "sz_foc": f"Awareness-unknown-{_FOCAL}",
    "sz_foc_f2b": f"Focal-to-bilateral-tonic-clonic-{_FOCAL}, Tonic-clonic-motor-seizure",
    "sz_gen_nm": "Generalized-onset-epileptic-seizure, Absence-seizure",
    "sz_uo_m": "Unknown-onset-epileptic-seizure",
}
_ONSETS = {
    "sz_foc_a": f"Aware-{_FOCAL}",
    "sz_foc_ia": f"Impaired-awareness-{_FOCAL}, Episode-consciousness-affected",
    "sz_foc_ua": f"Awareness-unknown-{_FOCAL}",
    "sz_gen": "Generalized-onset-epileptic-seizure",
    "sz_uo": "Unknown-onset-epileptic-seizure",
}
_SIGNS = {
    "": "",
    "um": "",
    "m": "Motor-seizure",
    "m_automatisms": "Automatism-motor-seizure",
    "m_spasms": "Epileptic-spasm-episode",
    "m_tonicClonic": "Tonic-clonic-motor-seizure",
    "m_myoTC": "Myoclonic-tonic-clonic-motor-seizure",
    "m_myoAtonic": "Myoclonic-atonic-motor-seizure",
    **{f"m_{sign}": f"{sign.capitalize()}-motor-seizure" for sign in ("atonic", "clonic", "hyperkinetic", "myoclonic")},
    "m_tonic": "Tonic-motor-seizure",
    "nm": "Nonmotor-seizure",
    "nm_behavior": "Behavior-arrest-nonmotor-seizure",
    **{f"nm_{sign}": f"{sign.capitalize()}-nonmotor-seizure" for sign in ("autonomic", "cognitive", "emotional")},
    "nm_sensory": "Sensory-nonmotor-seizure",
    "nm_typical": "Typical-absence-seizure",
    "nm_atypical": "Atypical-absence-seizure",
    "nm_myoclonic": "Myoclonic-absence-seizure",
    "nm_eyelidMyio": "Eyelid-myoclonia-absence-seizure",
}


def hed_tags(event_type: str) -> str:
    """Return the HED-SCORE tags of one of the 71 levels of SzCORE, separated by commas.

    Raises
    ------
    ParameterError
        If it is none of :data:`~ictal.io.event_types.SZCORE_TYPES`.

    Examples
    --------
    >>> hed_tags("sz_gen_nm_typical")
    'Generalized-onset-epileptic-seizure, Typical-absence-seizure'
    """
    check_option("event type", event_type, SZCORE_TYPES)
    if event_type in _WHOLE:
        return _WHOLE[event_type]
    onset = max((name for name in _ONSETS if f"{event_type}_".startswith(f"{name}_")), key=len)
    sign = _SIGNS[event_type.removeprefix(onset).removeprefix("_")]
    return ", ".join(filter(None, (_ONSETS[onset], sign)))
