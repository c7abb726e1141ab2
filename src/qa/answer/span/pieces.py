"""Pick the piece of a Chinese or Japanese sentence that a question asks for.

No blanks part its words, so the network's span is a clause at best; but the question word says of
what kind the answer is: 多少钱 an amount, 多久 a time, 何曜日 a day. Silent in other languages, and
where a sentence has several pieces of the kind and no word of the question tells which.
"""

import re

from qa.schema import Span
from qa.words import words

_MOST_CHARACTERS = 600  # a sentence that is longer is none
_N = (
    r"(?:[0-9０-９]{1,12}(?:[,，.．][0-9０-９]{1,12}){0,3}[百千万萬億亿]?|"
    r"[〇零一二两兩三四五六七八九十百千万萬億亿半]{1,12})"
)
_A = r"[个個か箇ヶカ]"
_MONEY = rf"{_N}(?:美|日|欧|港)?(?:元|块钱|块|円|圓|ドル|ユーロ)"
_DURATION = (
    rf"(?<![年月])(?![12]\d{{3}}年){_N}(?:{_A}?(?:工作日|営業日|营业日|小时|小時|星期)|{_A}月間?|"
    r"週間|分钟|分鐘|秒钟|時間|年間|日間|分間|[周週天日年秒]|分(?!之))(?:半)?"
)
_CLOCK = (
    r"(?:上午|下午|早上|晚上|中午|凌晨|午前|午後)?"
    rf"(?:[0-9]{{1,2}}[:：][0-9]{{2}}|{_N}(?:[点點]|時(?!間))(?:半|{_N}分)?)"
)
_CLOCKS = rf"{_CLOCK}(?:(?:至|到|から|[～~—–-]){_CLOCK})?"
_DAY = r"(?:(?:周|星期|週|礼拜)[一二三四五六日天]|[月火水木金土日]曜日?)"
_DAYS = rf"{_DAY}(?:(?:[至到、和及と～~-]|から){_DAY})*"
_DATE = (
    rf"(?:(?:平成|令和|昭和)?{_N}年)?{_N}月(?:{_N}[日号])?|[12][0-9]{{3}}年|"
    r"[〇零一二三四五六七八九]{4}年|(?:平成|令和|昭和)[0-9元]{1,2}年"
)
_COUNTERS = (
    "人名个個条條次件本册冊枚台辆輛间間层層级級岁歳歲度米点點回杯位家座棵只頭匹门門期页頁種种倍"
)
_ANY = rf"{_MONEY}|{_DURATION}|{_N}(?:平方米|公里|公斤|[{_COUNTERS}%％])"
_NAMED = (
    r"由(?P<by>[\u4e00-\u9fff·]{2,12}?)(?:担任|负责|主持|出任|接任|承办)|"
    r"(?P<titled>[\u4e00-\u9fff]{2,4}|[ァ-ヶー・]{2,12})(?:さん|氏|様|先生|女士|教授|博士)|"
    r"(?:主任|经理|校长|馆长|院长|会长|部长|館長|校長|会長|部長|店長|担当者?)(?:是|为|は|[：:])\s*"
    r"(?P<head>[\u4e00-\u9fffァ-ヶー・]{2,8}?)(?=[，。；、（(]|です|$)"
)
_PLACED = (
    r"(?:设在|位于|在)(?P<at>[^，。；、在]{2,15}?)(?=成立|举行|召开|集合|办理|设立|登记|创立|[，。；]|$)|"
    r"(?P<where>[^、。はがをで]{2,12}?)(?:に(?:ある|あり|位置)|で(?:行|開|受))"
)
_KINDS = tuple(
    (re.compile(asks), re.compile(value))
    for asks, value in (
        (r"多少钱|多少元|[几幾](?:块|元)|いくら|何円", _MONEY),
        (r"[几幾][点點]|何時(?!間)", _CLOCKS),
        (r"(?:星期|周|礼拜)几|何曜日", _DAYS),
        (r"什么时候|何时|いつ|[几幾][号月](?!份?[内間])|何日(?!間)|哪一?[天年]|何年(?!間)",
         f"{_DATE}|{_DAYS}|{_CLOCKS}"),
        (rf"多久|多[长長]时间|(?:[几幾]|多少|何){_A}?(?:工作日|小时|月|天|年|周|星期|分钟?|日間|週間|時間)|"
         r"期[間间限].{0,6}(?:どのくらい|どれくらい|多少)", _DURATION),
        (r"谁|誰|哪位|叫什么名字|どなた|だれ", _NAMED),
        (r"哪里|哪儿|在哪|何处|どこ", _PLACED),
        (r"多少[？?。]?$|どのくらい|どれくらい|いくつ", _ANY),
    )
)  # fmt: skip
_COUNTED = re.compile(rf"(?:多少|[几幾]|何){_A}?(?P<counter>[{_COUNTERS}])")
_CLAUSE = re.compile(r"[^，；。、,;]+")
# The commonest family names: a sentence without any of their characters names no Chinese person.
_SURNAMES = re.compile(
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]"
)
_KANA = re.compile(r"[\u3040-\u30ff]")


def asked_piece(question: str, text: str, near: Span) -> Span | None:
    """Find the one piece of a sentence that is of the kind asked for.

    Args:
        question: As asked.
        text: A sentence.
        near: The words of it that the network takes for the answer.

    Returns:
        A span in the sentence; None if there is none, or no telling which.
    """
    value = _value(question)
    if value is None or len(text) > _MOST_CHARACTERS:
        return None
    found = [(_inner(match), match.start()) for match in value.finditer(text)]
    inside = [one for one in found if near.start <= one[0].start and one[0].end <= near.end]
    for pieces in (inside, found):
        if len(pieces) == 1:
            return pieces[0][0]
    asked = set(words(question))
    clauses = [Span(*match.span()) for match in _CLAUSE.finditer(text)]

    def shared(at: int) -> int:
        clause = next((c for c in clauses if c.start <= at < c.end), Span(at, at))
        return len(asked & set(words(text[slice(*clause)])))

    scores = [shared(at) for _, at in found]
    best = max(scores, default=0)
    return found[scores.index(best)][0] if scores.count(best) == 1 else None


def lacks_piece(question: str, text: str) -> bool:
    """Whether a sentence has nothing of the kind that a question asks for."""
    value = _value(question)
    if value is None or len(text) > _MOST_CHARACTERS or "at" in value.groupindex:
        return False
    if value.search(text) is not None:
        return False
    if "by" in value.groupindex:
        return _KANA.search(question + text) is None and _SURNAMES.search(text) is None
    return True


def _value(question: str) -> re.Pattern[str] | None:
    """Return what an answer looks like; None if the question does not say."""
    kind = next((value for asks, value in _KINDS if asks.search(question)), None)
    counted = _COUNTED.search(question)
    if kind is None and counted:
        return re.compile(rf"{_N}[个個]?{counted['counter']}")
    return kind


def _inner(match: re.Match[str]) -> Span:
    """Return the named part of a match, where it has one."""
    named = next((name for name, said in match.groupdict().items() if said), 0)
    return Span(*match.span(named))
