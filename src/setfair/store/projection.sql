-- Everything below is a projection of pages: it can be dropped and rebuilt (`setfair rebuild`).
-- Tables named *_row hold codes and numbers; the views show words. docs/schema.md describes the views.

CREATE TABLE projection (
    name        TEXT PRIMARY KEY,
    page_number INTEGER NOT NULL
);
INSERT INTO projection VALUES ('tables', 0);

-- Files that have rows of record_row and payment_row of closed days, which are not here any more.
CREATE TABLE sealed (
    first_page       INTEGER PRIMARY KEY,
    last_page        INTEGER NOT NULL,
    last_record      INTEGER NOT NULL,
    last_instruction INTEGER NOT NULL,
    path             TEXT    NOT NULL,
    bytes            INTEGER NOT NULL,
    sha256           TEXT    NOT NULL
);

CREATE TABLE code (
    family TEXT    NOT NULL,
    code   INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    iso    TEXT    NOT NULL,
    text   TEXT    NOT NULL,
    PRIMARY KEY (family, code)
) WITHOUT ROWID;

CREATE TABLE currency (
    currency_number INTEGER PRIMARY KEY,
    currency        TEXT    NOT NULL,
    decimals        INTEGER NOT NULL
);
CREATE TABLE agreement (
    version        INTEGER PRIMARY KEY,
    page_number    INTEGER NOT NULL,
    agreement_id   TEXT NOT NULL,
    name           TEXT NOT NULL,
    effective_date TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    document       TEXT NOT NULL
);
CREATE TABLE participant (
    participant_number INTEGER PRIMARY KEY,
    participant        TEXT NOT NULL,
    bic                TEXT NOT NULL,
    lei                TEXT NOT NULL,
    member_id          TEXT NOT NULL,
    name               TEXT NOT NULL,
    country            TEXT NOT NULL,
    kind               TEXT NOT NULL,
    role               TEXT NOT NULL,
    through            TEXT NOT NULL
);
CREATE TABLE officer (
    person_number INTEGER PRIMARY KEY,
    person        TEXT NOT NULL,
    name          TEXT NOT NULL
);
CREATE TABLE account_row (
    account_number        INTEGER PRIMARY KEY,
    participant_number    INTEGER NOT NULL,
    currency_number       INTEGER NOT NULL,
    balance_minor         INTEGER NOT NULL,
    credit_line_minor     INTEGER NOT NULL,
    reserved_urgent_minor INTEGER NOT NULL,
    reserved_high_minor   INTEGER NOT NULL,
    is_agent              INTEGER NOT NULL,
    is_open               INTEGER NOT NULL,
    standing_line_minor   INTEGER NOT NULL,
    agreed_line_minor     INTEGER NOT NULL,
    agreed_urgent_minor   INTEGER NOT NULL,
    agreed_high_minor     INTEGER NOT NULL,
    sub_account           TEXT NOT NULL
);
CREATE TABLE user_row (
    person_number INTEGER PRIMARY KEY,
    person        TEXT NOT NULL,
    name          TEXT NOT NULL,
    participant   TEXT NOT NULL
);
CREATE TABLE term_change_row (
    change_number        INTEGER PRIMARY KEY,
    page_number          INTEGER NOT NULL,
    term                 INTEGER NOT NULL,
    account_number       INTEGER NOT NULL,
    counterparty_account INTEGER NOT NULL,
    currency_number      INTEGER NOT NULL,
    amount_minor         INTEGER NOT NULL,
    day                  INTEGER NOT NULL,
    person_number        INTEGER NOT NULL,
    status               INTEGER NOT NULL,
    reason               INTEGER NOT NULL,
    decided_number       INTEGER NOT NULL,
    decided_person       INTEGER NOT NULL
);
CREATE TABLE day_time_row (
    currency_number INTEGER NOT NULL,
    day             INTEGER NOT NULL,
    phase           INTEGER NOT NULL,
    agreed_ns       INTEGER NOT NULL,
    time_ns         INTEGER NOT NULL,
    passed_page     INTEGER NOT NULL,
    by_clock        INTEGER NOT NULL,
    PRIMARY KEY (currency_number, day, phase)
);
CREATE TABLE extension_row (
    extension_number INTEGER PRIMARY KEY,
    page_number      INTEGER NOT NULL,
    currency_number  INTEGER NOT NULL,
    day              INTEGER NOT NULL,
    phase            INTEGER NOT NULL,
    until_ns         INTEGER NOT NULL,
    person_number    INTEGER NOT NULL,
    status           INTEGER NOT NULL,
    reason           INTEGER NOT NULL,
    decided_number   INTEGER NOT NULL,
    decided_person   INTEGER NOT NULL
);
CREATE TABLE party (
    party_number INTEGER PRIMARY KEY,
    party        TEXT NOT NULL,
    name         TEXT NOT NULL,
    country      TEXT NOT NULL,
    participant  TEXT NOT NULL
);
CREATE TABLE payment_row (
    payment_number  INTEGER PRIMARY KEY,
    page_number     INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    uetr            BLOB    NOT NULL,
    instruction_id  TEXT    NOT NULL,
    end_to_end_id   TEXT    NOT NULL,
    transaction_id  TEXT    NOT NULL,
    message_id      TEXT    NOT NULL,
    message_name    TEXT    NOT NULL,
    sender          INTEGER NOT NULL,
    debtor_account  INTEGER NOT NULL,
    creditor_account INTEGER NOT NULL,
    currency_number INTEGER NOT NULL,
    amount_minor    INTEGER NOT NULL,
    priority        INTEGER NOT NULL,
    value_date      INTEGER NOT NULL,
    debtor_name     TEXT    NOT NULL,
    creditor_name   TEXT    NOT NULL,
    remittance      TEXT    NOT NULL,
    original_uetr   BLOB    NOT NULL,
    original_instruction_id TEXT NOT NULL,
    reason_code     TEXT    NOT NULL,
    screening       INTEGER NOT NULL,
    defect_text     TEXT    NOT NULL,
    status          INTEGER NOT NULL,
    reason          INTEGER NOT NULL,
    mechanism       INTEGER NOT NULL,
    decided_page    INTEGER NOT NULL
);
CREATE TABLE obligation_row (
    obligation_number INTEGER PRIMARY KEY,
    page_number     INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    obligation_id   TEXT    NOT NULL,
    original_obligation_id TEXT NOT NULL,
    debtor          INTEGER NOT NULL,
    creditor        INTEGER NOT NULL,
    currency_number INTEGER NOT NULL,
    amount_minor    INTEGER NOT NULL,
    remaining_minor INTEGER NOT NULL,
    cleared_minor   INTEGER NOT NULL,
    netted_minor    INTEGER NOT NULL,
    credited_minor  INTEGER NOT NULL,
    due_date        INTEGER NOT NULL,
    message_name    TEXT    NOT NULL,
    screening       INTEGER NOT NULL,
    defect_text     TEXT    NOT NULL,
    status          INTEGER NOT NULL,
    reason          INTEGER NOT NULL,
    decided_page    INTEGER NOT NULL
);
CREATE TABLE leg_row (
    payment_number INTEGER PRIMARY KEY,
    link_key       TEXT    NOT NULL,
    link           TEXT    NOT NULL,
    legs           INTEGER NOT NULL,
    against_currency_number INTEGER NOT NULL,
    against_minor  INTEGER NOT NULL,
    until_ns       INTEGER NOT NULL
);
CREATE TABLE times_row (
    payment_number INTEGER PRIMARY KEY,
    earliest_ns    INTEGER NOT NULL,
    latest_ns      INTEGER NOT NULL
);
CREATE TABLE queue_change_row (
    change_number  INTEGER NOT NULL,
    page_number    INTEGER NOT NULL,
    payment_number INTEGER NOT NULL,
    action         INTEGER NOT NULL,
    priority       INTEGER NOT NULL,
    earliest_ns    INTEGER NOT NULL,
    latest_ns      INTEGER NOT NULL,
    person_number  INTEGER NOT NULL,
    reason         INTEGER NOT NULL,
    PRIMARY KEY (change_number, payment_number)
);
CREATE TABLE record_row (
    record_number   INTEGER PRIMARY KEY,
    page_number     INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    status          INTEGER NOT NULL,
    mechanism       INTEGER NOT NULL,
    reason          INTEGER NOT NULL,
    currency_number INTEGER NOT NULL,
    debtor          INTEGER NOT NULL,
    creditor        INTEGER NOT NULL,
    amount_minor    INTEGER NOT NULL,
    subject_number  INTEGER NOT NULL,
    cause_number    INTEGER NOT NULL,
    debtor_after    INTEGER NOT NULL,
    creditor_after  INTEGER NOT NULL
);
CREATE TABLE list_version (
    page_number  INTEGER NOT NULL,
    list_set     TEXT    NOT NULL,
    list_id      TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    published    TEXT    NOT NULL,
    sha256       TEXT    NOT NULL,
    entries      INTEGER NOT NULL,
    PRIMARY KEY (list_set, list_id)
) WITHOUT ROWID;
CREATE TABLE screening_page (
    page_number INTEGER PRIMARY KEY,
    list_set    TEXT NOT NULL
);
CREATE TABLE hit (
    instruction_number INTEGER NOT NULL,
    hit_number         INTEGER NOT NULL,
    page_number        INTEGER NOT NULL,
    name               TEXT NOT NULL,
    list_id            TEXT NOT NULL,
    entry_id           TEXT NOT NULL,
    matched_name       TEXT NOT NULL,
    score              TEXT NOT NULL,
    explanation        TEXT NOT NULL,
    PRIMARY KEY (instruction_number, hit_number)
) WITHOUT ROWID;
CREATE TABLE note (
    instruction_number INTEGER PRIMARY KEY,
    text               TEXT NOT NULL,
    disposition        TEXT NOT NULL,
    said_by            TEXT NOT NULL
);
CREATE TABLE good_guy_pair (
    pair_number  INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    identity     TEXT NOT NULL,
    list_id      TEXT NOT NULL,
    entry_id     TEXT NOT NULL,
    entry_hash   TEXT NOT NULL,
    expires      TEXT NOT NULL,
    proposed_by  TEXT NOT NULL,
    confirmed_by TEXT NOT NULL
);
CREATE TABLE passed_by_pair (
    instruction_number INTEGER NOT NULL,
    pair_number        INTEGER NOT NULL,
    PRIMARY KEY (instruction_number, pair_number)
) WITHOUT ROWID;
CREATE TABLE list_change (
    page_number INTEGER NOT NULL,
    list_id     TEXT    NOT NULL,
    added       INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    removed     INTEGER NOT NULL,
    PRIMARY KEY (page_number, list_id)
) WITHOUT ROWID;

