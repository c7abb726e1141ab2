"""Know the forms of English verbs, so that a sentence can be turned round.

A closed list of verbs whose forms are known: a sentence around another verb is left
alone. Nothing is guessed, so that what is asked reads as English.
"""

from typing import NamedTuple

_DOUBLING = """admit ban cancel commit control drop equip expel grab hug jog log map occur
permit plan refer regret ship shop slip step stop submit transfer transmit trim wrap""".split()

_REGULAR = """abandon abolish absorb accept accompany accuse achieve acquire add address adjourn
adjust administer admit adopt advise affect agree allocate allow amend amount analyse analyze
announce answer appeal appear apply appoint apprehend approve argue arrange arrest arrive
assemble assess assign assist attach attack attend attract award ban base begin_ believe belong
block boost borrow brief budget bury calculate call cancel capture carry carve cause celebrate
certify chair change charge check claim clean clear climb close collapse collect combine
commission commit compare compete compile complete compose conclude conduct confirm confiscate
connect conquer consider consist construct consult contain continue contribute control convene
convert convict cook cooperate coordinate cost_ count cover crash create cross cultivate damage
deal_ decide declare decline decrease dedicate defeat defend deliver demand demolish depart
deploy deposit describe deserve design destroy detain detect develop devote die disappear
discharge disclose discover discuss dismantle dismiss display dissolve distribute divide donate
double drop earn educate elect eliminate employ enable enact encounter end enforce enjoy enroll
ensure enter equip eradicate establish estimate evacuate evaluate exceed exchange execute
exercise exhibit expand expect expel experience expire explain explode explore export express
extend extract face fail file fill finance finish fire fix follow force form found fund gain
gather generate govern graduate grant greet guarantee guide halt hand happen harvest head heat
help hire host house identify ignite implement import impose improve include increase
incorporate inform inherit initiate injure inspect install instruct insure intercept introduce
invade invent invest investigate invite involve issue join kill label lack land last launch
license lift limit link list live load locate lock log lower lubricate mail maintain manage
manufacture map march mark marry measure merge migrate monitor mount move name negotiate
nominate note notify obtain occupy occur offer open operate oppose order organise organize
overturn_ own pack paint park participate pass patrol perform permit persuade place plan plant
play pledge plunge point post postpone predict prefer_ prepare present preserve press prevent
print process produce prohibit promise promote propose prosecute protect provide publish pull
pump purchase push qualify raise range ratify reach realise rebuild_ recall receive recognise
recognize recommend record recover recruit reduce refer refill refund refuse register regulate
reject relate release relocate remain remove renew renovate rent repair repeal repeat replace
reply report represent request require rescue reserve resign resolve respond restore restrict
result retain retire return reveal review revise reward rinse rise_ rotate sail sample save
schedule score search secure seize select sentence separate serve settle sew_ share ship shift
shop sign slip slow soften solve sponsor staff stage start state station stay step stop store
strengthen study submit succeed suffer suggest supervise supply support survey survive suspend
switch target tax terminate test tighten total tour trade train transfer translate transmit
transport travel treat trim triple turn uncover underline undergo_ unite unveil update upgrade
urge use vaccinate value visit vote wait walk want warn wash watch water weigh welcome widen
wipe withdraw_ witness work wrap yield""".split()

