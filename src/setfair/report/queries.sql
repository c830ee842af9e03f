-- The queries of the day's report. Codes: payment kinds 1 customer, 2 institution, 3 return, 4 liquidity transfer,
-- 5 cancellation; 6 obligation, 7 credit note; records 1 settled, 2 queued, 3 rejected, 5 cancelled, 7 opened,
-- 9 credit note applied, 10 set off, 11 cycle, 12 phase, 16 decision; status 2 PDNG, 3 ACSP, 4 ACSC, 5 RJCT, 6 CANC.
-- Sums are written in two halves, see read.py.

-- name: definitions
WITH day(currency_number, first_record, last_record, first_instruction, last_instruction,
         cut_record, cut_instruction, due_day) AS MATERIALIZED (
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7
    FROM json_each(?1)
),
whole AS MATERIALIZED (
    SELECT coalesce(min(first_record), 1) AS first_record, coalesce(max(last_record), 0) AS last_record,
           coalesce(min(first_instruction), 1) AS first_instruction,
           coalesce(max(last_instruction), 0) AS last_instruction
    FROM day
),
agent_account AS MATERIALIZED (SELECT account_number FROM account_row WHERE is_agent = 1),
moment AS (
    SELECT page_number, CAST(strftime('%s', time_utc) AS INTEGER) * 1000000
           + CAST(substr(time_utc, 21, 6) AS INTEGER) AS time
    FROM page
),
-- Records of the day, each currency's own.
happened AS (
    SELECT w.*, w.mechanism = 6 OR w.debtor IN agent_account OR w.creditor IN agent_account AS is_funding
    FROM record_row w CROSS JOIN day d
    WHERE w.record_number BETWEEN (SELECT first_record FROM whole) AND (SELECT last_record FROM whole)
      AND d.currency_number = w.currency_number
      AND w.record_number BETWEEN d.first_record AND d.last_record
),
-- What payments moved. What settles together (offsetting, netting, a link) is one step: balances in between are
-- no debit position.
settled AS (
    SELECT h.*, CASE WHEN h.mechanism IN (3, 4, 5) THEN 'cause ' || h.cause_number || ' ' || h.mechanism
                ELSE coalesce('link ' || l.link_key, h.record_number) END AS step, l.link_key
    FROM happened h LEFT JOIN leg_row l ON l.payment_number = h.subject_number
    WHERE h.kind = 1 AND NOT h.is_funding
),
-- Payments that came in on the day. What names no currency of the house counts between its first and last page.
received AS (
    SELECT y.payment_number AS number, y.kind, y.currency_number, y.amount_minor, y.status, y.reason, y.mechanism,
           y.kind = 4 OR y.debtor_account IN agent_account OR y.creditor_account IN agent_account AS is_funding
    FROM payment_row y CROSS JOIN whole h LEFT JOIN day d ON d.currency_number = y.currency_number
    WHERE y.payment_number BETWEEN (SELECT first_instruction FROM whole) AND (SELECT last_instruction FROM whole)
      AND y.payment_number BETWEEN coalesce(d.first_instruction, h.first_instruction)
                               AND coalesce(d.last_instruction, h.last_instruction)
),
invoiced AS (
    SELECT b.obligation_number AS number, b.kind, b.currency_number, b.amount_minor, b.status, b.reason
    FROM obligation_row b CROSS JOIN whole h LEFT JOIN day d ON d.currency_number = b.currency_number
    WHERE b.obligation_number BETWEEN (SELECT first_instruction FROM whole)
                                  AND (SELECT last_instruction FROM whole)
      AND b.obligation_number BETWEEN coalesce(d.first_instruction, h.first_instruction)
                                  AND coalesce(d.last_instruction, h.last_instruction)
),
-- What became of obligations after the day's last cycle is taken back.
taken_back AS (
    SELECT w.subject_number AS number, sum(CASE w.kind WHEN 7 THEN 0 ELSE w.amount_minor END) AS amount_minor,
           max(w.kind = 7) AS is_newer
    FROM record_row w CROSS JOIN day d
    WHERE w.record_number > (SELECT min(cut_record) FROM day) AND w.kind IN (7, 9, 10, 20)
      AND d.currency_number = w.currency_number AND w.record_number > d.cut_record
    GROUP BY w.subject_number
),
set_off_today AS (
    SELECT w.subject_number AS number, sum(w.amount_minor) AS amount_minor
    FROM happened w JOIN day d USING (currency_number)
    WHERE w.kind = 10 AND w.record_number <= d.cut_record GROUP BY w.subject_number
),
-- What netting settled had been left by set-off: it counts as what remained.
netted_today AS (
    SELECT w.subject_number AS number, sum(w.amount_minor) AS amount_minor
    FROM happened w JOIN day d USING (currency_number)
    WHERE w.kind = 20 AND w.record_number <= d.cut_record GROUP BY w.subject_number
),
due AS (
    SELECT b.currency_number, b.obligation_number, b.debtor, b.creditor, b.due_date,
           b.remaining_minor + coalesce(t.amount_minor, 0) + coalesce(n.amount_minor, 0) AS after_minor,
           b.remaining_minor + coalesce(t.amount_minor, 0) + coalesce(n.amount_minor, 0)
           + coalesce(s.amount_minor, 0) AS before_minor
    FROM obligation_row b JOIN day d USING (currency_number)
    LEFT JOIN taken_back t ON t.number = b.obligation_number
    LEFT JOIN set_off_today s ON s.number = b.obligation_number
    LEFT JOIN netted_today n ON n.number = b.obligation_number
    WHERE b.kind = 6 AND b.status IN (3, 4, 6) AND b.obligation_number <= d.cut_instruction
      AND coalesce(t.is_newer, 0) = 0
      AND (b.due_date <= d.due_day OR s.number IS NOT NULL OR n.number IS NOT NULL)
      AND b.remaining_minor + coalesce(t.amount_minor, 0) + coalesce(n.amount_minor, 0)
          + coalesce(s.amount_minor, 0) > 0
),
-- Each firm stands under the participant that it banks with, or for itself.
place AS (
    SELECT y.party_number, y.party, y.name AS party_name, coalesce(p.country, y.country) AS country,
           CASE y.participant WHEN '' THEN 'firm ' || y.party ELSE 'bank ' || y.participant END AS node,
           CASE y.participant WHEN '' THEN y.party ELSE y.participant END AS label,
           CASE y.participant WHEN '' THEN y.name ELSE coalesce(p.name, y.participant) END AS name
    FROM party y LEFT JOIN participant p ON p.participant = y.participant
),
owing AS (
    SELECT currency_number, debtor AS party_number, before_minor AS owes_before, after_minor AS owes_after,
           0 AS owed_before, 0 AS owed_after FROM due
    UNION ALL
    SELECT currency_number, creditor, 0, 0, before_minor, after_minor FROM due
)