CREATE TABLE fixing_rate (
    page_number INTEGER NOT NULL,
    currency    TEXT NOT NULL,
    unit        TEXT NOT NULL,
    rate        TEXT NOT NULL,
    quoted      TEXT NOT NULL,
    source      TEXT NOT NULL,
    time_utc    TEXT NOT NULL,
    PRIMARY KEY (page_number, currency)
) WITHOUT ROWID;
CREATE TABLE choice_row (
    page_number   INTEGER PRIMARY KEY,
    objective     TEXT    NOT NULL,
    kept          INTEGER NOT NULL,
    minimum_minor INTEGER NOT NULL,
    party_maximum_minor INTEGER
);

CREATE VIEW account AS
SELECT a.account_number, p.participant, a.sub_account, p.bic, p.name, p.country, c.currency, c.decimals,
       a.balance_minor, a.credit_line_minor, a.reserved_urgent_minor, a.reserved_high_minor,
       CASE a.is_agent WHEN 1 THEN 'settlement agent' ELSE p.role END AS role,
       CASE a.is_open WHEN 1 THEN 'open' ELSE 'closed' END AS status
FROM account_row a JOIN participant p USING (participant_number) JOIN currency c USING (currency_number);

CREATE VIEW term_change AS
SELECT t.change_number, g.time_utc AS asked_utc, k.name AS term, p.participant,
       coalesce(a.sub_account, '') AS sub_account,
       coalesce(q.participant, '') AS counterparty, c.currency, c.decimals,
       CASE t.amount_minor WHEN -1 THEN NULL ELSE t.amount_minor END AS amount_minor,
       CASE t.day WHEN 0 THEN '' ELSE date(t.day * 86400, 'unixepoch') END AS only_day,
       coalesce(u.person, n.said_by, '') AS asked_by, coalesce(n.text, '') AS asked_reason,
       CASE t.status WHEN 2 THEN 'waiting' WHEN 4 THEN 'in force' ELSE 'rejected' END AS state,
       r.iso AS reason, r.text AS reason_text,
       coalesce(w.person, '') AS decided_by, coalesce(m.text, '') AS decided_reason
