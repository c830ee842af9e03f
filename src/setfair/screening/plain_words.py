"""Words of payment texts that are no part of a name, see `free_text`.

A word that is missing here makes a common name beside it look like a part of a longer one; a word too many
makes it look as if it stood alone, which is the safe side. Words are as `normalise.normalise_name` writes
them.
"""

from __future__ import annotations

_WORDS = """
a an and as at att attn by c care co for from go in into it my of on or our per re ref the their this to via
was we with your account acct advance agreement alias aka allowance amount annual april attention august
balance beneficiary bill bills bonus cash charge charges child commission contract contribution covering
credit customer customs date dated debit december deliver delivered deliveries delivery deposit document
documents donation donations dues duty expense expenses family february fee fees final first flat friday
friend fund funding funds gift goods grant help hire honorarium hotel house instalment installment insurance
interest invoice invoices invoiced item items january july june known lease letter loan maintenance march
may medical membership mister mobile monday month monthly mother mrs mr ms miss dr mortgage nickname no nr
note number october november september order orders paid parcel part parts patient pay payable payed paying
payment payments pension person phone present private product products project purchase quarter quarterly
receipt received receiver refund regarding reimbursement remittance rent rental repair repayment reservation
return saldo salaries salary sale sales saturday school second sender sent service services settlement
shipment shipped shop son daughter sister brother wife husband student sum sunday supply support tax ticket
third thursday training transaction transfer transport travel treatment trip tuesday tuition under
university urgent value wage wages wednesday week today tomorrow weekly works year yearly yesterday usd eur
gbp inr cny rub aed chf jpy brl zar kes ngn abonnement achat acompte assurance au aux avril aout avec cadeau
commande contrat cotisation courses d dans de decembre des don dons du en et facture factures fevrier frais
janvier juillet juin l la le les livraison livre loyer mai marchandise marchandises mars monsieur madame
mensualite novembre octobre par paiement pour pret prime remboursement reglement salaire septembre solde sur
un une vente versement virement abono abril agosto alquiler arriendo al ayuda compra con contrato cuota del
deposito diciembre donacion el enero entrega factura febrero flete gastos junio julio las los marzo mayo
mercancia mercancias noviembre octubre orden pago pagos para pedido por prestamo recibo regalo renta salario
senor senora septiembre servicio servicios sueldo transferencia y e o do da dos das ao aluguel fatura
compras pagamento presente janeiro fevereiro maio junho julho setembro outubro novembro dezembro mercadoria
mercadorias affitto acconto acquisto bonifico canone contratto fattura merce merci spese stipendio vendita
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre di della signor signora auftrag
bestellung darlehen der die den dem frau gehalt geschenk herr honorar im januar februar marz juli juni
oktober dezember kaution lieferung lohn miete mit nebenkosten rate rechnung spende und unterhalt fur von vom
vertrag ware waren zahlung zum zur zins avans bagis bedeli borc burs havale hediye icin kira kirasi maas mal
mallar odeme odemesi siparis sozlesme tarih taksit ucret ve ile ocak subat mart nisan mayis haziran temmuz
agustos eylul ekim kasim aralik za dlya ot po v s na i oplata platezh dogovor schet scheta tovar tovary
uslugi zarplata arenda dolg
"""

PLAIN_WORDS = frozenset(_WORDS.split())
"""Words beside which a name stands alone."""
