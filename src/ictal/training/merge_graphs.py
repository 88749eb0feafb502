"""Features that torch exports, and an estimator that it cannot, as one ONNX graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ictal.core.errors import ParameterError

if TYPE_CHECKING:
    from onnx import ModelProto


def merge_graphs(front: bytes, estimator: ModelProto) -> bytes:
    """Return one graph that computes features and answers them.

    Parameters
    ----------
    front : bytes
        A graph with one input and one output, float32 (B, n_features); the input keeps its name.
    estimator : ModelProto
        A graph with one input, float32 (B, n_features), and outputs that keep their names, as
        :meth:`ictal.models.estimator.Estimator.to_onnx` returns it.

    Returns
    -------
    bytes
        The same graphs give the same bytes.

    Raises
    ------
    ParameterError
        If the estimator was fitted to another number of features.

    Examples
    --------
    >>> from onnx import parser
    >>> front = parser.parse_model(
    ...     '<ir_version: 10, opset_import: ["": 18]> f (float[b, 3] signal) => (float[b, 3] x) { x = Abs(signal) }'
    ... )
    >>> estimator = parser.parse_model(
    ...     '<ir_version: 8, opset_import: ["": 20]> e (float[b, 3] x) => (float[b, 3] logits) { logits = Neg(x) }'
    ... )
    >>> merged = merge_graphs(front.SerializeToString(), estimator)
    >>> b"signal" in merged, b"logits" in merged
    (True, True)
    """
    import onnx
    from onnx import compose, version_converter

    models = [onnx.load_from_string(front), estimator]
    made, read = (
        [axis.dim_value for axis in part.type.tensor_type.shape.dim]
        for part in (models[0].graph.output[0], estimator.graph.input[0])
    )
    if made[1:] != read[1:]:
        raise ParameterError(f"front: features of shape {made[1:]} came; the estimator was fitted to {read[1:]}.")
    opset = max(_find_opset(model) for model in models)
    before, behind = (
        model if _find_opset(model) == opset else version_converter.convert_version(model, opset) for model in models
    )
    before = compose.add_prefix(before, "front/", rename_inputs=False)
    behind = compose.add_prefix(behind, "estimator/", rename_outputs=False)
    before.ir_version = behind.ir_version = max(before.ir_version, behind.ir_version)
    joint = (before.graph.output[0].name, behind.graph.input[0].name)
    merged = compose.merge_models(before, behind, io_map=[joint])
    onnx.checker.check_model(merged, full_check=True)
    merged_bytes: bytes = merged.SerializeToString(deterministic=True)
    return merged_bytes


def _find_opset(model: ModelProto) -> int:
    """Return the version of the operators that are not of a domain of their own."""
    return max(int(opset.version) for opset in model.opset_import if opset.domain in ("", "ai.onnx"))
