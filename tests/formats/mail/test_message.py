import contextlib
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.formats.mail.message import parse_eml
from qa.formats.parsed import Parsed, UnreadableError
from qa.settings import ParseLimits
from tests.formats.make_office import check_sound, outline

LIMITS = ParseLimits()
HEAD = b"Subject: s\nFrom: a@x.org\n"


def read(data: bytes) -> Parsed:
    parsed = parse_eml(data, LIMITS)
    check_sound(parsed)
    return parsed


def mail(text: str = "Body.\n") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Réunion – März"
    message["From"] = "Ann Ö <ann@x.org>"
    message["To"] = "bob@x.org"
    message["Date"] = "Mon, 01 Oct 2018 10:00:00 +0200"
    message.set_content(text)
    return message


def nested(depth: int) -> bytes:
    parts = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return b"Subject: n\n" + b"".join(parts) + b"Content-Type: text/plain\n\nfound\n"


def test_subject_people_date_and_text() -> None:
    parsed = read(bytes(mail("Hello Bob,\n\nsee you\nin ünits.\n\n-- \nAnn\n")))
    assert outline(parsed) == [
        "# Réunion – März",
        "¶ From: Ann Ö <ann@x.org>\nTo: bob@x.org\nDate: Mon, 01 Oct 2018 10:00:00 +0200",
        "¶ Hello Bob,",
        "¶ see you\nin ünits.",
        "¶ --\nAnn",
    ]
    assert (parsed.title, parsed.date) == ("Réunion – März", "2018-10-01")


def test_the_plain_text_is_taken_before_the_page() -> None:
    message = mail("Plain body.\n")
    message.add_alternative("<h1>Hi</h1><p>HTML body.</p>", subtype="html")
    assert read(bytes(message)).text.endswith("+0200\n\nPlain body.")


@pytest.mark.parametrize("plain", ["", " \n", "Your program does not show HTML."])
def test_the_page_is_taken_where_the_plain_text_says_nothing(plain: str) -> None:
    message = mail(plain)
    page = "<style>p{}</style><h1>Hi</h1><table><tr><td><p>The rent is 900 euros.</p></table>"
    message.add_alternative(page + "<p>More words.</p>" * 20, subtype="html")
    assert outline(read(bytes(message)))[2:5] == [
        "## Hi", "¶ The rent is 900 euros.", "¶ More words.",
    ]  # fmt: skip


def test_quoted_lines_are_kept_and_set_apart_from_the_answer() -> None:
    text = "> When?\n> Where?\nOn Monday.\n> > Old.\n> New.\n"
    assert read(bytes(mail(text))).text.split("\n\n")[2:] == [
        "> When?\n> Where?", "On Monday.", "> > Old.", "> New.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("delsp", "expected"),
    [
        (b"", "A line that flows.\n\n> Quoted flows too.\n\nNot quoted.\n--\nBob\nTel"),
        (b"; delsp=yes", "A linethat flows.\n\n> Quotedflows too.\n\nNot quoted.\n--\nBob\nTel"),
    ],
)
def test_flowed_lines_are_joined(delsp: bytes, expected: str) -> None:
    data = (
        HEAD
        + b"Content-Type: text/plain; format=flowed"
        + delsp
        + (b"\n\nA line \nthat flows.\n> Quoted \n> flows too.\n Not quoted.\n-- \nBob\nTel\n")
    )
    assert read(data).text == f"s\n\nFrom: a@x.org\n\n{expected}"


OLDER = "the ferry leaves at 7 from pier 2."
ADA = "Ada Byron <a@b.org>"


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        (f"On 3 May 2021, {ADA} wrote:\n> Hi,\n", "> "),
        ("On Mon, 3 May 2021 at 10:02, Ada Byron\n<a@b.org> wrote:\n\n", "> "),
        (f"On Mon 3 May 2021 10:02 AM {ADA} wrote:\n", "> "),
        ("-----Original Message-----\nFrom: Ada Byron\nSent: 3 May\nSubject: x\n\n", ""),
        (f"_________________________\nFrom: {ADA}\nSent: 3 May\nTo: B\n\n", ""),
        (f"---------- Forwarded message ---------\nFrom: {ADA}\nDate: 3 May\n\n", ""),
        (f"Am 3. Mai schrieb {ADA}:\n", "> "),
        ("-----Ursprüngliche Nachricht-----\nVon: Ada Byron\nGesendet: 3. Mai\n\n", ""),
    ],
)
def test_an_older_mail_comes_last_under_a_heading_that_says_so(said: str, marks: str) -> None:
    texts = [f"At 9.\n\n{said}{marks}{OLDER}\n"]
    texts += [f"{said}{marks}{OLDER}\n\nAt 9.\n"] if marks else []
    for text in texts:
        words = outline(read(bytes(mail(text))))[2:]
        assert words[:2] == ["¶ At 9.", "## Quoted: earlier mail of Ada Byron"]
        assert words[-1].endswith(OLDER)
        assert ">" not in words[-1]


