"""What the page and the server send each other; the shapes of ``apps/page/types.js``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ictal.review.night import N_COLUMNS
from ictal.review.signal_page import MOST_COLUMNS

LONGEST_TIME = 1e8
"""Seconds, three years: longer than any recording."""

_PLAIN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
_TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]*$"

Verdict = Literal["undecided", "accepted", "rejected", "withdrawn"]
Seconds = Annotated[float, Field(ge=0, le=LONGEST_TIME)]
Hertz = Annotated[float, Field(gt=0, le=1e6)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Label = Annotated[str, Field(min_length=1, max_length=80, pattern=_PLAIN)]
Identifier = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
ItemName = Annotated[str, Field(min_length=1, max_length=200, pattern=_PLAIN)]
Comment = Annotated[str, Field(max_length=4000, pattern=_TEXT)]


class Message(BaseModel):
    """What is sent holds what is named here, and nothing else."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class Problem(Message):
    """Why something was not done."""

    problem: str


class SaidEvent(Message):
    """An event as the page sends it."""

    onset: Seconds
    duration: Seconds
    type: Label
    confidence: Annotated[float, Field(ge=0, le=1)] | None
    channels: Annotated[list[Label], Field(max_length=512)]


class Asked(BaseModel):
    """What stands behind the question mark of an address, which is text; a word that is not known is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class SignalAsked(Asked):
    """Which page of EEG; a filter that is not named is none."""

    start: Seconds
    stop: Seconds
    montage: Label
    high_pass: Hertz | None = None
    low_pass: Hertz | None = None
    notch: Hertz | None = None
    columns: Annotated[int, Field(ge=1, le=MOST_COLUMNS)] = 1000


class NightAsked(Asked):
    """How broad a recording at a glance shall be."""

    columns: Annotated[int, Field(ge=1, le=MOST_COLUMNS)] = N_COLUMNS


class ReasonsAsked(Asked):
    """Which item is asked about."""

    item: ItemName


class ExportAsked(Asked):
    """Of which recording; all where none is named."""

    recording: Identifier | None = None


class DecisionRequest(Message):
    """What a reader says of an item."""

    key: Key
    recording: Identifier
    item: ItemName
    revision: Annotated[int, Field(ge=0, le=2**31)]
    verdict: Verdict
    event: SaidEvent
    comment: Comment


class UndoRequest(Message):
    """Take the last decision back; the key is a new one."""

    key: Key


class RunRequest(Message):
    """Run a detector on a recording."""

    detector: Label


class ShownEvent(Message):
    """An event as it stands in a table or was decided."""

    onset: float
    duration: float
    type: str
    confidence: float | None
    channels: list[str]


class ShownItem(Message):
    """One thing to decide."""

    recording: str
    name: str
    origin: str
    proposed: ShownEvent | None
    event: ShownEvent
    verdict: Verdict
    comment: str
    revision: int


class Items(Message):
    """All that there is to decide, and how many seconds an item took lately; ``None`` where nobody knows yet."""

    items: list[ShownItem]
    pace: float | None


class Decided(Message):
    """An item after a decision that is on disk."""

    item: ShownItem


class Undone(Message):
    """An item after its last decision was taken back, and the key of that decision."""

    item: ShownItem
    undone: str


class Conflict(Message):
    """A decision that came too late, and the item as it stands."""

    problem: str
    item: ShownItem


class Summary(Message):
    """One recording of the folder."""

    id: str
    title: str
    problem: str | None
    duration: float
    sampling_rate: float
    channels: list[str]
    start: str | None
    gaps: list[list[float]]
    montages: list[str]
    notes: list[str]


class DetectorLine(Message):
    """A detector that the page may run."""

    name: str
    what: str


class Session(Message):
    """What is open, and for whom."""

    ictal: str
    reader: str
    research: str
    show_identity: bool
    event_types: list[str]
    detectors: list[DetectorLine]
    recordings: list[Summary]


class ShownRun(Message):
    """A detector at work on a recording."""

    recording: str
    detector: str
    share: float
    state: Literal["waiting", "running", "done", "failed"]
    problem: str | None
    events: list[ShownEvent]


class Runs(Message):
    """All runs that were asked for, the oldest first."""

    runs: list[ShownRun]


class ShownKappa(Message):
    """Agreement beyond chance, and how sure it is."""

    value: float | None
    low: float | None
    high: float | None
    method: str
    reason: str


class ShownPair(Message):
    """How far two readers agree."""

    first: str
    second: str
    both: int
    first_alone: int
    second_alone: int
    neither: int
    events: ShownKappa
    seconds: ShownKappa
    positive: float | None
    onset_difference: float | None
    end_difference: float | None


class Difference(Message):
    """One thing that readers do not agree on."""

    recording: str
    item: str
    event: ShownEvent
    answers: dict[str, Literal["seizure", "no seizure", "undecided"]]


class ShownAgreement(Message):
    """How far all readers agree who have decided everything."""

    readers: list[str]
    n_things: int
    n_seconds: int
    undecided: dict[str, int]
    pairs: list[ShownPair]
    all_readers: ShownKappa | None
    differences: list[Difference]


class Electrode(Message):
    """An electrode of the head map."""

    name: str
    x: float
    y: float
    weight: float


class Head(Message):
    """A square map of the head, seen from above."""

    size: int
    values: list[float | None]
    electrodes: list[Electrode]


class ShownFocus(Message):
    """Where on the head an event begins."""

    hemisphere: str
    lobe: str
    electrode: str


class SecondsOfLeads(Message):
    """The share of each second of each lead in a score."""

    start: float
    step: float
    shares: list[list[float]]


class ShownReasons(Message):
    """Why a detector says so, of one event."""

    detector: str
    leads: list[str]
    onset: list[float]
    slices: list[list[float]]
    weights: list[list[float]]
    seconds: SecondsOfLeads
    bands: dict[str, float]
    head: Head
    focus: ShownFocus | None
    words: str
