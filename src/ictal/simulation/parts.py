"""The parts of the phantom in the order in which they shape the signal."""

from __future__ import annotations

from ictal.core.tables import Table

BRAIN = Table(
    "part of the brain",
    {
        "background": "ictal.simulation.rhythms:background",
        "alpha": "ictal.simulation.rhythms:alpha",
    },
)
"""What a healthy brain does; weakened while a seizure lasts and after it."""

EPILEPSY = Table(
    "part of the epilepsy",
    {
        "suppression": "ictal.simulation.seizures:suppression",
        "spikes": "ictal.simulation.spikes:spikes",
        "rhythmic-runs": "ictal.simulation.runs:rhythmic_runs",
        "lpd": "ictal.simulation.periodic:lpd",
        "gpd": "ictal.simulation.periodic:gpd",
        "lrda": "ictal.simulation.rhythmic_delta:lrda",
        "grda": "ictal.simulation.rhythmic_delta:grda",
        "seizures": "ictal.simulation.seizures:seizures",
        "slowing": "ictal.simulation.seizures:slowing",
    },
)
"""Seizures, and the hard negatives that look like one."""

ARTEFACTS = Table(
    "artefact",
    {
        "blinks": "ictal.simulation.eyes:blinks",
        "muscle": "ictal.simulation.muscle:muscle",
        "line": "ictal.simulation.electronics:line",
        "amplifier": "ictal.simulation.electronics:amplifier",
    },
)
"""What a recording holds besides brain."""

PARTS = {**BRAIN, **EPILEPSY, **ARTEFACTS}
"""Name → a :data:`~ictal.simulation.scene.Builder`."""
