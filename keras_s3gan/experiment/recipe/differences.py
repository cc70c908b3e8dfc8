"""In which bindings two resolved recipes differ."""

import re


def differences(stored_text, text):
    """Says in which bindings two resolved configurations differ.

    Returns:
        A list of strings, empty where both bind the same.
    """
    stored, wanted = _statements(stored_text), _statements(text)
    return [
        f"{name} is {stored.get(name, 'not bound')} there, "
        f"{wanted.get(name, 'not bound')} here"
        for name in sorted(stored.keys() | wanted.keys())
        if stored.get(name) != wanted.get(name)
    ]


def _statements(text):
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    pairs = (
        line.partition(" = ")
        for line in joined.splitlines()
        if line[:1] not in ("#", "")
    )
    return {name: value.strip() for name, _, value in pairs}
