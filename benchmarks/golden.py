"""How far every scheme is from the original's stored outputs, on every backend.

    python -m benchmarks.golden [--backends jax torch]

Runs the tests that compare with them, in a process for each backend, and takes the
largest relative error that `assert_close` met. Writes `docs/golden.md` and
`benchmarks/results/golden.json`. Needs the golden files, see `tests/golden.py`.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.tolerance import RECORD

ROOT = Path(__file__).resolve().parents[1]
BACKENDS = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}


class Row(NamedTuple):
    """A scheme, and the tests that compare it."""

    scheme: str
    test: str  # below tests/, without parameters
    parameters: str = ".*"  # a regular expression


BATCH = "layers/test_batch_normalization.py"
CONDITIONAL = f"{BATCH}::test_conditional_values_of_the_original"
SELF_MODULATED = (
    "layers/test_self_modulated_batch_normalization.py::test_values_of_the_original"
)
SPECTRAL = "layers/test_spectral_normalization.py::test_values_of_the_original"
WEIGHT = "layers/test_weight_normalization.py::test_values_of_the_original"
ATTENTION = "layers/test_self_attention.py::test_values_of_the_original"
PRIMITIVE = "networks/test_primitives.py::test_primitive_of_the_original"
BLOCK = "networks/test_blocks_golden.py::test_block_of_the_original"
RESNET = "networks/test_resnet_golden.py"
LOSSES = "models/test_losses_golden.py::test_losses_gradients_and_state"
PENALTIES = "penalties/test_gradient.py::test_values_and_gradients_of_the_original"
SECTIONS = {
    "Normalization of kernels": (
        Row("spectral, left", SPECTRAL, ".*-left"),
        Row("spectral, right", SPECTRAL, ".*-right"),
        Row("spectral, auto", SPECTRAL, ".*-auto"),
        Row("weight, linear", WEIGHT, "linear"),
        Row("weight, convolution", WEIGHT, "conv"),
        Row("weight, transposed convolution", WEIGHT, "deconv"),
    ),
    "Normalization of activations": (
        Row("batch", f"{BATCH}::test_plain_values_of_the_original"),
        Row(
            "batch, standing statistics",
            f"{BATCH}::test_accumulated_moments_of_the_original",
        ),
        Row("conditional batch", CONDITIONAL, "cbn_(onehot|dense|dense_bias)"),
        Row("conditional batch, spectral", CONDITIONAL, "cbn_dense_sn_.*"),
        Row("self-modulated batch", SELF_MODULATED, r"sbn_hidden\d+"),
        Row("self-modulated batch, spectral", SELF_MODULATED, "sbn_hidden32_sn"),
        Row("layer", "layers/test_layer_normalization.py::test_values_of_the_original"),
    ),
    "Layers": (
        Row("convolution", PRIMITIVE, "conv_.*"),
        Row("transposed convolution", PRIMITIVE, "dc_.*"),
        Row("linear", PRIMITIVE, "linear_.*"),
        Row("zero insertion", PRIMITIVE, "unpool_.*"),
        Row("average pool", PRIMITIVE, "avgpool_.*"),
        Row("self-attention", ATTENTION, "attn"),
        Row("self-attention, spectral", ATTENTION, "attn_sn_.*"),
        Row("rotation", "layers/test_rotation.py::test_rotations_of_the_original"),
    ),
    "Blocks": (
        Row("ResNet up, batch", BLOCK, "resnet_gen_up_bn"),
        Row("ResNet down, spectral", BLOCK, "resnet_disc_down_sn"),
        Row("ResNet down, layer", BLOCK, "resnet_disc_down_ln"),
        Row("BigGAN up, conditional batch, spectral", BLOCK, "biggan_gen_up_cbn_sn"),
        Row("BigGAN down, spectral", BLOCK, "biggan_disc_down_sn"),
        Row("BigGAN without shortcut, spectral", BLOCK, "biggan_disc_down_noshortcut"),
        Row("BigGAN-deep up, conditional batch, spectral", BLOCK, "bigdeep_gen_up"),
        Row("BigGAN-deep, conditional batch, spectral", BLOCK, "bigdeep_gen_none"),
        Row("BigGAN-deep down, spectral", BLOCK, "bigdeep_disc_down"),
    ),
    "Networks": (
        Row(
            "BigGAN generator",
            "networks/test_biggan.py::test_generator_of_the_original",
        ),
        Row(
            "BigGAN discriminator",
            "networks/test_biggan.py::test_discriminator_of_the_original",
        ),
        *(
            Row(f"{name} {network}", f"{RESNET}::test_{network}_of_the_original", case)
            for name, case in (
                ("ResNet for CIFAR", "resnet_cifar"),
                ("ResNet of 5 blocks", "resnet5_32_tiny"),
            )
            for network in ("generator", "discriminator")
        ),
    ),
    "Losses and training": (
        Row(
            "adversarial losses",
            "test_losses.py::test_values_and_gradients_of_the_original",
        ),
        Row("gradient penalties", PENALTIES),
        Row("GAN", LOSSES, "modulargan_bs8"),
        Row("SSGAN", LOSSES, "ssgan_bs8"),
        Row("S3GAN, hard labels", LOSSES, "s3gan_hard"),
        Row("S3GAN, soft labels", LOSSES, "s3gan_soft"),
        Row("S3GAN, no predictor", LOSSES, "s3gan_nopred"),
        Row(
            "two steps of training",
            "models/test_training_golden.py::test_two_steps_of_gradient_descent",
        ),
    ),
}
INTRODUCTION = """\
# Errors against the original

