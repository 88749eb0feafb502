"""Which methods of explanation there are."""

from __future__ import annotations

from ictal.core.tables import Table

METHODS = Table(
    "method",
    {
        "saliency": "ictal.explain.gradients:SALIENCY",
        "smoothgrad": "ictal.explain.gradients:SMOOTHGRAD",
        "integrated-gradients": "ictal.explain.gradients:INTEGRATED_GRADIENTS",
        "grad-cam": "ictal.explain.grad_cam:GRAD_CAM",
        "attention-rollout": "ictal.explain.attention:ATTENTION_ROLLOUT",
        "occlusion": "ictal.explain.occlusion:OCCLUSION",
    },
)
"""Each a :class:`ictal.explain.method.Method`."""
