"""Options that several commands have."""

import typing

import pytest

from keras_s3gan.cli import options
from tests.once import once

pytestmark = once("nothing is computed")

OPTIONS = [
    name
    for name, value in vars(options).items()
    if typing.get_origin(value) is typing.Annotated
]


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_says_what_it_is(name):
    _, described = typing.get_args(getattr(options, name))
    assert len(described.help) > 10


def test_a_number_below_the_smallest_is_refused(command, tmp_path):
    code, _, errors = command("sample", str(tmp_path), "--seed", "-1")
    assert code == 2 and "--seed" in errors
