"""What the corpus talks about: people, orders, books, weather and made-up records, each as fields with kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training import kinds, words
from training.kinds import Kind
from training.objects import Field, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


@dataclass(frozen=True)
class Topic:
    """A noun with its article, and the fields that such a thing has."""

    noun: str
    fields: tuple[Field, ...]


def address(rng: Random) -> Topic:
    """A postal address."""
    zip_code = kinds.pattern("^[0-9]{5}$", lambda rng: kinds.digits(rng, 5))
    return Topic(
        "an address",
        (
            Field(
                "street",
                Kind({"type": "string"}, lambda rng: f"{rng.randint(1, 200)} {rng.choice(words.STREETS)}"),
                "at {}",
            ),
            Field("city", kinds.text(words.CITIES), "in {}"),
            Field(rng.choice(("zip", "postal_code", "zipCode")), zip_code, "zip code {}"),
            Field("country", kinds.text(words.COUNTRIES), "in {}"),
        ),
    )


def person(rng: Random) -> Topic:
    """A person, a user, an employee: whoever has a name."""
    noun = rng.choice(("a person", "a user", "an employee", "a customer", "a student", "an author", "a contact"))
    return Topic(
        noun,
        (
            Field(
                rng.choice(("name", "full_name", "fullName")), Kind({"type": "string"}, kinds.person_name), "named {}"
            ),
            Field("age", kinds.integer(rng, 18, 90), "aged {}"),
            Field("email", kinds.formatted("email", kinds.email), "with email {}"),
            Field("city", kinds.text(words.CITIES), "living in {}"),
            Field(rng.choice(("job", "occupation", "role")), kinds.text(words.JOBS), "working as {}"),
            Field(rng.choice(("active", "is_active", "married", "is_student")), kinds.boolean()),
            Field("address", record(rng, address(rng).fields)),
            Field(rng.choice(("hobbies", "skills", "interests")), kinds.array(rng, kinds.text(words.TAGS))),
            Field(rng.choice(("birthday", "birth_date", "joined")), kinds.formatted("date", kinds.date)),
            Field("department", kinds.enum(rng, words.DEPARTMENTS), "in {}"),
            Field("phone", kinds.nullable(rng, kinds.text([f"+1 555 01{n:02}" for n in range(100)]))),
        ),
    )


def product(rng: Random) -> Topic:
    """Something for sale."""
    sku = kinds.pattern("^[A-Z]{3}-[0-9]{4}$", lambda rng: f"{kinds.letters(rng, 3)}-{kinds.digits(rng, 4)}")
    return Topic(
        rng.choice(("a product", "an item", "an article for sale")),
        (
            Field(rng.choice(("name", "title", "product")), kinds.text(words.PRODUCTS), "called {}"),
            Field("price", kinds.number(rng, 0, 500), "for {}"),
            Field(rng.choice(("sku", "id")), sku, "with id {}"),
            Field("color", kinds.enum(rng, words.COLORS), "in {}"),
            Field(rng.choice(("in_stock", "inStock", "available")), kinds.boolean()),
            Field(rng.choice(("quantity", "stock")), kinds.integer(rng, 0, 100), "quantity {}"),
            Field("tags", kinds.array(rng, kinds.text(words.TAGS))),
            Field("currency", kinds.enum(rng, words.CURRENCIES), "in {}"),
            Field("rating", kinds.number(rng, 0, 5, 1), "rated {}"),
        ),
    )


def order(rng: Random) -> Topic:
    """An order with its lines."""
    line = record(
        rng,
        (
            Field(rng.choice(("product", "name", "item")), kinds.text(words.PRODUCTS)),
            Field(rng.choice(("quantity", "count")), kinds.integer(rng, 1, 9)),
            Field("price", kinds.number(rng, 1, 300)),
        ),
    )
    number = kinds.integer(rng, 1, 99999) if rng.random() < 0.5 else kinds.formatted("uuid", kinds.uuid4)
    return Topic(
        rng.choice(("an order", "an invoice", "a purchase")),
        (
            Field(rng.choice(("id", "order_id", "orderId")), number, "number {}"),
            Field("customer", Kind({"type": "string"}, kinds.person_name), "for {}"),
            Field(rng.choice(("items", "lines")), kinds.array(rng, line, 1, 3)),
            Field("status", kinds.enum(rng, words.STATUSES), "with status {}"),
            Field("total", kinds.number(rng, 1, 900), "over {}"),
            Field("date", kinds.formatted("date", kinds.date), "of {}"),
        ),
    )


def event(rng: Random) -> Topic:
    """Something that happens at a time and a place."""
    return Topic(
        rng.choice(("an event", "a calendar entry", "an appointment")),
        (
            Field(rng.choice(("title", "name", "summary")), kinds.text(words.EVENTS), "called {}"),
            Field(rng.choice(("date", "day")), kinds.formatted("date", kinds.date), "on {}"),
            Field(rng.choice(("start", "starts_at")), kinds.formatted("date-time", kinds.date_time), "starting {}"),
            Field("time", kinds.formatted("time", kinds.time), "at {}"),
            Field("location", kinds.text(words.CITIES), "in {}"),
            Field(rng.choice(("attendees", "guests")), kinds.array(rng, Kind({"type": "string"}, kinds.person_name))),
            Field("priority", kinds.enum(rng, words.PRIORITIES), "with priority {}"),
            Field(rng.choice(("online", "all_day")), kinds.boolean()),
        ),
    )


def book(rng: Random) -> Topic:
    """A book."""
    return Topic(
        "a book",
        (
            Field("title", kinds.text(words.BOOKS), "called {}"),
            Field("author", Kind({"type": "string"}, kinds.person_name), "by {}"),
            Field(rng.choice(("year", "published")), kinds.integer(rng, 1900, 2030), "from {}"),
            Field(rng.choice(("pages", "page_count")), kinds.integer(rng, 20, 900), "with {} pages"),
            Field("genre", kinds.enum(rng, words.GENRES), "of genre {}"),
            Field("language", kinds.enum(rng, words.LANGUAGES), "in {}"),
            Field("isbn", kinds.pattern("^[0-9]{13}$", lambda rng: "978" + kinds.digits(rng, 10))),
        ),
    )


def recipe(rng: Random) -> Topic:
    """Something to cook."""
    part = record(
        rng,
        (
            Field(rng.choice(("name", "ingredient")), kinds.text(words.INGREDIENTS)),
            Field("amount", kinds.integer(rng, 1, 500)),
            Field("unit", kinds.enum(rng, words.UNITS)),
        ),
    )
    listed = part if rng.random() < 0.5 else kinds.text(words.INGREDIENTS)
    return Topic(
        "a recipe",
        (
            Field(rng.choice(("name", "title", "dish")), kinds.text(words.DISHES), "for {}"),
            Field("servings", kinds.integer(rng, 1, 8), "for {} people"),
            Field("ingredients", kinds.array(rng, listed, 2, 4)),
            Field("steps", kinds.array(rng, kinds.text(words.STEPS), 1, 3)),
            Field(rng.choice(("minutes", "duration")), kinds.integer(rng, 5, 180), "in {} minutes"),
            Field("vegetarian", kinds.boolean()),
        ),
    )


def weather(rng: Random) -> Topic:
    """A weather report."""
    return Topic(
        rng.choice(("the weather", "a weather report", "a forecast")),
        (
            Field(rng.choice(("city", "location")), kinds.text(words.CITIES), "in {}"),
            Field(rng.choice(("temperature", "temp_c")), kinds.number(rng, -20, 40, 1), "at {} degrees"),
            Field(rng.choice(("condition", "conditions")), kinds.enum(rng, words.CONDITIONS), "{}"),
            Field("humidity", kinds.integer(rng, 0, 100), "with humidity {}"),
            Field("date", kinds.formatted("date", kinds.date), "on {}"),
            Field("unit", kinds.enum(rng, ("celsius", "fahrenheit"))),
        ),
    )


def pet(rng: Random) -> Topic:
    """An animal with a name."""
    return Topic(
        "a pet",
        (
            Field("name", kinds.text(words.PET_NAMES), "called {}"),
            Field(rng.choice(("species", "kind", "type")), kinds.enum(rng, words.ANIMALS), "a {}"),
            Field("age", kinds.integer(rng, 0, 20), "aged {}"),
            Field("owner", kinds.nullable(rng, Kind({"type": "string"}, kinds.person_name)), "of {}"),
            Field("vaccinated", kinds.boolean()),
        ),
    )


def task(rng: Random) -> Topic:
    """A ticket or a to-do."""
    return Topic(
        rng.choice(("a task", "a ticket", "a to-do", "a bug report")),
        (
            Field("id", kinds.integer(rng, 1, 9999), "number {}"),
            Field("title", kinds.joined(words.ADJECTIVES, words.NOUNS), "about {}"),
            Field("priority", kinds.enum(rng, words.PRIORITIES), "with priority {}"),
            Field("done", kinds.boolean()),
            Field(rng.choice(("assignee", "owner")), Kind({"type": "string"}, kinds.person_name), "for {}"),
            Field("due", kinds.formatted("date", kinds.date), "due {}"),
            Field("labels", kinds.array(rng, kinds.text(words.TAGS), 0, 3)),
        ),
    )


def company(rng: Random) -> Topic:
    """A company."""
    return Topic(
        rng.choice(("a company", "an organisation", "a supplier")),
        (
            Field("name", kinds.text(words.COMPANIES), "called {}"),
            Field(rng.choice(("founded", "year")), kinds.integer(rng, 1900, 2026), "founded in {}"),
            Field("employees", kinds.integer(rng, 1, 5000), "with {} employees"),
            Field(rng.choice(("website", "url")), kinds.formatted("uri", kinds.uri)),
            Field("country", kinds.enum(rng, words.COUNTRY_CODES), "in {}"),
            Field("public", kinds.boolean()),
        ),
    )


def made_up(rng: Random) -> Topic:
    """A record whose member names say what kind they are: the model has to read the schema, no domain helps."""
    makers: tuple[tuple[str, Callable[[], Kind]], ...] = (
        ("{}_count", lambda: kinds.integer(rng, 0, 200)),
        ("{}Name", lambda: kinds.joined(words.ADJECTIVES, words.NOUNS)),
        ("{}_id", lambda: kinds.formatted("uuid", kinds.uuid4)),
        ("is_{}", kinds.boolean),
        ("{}_ratio", lambda: kinds.number(rng, 0, 1)),
        ("{}_at", lambda: kinds.formatted("date-time", kinds.date_time)),
        ("{}_url", lambda: kinds.formatted("uri", kinds.uri)),
        ("{}_ip", lambda: kinds.formatted("ipv4", kinds.ipv4)),
        ("{}Type", lambda: kinds.enum(rng, words.ADJECTIVES)),
        ("{}s", lambda: kinds.array(rng, kinds.text(words.NOUNS))),
        ("{}", lambda: kinds.text(words.NOUNS)),
        (
            "{}Code",
            lambda: kinds.pattern("^[A-Z]{2}[0-9]{3}$", lambda rng: kinds.letters(rng, 2) + kinds.digits(rng, 3)),
        ),
        ("max_{}", lambda: kinds.nullable(rng, kinds.integer(rng, 0, 100))),
    )
    chosen = [rng.choice(makers) for _ in range(rng.randint(2, 6))]
    stems = rng.sample(words.ADJECTIVES + words.NOUNS, len(chosen))
    fields = (Field(name.format(stem), make()) for stem, (name, make) in zip(stems, chosen, strict=True))
    return Topic(rng.choice(("a record", "a configuration", "an entry", "an object")), tuple(fields))


TOPICS: tuple[Callable[[Random], Topic], ...] = (
    address, person, person, product, order, event, book, recipe, weather, pet, task, company,
    made_up, made_up, made_up,
)  # fmt: skip
