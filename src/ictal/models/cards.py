"""A card for each model: what cannot be computed about it. What can be is in :mod:`ictal.models.facts`."""

from __future__ import annotations

from typing import Any

from ictal.models.card import Card, Paper, Setup

_BRAINCODEC = Paper(
    "Carzaniga et al.",
    "The case for cleaner biosignals: high-fidelity neural compression for EEG/iEEG transfer",
    "ICLR",
    2025,
)
_ENCODEC = Paper("Défossez et al.", "High fidelity neural audio compression", "TMLR", 2023)
_MOUSE = Paper("University of Vermont", "EEG seizure classification for the TSC mouse model", "public code")
_WHITE = Paper(
    "White et al.",
    "Efficient unsupervised algorithms for the detection of seizures in continuous EEG recordings from rats after "
    "brain injury",
    "J. Neurosci. Methods",
    2006,
)
_ZOO = Paper("Gabriel et al.", "EEG seizure detection with spectrograms", "public code")
_ATTENTION = Paper("Vaswani et al.", "Attention is all you need", "NeurIPS", 2017)

_PICTURES = "Spectrograms of 100 × 100 points, one for each channel (STFT, mel or wavelets)."
_COMPONENTS = "Principal components of a window, 1024 in the study."


def _spectrograms(recipe: str, **features: Any) -> Setup:
    pictures = {"features": "stft", "size": [100, 100], "scale": "decibel", **features}
    return Setup(f"recipe {recipe}", 18, 256.0, 10.0, features=pictures)


def _components(origin: str, **config: Any) -> Setup:
    return Setup(origin, 1, 128.0, 30.0, features={"features": "components"}, config=config)


