"""Tell in which language a question is, where that is plainly not English.

Scripts, else small words: profiles of the commonest function and question words. An English
question with foreign names has English small words, and is left alone. Does not know models.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "CJK": "Chinese", "HANGUL": "Korean",
    "CYRILLIC": "Russian or another language in Cyrillic letters", "GREEK": "Greek",
    "ARABIC": "Arabic or another language in Arabic letters", "HEBREW": "Hebrew", "THAI": "Thai",
    "DEVANAGARI": "Hindi or another language in Devanagari", "BENGALI": "Bengali",
    "TAMIL": "Tamil", "TELUGU": "Telugu", "GEORGIAN": "Georgian", "ARMENIAN": "Armenian",
}  # fmt: skip
# Words that ask, or that no English text has, and words that only add to the sum.
_PROFILES = {
    "German": (
        "wann wer wie wo warum wieso welche welcher welches welchen wem wen wessen wozu woher "
        "wohin wieviel wieviele ist sind wird wurde wurden hat haben gibt darf muss",
        "der die das den dem des ein eine einen einem einer und oder nicht von vom zu zum zur mit "
        "im am auf für bei nach aus über unter sich es man ich wir sie viel viele was",
    ),
    "French": (
        "quand qui que quoi où pourquoi comment combien quel quelle quels quelles est sont était "
        "ont peut doit faut",
        "le la les un une des du de et ou ne pas dans pour par sur avec au aux ce cette ces il "
        "elle ils elles on se sa son ses leur",
    ),
    "Spanish": (
        "cuándo cuando quién quien quiénes qué dónde donde cómo cuál cuáles cuánto cuánta cuántos "
        "cuántas cuantos cuantas es son fue fueron está están tiene tienen hay puede debe",
        "el la los las un una unos unas de del y o no en para por con al que se su sus lo le les",
    ),
    "Italian": (
        "quando chi che cosa dove perché come quale quali quanto quanta quanti quante è sono era "
        "erano ha hanno può deve",
        "il lo la i gli le un uno una di del della dei delle e o non in nel nella per con su si da "
        "dal al alla che",
    ),
    "Portuguese": (
        "quando quem que onde porquê como qual quais quanto quanta quantos quantas é são foi foram "
        "está tem têm há pode deve",
        "o a os as um uma de do da dos das e ou não em no na nos nas para por com ao se seu sua",
    ),
    "Dutch": (
        "wanneer wie wat waar waarom hoe hoeveel welke welk wordt werd werden heeft hebben zijn "
        "kan moet mag",
        "de het een van en of niet in op voor met aan bij naar uit is dat die er zich te",
    ),
    "Swedish": (
        "när vem vad var varför hur vilken vilket vilka vems är blev har hade finns kan måste får",
        "den det en ett och eller inte i på för med av till från som om sig ska många mycket",
    ),
    "Danish or Norwegian": (
        "hvornår når hvem hvad hva hvor hvorfor hvordan hvilken hvilket hvilke er blev ble har "
        "havde findes finnes kan må skal",
        "den det en et og eller ikke i på for med av af til fra som om seg sig mange meget mye",
    ),
    "Finnish": (
        "milloin kuka mikä mitä missä miksi miten kuinka mitkä kenen onko paljonko on ovat oli",
        "ja tai ei että se ne joka monta paljon",
    ),
    "Polish": (
        "kiedy kto co gdzie dlaczego jak jaki jaka jakie który która które ile czy jest są był",
        "i w na z ze do nie się o od dla po przez lub oraz",
    ),
    "Czech": (
        "kdy kdo co kde proč jak jaký jaká jaké který která které kolik je jsou byl byla bylo",
        "a v na z ze do ne se o od pro po nebo",
    ),
    "Turkish": (
        "kim ne nerede nasıl niçin neden hangi kaç mı mi mu mü var yok",
        "ve bir bu şu için ile de da",
    ),
}  # fmt: skip
_ASKING = {name: frozenset(asking.split()) for name, (asking, _) in _PROFILES.items()}
_SMALL = {name: frozenset(f"{a} {b}".split()) for name, (a, b) in _PROFILES.items()}
# Small words of English questions, without what other languages write alike.
_ENGLISH = frozenset(
    """a about all an and are at be been between by can could did does during each every find from
    give get given has have he her how if into it its list many may more most much name of often old
    only or other our show should tell that the their them there these they this those to under was
    were what when where which who whom whose why will with would you your""".split()
)
_LEAST_WORDS = 2
_LEAST_SHARE = 0.3
# A question word that long, in front, is enough: "Combien", "Warum".
_PLAIN = 5


@lru_cache(maxsize=256)
def language_of(question: str) -> str:
    """Name the language of a question; empty for English, and where it is not plain."""
    found = _LETTERS.findall(unicodedata.normalize("NFC", question).lower())
    script = _script("".join(found))
    if script or not found:
        return script
    own = {name: [word for word in found if word in small] for name, small in _SMALL.items()}
    plain = {
        name: len(words)
        for name, words in own.items()
        if (
            len(words) >= max(_LEAST_WORDS, _LEAST_SHARE * len(found))
            and any(word in _ASKING[name] and word not in _ENGLISH for word in words)
        )
        or (words[:1] == found[:1] and found[0] in _ASKING[name] and len(found[0]) >= _PLAIN)
    }
    if not plain:
        return ""
    best = max(plain, key=lambda name: plain[name])
    english = sum(word in _ENGLISH and word not in _SMALL[best] for word in found)
    return "" if english else best


def small_words(language: str) -> frozenset[str]:
    """Return the words of a language that only ask or join; none where they are not known."""
    return _SMALL.get(language, frozenset())


def _script(letters: str) -> str:
    """Name the language of the script that most letters are in; empty for Latin letters."""
    counts = Counter(_script_of(letter) for letter in letters)
    if not counts:
        return ""
    if counts["HIRAGANA"] + counts["KATAKANA"]:
        counts["HIRAGANA"] += counts.pop("CJK", 0) + counts.pop("KATAKANA", 0)
    script, most = counts.most_common(1)[0]
    return _SCRIPTS.get(script, "") if most * 2 > len(letters) else ""


def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]
