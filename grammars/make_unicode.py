"""Writes the file of `grammars.unicode_data`, from what Perl knows of Unicode: `python -m grammars.make_unicode`.

Perl comes with the Unicode Character Database (its module `Unicode::UCD`), where Python's `unicodedata` lacks scripts.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

from grammars.unicode_data import FILE, packed

BINARY = (
    *("ASCII_Hex_Digit", "Alphabetic", "Bidi_Control", "Bidi_Mirrored", "Case_Ignorable", "Cased"),
    *("Changes_When_Casefolded", "Changes_When_Casemapped", "Changes_When_Lowercased", "Changes_When_NFKC_Casefolded"),
    *("Changes_When_Titlecased", "Changes_When_Uppercased", "Dash", "Default_Ignorable_Code_Point", "Deprecated"),
    *("Diacritic", "Emoji", "Emoji_Component", "Emoji_Modifier", "Emoji_Modifier_Base", "Emoji_Presentation"),
    *("Extended_Pictographic", "Extender", "Grapheme_Base", "Grapheme_Extend", "Hex_Digit", "IDS_Binary_Operator"),
    *("IDS_Trinary_Operator", "ID_Continue", "ID_Start", "Ideographic", "Join_Control", "Logical_Order_Exception"),
    *("Lowercase", "Math", "Noncharacter_Code_Point", "Pattern_Syntax", "Pattern_White_Space", "Quotation_Mark"),
    *("Radical", "Regional_Indicator", "Sentence_Terminal", "Soft_Dotted", "Terminal_Punctuation", "Unified_Ideograph"),
    *("Uppercase", "Variation_Selector", "White_Space", "XID_Continue", "XID_Start"),
)
"""The properties that ECMA-262 (table 67, "Binary Unicode property aliases") has beside those without data."""

_LIST = """
use Unicode::UCD qw(prop_invlist prop_aliases prop_values prop_value_aliases);
sub show { my ($key, @names) = @_; print join("\\t", $key, join(" ", @names), join(" ", prop_invlist($key))), "\\n" }
show($_, prop_aliases($_)) for @ARGV;
for my $property ("sc", "scx") {
    show("$property=$_", prop_value_aliases("sc", $_)) for prop_values("sc");
}
"""


def _rows() -> Iterator[tuple[str, str, list[int]]]:
    """Key, name and the code points at which a property begins or ends to hold; a row for each name."""
    found = subprocess.run(["perl", "-e", _LIST, *BINARY], capture_output=True, text=True, check=True)  # noqa: S603, S607  # whatever perl there is
    for line in found.stdout.splitlines():
        key, names, bounds = line.split("\t")
        prefix = key.rpartition("=")[0]
        for name in dict.fromkeys(names.split()):
            yield f"{prefix}={name}" if prefix else name, key, [int(bound) for bound in bounds.split()]


def main() -> None:
    """Writes the file: per name its key, per key the bounds."""
    rows = list(_rows())
    content = {
        "names": {name: key for name, key, _ in rows},
        "bounds": {key: packed(bounds) for _, key, bounds in rows},
    }
    FILE.write_text(json.dumps(content, indent=0, sort_keys=True) + "\n", "ascii")


if __name__ == "__main__":
    main()
