"""What Elasticsearch refuses, or answers with an error, that a parser lets through.

In: a parsed query and the mapping, a dict of field -> Elasticsearch's type. Out: messages, none for
a query that can be run. From https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax
("Limitations", "Text fields", "Optional fields") and eql-function-ref.
"""
import ipaddress

from eql import ast

KEYWORDS = {"keyword", "wildcard", "constant_keyword"}
NUMBERS = {"long", "integer", "float"}
PATTERNS = {":", "like", "like~", "regex", "regex~", "startsWith", "startsWith~", "endsWith", "endsWith~",
            "stringContains", "stringContains~", "in~"}
MAX_REGEX = 1000  # index.max_regex_length


def name(node):
    return ".".join([node.base] + [str(p) for p in node.path])


def literal(kind, value, node):
    """Tells whether Elasticsearch can compare a field of a type with a literal."""
    if isinstance(node, ast.Null):
        return True
    if kind in KEYWORDS:
        return isinstance(node, ast.String)
    if kind == "boolean":
        return isinstance(node, ast.Boolean)
    if kind in NUMBERS:
        return isinstance(node, ast.Number)
    if kind == "ip":
        try:
            ipaddress.ip_network(value, strict=False)
            return isinstance(node, ast.String)
        except ValueError:
            return False
    return kind == "date" and isinstance(node, ast.String)


def problems(query, mapping, optional):
    for node in query:
        if isinstance(node, ast.Field):
            yield from of_field(name(node), mapping, optional)
        elif isinstance(node, ast.Comparison) and isinstance(node.left, ast.MathOperation):
            yield from of_arithmetic(node, mapping)
        elif isinstance(node, ast.Comparison):
            if not isinstance(node.left, ast.Field) or isinstance(node.right, ast.Field):
                yield "a comparison must be of a field with a literal: %s" % node
            else:
                yield from of_literals(node.left, [node.right], mapping)
        elif isinstance(node, ast.InSet):
            yield from of_literals(node.expression, node.container, mapping)
        elif isinstance(node, ast.FunctionCall):
            yield from of_function(node, mapping)


def of_field(field, mapping, optional):
    kind = mapping.get(field)
    if kind is None:
        yield "no integration maps the field %s" % field
    elif kind not in KEYWORDS | NUMBERS | {"boolean", "ip", "date"}:
        yield "EQL cannot search the field %s of type %s" % (field, kind)
    if field not in optional:
        yield "the field %s is not optional: an index without it fails the query" % field


def of_arithmetic(comparison, mapping):
    """Arithmetic on numeric fields, compared with a number: https://www.elastic.co/docs/reference/query-languages/eql/eql-syntax#eql-syntax-arithmetic-operators"""
    if not isinstance(comparison.right, ast.Number):
        yield "arithmetic must be compared with a number: %s" % comparison
    for node in comparison.left:
        if isinstance(node, ast.Field) and mapping.get(name(node)) not in NUMBERS:
            yield "arithmetic takes numbers only: %s is of type %s" % (name(node), mapping.get(name(node)))


def of_literals(field, literals, mapping):
    kind = mapping.get(name(field))
    for node in literals:
        if kind == "ip" and not isinstance(node, ast.Null):
            # https://github.com/elastic/elasticsearch/issues/118621
            yield "%s is of type ip: Elasticsearch refuses addresses in `in`, and in `==` joined by `or`" % name(field)
        elif not literal(kind, getattr(node, "value", None), node):
            yield "%s is of type %s, which %s is not" % (name(field), kind, node)


def of_function(node, mapping):
    field, rest = node.arguments[0], node.arguments[1:]
    if not isinstance(field, ast.Field):
        yield "the first argument of %s must be a field" % node.name
        return
    kind = mapping.get(name(field))
    if node.name == "cidrMatch":
        if kind != "ip":
            yield "cidrMatch takes fields of type ip only, not %s of type %s" % (name(field), kind)
        return
    if node.name not in PATTERNS:
        yield "no such function in Elasticsearch: %s" % node.name
    if kind not in KEYWORDS:
        yield "%s takes strings only: %s is of type %s" % (node.name, name(field), kind)
    for value in rest:
        if not isinstance(value, ast.String):
            yield "%s takes literals only" % node.name
        elif node.name.startswith("regex") and len(value.value) > MAX_REGEX:
            yield "an expression of %d characters; Elasticsearch allows %d" % (len(value.value), MAX_REGEX)
