"""Schemas beyond plain records: recursive comments and trees, tool calls, lists of scalars, single values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training import kinds, words
from training.kinds import Kind, Schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


def comments(rng: Random) -> tuple[str, Kind]:
    """A thread of comments with replies: a schema that refers to itself."""
    author, text, replies = rng.choice(
        (("author", "text", "replies"), ("user", "body", "children"), ("name", "comment", "replies"))
    )
    members = {author: {"type": "string"}, text: {"type": "string"}, replies: {"type": "array", "items": {}}}

    def draw(rng: Random, depth: int = 0) -> dict[str, Any]:
        below = 0 if depth >= 3 else rng.choice((0, 0, 1, 1, 2))
        return {
            author: kinds.person_name(rng),
            text: rng.choice(words.COMMENTS),
            replies: [draw(rng, depth + 1) for _ in range(below)],
        }

    request = rng.choice(
        (
            "Write a comment with replies.",
            "Write a thread of comments.",
            "A comment thread about {}.",
            "Make up a discussion about {}.",
        )
    )
    topic = f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)}s"
    return request.format(topic), Kind(_recursive(rng, "comment", members, replies), draw)


def tree(rng: Random) -> tuple[str, Kind]:
    """Folders, categories, parts: names with children, and sometimes a size."""
    noun = rng.choice(("folder", "category", "node", "part"))
    children = rng.choice(("children", f"{noun}s", "items"))
    sized = rng.random() < 0.4
    members: Schema = {
        "name": {"type": "string"},
        **({"size": {"type": "integer"}} if sized else {}),
        children: {"type": "array", "items": {}},
    }

    def draw(rng: Random, depth: int = 0) -> dict[str, Any]:
        below = 0 if depth >= 3 else rng.choice((0, 0, 1, 2))
        size = {"size": rng.randint(1, 900)} if sized else {}
        return {"name": rng.choice(words.NOUNS), **size, children: [draw(rng, depth + 1) for _ in range(below)]}

    return f"{rng.choice(('Describe', 'Generate', 'Draw'))} a tree of {noun} entries.", Kind(
        _recursive(rng, noun, members, children), draw
    )


def _recursive(rng: Random, name: str, members: Schema, children: str) -> Schema:
    """An object whose member `children` lists objects of the same schema, referred to at the root or in `$defs`."""
    at_root = rng.random() < 0.4
    reference = {"$ref": "#" if at_root else f"#/$defs/{name}"}
    body: Schema = {
        "type": "object",
        "properties": {**members, children: {"type": "array", "items": reference}},
        "required": list(members),
        "additionalProperties": False,
    }
    return body if at_root else {"$defs": {name: body}, **reference}


def _tool(rng: Random) -> tuple[str, str, dict[str, Kind], dict[str, Any]]:
    """A request, the tool it asks for, the kinds of the tool's arguments, and arguments that the request tells."""
    city, who, thing, when = (
        rng.choice(words.CITIES),
        kinds.person_name(rng),
        rng.choice(words.PRODUCTS),
        kinds.date(rng),
    )
    told = kinds.text
    return rng.choice(
        (
            (f"What is the weather in {city}?", "get_weather", {"city": told([city])}, {"city": city}),
            (
                f"Send a message to {who}.",
                "send_message",
                {"to": told([who]), "text": told(words.COMMENTS)},
                {"to": who},
            ),
            (
                f"Search for {thing}.",
                "search",
                {"query": told([thing]), "limit": kinds.integer(rng, 1, 20)},
                {"query": thing},
            ),
            (
                f"Book a room in {city} on {when}.",
                "book_room",
                {"city": told([city]), "date": kinds.formatted("date", lambda _: when)},
                {},
            ),
            (
                f"Add {thing} to the cart.",
                "add_to_cart",
                {"product": told([thing]), "quantity": kinds.integer(rng, 1, 5)},
                {},
            ),
            (
                f"Remind me on {when}.",
                "set_reminder",
                {"date": kinds.formatted("date", lambda _: when), "text": told(words.EVENTS)},
                {},
            ),
        )
    )


def tool_call(rng: Random) -> tuple[str, Kind]:
    """A call of one tool among several, told apart by a constant name."""
    calls = {
        name: (request, arguments) for request, name, arguments, _ in (_tool(rng) for _ in range(rng.randint(1, 3)))
    }
    name = rng.choice(list(calls))
    request, arguments = calls[name]
    key = rng.choice(("name", "tool", "function"))
    value_key = rng.choice(("arguments", "args", "parameters"))
    options = [_call_schema(key, value_key, tool, kinds_of) for tool, (_, kinds_of) in calls.items()]
    schema = options[0] if len(options) == 1 else {rng.choice(("anyOf", "oneOf")): options}
    return request, Kind(
        schema, lambda rng: {key: name, value_key: {k: kind.draw(rng) for k, kind in arguments.items()}}
    )


def _call_schema(key: str, value_key: str, name: str, arguments: dict[str, Kind]) -> Schema:
    inner = {
        "type": "object",
        "properties": {k: kind.schema for k, kind in arguments.items()},
        "required": list(arguments),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {key: {"const": name}, value_key: inner},
        "required": [key, value_key],
        "additionalProperties": False,
    }


def scalars(rng: Random) -> tuple[str, Kind]:
    """A list of plain values."""
    noun, item = rng.choice(
        (
            ("colors", kinds.text(words.COLORS)),
            ("cities", kinds.text(words.CITIES)),
            ("numbers", kinds.integer(rng, 0, 100)),
            ("names", Kind({"type": "string"}, kinds.person_name)),
            ("prices", kinds.number(rng, 0, 100)),
            ("tags", kinds.text(words.TAGS)),
        )
    )
    return f"{rng.choice(('List', 'Name', 'Give me'))} some {noun}.", kinds.array(rng, item, 1, 5)


def single(rng: Random) -> tuple[str, Kind]:
    """One plain value."""
    request, kind = rng.choice(
        (
            ("Pick a color.", kinds.enum(rng, words.COLORS)),
            ("Give me a number.", kinds.integer(rng, 0, 100)),
            ("Name a city.", kinds.text(words.CITIES)),
            ("True or false?", kinds.boolean()),
            ("Give me a date.", kinds.formatted("date", kinds.date)),
            ("How was it?", kinds.enum(rng, ("good", "bad", "neutral", "great", "poor"))),
        )
    )
    return request, kind


def sentiment(rng: Random) -> tuple[str, Kind]:
    """What a comment feels like, with a score."""
    text = rng.choice(words.COMMENTS)
    label = kinds.enum(rng, ("positive", "negative", "neutral"), 3)
    score = kinds.number(rng, 0, 1)
    schema = {
        "type": "object",
        "properties": {"sentiment": label.schema, "confidence": score.schema},
        "required": ["sentiment", "confidence"],
    }
    return f"Classify: {text}", Kind(schema, lambda rng: {"sentiment": label.draw(rng), "confidence": score.draw(rng)})


SPECIAL: tuple[Callable[[Random], tuple[str, Kind]], ...] = (
    comments,
    comments,
    tree,
    tool_call,
    tool_call,
    scalars,
    single,
    sentiment,
)
