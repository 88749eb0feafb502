from pathlib import Path

from ictal.apps.training_options import run_folder


def test_a_run_goes_where_it_is_sent_or_is_named_after_its_recipe() -> None:
    assert run_folder(Path("here"), "scalp") == Path("here")
    assert run_folder(None, "scalp") == Path("runs/scalp")
    assert run_folder(None, "mine/loud.toml", "crossval") == Path("runs/loud-crossval")
