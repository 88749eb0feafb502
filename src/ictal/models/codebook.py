"""A codebook: vectors of which the nearest stands for another, learnt as running means of those that chose them."""

from __future__ import annotations

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

_SMOOTHING = 1e-5
"""Vectors that every entry is taken to have had at least, so that none is divided by zero."""


_MOST_ROUNDS = 100
"""Rounds of k-means at most; it ends before where nothing moves any more."""


class QuantizerConfig(BaseModel):
    """What a residual quantiser is built from.

    Attributes
    ----------
    dimension : int
        Numbers in a vector.
    n_codebooks : int
        Codes of a vector.
    n_entries : int
        Vectors that a codebook holds; at most 256, so that a code is a byte.
    decay : float
        Share of the running means that a batch leaves as it was.
    dead_below : float
        An entry that is used less than this share of an even use is replaced while training; 0 replaces none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dimension: int = Field(default=64, gt=0)
    n_codebooks: int = Field(default=4, gt=0)
    n_entries: int = Field(default=256, gt=1, le=256)
    decay: float = Field(default=0.99, ge=0.0, lt=1.0)
    dead_below: float = Field(default=0.1, ge=0.0, lt=1.0)


class Codebook(nn.Module):
    """Vectors, of which the nearest stands for another vector.

    Attributes
    ----------
    entries : Tensor, shape (n_entries, dimension)
    uses : Tensor, shape (n_entries,)
        Running mean of how many vectors of a batch chose each entry.
    sums : Tensor, shape (n_entries, dimension)
        Running mean of the sum of those vectors.
    started : Tensor of bool, shape ()
        Whether the entries come from data.
    """

    entries: Tensor
    uses: Tensor
    sums: Tensor
    started: Tensor

    def __init__(self, config: QuantizerConfig) -> None:
        super().__init__()
        self.config = config
        entries = torch.randn(config.n_entries, config.dimension)
        self.register_buffer("entries", entries)
        self.register_buffer("uses", torch.ones(config.n_entries))
        self.register_buffer("sums", entries.clone())
        self.register_buffer("started", torch.tensor(False))

    def start_from(self, entries: Tensor, uses: Tensor | None = None) -> None:
        """Set the entries, and how many vectors of a batch stand behind each: one where not given."""
        self.entries.copy_(entries)
        self.uses.copy_(torch.ones_like(self.uses) if uses is None else uses)
        self.sums.copy_(self.entries * self.uses[:, None])
        self.started.fill_(True)

    def choose(self, vectors: Tensor) -> Tensor:
        """Return the number of the nearest entry of each vector: (..., dimension) → (...)."""
        return find_nearest(vectors, self.entries)

    def look_up(self, codes: Tensor) -> Tensor:
        """Return the entries with these numbers: (...) → (..., dimension)."""
        return nn.functional.embedding(codes.long(), self.entries)

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return entries with the gradient straight through, their numbers, and the mean square that is left."""
        if self.training:
            self._start(vectors.detach().flatten(0, -2))
        codes = self.choose(vectors)
        entries = self.look_up(codes)
        if self.training:
            self._follow(vectors.detach().flatten(0, -2), codes.flatten())
        loss = (vectors - entries).square().mean()
        return entries + (vectors - vectors.detach()), codes, loss

    @torch.no_grad()
    def _start(self, vectors: Tensor) -> None:
        if not self.started:
            means, counts = find_means(vectors, self.config.n_entries)
            self.start_from(means, counts.clamp_min(1.0))

    @torch.no_grad()
    def _follow(self, vectors: Tensor, codes: Tensor) -> None:
        """Move the running means towards a batch, and the entries with them."""
        counts, sums = sum_by_code(vectors, codes, len(self.entries))
        self.uses.lerp_(counts, 1.0 - self.config.decay)
        self.sums.lerp_(sums, 1.0 - self.config.decay)
        total = self.uses.sum()
        smoothed = (self.uses + _SMOOTHING) / (total + len(self.uses) * _SMOOTHING) * total
        self.entries.copy_(self.sums / smoothed[:, None])
        self._replace_dead(vectors)

    def _replace_dead(self, vectors: Tensor) -> None:
        even_use = self.uses.mean()
        dead = self.uses < self.config.dead_below * even_use
        if dead.any():
            fresh = draw_vectors(vectors, int(dead.sum()))
            self.entries[dead] = fresh
            self.uses[dead] = even_use
            self.sums[dead] = fresh * even_use


def find_nearest(vectors: Tensor, entries: Tensor) -> Tensor:
    """Return the number of the entry that is nearest to each vector by Euclidean distance.

    Parameters
    ----------
    vectors : Tensor, shape (..., dimension)
    entries : Tensor, shape (n_entries, dimension)

    Returns
    -------
    Tensor of int64, shape (...)

    Examples
    --------
    >>> find_nearest(torch.tensor([[0.2, 0.0], [0.9, 1.0]]), torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    tensor([0, 1])
    """
    return (entries.square().sum(dim=-1) - 2.0 * vectors @ entries.T).argmin(dim=-1)


def find_means(vectors: Tensor, n_means: int) -> tuple[Tensor, Tensor]:
    """Find the middles of groups of vectors by k-means, from vectors drawn by chance.

    Parameters
    ----------
    vectors : Tensor, shape (n, dimension)
    n_means : int

    Returns
    -------
    means : Tensor, shape (n_means, dimension)
        A group that has no vectors keeps its middle.
    counts : Tensor, shape (n_means,)
        Vectors of each group.

    Examples
    --------
    >>> means, counts = find_means(torch.tensor([[0.0], [0.2], [5.0], [5.2]]), 2)
    >>> means.sort(dim=0).values, counts
    (tensor([[0.1000],
            [5.1000]]), tensor([2., 2.]))
    """
    means = draw_vectors(vectors, n_means)
    codes = find_nearest(vectors, means)
    for _ in range(_MOST_ROUNDS):
        counts, sums = sum_by_code(vectors, codes, n_means)
        means = torch.where(counts[:, None] > 0, sums / counts.clamp_min(1.0)[:, None], means)
        before, codes = codes, find_nearest(vectors, means)
        if torch.equal(before, codes):
            break
    return means, sum_by_code(vectors, codes, n_means)[0]


def sum_by_code(vectors: Tensor, codes: Tensor, n_entries: int) -> tuple[Tensor, Tensor]:
    """Return how many vectors have each code, and their sums; the same on every run of one device.

    Examples
    --------
    >>> sum_by_code(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([1, 0, 1]), 3)
    (tensor([1., 2., 0.]), tensor([[2.],
            [5.],
            [0.]]))
    """
    member = nn.functional.one_hot(codes, n_entries).to(vectors.dtype)
    return member.sum(dim=0), member.T @ vectors


def draw_vectors(vectors: Tensor, n: int) -> Tensor:
    """Return `n` of the vectors by chance, each once where there are as many."""
    shuffled = torch.randperm(len(vectors))
    return vectors[shuffled.repeat(-(-n // len(vectors)))[:n].to(vectors.device)]
