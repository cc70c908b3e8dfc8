"""The steps without Keras that ours is timed beside do what ours does."""

from benchmarks.plain import agreement, part
from benchmarks.plain.setting import Setting


def test_plain_step_has_our_losses_and_our_average():
    setting = Setting(channels=3, base_channels=4, batch_size=8, rotated=1)
    found = agreement.compare(setting, steps=2)
    average = found.pop("average")
    assert max(found.values()) < part.TOLERANCE, found
    assert average < part.AVERAGE_TOLERANCE
