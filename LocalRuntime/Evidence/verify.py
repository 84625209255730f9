#!/usr/bin/env python3
"""Computes an invoice again from its events, with nothing but Python's standard library.

    python3 verify.py            # the folder that the script lies in
    python3 verify.py FOLDER...  # or others

It ends with 0 where every line agrees, and with 1 where one does not, and says which.

    invoice.json     the invoice, byte for byte as it was sent
    earlier-N.json   of a correction: what it corrects, then the corrections since
    plan.json        the plan version, and the meters that it fixes
    evidence.json    whose invoices they are; of each its cutoff and instant, its period, and the
                     whole period of its schedule
    events.ndjson    in log order: the events behind the lines, and what took some of them out
    known.ndjson     events that counted a value in another period, which a late event has too; the
                     group that they counted it in is the text of its JSON, null in the total

A row of either ends with "payload", the canonical JSON that was recorded; "hash" is its
SHA-256. "charges" says which of the period's charges may take the event: all, or of a late one those
to which another period's usage can be added ("adding"), or the others ("notAdding"). "voidedBy" is the
record that took it out. What an event adds to which line is decided here, by the plan's meters.

Not decided here: whether an event came late, which period a late event is added to, and the whole
period's bounds. The log does that, and `tallystick audit` checks it.
"""

import hashlib
import json
import os
import re
import sys
from datetime import datetime, timezone
from fractions import Fraction

NEVER = float("inf")
ADDING = {"count", "sum", "unique"}


class Disagreement(Exception):
    """What the evidence says is not what the invoice says."""


# --- JSON, with numbers kept as they are written ---------------------------------------------------


class Number(str):
    """A number's text: 1.50 stays 1.50, and differs from the string "1.50"."""


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def canonical(value):
    """The text of a value that was in canonical form."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (json.dumps(k, ensure_ascii=False) + ":" + canonical(v) for k, v in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(element) for element in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def payload_of(line):
    """The exact bytes of a row's last member."""
    return line[line.index(b'"payload":') + len(b'"payload":') : line.rindex(b"}")]


# --- Decimals and instants --------------------------------------------------------------------------

NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?", re.ASCII)


def decimal(text):
    """An exact decimal of at most 24 integer and 12 fractional digits; None for any other text."""
    match = NUMBER.fullmatch(text)
    if not match:
        return None
    sign, whole, fraction, exponent = match.groups()
    shift = int(exponent or 0)
    if abs(shift) > 128:
        return None
    value = Fraction(int(whole + (fraction or "")), 10 ** len(fraction or "")) * Fraction(10) ** shift
    if value >= 10**24 or (value * 10**12).denominator != 1:
        return None
    return -value if sign else value