-- name: business_days
SELECT g.page_number, g.time_utc, w.record_number, w.currency_number, w.amount_minor AS phase,
       w.debtor_after AS business_day
FROM page g JOIN record_row w ON w.record_number BETWEEN g.first_record AND g.first_record + g.record_count - 1
WHERE g.instruction_kind = 'PHASE_CHANGE' AND w.kind = 12
ORDER BY w.record_number

-- name: pages
SELECT g.page_number, g.time_utc, g.first_record, g.first_record + g.record_count - 1 AS last_record,
       g.first_instruction, g.first_instruction + g.instruction_count - 1 AS last_instruction
FROM page g
WHERE g.page_number IN (SELECT value FROM json_each(?2))
   OR g.page_number = (SELECT page_number FROM projection WHERE name = 'tables')
ORDER BY g.page_number

-- name: extensions
SELECT currency, phase, until_utc, state, reason_text, asked_by, asked_reason, decided_by, decided_reason
FROM extension WHERE business_date = ?2 ORDER BY extension_number

-- name: agreements
SELECT version, page_number, agreement_id, name, effective_date, sha256, document
FROM agreement WHERE page_number <= ?2 ORDER BY version

-- name: currencies
SELECT currency_number, currency, decimals FROM currency ORDER BY currency_number

-- name: payments
SELECT currency_number, kind, status, mechanism, is_funding, count(*) AS payments,
       sum(amount_minor >> 32) AS value_high, sum(amount_minor & 4294967295) AS value_low