FROM term_change_row t
JOIN page g USING (page_number)
JOIN code k ON k.family = 'term' AND k.code = t.term
JOIN code r ON r.family = 'reason' AND r.code = t.reason
LEFT JOIN account_row a USING (account_number)
LEFT JOIN participant p USING (participant_number)
LEFT JOIN account_row b ON b.account_number = t.counterparty_account
LEFT JOIN participant q ON q.participant_number = b.participant_number
LEFT JOIN currency c ON c.currency_number = t.currency_number
LEFT JOIN user_row u ON u.person_number = t.person_number
LEFT JOIN user_row w ON w.person_number = t.decided_person
LEFT JOIN note n ON n.instruction_number = t.change_number
LEFT JOIN note m ON m.instruction_number = t.decided_number;

CREATE VIEW day_time AS
SELECT c.currency, date(t.day * 86400, 'unixepoch') AS business_date, h.name AS phase,
       CASE t.agreed_ns WHEN 0 THEN ''
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', t.agreed_ns / 1000000000, 'unixepoch') END AS agreed_utc,
       CASE t.time_ns WHEN 0 THEN ''
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', t.time_ns / 1000000000, 'unixepoch') END AS in_force_utc,
       coalesce(g.time_utc, '') AS passed_utc,
       CASE WHEN t.passed_page = 0 THEN '' WHEN t.by_clock = 1 THEN 'clock' ELSE 'operator' END AS passed_by
FROM day_time_row t
JOIN currency c USING (currency_number)
JOIN code h ON h.family = 'phase' AND h.code = t.phase
LEFT JOIN page g ON g.page_number = t.passed_page;

CREATE VIEW extension AS
SELECT t.extension_number, g.time_utc AS asked_utc, c.currency,
       CASE t.day WHEN 0 THEN '' ELSE date(t.day * 86400, 'unixepoch') END AS business_date, h.name AS phase,
       strftime('%Y-%m-%dT%H:%M:%SZ', t.until_ns / 1000000000, 'unixepoch') AS until_utc,
       coalesce(u.person, n.said_by, '') AS asked_by, coalesce(n.text, '') AS asked_reason,
       CASE t.status WHEN 2 THEN 'waiting' WHEN 4 THEN 'in force' ELSE 'rejected' END AS state,
       r.iso AS reason, r.text AS reason_text,
       coalesce(w.person, '') AS decided_by, coalesce(m.text, '') AS decided_reason
FROM extension_row t
JOIN page g USING (page_number)
JOIN currency c USING (currency_number)
JOIN code h ON h.family = 'phase' AND h.code = t.phase
JOIN code r ON r.family = 'reason' AND r.code = t.reason
LEFT JOIN user_row u ON u.person_number = t.person_number
LEFT JOIN user_row w ON w.person_number = t.decided_person
LEFT JOIN note n ON n.instruction_number = t.extension_number
LEFT JOIN note m ON m.instruction_number = t.decided_number;

