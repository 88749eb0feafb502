"""Residual vector quantisation: each codebook says what the ones before it left unsaid."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from ictal.core.errors import ParameterError

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


class Quantized(NamedTuple):
    """What a quantiser makes of latent vectors.

    Attributes
    ----------
    quantised : Tensor, shape (N, dimension, n_frames)
        The sums of entries that the codes stand for.
    codes : Tensor of int64, shape (N, n_frames, n_codebooks)
        Numbers of entries.
    commitment : Tensor, shape ()
        The mean squares that each codebook left over, summed over codebooks; without a weight.
    """

    quantised: Tensor
    codes: Tensor
    commitment: Tensor


class ResidualQuantizer(nn.Module):
    """Several codebooks in a row, each of which quantises what the ones before it left.

    In training mode the entries start from k-means of the first batch, follow the vectors that chose them as running
    means, and are replaced by vectors of the batch where they fall out of use. All chance is drawn from the generator
    of torch on the CPU. In evaluation mode nothing changes.

    Parameters
    ----------
    config : QuantizerConfig

    References
    ----------
    van den Oord, Vinyals and Kavukcuoglu, Neural discrete representation learning, 2017: running means, commitment.
    Zeghidour et al., SoundStream: an end-to-end neural audio codec, 2021: residual quantisation, k-means, dead entries.
    Every codebook passes the gradient straight through, as in the published codec, so that of the sum is as many times
    that of the quantised signal as there are codebooks. That an entry is dead below a share of an even use, and not
    below 2 vectors in a batch, is ours: it holds for batches of every size.

    Examples
    --------
    >>> quantizer = ResidualQuantizer(QuantizerConfig()).eval()
    >>> found = quantizer.quantize(torch.randn(2, 64, 32))
    >>> found.quantised.shape, found.codes.shape
    (torch.Size([2, 64, 32]), torch.Size([2, 32, 4]))
    >>> torch.equal(quantizer.decode(found.codes), found.quantised)
    True
    """

    def __init__(self, config: QuantizerConfig) -> None:
        super().__init__()
        self.config = config
        self.codebooks = nn.ModuleList(Codebook(config) for _ in range(config.n_codebooks))

    @property
    def books(self) -> tuple[Codebook, ...]:
        """The codebooks, first to last."""
        return tuple(cast(Codebook, codebook) for codebook in self.codebooks)

    def forward(self, latent: Tensor) -> Quantized:
        """Return what :meth:`quantize` does."""
        return self.quantize(latent)

    def quantize(self, latent: Tensor) -> Quantized:
        """Quantise latent vectors; in training mode the codebooks learn from them.

        Parameters
        ----------
        latent : Tensor, shape (N, dimension, n_frames)

        Returns
        -------
        Quantized

        Raises
        ------
        ParameterError
            If the latent has another shape.
        """
        residual = self._as_vectors(latent)
        total, losses, codes = torch.zeros_like(residual), [], []
        for codebook in self.books:
            quantised, chosen, loss = codebook(residual)
            residual = residual - quantised.detach()
            total = total + quantised
            losses.append(loss)
            codes.append(chosen)
        return Quantized(total.transpose(1, 2), torch.stack(codes, dim=-1), torch.stack(losses).sum())

    def encode(self, latent: Tensor) -> Tensor:
        """Return the codes of latent vectors; nothing is learnt, whatever the mode.

        Parameters
        ----------
        latent : Tensor, shape (N, dimension, n_frames)

        Returns
        -------
        Tensor of int64, shape (N, n_frames, n_codebooks)

        Raises
        ------
        ParameterError
            If the latent has another shape.
        """
        residual = self._as_vectors(latent)
        codes = []
        for codebook in self.books:
            codes.append(codebook.choose(residual))
            residual = residual - codebook.look_up(codes[-1])
        return torch.stack(codes, dim=-1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the vectors that codes stand for.

        Parameters
        ----------
        codes : Tensor of integers, shape (N, n_frames, n_codebooks)
            Fewer codebooks than there are give a coarser answer.

        Returns
        -------
        Tensor, shape (N, dimension, n_frames)

        Raises
        ------
        ParameterError
            If the codes have another shape.
        """
        n_codebooks = self.config.n_codebooks
        if codes.ndim != 3 or not 1 <= codes.shape[2] <= n_codebooks:
            raise ParameterError(
                f"codes: shape {tuple(codes.shape)} came; allowed is (batch, frames, 1 to {n_codebooks})."
            )
        books = self.books[: codes.shape[2]]
        return sum_entries([book.look_up(codes[..., i]) for i, book in enumerate(books)])

    def _as_vectors(self, latent: Tensor) -> Tensor:
        if latent.ndim != 3 or latent.shape[1] != self.config.dimension:
            raise ParameterError(
                f"latent: shape {tuple(latent.shape)} came; allowed is (batch, {self.config.dimension}, frames)."
            )
        return latent.transpose(1, 2)


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


def sum_entries(entries: list[Tensor]) -> Tensor:
    """Return the sum of (N, n_frames, dimension), first to last, as (N, dimension, n_frames)."""
    total = torch.zeros_like(entries[0])
    for one in entries:
        total = total + one
    return total.transpose(1, 2)
