"""Rows of a real plan, and of planted ones."""

import dataclasses

from keras_s3gan.experiment.planning.tables import (
    SWEEP_HEADINGS,
    advice,
    plan_rows,
    sweep_rows,
)
from tests.experiment.planning.planted import make_plan
from tests.once import once


@once("a process of JAX's own, whatever the backend")
def test_rows_name_what_was_found(planned):
    rows = dict(planned["rows"])
    assert rows["slice"] == "local: 4 chips"
    assert rows["batch"] == "16; 32 real images per step"
    assert rows["fits"].startswith("yes: ")
    for name in (
        "  optimizer",
        "  temporaries",
        "all-reduce",
        "compute",
        "2,500 steps",
    ):
        assert rows[name]


def test_rows_of_a_plan():
    rows = dict(plan_rows(make_plan()))
    assert rows["slice"] == "v3:8x8x1: 64 chips, 128 cores"
    assert rows["fits"] == "yes: 8.00 GiB of 15.48 GiB per core"
    assert rows["FLOPs per step"] == "61.5 TFLOP per core, 7.872 PFLOP in all"
    assert rows["  by layer"] == "7.8 PFLOP in all, 99.1% of that"
    assert rows["  temporaries"] == "4.00 GiB, with the updates unrolled"
    assert rows["all-reduce"] == "3, results of 953.67 MiB per core"
    assert rows["compute"] == "1000 ms at 61.5 TFLOP/s in bfloat16 per core"
    assert rows["86,400 steps"].startswith("1.01 days")
    assert rows["compiled in"] == "2 s, after 1 s of tracing"
    assert "note" not in rows


def test_a_figure_without_source_is_said_to_be_one():
    assert "no source" in dict(plan_rows(make_plan("v2:8x8x1")))["note"]


def unfit(total=2**34, **changes):
    nothing = {"flops": None, "bytes_accessed": None, "collectives": {}}
    return make_plan(
        fits=False, total_bytes=total, available_bytes=2**33, **nothing, **changes
    )


def test_a_plan_that_does_not_fit_says_what_to_change():
    rows = plan_rows(unfit())
    assert ("fits", "no: 16.00 GiB of 8.00 GiB per core") in rows
    changes = [value for name, value in rows if name == "change"]
    # 1 GiB of state stays; of the other 15 less than half has room.
    assert "about 4 times as many chips, or a batch of about 512" in changes[0]
    assert "mixed_bfloat16" in changes[1]


def test_state_that_is_too_large_needs_other_chips():
    plan = dataclasses.replace(unfit(), parts={"weights": 2**33})
    assert "more memory" in advice(plan)[0]


def test_mixed_precision_is_not_advised_twice():
    plan = dataclasses.replace(unfit(), dtype_policy="mixed_bfloat16")
    assert len(advice(plan)) == 1


def test_rows_of_a_sweep():
    fits, unfits = sweep_rows([make_plan(), unfit()])
    assert len(fits) == len(unfits) == len(SWEEP_HEADINGS)
    assert fits[:3] == ("v3:8x8x1", "128", "2,048")
    assert "does not fit" in unfits