FROM received WHERE kind <> 5 GROUP BY currency_number, kind, status, mechanism, is_funding
ORDER BY currency_number, kind, status, mechanism, is_funding

-- name: cycles
SELECT w.currency_number, w.subject_number AS cycle_number, w.page_number, m.time, w.debtor AS obligations,
       w.creditor AS parties, w.debtor_after AS gross, w.amount_minor AS cleared, w.creditor_after AS net_debit,
       g.first_record + g.record_count - 1 AS last_record
FROM happened w JOIN moment m USING (page_number) JOIN page g USING (page_number)
WHERE w.kind = 11 ORDER BY w.record_number

-- name: settled_over_time
SELECT s.currency_number, s.mechanism, max(m.time) AS time, sum(s.payments) AS payments,
       sum(s.value_high) AS value_high, sum(s.value_low) AS value_low
FROM (
    SELECT page_number, currency_number, mechanism, count(*) AS payments,
           sum(amount_minor >> 32) AS value_high, sum(amount_minor & 4294967295) AS value_low
    FROM happened WHERE kind = 1 AND mechanism <> 4 AND NOT is_funding  -- a leg of netting is no payment
    GROUP BY page_number, currency_number, mechanism
) s JOIN moment m USING (page_number)
GROUP BY s.currency_number, s.mechanism, (m.time - ?2) / ?3
ORDER BY s.currency_number, time, s.mechanism

-- name: queue_over_time
, queued AS MATERIALIZED (SELECT subject_number FROM happened WHERE kind = 2),
change AS (
    SELECT page_number, currency_number, sum(way) AS payments, sum(way * (amount_minor >> 32)) AS value_high,
           sum(way * (amount_minor & 4294967295)) AS value_low
    FROM (SELECT h.*, CASE kind WHEN 2 THEN 1 ELSE -1 END AS way FROM happened h
          WHERE kind = 2 OR (kind IN (1, 3, 5) AND subject_number IN queued))
    GROUP BY page_number, currency_number
),
state AS (
    SELECT c.page_number, c.currency_number, m.time, (m.time - ?2) / ?3 AS slice,
           sum(c.payments) OVER so_far AS payments, sum(c.value_high) OVER so_far AS value_high,
           sum(c.value_low) OVER so_far AS value_low
    FROM change c JOIN moment m USING (page_number)
    WINDOW so_far AS (PARTITION BY c.currency_number ORDER BY c.page_number)
),
sized AS (SELECT s.*, 4294967296.0 * value_high + value_low AS size FROM state s),
-- Of each slice of time the last state, the one with the most value and the one with the most payments.
kept AS (
    SELECT currency_number, max(page_number) AS page_number FROM sized GROUP BY currency_number, slice
    UNION SELECT currency_number, page_number FROM (
        SELECT currency_number, page_number, max(size) FROM sized GROUP BY currency_number, slice)
    UNION SELECT currency_number, page_number FROM (
        SELECT currency_number, page_number, max(payments) FROM sized GROUP BY currency_number, slice)
)
SELECT s.currency_number, s.time, s.payments, s.value_high, s.value_low
FROM sized s JOIN kept k USING (currency_number, page_number) ORDER BY s.currency_number, s.page_number

-- name: liquidity_used
, step AS (
    SELECT account_number, max(record_number) AS record_number, max(page_number) AS page_number,
           sum(change) AS change
    FROM (
        SELECT debtor AS account_number, -amount_minor AS change, h.* FROM settled h
        UNION ALL
        SELECT creditor, amount_minor, h.* FROM settled h
    )
    GROUP BY account_number, step
),
position AS (
    SELECT account_number, page_number, record_number, change,
           sum(change) OVER (PARTITION BY account_number ORDER BY record_number) AS position
    FROM step
),
lowest AS (
    SELECT account_number, page_number, -min(position) AS used FROM position GROUP BY account_number
),
ranked AS (
    SELECT l.account_number, a.currency_number, l.page_number, max(l.used, 0) AS used,
           row_number() OVER (PARTITION BY a.currency_number ORDER BY l.used DESC, l.account_number) AS place,
           count(*) OVER by_currency AS accounts,
           sum(max(l.used, 0) >> 32) OVER by_currency AS all_used_high,
           sum(max(l.used, 0) & 4294967295) OVER by_currency AS all_used_low
    FROM lowest l JOIN account_row a USING (account_number)
    WINDOW by_currency AS (PARTITION BY a.currency_number)
)
SELECT r.account_number, r.currency_number, r.used, r.accounts, r.all_used_high, r.all_used_low, m.time
FROM ranked r JOIN moment m USING (page_number) WHERE r.place <= ?2 ORDER BY r.currency_number, r.place

