"""Our values in the shapes that the page knows."""

from __future__ import annotations

from ictal.apps.server.messages import SaidEvent, ShownEvent, ShownItem, ShownRun
from ictal.apps.server.privacy import Privacy
from ictal.apps.server.shelf import identify
from ictal.core.events import Event
from ictal.experiments.review_runs import Run
from ictal.review.items import Item


def show_event(event: Event) -> ShownEvent:
    """Return an event for the page.

    Examples
    --------
    >>> show_event(Event(12.0, 30.0)).type
    'sz'
    """
    return ShownEvent(
        onset=event.onset,
        duration=event.duration,
        type=event.event_type,
        confidence=event.confidence,
        channels=list(event.channels),
    )


def read_event(said: SaidEvent) -> Event:
    """Return the event that the page sent."""
    return Event(said.onset, said.duration, said.type, said.confidence, tuple(said.channels))


def show_item(item: Item) -> ShownItem:
    """Return an item for the page; its recording is named by its id."""
    return ShownItem(
        recording=identify(item.recording),
        name=item.name,
        origin=item.origin,
        proposed=None if item.proposed is None else show_event(item.proposed),
        event=show_event(item.event),
        verdict=item.verdict,
        comment=item.comment,
        revision=item.revision,
    )


def show_run(run: Run, privacy: Privacy) -> ShownRun:
    """Return a run for the page; its problem names no file."""
    return ShownRun(
        recording=identify(run.recording),
        detector=run.detector,
        share=run.share,
        state=run.state,
        problem=None if run.problem is None else privacy.clean(run.problem),
        events=[show_event(event) for event in run.events],
    )
