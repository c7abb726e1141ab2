"""Which piece of a Chinese or Japanese sentence is asked for."""

import pytest

from qa.answer.span.pieces import asked_piece, lacks_piece
from qa.schema import Span

RENT = "地上车位每月租金280元，地下车位每月租金420元。"


@pytest.mark.parametrize(
    ("question", "text", "piece"),
    [
        ("地下车位一个月多少钱？", RENT, "420元"),
        ("地下车位租金多少？", RENT, "420元"),
        ("要提前多久报名？", "学员须提前十个工作日报名，并缴纳押金五百元。", "十个工作日"),
        ("押金多少钱？", "学员须提前十个工作日报名，并缴纳押金五百元。", "五百元"),
        ("展览几点开始？", "展览上午9:30开始，持续两小时。", "上午9:30"),
        ("展览持续多长时间？", "展览上午9:30开始，持续两小时。", "两小时"),
        ("博物馆星期几闭馆？", "博物馆每周二闭馆。", "周二"),
        ("工厂什么时候建成？", "工厂于1987年5月建成，有三层。", "1987年5月"),
        ("工厂有几层？", "工厂于1987年5月建成，有三层。", "三层"),
        ("馆长由谁担任？", "馆长由陈立群担任。", "陈立群"),
        ("协会在哪里成立？", "协会于一九九八年在苏州成立。", "苏州"),
        ("入場料はいくらですか？", "入場料は大人六百円です。", "六百円"),
        ("展示は何時に始まりますか？", "展示は午前10時に始まります。", "午前10時"),
        ("休業日は何曜日ですか？", "当店は毎週木曜日に休みます。", "木曜日"),
        ("貸出期間はどのくらいですか？", "貸出期間は三週間です。", "三週間"),
        ("何冊借りられますか？", "一度に八冊まで借りられます。", "八冊"),
        ("店長は誰ですか？", "店長は山口さくらさんです。", None),
        # Two of the kind and no word that tells which; no word that says a kind; English.
        ("租金多少钱？", "甲室300元，乙室400元。", None),
        ("为什么涨价？", "因为成本上涨两成，涨价20元。", None),
        ("How much is 300元?", "It is 300元.", None),
    ],
)
def test_the_piece_of_the_kind_asked_for_is_found(
    question: str, text: str, piece: str | None
) -> None:
    found = asked_piece(question, text, Span(0, len(text)))
    assert (found and text[slice(*found)]) == piece


def test_the_network_s_clause_decides_between_two() -> None:
    first = asked_piece("租金多少钱？", RENT, Span(0, 12))
    assert first is not None
    assert RENT[slice(*first)] == "280元"


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("教练叫什么名字？", "教练名册见一楼。", True),
        ("教练叫什么名字？", "教练名册见一楼，主教练是王强。", False),
        ("コーチは誰ですか？", "名簿は受付にあります。", False),
        ("票价多少钱？", "售票处在一楼。", True),
        ("什么时候开放？", "开放时间见公告。", True),
        ("在哪里报名？", "报名须带照片。", False),
        ("怎么报名？", "报名须带照片。", False),
    ],
)
def test_a_sentence_without_the_kind_is_no_answer(question: str, text: str, expected: bool) -> None:
    assert lacks_piece(question, text) is expected
