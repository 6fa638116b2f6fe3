"""Requests without a schema, answered by a word, a number or a date: what choices and regular expressions constrain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from training import kinds, words

if TYPE_CHECKING:
    from random import Random


def answer(rng: Random) -> tuple[str, None, str]:
    """A request, no schema, and the answer."""
    request, reply = rng.choice((_sum, _choice, _date, _yes_no, _email, _list))(rng)
    return request, None, reply


def _sum(rng: Random) -> tuple[str, str]:
    left, right = rng.randint(0, 20), rng.randint(0, 20)
    return f"What is {left} + {right}?", str(left + right)


def _choice(rng: Random) -> tuple[str, str]:
    options = rng.sample(
        rng.choice((words.COLORS, words.ANIMALS, words.CONDITIONS, words.GENRES, words.TAGS)), rng.randint(2, 4)
    )
    return f"Pick one of {', '.join(options)}.", rng.choice(options)


def _date(rng: Random) -> tuple[str, str]:
    return rng.choice(("Give me a date.", "When was it? Answer with a date.", "Write a date.")), kinds.date(rng)


def _yes_no(rng: Random) -> tuple[str, str]:
    first, second = rng.randint(0, 100), rng.randint(0, 100)
    return f"Is {first} greater than {second}? Answer yes or no.", "yes" if first > second else "no"


def _email(rng: Random) -> tuple[str, str]:
    return "Write an email address.", kinds.email(rng)


def _list(rng: Random) -> tuple[str, str]:
    topic, options = rng.choice(
        (("colors", words.COLORS), ("cities", words.CITIES), ("animals", words.ANIMALS), ("jobs", words.JOBS))
    )
    count = rng.randint(2, 4)
    return f"Name {count} {topic}, separated by commas.", ", ".join(rng.sample(options, count))
