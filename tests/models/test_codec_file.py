from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.models.braincodec import BrainCodec, BrainCodecConfig
from ictal.models.codec_file import BUNDLED, decode_codec, encode_codec, load_codec, take_fingerprint


def make_codec(seed: int = 0, **settings: Any) -> BrainCodec:
    torch.manual_seed(seed)
    return BrainCodec(BrainCodecConfig(**{"width": 4, "widest": 16, **settings})).eval()


def test_a_file_holds_the_codec(tmp_path: Path) -> None:
    codec, signal = make_codec(), torch.randn(3, 1, 2048)
    file = tmp_path / "own.safetensors"
    file.write_bytes(encode_codec(codec))
    again = load_codec(file)
    assert again.config == codec.config
    assert not again.training
    with torch.no_grad():
        torch.testing.assert_close(again.encoder(signal), codec.encoder(signal), rtol=1e-2, atol=1e-2)
        codes = again.encode(signal)
        torch.testing.assert_close(again.decode(codes), codec.decode(codes), rtol=1e-2, atol=1e-2)


def test_a_codec_that_was_trained_keeps_its_entries_when_trained_further() -> None:
    codec = make_codec().train()
    codec(torch.randn(4, 1, 2048))
    again = decode_codec(encode_codec(codec)).train()
    before = again.quantizer.books[0].entries.clone()
    again(torch.randn(4, 1, 2048))
    near = (again.quantizer.books[0].entries - before).norm(dim=1) < 0.1 * before.norm(dim=1)
    assert near.float().mean() > 0.9


def test_published_size_fits_into_five_megabytes() -> None:
    sizes = [
        len(encode_codec(BrainCodec(BrainCodecConfig()))),
        len(encode_codec(BrainCodec(BrainCodecConfig(ratios=(2, 2, 2, 2))), encoder_only=True)),
    ]
    assert sum(sizes) < 5e6


def test_an_encoder_alone_is_kept_as_it_is() -> None:
    codec = make_codec()
    torch.manual_seed(5)
    again = decode_codec(encode_codec(codec, encoder_only=True))
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(1), drawn), "reading a file must not draw from the generator of torch"
    for key, value in codec.encoder.state_dict().items():
        torch.testing.assert_close(again.encoder.state_dict()[key], value, rtol=1e-3, atol=1e-3)


def test_the_fingerprint_is_that_of_weights_and_settings() -> None:
    codec = make_codec()
    assert take_fingerprint(decode_codec(encode_codec(codec))) == take_fingerprint(codec)
    assert take_fingerprint(make_codec(1)) != take_fingerprint(codec)
    assert take_fingerprint(make_codec(window=8.0)) != take_fingerprint(codec)
    codec.train()(torch.randn(2, 1, 512))
    assert take_fingerprint(codec) != take_fingerprint(make_codec())


def test_same_weights_same_bytes() -> None:
    assert encode_codec(make_codec()) == encode_codec(make_codec())


@pytest.mark.parametrize("keep", [0, 7, 100, 5000, -1])
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, keep: int) -> None:
    file = tmp_path / "own.safetensors"
    file.write_bytes(encode_codec(make_codec())[:keep])
    with pytest.raises(ParameterError, match=r"own.safetensors: is damaged, or no file of a codec\.$"):
        load_codec(file)


def test_other_safetensors_are_refused() -> None:
    from safetensors.torch import save

    with pytest.raises(ParameterError, match="no file of a codec"):
        decode_codec(save({"weight": torch.zeros(2)}))
    settings = {"ictal-codec": BrainCodecConfig().model_dump_json()}
    with pytest.raises(ParameterError, match="not those of its settings"):
        decode_codec(save({"decoder.weight": torch.zeros(2)}, metadata=settings))


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_codecs_are_there_or_missed_by_name(name: str) -> None:
    try:
        codec = load_codec(name)
    except ParameterError as problem:
        assert str(problem) == f"codec: {name} comes without weights in this installation; name a file of a codec."
    else:
        assert codec.config.sampling_rate == 512.0


def test_weights_beyond_half_precision_are_refused() -> None:
    codec = make_codec()
    with torch.no_grad():
        codec.encoder.conv_in.bias[0] = 1e6  # type: ignore[index]
    with pytest.raises(ParameterError, match=r"encoder\.conv_in\.bias holds numbers that half precision cannot"):
        encode_codec(codec)
