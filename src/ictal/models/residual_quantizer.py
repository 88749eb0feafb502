"""Residual vector quantisation: each codebook says what the ones before it left unsaid."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.codebook import Codebook, QuantizerConfig


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


def sum_entries(entries: list[Tensor]) -> Tensor:
    """Return the sum of (N, n_frames, dimension), first to last, as (N, dimension, n_frames)."""
    total = torch.zeros_like(entries[0])
    for one in entries:
        total = total + one
    return total.transpose(1, 2)
