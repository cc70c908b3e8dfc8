"""The collectives of a compiled XLA program, counted in its HLO text."""

import math
import re
import typing

KINDS = (
    "all-reduce",
    "all-gather",
    "reduce-scatter",
    "all-to-all",
    "collective-permute",
)
_INSTRUCTION = re.compile(
    rf"^\s*(?:ROOT )?%?[\w.-]+ = (?P<shape>.+?) "
    rf"(?P<kind>{'|'.join(KINDS)})(?P<start>-start)?\("
    r"(?:.*?channel_id=(?P<channel>\d+))?",
    re.MULTILINE,
)
_ARRAY = re.compile(r"\b(pred|(?:bf|[fsuc])(\d+)\w*)\[([\d,]*)\]")
# The shape of these `-start` instructions is a tuple: operands, then results.
_RESULT_IS_SECOND = ("all-gather", "collective-permute")


class Collective(typing.NamedTuple):
    """All collectives of one kind.

    Attributes:
        instructions: int. How many are in the text of the program.
        bytes: int. Sum of their results, on one device.
    """

    instructions: int
    bytes: int


def find_collectives(program):
    """Counts the collectives of one execution of a program.

    Args:
        program: string. The HLO text of a compiled program. Collectives in a loop are
            counted once.

    Returns:
        Dictionary from the kinds that occur, in the order of `KINDS`, to `Collective`.
    """
    found, channels = {}, set()
    for match in _INSTRUCTION.finditer(program):
        kind, shape, channel = match["kind"], match["shape"], match["channel"]
        # The compiler for TPUs splits one collective into several computations.
        if channel is not None and (kind, channel) in channels:
            continue
        channels.add((kind, channel))
        if match["start"] and kind in _RESULT_IS_SECOND:
            shape = _elements(shape)[1]
        count, size = found.get(kind, (0, 0))
        found[kind] = Collective(count + 1, size + _bytes(shape))
    return {kind: found[kind] for kind in KINDS if kind in found}


def _bytes(shape):
    """Bytes of an array or a tuple of arrays, without the padding of its layout."""
    total = 0
    for name, bits, sides in _ARRAY.findall(shape):
        size = math.prod(int(side) for side in sides.split(",") if side)
        total += math.ceil(size * (8 if name == "pred" else int(bits)) / 8)
    return total


def _elements(shape):
    """Splits the text of a tuple at the commas between its elements."""
    elements, depth = [""], 0
    for character in shape.strip()[1:-1]:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            elements.append("")
        else:
            elements[-1] += character
    return elements
