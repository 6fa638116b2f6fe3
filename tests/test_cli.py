"""The command line: what is printed, where, and with which exit status."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from constrain.cli import main
from constrain.demo import CASES, verdict

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "maximum": 130}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.fixture
def schema_file(tmp_path: Path) -> str:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA), encoding="utf-8")
    return str(path)


def check(text: str | bytes, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    data = text.encode() if isinstance(text, str) else text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    return main(["check", *arguments])


@pytest.mark.parametrize("text", ['{"name": "Jö"}', '{"name":"x","age":130}\n', '{\n  "name": "x"\n}\r\n'])
def test_check_accepts(text: str, schema_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    assert check(text, monkeypatch, "--schema", schema_file) == 0
    assert capsys.readouterr().out == "accepted\n"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ('{"age": 3}', "line 1, column 3", "'a' is refused"),
        ('{"name": "Jö", "age": 131}', "line 1, column 25", "'1' is refused"),
        ('{"name": "é",\n "agé": 1}', "line 2, column 5", "'é' is refused"),
        ('{"name": 3}', "line 1, column 10", "'3' is refused"),
        ('{"name": "x"', "line 1, column 13", "the text must not end"),
        ('{"name": "x"} }', "line 1, column 14", "' ' is refused"),
        ("", "line 1, column 1", "the text must not end"),
    ],
)
def test_check_says_where_and_why(
    text: str, place: str, what: str, schema_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert check(text, monkeypatch, "--schema", schema_file) == 1
    first, context, caret, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"refused: {place}: {what}: ")
    assert len(first) > len(f"refused: {place}: {what}: ")
    assert context[2:] in text.split("\n")
    assert len(caret) - 2 == int(place.rsplit(" ", 1)[1])


def test_check_reads_a_file_in_any_order(schema_file: str, tmp_path: Path, capsys: Any) -> None:
    instance = tmp_path / "instance.json"
    instance.write_text('{"age": 3, "name": "x"}')
    assert main(["check", "--schema", schema_file, str(instance)]) == 1
    assert main(["check", "--schema", schema_file, "--property-order", "any", str(instance)]) == 0
    assert main(["check", "--schema", schema_file, "--property-order", "any", "--whitespace", "compact", str(instance)])
    separators = ["--separators", ", ", ": "]
    assert main(["check", "--schema", schema_file, "--property-order", "any", *separators, str(instance)]) == 0


@pytest.mark.parametrize(
    ("text", "is_hinted"),
    [
        ('{"age": 3, "name": "x"}', True),
        ('{"age": 3}', True),
        ('{"age": 999, "name": "x"}', True),
        ('{"name": "x", "other": 3}', False),
        ('{"name": 3}', False),
        ('{"nome": "x"}', False),
        ('{"name": "x"', False),
    ],
)
def test_check_hints_at_the_order_of_members(
    text: str, is_hinted: bool, schema_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert check(text, monkeypatch, "--schema", schema_file) == 1
    assert ("hint: " in capsys.readouterr().out) == is_hinted
    assert check(text, monkeypatch, "--schema", schema_file, "--property-order", "any") in {0, 1}
    assert "hint: " not in capsys.readouterr().out


def test_a_schema_may_begin_with_a_byte_order_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "schema.json"
    path.write_text('{"type": "null"}', encoding="utf-8-sig")
    assert check("null", monkeypatch, "--schema", str(path)) == 0


@pytest.mark.parametrize(
    "schema",
    [
        '{"type": "array", "items": ' * 3000 + "{}" + "}" * 3000,
        '{"const": ' + '{"a":' * 980 + "1" + "}" * 981,
    ],
)
@pytest.mark.parametrize("command", [["check", __file__], ["generate", "--prompt", "x"]])
def test_deep_schemas_are_one_line_on_stderr(schema: str, command: list[str], tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "schema.json"
    path.write_text(schema)
    assert main([*command, "--schema", str(path)]) == 2
    err = capsys.readouterr().err
    assert "nested too deeply" in err
    assert "[limit recursion" in err
    assert err.count("\n") == 1


def test_a_closed_pipe_ends_quietly(schema_file: str) -> None:
    command = [sys.executable, "-m", "constrain.cli", "check", "--schema", schema_file, schema_file]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603  # our own
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141
    process.stderr.close()


def test_unknown_keywords_and_formats_are_noted(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "schema.json"
    kind = {"type": "integer", "format": "int23", "x-unit": "m", "title": "an age"}
    path.write_text(json.dumps({"propertys": {}, "properties": {"age": kind}, "$defs": {"a": {"descripton": "?"}}}))
    arguments = ["generate", "--schema", str(path), "--prompt", "x", "--max-new-tokens", "40", "--seed", "1"]
    for formats in ("assert", "annotate"):
        assert main([*arguments, "--formats", formats]) == 0
        out, err = capsys.readouterr()
        assert err.splitlines() == [
            'note: "propertys" at # is no keyword of this draft and constrains nothing',
            'note: the format "int23" at #/properties/age is not known and constrains nothing',
            'note: "descripton" at #/$defs/a is no keyword of this draft and constrains nothing',
        ]
        assert "note" not in out


def test_only_some_notes_are_printed(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps({"type": "null"} | {f"word{i}": i for i in range(20)}))
    assert main(["generate", "--schema", str(path), "--prompt", "x"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 9
    assert lines[-1] == "note: and 12 more, which `constrain describe` lists"


def test_formats_can_be_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "string", "format": "date"}')
    assert check('"soon"', monkeypatch, "--schema", str(schema)) == 1
    assert check('"soon"', monkeypatch, "--schema", str(schema), "--formats", "annotate") == 0


def test_references_lead_to_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    schema, word, old = (tmp_path / name for name in ("schema.json", "word.json", "old.json"))
    schema.write_text('{"items": {"anyOf": [{"$ref": "https://t.example/word"}, {"$ref": "https://t.example/old"}]}}')
    word.write_text('{"$id": "https://t.example/word", "type": "string", "format": "word"}')
    old.write_text('{"$schema": "http://json-schema.org/draft-04/schema#", "id": "https://t.example/old", "enum": [1]}')
    arguments = ["--schema", str(schema), "--registry", str(word), "--registry", str(old)]
    assert check('["a", 1]', monkeypatch, *arguments) == 0
    assert check('["a", 1]', monkeypatch, *arguments, "--custom-format", "word", "b+") == 1
    assert check('["bb", 1]', monkeypatch, *arguments, "--custom-format", "word", "b+") == 0
    assert main(["describe", *arguments]) == 0
    capsys.readouterr()
    assert check('["a", 1]', monkeypatch, "--schema", str(schema)) == 2
    assert "this reference leads nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--separators", "a", "b"], "separators have to be ',' and ':'"),
        (["--formats", "annotate", "--custom-format", "a", "b"], "--custom-format asserts a format"),
        (["--custom-format", "a", "b", "--custom-format", "a", "c"], "one name two patterns"),
        (["--custom-format", "a", "("], "custom_formats['a'], character 2"),
        (["--registry", "SCHEMA"], "has no $id"),
        (["--registry", "no-such-file.json"], "no-such-file.json"),
    ],
)
def test_arguments_that_do_not_fit_are_one_line_on_stderr(
    arguments: list[str], message: str, schema_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    given = [schema_file if argument == "SCHEMA" else argument for argument in arguments]
    assert check("{}", monkeypatch, "--schema", schema_file, *given) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ('{"type": "strin"}', "strin"),
        ('{"type": "string", "maxLength": -1}', "maxLength"),
        ('{"type": ', "schema.json: the schema is not JSON at line 1, column 10"),
        ("[1]", "schema.json: a schema has to be an object, true or false at #: [1]"),
        ('{"allOf": [{"type": "string"}, {"type": "null"}]}', ""),
    ],
)
def test_schemas_that_cannot_be_used_are_one_line_on_stderr(
    schema: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    path = tmp_path / "schema.json"
    path.write_text(schema)
    assert check("1", monkeypatch, "--schema", str(path)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("constrain: ")
    assert message in err
    assert err.count("\n") == 1


def test_files_that_are_not_there_are_one_line_on_stderr(schema_file: str, capsys: Any) -> None:
    assert main(["check", "--schema", "no-such-file.json"]) == 2
    assert main(["check", "--schema", schema_file, "no-such-instance.json"]) == 2
    assert main(["generate", "--schema", schema_file, "--prompt", "x", "--model", "./no-such-folder"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "no-such-file.json" in lines[0]


@pytest.mark.parametrize("name", ["/nope", "./nope", "~/nope", "no/such/folder", "tests", ""])
def test_a_model_that_is_not_there_is_named(name: str, schema_file: str, capsys: Any) -> None:
    assert main(["generate", "--schema", schema_file, "--prompt", "x", f"--model={name}"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"constrain: no model in {name!r}: give the path of a folder with a config.json")
    assert err.count("\n") == 1


def test_the_instance_is_a_file(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "[FILE]" in capsys.readouterr().out


def test_a_prompt_without_room_is_one_line_on_stderr(schema_file: str, capsys: Any) -> None:
    assert main(["generate", "--schema", schema_file, "--prompt", "name " * 1100]) == 2
    assert "the model's context holds 1024: shorten the prompt" in capsys.readouterr().err


def test_text_that_is_not_utf8_is_refused(schema_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    assert check(b'"\xff"', monkeypatch, "--schema", schema_file) == 2
    assert "the text is not UTF-8: byte 1" in capsys.readouterr().err


def test_generate_streams_values(schema_file: str, capsys: Any) -> None:
    arguments = ["generate", "--schema", schema_file, "--prompt", "Make up a person.", "--seed", "3"]
    assert main([*arguments, "--n", "3", "--max-new-tokens", "60", "--whitespace", "compact"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(Draft202012Validator(SCHEMA).is_valid(json.loads(line)) for line in lines)
    assert main([*arguments, "--max-new-tokens", "60", "--whitespace", "compact"]) == 0
    assert capsys.readouterr().out.splitlines() == lines[:1]


def test_generate_says_what_a_value_cost(schema_file: str, capsys: Any) -> None:
    arguments = ["generate", "--schema", schema_file, "--prompt", "x", "--seed", "3", "--n", "2", "--statistics"]
    shares = []
    for more in ([], ["--jump-forward"]):
        assert main([*arguments, "--max-new-tokens", "60", "--whitespace", "compact", *more]) == 0
        found = re.findall(r"(\d+) tokens, (\d+) of them \(\d+%\) without asking the model, ", capsys.readouterr().err)
        assert len(found) == 2
        shares.append(sum(int(forced) / int(tokens) for tokens, forced in found))
    assert shares[1] > shares[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--max-new-tokens", "1"], "max_new_tokens allows 1"),
        (["--temperature", "-1"], "temperature must be 0 or more"),
        (["--n", "0"], "--n must be at least 1"),
        (["--seed", "9" * 30], "seed must be at least -2**63 and below 2**64"),
        (["--prompt", "\udcff"], "prompt must be Unicode text"),
    ],
)
def test_generate_says_what_cannot_be(arguments: list[str], message: str, schema_file: str, capsys: Any) -> None:
    assert main(["generate", "--schema", schema_file, "--prompt", "x", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_the_demo_shows_valid_texts(capsys: Any) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert out.count("with the constraint") == out.count("without the constraint") == len(CASES)
    assert "3 of 3 constrained texts are valid." in out


def test_the_demo_judges_with_jsonschema() -> None:
    assert verdict('{"name": "x"}', SCHEMA) is None
    assert verdict('{"name": "x"', SCHEMA) == "not JSON: Expecting ',' delimiter: line 1 column 13 (char 12)"
    assert verdict('{"name": 1}', SCHEMA) == "$.name: 1 is not of type 'string'"


def test_warm_up_says_that_the_kernels_are_ready(capsys: Any) -> None:
    assert main(["warm-up"]) == 0
    assert "The kernels are ready" in capsys.readouterr().err


def test_check_imports_nothing_that_it_does_not_need(schema_file: str) -> None:
    program = (
        "import sys; from constrain.cli import main; status = main(sys.argv[1:]);"
        "print(sorted({'lark', 'pydantic', 'torch', 'transformers'} & set(sys.modules)), status)"
    )
    command = [sys.executable, "-c", program, "check", "--schema", schema_file]
    done = subprocess.run(command, input='{"name": "x"}', capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert done.stdout == "accepted\n[] 0\n"
