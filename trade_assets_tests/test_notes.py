"""What is said of figures in a cell of a wide table, written and read back."""

from hypothesis import given
from hypothesis import strategies as st

from trade_assets.facts.notes import noted, notes_of, of_every_figure

FIGURES = ("exports_musd", "imports_musd", "share_pct")
TEXTS = st.text(st.characters(codec="ascii", exclude_characters=";"), min_size=1, max_size=20)


@given(st.dictionaries(st.sampled_from(FIGURES), TEXTS), st.booleans())
def test_what_is_written_is_read(said, is_shortened):
    assert noted(notes_of(said, FIGURES if is_shortened else ()), FIGURES) == said


def test_the_form_is_the_one_that_is_documented():
    assert (
        notes_of({"exports_musd": "suppressed", "share_pct": "not_published"}, FIGURES)
        == "exports_musd: suppressed; share_pct: not_published"
    )
    assert notes_of(dict.fromkeys(FIGURES, "suppressed"), FIGURES) == of_every_figure("suppressed") == "every figure: suppressed"
    assert notes_of(dict.fromkeys(FIGURES[:2], "suppressed"), FIGURES) == "exports_musd: suppressed; imports_musd: suppressed"
    assert notes_of({}, FIGURES) == "" and noted("", FIGURES) == {}
