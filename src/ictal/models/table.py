"""Which models there are."""

from __future__ import annotations

from ictal.core.tables import Table

MODELS = Table(
    "model",
    {
        "candidate-rule": "ictal.models.candidate:CandidateRule",
        "cnn-bilstm": "ictal.models.cnn_bilstm:CNNBiLSTM",
        "braincodec": "ictal.models.braincodec_classifier:BrainCodecClassifier",
        "eegcnn-pca": "ictal.models.eegcnn_pca:EEGCNNPCA",
        "eegcnn1d": "ictal.models.eegcnn1d:EEGCNN1D",
        "eeglstm": "ictal.models.eeglstm:EEGLSTM",
        "eegnet": "ictal.models.eegnet:EEGNet",
        "eegnet-zoo": "ictal.models.eegnet_zoo:EEGNetZoo",
        "eegtransformer": "ictal.models.eegtransformer:EEGTransformer",
        "eegwavenet": "ictal.models.eegwavenet:EEGWaveNet",
        "inception-transformer": "ictal.models.inception_transformer:InceptionTransformer",
        "line-length": "ictal.models.line_length:LineLengthRule",
        "lstm-attention": "ictal.models.lstm_attention:LSTMAttention",
        "resnet1d": "ictal.models.resnet1d:ResNet1D",
        "seizure-transformer": "ictal.models.seizure_transformer:SeizureTransformer",
        "spike-rate": "ictal.models.spike_rate:SpikeRateRule",
        "swin": "ictal.models.swin:Swin",
        "tcn": "ictal.models.tcn:TCN",
        "transformer": "ictal.models.transformer:PictureTransformer",
        "transformer-cnn": "ictal.models.transformer_cnn:TransformerCNN",
        "trees": "ictal.models.trees:BoostedTrees",
        "vit": "ictal.models.vit:ViT",
    },
)
"""Networks and rules; each has a `Config` and a `kind`: ``waveform``, ``frames``, ``picture``, ``table``, ``estimator``
or ``rule``.

Both of the first two take a signal ``(B, C, T)`` of one window. A ``waveform`` network answers one frame for it, a
network of ``frames`` several. One that is `dense` takes longer signals too: it answers every window of its receptive
field at a hop of one frame, or every whole frame. A network of pictures ``(B, C, F, T')`` or of a table
``(B, n_features)`` stands behind one of :data:`ictal.features.tables.FRONTS`. So does an ``estimator`` of such a table,
which is fitted to all windows at once.
"""

CODECS = Table("codec", {"braincodec-codec": "ictal.models.braincodec:BrainCodec"})
"""Networks that code a signal and bring it back; each has a `Config`. They detect nothing."""
