"""The bindings in which two resolved recipes differ."""

import re

from keras_s3gan.experiment.recipe.defaults import is_default
from keras_s3gan.experiment.recipe.old_names import replace_old_names


def differences(stored_text: str, text: str) -> list[str]:
    """Lists the bindings in which two resolved recipes differ.

    What an earlier version did not have yet is no difference, if it has its default.

    Args:
        stored_text: string. A resolved recipe, of this version or an earlier one.
        text: string. A resolved recipe of this version.

    Returns:
        A list of strings, empty if all bindings agree.
    """
    stored = _statements(replace_old_names(stored_text, warn=False))
    wanted = _statements(text)
    return [
        f"{name} is {stored.get(name, 'not bound')} there, "
        f"{wanted.get(name, 'not bound')} here"
        for name in sorted(stored.keys() | wanted.keys())
        if stored.get(name) != wanted.get(name)
        and not (name not in stored and is_default(name, wanted[name]))
    ]


def _statements(text: str) -> dict[str, str]:
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    pairs = (
        line.partition(" = ")
        for line in joined.splitlines()
        if line[:1] not in ("#", "")
    )
    return {name: value.strip() for name, _, value in pairs}
