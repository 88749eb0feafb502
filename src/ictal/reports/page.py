"""What all reports share: how a page is made of a template, and how settings become rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ictal.plots.clock import format_clock, format_duration

_LONGEST_LIST = 20


def load_template(name: str, **filters: Callable[..., Any]) -> Any:
    """Return a template of the folder ``templates``; a name that it is not given is an error.

    Parameters
    ----------
    name : str
    **filters
        Those that it uses beside ``clock``, ``duration``, ``percent`` and ``moment``.

    Examples
    --------
    >>> load_template("recording.html.j2").name
    'recording.html.j2'
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("ictal.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": format_clock, "duration": format_duration, "percent": format_percent}
    environment.filters |= {"moment": format_moment, **filters}
    return environment.get_template(name)


def format_percent(share: float) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> format_percent(0.9617)
    '96.2 %'
    """
    return f"{100 * share:.1f} %"


def format_moment(seconds: float, start_time: datetime) -> str:
    """Return date and time of day so many seconds after a start.

    Examples
    --------
    >>> format_moment(60.4, datetime(2000, 1, 1, 23, 59))
    '2000-01-02 00:00:00'
    """
    return f"{start_time + timedelta(seconds=round(seconds)):%Y-%m-%d %H:%M:%S}"


def flatten_settings(settings: Mapping[str, Any] | Sequence[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Walk nested settings as rows of a table; long lists are counted, not printed.

    Examples
    --------
    >>> list(flatten_settings({"window": 4.0, "chain": [{"step": "notch", "frequency": 50.0}]}))
    [('window', '4'), ('chain.1.step', 'notch'), ('chain.1.frequency', '50')]
    """
    items = settings.items() if isinstance(settings, Mapping) else enumerate(settings, start=1)
    for name, value in items:
        is_list_of_tables = isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)
        if is_list_of_tables or (isinstance(value, Mapping) and value):
            yield from flatten_settings(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _print_value(value)


def _print_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        shown = ", ".join(_print_value(item) for item in value[:_LONGEST_LIST])
        return shown if len(value) <= _LONGEST_LIST else f"{shown} … ({len(value)} in all)"
    return f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)
