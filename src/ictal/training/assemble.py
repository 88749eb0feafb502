"""A trained network becomes a detector."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.data.schemes import Scheme, SeizureTypeScheme
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorParts
from ictal.detection.settings import DetectorSettings, Leads, Model, Windows
from ictal.preprocessing.chain import Chain
from ictal.preprocessing.montage import AS_RECORDED, MontageStep
from ictal.training.export import export_onnx
from ictal.training.settings import TaskSettings

RESEARCH = "For research only; not a medical device."


class EachLead(nn.Module):
    """A network of one channel, run on every lead by itself; in each frame the lead most for a seizure counts.

    Parameters
    ----------
    network : Module
        Of one channel and two classes.

    Examples
    --------
    >>> import torch
    >>> from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
    >>> network = EachLead(EEGWaveNet(EEGWaveNetConfig(n_channels=1)).eval())
    >>> network(torch.randn(2, 3, 1024)).shape
    torch.Size([2, 1, 2])
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        if getattr(network, "n_classes", None) != 2:
            raise ParameterError("each lead: needs a network of two classes; another came.")
        self.network = network
        self.n_classes: int = 2
        for name in ("sampling_rate", "frame_rate", "receptive_field"):
            setattr(self, name, getattr(network, name))

    def forward(self, signal: Tensor) -> Tensor:
        """Return logits of shape (B, n_frames, 2) from a signal of shape (B, n_leads, T)."""
        leads = signal.reshape(-1, 1, signal.shape[2])
        logits = self.network(leads).unflatten(0, (-1, signal.shape[1]))
        for_seizure = (logits[..., 1] - logits[..., 0]).amax(dim=1, keepdim=True).movedim(1, -1)
        return nn.functional.pad(for_seizure, (1, 0))