CREATE VIEW queue_change AS
SELECT t.change_number, g.time_utc, t.payment_number, a.name AS action,
       CASE t.action WHEN 3 THEN coalesce(o.name, '') ELSE '' END AS priority,
       CASE t.earliest_ns WHEN 0 THEN ''
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', t.earliest_ns / 1000000000, 'unixepoch') END AS earliest_utc,
       CASE t.latest_ns WHEN 0 THEN ''
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', t.latest_ns / 1000000000, 'unixepoch') END AS latest_utc,
       coalesce(u.person, n.said_by, '') AS person, coalesce(n.text, '') AS note,
       CASE t.reason WHEN 0 THEN 'done' ELSE 'rejected' END AS state, r.iso AS reason, r.text AS reason_text
FROM queue_change_row t
JOIN page g USING (page_number)
JOIN code a ON a.family = 'queue action' AND a.code = t.action
JOIN code r ON r.family = 'reason' AND r.code = t.reason
LEFT JOIN code o ON o.family = 'priority' AND o.code = t.priority
LEFT JOIN user_row u ON u.person_number = t.person_number
LEFT JOIN note n ON n.instruction_number = t.change_number;

CREATE VIEW payment AS
SELECT y.payment_number, y.page_number, g.time_utc AS received_utc,
       k.name AS kind,
       CASE length(y.uetr) WHEN 16 THEN lower(
           substr(hex(y.uetr), 1, 8) || '-' || substr(hex(y.uetr), 9, 4) || '-' || substr(hex(y.uetr), 13, 4)
           || '-' || substr(hex(y.uetr), 17, 4) || '-' || substr(hex(y.uetr), 21, 12)) ELSE '' END AS uetr,
       y.instruction_id, y.end_to_end_id, y.transaction_id, y.message_id, y.message_name,
       coalesce(sp.participant, '') AS sender,
       y.debtor_account, y.creditor_account,
       coalesce(dp.participant, '') AS debtor_participant,
       coalesce(cp.participant, '') AS creditor_participant,
       coalesce(c.currency, '') AS currency, coalesce(c.decimals, 0) AS decimals, y.amount_minor,
       o.name AS priority,
       CASE y.value_date WHEN 0 THEN '' ELSE date(y.value_date * 86400, 'unixepoch') END AS value_date,
       y.debtor_name, y.creditor_name, y.remittance,
       CASE length(y.original_uetr) WHEN 16 THEN lower(
           substr(hex(y.original_uetr), 1, 8) || '-' || substr(hex(y.original_uetr), 9, 4) || '-'
           || substr(hex(y.original_uetr), 13, 4) || '-' || substr(hex(y.original_uetr), 17, 4) || '-'
           || substr(hex(y.original_uetr), 21, 12)) ELSE '' END AS original_uetr,
       y.original_instruction_id, y.reason_code,
       s.name AS status, r.iso AS reason, r.name AS rule,
       CASE y.defect_text WHEN '' THEN r.text ELSE y.defect_text END AS reason_text,
       m.name AS mechanism, d.time_utc AS decided_utc
FROM payment_row y
JOIN page g USING (page_number)
JOIN page d ON d.page_number = y.decided_page
JOIN code k ON k.family = 'instruction' AND k.code = y.kind
LEFT JOIN (
    SELECT payment_number, priority, max(change_number) FROM queue_change_row
    WHERE action = 3 AND reason = 0 GROUP BY payment_number
) q USING (payment_number)
JOIN code o ON o.family = 'priority' AND o.code = coalesce(q.priority, y.priority)
JOIN code s ON s.family = 'status' AND s.code = y.status
JOIN code r ON r.family = 'reason' AND r.code = y.reason
JOIN code m ON m.family = 'mechanism' AND m.code = y.mechanism
LEFT JOIN participant sp ON sp.participant_number = y.sender
LEFT JOIN account_row da ON da.account_number = y.debtor_account
LEFT JOIN participant dp ON dp.participant_number = da.participant_number
LEFT JOIN account_row ca ON ca.account_number = y.creditor_account
LEFT JOIN participant cp ON cp.participant_number = ca.participant_number
LEFT JOIN currency c ON c.currency_number = y.currency_number;

CREATE VIEW leg AS
SELECT l.payment_number, l.link_key, l.link, l.legs, y.uetr, y.instruction_id,
       y.debtor_participant, y.creditor_participant, y.currency, y.decimals, y.amount_minor,
       coalesce(c.currency, '') AS against_currency, coalesce(c.decimals, 0) AS against_decimals, l.against_minor,
       CASE l.until_ns WHEN 0 THEN '' ELSE strftime('%Y-%m-%dT%H:%M:%SZ', l.until_ns / 1000000000, 'unixepoch') END
       AS until_utc,
       y.status, y.reason, y.rule, y.reason_text
FROM leg_row l JOIN payment y USING (payment_number)
LEFT JOIN currency c ON c.currency_number = l.against_currency_number;