-- name: positions_over_time
, step AS (
    SELECT account_number, max(record_number) AS record_number, max(page_number) AS page_number,
           sum(change) AS change
    FROM (
        SELECT debtor AS account_number, -amount_minor AS change, h.* FROM settled h
        UNION ALL
        SELECT creditor, amount_minor, h.* FROM settled h
    )
    WHERE account_number IN (SELECT value FROM json_each(?4))
    GROUP BY account_number, step
),
position AS (
    SELECT s.account_number, s.record_number, m.time, (m.time - ?2) / ?3 AS slice,
           sum(s.change) OVER (PARTITION BY s.account_number ORDER BY s.record_number) AS position
    FROM step s JOIN moment m USING (page_number)
),
kept AS (
    SELECT account_number, max(record_number) AS record_number FROM position GROUP BY account_number, slice
    UNION SELECT account_number, record_number FROM (
        SELECT account_number, record_number, min(position) FROM position GROUP BY account_number, slice)
)
SELECT p.account_number, p.time, p.position
FROM position p JOIN kept k USING (account_number, record_number) ORDER BY p.account_number, p.record_number

-- name: accounts
, debited AS (
    SELECT debtor AS account_number, count(*) AS bookings, sum(amount_minor >> 32) AS high,
           sum(amount_minor & 4294967295) AS low,
           sum(is_funding * (amount_minor >> 32)) AS funding_high,
           sum(is_funding * (amount_minor & 4294967295)) AS funding_low
    FROM happened WHERE kind = 1 GROUP BY debtor
),
credited AS (
    SELECT creditor AS account_number, count(*) AS bookings, sum(amount_minor >> 32) AS high,
           sum(amount_minor & 4294967295) AS low,
           sum(is_funding * (amount_minor >> 32)) AS funding_high,
           sum(is_funding * (amount_minor & 4294967295)) AS funding_low
    FROM happened WHERE kind = 1 GROUP BY creditor
),
later AS (
    SELECT w.debtor, w.creditor, w.amount_minor FROM record_row w CROSS JOIN day d
    WHERE w.record_number > (SELECT min(last_record) FROM day) AND w.kind = 1
      AND d.currency_number = w.currency_number AND w.record_number > d.last_record
),
moved_later AS (
    SELECT account_number, sum(way * (amount_minor >> 32)) AS high,
           sum(way * (amount_minor & 4294967295)) AS low
    FROM (SELECT debtor AS account_number, -1 AS way, amount_minor FROM later
          UNION ALL SELECT creditor, 1, amount_minor FROM later)
    GROUP BY account_number
),
listed AS (
    SELECT a.*, row_number() OVER (
        PARTITION BY a.currency_number
        ORDER BY a.is_agent DESC, coalesce(d.bookings, 0) + coalesce(c.bookings, 0) DESC, a.account_number) AS place,
        count(*) OVER (PARTITION BY a.currency_number) AS accounts
    FROM account_row a LEFT JOIN debited d USING (account_number) LEFT JOIN credited c USING (account_number)
)
SELECT l.account_number, l.currency_number, p.participant, p.name, p.country, l.balance_minor, l.credit_line_minor,
       l.is_agent, l.is_open, l.accounts,
       coalesce(d.bookings, 0) AS debit_count, coalesce(c.bookings, 0) AS credit_count,
       coalesce(d.high, 0) AS debits_high, coalesce(d.low, 0) AS debits_low,
       coalesce(c.high, 0) AS credits_high, coalesce(c.low, 0) AS credits_low,
       coalesce(d.funding_high, 0) AS defunded_high, coalesce(d.funding_low, 0) AS defunded_low,
       coalesce(c.funding_high, 0) AS funded_high, coalesce(c.funding_low, 0) AS funded_low,
       coalesce(m.high, 0) AS later_high, coalesce(m.low, 0) AS later_low
