"""Tell small talk from questions, and answer it plainly.

Only what is small talk as a whole counts: “hi, how many laboratories were destroyed?” is a
question. Does not know the documents but for their names.
"""

import re
from collections.abc import Sequence
from typing import Literal

from qa.index.stores.stored import DocumentInfo
from qa.words import counted

Talk = Literal[
    "greeting", "thanks", "bye", "who", "can", "documents", "count", "sure", "where", "language",
    "insult", "chatter",
]  # fmt: skip

_NAMED = 8  # documents
_NOISE = re.compile(r"[^\w\s'?]+")
_YOU = r"(?: (?:there|all|everyone|bot|chatbot|computer|friend|assistant|again|buddy|mate|dear))*"
_HELLO = (
    r"(?:hi+|hiya|hello+|hey+|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|moin|"
    r"hallo|bonjour|hola|ciao|servus|salut|guten (?:tag|morgen|abend))"
)
_THANKS = (
    r"(?:thanks|thank you|thank u|thx|ty|cheers|many thanks|much appreciated|merci|danke|gracias)"
)
_MUCH = (
    r"(?: (?:a lot|so much|very much|a million|again|for (?:that|this|your help|the help|helping|"
    r"the answer|everything)|you|that (?:helps|helped|is all|was helpful)))*"
)
_IN_ANOTHER = (
    r"(?:in|into|to) (?:english|german|french|spanish|italian|portuguese|dutch|russian|chinese|"
    r"arabic|japanese|polish|turkish)"
)
_PATTERNS: dict[Talk, str] = {
    "greeting": rf"{_HELLO}{_YOU}(?: {_HELLO}{_YOU})?|(?:{_HELLO}{_YOU} )?(?:how are you|how is it "
    r"going|how's it going|what's up|whats up|sup|how do you do|are you there|anybody there|"
    r"nice to meet you|pleased to meet you)(?: today| doing)?",
    "thanks": rf"(?:(?:ok|okay|great|perfect|nice|good|cool|super|wonderful|no|yes|that's all|"
    rf"that is all) )*{_THANKS}{_MUCH}|(?:that )?(?:helps|helped)(?: a lot| me)?",
    "bye": r"(?:(?:ok|okay|thanks|thank you|well) )*(?:bye+|bye bye|goodbye|good bye|see you|"
    r"see ya|"
    r"cya|ciao|farewell|good night|exit|quit|until (?:next time|tomorrow)|have a (?:nice|good) day|"
    r"tschüss|au revoir|adios)(?: (?:later|soon|then|bot|now))*",
    "who": r"(?:who|what) (?:are|r) (?:you|u)(?: exactly| then)?|what's your name|"
    r"what is your name|"
    r"do you have a name|are you (?:a |an )?(?:ai|human|robot|bot|chatbot|real|person|machine|"
    r"computer|llm|language model|chatgpt|gpt|alive)|who (?:made|built|created|wrote) you|"
    r"tell me about yourself|introduce yourself|what is this (?:program|app|tool|thing)",
    "can": r"(?:what|which things) (?:can|could) (?:you|u|i) (?:do|ask|help with|help me with|say|"
    r"answer)(?: here| for me| you)?|how (?:do|can) (?:you|i) (?:work|help|use this|"
    r"use you|start|begin|ask)(?: me)?(?: here)?|(?:please )?help(?: me)?(?: please)?|"
    r"can you help(?: me)?(?: please)?|what (?:do|should) i (?:do|ask|type|say)(?: here| now)?|"
    r"what is this for|i need help|manual|instructions|commands",
    "documents": r"(?:what|which|list|show|show me|tell me)(?: me)?(?: (?:all|the|your|my|of|"
    r"which|what))*"
    r" (?:documents?|files?|sources?|texts?|docs)(?: (?:do|can|have|are|you|we|i|there|your|here|"
    r"has|got|know|loaded|available|indexed|in|the|this|index|folder|corpus|read|search|ask|"
    r"please))*|what do you know(?: about)?|what (?:have you|did you) (?:read|got)|"
    r"what (?:are|is) in (?:the|this|your) (?:index|corpus|folder|library|collection)|"
    r"what can i ask (?:you )?about",
    "count": r"how many (?:documents?|files?|sources?|texts?|docs)(?: (?:do|can|have|are|you|we|"
    r"i|there|"
    r"here|has|got|know|loaded|available|indexed|in|the|this|index|folder|read|total))*",
    "sure": r"(?:are you|r u) (?:really |quite |absolutely )?(?:sure|certain|right)"
    r"(?: about that)?|is (?:that|this|it) (?:really |actually )?"
    r"(?:right|true|correct|certain|sure)|really sure|how (?:sure|certain) are you"
    r"(?: about that)?|can i trust (?:you|that|this|it)",
    "where": r"where (?:does it|do they|did you|does the document) (?:say|find|read|get|see) "
    r"(?:that|this|it)|what(?: is|'s) (?:your|the) source|where (?:is|does) (?:that|this|it) "
    r"(?:written|come from|from|stand)|(?:show me )?(?:the |your )?source",
    "language": rf"(?:please )?(?:say|answer|repeat|translate)(?: (?:that|this|it|me))?"
    rf"(?: please)? {_IN_ANOTHER}(?: please)?|{_IN_ANOTHER} please|please {_IN_ANOTHER}|"
    r"translate(?: (?:that|this|it))?(?: please)?",
    "insult": r"(?:you(?: are|'re|re)?|u r|this is|that is|that's|it's|what a)(?: (?:so|such|very|"
    r"really|a|an|just|totally|completely))*"
    r" (?:stupid|dumb|useless|idiot|idiotic|moron|crap|rubbish|garbage|bad|terrible|awful|"
    r"worthless|"
    r"ridiculous|wrong|shit|bullshit|suck|sucks|liar|joke|nonsense)(?: (?:bot|machine|program|"
    r"answer|idiot|thing|tool))*|idiot|stupid|moron|shut up|fuck(?: you| off)?|wtf|shit|damn|crap|"
    r"are you (?:so |really |always )?(?:stupid|dumb|useless|an idiot|crazy|mad|serious|kidding)|"
    r"go to hell|i hate you|nonsense|bullshit|useless|"
    r"(?:(?:hey|oh) )?(?:you|u)(?: (?:are|r|really|just|such|a|an))*(?: (?:stupid|dumb|fucking|"
    r"damn|damned|useless|bloody|idiotic|crappy|shitty|goddamn|worthless|lousy)){1,3}"
    r"(?: \w+){0,2}(?: answer(?: me| it| the question)?(?: now)?)?|"
    r"(?:(?:just|please|now|oh|come on) )*answer (?:me|it|my question|"
    r"the (?:damn |fucking |bloody )?question)(?: (?:now|already|please|properly))*",
    "chatter": r"(?:ok+|okay|k|lol|haha+|hehe+|rofl|lmao|hm+|hmm+|uh+|um+|oh+|ah+|aha|wow|cool|"
    r"nice|"
    r"great|good|perfect|fine|super|awesome|amazing|interesting|i see|got it|understood|alright|"
    r"all right|right|sure|yes|yep|yeah|no|nope|nah|maybe|never mind|nevermind|whatever|test|"
    r"testing|"
    r"asdf\w*|qwert\w*|blah(?: blah)*|really|good (?:bot|job|work|answer)|well done|you(?: are|"
    r"'re) "
    r"(?:great|good|nice|cool|smart|the best|awesome|amazing|funny)|i (?:love|like) you|"
    r"tell me a joke|sing a song|are you ok(?:ay)?|i am bored|i'm bored)(?: (?:ok|okay|lol|then|"
    r"thanks|cool|great|nice))*",
}  # fmt: skip
_WHOLE = {kind: re.compile(f"(?:{pattern})\\s*\\??") for kind, pattern in _PATTERNS.items()}
_MOST_CHARACTERS = 80


