import pytest
from pydantic import ValidationError

from ictal.core.errors import ParameterError
from ictal.io.configuration import read_configuration
from ictal.training.finetune_settings import PROTOCOLS, FinetuneSettings


def test_plain_settings_come_back_as_they_were() -> None:
    settings = FinetuneSettings(layers="head", optimizer={"optimizer": "sgd", "lr": 0.01, "momentum": 0.5})
    assert FinetuneSettings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(("key", "value"), [("layers", "tail"), ("validation", 0.0), ("rehearsal", 1.0), ("epochs", 0)])
def test_values_out_of_range_are_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(ParameterError, match=key):
        read_configuration(FinetuneSettings, {key: value}, "mine.toml", under="finetuning")


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'strength'"):
        read_configuration(FinetuneSettings, {"strenght": 0.1}, "mine.toml", under="finetuning")


def test_they_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        FinetuneSettings().epochs = 3  # type: ignore[misc]


def test_protocols_are_named() -> None:
    assert PROTOCOLS == ("first-hour", "first-seizure")