def test_marked_lines_below_a_reply_are_an_older_mail_and_between_two_parts_are_not() -> None:
    below, between = (
        outline(read(bytes(mail(f"At 9.\n\n> {OLDER}{end}"))))[2:] for end in ("\n", "\n\nAt 10.\n")
    )
    assert below == ["¶ At 9.", "## Quoted: earlier mail", f"¶ {OLDER}"]
    assert between == ["¶ At 9.", f"¶ > {OLDER}", "¶ At 10."]


def test_a_mail_quoted_within_a_quoted_mail_has_a_heading_of_its_own() -> None:
    text = (
        "At 9.\n\nOn 3 May, Ada <a@b.org> wrote:\n> At 8.\n>\n> On 2 May, Bo <b@b.org> wrote:\n"
        ">> At 7.\n"
    )
    assert outline(read(bytes(mail(text))))[2:] == [
        "¶ At 9.",
        "## Quoted: earlier mail of Ada",
        "¶ On 3 May, Ada <a@b.org> wrote:",
        "¶ At 8.",
        "### Quoted: earlier mail of Bo",
        "¶ On 2 May, Bo <b@b.org> wrote:",
        "¶ At 7.",
    ]


@pytest.mark.parametrize(
    "quote",
    [
        "<div class=gmail_quote><div>On 3 May, Ada &lt;a@b.org&gt; wrote:<br></div>"
        f"<blockquote><p>{OLDER}</p></blockquote></div>",
        "<div><p><b>From:</b> Ada &lt;a@b.org&gt;<br><b>Sent:</b> 3 May<br><b>To:</b> B</p>"
        f"<p>{OLDER}</p></div>",
    ],
)
def test_an_older_mail_in_a_page_stands_under_a_heading_that_says_so(quote: str) -> None:
    message = mail("")
    message.add_alternative(f"<p>At 9.</p>{quote}", subtype="html")
    said = outline(read(bytes(message)))[2:]
    assert said[:2] == ["¶ At 9.", "## Quoted: earlier mail of Ada"]
    assert said[-1] == f"¶ {OLDER}"


def test_an_answer_below_the_quote_of_a_page_is_not_taken_for_quoted() -> None:
    message = mail("")
    page = f"<p>On 3 May, Ada wrote:</p><blockquote>{OLDER}</blockquote><p>{'No, at 9. ' * 9}</p>"
    message.add_alternative(page, subtype="html")
    assert "Quoted" not in read(bytes(message)).text


QUOTING = ["> a", ">> b", "c", "", "On 3 May, A <a@b.c> wrote:", "From: x", "Sent: y"]


@given(st.lists(st.sampled_from(QUOTING)))
def test_all_words_of_a_mail_are_kept_whatever_it_quotes(lines: list[str]) -> None:
    text = read(bytes(mail("\n".join(lines) + "\n"))).text
    words = [word for line in lines for word in line.replace(">", " ").split()]
    for word in set(words):
        assert text.replace(">", " ").split().count(word) >= words.count(word)


def test_attachments_are_named_and_read() -> None:
    message = mail()
    message.add_attachment(
        b"Year,Tonnes\n2018,25.9\n", maintype="text", subtype="csv", filename="t.csv"
    )
    message.add_attachment(
        b"# Top\n\nText.\n", maintype="application", subtype="octet-stream", filename="n.md"
    )
    message.add_attachment(b"\0\1" * 99, maintype="text", subtype="csv", filename="b.csv")
    message.add_attachment(b"GIF89a", maintype="image", subtype="gif", filename="logo.gif")
    assert outline(read(bytes(message)))[2:] == [
        "¶ Body.",
        "¶ Attachments: t.csv, n.md, b.csv (unreadable), logo.gif",
        "## Attachment: t.csv",
        "| Year | Tonnes",
        "| Year: 2018 | Tonnes: 25.9",
        "## Attachment: n.md",
        "### Top",
        "¶ Text.",
    ]


def test_an_attached_mail_is_read_and_what_is_attached_to_it_is_named() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("Inner text.")
    inner.add_attachment(b"secret,1\n", maintype="text", subtype="csv", filename="deep.csv")
    message = mail()
    message.add_attachment(inner)
    assert outline(read(bytes(message)))[2:] == [
        "¶ Body.",
        "¶ Attachments: Inner",
        "## Attachment: Inner",
        "### Inner",
        "¶ Inner text.",
        "¶ Attachments: deep.csv",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\temp\\t.csv", "t.csv"),
        ("Straße.csv", "Straße.csv"),
        ("a" * 900 + ".csv", "a" * 146 + ".csv"),
        ("..", "unnamed"),
    ],
)
def test_a_name_of_an_attachment_is_a_label(name: str, shown: str) -> None:
    message = mail()
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename=name)
    text = read(bytes(message)).text
    assert f"Attachments: {shown}\n\nAttachment: {shown}\n\na | b\na: 1 | b: 2" in text