def small_talk(text: str) -> Talk | None:
    """Say what kind of small talk a text is; None if it may be a question."""
    if len(text) > _MOST_CHARACTERS:
        return None
    said = " ".join(_NOISE.sub(" ", text.lower().replace("’", "'")).split())
    if not any(c.isalnum() for c in said):  # "???", a smiley
        return "chatter" if text.strip() else None
    said = said.replace(" ?", "?").rstrip("?").strip()
    return next((kind for kind, whole in _WHOLE.items() if whole.fullmatch(said)), None)


def answer_to(talk: Talk, documents: Sequence[DocumentInfo]) -> str:
    """Answer small talk, in a sentence or two.

    Args:
        talk: What kind it is.
        documents: Those that are asked.
    """
    number = counted(len(documents), "document")
    ask = "Ask me something about them." if len(documents) != 1 else "Ask me something about it."
    match talk:
        case "greeting":
            return f"Hello. I look for answers in your {number}. {ask}"
        case "thanks":
            return "You are welcome."
        case "bye":
            return "Goodbye."
        case "who":
            return (
                "I am a program that searches your documents. I answer in their own words and show "
                "where they stand, or say that I found nothing. I write nothing of my own."
            )
        case "can":
            return (
                f"I find answers in your {number}: ask in whole sentences, then follow up with "
                "“and in 2017?”, “why?” or “tell me more”. “Summarise” and a document’s name gives "
                "an overview. Every answer opens its source; if I find none, I say so."
            )
        case "documents":
            return f"I search {number}: {_listed(documents)}." if documents else _NO_DOCUMENTS
        case "count":
            return f"I search {number}." if documents else _NO_DOCUMENTS
        case "sure":
            return (
                "The quote is: it is checked against the document before you see it. Whether it "
                "answers your question, the confidence under it estimates; open the citation and "
                "read around it."
            )
        case "where":
            return "The citation under an answer opens the document at that very sentence."
        case "language":
            return "I only quote, so I answer in the language that the documents are written in."
        case "insult":
            return (
                "I am sorry that this was no help. Name the thing you look for as the documents "
                "may name it, or say under the answer what was wrong with it."
            )
        case "chatter":
            return "Ask me something about the documents, or say “help”."


_NO_DOCUMENTS = "There are no documents yet."


def _listed(documents: Sequence[DocumentInfo]) -> str:
    names = [
        info.title if info.title in info.doc_id else f"{info.title} ({info.doc_id})"
        for info in documents[:_NAMED]
    ]
    more = len(documents) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