class WindowByWindow(nn.Module):
    """A network of many frames, asked for each window by itself; the frame in the middle of a window counts.

    Parameters
    ----------
    network : Module
        Answers frames of `hop` samples.
    length, hop : int
        Samples of a window, and between the starts of two.

    Examples
    --------
    >>> import torch
    >>> from ictal.models.tcn import TCN, TCNConfig
    >>> network = WindowByWindow(TCN(TCNConfig(n_channels=1)).eval(), length=5 * 256, hop=256)
    >>> network(torch.randn(2, 1, 8 * 256)).shape
    torch.Size([2, 4, 2])
    """

    def __init__(self, network: nn.Module, length: int, hop: int) -> None:
        super().__init__()
        self.network = network
        self.n_classes = network.n_classes
        self.sampling_rate: float = network.sampling_rate  # type: ignore[assignment]
        self.frame_rate = self.sampling_rate / hop
        self.receptive_field = length / self.sampling_rate
        self._length, self._hop = length, hop

    def forward(self, signal: Tensor) -> Tensor:
        """Return logits of shape (B, n_windows, n_classes) from a signal of shape (B, C, T)."""
        starts = torch.arange((signal.shape[2] - self._length) // self._hop + 1) * self._hop
        windows = signal[:, :, starts[:, None] + torch.arange(self._length)].transpose(1, 2)
        frames = self.network(windows.flatten(0, 1))
        middle: Tensor = frames[:, (self._length - self._hop) // (2 * self._hop)]
        return middle.unflatten(0, (signal.shape[0], -1))  # type: ignore[no-any-return, no-untyped-call]


def assemble_detector(
    network: nn.Module,
    task: TaskSettings,
    chain: Chain,
    n_channels: int,
    *,
    card: Mapping[str, str],
    provenance: Mapping[str, str],
) -> Detector:
    """Return the detector of a trained network.

    Parameters
    ----------
    network : Module
        In evaluation mode, its settings under `config`.
    task : TaskSettings
        What it was trained with.
    chain : Chain
        What its signals went through; an opening montage becomes the leads of the detector.
    n_channels : int
        Of the network's signal.
    card, provenance : mapping of str to str
        What a reader must know, and where it comes from.

    Raises
    ------
    ParameterError
        If the chain cannot be told from its steps alone, or the network cannot be exported.
    """
    from safetensors.torch import save

    leads, rest = split_chain(chain, task)
    rate = float(network.sampling_rate)  # type: ignore[arg-type]
    asked = network if getattr(network, "kind", "") != "frames" else ask_window_by_window(network, task, rate)
    each = task.detector.each_lead
    graph = export_onnx(EachLead(asked), 3, any_channels=True) if each else export_onnx(asked, n_channels)
    config = network.config.model_dump()  # type: ignore[operator, union-attr]
    settings = DetectorSettings(
        name=task.detector.name,
        summary=task.detector.summary,
        model=Model(name=task.model.name, config=config),
        leads=leads,
        sampling_rate=rate,
        chain=design_at(rest, rate),
        windows=Windows(length=task.windows.length, step=task.windows.step),
        classes=event_types(task.scheme),
        postprocessing=task.postprocessing,
        card={"use": RESEARCH, **task.detector.card, **card},
        provenance=dict(provenance),
    )
    weights = {name: value.contiguous() for name, value in network.state_dict().items()}
    return Detector(DetectorParts(settings, graph, save(weights)))


def ask_window_by_window(network: nn.Module, task: TaskSettings, sampling_rate: float) -> WindowByWindow:
    """Return a network of frames as one of windows.

    Raises
    ------
    ParameterError
        If a window of the task does not answer one frame in its middle.
    """
    length, step = task.windows.length, task.windows.step
    frame = length / (1 if task.windows.n_frames is None else task.windows.n_frames)
    before = (length - step) / (2 * step)
    if abs(frame - step) > 1e-9 or abs(before - round(before)) > 1e-9:
        raise ParameterError(
            f"windows: {length:g} s with a step of {step:g} s and frames of {frame:g} s is not allowed; a detector of "
            "frames needs frames of one step, and an odd number of them in a window."
        )
    return WindowByWindow(network, round(length * sampling_rate), round(step * sampling_rate))


def event_types(scheme: Scheme) -> tuple[str, ...]:
    """Return the event type of each class of a scheme: of a class of several types the first.

    Examples
    --------
    >>> event_types(SeizureTypeScheme())
    ('bckg', 'sz_foc', 'sz_gen')
    """
    if isinstance(scheme, SeizureTypeScheme):
        return (scheme.classes[0], *(types[0] for types in scheme.types.values()))
    return scheme.classes


def split_chain(chain: Chain, task: TaskSettings) -> tuple[Leads, Chain]:
    """Return the leads that a chain begins with, and its other steps.

    Examples
    --------
    >>> leads, rest = split_chain(Chain(steps=[{"step": "montage"}, {"step": "z-score"}]), TaskSettings())
    >>> leads.montage, [step.step for step in rest.steps]
    ('double-banana', ['z-score'])
    """
    wanted = task.detector
    first = chain.steps[0] if chain.steps else None
    if not isinstance(first, MontageStep):
        return Leads(montage=AS_RECORDED, minimum=wanted.minimum), chain
    leads = Leads(montage=first.to, missing=first.missing, minimum=wanted.minimum, otherwise=wanted.otherwise)
    return leads, Chain(steps=chain.steps[1:])


def design_at(chain: Chain, sampling_rate: float) -> Chain:
    """Return the chain with the filters designed that run at the rate of the network, whatever the file's rate is.

    These are the steps behind the last that resamples; those before it are designed for each recording.

    Examples
    --------
    >>> steps = [{"step": "resample", "sampling_rate": 256}, {"step": "low-pass", "cutoff": 64}]
    >>> design_at(Chain(steps=steps), 256.0).steps[1].designed_for
    256.0
    """
    places = [place for place, step in enumerate(chain.steps) if step.step == "resample"]
    first = places[-1] + 1 if places else len(chain.steps)
    designed = Chain(steps=chain.steps[first:]).design(sampling_rate).steps
    return Chain(steps=(*chain.steps[:first], *designed))