-- Legs that were refused when they came have joined no link: where another one waits, it is told by that one.
CREATE VIEW link AS
SELECT l.link_key, l.link, l.legs, min(l.payment_number) AS first_payment_number,
       sum(y.status IN (2, 3, 4)) AS present,
       CASE WHEN max(y.status = 4) THEN 'settled'
            WHEN sum(y.status IN (2, 3)) = l.legs THEN 'matched'
            WHEN max(y.status = 2) THEN 'pending'
            WHEN max(y.status = 6) THEN 'cancelled'
            WHEN max(y.reason = 57) THEN 'expired' ELSE 'rejected' END AS state,
       max(y.reason = 21 AND y.status = 2) AS held,
       CASE max(l.until_ns) WHEN 0 THEN ''
            ELSE strftime('%Y-%m-%dT%H:%M:%SZ', max(l.until_ns) / 1000000000, 'unixepoch') END AS until_utc
FROM leg_row l JOIN payment_row y USING (payment_number)
GROUP BY l.link_key, l.link, l.legs;

-- What each participant has to have in each currency for all matched links to settle at once.
CREATE VIEW pay_in AS
SELECT a.account_number, a.participant, a.sub_account, a.currency, a.decimals,
       sum(s.owes_minor) AS owes_minor, sum(s.owed_minor) AS owed_minor,
       max(0, sum(s.owes_minor - s.owed_minor)) AS pay_in_minor,
       max(0, sum(s.owed_minor - s.owes_minor)) AS pay_out_minor,
       a.balance_minor + a.credit_line_minor AS available_minor,
       max(0, sum(s.owes_minor - s.owed_minor) - a.balance_minor - a.credit_line_minor) AS lacks_minor,
       count(*) AS legs
FROM (SELECT y.debtor_account AS account_number, y.amount_minor AS owes_minor, 0 AS owed_minor
      FROM link k JOIN leg_row l USING (link_key) JOIN payment_row y USING (payment_number)
      WHERE k.state = 'matched' AND y.status IN (2, 3)
      UNION ALL
      SELECT y.creditor_account, 0, y.amount_minor
      FROM link k JOIN leg_row l USING (link_key) JOIN payment_row y USING (payment_number)
      WHERE k.state = 'matched' AND y.status IN (2, 3)) s
JOIN account a USING (account_number)
GROUP BY a.account_number;

CREATE VIEW obligation AS
SELECT b.obligation_number, b.page_number, g.time_utc AS received_utc, k.name AS kind,
       b.obligation_id, b.original_obligation_id,
       coalesce(d.party, '') AS debtor, coalesce(d.name, '') AS debtor_name,
       coalesce(d.country, '') AS debtor_country, coalesce(d.participant, '') AS debtor_participant,
       coalesce(e.party, '') AS creditor, coalesce(e.name, '') AS creditor_name,
       coalesce(e.country, '') AS creditor_country, coalesce(e.participant, '') AS creditor_participant,
       coalesce(c.currency, '') AS currency, coalesce(c.decimals, 0) AS decimals,
       b.amount_minor, b.credited_minor, b.cleared_minor, b.netted_minor, b.remaining_minor,
       CASE b.due_date WHEN 0 THEN '' ELSE date(b.due_date * 86400, 'unixepoch') END AS due_date,
       b.message_name, s.name AS status, r.iso AS reason, r.name AS rule,
       CASE b.defect_text WHEN '' THEN r.text ELSE b.defect_text END AS reason_text
FROM obligation_row b
JOIN page g USING (page_number)
JOIN code k ON k.family = 'instruction' AND k.code = b.kind
JOIN code s ON s.family = 'status' AND s.code = b.status
JOIN code r ON r.family = 'reason' AND r.code = b.reason
LEFT JOIN party d ON d.party_number = b.debtor
LEFT JOIN party e ON e.party_number = b.creditor
LEFT JOIN currency c ON c.currency_number = b.currency_number
WHERE b.kind IN (6, 7);

CREATE VIEW record AS
SELECT w.record_number, w.page_number, g.time_utc, k.name AS kind, s.name AS status,
       m.name AS mechanism, r.iso AS reason, r.name AS rule, coalesce(c.currency, '') AS currency,
       coalesce(c.decimals, 0) AS decimals, w.debtor, w.creditor, w.amount_minor,
       w.subject_number, w.cause_number, w.debtor_after, w.creditor_after
FROM record_row w
JOIN page g USING (page_number)
JOIN code k ON k.family = 'record' AND k.code = w.kind
JOIN code s ON s.family = 'status' AND s.code = w.status
JOIN code m ON m.family = 'mechanism' AND m.code = w.mechanism
JOIN code r ON r.family = 'reason' AND r.code = w.reason
LEFT JOIN currency c ON c.currency_number = w.currency_number;

CREATE VIEW booking AS
SELECT w.record_number, 'DBIT' AS direction, w.page_number, w.debtor AS account_number,
       w.creditor AS counterparty_account, w.amount_minor, w.debtor_after AS balance_after_minor,
       w.subject_number AS payment_number
FROM record_row w WHERE w.kind = 1
UNION ALL
SELECT w.record_number, 'CRDT', w.page_number, w.creditor, w.debtor, w.amount_minor, w.creditor_after,
       w.subject_number
FROM record_row w WHERE w.kind = 1;

