"""What a build has to do: every file is read, known, skipped or gone, and changes add up."""

from hypothesis import given
from hypothesis import strategies as st

from qa.documents.load import SourceFile
from qa.index.plan import Changes, count_changes, make_plan
from qa.schema import SkippedFile

names = st.sampled_from([f"{c}.txt" for c in "abcdefgh"])
states = st.dictionaries(names, st.sampled_from("1234"))
"""SHA-256 by id; few, so that files are often equal, renamed and swapped."""


def sources(state: dict[str, str]) -> list[SourceFile]:
    return [SourceFile(name, name, sha256) for name, sha256 in sorted(state.items())]


@given(indexed=states, files=states, bad=st.sets(names))
def test_every_file_is_a_source_or_skipped_and_only_what_differs_is_read(
    indexed: dict[str, str], files: dict[str, str], bad: set[str]
) -> None:
    readable = [source for source in sources(files) if source.doc_id not in bad]
    skipped = [SkippedFile(name, "why") for name in sorted(bad)]
    plan = make_plan([*skipped, *readable], indexed)
    assert list(plan.sources) == readable
    assert list(plan.skipped) == skipped
    assert list(plan.to_read) == [s for s in readable if indexed.get(s.doc_id) != s.sha256]
    assert list(plan.gone) == sorted(indexed.keys() - {s.doc_id for s in readable})


@given(indexed=states, files=states)
def test_doing_what_is_planned_gives_the_files(
    indexed: dict[str, str], files: dict[str, str]
) -> None:
    plan = make_plan(sources(files), indexed)
    done = {name: sha256 for name, sha256 in indexed.items() if name not in plan.gone}
    done |= {source.doc_id: source.sha256 for source in plan.to_read}
    assert done == files


@given(states)
def test_where_nothing_has_changed_there_is_nothing_to_do(state: dict[str, str]) -> None:
    plan = make_plan(sources(state), state)
    assert (plan.to_read, plan.gone) == ((), ())
    assert count_changes(state, state) == Changes(0, 0, 0, 0)


@given(before=states, after=states)
def test_changes_add_up_to_the_numbers_of_documents(
    before: dict[str, str], after: dict[str, str]
) -> None:
    changes = count_changes(before, after)
    assert min(changes.added, changes.changed, changes.renamed, changes.removed) >= 0
    assert len(before) - changes.removed + changes.added == len(after)
    assert changes.added + changes.renamed == len(after.keys() - before.keys())
    assert changes.removed + changes.renamed == len(before.keys() - after.keys())
    kept = before.keys() & after.keys()
    assert changes.changed == sum(before[name] != after[name] for name in kept)


@given(before=states, after=states)
def test_the_way_back_is_the_reverse(before: dict[str, str], after: dict[str, str]) -> None:
    there, back = count_changes(before, after), count_changes(after, before)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert (there.changed, there.renamed) == (back.changed, back.renamed)


def test_a_renamed_document_counts_only_as_that() -> None:
    assert count_changes({"a": "1"}, {"b": "1"}) == Changes(0, 0, 1, 0)
    assert count_changes({"a": "1"}, {"a": "1", "b": "1"}) == Changes(1, 0, 0, 0), "a copy"
    assert count_changes({"a": "1"}, {"b": "1", "c": "1"}) == Changes(1, 0, 1, 0)
    assert count_changes({"a": "1", "b": "1"}, {"c": "1"}) == Changes(0, 0, 1, 1)
    assert count_changes({"a": "1", "b": "2"}, {"a": "2", "b": "1"}) == Changes(0, 2, 0, 0), "swap"
