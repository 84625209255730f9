internal import SQLite

/// The tables.
///
/// Ids are TEXT compared as bytes; instants are microseconds since 1970.
enum Schema {
    /// `TLLY`: says whose file it is.
    static let applicationId = 0x544C_4C59

    static let migrations = Migrations([version1 + RunSchema.tables])

    private static let version1 = """
        CREATE TABLE log (
            sequence INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            recordedAt INTEGER NOT NULL,
            customerId TEXT,
            hash BLOB NOT NULL,
            payload BLOB NOT NULL
        );
        -- Partial indexes: what is no event is little, and events do not pay for them.
        CREATE INDEX log_catalog ON log (sequence) WHERE kind = 3;
        CREATE INDEX log_customer ON log (customerId) WHERE kind > 1;

        CREATE TABLE log_commit (
            lastSequence INTEGER PRIMARY KEY,
            firstSequence INTEGER NOT NULL,
            chain BLOB NOT NULL
        );

        CREATE TABLE customer (
            id TEXT PRIMARY KEY,
            sequence INTEGER NOT NULL REFERENCES log
        ) WITHOUT ROWID;

        -- Zones that customers had, each until the record that brought another.
        CREATE TABLE earlier_zone (
            customerId TEXT NOT NULL,
            sequence INTEGER NOT NULL REFERENCES log,
            until INTEGER NOT NULL,
            timezone TEXT NOT NULL,
            PRIMARY KEY (customerId, sequence)
        ) WITHOUT ROWID;

        CREATE TABLE subscription (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            customerId TEXT NOT NULL,
            planKey TEXT NOT NULL,
            planVersion INTEGER NOT NULL,
            startsAt INTEGER NOT NULL,
            endsAt INTEGER,
            anchor TEXT NOT NULL,
            -- The earliest period that is not closed; NULL when the last one is.
            nextStart INTEGER,
            nextEnd INTEGER,
            dueAt INTEGER,
            -- The zone of the period that ended at nextStart.
            previousTimezone TEXT,
            -- How often its open periods were folded anew.
            generation INTEGER NOT NULL DEFAULT 0,
            -- The start of the earliest period without its advance invoice; NULL where none is due.
            advanceAt INTEGER
        );
        CREATE INDEX subscription_advance ON subscription (advanceAt, id)
            WHERE advanceAt IS NOT NULL;
        CREATE INDEX subscription_customer ON subscription (customerId);
        CREATE INDEX subscription_next ON subscription (nextEnd, id, dueAt);
        CREATE INDEX subscription_due ON subscription (dueAt);

        -- Plan versions that a subscription was moved to, each from an instant on.
        CREATE TABLE plan_change (
            subscription INTEGER NOT NULL REFERENCES subscription,
            at INTEGER NOT NULL,
            planKey TEXT NOT NULL,
            planVersion INTEGER NOT NULL,
            anchor TEXT NOT NULL,
            -- Where the periods' schedule began.
            anchoredAt INTEGER NOT NULL,
            PRIMARY KEY (subscription, at)
        ) WITHOUT ROWID;

        CREATE TABLE period (
            number INTEGER PRIMARY KEY,
            subscription INTEGER NOT NULL REFERENCES subscription,
            start INTEGER NOT NULL,
            end INTEGER NOT NULL,
            timezone TEXT NOT NULL,
            planKey TEXT NOT NULL,
            planVersion INTEGER NOT NULL,
            UNIQUE (subscription, start)
        );

        CREATE TABLE accumulator (
            period INTEGER PRIMARY KEY REFERENCES period,
            foldedThrough INTEGER NOT NULL,
            state BLOB NOT NULL
        );

        -- Subscriptions whose open periods are folded anew from the log.
        CREATE TABLE refold (
            subscription INTEGER PRIMARY KEY REFERENCES subscription,
            -- The log's last record when it was done; NULL while it is under way. The row stays
            -- until the values that it counted are in runs.
            doneAt INTEGER
        );

        -- Events taken out of billing, and the records that did it.
        CREATE TABLE void (
            event INTEGER PRIMARY KEY REFERENCES log,
            sequence INTEGER NOT NULL UNIQUE REFERENCES log
        );

        -- One row: every record up to here is folded into saved accumulators.
        CREATE TABLE checkpoint (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sequence INTEGER NOT NULL
        );
        INSERT INTO checkpoint (id, sequence) VALUES (1, 0);

        -- What is billed: the close of a period, an advance, a correction; one invoice each.
        CREATE TABLE close (
            invoiceNumber INTEGER PRIMARY KEY,
            subscription INTEGER NOT NULL REFERENCES subscription,
            kind TEXT NOT NULL,
            revision INTEGER NOT NULL,
            start INTEGER NOT NULL,
            end INTEGER NOT NULL,
            timezone TEXT NOT NULL,
            planKey TEXT NOT NULL,
            planVersion INTEGER NOT NULL,
            cutoffSequence INTEGER NOT NULL,
            chain BLOB NOT NULL,
            closedAt INTEGER NOT NULL,
            customerSequence INTEGER NOT NULL REFERENCES log,
            -- Of a correction: the invoice that it corrects.
            corrects INTEGER REFERENCES close,
            -- Of a close: whose accumulators are its own.
            period INTEGER REFERENCES period,
            -- Where the periods' schedule was anchored then.
            anchor TEXT NOT NULL,
            anchoredAt INTEGER NOT NULL,
            -- Of a correction of usage: the accumulators of all records up to its cutoff.
            state BLOB,
            UNIQUE (subscription, start, kind, revision)
        );

        -- Periods with the cutoff of their close, NULL while they are open. A column of their own
        -- would have to be written at the close, each in a page that nothing else is written to.
        CREATE VIEW period_with_cutoff AS
            SELECT period.*, close.cutoffSequence FROM period LEFT JOIN close
                ON close.subscription = period.subscription AND close.start = period.start
                AND close.kind = 'period' AND close.revision = 0;

        -- Closed periods that late or voided usage changed since they were billed.
        CREATE TABLE settlement (
            period INTEGER PRIMARY KEY REFERENCES period,
            -- When its correction is due; NULL where it came to nothing and waits for more.
            dueAt INTEGER,
            -- The cutoff at which it came to nothing.
            triedThrough INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX settlement_due ON settlement (dueAt);

        -- The records that did it.
        CREATE TABLE settlement_record (
            period INTEGER NOT NULL REFERENCES settlement,
            -- Its row may be written later in the same transaction.
            sequence INTEGER NOT NULL,
            recordedAt INTEGER NOT NULL,
            PRIMARY KEY (period, sequence)
        ) WITHOUT ROWID;

        -- Late events that no webhook has told of.
        CREATE TABLE late (
            period INTEGER PRIMARY KEY REFERENCES period,
            eventCount INTEGER NOT NULL,
            firstSequence INTEGER NOT NULL,
            lastSequence INTEGER NOT NULL
        );

        CREATE TABLE invoice_work (
            invoiceNumber INTEGER PRIMARY KEY REFERENCES close,
            -- Why its invoice cannot be written; NULL while nobody tried in vain.
            failure TEXT
        );

        CREATE TABLE invoice (
            number INTEGER PRIMARY KEY,
            -- It ends with the number: that is how it is found.
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            customerId TEXT NOT NULL,
            subscriptionId TEXT NOT NULL,
            body BLOB NOT NULL
        );
        CREATE INDEX invoice_customer ON invoice (customerId, number);
        CREATE TRIGGER invoice_is_never_changed BEFORE UPDATE ON invoice
            BEGIN SELECT RAISE(ABORT, 'an invoice is immutable'); END;
        CREATE TRIGGER invoice_is_never_deleted BEFORE DELETE ON invoice
            BEGIN SELECT RAISE(ABORT, 'an invoice is immutable'); END;

        CREATE TABLE webhook_endpoint (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL,
            -- Comma-separated; '*' takes every type.
            eventTypes TEXT NOT NULL,
            format TEXT NOT NULL,
            -- Of the format 'template'.
            template TEXT,
            contentType TEXT,
            enabled INTEGER NOT NULL,
            -- Why it was disabled without anybody asking; messages for it are queued all the same.
            disabledBy TEXT,
            -- The first failed attempt since the last that succeeded.
            failingSince INTEGER,
            -- The last of those that failed since.
            lastFailureAt INTEGER
        );

        CREATE TABLE webhook_secret (
            number INTEGER PRIMARY KEY,
            endpoint INTEGER NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
            secret TEXT NOT NULL,
            -- NULL for the newest.
            validUntil INTEGER
        );
        CREATE INDEX webhook_secret_endpoint ON webhook_secret (endpoint, number);

        CREATE TABLE webhook_message (
            number INTEGER PRIMARY KEY,
            -- Unique, for what it tells of is written once and in one transaction with it.
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            -- The message's data; NULL where it is the invoice's body.
            data BLOB,
            invoiceNumber INTEGER REFERENCES invoice
        );

        CREATE TABLE webhook_delivery (
            number INTEGER PRIMARY KEY,
            -- One for each endpoint: they are queued with the message.
            message INTEGER NOT NULL REFERENCES webhook_message,
            endpointId TEXT NOT NULL,
            -- The number of the first invoice of the period that it is about, where its endpoint
            -- gets all of that period's in order, negative for period.closed, which have an order
            -- of their own; else NULL.
            period INTEGER,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            -- Attempts made before the schedule began anew.
            attemptsBefore INTEGER NOT NULL DEFAULT 0,
            -- How often its schedule began anew.
            redeliveries INTEGER NOT NULL DEFAULT 0,
            -- NULL where nothing is left to do, and while an earlier one of its period is pending.
            nextAttemptAt INTEGER,
            lastAttemptAt INTEGER,
            lastStatusCode INTEGER,
            lastError TEXT
        );
        -- What is due next at each endpoint, found without a look at the others'.
        CREATE INDEX webhook_delivery_due ON webhook_delivery (endpointId, nextAttemptAt, number)
            WHERE state = 'pending' AND nextAttemptAt IS NOT NULL;
        CREATE INDEX webhook_delivery_order ON webhook_delivery (endpointId, period, number)
            WHERE state = 'pending' AND period IS NOT NULL;

        CREATE TABLE webhook_attempt (
            delivery INTEGER NOT NULL REFERENCES webhook_delivery,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            statusCode INTEGER,
            error TEXT,
            latencyMicroseconds INTEGER NOT NULL,
            -- The answer's first bytes.
            answer BLOB NOT NULL,
            PRIMARY KEY (delivery, number)
        ) WITHOUT ROWID;

        CREATE TABLE timer (
            name TEXT PRIMARY KEY,
            schedule TEXT NOT NULL,
            nextFireAt INTEGER NOT NULL
        ) WITHOUT ROWID;

        -- Revoked keys stay: who ever had one is never served without.
        CREATE TABLE api_key (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            -- Comma-separated.
            scopes TEXT NOT NULL,
            requestsPerSecond INTEGER,
            -- SHA-256 of the key.
            digest BLOB NOT NULL,
            createdAt INTEGER NOT NULL,
            revokedAt INTEGER
        );
        """
}
