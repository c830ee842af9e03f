"""Layer 2, the rule: real totals between countries, divided among invented firms.

Trade statistics know no firms, so this is an assumption, stated in full.

Rules
-----
1. Every country has `firms` sellers and as many buyers. Sizes are drawn from a Pareto distribution with
   index `pareto_index`; seller i and buyer i are of the same size, or, with `sizes_apart`, the buyers'
   sizes are the same in another order.
2. All countries together have about countries * firms * `invoices_per_firm` invoices. A pair of countries
   has its share by value, at least one.
3. A pair's total is cut into its invoices at places drawn at random: whole cents, none lost, none added.
   Two cuts at one place are one, so a pair may have an invoice less.
4. The seller of each invoice is drawn from the exporter's sellers and the buyer from the importer's buyers,
   both in proportion to their sizes and independently of each other.
5. A **two-way trader** is seller i and buyer i as one firm. Which ones is drawn once for each country, or,
   with `largest_first`, goes by size; a larger share adds firms and takes none away. Everything else stays
   the same, so along a curve only one thing changes: how many sellers are buyers too.

Sizes are rounded to whole numbers before they are used, and everything is drawn from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.study.trade import Int64Array, Totals

SIZE_UNIT = 1_000_000
"""Size of the smallest firm that there can be."""
SIZE_MAX = 10**12
"""A firm is at most a million times as large as the smallest: sums of sizes stay far inside int64."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is assumed about firms, but for the share of two-way traders."""

    firms: int = 40
    """Sellers, and as many buyers, in each country."""
    invoices_per_firm: int = 16
    pareto_index: float = 1.1
    """About 1: a few firms do most of the trade; the larger, the more equal."""
    sizes_apart: bool = False
    """A firm's size as a buyer says nothing about its size as a seller."""
    largest_first: bool = False
    """The largest firms are the first to be two-way traders."""


@dataclass(frozen=True, slots=True)
class Invoices:
    """The invoices of one group under one assumption and seed."""

    totals: Totals
    assumption: Assumption
    pair: Int64Array
    """By invoice: place of its pair of countries in `totals`."""
    seller: Int64Array
    """By invoice: number of the seller within its country, from 0."""
    buyer: Int64Array
    cents: Int64Array
    joined: Int64Array
    """By country and firm number, shape (countries, firms): how many become two-way traders before it."""

    def parties(self, share_percent: int) -> tuple[Int64Array, Int64Array]:
        """Return debtor and creditor of each invoice when a share of the sellers are buyers too.

        Parameters
        ----------
        share_percent
            Two-way traders among the sellers of each country, 0 to 100, rounded to whole firms.

        Returns
        -------
        tuple of ndarray
            int64, shape (n,) each. A country's sellers have the numbers 2 * firms * country + i; its buyers
            the numbers after them, but for the two-way traders, who keep their number as sellers.
        """
        firms = self.assumption.firms
        two_way = (share_percent * firms + 50) // 100
        home = self.totals.importer[self.pair]
        is_two_way = self.joined[home, self.buyer] < two_way
        debtor = home * 2 * firms + self.buyer + np.where(is_two_way, 0, firms)
        creditor = self.totals.exporter[self.pair] * 2 * firms + self.seller
        return debtor, creditor


def draw_invoices(totals: Totals, assumption: Assumption, seed: int) -> Invoices:
    """Divide a group's totals among firms and invoices.

    Parameters
    ----------
    totals
        The totals of the pairs of countries, in cents.
    assumption
        How many firms, how unequal, how many invoices.
    seed
        The same seed gives the same invoices; groups do not share their draws.
    """
    if assumption.firms < 1 or assumption.invoices_per_firm < 1:
        raise ValueError("a country needs at least one firm, and a firm at least one invoice")
    streams = np.random.SeedSequence([seed, *totals.group.name.encode()]).spawn(3)
    firms, cuts, joins = (np.random.Generator(np.random.PCG64(stream)) for stream in streams)
    countries = len(totals.group.members)
    sold, bought = _draw_sizes(firms, countries, assumption)
    pair, cents = _cut_totals(cuts, totals, countries * assumption.firms * assumption.invoices_per_firm)
    order = np.array([joins.permutation(assumption.firms) for _ in range(countries)], np.int64)
    if assumption.largest_first:
        order = np.argsort(-(sold + bought), axis=1, kind="stable")
    return Invoices(
        totals=totals,
        assumption=assumption,
        pair=pair,
        seller=draw_firms(firms, sold, totals.exporter[pair]),
        buyer=draw_firms(firms, bought, totals.importer[pair]),
        cents=cents,
        # The place of each firm in the order, from the firm at each place.
        joined=np.argsort(order, axis=1, kind="stable"),
    )


def _draw_sizes(
    rng: np.random.Generator, countries: int, assumption: Assumption
) -> tuple[Int64Array, Int64Array]:
    """Return the sizes of sellers and buyers, shape (countries, firms) each."""
    shape = (countries, assumption.firms)
    drawn = (1.0 + rng.pareto(assumption.pareto_index, shape)) * SIZE_UNIT
    sold = np.minimum(drawn, SIZE_MAX).astype(np.int64)
    # Drawn in any case, so that the other draws are the same with and without it.
    shuffled = rng.permuted(sold, axis=1)
    return sold, shuffled if assumption.sizes_apart else sold


def _cut_totals(rng: np.random.Generator, totals: Totals, wanted: int) -> tuple[Int64Array, Int64Array]:
    """Return the pair and the cents of each invoice, ordered by pair."""
    whole = totals.cents
    if wanted * int(whole.max()) >= 2**63:
        raise OverflowError(f"{wanted:,} invoices are too many for these totals")
    pieces = np.clip(wanted * whole // totals.gross_cents, 1, whole)
    pairs = np.arange(len(whole), dtype=np.int64)
    cut_pair = np.repeat(pairs, pieces - 1)
    # The end of each pair is its last cut, so that the distances between cuts sum to its total.
    pair = np.concatenate((cut_pair, pairs))
    reached = np.concatenate((rng.integers(1, whole[cut_pair]), whole))
    order = np.lexsort((reached, pair))
    pair, reached = pair[order], reached[order]
    before = np.concatenate(([0], reached[:-1]))
    before[np.flatnonzero(pair[1:] != pair[:-1]) + 1] = 0
    is_invoice = reached > before
    return pair[is_invoice], (reached - before)[is_invoice]


def draw_firms(rng: np.random.Generator, sizes: Int64Array, country: Int64Array) -> Int64Array:
    """Return a firm of each given country, drawn in proportion to size."""
    reached = np.cumsum(sizes, axis=1)
    drawn = rng.integers(0, reached[country, -1])
    # One row of thresholds an invoice would be large; one search a country is not.
    firm = np.empty(len(country), np.int64)
    for place in range(len(sizes)):
        here = country == place
        firm[here] = np.searchsorted(reached[place], drawn[here], side="right")
    return firm
