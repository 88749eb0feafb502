"""The parts of the phantom in the order in which they shape the signal."""

from __future__ import annotations

from ictal.core.tables import Table

BRAIN = Table(
    "part of the brain",
    {
        "background": "ictal.simulation.rhythms:background",
        "alpha": "ictal.simulation.rhythms:alpha",
        "beta": "ictal.simulation.rhythms:beta",
        "mu": "ictal.simulation.rhythms:mu",
        "theta": "ictal.simulation.rhythms:theta",
        "stages": "ictal.simulation.sleep:stages",
        "slow-waves": "ictal.simulation.sleep:slow_waves",
        "spindles": "ictal.simulation.sleep:spindles",
        "k-complexes": "ictal.simulation.sleep:k_complexes",
        "vertex-waves": "ictal.simulation.sleep:vertex_waves",
        "sawtooth-waves": "ictal.simulation.sleep:sawtooth_waves",
        "trace-alternant": "ictal.simulation.neonatal_sleep:trace_alternant",
        "delta-brushes": "ictal.simulation.neonatal_sleep:delta_brushes",
    },
)
"""What a healthy brain does; weakened while a seizure lasts and after it."""

EPILEPSY = Table(
    "part of the epilepsy",
    {
        "lesion": "ictal.simulation.lesion:lesion",
        "suppression": "ictal.simulation.seizures:suppression",
        "spikes": "ictal.simulation.spikes:spikes",
        "rhythmic-runs": "ictal.simulation.runs:rhythmic_runs",
        "lpd": "ictal.simulation.periodic:lpd",
        "gpd": "ictal.simulation.periodic:gpd",
        "lrda": "ictal.simulation.rhythmic_delta:lrda",
        "grda": "ictal.simulation.rhythmic_delta:grda",
        "seizures": "ictal.simulation.seizures:seizures",
        "ictal-slowing": "ictal.simulation.ictal_slowing:ictal_slowing",
        "slowing": "ictal.simulation.seizures:slowing",
    },
)
"""Seizures, and the hard negatives that look like one."""

ARTEFACTS = Table(
    "artefact",
    {
        "blinks": "ictal.simulation.eyes:blinks",
        "saccades": "ictal.simulation.eyes:saccades",
        "muscle": "ictal.simulation.muscle:muscle",
        "tension": "ictal.simulation.tension:tension",
        "chewing": "ictal.simulation.chewing:chewing",
        "heart": "ictal.simulation.heart:heart",
        "sweat": "ictal.simulation.electrodes:sweat",
        "movement": "ictal.simulation.movement:movement",
        "patting": "ictal.simulation.movement:patting",
        "pops": "ictal.simulation.electrodes:pops",
        "line": "ictal.simulation.electronics:line",
        "amplifier": "ictal.simulation.electronics:amplifier",
        "disconnection": "ictal.simulation.electrodes:disconnection",
    },
)
"""What a recording holds besides brain."""

PARTS = {**BRAIN, **EPILEPSY, **ARTEFACTS}
"""Name → a :data:`~ictal.simulation.scene.Builder`."""