CREATE VIEW set_off AS
SELECT w.record_number, w.page_number, g.time_utc, w.cause_number AS cycle_number,
       w.subject_number AS obligation_number, c.currency, c.decimals, w.amount_minor AS cleared_minor,
       w.debtor_after AS remaining_minor
FROM record_row w JOIN page g USING (page_number) JOIN currency c USING (currency_number)
WHERE w.kind = 10;

-- Records of cycles: their pages are few, so that no view below reads all records. The signs keep SQLite from
-- making an index over all of them for one query.
CREATE VIEW cycle_record AS
SELECT w.record_number, w.page_number, g.time_utc, +w.cause_number AS cycle_number, +w.kind AS kind,
       +w.status AS status, +w.mechanism AS mechanism, +w.reason AS reason, +w.currency_number AS currency_number,
       +w.debtor AS debtor, +w.creditor AS creditor, w.amount_minor, +w.subject_number AS subject_number,
       w.debtor_after, w.creditor_after
FROM page g
CROSS JOIN record_row w ON w.record_number BETWEEN g.first_record AND g.first_record + g.record_count - 1
WHERE g.instruction_kind = 'CYCLE';

CREATE VIEW netted AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, w.subject_number AS obligation_number,
       c.currency, c.decimals, w.amount_minor AS netted_minor
FROM cycle_record w JOIN currency c USING (currency_number)
WHERE w.kind = 20;

CREATE VIEW netting_leg AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, c.currency, c.decimals,
       w.debtor AS debtor_account, w.creditor AS creditor_account,
       d.participant AS debtor_participant, e.participant AS creditor_participant,
       w.amount_minor, w.debtor_after AS debtor_balance_after_minor, w.creditor_after AS creditor_balance_after_minor
FROM cycle_record w JOIN currency c USING (currency_number)
JOIN account d ON d.account_number = w.debtor
JOIN account e ON e.account_number = w.creditor
WHERE w.kind = 1 AND w.mechanism = 4;

-- A round of netting in which an account was left out has LEFT_OUT beside its NET_POSITION.
CREATE VIEW net_position AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, w.creditor AS round,
       w.debtor AS account_number, a.participant, a.currency, a.decimals,
       w.creditor_after AS owed_minor, w.amount_minor AS owes_minor,
       w.creditor_after - w.amount_minor AS net_minor, w.debtor_after AS balance_after_minor,
       max(0, -w.debtor_after) AS swing_used_minor,
       CASE w.status WHEN 4 THEN 'settled' WHEN 5 THEN 'left out' ELSE 'computed again' END AS outcome,
       r.iso AS reason, r.name AS rule, coalesce(l.amount_minor, 0) AS lacked_minor
FROM cycle_record w
JOIN account a ON a.account_number = w.debtor
JOIN code r ON r.family = 'reason' AND r.code = w.reason
LEFT JOIN record_row l ON w.status = 5 AND +l.kind = 18 AND +l.debtor = w.debtor
     AND l.record_number BETWEEN w.record_number + 1
     AND w.record_number + (SELECT count(*) FROM account_row)
     AND +l.cause_number = w.cycle_number
WHERE w.kind = 17;

CREATE VIEW left_due AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, c.currency, c.decimals,
       w.debtor AS left_out_account, d.participant AS left_out_participant,
       w.creditor AS affected_account, coalesce(e.participant, '') AS affected_participant,
       w.debtor_after AS obligations, w.amount_minor AS owes_minor, w.creditor_after AS owed_minor
FROM cycle_record w JOIN currency c USING (currency_number)
JOIN account d ON d.account_number = w.debtor
LEFT JOIN account e ON e.account_number = w.creditor
WHERE w.kind = 19;

CREATE VIEW netting AS
SELECT w.cycle_number, w.page_number, w.time_utc, c.currency, c.decimals, w.debtor AS obligations,
       w.creditor AS accounts, w.creditor_after AS rounds, max(0, w.creditor_after - 1) AS left_out,
       w.debtor_after AS netted_minor, w.amount_minor AS paid_minor, r.name AS rule
FROM cycle_record w JOIN currency c USING (currency_number)
JOIN code r ON r.family = 'reason' AND r.code = w.reason
WHERE w.kind = 21;

CREATE VIEW across_cycle AS
SELECT w.cycle_number, w.page_number, w.time_utc, c.currency AS unit, c.decimals,
       w.debtor AS obligations, w.creditor AS parties, w.debtor_after AS gross_value_minor,
       w.amount_minor AS cleared_value_minor, w.creditor_after AS rounding_posted_minor
FROM cycle_record w JOIN currency c USING (currency_number)
WHERE w.kind = 28;

-- What a cycle across currencies changed in net positions: of each cycle and currency the sum is nothing.
CREATE VIEW exchange AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, w.debtor AS party_number, y.party, y.name,
       c.currency, c.decimals, w.amount_minor AS change_minor
FROM cycle_record w JOIN currency c USING (currency_number) LEFT JOIN party y ON y.party_number = w.debtor
WHERE w.kind = 26;

CREATE VIEW rounding_entry AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, w.debtor AS party_number, y.party, y.name,
       c.currency AS unit, c.decimals, w.amount_minor AS entry_minor, w.debtor_after AS bound_minor
FROM cycle_record w JOIN currency c USING (currency_number) LEFT JOIN party y ON y.party_number = w.debtor
WHERE w.kind = 27;

