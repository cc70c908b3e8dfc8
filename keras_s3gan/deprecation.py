"""Old names, which work for one more release with a warning."""

import functools
import importlib
import warnings


def warn(old, new):
    """Warns that `old` is now called `new`."""
    warnings.warn(
        f"`{old}` is now `{new}`; the old name will be removed in the next release.",
        DeprecationWarning,
        stacklevel=3,
    )


def moved(module_name, names):
    """The `__getattr__` of a module, for its old names.

    Args:
        module_name: string. The module's `__name__`.
        names: dict from each old name to the new one, in the same module, or in another
            one if it has dots: `"keras_s3gan.layers.to_one_hot"`.

    Returns:
        A function of a name.
    """

    def __getattr__(name):
        if name not in names:
            raise AttributeError(f"module {module_name!r} has no attribute {name!r}")
        new = names[name] if "." in names[name] else f"{module_name}.{names[name]}"
        warn(f"{module_name}.{name}", new)
        module, _, attribute = new.rpartition(".")
        return getattr(importlib.import_module(module), attribute)

    return __getattr__


def renamed_arguments(**names):
    """Decorator of a function whose keyword arguments have new names: `old="new"`."""

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for old in names.keys() & kwargs.keys():
                warn(old, names[old])
                kwargs[names[old]] = kwargs.pop(old)
            return function(*args, **kwargs)

        return wrapper

    return decorate


def rename_methods(cls, names):
    """Lets a class override methods under their old names: a dict from old to new."""
    for old in names.keys() & vars(cls).keys():
        warn(f"{cls.__name__}.{old}", names[old])
        setattr(cls, names[old], vars(cls)[old])
