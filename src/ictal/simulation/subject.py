"""Who is simulated: a physiology, habits and an epilepsy that stay the same in all recordings of one person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rhythms:
    """The brain awake.

    Parameters
    ----------
    background_amplitude : float
        Root mean square of the 1/f background over the scalp in µV, against the average reference.
    background_exponent, background_knee : float
        Its power falls as frequency to minus this, above so many Hz.
    alpha_frequency, alpha_amplitude : float
        Hz, and root mean square in µV at O1 and O2 with closed eyes.
    beta_frequency, beta_amplitude : float
        Hz, and root mean square in µV at F3 and F4; 10 µV and more under benzodiazepines and barbiturates.
    mu_frequency, mu_amplitude : float
        Hz, and root mean square in µV at C3 and C4 in a run of arches, while the body rests.
    theta_amplitude : float
        Root mean square in µV over the temples and the vertex when drowsy.
    waxing : float
        Standard deviation of the logarithm of the background's height, that waxes and wanes within seconds.
    patchiness : float
        Standard deviation of the logarithm of how active the cortex is from place to place.
    topography : int
        Seed of where it is more active and where less.
    """

    background_amplitude: float
    background_exponent: float
    background_knee: float
    alpha_frequency: float
    alpha_amplitude: float
    beta_frequency: float
    beta_amplitude: float
    mu_frequency: float
    mu_amplitude: float
    theta_amplitude: float
    waxing: float = 0.0
    patchiness: float = 0.0
    topography: int = 0


@dataclass(frozen=True, slots=True)
class Sleep:
    """The brain asleep.

    Parameters
    ----------
    tiredness : float
        0 to 1: the share of a long recording that is slept.
    spindle_frequency, spindle_amplitude, spindle_rate : float
        Hz, of which those over the forehead are slower and the parietal ones faster; peak in µV where they are
        largest; and spindles a minute in N2.
    k_amplitude, k_rate : float
        Peak to peak in µV where they are largest, and K-complexes a minute in N2.
    slow_wave_amplitude : float
        Root mean square in µV of the slow waves of N3 at the frontal electrodes.
    vertex_amplitude, vertex_rate : float
        Peak in µV at Cz, and vertex waves a minute in N1.
    sawtooth_amplitude : float
        Peak to peak in µV of the sawtooth waves of REM where they are largest.
    architecture : str
        How stages follow each other, a name in :data:`ictal.simulation.vigilance.ARCHITECTURES`.
    burst_amplitude : float
        Root mean square in µV of the slow waves in the bursts of tracé alternant; 0 in those who are no neonates.
    pause_seconds : float
        Typical length of the low voltage between those bursts.
    brush_amplitude, brush_rate : float
        Peak to peak in µV of the delta under a delta brush, and brushes a minute of active sleep and of those bursts;
        0 in those who are no neonates.
    """

    tiredness: float
    spindle_frequency: float
    spindle_amplitude: float
    spindle_rate: float
    k_amplitude: float
    k_rate: float
    slow_wave_amplitude: float
    vertex_amplitude: float = 100.0
    vertex_rate: float = 4.0
    sawtooth_amplitude: float = 50.0
    architecture: str = "adult"
    burst_amplitude: float = 0.0
    pause_seconds: float = 6.5
    brush_amplitude: float = 0.0
    brush_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Habits:
    """What body and electrodes add.

    Parameters
    ----------
    blink_rate, blink_amplitude : float
        Blinks a minute while the eyes are open, and µV at Fp1 and Fp2.
    saccade_rate, saccade_amplitude : float
        Saccades a minute while the eyes are open, and µV at F7 and F8 of a typical one.
    muscle_rate, muscle_amplitude : float
        Bursts a minute awake, and root mean square in µV where they are largest.
    chewing_rate : float
        Bouts of chewing an hour awake.
    heart_amplitude : float
        µV of the heart's R wave where it is largest on the scalp.
    sweat_amplitude : float
        Root mean square in µV of the slow drift of sweating electrodes.
    movement_rate : float
        Movements of head and cables an hour awake.
    pop_rate, disconnection_rate : float
        Series of electrode pops, and losses of an electrode or of the headbox, an hour over all electrodes.
    line_amplitude : float
        µV, typical of one electrode.
    heart_rate : float
        Beats a minute awake at rest.
    sweat_share : float
        0 to 1: the share of a recording in which the subject sweats.
    patting_rate : float
        Bouts of rhythmic movement from outside an hour: patting, a ventilator.
    bad_contact_rate : float
        Electrodes an hour that pick up ten times more mains for some minutes.
    tension_share, tension_amplitude : float
        0 to 1: the share of a recording in which some muscles are tense for a minute or so; and root mean square in
        µV where they are largest, lower than in bursts or, in a patient who fights the tube, much higher.
    """

    blink_rate: float
    blink_amplitude: float
    saccade_rate: float
    saccade_amplitude: float
    muscle_rate: float
    muscle_amplitude: float
    chewing_rate: float
    heart_amplitude: float
    sweat_amplitude: float
    movement_rate: float
    pop_rate: float
    disconnection_rate: float
    line_amplitude: float
    heart_rate: float = 70.0
    sweat_share: float = 0.1
    patting_rate: float = 0.2
    bad_contact_rate: float = 0.3
    tension_share: float = 0.0
    tension_amplitude: float = 10.0


@dataclass(frozen=True, slots=True)
class Epilepsy:
    """The seizures, and what looks like one.

    Parameters
    ----------
    kind : str
        Kind of the seizures, from :data:`ictal.simulation.seizure.KINDS`.
    focus : str
        The electrode above the seizure focus.
    seizure_duration, seizure_frequency : float
        Typical seconds, and Hz at the onset.
    spike_rate, spike_amplitude : float
        Interictal spikes a minute awake, and µV from the baseline to the peak at the focus.
    run_rate : float
        Rhythmic runs that do not evolve, an hour.
    spike_width : float
        Seconds from base to base: a spike up to 0.07, a sharp wave up to 0.2.
    spike_second_focus : str
        ``""``, or the electrode above a second, less active focus.
    run_amplitude : float
        µV from the baseline to the peak, of a usual run where it is seen most.
    run_kinds : tuple of str
        Names in :data:`ictal.simulation.runs.RUNS`.
    pattern : str
        ``""``, or the periodic or rhythmic pattern of an intensive care unit: ``lpd``, ``gpd``, ``lrda``, ``grda``.
    pattern_frequency, pattern_amplitude : float
        Discharges or waves a second, and µV from the baseline to the peak where they are seen most.
    pattern_share : float
        0 to 1: the share of the recording that the pattern fills.
    lesion_amplitude : float
        Root mean square in µV of the irregular delta over the focus, day and night; 0 where there is no lesion.
    """

    kind: str
    focus: str
    seizure_duration: float
    seizure_frequency: float
    spike_rate: float
    spike_amplitude: float
    run_rate: float
    spike_width: float = 0.07
    spike_second_focus: str = ""
    run_amplitude: float = 40.0
    run_kinds: tuple[str, ...] = ("temporal-theta", "wicket", "temporal-alpha", "14-and-6")
    pattern: str = ""
    pattern_frequency: float = 1.0
    pattern_amplitude: float = 100.0
    pattern_share: float = 0.0
    lesion_amplitude: float = 0.0


@dataclass(frozen=True, slots=True)
class Subject:
    """One simulated person.

    Parameters
    ----------
    population : str
        Whom the person was drawn from, a name in :data:`ictal.simulation.populations.POPULATIONS`.
    rhythms : Rhythms
    sleep : Sleep
    habits : Habits
    epilepsy : Epilepsy
    """

    population: str
    rhythms: Rhythms
    sleep: Sleep
    habits: Habits
    epilepsy: Epilepsy