-- The rounding account: what each party owes it (below zero: is owed); the sum over the parties is nothing.
CREATE VIEW rounding_account AS
SELECT party_number, party, name, unit, decimals, count(*) AS entries, sum(entry_minor) AS balance_minor
FROM rounding_entry GROUP BY party_number, unit;

CREATE VIEW cycle_choice AS
SELECT w.cycle_number, w.page_number, c.currency, c.decimals, t.objective, t.kept, t.minimum_minor,
       t.party_maximum_minor, w.debtor AS closed, w.creditor_after AS closed_max, w.creditor AS too_little,
       w.debtor_after AS cleared_without_minor, w.amount_minor AS cleared_max_minor
FROM cycle_record w JOIN currency c USING (currency_number) JOIN choice_row t USING (page_number)
WHERE w.kind = 29;

CREATE VIEW cycle_money AS
SELECT w.cycle_number, w.page_number, w.time_utc, c.currency, c.decimals, w.debtor AS funders,
       w.creditor AS parties_paid, w.amount_minor AS used_minor, y.amount_minor AS cleared_minor,
       w.debtor_after AS cleared_without_minor, w.creditor_after AS runs
FROM cycle_record w JOIN currency c USING (currency_number)
JOIN cycle_record y ON y.cycle_number = w.cycle_number AND y.kind = 11
WHERE w.kind = 33;

-- Who put how much into a cycle: what it offered, and what of that it could give.
CREATE VIEW cycle_funder AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, c.currency, c.decimals,
       w.debtor AS account_number, a.participant, w.creditor_after AS offered_minor,
       w.debtor_after AS could_give_minor, w.amount_minor AS put_in_minor
FROM cycle_record w JOIN currency c USING (currency_number)
JOIN account a ON a.account_number = w.debtor
WHERE w.kind = 30;

-- Money of a cycle by party: GIVEN paid its debts, RECEIVED is what it ended up with.
CREATE VIEW money_entry AS
SELECT w.record_number, w.page_number, w.time_utc, w.cycle_number, c.currency, c.decimals,
       CASE w.kind WHEN 31 THEN 'GIVEN' ELSE 'RECEIVED' END AS entry,
       w.debtor AS account_number, a.participant, w.creditor AS party_number, y.party, y.name, w.amount_minor
FROM cycle_record w JOIN currency c USING (currency_number)
JOIN account a ON a.account_number = w.debtor
LEFT JOIN party y ON y.party_number = w.creditor
WHERE w.kind IN (31, 32);

CREATE VIEW cycle AS
SELECT w.cycle_number, w.page_number, w.time_utc, c.currency, c.decimals,
       w.debtor AS obligations, w.creditor AS parties, w.debtor_after AS gross_minor,
       w.amount_minor AS cleared_minor, w.creditor_after AS net_debit_minor,
       coalesce(n.netted_minor, 0) AS netted_minor, coalesce(n.paid_minor, 0) AS paid_minor,
       w.debtor_after - w.amount_minor - coalesce(n.netted_minor, 0) AS remaining_minor,
       coalesce(n.rounds, 0) AS rounds, coalesce(n.left_out, 0) AS left_out, coalesce(x.unit, '') AS unit
FROM cycle_record w JOIN currency c USING (currency_number)
LEFT JOIN netting n ON n.cycle_number = w.cycle_number
LEFT JOIN across_cycle x ON x.cycle_number = w.cycle_number
WHERE w.kind = 11;

-- Of each account the nettings of its currency, the newest first; those of a closed day do not count.
CREATE VIEW structural_position AS
WITH terms AS (
    SELECT json_extract(document, '$.clearing.structural_cycles') AS cycles,
           json_extract(document, '$.clearing.early_settlement_percent') AS percent
    FROM agreement ORDER BY version DESC LIMIT 1),
run AS (
    SELECT cycle_number, currency,
           row_number() OVER (PARTITION BY currency ORDER BY cycle_number DESC) AS age,
           count(*) OVER (PARTITION BY currency) AS runs
    FROM netting WHERE rounds > 0),
held AS (SELECT * FROM net_position WHERE outcome <> 'computed again'),
told AS (
    SELECT h.account_number, max(r.runs) AS runs, sum(h.net_minor < 0) AS debtor_cycles,
           sum(h.net_minor > 0) AS creditor_cycles, sum(h.outcome = 'left out') AS left_out_cycles,
           sum(h.net_minor) AS net_sum_minor,
           sum(CASE WHEN r.age = 1 THEN h.net_minor ELSE 0 END) AS last_net_minor,
           max(h.swing_used_minor) AS swing_most_minor,
           sum(h.net_minor < 0 AND r.age <= t.cycles) AS recent_debts,
           sum(h.net_minor > 0 AND r.age <= t.cycles) AS recent_claims
    FROM held h JOIN run r USING (cycle_number) CROSS JOIN terms t GROUP BY h.account_number),
swing AS (
    SELECT a.*, max(0, -balance_minor) AS swing_used_minor,
           -- Rounded down; a line of 10^16 and more is divided first, so that no product leaves int64.
           CASE WHEN credit_line_minor = 0 THEN 0
                WHEN credit_line_minor < 10000000000000000
                THEN 100 * max(0, -balance_minor) / credit_line_minor
                ELSE max(0, -balance_minor) / (credit_line_minor / 100) END AS swing_percent
    FROM account a)
