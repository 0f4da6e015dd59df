"""Does a JSON value fit a schema of an OpenAPI document? Never stricter than the schema is.

Checked are conditions that every fitting value meets: types, members, elements, ranges, lengths, fixed
values, and what these are combined from (`$ref` within the document, allOf, anyOf, and oneOf like anyOf).
Left out is what would run a regular expression of the candidate's (`pattern`), what needs a registry
(`format`, `$id`), and negations. So a value may be taken that does not fit, and none is refused that does.
"""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

Lookup = Callable[[str], Any]

_TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _is_number(value) and value == value // 1,
    "number": lambda value: _is_number(value),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_SIZES: list[tuple[type, str, str]] = [
    (str, "minLength", "maxLength"),
    (list, "minItems", "maxItems"),
    (dict, "minProperties", "maxProperties"),
]
_MOST_STEPS = 200_000
_MOST_DEPTH = 80


class Schemas:
    """The schemas of one document. `lookup` gives what a `$ref` leads to."""

    def __init__(self, lookup: Lookup, *, openapi_30: bool) -> None:
        self._lookup = lookup
        self._openapi_30 = openapi_30
        self._steps = 0

    def fault(self, value: Any, schema: Any) -> str | None:
        """What does not fit first, with its place; None when nothing is found."""
        self._steps = 0
        return next(self._faults(value, schema, "", 0), None)

    def _faults(self, value: Any, schema: Any, place: str, depth: int) -> Iterator[str]:
        self._steps += 1
        depth += 1
        if self._steps > _MOST_STEPS or depth > _MOST_DEPTH:
            yield "the schemas lead on without an end"
            return
        if schema is False:
            yield f"{place or '/'} is not allowed"
        if not isinstance(schema, dict) or "$id" in schema:
            return
        if str(schema.get("$ref", "")).startswith("#/"):
            yield from self._faults(value, self._lookup(schema["$ref"]), place, depth)
            if self._openapi_30:
                return  # in 3.0 what stands beside a reference is ignored
        if value is None and self._openapi_30 and schema.get("nullable") is True:
            return
        yield from _value_faults(value, schema, place)
        if isinstance(value, dict):
            yield from self._member_faults(value, schema, place, depth)
        if isinstance(value, list):
            yield from self._element_faults(value, schema, place, depth)
        for part in _list_of(schema, "allOf"):
            yield from self._faults(value, part, place, depth)
        for name in ("anyOf", "oneOf"):
            found = [next(self._faults(value, part, place, depth), None) for part in _list_of(schema, name)]
            if found and None not in found:
                yield f"{place or '/'} fits none of {name}: {found[0]}"

    def _member_faults(
        self, value: dict[str, Any], schema: dict[str, Any], place: str, depth: int
    ) -> Iterator[str]:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        for name in _list_of(schema, "required"):
            own = properties.get(name) if isinstance(name, str) else None
            write_only = isinstance(own, dict) and own.get("writeOnly") is True
            if isinstance(name, str) and name not in value and not write_only:
                yield f"{place}/{name} is missing"
        for name, member in value.items():
            if name in properties:
                yield from self._faults(member, properties[name], f"{place}/{name}", depth)
            elif "additionalProperties" in schema and not schema.get("patternProperties"):
                yield from self._faults(member, schema["additionalProperties"], f"{place}/{name}", depth)

    def _element_faults(
        self, value: list[Any], schema: dict[str, Any], place: str, depth: int
    ) -> Iterator[str]:
        first = [] if self._openapi_30 else _list_of(schema, "prefixItems")
        for index, element in enumerate(value):
            own = first[index] if index < len(first) else schema.get("items", True)
            yield from self._faults(element, own, f"{place}/{index}", depth)
        if schema.get("uniqueItems") is True and len({_text(element) for element in value}) < len(value):
            yield f"{place or '/'} has an element twice"


def _value_faults(value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    """What can be said without looking inside."""
    place = place or "/"
    types = schema.get("type")
    names = types if isinstance(types, list) else [types] if isinstance(types, str) else []
    if names and not any(_TYPES[name](value) for name in names if name in _TYPES):
        yield f"{place} is not of type {' or '.join(map(str, names))}: {json.dumps(value)[:60]}"
    if isinstance(schema.get("enum"), list) and _text(value) not in map(_text, schema["enum"]):
        yield f"{place} is not one of the enum: {json.dumps(value)[:60]}"
    if "const" in schema and _text(value) != _text(schema["const"]):
        yield f"{place} is not the const: {json.dumps(value)[:60]}"
    for kind, least, most in _SIZES:
        if isinstance(value, kind):
            if _is_number(schema.get(least)) and len(value) < schema[least]:
                yield f"{place} is shorter than {least} {schema[least]}"
            if _is_number(schema.get(most)) and len(value) > schema[most]:
                yield f"{place} is longer than {most} {schema[most]}"
    if _is_number(value):
        yield from _range_faults(value, schema, place)


def _range_faults(value: float, schema: dict[str, Any], place: str) -> Iterator[str]:
    for name, sign in (("minimum", 1), ("maximum", -1)):
        exclusive = schema.get(f"exclusive{name.title()}")
        if _is_number(bound := schema.get(name)):
            outside = (value - bound) * sign
            if outside < 0 or (outside == 0 and exclusive is True):  # a boolean in 3.0
                yield f"{place} is beyond the {name} {bound}: {value}"
        if _is_number(exclusive) and (value - exclusive) * sign <= 0:
            yield f"{place} is beyond the exclusive {name} {exclusive}: {value}"
    step = schema.get("multipleOf")
    if _is_number(step) and step > 0 and Fraction(str(value)) % Fraction(str(step)):
        yield f"{place} is no multiple of {step}: {value}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _list_of(schema: dict[str, Any], name: str) -> list[Any]:
    found = schema.get(name)
    return found if isinstance(found, list) else []


def _text(value: Any) -> str:
    """Equal for values that are equal as JSON: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, float) and value == value // 1:
        value = int(value)
    if isinstance(value, list):
        return f"[{','.join(map(_text, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(name)}:{_text(value[name])}' for name in sorted(value))}}}"
    return json.dumps(value)
