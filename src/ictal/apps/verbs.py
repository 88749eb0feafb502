"""The verbs of the command line, and the one function behind each."""

from __future__ import annotations

from ictal.core.tables import Table

VERBS = Table(
    "verb",
    {
        "demo": "ictal.experiments.demo:run_demo",
        "simulate": "ictal.experiments.simulate:simulate_corpus",
        "download": "ictal.experiments.download:download_corpus",
        "prepare": "ictal.experiments.prepare:prepare_corpus",
        "convert": "ictal.experiments.convert:convert_corpus",
        "train": "ictal.experiments.train:train_recipe",
        "crossval": "ictal.experiments.crossval:crossval_recipe",
        "tune": "ictal.experiments.tune:tune_recipe",
        "finetune": "ictal.experiments.finetune:finetune_detector",
        "calibrate": "ictal.experiments.calibrate:calibrate_detector",
        "recipes": "ictal.experiments.recipe:list_recipes",
        "compare": "ictal.experiments.compare:compare_runs",
        "detect": "ictal.experiments.detect:detect_paths",
        "score": "ictal.experiments.score:score_paths",
        "explain": "ictal.experiments.explain:explain_recording",
        "compress": "ictal.experiments.compress:compress_recording",
        "report": "ictal.experiments.report:report_recording",
        "review": "ictal.apps.server.serve:serve_review",
        "doctor": "ictal.reports.doctor:examine",
        "models": "ictal.reports.catalogue:list_models",
        "bench": "ictal.experiments.bench:bench_detect",
    },
)
"""Loaded when a verb runs, so that ``ictal --help`` answers at once."""

PARTS = Table(
    "part of a verb",
    {
        "grid": "ictal.experiments.grid:compare_grid",
        "own model": "ictal.experiments.recipe:with_own_model",
        "check of explanations": "ictal.experiments.explain_check:check_recording",
        "explanation of a run": "ictal.experiments.explain_run:explain_run",
        "agreement of readers": "ictal.apps.server.comparison:tell_readers",
        "report of a run": "ictal.experiments.report_run:report_run",
        "exam": "ictal.experiments.simulate:simulate_exam",
        "twin": "ictal.experiments.twin:simulate_twin",
        "curves": "ictal.experiments.curves:score_curves",
        "crossval and finetune": "ictal.experiments.finetune_folds:crossval_finetuned",
        "bench training": "ictal.experiments.bench_training:bench_training",
        "decompress": "ictal.experiments.compress:decompress_recording",
        "download plan": "ictal.experiments.download:plan_download",
    },
)
"""What a verb does beside its own work when an option asks for it; loaded then."""