SELECT a.account_number, a.participant, a.currency, a.decimals, coalesce(o.runs, 0) AS cycles,
       coalesce(o.debtor_cycles, 0) AS debtor_cycles, coalesce(o.creditor_cycles, 0) AS creditor_cycles,
       coalesce(o.left_out_cycles, 0) AS left_out_cycles, coalesce(o.net_sum_minor, 0) AS net_sum_minor,
       coalesce(o.last_net_minor, 0) AS last_net_minor,
       CASE WHEN o.recent_debts >= t.cycles THEN 'structural debtor'
            WHEN o.recent_claims >= t.cycles THEN 'structural creditor' ELSE '' END AS structure,
       a.balance_minor, a.credit_line_minor, a.swing_used_minor,
       coalesce(o.swing_most_minor, 0) AS swing_most_minor, a.swing_percent,
       CASE WHEN a.swing_percent >= t.percent THEN 'early settlement' ELSE '' END AS asked_for
FROM swing a CROSS JOIN terms t LEFT JOIN told o ON o.account_number = a.account_number
WHERE a.role <> 'settlement agent' OR o.runs > 0;

CREATE VIEW phase_change AS
SELECT w.record_number, w.page_number, g.time_utc, c.currency, p.name AS phase,
       CASE w.debtor_after WHEN 0 THEN '' ELSE date(w.debtor_after * 86400, 'unixepoch') END AS business_date
FROM record_row w JOIN page g USING (page_number) JOIN currency c USING (currency_number)
JOIN code p ON p.family = 'phase' AND p.code = w.amount_minor
WHERE w.kind = 12;

-- A business day of a currency holds every page after the close of its day before (after the agreement that
-- brought the currency, for its first) up to its own close: each page belongs to one day, and a day that is
-- closed never changes. While it is open it reaches to the last projected page.
CREATE VIEW business_day AS
SELECT c.currency, c.decimals, date(d.day * 86400, 'unixepoch') AS business_date, p.name AS phase,
       coalesce(
           lag(d.moved_page) OVER (PARTITION BY d.currency_number ORDER BY d.day) + 1,
           (SELECT min(a.page_number) FROM agreement a, json_each(a.document, '$.currencies') e
            WHERE json_extract(e.value, '$.code') = c.currency)) AS first_page,
       CASE d.phase WHEN 0 THEN d.moved_page ELSE j.page_number END AS last_page
FROM (SELECT w.currency_number, w.debtor_after AS day, max(w.page_number) AS moved_page,
             w.amount_minor AS phase  -- that of the row with the largest page number
      FROM page g JOIN record_row w ON w.record_number = g.first_record
      WHERE g.instruction_kind = 'PHASE_CHANGE' AND w.kind = 12
      GROUP BY w.currency_number, w.debtor_after) d
JOIN currency c USING (currency_number)
JOIN code p ON p.family = 'phase' AND p.code = d.phase
JOIN projection j ON j.name = 'tables';

CREATE VIEW decision AS
SELECT y.payment_number AS instruction_number, 'payment' AS subject, v.name AS outcome, s.list_set
FROM payment_row y JOIN screening_page s USING (page_number)
JOIN code v ON v.family = 'screening' AND v.code = y.screening WHERE y.screening > 0
UNION ALL
SELECT b.obligation_number, CASE b.kind WHEN 14 THEN 'party' ELSE 'obligation' END, v.name, s.list_set
FROM obligation_row b JOIN screening_page s USING (page_number)
JOIN code v ON v.family = 'screening' AND v.code = b.screening WHERE b.screening > 0;

CREATE VIEW alert AS
SELECT h.instruction_number AS held_number, h.hit_number,
       CASE WHEN y.payment_number IS NOT NULL THEN 'payment'
            WHEN b.kind = 14 THEN 'party' ELSE 'obligation' END AS subject,
       h.name, h.list_id, h.entry_id, h.matched_name, h.score, h.explanation,
       coalesce(s.name, t.name) AS status, coalesce(r.iso, q.iso) AS reason, g.time_utc
FROM hit h
JOIN page g ON g.page_number = h.page_number
LEFT JOIN payment_row y ON y.payment_number = h.instruction_number
LEFT JOIN code s ON s.family = 'status' AND s.code = y.status
LEFT JOIN code r ON r.family = 'reason' AND r.code = y.reason
LEFT JOIN obligation_row b ON b.obligation_number = h.instruction_number
LEFT JOIN code t ON t.family = 'status' AND t.code = b.status
LEFT JOIN code q ON q.family = 'reason' AND q.code = b.reason;

CREATE VIEW disposition AS
SELECT w.subject_number AS instruction_number, w.page_number, g.time_utc, w.amount_minor AS held_number,
       coalesce(o.person, '') AS person, k.name AS decision, coalesce(n.text, '') AS note,
       coalesce(n.disposition, '') AS disposition
FROM record_row w JOIN page g USING (page_number)
JOIN code k ON k.family = 'instruction' AND k.code = w.creditor_after
LEFT JOIN officer o ON o.person_number = w.debtor_after
LEFT JOIN note n ON n.instruction_number = w.subject_number
WHERE w.kind = 16;
