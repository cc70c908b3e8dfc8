"""Callbacks: checkpoints, divergence checks, history, pictures and scores."""

from keras_s3gan.callbacks.checkpoint import (
    Restored,
    TrainingCheckpoint,
    checkpoint_step,
    checkpoints,
    latest_checkpoint,
    restore,
    restore_latest,
    save_checkpoint,
)
from keras_s3gan.callbacks.guards import StopOnNonFinite, TrainingDiverged
from keras_s3gan.callbacks.history import HistoryFile, read_history
from keras_s3gan.callbacks.interpolation import draw_interpolation, interpolation_rows
from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.callbacks.post_hoc_average import AverageSnapshots, post_hoc_average
from keras_s3gan.callbacks.sample_grid import Evolution, SampleGrid, draw_samples
from keras_s3gan.callbacks.score_history import ScoreHistory
from keras_s3gan.callbacks.scores import ScoreCallback
from keras_s3gan.deprecation import moved
from keras_s3gan.models.interpolation import interpolate_latents
from keras_s3gan.validation import to_bytes

__all__ = [
    "AverageSnapshots",
    "Evolution",
    "HistoryFile",
    "Restored",
    "SampleGrid",
    "ScoreCallback",
    "ScoreHistory",
    "StopOnNonFinite",
    "TrainingCheckpoint",
    "TrainingDiverged",
    "checkpoint_step",
    "checkpoints",
    "draw_interpolation",
    "draw_samples",
    "image_grid",
    "interpolate_latents",
    "interpolation_rows",
    "latest_checkpoint",
    "post_hoc_average",
    "read_history",
    "restore",
    "restore_latest",
    "save_checkpoint",
    "to_bytes",
]

__getattr__ = moved(__name__, {"eight_bits": "to_bytes"})