_IRREGULAR = """be was been;become became become;begin began begun;bind bound bound;blow blew blown;
break broke broken;bring brought brought;build built built;buy bought bought;catch caught caught;
choose chose chosen;come came come;cost cost cost;cut cut cut;deal dealt dealt;dig dug dug;
do did done;draw drew drawn;drink drank drunk;drive drove driven;eat ate eaten;fall fell fallen;
feed fed fed;feel felt felt;fight fought fought;find found found;flee fled fled;fly flew flown;
freeze froze frozen;get got got;give gave given;go went gone;grow grew grown;hang hung hung;
have had had;hear heard heard;hide hid hidden;hit hit hit;hold held held;keep kept kept;
know knew known;lay laid laid;lead led led;leave left left;lend lent lent;lose lost lost;
make made made;mean meant meant;meet met met;overturn overturned overturned;pay paid paid;
prefer preferred preferred;put put put;rebuild rebuilt rebuilt;ride rode ridden;rise rose risen;
run ran run;say said said;see saw seen;seek sought sought;sell sold sold;send sent sent;
set set set;sew sewed sewn;shoot shot shot;show showed shown;shut shut shut;sink sank sunk;
sleep slept slept;speak spoke spoken;spend spent spent;spread spread spread;stand stood stood;
steal stole stolen;strike struck struck;swear swore sworn;swim swam swum;take took taken;
teach taught taught;tell told told;throw threw thrown;undergo underwent undergone;
wear wore worn;win won won;withdraw withdrew withdrawn;write wrote written"""

# Present forms that are hardly ever nouns; "plans" or "reports" may be either.
_PRESENT = """accept allow appear apply begin belong build carry close come connect consist
contain cover cultivate deliver deserve employ enable ensure expire extend follow generate give
govern hold include involve keep last lead maintain manage meet open operate own pay produce
protect provide publish receive recommend reduce remain replace require run sell send serve show
start stay store supply support take teach train transport use weigh""".split()

# Verbs of people and organisations: "who", not "what".
_AGENT = frozenset(
    """accuse adopt advise agree allocate amend announce appoint approve argue arrest assign award
    ban borrow buy call chair choose claim commission commit compose conduct confirm confiscate
    construct convict coordinate decide declare dedicate defeat deliver demand demolish deploy
    design detain develop discover dismiss distribute donate elect employ enact eradicate establish
    execute expel explore fight file finance fire found fund govern grant head hire host
    identify implement inspect install introduce invent invest investigate invite issue launch lead
    lend make manage manufacture marry meet negotiate nominate open oppose order organise organize
    own paint pass pay plan pledge present produce propose prosecute publish purchase raise ratify
    recommend record reject release renovate repair report represent request rescue resign restore
    review seize sell send serve shoot sign speak sponsor submit succeed supervise suspend
    teach tell tour translate uncover unveil visit vote win withdraw write""".split()
)
# Verbs that say where something is or happened.
_PLACED = frozenset(
    """arrest base build bury capture construct convene detain discover establish find gather grow
    hold host install launch live locate manufacture marry meet open organise organize plant
    produce publish sell sign stage station store train work""".split()
)


class Verb(NamedTuple):
    """The forms of a verb."""

    base: str
    past: str
    participle: str
    present: str

    @property
    def agentive(self) -> bool:
        """Whether only people and organisations do it."""
        return self.base in _AGENT

    @property
    def placed(self) -> bool:
        """Whether "where" is a question to ask of it."""
        return self.base in _PLACED


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + base[-1] + "ed" if base in _DOUBLING else base + "ed"


def _present(base: str) -> str:
    if base in ("have", "be"):
        return {"have": "has", "be": "is"}[base]
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    return base[:-1] + "ies" if base.endswith("y") and base[-2] not in "aeiou" else base + "s"


def _all_verbs() -> list[Verb]:
    regular = [base for base in _REGULAR if not base.endswith("_")]
    irregular = [entry.split() for entry in _IRREGULAR.replace("\n", "").split(";")]
    return [
        *(Verb(base, _past(base), _past(base), _present(base)) for base in regular),
        *(Verb(base, past, done, _present(base)) for base, past, done in irregular),
    ]


_VERBS = _all_verbs()
BY_BASE = {verb.base: verb for verb in _VERBS}
# "The left bank", "a total cost": what is as often another word is not taken for a verb.
_NOT_PAST = {"was", "saw", "felt", "left", "bound", "ground", "wound", "lay"}
BY_PAST = {
    verb.past: verb for verb in _VERBS if verb.past not in _NOT_PAST and verb.past != verb.base
}
BY_PARTICIPLE = {verb.participle: verb for verb in _VERBS}
BY_PRESENT = {BY_BASE[base].present: BY_BASE[base] for base in _PRESENT if base in BY_BASE}
