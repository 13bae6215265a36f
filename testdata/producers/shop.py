"""Remembers every session, and forgets none."""

sessions = {}


def new_session(number):
    return {"number": number, "pages": [number] * 40, "name": "visitor %d" % number * 20}


for number in range(30_000):
    sessions[number] = new_session(number)
