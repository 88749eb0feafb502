from __future__ import annotations

import torch

from ictal.models.codebook import find_means, find_nearest


def test_nearest_is_by_euclidean_distance() -> None:
    torch.manual_seed(3)
    vectors, entries = torch.randn(50, 7, dtype=torch.float64), torch.randn(20, 7, dtype=torch.float64)
    assert torch.equal(find_nearest(vectors, entries), torch.cdist(vectors, entries).argmin(dim=1))


def test_means_of_tight_groups_are_their_middles() -> None:
    torch.manual_seed(4)
    middles = torch.tensor([[0.0, 0.0], [50.0, 0.0], [0.0, 50.0]])
    vectors = middles.repeat(100, 1) + 0.1 * torch.randn(300, 2)
    means, counts = find_means(vectors, 3)
    assert counts.sum() == 300
    left = torch.cdist(vectors, means).min(dim=1).values.square().sum()
    together = (vectors - vectors.mean(dim=0)).square().sum()
    assert left < 0.7 * together
