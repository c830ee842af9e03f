"""Files that are wrong as a whole. A house refuses each of them and applies nothing of it."""

from __future__ import annotations

from pathlib import Path

from demo_day.documents import PAYMENT_COLUMNS, csv_text


def write_refused(folder: Path, good_xml: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """Write the bad files, made of a good pacs.008 and good rows; return what is wrong with each."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {**_bad_messages(good_xml), **_bad_tables(csv_text(PAYMENT_COLUMNS, rows))}
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return {name: wrong for name, (_, wrong) in files.items()}


def _bad_messages(good: str) -> dict[str, tuple[str | bytes, str]]:
    declaration, _, rest = good.partition("\n")
    count = good.partition("<NbOfTxs>")[2].partition("<")[0]
    doctype = '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    other_count = good.replace(f"<NbOfTxs>{count}<", f"<NbOfTxs>{int(count) + 1}<", 1)
    latin = good.encode().replace(b"Goods delivered", "Pièces livrées".encode("latin-1"), 1)
    return {
        "malformed.xml": (good.replace("</GrpHdr>", "</GrpHead>", 1), "a tag that does not match"),
        "truncated.xml": (good[: len(good) * 2 // 3], "the file ends in the middle"),
        "doctype.xml": (f"{declaration}\n{doctype}\n{rest}", "a document type declaration with entities"),
        "wrong_count.xml": (other_count, "NbOfTxs is not the number of transactions"),
        "wrong_sum.xml": (
            good.replace("<CtrlSum>", "<CtrlSum>9", 1),
            "CtrlSum is not the sum of the amounts",
        ),
        "not_the_schema.xml": (good.replace("<MsgId>", "<Surprise/>\n<MsgId>", 1), "an unknown element"),
        "other_message.xml": (good.replace("pacs.008", "pain.001"), "a message that no house reads"),
        "two_documents.xml": (good + rest, "something follows the end of the document"),
        "wrong_encoding.xml": (latin, "bytes that are not the encoding that the file declares"),
        "empty.xml": ("", "an empty file"),
    }


def _bad_tables(good: str) -> dict[str, tuple[str | bytes, str]]:
    half = good.encode()[: len(good) // 2]
    return {
        "missing_column.csv": (good.replace("creditor_agent", "creditor", 1), "a required column is missing"),
        "not_a_table.csv": ("This is a letter, not a table.\n", "no column names"),
        "no_header.csv": ("", "an empty file"),
        "half_written.csv": (half + b"\0" * 512, "a file that a crash left half written"),
        "not_parquet.parquet": ("PAR1 but then nothing", "not a Parquet file"),
    }
