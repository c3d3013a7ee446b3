"""Values that satisfy a JSON schema, always the same ones."""

from collections.abc import Mapping, Sequence

_FORMATS = (
    ("date-time", "2026-01-01T12:00:00Z"),
    ("date", "2026-01-01"),
    ("time", "12:00:00Z"),
    ("duration", "P1D"),
    ("email", "someone@example.com"),
    ("hostname", "example.com"),
    ("uri", "https://example.com/"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
)
# A recursive schema is left as soon as it allows that; one that never does is not followed for ever.
_SHALLOW = 4
_DEPTH = 12

Schema = Mapping[str, object]


def example(schema: Schema, name: str = "value") -> object:
    """A value that `schema` accepts; free strings are called after the property that holds them.

    Patterns and conditions are not followed.
    """
    return _example(schema, name, schema, 0)


def _example(schema: Schema, name: str, root: Schema, depth: int) -> object:
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if chosen := _list(schema.get("enum")):
        return chosen[0]
    variants = _schemas(schema.get("anyOf")) or _schemas(schema.get("oneOf"))
    if variants and depth <= _DEPTH:
        return _example(_variant(variants, depth), name, root, depth + 1)
    return _of_kind(_kind(schema, depth), schema, name, root, depth)


def _of_kind(kind: str, schema: Schema, name: str, root: Schema, depth: int) -> object:
    match kind:
        case "object" if depth <= _DEPTH:
            return _object(schema, root, depth)
        case "array" if depth <= _DEPTH:
            return _array(schema, name, root, depth)
        case "integer":
            return int(_number(schema, 1))
        case "number":
            return _number(schema, 0.5)
        case "boolean":
            return True
        case "string":
            return _string(schema, name)
        case _:
            return None


def _resolved(schema: Schema, root: Schema) -> Schema:
    """`schema` with its reference followed and its `allOf` merged into one."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target: object = root
        for step in reference.removeprefix("#").strip("/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if key and isinstance(target, Mapping) else target
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolved({**_schema(target), **rest}, root) if target is not schema else rest
    merged = dict(schema)
    for part in _schemas(schema.get("allOf")):
        resolved = _resolved(part, root)
        properties = {**_schema(merged.get("properties")), **_schema(resolved.get("properties"))}
        required = [*_list(merged.get("required")), *_list(resolved.get("required"))]
        merged.update(resolved)
        merged.update({"properties": properties, "required": required} if properties else {})
    return merged


def _variant(variants: Sequence[Schema], depth: int) -> Schema:
    """The first variant; the plainest one where the nesting grows deep."""
    if depth < _SHALLOW:
        return variants[0]
    return min(variants, key=lambda variant: variant.get("type") in {None, "object", "array"})


def _kind(schema: Schema, depth: int) -> str:
    kind = schema.get("type")
    kinds = [entry for entry in _list(kind) if isinstance(entry, str)] or (
        [kind] if isinstance(kind, str) else []
    )
    if kinds:
        return "null" if depth >= _SHALLOW and "null" in kinds else kinds[0]
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _object(schema: Schema, root: Schema, depth: int) -> dict[str, object]:
    required = _list(schema.get("required"))
    return {
        key: _example(_schema(property_), key, root, depth + 1)
        for key, property_ in _schema(schema.get("properties")).items()
        if key in required or depth < _SHALLOW
    }


def _array(schema: Schema, name: str, root: Schema, depth: int) -> list[object]:
    if prefix := _schemas(schema.get("prefixItems")):
        return [_example(item, name, root, depth + 1) for item in prefix]
    wanted = 1 if depth < _SHALLOW else 0
    size = min(max(_integer(schema, "minItems", 0), wanted), _integer(schema, "maxItems", 1_000))
    return [_example(_schema(schema.get("items")), name, root, depth + 1) for _ in range(size)]


def _number(schema: Schema, step: float) -> float:
    """The smallest allowed number, or the largest where only that is bounded; 1 where neither is."""
    match schema:
        case {"minimum": int() | float() as low}:
            value = float(low)
        case {"exclusiveMinimum": int() | float() as low}:
            value = low + step
        case {"maximum": int() | float() as high}:
            value = float(high)
        case {"exclusiveMaximum": int() | float() as high}:
            value = high - step
        case _:
            value = 1.0
    multiple = schema.get("multipleOf")
    if isinstance(multiple, int | float) and multiple > 0:
        value = -(-value // multiple) * multiple
    return value


def _string(schema: Schema, name: str) -> str:
    text = dict(_FORMATS).get(str(schema.get("format")), f"sample {name}")
    padded = text.ljust(_integer(schema, "minLength", 0), ".")
    return padded[: _integer(schema, "maxLength", len(padded))]


def _integer(schema: Schema, keyword: str, default: int) -> int:
    value = schema.get(keyword)
    return value if isinstance(value, int) else default


def _schema(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _schemas(value: object) -> Sequence[Schema]:
    return [_schema(entry) for entry in _list(value)]
