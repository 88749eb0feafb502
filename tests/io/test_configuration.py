import pytest
from pydantic import Field

from ictal.core.errors import ParameterError
from ictal.io.configuration import Settings, read_configuration


class Inner(Settings):
    rate: float = Field(default=1.0, gt=0.0)
    label: str = ""


class Outer(Settings):
    inner: Inner = Inner()
    perhaps: Inner | None = None
    named: dict[str, Inner] = Field(default_factory=dict)
    wanted: int


def said(values: object, **how: str) -> str:
    with pytest.raises(ParameterError) as caught:
        read_configuration(Outer, values, "mine.toml", **how)
    return str(caught.value)


def test_what_is_allowed_becomes_typed() -> None:
    read = read_configuration(Outer, {"wanted": 3, "inner": {"rate": 2}, "named": {"a": {}}}, "mine.toml")
    assert read == Outer(wanted=3, inner=Inner(rate=2.0), named={"a": Inner()})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"wantd": 3}, "mine.toml: wanted: Field required"),
        ({"wanted": 3, "iner": {}}, "mine.toml: 'iner' is not allowed; allowed are 'inner', .* Did you mean 'inner'?"),
        ({"wanted": 3, "inner": {"rat": 1}}, "mine.toml: inner: 'rat' is not allowed; .* Did you mean 'rate'?"),
        ({"wanted": 3, "perhaps": {"rat": 1}}, "mine.toml: perhaps: 'rat' is not allowed"),
        ({"wanted": 3, "named": {"a": {"rat": 1}}}, "mine.toml: named.a: 'rat' is not allowed"),
        ({"wanted": 3, "inner": {"rate": 0}}, "mine.toml: inner.rate: Input should be greater than 0; 0 came"),
        ({"wanted": "x"}, "mine.toml: wanted: Input should be a valid integer.*; 'x' came"),
        ({"wanted": "x" * 99}, r"; 'x{50,60}… came"),
        ({"wanted": 3, "inner": {"rate": float("nan")}}, "mine.toml: inner.rate: Input should be a finite number"),
        (7, "mine.toml: Input should be a valid dictionary"),
    ],
)
def test_what_is_not_allowed_is_told_by_its_key(values: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        read_configuration(Outer, values, "mine.toml")


def test_the_key_that_holds_the_settings_opens_the_message() -> None:
    assert said({"wanted": 3, "inner": {"rate": 0}}, under="part").startswith("mine.toml: part.inner.rate: ")
    assert said({"wanted": 3, "iner": {}}, under="part").startswith("mine.toml: part: 'iner' is not allowed")
