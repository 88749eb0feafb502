"""Which classes there are, and when each of them holds."""

from __future__ import annotations

import abc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ictal.core.events import BACKGROUND, SEIZURE, Annotations, Event
from ictal.core.spans import Span, complement_spans, intersect_spans, merge_spans
from ictal.core.tables import Table
from ictal.data.settings import parse_settings
from ictal.io.event_types import SZCORE_TYPES

MOST_CLASSES = 127
"""Labels are 8-bit numbers."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each class holds in one recording, in seconds; class 0 holds in all other time.

    Parameters
    ----------
    stretches : tuple of tuple of (start, stop)
        Of class 1, of class 2, …; each sorted, no two overlap.
    excluded : tuple of (start, stop)
        Time that gets no label.
    """

    stretches: tuple[tuple[Span, ...], ...]
    excluded: tuple[Span, ...] = ()

    @classmethod
    def layered(cls, layers: Iterable[Iterable[Span]], excluded: Iterable[Span], duration: float) -> Timeline:
        """Make a timeline of layers that may overlap: what comes later covers what was before, and `excluded` all.

        Examples
        --------
        >>> Timeline.layered([[(0.0, 50.0)], [(40.0, 60.0)]], [(55.0, 99.0)], 80.0)
        Timeline(stretches=(((0.0, 40.0),), ((40.0, 55.0),)), excluded=((55.0, 80.0),))
        """
        *classes, left_out = [intersect_spans(layer, [(0.0, duration)]) for layer in (*layers, excluded)]
        above = [merge_spans(chain(*classes[i + 1 :], left_out)) for i in range(len(classes))]
        return cls(tuple(without_spans(own, over) for own, over in zip(classes, above, strict=True)), left_out)


class Scheme(BaseModel, abc.ABC):
    """How annotations become classes.

    A scheme is one subclass and one line in :data:`SCHEMES`.

    Attributes
    ----------
    scheme : str
        The name in the table.
    exclude : tuple of str
        Event types, such as ``impd``, whose time gets no label.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    scheme: str
    exclude: tuple[str, ...] = ()

    @property
    @abc.abstractmethod
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; class 0 comes first."""

    @abc.abstractmethod
    def timeline(self, events: Annotations) -> Timeline:
        """Return when each class holds.

        Parameters
        ----------
        events : Annotations
            Of one recording. Seizures before its start or after its end count too where the scheme looks around them.
        """

    def excluded_spans(self, events: Annotations) -> tuple[Span, ...]:
        """Return the time of the event types in `exclude`."""
        return merge_spans(event.span for event in events if event.event_type in self.exclude)


class SeizureScheme(Scheme):
    """Background and seizure.

    Examples
    --------
    >>> SeizureScheme().timeline(Annotations([Event(10.0, 5.0, "sz_foc")], duration=60.0)).stretches
    (((10.0, 15.0),),)
    """

    scheme: Literal["seizure"] = "seizure"

    @property
    def classes(self) -> tuple[str, ...]:
        """``("bckg", "sz")``."""
        return (BACKGROUND, SEIZURE)

    def timeline(self, events: Annotations) -> Timeline:
        """Return when there is a seizure."""
        return Timeline.layered([events.seizures.spans], self.excluded_spans(events), events.duration)


class PreictalScheme(Scheme):
    """Interictal, pre-ictal and ictal.

    Attributes
    ----------
    horizon : float
        Seconds before an onset at which the pre-ictal state begins.
    intervention : float
        The last seconds before an onset, too late for a warning; they get no label.
    postictal : float
        Seconds after a seizure that get no label, even where another seizure is near.
    distance : float
        Interictal is only what is at least so many seconds away from any seizure; what is nearer and not pre-ictal gets
        no label.

    References
    ----------
    Mormann et al., Seizure prediction: the long and winding road, Brain 2007. Truong et al., Neural Networks 2018: a
    horizon of 35 minutes with 5 for intervention, and a distance of 4 hours.

    Examples
    --------
    >>> scheme = PreictalScheme(horizon=30.0, intervention=5.0, postictal=60.0)
    >>> timeline = scheme.timeline(Annotations([Event(100.0, 20.0)], duration=400.0))
    >>> timeline.stretches
    (((70.0, 95.0),), ((100.0, 120.0),))
    >>> timeline.excluded
    ((95.0, 100.0), (120.0, 180.0))
    """

    scheme: Literal["preictal"] = "preictal"
    horizon: float = Field(default=1800.0, gt=0.0)
    intervention: float = Field(default=0.0, ge=0.0)
    postictal: float = Field(default=1800.0, ge=0.0)
    distance: float = Field(default=0.0, ge=0.0)

    @model_validator(mode="after")
    def _intervention_fits(self) -> Self:
        if self.intervention >= self.horizon:
            raise ValueError(f"intervention {self.intervention} is not below horizon {self.horizon}")
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        """``("interictal", "preictal", "ictal")``."""
        return ("interictal", "preictal", "ictal")

    def timeline(self, events: Annotations) -> Timeline:
        """Return when it is pre-ictal and ictal, and what is too near to a seizure to be either."""
        marked = [event.span for event in events if event.is_seizure]
        preictal = merge_spans((onset - self.horizon, onset - self.intervention) for onset, _ in marked)
        near = merge_spans((onset - self.distance, stop + self.distance) for onset, stop in marked)
        unclear = merge_spans(
            (
                *((onset - self.intervention, onset) for onset, _ in marked),
                *((stop, stop + self.postictal) for _, stop in marked),
                *without_spans(near, preictal),
            )
        )
        ictal = merge_spans(marked)
        excluded = merge_spans((*without_spans(unclear, ictal), *self.excluded_spans(events)))
        return Timeline.layered([preictal, ictal], excluded, events.duration)


