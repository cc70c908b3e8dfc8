"""Speed and memory of one chip of each TPU generation, as published by Google.

Sources, read in 2026, by generation:
    - v3: https://cloud.google.com/tpu/docs/v3
    - v4: https://cloud.google.com/tpu/docs/v4
    - v5e: https://cloud.google.com/tpu/docs/v5e
    - v5p: https://cloud.google.com/tpu/docs/v5p
    - v6e: https://cloud.google.com/tpu/docs/v6e
    - v2: its page no longer has figures. `jax/_src/pallas/mosaic/tpu_info.py` of JAX
      0.10.2 has all of them except the interconnect.

Versions of one page differ: 800 or 819 GB/s for v5e, 1,600 or 1,640 for v6e; the more
exact figure is used.
"""

import dataclasses
import math
import re
from typing import Any

_GIB = 2**30
_TOPOLOGY = re.compile(r"(\w+):(\d+(?:x\d+){1,2})")


@dataclasses.dataclass(frozen=True)
class Chip:
    """A chip, and its devices in JAX.

    Args:
        devices: int. 2 if each of the chip's cores is a device with half of the compute
            and memory; 1 if the whole chip is one device.
        flops: float. Peak of matrix products in bfloat16, per second. TPUs multiply
            float32 in bfloat16, too, by default.
        memory: int. Bytes of HBM that a program may use, from the error of libtpu
            0.0.42 for a program that is too large; the memory that libtpu reserves is
            not included.
        memory_bandwidth: float. Bytes per second.
        interconnect: float. Bytes per second that the chip sends on all its links.
        pod: int. Number of chips of the largest slice.
        axes: int. Number of axes of the torus of chips.
        verified: bool. Whether the page above has every figure.
        options: dictionary. The options that libtpu needs for these devices.
    """

    devices: int
    flops: float
    memory: int
    memory_bandwidth: float
    interconnect: float
    pod: int
    axes: int
    verified: bool = True
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


CHIPS = {
    "v2": Chip(
        devices=2,
        flops=46e12,
        memory=int(2 * 7.48 * _GIB),  # of 16 GB
        memory_bandwidth=716e9,
        # Four links of 500 Gbit/s, as others quote "The Design Process for Google's
        # Training Chips: TPUv2 and TPUv3", https://doi.org/10.1109/MM.2021.3058217
        interconnect=250e9,
        pod=256,
        axes=2,
        verified=False,
    ),
    "v3": Chip(
        devices=2,
        flops=123e12,
        memory=int(2 * 15.48 * _GIB),  # of 32 GiB
        memory_bandwidth=900e9,
        # All-reduce bandwidth of a pod, 340 TB/s, by its chips.
        interconnect=332e9,
        pod=1024,
        axes=2,
    ),
    "v4": Chip(
        # JAX joins its two cores into one device on Cloud TPU.
        devices=1,
        flops=275e12,
        memory=int(30.75 * _GIB),  # of 32 GiB
        memory_bandwidth=1200e9,
        # All-reduce bandwidth of a pod, 1.1 PB/s, by its chips.
        interconnect=268e9,
        pod=4096,
        axes=3,
        options={"chip_config_name": "megacore"},
    ),
    "v5e": Chip(
        devices=1,
        flops=197e12,
        memory=int(15.75 * _GIB),  # of 16 GB
        memory_bandwidth=819e9,
        # Half of the 400 GB/s of both directions.
        interconnect=200e9,
        pod=256,
        axes=2,
    ),
    "v5p": Chip(
        devices=1,
        flops=459e12,
        memory=int(95.74 * _GIB),  # of 95 GB
        memory_bandwidth=2765e9,
        # Half of the 1,200 GB/s of both directions.
        interconnect=600e9,
        pod=8960,
        axes=3,
    ),
    "v6e": Chip(
        devices=1,
        flops=918e12,
        memory=int(31.25 * _GIB),  # of 32 GB
        memory_bandwidth=1640e9,
        # Half of the 800 GB/s of both directions.
        interconnect=400e9,
        pod=256,
        axes=2,
    ),
}


@dataclasses.dataclass(frozen=True)
class Slice:
    """Chips of one generation that train together.

    Args:
        topology: string, in libtpu's notation.
        chip: `Chip`.
        chips: int.
    """

    topology: str
    chip: Chip
    chips: int

    @property
    def devices(self) -> int:
        """Number of devices in JAX."""
        return self.chips * self.chip.devices

    @property
    def unit(self) -> str:
        """What one device is: a chip or a core."""
        return "core" if self.chip.devices > 1 else "chip"

    @property
    def options(self) -> dict[str, Any]:
        """The options that libtpu needs for this slice."""
        if self.chips == 1:
            # All other hosts have four chips.
            return {**self.chip.options, "chips_per_host_bounds": [1, 1, 1]}
        return self.chip.options


def find_slice(topology: str) -> Slice:
    """Reads the name of a slice.

    Args:
        topology: string. Generation and number of chips per axis, as `"v3:8x8x1"` or
            `"v5e:4x4"`.

    Returns:
        A `Slice`.

    Raises:
        ValueError: if there is no such generation or slice.
    """
    match = _TOPOLOGY.fullmatch(topology)
    generation, _, _ = topology.partition(":")
    if match is None or generation not in CHIPS:
        raise ValueError(
            "A topology is a generation of TPUs and the number of chips per axis, as "
            f"v3:8x8x1 or v5e:4x4. The generations are {', '.join(CHIPS)}. "
            f"Received: topology={topology}"
        )
    chip = CHIPS[generation]
    sides = [int(side) for side in match[2].split("x")]
    chips = math.prod(sides)
    first, second, third = [*sides, 1][:3]
    whole_hosts = chips == 1 or (first and second and not (first % 2 or second % 2))
    if not whole_hosts or not 0 < chips <= chip.pod or (chip.axes < 3 and third > 1):
        shape = "AxB" if chip.axes < 3 else "AxBxC"
        raise ValueError(
            f"A slice of {generation} is {shape} with even A and B, of at most "
            f"{chip.pod} chips, or 1x1. Received: topology={topology}"
        )
    return Slice(topology, chip, chips)