FROM listed l JOIN participant p USING (participant_number)
LEFT JOIN debited d USING (account_number) LEFT JOIN credited c USING (account_number)
LEFT JOIN moved_later m USING (account_number)
WHERE l.place <= ?2 OR l.account_number IN (SELECT value FROM json_each(?3))
ORDER BY l.account_number

-- name: owed_totals
, net AS (
    SELECT currency_number, party_number,
           sum(owes_after >> 32) - sum(owed_after >> 32) AS high,
           sum(owes_after & 4294967295) - sum(owed_after & 4294967295) AS low
    FROM owing GROUP BY currency_number, party_number
),
carried AS (SELECT currency_number, high + (low >> 32) AS high, low & 4294967295 AS low FROM net),
debit AS (
    SELECT currency_number, count(*) AS parties,
           sum(CASE WHEN high >= 0 THEN high ELSE 0 END) AS high,
           sum(CASE WHEN high >= 0 THEN low ELSE 0 END) AS low
    FROM carried GROUP BY currency_number
)
SELECT u.currency_number, count(*) AS obligations, b.parties,
       sum(u.before_minor >> 32) AS before_high, sum(u.before_minor & 4294967295) AS before_low,
       sum(u.after_minor >> 32) AS after_high, sum(u.after_minor & 4294967295) AS after_low,
       max(b.high) AS net_debit_high, max(b.low) AS net_debit_low
FROM due u JOIN debit b USING (currency_number) GROUP BY u.currency_number ORDER BY u.currency_number

-- name: owed_nodes
, node AS (
    SELECT o.currency_number, p.node, min(p.label) AS label, min(p.name) AS name, min(p.country) AS country,
           sum(CAST(o.owes_before AS REAL) + o.owed_before) AS size
    FROM owing o JOIN place p USING (party_number) GROUP BY o.currency_number, p.node
),
ranked AS (
    SELECT n.*, row_number() OVER (PARTITION BY currency_number ORDER BY size DESC, node) AS rank,
           count(*) OVER (PARTITION BY currency_number) AS nodes
    FROM node n
)
SELECT currency_number, node, label, name, country, size, nodes
FROM ranked WHERE rank <= ?2 ORDER BY currency_number, rank

-- name: owed_pairs
, chosen AS MATERIALIZED (SELECT value->>0 AS currency_number, value->>1 AS node FROM json_each(?2)),
side AS (
    SELECT p.party_number, p.node, p.country,
           CASE WHEN p.country IN (SELECT value FROM json_each(?3)) THEN 'others ' || p.country
                ELSE 'others' END AS others
    FROM place p
)
SELECT u.currency_number, coalesce(dc.node, d.others) AS debtor, coalesce(cc.node, c.others) AS creditor,
       count(*) AS obligations,
       sum(u.before_minor >> 32) AS before_high, sum(u.before_minor & 4294967295) AS before_low,
       sum(u.after_minor >> 32) AS after_high, sum(u.after_minor & 4294967295) AS after_low
FROM due u JOIN side d ON d.party_number = u.debtor JOIN side c ON c.party_number = u.creditor
LEFT JOIN chosen dc ON dc.currency_number = u.currency_number AND dc.node = d.node
LEFT JOIN chosen cc ON cc.currency_number = u.currency_number AND cc.node = c.node
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3

-- name: owed_firms
, firm AS (
    SELECT currency_number, party_number, sum(CAST(owes_before AS REAL) + owed_before) AS size,
           sum(owes_before >> 32) AS owes_before_high, sum(owes_before & 4294967295) AS owes_before_low,
           sum(owes_after >> 32) AS owes_after_high, sum(owes_after & 4294967295) AS owes_after_low,
           sum(owed_before >> 32) AS owed_before_high, sum(owed_before & 4294967295) AS owed_before_low,
           sum(owed_after >> 32) AS owed_after_high, sum(owed_after & 4294967295) AS owed_after_low
    FROM owing GROUP BY currency_number, party_number
),
ranked AS (
    SELECT f.*, row_number() OVER (PARTITION BY currency_number ORDER BY size DESC, party_number) AS rank,
           count(*) OVER (PARTITION BY currency_number) AS firms
    FROM firm f
)
SELECT r.*, p.party, p.name, p.country, p.participant
FROM ranked r JOIN party p USING (party_number) WHERE rank <= ?2 ORDER BY r.currency_number, r.rank

