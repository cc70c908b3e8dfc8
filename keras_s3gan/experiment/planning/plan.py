"""What a recipe would take on TPUs: its training step, compiled for them, not run."""

import dataclasses

from keras_s3gan.backend import jax_plan
from keras_s3gan.experiment.planning.tpu_hardware import Slice


@dataclasses.dataclass(frozen=True)
class Plan:
    """What one slice makes of a recipe's training step.

    Args:
        recipe: string.
        slice: `Slice`.
        batch_size: int. Images an update.
        images: int. Images a step.
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
    def memory(self):
        """Bytes that a device has for the step."""
        if self.compiled.available_bytes is not None:
            return self.compiled.available_bytes
        return self.slice.chip.memory // self.slice.chip.devices

    @property
    def layer_share(self):
        """Of the compiler's FLOPs: those that the layers' products come to."""
        return self.layer_flops / (self.compiled.flops * self.compiled.devices)

    @property
    def compute_seconds(self):
        """At the peak of the chip's matrix units."""
        return self.compiled.flops * self.slice.chip.devices / self.slice.chip.flops

    @property
    def memory_seconds(self):
        """At the bandwidth of the chip's memory."""
        chip = self.slice.chip
        return self.compiled.bytes_accessed * chip.devices / chip.memory_bandwidth

    @property
    def interconnect_seconds(self):
        """At the bandwidth of the chip's links."""
        sent = sum(
            sent_bytes(kind, collective.bytes, self.slice)
            for kind, collective in self.compiled.collectives.items()
        )
        return sent / self.slice.chip.interconnect

    @property
    def step_seconds(self):
        """The roofline's: nothing is faster than the slower of compute and memory.

        The devices are taken to do nothing else while they talk to each other.
        """
        return (
            max(self.compute_seconds, self.memory_seconds) + self.interconnect_seconds
        )

    @property
    def seconds(self):
        """Of the whole run, steps alone."""
        return self.step_seconds * self.steps


def sent_bytes(kind, size, slice_):
    """What a chip sends for collectives whose results have `size` bytes a device.

    Args:
        kind: string, one of `keras_s3gan.backend.collectives.KINDS`.
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
