"""The command `qa draft-gold`: propose gold questions, and go through them with a person.

Heavy libraries are imported inside.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli.options import add_index, add_store, add_writer, writer_of
from qa.cli.output import bar, write_json_lines
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.draft.review import Drop, GoldObject, Keep, Stop
    from qa.index.stores.protocols import IndexReader

_HELP = "k keep, e edit, d drop, q quit (what is decided is kept)"


def add_draft_command(commands: Any) -> None:
    """Add the command's arguments."""
    draft = commands.add_parser(
        "draft-gold", help="propose gold questions from your documents, for you to review"
    )
    add_index(draft)
    add_store(draft)
    draft.add_argument(
        "--out", type=Path, metavar="FILE.jsonl", help="where they go (standard output)"
    )
    draft.add_argument("--count", type=int, default=100, help="how many at most (%(default)s)")
    draft.add_argument(
        "--seed", type=int, default=0, help="another one chooses others (%(default)s)"
    )
    draft.add_argument(
        "--review", type=Path, metavar="FILE.jsonl", help="go through the drafts of a file"
    )
    draft.add_argument("--json", action="store_true", help="print one JSON object")
    add_writer(draft)
    draft.set_defaults(command=_draft_gold)


def _draft_gold(arguments: argparse.Namespace) -> int:
    if arguments.review:
        return _review(arguments)
    if arguments.count < 1:
        raise UsageError(f"--count must be at least 1: {arguments.count}")
    if arguments.out and arguments.out.exists():
        raise UsageError(
            f"{arguments.out} is there already and may hold reviewed questions; name another file"
        )
    from qa.files import json_lines
    from qa.index.opening import place_of

    index = place_of(arguments.index, arguments.store).open()
    records = _drafts(arguments, index)
    index.close()
    if arguments.out:
        write_json_lines(arguments.out, records)
    if arguments.json:
        print(json.dumps(_summary(records, arguments), ensure_ascii=False))
    elif not arguments.out:
        print(json_lines(records), end="")
    if not arguments.json:
        print(_summary_text(records, arguments), file=sys.stdout if arguments.out else sys.stderr)
    return 0


def _drafts(arguments: argparse.Namespace, index: "IndexReader") -> "list[GoldObject]":
    """Propose questions: the program's own, or a model's of the user's."""
    writer = writer_of(arguments)
    if writer is None:
        from qa.draft.draft import draft_gold

        return draft_gold(index.store, arguments.count, arguments.seed)
    from qa.draft.written import written_gold
    from qa.models.span_network import SpanNetwork
    from qa.write.client import ChatClient

    network, client = SpanNetwork(index.reader_dir), ChatClient(writer)
    with bar("writing questions", arguments.count) as advance:
        return written_gold(index.store, network, client, arguments.count, arguments.seed, advance)


def _summary(records: "list[GoldObject]", arguments: argparse.Namespace) -> dict[str, Any]:
    answerable = sum(record["answerable"] for record in records)
    return {
        "questions": len(records),
        "answerable": answerable,
        "unanswerable": len(records) - answerable,
        "documents": len({record["doc_id"] for record in records}),
        "kinds": dict(sorted(Counter(record["kind"] for record in records).items())),
        "drafts": [] if arguments.out else records,
    }


def _summary_text(records: "list[GoldObject]", arguments: argparse.Namespace) -> str:
    found = _summary(records, arguments)
    counts = f"{found['answerable']} with an answer and {found['unanswerable']} without"
    text = f"{found['questions']} drafts ({counts}) from {found['documents']} documents"
    text += f" in {arguments.out}" if arguments.out else ""
    if len(records) < arguments.count:
        text += f"; the documents have no sentences for {arguments.count} that read well"
    target = arguments.out or "FILE.jsonl"
    text += f"\nnobody has reviewed them yet: qa draft-gold --review {target}\n"
    agreed = [record["reader_agrees"] for record in records if "reader_agrees" in record]
    if agreed:
        return f"{text}the reader finds {sum(agreed)} of the {len(agreed)} answers where they are"
    return (
        f"{text}they keep the documents' words, which makes them easier than what people ask: "
        "reword some"
    )


def _review(arguments: argparse.Namespace) -> int:
    from qa.draft.review import review

    if arguments.out:
        raise UsageError("--out does not go with --review: the file itself is changed")
    found = review(arguments.review, _decide)
    if arguments.json:
        print(json.dumps(found._asdict()))
    else:
        print(f"{found.kept} kept, {found.dropped} dropped, {found.left} drafts left")
    return 0


def _decide(draft: "GoldObject", number: int, total: int) -> "Keep | Drop | Stop":
    """Ask the person at the terminal; the end of the input stops."""
    from qa.answer.present import one_line
    from qa.draft.review import Drop, Keep, Stop

    question, answers = str(draft.get("question", "")), tuple(draft.get("answers", ()))
    print(f"\n{number}/{total}  {one_line(question)}")
    if draft.get("answerable"):
        print(f"  answer: {one_line(' | '.join(answers))}")
        for sentence in draft.get("evidence", ()):
            print(f"  in {one_line(str(draft.get('doc_id', '')))}: “{one_line(sentence)}”")
        if draft.get("reader_agrees") is False:
            print("  the reader does not find it there: look twice")
    else:
        print(f"  the documents should not answer it ({one_line(str(draft.get('changed', '')))})")
    try:
        while True:
            choice = input(f"  {_HELP}: ").strip().lower()
            if choice in ("k", ""):
                return Keep(question, answers)
            if choice == "d":
                return Drop()
            if choice == "q":
                return Stop()
            if choice == "e":
                return _edited(draft, question, answers)
    except EOFError:
        return Stop()


def _edited(draft: "GoldObject", question: str, answers: tuple[str, ...]) -> "Keep":
    from qa.draft.review import Keep, stands_in

    question = input("  question (Enter leaves it): ").strip() or question
    while draft.get("answerable"):
        said = input("  answers, with | between (Enter leaves them): ").strip()
        new = tuple(part.strip() for part in said.split("|") if part.strip()) or answers
        if all(stands_in(answer, draft.get("evidence", ())) for answer in new):
            return Keep(question, new)
        print("  each answer must stand in the sentence")
    return Keep(question, answers)