def rounded(value, digits, rule="halfUp"):
    scaled = value * 10**digits
    if rule == "ceiling":
        result = -(-scaled.numerator // scaled.denominator)
    elif rule == "floor":
        result = scaled.numerator // scaled.denominator
    else:  # half away from zero
        result = (abs(scaled) + Fraction(1, 2)).__floor__() * (1 if scaled >= 0 else -1)
    return Fraction(result, 10**digits)


def plain(value, digits):
    """A value that ends within so many digits, with all of them."""
    number = abs(value) * 10**digits
    text = str(number.numerator).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (text[:-digits] + "." + text[-digits:] if digits else text)


def printed(value):
    """The exact value where it ends within 38 digits, else 12 digits, half away from zero."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    digits = max(twos, fives)
    if rest != 1 or digits > 38:
        value, digits = rounded(value, 12), 12
    text = plain(value, digits)
    return text.rstrip("0").rstrip(".") if digits else text


def instant(text):
    """An instant as a text that sorts: with all six digits of its fraction."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return whole + "." + fraction.ljust(6, "0")


def microseconds(text):
    whole, _, fraction = instant(text).partition(".")
    date = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    since = date - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + int(fraction)


# --- What a meter reads ------------------------------------------------------------------------------


def property_of(properties, path):
    """A top-level member, or else a dotted path into it; None where it is missing or null."""
    if path in properties:
        return properties[path]
    value = properties
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def text_of(value):
    """The text that filters compare and `unique` counts; None for an object, an array, null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else None


def holds(condition, properties):
    operator = condition["operator"]
    value = property_of(properties, condition["property"])
    if value is None or operator == "exists":
        return operator in ("ne", "notIn", "notExists") if value is None else True
    if operator == "notExists":
        return False
    text = text_of(value)
    if text is None:
        return operator in ("ne", "notIn")
    operands = [text_of(o) for o in condition.get("values", [condition.get("value")])]
    own = None if isinstance(value, bool) else decimal(text)
    if operator == "startsWith":
        return any(text.startswith(operand) for operand in operands)
    if operator in ("gt", "gte", "lt", "lte"):
        other = decimal(operands[0])
        if own is None or other is None:
            return False
        return {"gt": own > other, "gte": own >= other, "lt": own < other, "lte": own <= other}[operator]

    def equal(operand):
        other = decimal(operand)
        return own == other if own is not None and other is not None else text == operand

    return any(map(equal, operands)) == (operator in ("eq", "in"))


def reading(meter, event):
    """What a meter takes of an event: True, a decimal, or a text; None where it takes nothing."""
    properties = event["properties"]
    if event["eventName"] != meter["eventName"]:
        return None
    if not all(holds(condition, properties) for condition in meter.get("filters", [])):
        return None
    if "property" not in meter:
        return True
    value = property_of(properties, meter["property"])
    if meter["aggregation"] == "count":
        return None if value is None and meter.get("required") else True
    if value is None:
        return None
    if meter["aggregation"] == "unique":
        return text_of(value)
    return decimal(value) if isinstance(value, str) else None


def group_of(meter, event):
    """The canonical JSON of the properties that a meter groups by; None where it does not."""
    if not meter.get("groupBy"):
        return None
    return canonical({path: property_of(event["properties"], path) for path in meter["groupBy"]})


# --- Adding up ---------------------------------------------------------------------------------------


class Sums:
    def __init__(self):
        self.count, self.sum, self.distinct = 0, Fraction(0), 0
        self.least = self.greatest = self.latest = Fraction(0)
        self.latest_at = ("", 0)

    def add(self, value, at, is_new):
        if isinstance(value, Fraction):
            self.sum += value
            self.least = value if self.count == 0 else min(self.least, value)
            self.greatest = value if self.count == 0 else max(self.greatest, value)
            if at > self.latest_at:
                self.latest, self.latest_at = value, at
        elif isinstance(value, str):
            self.distinct += is_new
        self.count += 1

    def quantity(self, aggregation):
        if aggregation == "average":
            return self.sum / self.count if self.count else Fraction(0)
        return {
            "count": Fraction(self.count), "sum": self.sum, "unique": Fraction(self.distinct),
            "max": self.greatest, "min": self.least, "latest": self.latest,
        }[aggregation]


class Fees:
    """A percentage price, transaction by transaction."""

    def __init__(self, price):
        get = lambda name: decimal(price[name]) if name in price else None
        self.rate = decimal(price["rate"]) / 100
        self.fixed = get("fixedFee") or Fraction(0)
        self.least, self.most = get("perTransactionMinimum"), get("perTransactionMaximum")
        self.free_amount, self.free_events = get("freeAmount"), price.get("freeEvents")
        self.volume, self.events, self.total = Fraction(0), 0, Fraction(0)

    def add(self, amount):
        if amount < 0:
            return
        has_allowance = self.free_amount is not None or self.free_events is not None
        is_open = (self.free_events is None or self.events < int(self.free_events)) and (
            self.free_amount is None or self.volume < self.free_amount
        )
        if has_allowance and is_open:
            if self.free_amount is None or self.volume + amount <= self.free_amount:
                self.volume, self.events = self.volume + amount, self.events + 1
                return
            amount, self.volume = self.volume + amount - self.free_amount, self.free_amount
        fee = amount * self.rate + self.fixed
        if self.most is not None and fee > self.most:
            fee = self.most
        elif self.least is not None and fee < self.least:
            fee = self.least
        self.total += fee


GROUPS = 1000


class Tally:
    """What one charge adds up to, from the records up to a cutoff."""

    def __init__(self, charge, meter, cutoff):
        self.charge, self.meter, self.cutoff = charge, meter, cutoff
        self.sums, self.groups = Sums(), {}
        self.rest = set()  # values that count under no group of their own
        self.fees = Fees(charge["price"]) if charge["price"]["model"] == "percentage" else None
        self.events = self.late = self.first = self.last = 0
        self.first_at = self.last_at = None
        self.digest = bytes(32)

    def link(self, sequence, digest):
        self.first, self.last = self.first or sequence, sequence
        self.digest = hashlib.sha256(self.digest + digest).digest()

    def add(self, row, digest, event, value, group, new_from, new_in_group_from):
        at = (instant(event["timestamp"]), row["sequence"])
        self.first_at = min(self.first_at or (at[0], event["timestamp"]), (at[0], event["timestamp"]))
        self.last_at = max(self.last_at or (at[0], event["timestamp"]), (at[0], event["timestamp"]))
        self.link(row["sequence"], digest)
        if row["voidedBy"] <= self.cutoff:
            return
        self.events += 1
        self.late += row["late"]
        self.sums.add(value, at, new_from <= self.cutoff)
        if self.fees and isinstance(value, Fraction):
            self.fees.add(value)
        if group is None:
            return
        is_new = new_in_group_from <= self.cutoff
        if group not in self.groups and len(self.groups) >= GROUPS:
            group = None
            # No other group that counts here has had the value either.
            if isinstance(value, str):
                is_new = is_new and (row["happenedIn"], value) not in self.rest
                self.rest.add((row["happenedIn"], value))
        self.groups.setdefault(group, Sums()).add(value, at, is_new)

    @property
    def quantity(self):
        return self.sums.quantity(self.meter["aggregation"])

    def evidence(self):
        evidence = {"eventCount": Number(self.events), "lateEventCount": Number(self.late)}
        if self.events:
            evidence["firstEventAt"], evidence["lastEventAt"] = self.first_at[1], self.last_at[1]
            evidence["firstSequence"], evidence["lastSequence"] = Number(self.first), Number(self.last)
        evidence["digest"] = "sha256:" + self.digest.hex()
        return evidence

    def printed_groups(self):
        return [
            {
                "group": None if key is None else parse(key),
                "quantity": printed(sums.quantity(self.meter["aggregation"])),
                "eventCount": Number(sums.count),
            }
            for key, sums in self.groups.items()
        ]


class Books:
    """The events of a folder, added up for each invoice's cutoff."""

    def __init__(self, folder, plan, evidence):
        meters = {meter["key"]: meter for meter in plan["meters"]}
        charges = [charge for charge in plan["plan"]["charges"] if charge["type"] == "usage"]
        self.charges = [(charge, meters[charge["meter"]]) for charge in charges]
        self.cutoffs = [int(invoice["cutoffSequence"]) for invoice in evidence["invoices"]]
        self.tallies = [[Tally(*pair, cutoff) for pair in self.charges] for cutoff in self.cutoffs]
        self.values, self.voided, self.faults = {}, {}, []
        self.start, self.end = evidence["invoices"][0]["start"], evidence["invoices"][0]["end"]
        self.customer, self.subscription = evidence["customerId"], evidence["subscriptionId"]
        if evidence["base"] != "period":
            return
        known = [self.row(line) for line in lines_of(folder, "known.ndjson")]
        known.sort(key=lambda row: row[0]["sequence"])
        last = 0
        for line in lines_of(folder, "events.ndjson"):
            row, digest, event = self.row(line)
            if row["sequence"] <= last:
                self.faults.append(f"record {row['sequence']} is not in log order")
            last = row["sequence"]
            while known and known[0][0]["sequence"] < last:
                self.know(known.pop(0)[0])
            if "voids" in row:
                self.void(row, digest, event)
            else:
                self.add(row, digest, event)

    def row(self, line):
        payload = payload_of(line)
        row = parse(line)
        row["sequence"] = int(row["sequence"])
        by = row.get("voidedBy")
        row["voidedBy"] = NEVER if by is None else int(by)
        digest = hashlib.sha256(payload).digest()
        if digest.hex() != row["hash"]:
            self.faults.append(f"record {row['sequence']} is not what its hash was taken of")
        return row, digest, row["payload"]

    def know(self, row):
        self.note(row["charge"], row["happenedIn"], row["value"], row["group"], row["voidedBy"])

    def note(self, charge, origin, value, group, voided_by):
        """From which record on nobody before has this value."""
        key = (charge, origin, value, group)
        before = self.values.get(key, 0)
        self.values[key] = max(before, voided_by)
        return before

    def add(self, row, digest, event):
        is_inside = instant(self.start) <= instant(event["timestamp"]) < instant(self.end)
        if is_inside != (row["happenedIn"] == self.start) or (not row["late"] and not is_inside):
            self.faults.append(f"record {row['sequence']} did not happen in {row['happenedIn']}")
        if event["customerId"] != self.customer or (
            event.get("subscriptionId", self.subscription) != self.subscription
        ):
            self.faults.append(f"record {row['sequence']} is another customer's or subscription's")
        taken = []
        for index, (charge, meter) in enumerate(self.charges):
            is_adding = meter["aggregation"] in ADDING
            if {"all": False, "adding": not is_adding, "notAdding": is_adding}[row["charges"]]:
                continue
            value = reading(meter, event)
            if value is None:
                continue
            taken.append(index)
            group, new, new_in_group = group_of(meter, event), 0, 0
            if isinstance(value, str):
                name = (charge["key"], row["happenedIn"], value)
                new = self.note(*name, None, row["voidedBy"])
                if group is not None:
                    new_in_group = self.note(*name, group, row["voidedBy"])
            for tallies in self.tallies:
                if row["sequence"] <= tallies[index].cutoff:
                    tallies[index].add(row, digest, event, value, group, new, new_in_group)
        if not taken:
            self.faults.append(f"record {row['sequence']} counts in no line")
        if row["voidedBy"] != NEVER:
            self.voided[row["voidedBy"]] = (row["sequence"], event["customerEventId"], taken)

    def void(self, row, digest, payload):
        sequence, event, taken = self.voided.pop(row["sequence"], (0, None, []))
        if (str(sequence), event) != (row["voids"], payload["customerEventId"]) or not payload["void"]:
            self.faults.append(f"record {row['sequence']} voids no event that counts here")
        for tallies in self.tallies:
            for index in taken:
                if row["sequence"] <= tallies[index].cutoff:
                    tallies[index].link(row["sequence"], digest)


def lines_of(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        for line in file:
            yield line


# --- Prices ------------------------------------------------------------------------------------------


def split(tiers, units):
    """Each tier with its share of the units, as far as they reach: (the bound before, its own]."""
    start = Fraction(0)
    for tier in tiers:
        end = None if tier["upTo"] is None else decimal(tier["upTo"])
        if end is None or units <= end:
            yield tier, units - start
            return
        yield tier, end - start
        start = end


def covering(tiers, units):
    return next(t for t in tiers if t["upTo"] is None or units <= decimal(t["upTo"]))


def packages(terms, units, rule="ceiling"):
    return rounded(units / decimal(terms["packageSize"]), 0, rule) * decimal(terms["packageAmount"])


def price(terms, quantity, fees):
    """What a quantity costs: conversion, included units, the model, the maximum; not rounded."""
    units = quantity
    if "unitConfig" in terms:
        config = terms["unitConfig"]
        factor = decimal(config["factor"])
        units = units / factor if config["operation"] == "divide" else units * factor
        if config.get("rounding", "none") != "none":
            units = rounded(units, int(config.get("precision", 0)), config["rounding"])
    units = max(Fraction(0), units - decimal(terms.get("includedUnits", "0")))
    is_flat_due = units != 0 or terms.get("zeroUsageFlatFee", "skip") == "charge"

    def tier(terms, share, unit):
        return share * unit + (decimal(terms.get("flatAmount", "0")) if is_flat_due else 0)

    model, tiers = terms["model"], terms.get("tiers")
    if model == "perUnit":
        amount = units * decimal(terms["unitAmount"])
    elif model == "graduated":
        amount = sum(tier(t, share, decimal(t["unitAmount"])) for t, share in split(tiers, units))
    elif model == "volume":
        terms_of_all = covering(tiers, units)
        amount = tier(terms_of_all, units, decimal(terms_of_all["unitAmount"]))
    elif model == "package":
        amount = packages(terms, units, "floor" if terms.get("packageRounding") == "down" else "ceiling")
    elif model == "graduatedPackage":
        amount = sum(packages(t, share) for t, share in split(tiers, units))
    elif model == "volumePackage":
        amount = packages(covering(tiers, units), units)
    elif model == "percentage":
        amount = fees.total
    elif model == "graduatedPercentage":
        amount = sum(tier(t, share, decimal(t["rate"]) / 100) for t, share in split(tiers, units))
    elif model == "stairstep":
        amount = decimal(covering(tiers, units)["flatAmount"]) if is_flat_due else Fraction(0)
    elif model == "dynamic":
        amount = units * decimal(terms["multiplier"])
    else:
        raise Disagreement(f"the price model {model} is not known")
    return min(amount, decimal(terms["maximum"])) if "maximum" in terms else amount


# --- Lines -------------------------------------------------------------------------------------------


class Line:
    """What a line must be; its breakdown goes by terms of the plan."""

    def __init__(self, id, type, charge, description, terms, exact, amount, tally=None):
        self.id, self.type, self.charge, self.description = id, type, charge, description
        self.terms, self.exact, self.amount, self.tally = terms, exact, amount, tally
        self.quantity = tally.quantity if tally else None


class Pricing:
    """The lines of an invoice, in the plan's order."""

    def __init__(self, plan, bounds):
        self.plan, self.digits = plan["plan"], int(plan["minorDigits"])
        times = {name: microseconds(bounds[name]) for name in ("start", "end", "wholeStart", "wholeEnd")}
        elapsed, whole = times["end"] - times["start"], times["wholeEnd"] - times["wholeStart"]
        self.share = min(Fraction(1), Fraction(elapsed, whole))

    def flat(self, charge):
        exact = decimal(charge["amount"]) * (self.share if charge["prorate"] else 1)
        key, terms = charge["key"], {"flatAmount": charge["amount"]}
        return Line(key, "flat", key, charge["name"], terms, exact, rounded(exact, self.digits))

    def advance(self):
        charges = self.plan["charges"]
        return [self.flat(c) for c in charges if c["type"] == "flat" and c["timing"] == "advance"]

    def lines(self, tallies):
        lines, tallies = [], iter(tallies)
        for charge in self.plan["charges"]:
            if charge["type"] == "usage":
                tally = next(tallies)
                exact = price(charge["price"], tally.quantity, tally.fees)
                amount = rounded(exact, self.digits)
                key, name, terms = charge["key"], charge["name"], charge["price"]
                lines.append(Line(key, "usage", key, name, terms, exact, amount, tally))
                if "minimum" in terms:
                    lines += self.true_up(terms["minimum"], [lines[-1]], key, name)
            elif charge["timing"] == "arrears":
                lines.append(self.flat(charge))
        if "minimum" in self.plan:
            covered = lines + self.advance()
            lines += self.true_up(self.plan["minimum"], covered, None, self.plan["name"])
        return lines

    def true_up(self, minimum, covered, charge, name):
        """The rounded, prorated minimum less the rounded lines that it covers."""
        due = rounded(decimal(minimum) * self.share, self.digits)
        missing = due - sum(line.amount for line in covered)
        id, terms = (charge or "") + "#minimum", {"minimum": minimum}
        line = Line(id, "minimum", charge, "Minimum of " + name, terms, missing, missing)
        return [line] if missing > 0 else []


def correction(lines, billed):
    """All less what was billed; lines whose amount stays are left out."""
    result = list(lines)
    ids = {line.id for line in lines}
    for line in billed:
        if line.id not in ids:  # a true-up that is due no more
            ids.add(line.id)
            places = [i for i, l in enumerate(result) if line.charge and l.charge == line.charge]
            of_line = (line.id, line.type, line.charge, line.description, line.terms)
            gone = Line(*of_line, Fraction(0), Fraction(0))
            result.insert(places[-1] + 1 if places else len(result), gone)
    for line in result:
        earlier = [other for other in billed if other.id == line.id]
        line.amount -= sum(other.amount for other in earlier)
        line.exact -= sum(other.exact for other in earlier)
        if line.quantity is not None:
            line.quantity -= sum(other.quantity for other in earlier)
    return [line for line in result if line.amount != 0]


# --- The comparison ----------------------------------------------------------------------------------


def expect(found, computed, what):
    if found != computed:
        raise Disagreement(f"{what} is {found}, and the evidence gives {computed}")


TERMS = {
    "unitAmount", "flatAmount", "packageAmount", "rate", "multiplier", "fixedFee", "minimum",
    "maximum", "perTransactionMinimum", "perTransactionMaximum",
}
PRODUCTS = [
    ("units", "unitAmount", 1), ("units", "multiplier", 1), ("units", "rate", 100),
    ("packages", "packageAmount", 1), ("transactions", "fixedFee", 1),
]


def compare_breakdown(parts, line, what):
    """Each part goes by the plan's terms; together they are the exact amount."""
    total = Fraction(0)
    for part in parts:
        amount = Fraction(part["amount"])
        total += amount
        terms = line.terms["tiers"][int(part["tier"]) - 1] if "tier" in part else line.terms
        for name in TERMS & part.keys():
            # What an allowance or its sign frees of fees has the rate 0.
            if not (name == "rate" and amount == 0 and part[name] == "0"):
                expect(Fraction(part[name]), Fraction(terms.get(name, "0")), f"{what}: its {name}")
        if "billed" in part:
            expect(Fraction(part["billed"]), -amount, f"{what}: what was billed")
        for units, factor, divisor in PRODUCTS:
            if units in part and factor in part:
                product = Fraction(part[units]) * Fraction(part[factor]) / divisor
                product += Fraction(part.get("flatAmount", "0"))
                # Both may be printed with 12 digits only.
                if abs(product - amount) > (Fraction(part[factor]) + 1) / 10**12:
                    raise Disagreement(f"{what}: {part[units]} {units} do not cost {part['amount']}")
    if abs(total - line.exact) > Fraction(len(parts) + 1, 10**12):
        raise Disagreement(f"{what} adds up to {printed(total)}, not to {printed(line.exact)}")


def compare(invoice, lines, digits, name, base):
    stored = {line["id"]: line for line in invoice["lines"]}
    for line in lines:
        what, found = f"{name}, line {line.id}", stored.get(line.id)
        if found is None:
            raise Disagreement(f"{what}: is missing")
        if line.tally:
            expect(found["evidence"], line.tally.evidence(), f"{what}: the evidence")
            expect(found["quantity"], printed(line.quantity), f"{what}: the quantity")
            expect(found.get("groups", []), line.tally.printed_groups(), f"{what}: the groups")
            expect(found["meter"], line.tally.charge["meter"], f"{what}: the meter")
        expect(found["type"], line.type, f"{what}: the type")
        expect(found["charge"], line.charge, f"{what}: the charge")
        expect(found["description"], line.description, f"{what}: the description")
        expect(found["period"], invoice["period"], f"{what}: the period")
        corrects = base and {"invoiceId": base, "lineId": line.id}
        expect(found.get("corrects"), corrects, f"{what}: what it corrects")
        expect(found["unroundedAmount"], printed(line.exact), f"{what}: the exact amount")
        expect(found["amount"], plain(line.amount, digits), f"{what}: the amount")
        compare_breakdown(found["breakdown"], line, f"{what}: the breakdown")
    expect([line["id"] for line in invoice["lines"]], [line.id for line in lines], f"{name}: the lines")
    total = plain(sum((line.amount for line in lines), Fraction(0)), digits)
    expect(invoice["total"], total, f"{name}: the total")


def identity(invoice):
    """Half a SHA-256 over kind, subscription, start and revision, each behind its length."""
    parts = [invoice["kind"], invoice["subscriptionId"], invoice["period"]["start"], invoice["revision"]]
    texts = [part.encode() for part in parts]
    digest = hashlib.sha256(b"".join(len(text).to_bytes(4, "big") + text for text in texts))
    return f"inv_{digest.hexdigest()[:32]}_{int(invoice['number'].removeprefix('INV-'))}"


def compare_terms(invoice, plan, evidence, bounds, base):
    """All that an invoice says besides its lines."""
    name = invoice["number"]
    kinds = ("correction", "final") if base else (evidence["base"],)
    if invoice["kind"] not in kinds:
        raise Disagreement(f"{name}: the kind is {invoice['kind']}, and must be {' or '.join(kinds)}")
    customer = evidence["customerId"]
    for what, found, must in [
        ("what it corrects", invoice.get("corrects"), base),
        ("the status", invoice["status"], "finalized"),
        ("the plan", invoice["plan"], {"key": plan["key"], "version": plan["version"]}),
        ("the currency", invoice["currency"], plan["plan"]["currency"]),
        ("the cutoff", invoice["log"]["cutoffSequence"], bounds["cutoffSequence"]),
        ("the instant", invoice["issuedAt"], bounds["issuedAt"]),
        ("the period", invoice["period"], {key: bounds[key] for key in ("start", "end", "timezone")}),
        ("the customer", [invoice["customer"]["id"], invoice["customerId"]], [customer] * 2),
        ("the subscription", invoice["subscriptionId"], evidence["subscriptionId"]),
        ("the id", invoice["id"], identity(invoice)),
    ]:
        expect(found, must, f"{name}: {what}")


def verify(folder):
    """Raises `Disagreement` at the first thing that is another; returns what was computed."""

    def read(name):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return parse(file.read())

    plan, evidence = read("plan.json"), read("evidence.json")
    books = Books(folder, plan, evidence)
    billed, base = [], None
    for index, bounds in enumerate(evidence["invoices"]):
        invoice = read(bounds["file"])
        name = invoice["number"]
        pricing = Pricing(plan, bounds)
        lines = pricing.advance() if evidence["base"] == "advance" else pricing.lines(books.tallies[index])
        if index > 0:
            lines = correction(lines, billed)
        try:
            compare_terms(invoice, plan, evidence, bounds, base)
            compare(invoice, lines, pricing.digits, name, base)
        except Disagreement as error:
            raise Disagreement("; ".join([str(error)] + books.faults)) from None
        base = base or invoice["id"]
        billed += lines
    if books.faults:
        raise Disagreement("; ".join(books.faults))
    return f"{name}: {len(lines)} lines agree, total {invoice['total']} {invoice['currency']}"


def main(folders):
    failed = False
    for folder in folders:
        try:
            print(verify(folder))
        except (Disagreement, KeyError, ValueError, OSError) as error:
            failed = True
            reason = error if isinstance(error, (Disagreement, OSError)) else f"unreadable: {error!r}"
            print(f"{folder}: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [os.path.dirname(os.path.abspath(__file__))]))
