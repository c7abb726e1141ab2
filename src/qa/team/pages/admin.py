"""The pages of those who look after people, collections and rights, and read the log."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from qa.errors import UsageError
from qa.team.pages.asked import Asked
from qa.team.pages.replies import Reply, page
from qa.team.records.rights import Kind, Right
from qa.team.records.team import Team
from qa.web.visit import RefusedError

Handler = Callable[[Asked], Reply]
_LOGGED = 500


def admin_pages(team: Team) -> Mapping[str, tuple[Handler, Handler]]:
    """Return what each page shows, and what its forms do, by path."""
    admin = _Admin(team)
    return {
        "/people": (admin.people, admin.change_people),
        "/collection": (admin.collection, admin.change_collection),
        "/collections": (admin.new_collection, admin.add_collection),
        "/log": (admin.log, admin.log),
    }


class _Admin:
    def __init__(self, team: Team) -> None:
        self._team = team

    # ---- people and groups

    def people(self, asked: Asked) -> Reply:
        _only_admins(asked)
        values = {"people": self._team.people.all(), "groups": self._team.people.groups()}
        link = _link(asked) if asked.made else ""
        keys = self._team.keys.all()
        return Reply(page("people.html", link=link, keys=keys, **values, **asked.shown()))

    def change_people(self, asked: Asked) -> Reply:
        _only_admins(asked)
        form, people = asked.form, self._team.people
        name, act, group = form.text("name"), form.text("act"), form.text("group")
        made = ""
        if act == "take back":
            number = form.text("number")
            if not (number.isdecimal() and self._team.keys.take_back(int(number[:12]))):
                raise UsageError("there is no such key any more")
            self._note(asked, "take a key back", detail=f"key {number[:12]}")
            return Reply(to="/people")
        if act == "invite":
            is_new = people.find(name) is None
            made = people.invite(name, is_admin=bool(form.text("is_admin")) if is_new else None)
        elif people.find(name) is None:
            raise UsageError(f"there is nobody called {name[:100]!r}")
        elif act == "shut out":
            people.shut_out(name)
        elif act == "let in":
            people.shut_out(name, now=False)
        elif act in ("make admin", "make no admin"):
            people.make_admin(name, now=act == "make admin")
        elif act == "join":
            people.join(group, name)
        elif act == "leave":
            people.leave(group, name)
        else:
            raise UsageError("the page does not know what to do")
        self._note(asked, act, detail=f"{name} {group}".strip())
        return self.people(asked.with_made(made)) if made else Reply(to="/people")

    # ---- collections and rights

    def new_collection(self, asked: Asked) -> Reply:
        _only_admins(asked)
        return Reply(page("new_collection.html", **asked.shown()))

    def add_collection(self, asked: Asked) -> Reply:
        _only_admins(asked)
        name = asked.form.text("name")
        self._team.collections.add(name, asked.form.text("title"))
        self._note(asked, "begin a collection", collection=name)
        return Reply(to=_of_collection(name))

    def collection(self, asked: Asked) -> Reply:
        name = self._administered(asked)
        collection = self._team.collections.find(name)
        return Reply(
            page(
                "collection.html",
                collection=collection,
                grants=self._team.rights.given(name),
                rights=[right for right in Right if right != Right.NOTHING],
                **asked.shown(),
            )
        )

    def change_collection(self, asked: Asked) -> Reply:
        name, form = self._administered(asked), asked.form
        if form.text("act") == "remove":
            _only_admins(asked)
            self._team.collections.remove(name)
            self._note(asked, "take a collection off the list", collection=name)
            return Reply(to="/")
        kinds = {kind.value: kind for kind in Kind}
        kind, who = kinds.get(form.text("kind")), form.text("who")
        right = Right.of(form.text("right"))
        if kind is None:
            raise UsageError("expected a person, a group or everybody")
        self._team.give(kind, who, name, right)
        self._note(asked, "give", collection=name, detail=f"{kind} {who} {right.word}")
        return Reply(to=_of_collection(name))

    # ---- the log

    def log(self, asked: Asked) -> Reply:
        _only_admins(asked)
        person, collection = asked.query("person"), asked.query("collection")
        before = asked.query("before")
        entries = self._team.audit.last(
            _LOGGED, person=person, collection=collection, before=before
        )
        earlier = ""
        if len(entries) == _LOGGED:
            fields = {"person": person, "collection": collection, "before": entries[-1].at}
            earlier = f"/log?{urlencode(fields)}"
        values = {"entries": entries, "by": person, "within": collection, "earlier": earlier}
        return Reply(page("log.html", **values, **asked.shown()))

    def _administered(self, asked: Asked) -> str:
        """Return which collection is meant, if its sender looks after it."""
        name = asked.form.text("collection") or asked.query("name")
        if self._team.rights.of(asked.who.person, name) < Right.ADMINISTER:
            raise RefusedError(404, "there is nothing here, or nothing that you may see")
        return name

    def _note(self, asked: Asked, act: str, *, collection: str = "", detail: str = "") -> None:
        self._team.audit.note(
            asked.who.person.name,
            act,
            collection=collection,
            detail=detail,
            address=asked.visit.address,
        )


def _only_admins(asked: Asked) -> None:
    if not asked.who.person.is_admin:
        raise RefusedError(404, "there is nothing here, or nothing that you may see")


def _link(asked: Asked) -> str:
    """Return the address at which an invitation is taken up, as this person reaches us."""
    origin = asked.visit.headers.get("origin") or f"http://{asked.visit.headers['host']}"
    return f"{origin}/invitation?{urlencode({'secret': asked.made})}"


def _of_collection(name: str) -> str:
    return f"/collection?{urlencode({'name': name})}"
