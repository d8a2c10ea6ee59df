"""``business_rules.run_all`` behind Flask, served by gunicorn with kept-alive connections."""

from __future__ import annotations

from flask import Flask, jsonify, request

from bench.peers import library
from bench.subject import Subject


def make() -> Flask:
    app, subject = Flask(__name__), Subject()
    decide, read = library.build(subject), library.reader(subject)

    @app.post("/")
    def eligibility():
        return jsonify(eligible=decide(read(request.get_json()["facts"])))

    return app