-- name: due_slices
SELECT obligation_number >> 16 AS slice, json_group_array(obligation_number) AS number,
       json_group_array(debtor) AS debtor, json_group_array(creditor) AS creditor,
       json_group_array(before_minor) AS amount_minor,
       json_group_array(before_minor - after_minor) AS cleared_minor, json_group_array(due_date) AS due_day
FROM due WHERE currency_number = ?2 GROUP BY 1 ORDER BY 1

-- name: party_names
SELECT party_number, name FROM party
WHERE party_number IN (SELECT value FROM json_each(?2)) ORDER BY party_number

-- name: reasons
, stopped AS (
    SELECT CASE kind WHEN 5 THEN 'cancellation' ELSE 'payment' END AS subject, currency_number, amount_minor, status,
           reason
    FROM received WHERE status IN (2, 3, 5, 6)
    UNION ALL
    SELECT 'obligation', currency_number, amount_minor, status, reason FROM invoiced
    WHERE status IN (5, 6) OR (status = 2 AND reason > 0)
)
SELECT s.subject, s.status, k.iso, k.name AS rule, k.text, s.currency_number, count(*) AS number,
       sum(s.amount_minor >> 32) AS value_high, sum(s.amount_minor & 4294967295) AS value_low
FROM stopped s JOIN code k ON k.family = 'reason' AND k.code = s.reason
GROUP BY s.subject, s.status, s.reason, s.currency_number
ORDER BY s.status, s.subject DESC, s.reason, s.currency_number

-- name: stopped
-- Every reason shows its first ones before any reason shows more.
, stopped AS (
    SELECT number, status, reason FROM received WHERE status IN (2, 5, 6)
    UNION ALL
    SELECT number, status, reason FROM invoiced WHERE status IN (5, 6) OR (status = 2 AND reason > 0)
),
ranked AS (
    SELECT number, status, row_number() OVER (PARTITION BY status, reason ORDER BY number) AS rank FROM stopped
),
shown AS MATERIALIZED (SELECT number FROM ranked ORDER BY rank, status, number LIMIT ?2)
SELECT y.payment_number AS number, y.kind, y.status,
       CASE y.instruction_id WHEN '' THEN y.uetr ELSE y.instruction_id END AS identification,
       y.debtor_name, y.creditor_name, y.debtor_participant, y.creditor_participant, y.sender,
       y.currency, y.decimals, y.amount_minor, y.reason, y.reason_text
FROM payment y WHERE y.payment_number IN (SELECT number FROM shown)
UNION ALL
SELECT b.obligation_number, b.kind, b.status, b.obligation_id, b.debtor_name, b.creditor_name,
       b.debtor_participant, b.creditor_participant, '', b.currency, b.decimals, b.amount_minor, b.reason,
       b.reason_text
FROM obligation b WHERE b.obligation_number IN (SELECT number FROM shown)
ORDER BY 1

-- name: alerts
, decided AS (
    SELECT amount_minor AS number FROM record_row
    WHERE kind = 16 AND record_number BETWEEN (SELECT first_record FROM whole) AND (SELECT last_record FROM whole)
),
concerned AS MATERIALIZED (
    SELECT h.instruction_number, h.hit_number, count(*) OVER () AS alerts FROM hit h
    WHERE h.instruction_number BETWEEN (SELECT first_instruction FROM whole)
                                   AND (SELECT last_instruction FROM whole)
       OR h.instruction_number IN (SELECT number FROM decided)
    ORDER BY h.instruction_number, h.hit_number LIMIT ?2
)
SELECT a.held_number, a.subject, a.name, a.list_id, a.entry_id, a.matched_name, a.score, a.status, a.reason, c.alerts
FROM concerned c JOIN alert a ON a.held_number = c.instruction_number AND a.hit_number = c.hit_number
ORDER BY a.held_number, a.hit_number

