"""Writes a large pacs.008 file for measuring: seeded, streamed, about 1 KB a transaction.

Every name, address and identifier is invented. The same arguments give the same bytes.

    python benchmarks/generate_pacs008.py OUT.xml --transactions 200000
"""

from __future__ import annotations

import argparse
import random
import uuid
from collections.abc import Iterator
from pathlib import Path

_BANKS = ("ALPHXAAA", "BRAVXBBB", "CEDRXCCC", "DELTXDDD", "ECHOXEEE", "FOXTXFFF")
_FIRST = ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Garnet", "Harbour", "Indigo", "Juniper")
_SECOND = ("Mills", "Textiles", "Shipping", "Foods", "Machines", "Optics", "Paper", "Ceramics")
_STREETS = ("Market Street", "Harbour Road", "Mill Lane", "Station Square", "Orchard Way")
_TOWNS = ("Northport", "Easton", "Southbridge", "Weston")
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{namespace}">
 <FIToFICstmrCdtTrf>
  <GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2030-01-15T08:00:00Z</CreDtTm><NbOfTxs>{count}</NbOfTxs>\
<CtrlSum>{total}</CtrlSum><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
"""
_TAIL = """ </FIToFICstmrCdtTrf>
</Document>
"""
_TRANSACTION = """  <CdtTrfTxInf>
   <PmtId><InstrId>{n:012d}</InstrId><EndToEndId>INV-{n:09d}</EndToEndId><UETR>{uetr}</UETR></PmtId>
   <PmtTpInf><InstrPrty>NORM</InstrPrty></PmtTpInf>
   <IntrBkSttlmAmt Ccy="EUR">{amount}</IntrBkSttlmAmt><IntrBkSttlmDt>2030-01-15</IntrBkSttlmDt>\
<SttlmPrty>{priority}</SttlmPrty>
   <ChrgBr>SHAR</ChrgBr>
   <InstgAgt><FinInstnId><BICFI>{debtor_bank}</BICFI></FinInstnId></InstgAgt>\
<InstdAgt><FinInstnId><BICFI>{creditor_bank}</BICFI></FinInstnId></InstdAgt>
   <Dbtr>{debtor}</Dbtr>
   <DbtrAcct><Id><Othr><Id>{debtor_account:016d}</Id></Othr></Id></DbtrAcct>
   <DbtrAgt><FinInstnId><BICFI>{debtor_bank}</BICFI></FinInstnId></DbtrAgt>
   <CdtrAgt><FinInstnId><BICFI>{creditor_bank}</BICFI></FinInstnId></CdtrAgt>
   <Cdtr>{creditor}</Cdtr>
   <CdtrAcct><Id><Othr><Id>{creditor_account:016d}</Id></Othr></Id></CdtrAcct>
   <RmtInf><Ustrd>Invoice {n:09d}</Ustrd></RmtInf>
  </CdtTrfTxInf>
"""


def _amount_cents(seed: int, number: int) -> int:
    """Return the amount of one transaction: the control sum is needed before the first is written."""
    return 100 + (number * 2_654_435_761 + seed * 97) % 9_999_900


def _party(random_source: random.Random) -> str:
    name = f"{random_source.choice(_FIRST)} {random_source.choice(_SECOND)} {random_source.randrange(10_000)}"
    return (
        f"<Nm>{name}</Nm><PstlAdr><StrtNm>{random_source.choice(_STREETS)}</StrtNm>"
        f"<BldgNb>{random_source.randrange(1, 400)}</BldgNb>"
        f"<PstCd>{random_source.randrange(10_000, 99_999)}</PstCd>"
        f"<TwnNm>{random_source.choice(_TOWNS)}</TwnNm><Ctry>XA</Ctry></PstlAdr>"
    )


def transactions(count: int, seed: int) -> Iterator[str]:
    """Yield the transactions as text, in order."""
    source = random.Random(seed)
    for number in range(1, count + 1):
        debtor_bank, creditor_bank = source.sample(_BANKS, 2)
        cents = _amount_cents(seed, number)
        yield _TRANSACTION.format(
            n=number,
            uetr=uuid.UUID(int=source.getrandbits(128), version=4),
            amount=f"{cents // 100}.{cents % 100:02d}",
            priority=source.choice(("NORM", "NORM", "NORM", "HIGH", "URGT")),
            debtor_bank=debtor_bank,
            creditor_bank=creditor_bank,
            debtor=_party(source),
            creditor=_party(source),
            debtor_account=source.randrange(10**16),
            creditor_account=source.randrange(10**16),
        )


def write_pacs008(path: Path, count: int, *, seed: int = 20300115, message: str = "pacs.008.001.10") -> None:
    """Write a file of `count` customer credit transfers.

    Parameters
    ----------
    path
        The file to write.
    count
        Number of transactions.
    seed
        The same seed gives the same bytes.
    message
        Name and version of the message.
    """
    total = sum(_amount_cents(seed, number) for number in range(1, count + 1))
    with path.open("w", encoding="utf-8") as out:
        out.write(
            _HEAD.format(
                namespace=_NAMESPACE + message,
                message_id=f"BENCH-{seed}-{count}",
                count=count,
                total=f"{total // 100}.{total % 100:02d}",
            )
        )
        out.writelines(transactions(count, seed))
        out.write(_TAIL)


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description="Write a large pacs.008 file for measuring.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--transactions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20300115)
    arguments = parser.parse_args()
    write_pacs008(arguments.out, arguments.transactions, seed=arguments.seed)


if __name__ == "__main__":
    main()