def test_attachments_over_the_limit_do_not_cost_the_mail() -> None:
    message = mail()
    message.add_attachment("word " * 1000, filename="long.txt")
    parsed = parse_eml(bytes(message), ParseLimits(characters=2000))
    assert parsed.text.endswith("Body.\n\nAttachments: long.txt (unreadable)")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Content-Type: text/plain; charset=foo-1\n\nhello \xe9\n", "hello é"),
        (b"Content-Type: text/plain; charset=us-ascii\n\n\xc3\xa9t\xc3\xa9\n", "été"),
        (b"Content-Type: text/plain; charset=koi8-r\n\n\xf0\xd2\xc9\xd7\xc5\xd4\n", "Привет"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nhello!!!\n", "hello!!!"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGk=\n", "hi"),
        (
            b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\na=E9=\nb\n",
            "aéb",
        ),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: x-odd\n\nhi\n", "hi"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnever closed\n", "never closed"),
        (b"Content-Type: multipart/mixed\n\nno boundary\n", "no boundary"),
        (b"Content-Type: text/html\n\n<p>a<br>b<script>c</script>", "a\nb"),
        (b"Content-Type: ;;;\n\nhi\n", "hi"),
    ],
)
def test_odd_bodies(data: bytes, expected: str) -> None:
    assert read(HEAD + data).text == f"s\n\nFrom: a@x.org\n\n{expected}"


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"caf\xe9", "café"),
        ("日本語の件名".encode(), "日本語の件名"),
        (b"=?utf-8?q?caf=C3=A9?= =?utf-8?q?_au_lait?= now", "café au lait now"),
        (b"=?utf-8?b?w6k=?=\n =?utf-8?b?w6k=?=", "éé"),
        (b"=?x-unknown?Q?abc?=", "abc"),
        (b"=?utf-8?b?!?= x", "=?utf-8?b?!?= x"),
        (b"a =?utf-8?q?=0AFrom:_evil?= b", "a From: evil b"),
        (b"two\n  lines", "two lines"),
    ],
)
def test_odd_subjects(header: bytes, subject: str) -> None:
    assert read(b"Subject: " + header + b"\nFrom: a\n\nx").title == subject


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        ("Mon, 01 Oct 2018 23:30:00 -0500 (EST)", "2018-10-01"),
        ("1 Oct 18 10:00 GMT", "2018-10-01"),
        ("never", ""),
        ("Mon, 45 Oct 2018 10:00:00", ""),
        ("", ""),
    ],
)
def test_dates(date: str, iso: str) -> None:
    assert read(f"Subject: s\nDate: {date}\n\nx".encode()).date == iso


@pytest.mark.parametrize(
    "data", [b"", b"hello world\n\nthis is text", bytes(range(256)) * 10, b"Note: not a mail\n\nx"]
)
def test_what_has_no_headers_is_no_mail(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="not a mail"):
        parse_eml(data, LIMITS)


def test_a_mail_without_text_still_has_its_headers() -> None:
    assert read(b"\r\n" + HEAD + b"\n").text == "s\n\nFrom: a@x.org"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (nested(400), "n\n\nfound"),
        (b"Subject: " + b"a " * 500_000 + b"\n\nx", "a a"),
        (b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nx", "aaa"),
        (b"From: " + b"(" * 5000 + b"\n\nx", "From: ((("),
        (b"Subject: t\nContent-Type: text/plain; " + b"a=b; " * 100_000 + b"\n\nx", "t\n\nx"),
        (
            b"Subject: t\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5000,
            "t\n\nx",
        ),
        (b"Content-Type: message/rfc822\n\n" * 50 + b"Subject: in\n\nx", "Attachments: unnamed"),
        (HEAD + b"\n" + b">" * 200_000, "s\n\nFrom"),
    ],
)
def test_hostile_mails_are_read(data: bytes, expected: str) -> None:
    assert read(data).text.startswith(expected)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (nested(1500), "nested too deeply"),
        (b"Content-Type: message/rfc822\n\n" * 2000 + b"x", "nested too deeply"),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 11_000,
            "10,000 parts",
        ),
    ],
)
def test_hostile_mails_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        parse_eml(data, LIMITS)


PIECES = [
    b"Subject: ", b"From: a\n", b"\n", b"\n\n", b"Content-Type: ", b"multipart/mixed; boundary=b\n",
    b"multipart/alternative; boundary=b\n", b"text/html; charset=utf-16\n", b"message/rfc822\n",
    b"Content-Transfer-Encoding: ", b"base64\n", b"uuencode\n", b"quoted-printable\n", b"--b\n",
    b"--b--\n", b"Content-Disposition: attachment; filename*=utf-8''%ff.csv\n", b"=?utf-8?b?w?=",
    b"; name*0*=''a; name*1=b", b"<p>x", b"\xff", b"\0", b"begin 666 a\n", b"Date: 9 Z 9999\n",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5)).map(b"".join))
def test_rubbish_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        check_sound(parse_eml(data, LIMITS))
