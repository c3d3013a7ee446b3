"""How large an operation may be: measured before it runs, and in time that grows with its text only."""

from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)

MOST_TOKENS = 2000
_DEEPEST = 10
_MOST_ALIASES = 30
# Each may repeat the whole schema, which takes 50 ms of the event loop.
_MOST_INTROSPECTION_ALIASES = 3
_MOST_FIELDS = 1000
_INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    fields: int = 0
    aliases: int = 0
    introspection_aliases: int = 0


class OperationLimits(ValidationRule):
    """Refuses operations that are too deep, or select too much once their fragments are spread out.

    Each fragment is measured once, however often it is spread. Strawberry's own limiters walk every spread:
    thirty fragments which each spread the next one twice keep them busy for hours.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fragments = {
            definition.name.value: definition
            for definition in context.document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._sizes: dict[str, _Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        """Measures one operation and reports what is too much."""
        size = self._size(node.selection_set)
        for what, measured, limit in (
            ("levels deep", size.depth, _DEEPEST),
            ("aliases", size.aliases, _MOST_ALIASES),
            ("aliases in introspection", size.introspection_aliases, _MOST_INTROSPECTION_ALIASES),
            ("fields", size.fields, _MOST_FIELDS),
        ):
            if measured > limit:
                self.report_error(GraphQLError(f"The operation is too large: at most {limit} {what}.", node))

    def _size(self, selections: SelectionSetNode | None) -> _Size:
        sizes = [self._size_of(node) for node in selections.selections] if selections else []
        return _Size(
            depth=max((size.depth for size in sizes), default=0),
            fields=sum(size.fields for size in sizes),
            aliases=sum(size.aliases for size in sizes),
            introspection_aliases=sum(size.introspection_aliases for size in sizes),
        )

    def _size_of(self, node: SelectionNode) -> _Size:
        if isinstance(node, FragmentSpreadNode):
            return self._size_of_fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            return self._size(node.selection_set)
        if not isinstance(node, FieldNode):
            return _Size()
        inner, name = self._size(node.selection_set), node.name.value
        aliases = inner.aliases + (node.alias is not None)
        return _Size(
            # Introspection is deep by nature; graphql-core limits how often its lists may be nested.
            depth=0 if name.startswith("__") else inner.depth + 1,
            fields=inner.fields + 1,
            aliases=aliases,
            introspection_aliases=aliases if name in _INTROSPECTION else inner.introspection_aliases,
        )

    def _size_of_fragment(self, name: str) -> _Size:
        if name not in self._sizes:
            # A fragment within itself counts nothing here; another rule refuses it.
            self._sizes[name] = _Size()
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._sizes[name] = self._size(fragment.selection_set)
        return self._sizes[name]