-- name: decisions
SELECT w.amount_minor AS held_number, m.time, coalesce(o.name, '') AS person, k.name AS decision,
       coalesce(n.text, '') AS note
FROM record_row w JOIN moment m USING (page_number)
JOIN code k ON k.family = 'instruction' AND k.code = w.creditor_after
LEFT JOIN officer o ON o.person_number = w.debtor_after
LEFT JOIN note n ON n.instruction_number = w.subject_number
WHERE w.kind = 16 AND w.record_number BETWEEN (SELECT first_record FROM whole) AND (SELECT last_record FROM whole)
  AND w.amount_minor IN (SELECT value FROM json_each(?2))
ORDER BY w.record_number

-- name: lists
SELECT DISTINCT v.list_set, v.page_number, v.list_id, v.source, v.published, v.sha256, v.entries
FROM list_version v
WHERE v.page_number BETWEEN ?2 AND ?3
   OR v.page_number = (SELECT max(page_number) FROM list_version WHERE page_number <= ?3)
   OR v.list_set IN (SELECT list_set FROM screening_page WHERE page_number BETWEEN ?2 AND ?3)
ORDER BY v.page_number, v.list_id

-- name: screening
SELECT d.list_set, min(d.page_number) AS first_page, max(d.page_number) AS last_page,
       sum((SELECT count(*) FROM payment_row y
            WHERE y.payment_number BETWEEN d.first_instruction AND d.last_instruction AND +y.screening = 1)
           + (SELECT count(*) FROM obligation_row b
              WHERE b.obligation_number BETWEEN d.first_instruction AND d.last_instruction AND +b.screening = 1)) AS clear,
       sum((SELECT count(*) FROM payment_row y
            WHERE y.payment_number BETWEEN d.first_instruction AND d.last_instruction AND +y.screening = 2)
           + (SELECT count(*) FROM obligation_row b
              WHERE b.obligation_number BETWEEN d.first_instruction AND d.last_instruction AND +b.screening = 2)) AS hits,
       sum((SELECT count(*) FROM passed_by_pair p
            WHERE p.instruction_number BETWEEN d.first_instruction AND d.last_instruction)) AS passed,
       sum((SELECT count(*) FROM record_row w WHERE w.record_number BETWEEN d.first_record AND d.last_record
            AND +w.kind = 4 AND w.cause_number <> w.subject_number)) AS held_again,
       sum((SELECT count(*) FROM record_row w WHERE w.record_number BETWEEN d.first_record AND d.last_record
            AND +w.kind = 1)) AS settled
FROM (
    SELECT g.first_record, g.first_record + g.record_count - 1 AS last_record, g.page_number,
           g.first_instruction, g.first_instruction + g.instruction_count - 1 AS last_instruction,
           (SELECT s.list_set FROM screening_page s WHERE s.page_number <= g.page_number
            ORDER BY s.page_number DESC LIMIT 1) AS list_set
    FROM page g WHERE g.page_number BETWEEN ?2 AND ?3) d GROUP BY d.list_set ORDER BY first_page

-- name: across_runs
SELECT c.*, (SELECT count(*) FROM rounding_entry e WHERE e.cycle_number = c.cycle_number) AS entries
FROM across_cycle c WHERE c.page_number BETWEEN ?2 AND ?3 ORDER BY c.cycle_number

-- name: across_rates
SELECT * FROM fixing_rate WHERE page_number = ?2 ORDER BY currency

-- name: across_exchanged
SELECT currency, decimals, count(*) AS parties,
       sum(max(0, change_minor) >> 32) AS exchanged_high, sum(max(0, change_minor) & 4294967295) AS exchanged_low
FROM exchange WHERE page_number = ?2 GROUP BY currency ORDER BY currency

-- name: funded_cycles
SELECT * FROM cycle_money WHERE page_number BETWEEN ?2 AND ?3 ORDER BY cycle_number

