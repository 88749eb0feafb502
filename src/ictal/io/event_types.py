"""The kinds of event that tables of SzCORE name.

References
----------
SzCORE, https://eslweb.epfl.ch/epilepsybenchmarks: the levels of ``eventType`` in its event tables, after the
classification of seizures of the International League Against Epilepsy (2017) and HED-SCORE.
"""

from __future__ import annotations

from ictal.core.events import BACKGROUND, SEIZURE

_OF_FOCAL = (
    *("m", "m_automatisms", "m_atonic", "m_clonic", "m_spasms", "m_hyperkinetic", "m_myoclonic", "m_tonic"),
    *("nm", "nm_autonomic", "nm_behavior", "nm_cognitive", "nm_emotional", "nm_sensory", "um"),
)
_OF_GENERALISED = (
    *("m", "m_tonicClonic", "m_clonic", "m_tonic", "m_myoTC", "m_myoAtonic", "m_atonic", "m_spasms"),
    *("nm", "nm_typical", "nm_atypical", "nm_myoclonic", "nm_eyelidMyio"),
)
_OF_UNKNOWN_ONSET = ("m", "m_tonicClonic", "m_spasms", "nm", "nm_behavior")

SZCORE_TYPES = (
    BACKGROUND,
    SEIZURE,
    "sz_foc",
    "sz_foc_a",
    *(f"sz_foc_a_{kind}" for kind in _OF_FOCAL),
    "sz_foc_ia",
    *(f"sz_foc_ia_{kind}" for kind in _OF_FOCAL),
    *(f"sz_foc_ua_{kind}" for kind in _OF_FOCAL),
    "sz_foc_f2b",
    "sz_gen",
    *(f"sz_gen_{kind}" for kind in _OF_GENERALISED),
    "sz_uo",
    *(f"sz_uo_{kind}" for kind in _OF_UNKNOWN_ONSET),
)
"""The 71 levels: focal with awareness, with impaired and with unknown awareness, focal to bilateral, generalised, of
unknown onset; each motor, non-motor or unknown. ``sz_foc_ua`` itself is not among them."""

OTHER_TYPES = ("impd", "artf", "lpd", "gpd", "lrda", "grda")
"""What is known not to be a seizure, beside background: a check of impedance, an artefact, and the periodic and
rhythmic patterns of critical care."""

_KNOWN = frozenset((*SZCORE_TYPES, *OTHER_TYPES))


def is_known_type(name: str) -> bool:
    """Whether tables of SzCORE name this kind of event, or it is known not to be a seizure.

    Examples
    --------
    >>> is_known_type("sz_foc_ia"), is_known_type("impd"), is_known_type("sleep spindle")
    (True, True, False)
    """
    return name in _KNOWN
