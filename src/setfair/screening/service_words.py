"""A fourth table of words of firms and organisations, from general knowledge: see `translations`.

Lines are those of `translations.WORDS`, in the same form. What is a word here is looked up after the tables
before it, which count where they have it. Words that are family names as well (`Wood`, `Stone`, `Green`), or
names of ships and firms (`Star`, `Express`), are left out.
"""

from __future__ import annotations

SERVICE_WORDS = """
courier delivery dostavk* kurersk* mensajeria paqueteria kurye livraison
carrier carriers haulage trucking truckers gruzoperevoz* avtoperevoz* transportistas
trustee trustees custodian custody treuhand
foundation funds fondos fonlari
equity equities
asset assets aktivov aktivy activos varlik actifs
remittance remittances remesas hiwala hiwalat havaleh
money maliyyah
payment payments platezhn* oplata odeme pagos paiement pardakht
fintech finteks
crypto kripto cryptocurrency
blockchain blokchein
casino kazino
betting bukmeker* apuestas bahis
lottery loterei* loteria piyango loterie
gaming games igrov* igry juegos oyun
film films filmov kinostudi*
music muzyk* muzyka musica muzik musique
broadcasting broadcast broadcaster veshchan* teleradio radiodifusion yayinciligi
newspaper newspapers gazeta gazette periodico rooznameh ruznameh
journal zhurnal revista dergi dergisi majalla nashrieh
book books kniga knizhn* libros librairie kitap kitab
plywood fanera fanern* kontrplak
tiles tile plitk* azulejos
bricks kirpich* ladrillos tugla briques
asphalt asfalt* bitumen bitum bitumn* asfalto
marble mramor* marmol mermer marbre
granite granit granitn* granito
gems gem gemstone gemstones dragotsen* samotsvet* gemas
jewelry jewels bijoux cavaher
watch watches clock clocks chasov* chasy relojes saat
photo photographic foto fotograf* fotografia
electrical electro
pipeline pipelines truboprovod* oleoducto gasoducto boruhatti
tank tanks tankage rezervuar* tanques
warehouse depot depots warehousing bodegas anbari
procurement purchasing purchase zakup* snabsbyt compras satinalma tadarokat
trading trader traders handelshaus commercio comercializacion
market markets rynki mercados pazari
shop shops tienda tiendas dukkan boutique
mall malls
dealer dealers dealership diler* concesionaria bayi
agency agencies agenturnoe
management managers
accounting accountants accountancy bukhgalter* contadores contaduria muhasebe
tax taxes nalogov* vergi impuestos
notary notarial notarialn* notaria
insurance reinsurance perestrakhov* reaseguros reasurans
medical medicine medicines
health healthcare wellness
dental dentistry stomatolog* odontologia
laboratory lab labs
diagnostics diagnostic diagnostich* diagnosticos teshis tashkhis
design engineers designs
planning planirov* planificacion planlama
repair repairs
hardware hirdavat ferreteria skobian*
computer informatics informatik* informatica
internet web onlain
telephone telephony telefon* telefonia phone phones
mobile mobiln* movil moviles mobil
airport airports aeropuertos havaalani havalimani
aviation aero aeronautica aeronautics aeronautical
port ports harbours harbors
shipyard dock docks dok drydock
fish seafood seafoods mariscos moreprodukt*
aquaculture akvakultur* acuicultura maricultura
farm farming fermerstv*
food foodstuff foodstuffs groceries grocery
drinks beverages beverage bebidas nushidani
juice juices sokov* soki jugos
wine wines winery wineries vinodel* vinzavod
tobacco cigarettes cigarette sigaret* cigarrillos sigara
flour mukomol* muchn* harina harinas
wheat pshenits* trigo bugday
tea chayn*
coffee kofe kofein* cafe cafes kahve
cotton khlopok khlopk* algodon pamuk coton panbeh
fashion moda modas
cosmetics cosmetic kosmetik* cosmeticos kozmetik
perfume perfumes parfyum* perfumeria parfum parfums
beauty krasot* belleza guzellik
hotel hotels motel motels resorts
catering obshchepit restavratsion* banquetes
holidays holiday
taxi taksi taxis
automobile vehicle vehicles vehiculos
truck trucks camiones kamyon
tire tires tyre tyres shinn* llantas lastik
accessories accessory aksessuar* accesorios aksesuar
pipe tubes tubing
casting castings
rolling prokat prokatn* laminados haddeleme
quarry quarries cantera canteras
detective detectives detektiv detektivn*
analysis analytics analitik* analisis analiz
strategic strategy strategich* estrategia estrategico strateji
college kolledzh colegio collegium
charity aid
league liga lig ligue
football futbol futboln* futbolnyi soccer
directorate direktsi* direccion mudurlugu mudiriyya
authority authorities otorite
bank banking bankacilik bancaria
loan loans prestamos emprunt
mortgage ipotek* ipotechn* hipotecaria
housing residential zhiloi zhilstroi viviendas vivienda
plant factories plants
production producer producers productora
universal universaln* universales
assistance asistencia yardim
implementation vnedren* vnedrench*
supplemental takmili supplementary
network networked
airlines airline aerolinea
technology tekh teknolog* teknoloji*
united yonhap
interregional mezhregion*
cement siman cimento cemento
steel folad
chemical kimia
ship chuanbo
university daxue
scientific kexue
cooperative taawon taawun
design handasa handasiya handasah
tourism siyaha siyahah
invest istithmar istithmari
association rabita rabitat
emirate emirates imarat imarah emirat emirato
caliphate khilafah khilafat khilafa
monotheism tawhid tawheed tevhid
prison zindan turma koloniya kolonii zendan hapishane
concrete botoni
mediterranean mediterraneo mediterranea mediterranee mediterraneen
castilian castellana castellano castilla
"""