CARDS = {
    "braincodec": Card(
        "A classifier on the encoder of BrainCodec, one answer a second",
        (
            _BRAINCODEC,
            Paper(
                "Goh et al.",
                "Spatio-spectral representation learning for electroencephalographic gait-pattern classification",
                "IEEE Trans. Neural Syst. Rehabil. Eng.",
                2018,
            ),
        ),
        "The signal, each channel by itself up to the fusion over channels.",
        "The public classifier takes the axes of channels and embedding one for the other and answers one number for "
        "four labels; here the axes are kept and each second has its logits. The signal is standardised inside.",
        Setup("recipe braincodec", 18, 512.0, 4.0, n_frames=4),
        ("braincodec",),
    ),
    "candidate-rule": Card(
        "Candidates by arc length and spike count over thresholds",
        (_WHITE, _MOUSE),
        "Two numbers of one channel: arc length and spike count.",
        "The thresholds are the pair with the highest of Youden's indices on the windows of training; in the study "
        "they were set by hand.",
        Setup(
            "recipe mouse-rule",
            1,
            128.0,
            30.0,
            features={"features": "numbers", "quantities": ["line-length", "spike-rate"]},
        ),
        ("mouse-rule",),
    ),
    "cnn-bilstm": Card(
        "CNN–BiLSTM: convolutions, a recurrent network that reads both ways, two dense layers",
        (Paper("NeuroCare", "CNN–LSTM for EEG seizure detection and classification", "public code"),),
        "The signal of all channels, each brought to mean 0 and deviation 1.",
        "The text gives no numbers for the full size: three blocks and 64 units each way are ours. The public code, "
        "which is `size = light`, reads in one direction and ends in a softmax; here are both directions, and logits.",
        Setup("recipe neurocare", 19, 256.0, 4.0, config={"size": "full"}),
        ("neurocare",),
    ),
    "eegcnn-pca": Card(
        "EEGCNN-PCA: three convolutions along principal components",
        (_MOUSE,),
        _COMPONENTS,
        "Nothing of the network. Components are fitted on the windows of training of each fold.",
        _components("recipe mouse-cnn-pca"),
        ("mouse-cnn-pca",),
    ),
    "eegcnn1d": Card(
        "EEGCNN1D: four convolutions, each followed by a halving, and two dense layers",
        (_MOUSE,),
        "The signal of one channel.",
        "More channels and other lengths.",
        Setup("recipe mouse-cnn1d", 1, 128.0, 30.0),
        ("mouse-cnn1d",),
    ),
    "eeglstm": Card(
        "EEGLSTM: a recurrent network that reads principal components in steps",
        (_MOUSE,),
        _COMPONENTS,
        "In the study all components are one step, so that the recurrence says nothing. The recipe reads them in 16 "
        "steps of 64; with `step_features = 1024`, which is what is counted here, the network is that of the study.",
        _components("as published", step_features=1024),
        ("mouse-lstm",),
    ),
    "eegnet": Card(
        "EEGNet-8,2: filters in time, filters in space for each of them, a separable convolution",
        (
            Paper(
                "Lawhern et al.",
                "EEGNet: a compact convolutional neural network for EEG-based brain–computer interfaces",
                "J. Neural Eng.",
                2018,
            ),
        ),
        "The signal of all channels.",
        "Its use on windows of 4 s, for which no study is repeated. The lengths of the weights are limited in every "
        "forward pass, not after each step; logits in place of a softmax.",
        Setup("recipe eegnet", 18, 256.0, 4.0),
        ("eegnet",),
    ),
    "eegnet-zoo": Card(
        "The EEGNet of the spectrogram study: channels mixed first, then convolutions over mixtures and time",
        (
            _ZOO,
            Paper(
                "Lawhern et al.",
                "EEGNet: a compact convolutional network for EEG-based brain-computer interfaces",
                "arXiv 1611.08024",
                2016,
            ),
        ),
        "The signal of all channels.",
        "Dropout ends with training, norms do not divide by zero, and logits are returned; in the study dropout stayed "
        "on at evaluation and a sigmoid stood before the loss.",
        Setup("as published", 20, 256.0, 20.0, n_classes=3),
        ("zoo-eegnet",),
    ),
    "eegtransformer": Card(
        "EEGTransformer: attention among the pieces that the components of a window are cut into",
        (_MOUSE, _ATTENTION),
        _COMPONENTS,
        "The tokens and their embedding. In the study attention runs across the batch, so that the answer to a window "
        "depends on its neighbours; its encoder and last layer, 25,195,521 parameters, are as there.",
        _components("recipe mouse-transformer"),
        ("mouse-transformer",),
    ),
    "eegwavenet": Card(
        "EEGWaveNet: a pyramid of halvings in time, read at five scales",
        (
            Paper(
                "Thuwajit et al.",
                "EEGWaveNet: multiscale CNN-based spatiotemporal feature extraction for EEG seizure detection",
                "IEEE Trans. Industrial Informatics",
                2022,
            ),
        ),
        "The signal of all channels. A longer signal is run through once, and each window is a mean over a slice.",
        "That dense way; logits in place of a log-softmax.",
        Setup("recipe eegwavenet", 18, 256.0, 4.0),
        ("eegwavenet", "eegwavenet-loso", "eegwavenet-patient", "eegwavenet-tusz", "scalp", "rodent"),
    ),
    "inception-transformer": Card(
        "A transformer on the last maps of Inception v3",
        (
            _ZOO,
            Paper("Szegedy et al.", "Rethinking the Inception architecture for computer vision", "CVPR", 2016),
            _ATTENTION,
        ),
        f"{_PICTURES} They are resized to 224 × 224.",
        "The learned positions, and the mixing of channels to the three that the trunk reads. In the study maps were "
        "cut into runs of 768 numbers whatever place they came from; here each place is one token.",
        _spectrograms("zoo-inception"),
        ("zoo-inception",),
    ),
    "line-length": Card(
        "Robust adaptive line length: the baseline of the field",
        (Paper("Esteller et al.", "Line length: an efficient feature for seizure onset detection", "EMBC", 2001),),
        "Line length of each lead, against a baseline that is learned as the recording goes on.",
        "The baseline, a running quantile, and how leads vote.",
        Setup("detector line-length", 18, 256.0, 2.0),
    ),
    "lstm-attention": Card(
        "A bidirectional LSTM over time, and attention that says which moments count",
        (_ZOO, Paper("Hochreiter and Schmidhuber", "Long short-term memory", "Neural Computation", 1997)),
        "One spectrogram of 100 × 100 points into which those of all channels are tiled, or one for each channel.",
        "How two heads come to one answer (`attention = multi-head`), which the study does not say.",
        _spectrograms("zoo-lstm", tiled=True),
        ("zoo-lstm",),
    ),
    "resnet1d": Card(
        "Residual blocks at the full rate of the signal, and a mean over the window",
        (
            Paper(
                "Wang, Yan and Oates",
                "Time series classification from scratch with deep neural networks: a strong baseline",
                "IJCNN",
                2017,
            ),
        ),
        "The signal of all channels.",
        "Its use for seizures.",
        Setup("recipe resnet1d", 18, 256.0, 4.0),
        ("resnet1d",),
    ),
    "seizure-transformer": Card(
        "SeizureTransformer: a U-net over time with attention at its bottom, a logit for every sample",
        (
            Paper(
                "Wu, Zhao and Yener",
                "SeizureTransformer: scaling U-Net with transformer for simultaneous time-step level seizure detection "
                "from long EEG recordings",
                "arXiv 2504.00336",
                2025,
            ),
        ),
        "The signal of all channels, filtered by causal filters.",
        "Frames longer than a sample, and more than two classes.",
        Setup("recipe seizure-transformer", 19, 256.0, 60.0, n_frames=15360),
        ("seizure-transformer",),
    ),
    "spike-rate": Card(
        "Arc length and spike count over a running baseline: the rule of the mouse laboratories",
        (_WHITE,),
        "Arc length and deflections of each channel, against a baseline that is learned as the recording goes on.",
        "The baseline, and how both numbers become one.",
        Setup("detector spike-rate", 1, 256.0, 5.0),
    ),
    "swin": Card(
        "Swin: attention within windows that are shifted from block to block, on maps that halve",
        (
            _ZOO,
            Paper(
                "Liu et al.", "Swin transformer: hierarchical vision transformer using shifted windows", "ICCV", 2021
            ),
        ),
        _PICTURES,
        "The size for pictures of 100 × 100 (`preset = tiny`, `small` or `base` are published), and that "
        "padding is hidden.",
        _spectrograms("zoo-swin"),
        ("zoo-swin",),
    ),
    "tcn": Card(
        "A temporal convolutional network: dilated convolutions that look ever further, a logit for every second",
        (
            Paper(
                "Bai, Kolter and Koltun",
                "An empirical evaluation of generic convolutional and recurrent networks for sequence modeling",
                "arXiv 1803.01271",
                2018,
            ),
        ),
        "The signal of all channels, of any length.",
        "The stride, the norm behind it, and the frames; that it looks to both sides unless `causal = true`.",
        Setup("recipe tcn", 18, 256.0, 60.0, n_frames=60),
        ("tcn",),
    ),
    "transformer": Card(
        "A transformer that reads a picture column by column, each moment of it one token",
        (_ZOO, _ATTENTION),
        _PICTURES,
        "That the positions start small.",
        _spectrograms("zoo-transformer"),
        ("zoo-transformer",),
    ),
    "transformer-cnn": Card(
        "Convolutions that see the details of a picture, and a transformer that relates its 8 × 8 regions",
        (_ZOO, _ATTENTION),
        _PICTURES,
        "Convolutions have no bias of their own, which the norms behind them would take away.",
        _spectrograms("zoo-transformer-cnn"),
        ("zoo-transformer-cnn",),
    ),
    "trees": Card(
        "Gradient-boosted trees, the classical rival",
        (
            Paper("Friedman", "Greedy function approximation: a gradient boosting machine", "Ann. Statist.", 2001),
            Paper("Ke et al.", "LightGBM: a highly efficient gradient boosting decision tree", "NeurIPS", 2017),
        ),
        "Line length, spikes, band powers, Hjorth's parameters and spectral entropy: mean, deviation and maximum over "
        "channels.",
        "Its use for seizures. How many nodes there are depends on the data.",
        Setup("recipe trees", 18, 256.0, 4.0, features={"features": "numbers", "per_channel": False}),
        ("trees",),
    ),
    "vit": Card(
        "The vision transformer: a picture cut into patches, and a token that asks all of them",
        (_ZOO, Paper("Dosovitskiy et al.", "An image is worth 16×16 words", "ICLR", 2021)),
        _PICTURES,
        "Nothing but logits.",
        _spectrograms("zoo-vit"),
        ("zoo-vit",),
    ),
    "braincodec-codec": Card(
        "BrainCodec: a neural codec that says one channel of EEG in 256 bit/s",
        (_BRAINCODEC, _ENCODEC),
        "The signal, each channel by itself, in segments of mean 0 and deviation 1.",
        "What brings segments to one size, and the windows of the discriminators. No weights are published.",
        Setup("recipe braincodec-pretrain", 1, 512.0, 4.0, config={"ratios": [2, 2, 2, 2, 2, 2]}),
        ("braincodec-pretrain",),
    ),
}
"""Name, as in :data:`ictal.models.table.MODELS` or :data:`ictal.models.table.CODECS`, → its card.

Examples
--------
>>> CARDS["eegwavenet"].papers[0].year, CARDS["eegwavenet"].recipes[0]
(2022, 'eegwavenet')
"""
