"""Values that many requests share: nothing in them can be set, and nothing more is loaded into them.

:func:`frozen` freezes a model instance where it stands, with all that was loaded with it: related rows, prefetched
ones, JSON. A copy (``copy.deepcopy``, ``pickle``) is an ordinary one again. Frozen lists and dicts are lists and
dicts to everybody who only reads.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models.base import ModelBase

M = TypeVar("M", bound=models.Model)
V = TypeVar("V")


class FrozenError(TypeError):
    """Something tried to change what is shared, or to load into it what was not loaded with it."""


def _refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
    what = f" ({args[0]})" if args and isinstance(args[0], str) else ""
    raise FrozenError(f"{type(self).__name__} is shared by many requests and stays as it was loaded{what}.")


class FrozenList(list[Any]):
    """A list that stays as it is."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse

    def __reduce__(self) -> Any:
        return list, (list(self),)


class FrozenDict(dict[str, Any]):
    """A dict that stays as it is, and remembers what was made of it."""

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> Any:
        return dict, (dict(self),)

    def once(self, make: Callable[[Any], V]) -> V:
        """Return what a function makes of these values, which it makes the first time only."""
        made: dict[Any, Any] = self.__dict__
        if make.__qualname__ not in made:
            made[make.__qualname__] = make(self)
        found: V = made[make.__qualname__]
        return found


class _Loaded(FrozenDict):
    """The related rows of a frozen instance; one that was not loaded is not loaded later."""

    __missing__ = _refuse


def frozen_json(value: Any) -> Any:
    """Return a JSON value whose lists and dicts are frozen."""
    if isinstance(value, dict):
        return FrozenDict({key: frozen_json(one) for key, one in value.items()})
    return FrozenList(frozen_json(one) for one in value) if isinstance(value, list) else value


def frozen(one: M) -> M:
    """Freeze a model instance with everything that was loaded with it; returns it. No query.

    Setting, saving and deleting raise :class:`FrozenError`, and so does what would load a deferred column or a row
    by its foreign key. Rows of others that point to it are asked for anew each time, unless they were prefetched.
    """
    if isinstance(one, _Frozen):
        return one
    own = one.__dict__
    for name, value in own.items():
        if isinstance(value, list | dict) and not name.startswith("_"):
            own[name] = frozen_json(value)
    one.__class__ = _frozen_class(type(one))
    absent = {field.name: None for field in one._meta.fields if field.is_relation and own.get(field.attname, 0) is None}
    related = absent | one._state.fields_cache
    for row in filter(None, related.values()):
        frozen(row)
    one._state.fields_cache = _Loaded(related)
    for rows in own.get("_prefetched_objects_cache", {}).values():
        for row in rows:
            frozen(row)
    return one


class _Frozen:
    """What sets a frozen instance apart from an ordinary one."""

    __setattr__ = __delattr__ = _refuse
    save = save_base = delete = refresh_from_db = _refuse


@cache
def _frozen_class(model: type[M]) -> type[M]:
    # Made past Django's metaclass: the same model, not another one beside it.
    made: Any = type.__new__(ModelBase, model.__name__, (_Frozen, model), {"__module__": model.__module__})
    return made
