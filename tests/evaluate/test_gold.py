"""Gold files are read as they are meant; an error names the line and the field."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import GoldError
from qa.evaluate.gold import GoldQuestion, load_gold
from tests.conftest import GOLD


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), "utf-8")
    return path


def entry(**changes: object) -> dict[str, object]:
    return {"id": "1", "question": "Q?", "answerable": True, "evidence": ["E."], **changes}


def squad(*questions: dict[str, object]) -> dict[str, object]:
    paragraph = {"context": "Roses want sun.", "qas": list(questions)}
    return {"version": "v2.0", "data": [{"title": "Roses", "paragraphs": [paragraph]}]}


def test_gold_lines_are_read_in_order_with_all_their_fields(tmp_path: Path) -> None:
    path = write(
        tmp_path / "gold.jsonl",
        entry(answers=["A"], split="test", kind="ignored"),
        "",
        {"question": "No?", "answerable": False},
    )
    assert load_gold(path) == [
        GoldQuestion("1", "Q?", ("A",), ("E.",), True, "test"),
        GoldQuestion(f"{path}, line 3", "No?", (), (), False, ""),
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(entry()).encode() + b"\r\n\r\n")
    assert [question.id for question in load_gold(path)] == ["1"]


def test_a_split_keeps_only_its_questions(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", entry(split="test"), entry(id="2", split="calibration"))
    assert [question.id for question in load_gold(path, "test")] == ["1"]
    assert len(load_gold(path)) == 2
    with pytest.raises(GoldError, match="no questions of split 'other'"):
        load_gold(path, "other")


@pytest.mark.parametrize("indent", [None, 2])
def test_a_squad_file_is_flattened(tmp_path: Path, indent: int | None) -> None:
    whole = squad(
        {"id": "s1", "question": "What?", "answers": [{"text": "sun", "answer_start": 11}]},
        {"id": "s2", "question": "Why?", "answers": [], "is_impossible": True},
        {"id": "s3", "question": "How?", "answers": [{"text": "sun"}], "is_impossible": True},
        {"id": "s4", "question": "Who?"},
    )
    path = write(tmp_path / "squad.json", json.dumps(whole, indent=indent))
    assert load_gold(path) == [
        GoldQuestion("s1", "What?", ("sun",), ("Roses want sun.",), True),
        GoldQuestion("s2", "Why?", (), (), False),
        GoldQuestion("s3", "How?", (), (), False),
        GoldQuestion("s4", "Who?", (), (), False),
    ]


def test_a_malformed_squad_file_says_what_it_lacks(tmp_path: Path) -> None:
    wholes: list[dict[str, object]] = [{"data": [{}]}, {"data": 5}, squad({"id": 1}), squad({})]
    for whole in wholes:
        with pytest.raises(GoldError, match="SQuAD"):
            load_gold(write(tmp_path / "squad.json", whole))
    with pytest.raises(GoldError, match="question s1: question is no str but int"):
        load_gold(write(tmp_path / "squad.json", squad({"id": "s1", "question": 5})))
    with pytest.raises(GoldError, match="holds no questions"):
        load_gold(write(tmp_path / "squad.json", json.dumps(squad() | {"data": []}, indent=1)))


def squad_of(context: str, *spans: dict[str, object]) -> dict[str, object]:
    paragraph = {"context": context, "qas": [{"id": "s", "question": "Q?", "answers": spans}]}
    return {"data": [{"title": "T", "paragraphs": [paragraph]}]}


def test_evidence_of_a_squad_question_is_the_sentences_around_its_answers(tmp_path: Path) -> None:
    context = "Roses want sun. Ferns want shade. Both want rain."
    spans = [
        {"text": "sun", "answer_start": 11},
        {"text": "Roses", "answer_start": 0},
        {"text": "shade. Both", "answer_start": 27},
    ]
    (read,) = load_gold(write(tmp_path / "squad.json", squad_of(context, *spans)))
    assert read.answers == ("sun", "Roses", "shade. Both")
    assert read.evidence == ("Roses want sun.", "Ferns want shade. Both want rain.")


@pytest.mark.parametrize("start", [{}, {"answer_start": 12}, {"answer_start": "11"},
                                   {"answer_start": -4}, {"answer_start": True}])  # fmt: skip
def test_evidence_of_a_misplaced_squad_answer_is_its_whole_context(
    tmp_path: Path, start: dict[str, object]
) -> None:
    context = "Roses want sun. Ferns want shade."
    path = write(tmp_path / "squad.json", squad_of(context, {"text": "sun", **start}))
    assert load_gold(path)[0].evidence == (context,)


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        ('{"data": [', "not JSON .*line 1"),
        ('{\n"data":\n oops}', "not JSON .*line 3"),
        ({"data": {}}, "data is no list"),
        ({"data": [{"paragraphs": [{"qas": []}]}]}, r"data\[0\].paragraphs\[0\] lacks 'context'"),
        (squad_of("C.", {"answer_start": 0}), r"qas\[0\].answers\[0\] lacks 'text'"),
        (squad_of("C.", {"text": 5}), r"answers\[0\].text is no str but int"),
        (squad("no object"), r"qas\[0\] is no object but str"),  # type: ignore[arg-type]
        (squad({"id": "s", "question": "Q?", "answers": "sun"}), r"answers is no list but str"),
    ],
)
def test_a_malformed_squad_file_is_named_by_line_or_entry(
    tmp_path: Path, whole: object, message: str
) -> None:
    with pytest.raises(GoldError, match=rf"squad\.json.*{message}"):
        load_gold(write(tmp_path / "squad.json", whole))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("not JSON", "not JSON"),
        ("5", "expected a JSON object, found int"),
        ("[]", "expected a JSON object, found list"),
        ("null", "expected a JSON object, found NoneType"),
        ({}, "it lacks 'question'"),
        (entry(question=5), "question is no str but int"),
        (entry(question=" \n"), "question is blank"),
        (entry(answerable="yes"), "answerable is no bool but str"),
        (entry(answerable=None), "answerable is no bool but null"),
        (entry(evidence="E."), "evidence is no list but str"),
        (entry(evidence=["E.", 1]), r"evidence\[1\] is no str but int"),
        (entry(evidence=None), "evidence is no list but null"),
        (entry(evidence=[""]), "'evidence' holds a blank string"),
        (entry(evidence=["E.", " "]), "'evidence' holds a blank string"),
        (entry(answers={}), "answers is no list but object"),
        (entry(evidence=[]), "needs 'evidence'"),
        (entry(id=["a"]), "id is no int or str but list"),
        (entry(id=1.5), "id is no int or str but float"),
        (entry(id=None), "id is no int or str but null"),
        (entry(split=5), "split is no str or null but int"),
    ],
)
def test_a_malformed_line_is_named_by_its_number(
    tmp_path: Path, line: object, message: str
) -> None:
    path = write(tmp_path / "gold.jsonl", entry(id="first"), "", line)
    with pytest.raises(GoldError, match=f"gold.jsonl, line 3: .*{message}"):
        load_gold(path)


def test_an_id_that_occurs_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"line 3: the id '1' occurs twice, first in .*line 1"):
        load_gold(write(tmp_path / "gold.jsonl", entry(), "", entry()))
    twice = squad({"id": 1, "question": "Who?"}, {"id": "1", "question": "Why?"})
    with pytest.raises(GoldError, match=r"qas\[1\], question 1: the id '1' occurs twice"):
        load_gold(write(tmp_path / "squad.json", twice))


@pytest.mark.parametrize("data", [None, b"", b"\n \n", b"\xff\xfe\0", "folder"])
def test_a_gold_file_that_cannot_be_read_or_is_empty_is_an_error(
    tmp_path: Path, data: bytes | str | None
) -> None:
    path = tmp_path / "gold.jsonl"
    if isinstance(data, bytes):
        path.write_bytes(data)
    elif data:
        path.mkdir()
    with pytest.raises(GoldError, match=r"gold\.jsonl"):
        load_gold(path)


_NAMES = "id question answerable answers evidence split data paragraphs qas context text".split()
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_NAMES),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=120)
@given(st.lists(_json.map(json.dumps) | st.text(max_size=20), max_size=4).map("\n".join))
def test_rubbish_is_a_gold_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        gold = load_gold(path)
    except GoldError:
        return
    assert gold
    assert all(question.evidence for question in gold if question.answerable)


def test_the_shipped_gold_is_well_formed() -> None:
    gold = load_gold(GOLD)
    assert {question.split for question in gold} == {"calibration", "test"}
    assert {question.answerable for question in gold} == {True, False}