Compare GAN was run on stored weights and inputs, and so is this package: outputs, the
state after each run, gradients. An error is `max|ours - theirs| / max|theirs|` of an
array, in float32; a row has the largest one of its arrays. *Allowed* is what the tests
let pass. Where that is two figures the larger one is for gradients: a relu whose input
is zero up to rounding may let them through on one side and not on the other.

Written by `python -m benchmarks.golden`, which also writes the versions and the machine
into `benchmarks/results/golden.json`.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    options = parser.parse_args()
    records, machines = {}, {}
    for backend in options.backends:
        print(f"{backend} …", flush=True)
        records[backend] = run_tests(backend)
        machines[backend] = describe(backend)
    table = {
        section: [summarize(row, records) for row in rows]
        for section, rows in SECTIONS.items()
    }
    report(table, machines)


def run_tests(backend):
    """Every comparison of every test of the table, as `assert_close` records it."""
    tests = {f"tests/{row.test}" for rows in SECTIONS.values() for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comparisons.jsonl"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *sorted(tests)],
            env={**os.environ, "KERAS_BACKEND": backend, RECORD: str(path)},
            cwd=ROOT,
            check=True,
        )
        if not path.exists():
            raise SystemExit("No comparison was made: are the golden files there?")
        return [json.loads(line) for line in path.read_text().splitlines()]


def describe(backend):
    """Machine and versions, as a process on `backend` sees them."""
    program = (
        "import json; from benchmarks import machine; "
        "print(json.dumps(machine.describe()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "KERAS_BACKEND": backend},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def summarize(row, records):
    """A line of the table: the largest error on each backend."""
    pattern = re.compile(rf"tests/{re.escape(row.test)}(\[({row.parameters})\])?")
    found = {
        backend: [entry for entry in entries if pattern.fullmatch(entry["test"])]
        for backend, entries in records.items()
    }
    for backend, entries in found.items():
        if not entries:
            raise SystemExit(f"No test on {backend} belongs to the row {row}")
    entries = [entry for entries in found.values() for entry in entries]
    return {
        "scheme": row.scheme,
        "allowed": sorted({entry["allowed"] for entry in entries}),
        "arrays": max(len(entries) for entries in found.values()),
        "errors": {
            backend: max(entry["error"] for entry in entries)
            for backend, entries in found.items()
        },
    }


def report(table, machines):
    """Writes the Markdown and the JSON file."""
    from benchmarks import machine

    path = ROOT / "docs" / "golden.md"
    path.write_text(markdown(table))
    results = machine.write("golden", {"table": table, "backends": machines})
    print(f"Wrote {path} and {results}")


def markdown(table):
    """The table as a page."""
    lines = [INTRODUCTION]
    for section, rows in table.items():
        names = [BACKENDS[backend] for backend in rows[0]["errors"]]
        lines += [
            f"## {section}\n",
            f"| scheme | arrays | allowed | {' | '.join(names)} |",
            "| --- " * (3 + len(names)) + "|",
        ]
        for row in rows:
            # Beside other tolerances, 0 is that of what must not move at all.
            allowed = [value for value in row["allowed"] if value] or [0]
            cells = [row["scheme"], str(row["arrays"])]
            cells += [" / ".join(f"{value:g}" for value in allowed)]
            cells += [f"{error:.1e}" for error in row["errors"].values()]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
