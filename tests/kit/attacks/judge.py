"""What is wrong with what came of an attack, in words; the same words as in the shared README."""

from ....router.codes import State

ROBOT = "odoobot@example.com"
# What Odoo itself notes of a record that the gateway makes is OdooBot's; a message is not.
WRITTEN = ("email", "user_notification", "comment")


class Judge:
    """Reads a :class:`Judged`; ``env`` says which addresses are ours."""

    def __init__(self, env, judged):
        self.env, self.judged = env, judged

    def is_ours(self, address):
        """Whether it is of a domain of ours, of a user (archived, foreign), or of a company."""
        if address.rpartition("@")[2] in self.env["mail.alias.domain"].search([]).mapped("name"):
            return True
        users = self.env["res.users"].with_context(active_test=False)
        return bool(
            users.search_count([("email_normalized", "=", address)])
            or self.env["res.company"].search_count([("email", "=ilike", address)])
        )

    # ------------------------------------------------------------ what can go wrong

    def internal_authors(self):
        """Addresses of ours that are the author of something."""
        authors = {
            post.author
            for post in self.judged.posts
            if post.author and (post.author != ROBOT or post.kind in WRITTEN)
        }
        return sorted(filter(self.is_ours, authors))

    def made_as(self):
        """Logins of users whom new records name as their creator."""
        root = self.env.ref("base.user_root").login
        return sorted({record.made_as for record in self.judged.records} - {root})

    def restricted(self):
        """Addresses of restricted aliases that made a record."""
        return sorted({record.alias for record in self.judged.records if record.restricted})

    def public(self):
        """Whether customers read it on a record that was there before."""
        return any(
            post.public and post.on_old_record and post.kind == "email"
            for post in self.judged.posts
        )

    def left(self):
        """What left to people outside, as (address, From), in its order."""
        return [
            (address, sent.sender)
            for sent in self.judged.sent
            for address in sent.to
            if not self.is_ours(address)
        ]

    def counted_as_verified(self):
        """Whether an address of ours in From was taken for proved."""
        return any(
            row.author_check == "verified" and self.is_ours(row.sender) for row in self.judged.rows
        )

    def strangers(self):
        """Who follows the customer's record since, and is nobody of ours."""
        return sorted(who for who in self.judged.followers if not self.is_ours(who))

    def lost(self):
        """What became of messages that are neither on a record nor in To Sort."""
        seen = (str(State.ROUTED), str(State.QUARANTINED))
        rows = {f"{row.state}/{row.reason}" for row in self.judged.rows if row.state not in seen}
        return [f"lost: {state}" for state in sorted(rows)]

    # ------------------------------------------------------------ in words

    def forged(self):
        """Everything that a message which is not proved must not do."""
        words = [f"author {address}" for address in self.internal_authors()]
        words += [f"record made as {login}" for login in self.made_as()]
        words += [f"record by {alias}" for alias in self.restricted()]
        if self.public():
            words.append("public on the customer's record")
        mailed = {(address.rpartition("@")[2], sender) for address, sender in self.left()}
        words += [f"mailed to {domain} with From {sender}" for domain, sender in sorted(mailed)]
        if self.counted_as_verified():
            words.append("counts as verified")
        words += [f"made a follower: {who}" for who in self.strangers()]
        return words + self.lost()