class SeizureTypeScheme(Scheme):
    """Background and kinds of seizures.

    Attributes
    ----------
    types : dict of str to tuple of str
        The name of each class → the SzCORE types that it takes, with all their kinds: ``sz_foc`` takes ``sz_foc_ia_m``.
        Of several that fit, the longest counts, so ``sz`` takes what no other does. A seizure that none takes gets no
        label.

    Examples
    --------
    >>> scheme = SeizureTypeScheme(types={"absence": ["sz_gen_nm"], "other": ["sz"]})
    >>> scheme.classes
    ('bckg', 'absence', 'other')
    >>> scheme.timeline(Annotations([Event(10.0, 5.0, "sz_gen_nm_typical")], duration=60.0)).stretches
    (((10.0, 15.0),), ())
    """

    scheme: Literal["seizure-types"] = "seizure-types"
    types: dict[str, tuple[str, ...]] = Field(
        default={"focal": ("sz_foc",), "generalised": ("sz_gen",)}, min_length=1, max_length=MOST_CLASSES - 1
    )

    @field_validator("types")
    @classmethod
    def _types_are_known(cls, types: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        named = [*chain(*types.values())]
        for name in named:
            if not Event(0.0, 0.0, name).is_seizure or not any(_takes(name, known) for known in SZCORE_TYPES):
                raise ValueError(f"{name!r} is no kind of seizure of SzCORE")
            if named.count(name) > 1:
                raise ValueError(f"{name!r} is in two classes")
        if BACKGROUND in types:
            raise ValueError(f"{BACKGROUND!r} is class 0 already")
        return types

    @property
    def classes(self) -> tuple[str, ...]:
        """``"bckg"`` and the names of `types`."""
        return (BACKGROUND, *self.types)

    def class_of(self, event_type: str) -> str | None:
        """Return the class that takes a type of seizure, or ``None``."""
        fits = [
            (len(taken), name) for name, types in self.types.items() for taken in types if _takes(taken, event_type)
        ]
        return max(fits)[1] if fits else None

    def timeline(self, events: Annotations) -> Timeline:
        """Return when there is a seizure of which class; where two overlap, the class that is named later counts."""
        spans: dict[str | None, list[Span]] = {name: [] for name in (*self.types, None)}
        for event in events.seizures:
            spans[self.class_of(event.event_type)].append(event.span)
        unnamed = spans.pop(None)
        return Timeline.layered(spans.values(), (*unnamed, *self.excluded_spans(events)), events.duration)


SCHEMES = Table(
    "scheme",
    {
        "seizure": "ictal.data.schemes:SeizureScheme",
        "preictal": "ictal.data.schemes:PreictalScheme",
        "seizure-types": "ictal.data.schemes:SeizureTypeScheme",
    },
)
"""Each is a :class:`Scheme`."""


def parse_scheme(settings: Mapping[str, Any]) -> Scheme:
    """Return the scheme that plain settings describe.

    Raises
    ------
    ParameterError
        If the scheme, one of the keys or a value is not allowed; the allowed ones are listed.

    Examples
    --------
    >>> parse_scheme({"scheme": "preictal", "horizon": 600}).horizon
    600.0
    """
    scheme: Scheme = parse_settings(SCHEMES, settings)
    return scheme


def without_spans(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Return the time of `spans` that `others` do not cover.

    Examples
    --------
    >>> without_spans([(0.0, 10.0)], [(4.0, 5.0)])
    ((0.0, 4.0), (5.0, 10.0))
    """
    own = merge_spans(spans)
    if not own:
        return ()
    return intersect_spans(own, complement_spans(others, own[0][0], own[-1][1]))


def _takes(taken: str, event_type: str) -> bool:
    return event_type == taken or event_type.startswith(f"{taken}_")
