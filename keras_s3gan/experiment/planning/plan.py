"""Time and memory of a training step on TPUs, from compiling it for them."""

import dataclasses
from typing import TypeVar

from keras_s3gan.backend.jax import plan as jax_plan
from keras_s3gan.experiment.planning.tpu_hardware import Slice

Number = TypeVar("Number", int, float)


def of_fitting(value: Number | None) -> Number:
    """A number that the compiler gives only for a step that fits.

    Raises:
        ValueError: if the step does not fit.
    """
    if value is None:
        raise ValueError("The compiler has no numbers for a step that does not fit.")
    return value


@dataclasses.dataclass(frozen=True)
class Plan:
    """A recipe's training step, compiled for one slice.

    Args:
        recipe: string.
        slice: `Slice`.
        batch_size: int. Images per update.
        images: int. Images per step.
        steps: int. Steps of the whole run.
        dtype_policy: string.
        parts: dictionary. Bytes of each part of a device's inputs.
        layer_flops: int. FLOPs per step of all devices, counted by `layer_flops`.
        compiled: `CompiledStep`.
    """

    recipe: str
    slice: Slice
    batch_size: int
    images: int
    steps: int
    dtype_policy: str
    parts: dict[str, int]
    layer_flops: int
    compiled: jax_plan.CompiledStep

    @property
    def memory(self) -> int:
        """Bytes that a device has for the step."""
        if self.compiled.available_bytes is not None:
            return self.compiled.available_bytes
        return self.slice.chip.memory // self.slice.chip.devices

    @property
    def flops(self) -> float:
        """FLOPs per step of a device, as the compiler counts them."""
        return of_fitting(self.compiled.flops)

    @property
    def bytes_accessed(self) -> float:
        """Bytes per step that a device's instructions read and write."""
        return of_fitting(self.compiled.bytes_accessed)

    @property
    def layer_share(self) -> float:
        """FLOPs counted by layer, as a fraction of the compiler's FLOPs."""
        return self.layer_flops / (self.flops * self.compiled.devices)

    @property
    def compute_seconds(self) -> float:
        """Seconds per step at the peak of the chip's matrix units."""
        return self.flops * self.slice.chip.devices / self.slice.chip.flops

    @property
    def memory_seconds(self) -> float:
        """Seconds per step at the bandwidth of the chip's memory."""
        chip = self.slice.chip
        return self.bytes_accessed * chip.devices / chip.memory_bandwidth

    @property
    def interconnect_seconds(self) -> float:
        """Seconds per step at the bandwidth of the chip's links."""
        sent = sum(
            sent_bytes(kind, collective.bytes, self.slice)
            for kind, collective in self.compiled.collectives.items()
        )
        return sent / self.slice.chip.interconnect

    @property
    def step_seconds(self) -> float:
        """The roofline: the slower of compute and memory, then the interconnect.

        Computation and communication are assumed not to overlap.
        """
        return (
            max(self.compute_seconds, self.memory_seconds) + self.interconnect_seconds
        )

    @property
    def seconds(self) -> float:
        """Seconds of all training steps of the run."""
        return self.step_seconds * self.steps


def sent_bytes(kind: str, size: int, slice_: Slice) -> float:
    """Bytes that a chip sends for collectives with results of `size` bytes per device.

    Args:
        kind: string, one of `keras_s3gan.backend.jax.hlo.KINDS`.
        size: int.
        slice_: `Slice`. The devices of a chip share its links, and add their parts
            before they send them.
    """
    others = (slice_.chips - 1) / slice_.chips
    return (
        size
        * {
            # Every part is sent around twice: for the sum, and to distribute it.
            "all-reduce": 2 * others,
            "all-gather": others,
            "reduce-scatter": slice_.chips - 1,
            "all-to-all": others * slice_.chip.devices,
            "collective-permute": min(1, slice_.chips - 1) * slice_.chip.devices,
        }[kind]
    )
