"""Pages kept in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.review.page_cache import PageCache


@given(st.lists(st.integers(0, 12)), st.integers(0, 60))
def test_it_never_holds_more_than_it_may_and_always_answers_right(keys: list[int], most: int) -> None:
    cache = PageCache(most)
    for key in keys:
        page = bytes([key]) * key
        assert cache.get(key, partial(bytes, page)) == page
        assert cache.n_bytes <= most
    assert cache.n_bytes == sum(key for key in range(13) if key in cache)


def test_what_is_asked_for_again_is_not_made_again_and_the_oldest_goes_first() -> None:
    cache, made = PageCache(2), list[str]()

    def make(key: str) -> bytes:
        made.append(key)
        return b"x"

    for key in ("a", "b", "a", "c", "a", "b"):
        cache.get(key, partial(make, key))
    assert made == ["a", "b", "c", "b"]


def test_a_failure_is_passed_on_and_not_kept() -> None:
    cache = PageCache()

    def fail() -> bytes:
        raise ValueError("unreadable")

    with pytest.raises(ValueError, match="unreadable"):
        cache.get("page", fail)
    assert len(cache) == 0
    assert cache.get("page", lambda: b"there") == b"there"


def test_many_threads_may_ask_at_once() -> None:
    cache = PageCache(500)

    def ask(number: int) -> bool:
        key = number % 40
        return cache.get(key, lambda: bytes([key]) * 25) == bytes([key]) * 25

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(2000)))
    assert cache.n_bytes <= 500
    assert cache.n_bytes == 25 * len(cache)
