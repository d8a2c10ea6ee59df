"""Policy packs: from the document as written to a :class:`~app.rules.policy.Policy`."""
