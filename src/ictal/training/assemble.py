"""A trained network becomes a detector."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.data.schemes import Scheme, SeizureTypeScheme
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorParts
from ictal.detection.settings import DetectorSettings, Leads, Windows
from ictal.models.estimator import Estimator
from ictal.preprocessing.chain import Chain
from ictal.preprocessing.montage import AS_RECORDED, MontageStep
from ictal.training.export import export_front, export_onnx, is_dense
from ictal.training.merge_graphs import merge_graphs
from ictal.training.network import FrontedNetwork, describe_model
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
        self.dense = is_dense(network)
        for name in ("sampling_rate", "frame_rate", "receptive_field"):
            setattr(self, name, getattr(network, name))

    def forward(self, signal: Tensor) -> Tensor:
        """Return logits of shape (B, n_frames, 2) from a signal of shape (B, n_leads, T)."""
        leads = signal.reshape(-1, 1, signal.shape[2])
        logits = self.network(leads).unflatten(0, (-1, signal.shape[1]))
        for_seizure = (logits[..., 1] - logits[..., 0]).amax(dim=1, keepdim=True).movedim(1, -1)
        return nn.functional.pad(for_seizure, (1, 0))


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
        If the chain cannot be told from its steps alone, the frames do not fit the windows, or the network cannot be
        exported.
    """
    from safetensors.torch import save

    leads, rest = split_chain(chain, task)
    rate = float(network.sampling_rate)  # type: ignore[arg-type]
    n_frames = 1 if task.windows.n_frames is None else task.windows.n_frames
    task.windows.grid.middle_frames(n_frames)
    window = round(task.windows.length * rate)
    if task.detector.each_lead:
        graph = export_onnx(EachLead(network), 3, window=window, any_channels=True)
    else:
        graph = export_with_estimator(network) or export_onnx(network, n_channels, window=window)
    settings = DetectorSettings(
        name=task.detector.name,
        summary=task.detector.summary,
        model=describe_model(network, task.model.name),
        leads=leads,
        sampling_rate=rate,
        chain=design_at(rest, rate),
        windows=Windows(length=task.windows.length, step=task.windows.step, frames=n_frames),
        classes=event_types(task.scheme),
        postprocessing=task.postprocessing,
        card={"use": RESEARCH, **task.detector.card, **card},
        provenance=dict(provenance),
    )
    weights = {name: value.contiguous() for name, value in network.state_dict().items()}
    return Detector(DetectorParts(settings, graph, save(weights) if weights else None))


def export_with_estimator(network: nn.Module) -> bytes | None:
    """Return the graph of an estimator that torch cannot export, behind its features; ``None`` for other networks."""
    if not isinstance(network, FrontedNetwork) or not isinstance(network.model, Estimator):
        return None
    estimator = network.model.to_onnx()
    return None if estimator is None else merge_graphs(export_front(network.front), estimator)


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
