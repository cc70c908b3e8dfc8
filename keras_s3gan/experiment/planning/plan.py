"""What a recipe would take on TPUs: its training step, compiled for them, not run."""

import dataclasses
from typing import TypeVar

from keras_s3gan.backend.jax import plan as jax_plan
from keras_s3gan.experiment.planning.tpu_hardware import Slice

Number = TypeVar("Number", int, float)


def of_fitting(value: Number | None) -> Number:
    """A number that is known of a step that fits.

    Raises:
        ValueError: if it is not known.
    """
    if value is None:
        raise ValueError("This is not known of a step that does not fit.")
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
        parts: dictionary. Bytes of each part of what a device is given.
        layer_flops: int. FLOPs of a step of all devices, as `layer_flops` counts.
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
        """The share of the compiler's FLOPs that the layers' products account for."""
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

        Computing and communicating are taken not to overlap.
        """
        return (
            max(self.compute_seconds, self.memory_seconds) + self.interconnect_seconds
        )

    @property
    def seconds(self) -> float:
        """Seconds of the whole run, training steps alone."""
        return self.step_seconds * self.steps


def sent_bytes(kind: str, size: int, slice_: Slice) -> float:
    """What a chip sends for collectives whose results have `size` bytes a device.

    Args:
        kind: string, one of `keras_s3gan.backend.jax.hlo.KINDS`.
        size: int.
        slice_: `Slice`. The devices of a chip share its links, and add up what they
            have before they use them.
    """
    others = (slice_.chips - 1) / slice_.chips
    return (
        size
        * {
            # Every part goes around twice: to be added up, and to be handed out.
            "all-reduce": 2 * others,
            "all-gather": others,
            "reduce-scatter": slice_.chips - 1,
            "all-to-all": others * slice_.chip.devices,
            "collective-permute": min(1, slice_.chips - 1) * slice_.chip.devices,
        }[kind]
    )
