import torch

from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.polarity import Polarity
from ictal.data.batch import Batch


def test_windows_stand_on_their_heads_with_all_channels() -> None:
    signal = torch.randn(3, 2, 8)
    changed = Polarity(probability=1.0).apply(Batch(signal, torch.tensor([0, 1, 0]), ("C3", "C4"), 256.0), Draws(0))
    assert torch.equal(changed.signal, -signal)
    assert changed.labels.tolist() == [0, 1, 0]