-- name: funders_of_cycle
SELECT participant, offered_minor, could_give_minor, put_in_minor FROM cycle_funder WHERE cycle_number = ?2
ORDER BY put_in_minor DESC, participant

-- name: indicator_ways
SELECT currency_number,
       CASE WHEN mechanism = 4 THEN 'cycle' WHEN mechanism = 3 THEN 'bilateral' WHEN mechanism = 5 THEN 'offset'
            WHEN link_key IS NOT NULL THEN 'link' WHEN mechanism = 2 THEN 'release' ELSE 'at_once' END AS way,
       count(*) AS payments, sum(amount_minor >> 32) AS value_high, sum(amount_minor & 4294967295) AS value_low
FROM settled GROUP BY 1, 2 ORDER BY 1, 2

-- name: indicator_bounds
-- Had each settled when it came: the order of arrival stands for the order of settlement.
, step AS (
    SELECT account_number, min(currency_number) AS currency_number, max(subject_number) AS arrived, sum(change) AS change
    FROM (
        SELECT debtor AS account_number, -amount_minor AS change, h.* FROM settled h
        UNION ALL
        SELECT creditor, amount_minor, h.* FROM settled h
    )
    GROUP BY account_number,
             CASE mechanism WHEN 4 THEN step ELSE coalesce('link ' || link_key, subject_number) END
),
position AS (
    SELECT account_number, currency_number,
           sum(change) OVER (PARTITION BY account_number ORDER BY arrived) AS position,
           sum(change) OVER (PARTITION BY account_number) AS last
    FROM step
),
account_bound AS (
    SELECT currency_number, max(0, -min(position)) AS upper, max(0, -min(last)) AS lower
    FROM position GROUP BY currency_number, account_number
)
SELECT currency_number, sum(upper >> 32) AS upper_high, sum(upper & 4294967295) AS upper_low,
       sum(lower >> 32) AS lower_high, sum(lower & 4294967295) AS lower_low
FROM account_bound GROUP BY currency_number

-- name: indicator_delays
-- Ratios of value times time are no amounts: they are floating point.
, ending(currency_number, time) AS MATERIALIZED (SELECT value->>0, value->>1 FROM json_each(?2)),
life AS (
    SELECT h.currency_number, h.subject_number, max(h.amount_minor) AS amount_minor,
           min(CASE WHEN h.kind IN (1, 2) THEN m.time END) AS accepted,
           max(CASE WHEN h.kind <> 2 THEN m.time END) AS over
    FROM happened h JOIN moment m USING (page_number)
    WHERE h.kind IN (1, 2, 3, 5) AND h.mechanism <> 4 AND NOT h.is_funding
    GROUP BY h.currency_number, h.subject_number
)
SELECT f.currency_number,
       sum(CAST(f.amount_minor AS REAL) * (min(coalesce(f.over, e.time), e.time) - f.accepted)) AS waited,
       sum(CAST(f.amount_minor AS REAL) * (e.time - f.accepted)) AS longest
FROM life f JOIN ending e USING (currency_number)
WHERE f.accepted < e.time GROUP BY f.currency_number

-- name: indicator_waits
, first AS (
    SELECT currency_number, subject_number, amount_minor, reason, min(record_number)
    FROM happened WHERE kind = 2 AND NOT is_funding GROUP BY currency_number, subject_number
)
SELECT currency_number, reason, count(*) AS payments, sum(amount_minor >> 32) AS value_high,
       sum(amount_minor & 4294967295) AS value_low
FROM first GROUP BY currency_number, reason ORDER BY currency_number, reason

-- name: indicator_gridlock
-- A run is of all currencies: its record names none.
SELECT count(*) AS runs, coalesce(sum(creditor > 0), 0) AS found, coalesce(sum(creditor), 0) AS settled,
       coalesce(sum(amount_minor >> 32), 0) AS value_high, coalesce(sum(amount_minor & 4294967295), 0) AS value_low,
       coalesce(sum(creditor_after >> 32), 0) AS bound_high,
       coalesce(sum(creditor_after & 4294967295), 0) AS bound_low
FROM record_row
WHERE kind = 25 AND status = 4
  AND record_number BETWEEN (SELECT first_record FROM whole) AND (SELECT last_record FROM whole)
