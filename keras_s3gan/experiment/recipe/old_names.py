"""Earlier names of settings, which recipes may still use."""

import re
import warnings

# The binding of a setting, and the scope that the package's recipes used for it.
_OLD_NAMES = (
    (re.compile(r"\btrain\.label_stage(?=\s*=)"), "train.pseudo_labelling"),
    (re.compile(r"(?<![\w/])stage_one/(?=[A-Z])"), "pseudo_labelling/"),
)


def replace_old_names(text: str, warn: bool = True) -> str:
    """Replaces old names in a Gin text by those of this version.

    Args:
        text: string, in Gin.
        warn: boolean. Whether to warn of old names.

    Returns:
        The text with the new names.
    """
    for pattern, name in _OLD_NAMES:
        text, count = pattern.subn(name, text)
        if count and warn and name.startswith("train."):
            warnings.warn(
                f"train.label_stage is called {name} now; the old name will be "
                "removed in the next release.",
                FutureWarning,
                stacklevel=2,
            )
    return text
