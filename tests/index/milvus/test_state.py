"""Names of an index's lines in Milvus."""

from qa.index.milvus.state import line_number, lines_of, next_line


def test_lines_are_ordered_by_number_past_five_digits() -> None:
    lines: list[str] = []
    for _ in range(3):
        lines.append(next_line("docs", lines or ["docs_99998"]))
    assert lines == ["docs_99999", "docs_100000", "docs_100001"]
    collections = [f"{line}_passages" for line in reversed(lines)]
    assert lines_of("docs", [*collections, "docs_1_passages", "other_00001_passages"]) == lines
    assert line_number("") < line_number(lines[0]) < line_number(lines[1])
