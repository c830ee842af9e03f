"""A third table of words of firms and organisations, by line of business: see `translations`.

Lines are those of `translations.WORDS` and `translations.PHRASES`, in the same form. What is a word here is
looked up after the tables before it, which count where they have it.
"""

from __future__ import annotations

TRADE_WORDS = """
electrical elektrik elektrotechnika dianqi bargh
energy nengyuan energetika
sales satis sbyt sbytov* prodazh vendas ventas forush
wholesale toptan wholesaler wholesalers optov* mayorista
retail perakende roznichn* retailer retailers
aviation havacilik
space uzay fazaee
import ithalat importadora imp jinkou
export ihracat exportadora exp chukou
foreigntrade vneshtorg vneshtorgov*
trading treid treyd traid torg mercantil mercantile sharikattijara traiding trejding ticari
industry endustri endustriyel endustrisi sanayii gongye promyshlennost
products urunleri urun product urunler
machine makineleri makinalari makinasi mashin mashinsazi mashinasazi mashinnyi
development gelistirme gostaresh gostar fazhan desarrollos desarrolladora
research arastirma pajouhesh* pajooh* pazhooh* pazhoh* pazhuh* yanjiu investigaciones
scientific sciences nauk bilim ciencias
technical fanni
consulting danismanlik moshaver* advisory advisors advisers asesores asesoria asesorias consultoria konsulting
software yazilim narmafzar
information bilisim bilgi infotekh infotech
telecommunications iletisim haberlesme ertebatat tongxin comunicaciones telekom
clothing giyim garment garments apparel odezhd* confecciones shveinykh shveinaya
leather deri kozhevenn* charm
shoes ayakkabi obuvn* obuv footwear
machinetool stanok
distribution dagitim distribuidor distribuidores pakhsh
customs gumruk gumrukleme tamozhenn* aduanal aduanas
petroleum petrolculuk neftegazov* shiyou neftyan* oilfield neftepromyslov*
oilproducts nefteprodukt* nefteproduct*
fuel toplivn* toplivo fuels combustible combustibles sokht
fillingstation gasolinera gasolineras gasolina avtozapravoch*
packaging ambalaj upakov* upakovk* packing embalajes
printing matbaa matbaacilik tipograf* imprenta
publishing yayincilik yayin editorial editora
advertising reklam reklamn* publicidad
education egitim uchebn* training
livestock hayvancilik ganaderia zhivotnovod*
farm ciftlik farms fermersk*
construction yapi sakhtemani constructora stroi stroy stroiteln* stroitelnoi stroyteln* konstruktion
architecture mimarlik arkhitekt* arquitectos architects
contracting taahhut contractor contractors podryad* peymankari muqawalat
partnership ortakligi partnerstv*
enterprise isletmeleri isletmecilik isletmeciligi isletmesi preduzece
ship gemi gemicilik kashti
store magaza magazacilik stores supermarket supermarkets magazin magaziny forushgah
gold altin
mining maden maadeni rudnik shakhta shahta minerales kuangye
opencast razrez
glass cam
cleaning temizlik klining uborka
private chastn* privado privada prive ozel khosusi khususi privat
storage khranen* anbar
special spetsializirov* specialized specialised spetsialny
deposit depository depositary depozitar*
control upravlyayushch* upravliayushch*
advanced perspektivn* peredov* pishrafte pishrafteh
precision pretsizionn* tochnoi tochnykh tochnoy
synthetic sintetich* synthetics
pulp tsellyulozn* tselliulozn* cellulose
cardboard kartonn*
repair remontn* remontno renovation renewal maintenance tamirat bakim
installation montazhn* montazh montaj assembly
exploration geologorazved* razvedochn* prospecting ekteshaf
gasprocessing gazopererab*
powerplant elektrostants* elektrostantsiya nirugah
electricpower elektroenerg* elektroset*
network seti
boiler kotelnoe kotelnyi kotly boilers
wire wires provodov
lighting svetotekh* osvetiteln* aydinlatma
security okhrannaya okhrannoe okhrannoi okhrannykh okhrannye okhrannyi okhrana okhrany vigilancia
nonprofit nekommerch* noncommercial
nonstate negosudarstv*
services servisez servises servisis sluzhba sluzhby sluzhbu hizmet
flight letnyi letnoi letnaya parvaz
detachment otryad otryada squad
unit chast chasti podrazdel*
military voisk* voysk* voinsk* voennaya
combat boevoi boevoy boevykh
armoured armored bronetank* bronetekh*
ammunition boepripas* munitions muhimmat
gunpowder porokh porokhovoi porokhovoy
explosives vzryvchat* explosive
clean chistaya chistyi chistoi chistoy
water voda vody vodnyi vodnykh
shipping parokhodstv* haiyun chuanwu gemiciligi
lines lain layn liniya linii lineas
branch filial filyal shobe sube sucursal
representation predstavitelstv* representative
higher vyssh* vysshego
academy academician akademik
operator operadora operating
agricultural agropecuaria agroindustri* agroprom* agropecuarios agriculture
transport transportadora autotransportes yuk
corporation corporativo korporatsii korporasi
fiduciary fiduciaria fideicomiso
pharmacy farmacia farmacias apteka apteki drogueria eczane
fishing pesquera pesca balikcilik
association jamiya jamiyya jamiyyah jamiyyat jamiyah verein zrzeszenie
making sazi yapim
structure sazeh
steel fulad foulad
cement cimento
copper cobre bakir
fertilizer kood kode
infrastructure zirsakht infrastruktur* infraestructura altyapi
computer rayaneh rayanesh kompyutern* bilgisayar
institute moasseseh yanjiusuo yanjiuyuan
foundation sandogh
headquarters setad genshtab
railway rahahan demiryolu demiryollari ferrocarril
importexport jinchukou impeks impex importeksport
equipment shebei ekipmanlari ekipmanlar tajhiz ekipmani
logistics wuliu
invest touzi inversora yatirimlari investors investitsii
bank yinhang unhaeng masrif masraf akb jscb pjscb ojscb bankasi
production zhizao uretim sazandeh fabricacion
materials cailiao malzemeleri
electromechanical jidian
group majmua majmuah majmooeh gruppu skupina
establishment muassasat muassasah muassasa muassassat est
charity emdad imdad charitable khayriya khayriyya khayriyyah khayriyah khairiyah khairia
charity kheiriyeh kheirieh hayir
property properties proprietary bienes inmuebles emlakcilik
broker brokers brokerage makler* kargozari
agency agent agents acente acenteligi acentesi simsar
parts spare zapchasti zapchast yedek refacciones
components component komplektuyushch* komponent*
commodities commodity goods tovarn* mallari
offshore ofshor
tanker tankers tankern*
terminal terminals terminaln*
forwarding forwarder forwarders ekspeditsionn* ekspedits*
utilities utility
securities fondovyi
bureau office ofis ofisi maktab chongguk
design mohandesin dizain dizayn proyekt* project projects proyecto proyectos tasarim
museum muzei muzey muze
gallery galereya galeria
cinema kino kinostudiya
ceramics ceramic keramik* keramich* seramik ceramica
concrete betonn* zhelezobeton* betonnykh
brick kirpichn*
tobacco tabachnaya tabachnyi tabachnoe tabachnogo tabak tutun tytunyovaya
alcohol spirtn* likerovodochn* spirits
beer pivovar* brewery
sugar sakharn* seker shekar azucar
meat myasnoi myasnoy myasnaya myasnye myasnykh myasokombinat etcilik
poultry ptitsefabrik* ptitsevod* tavukculuk
seed semenovod* seeds
agrochemical agrokhim* agrochemicals
greenhouse teplichn*
biotechnology biotekh* biotech biotechnologies
nanotechnology nanotekh* nano
robotics robototekh* robot robots
cyber kiber kiberbezopasn*
internet interneta
cloud oblachn*
simulation modelirovan* modeling modelling
antenna antenn* antennas
radar radiolokats* radiolokatsionn* radars radiolocation
microcircuit mikroskhem* microcircuits chip chips circuit circuits
board boards pechatnykh plat
diode diodn* diodes
transistor tranzistor* transistors
capacitor kondensator* capacitors
connector connectors soedinitel* konnektor*
xray rentgen*
plasma plazm* plazmenn*
cryogenic kriogen* cryo cryogenics
refrigeration kholodiln* sogutma
climate klimatich* klimat
ventilation ventilyats* havalandirma
valve valves armaturn* vana
nickel nikel nikelev*
zinc tsinkov* cinko
alloys splavov splavy splav alloy
nonferrous tsvetn* tsvetmet*
powder poroshkov*
composite kompozitnyi kompozity composites kompozitn*
graphite grafit grafitov* graphit
abrasive abraziv* abrasives
parachute parashut* parachutes
submarine podvodn* subsea underwater
dredging dnouglubit* dragado
diving vodolaz*
tunnel tonneln* tunnels
airfield aerodromn* aerodrom
housing zhilishchn* konut maskan
communal kommunaln*
support podderzhk* poshtiban poshtibani
management menedzhment menedjment manejment menegment menagement idare yonetimi
business biznes negocios isletme
money pul
exchange sarafi sarrafi sarafa sarrafa sirafa hawala hawalah exchanges exchangers exchanger
first primer primero primeira primeiro
command comando kumandanlik
national wataniya wataniyya milliye
world dunya
arab arabiya arabiyya
transit tranzit tranzitn*
innovation innovatsii innovatsionno inovasyon
technopolis tekhnopolis
quality kachestv* kalite
hotel otel otelcilik hoteleria hotelera
studio art
assistance sodeistv* sodeystv*
group kholdinga
information etelaat
clearing kliring
social sotsialn* sosyal
family semeinyi aile
sanatorium sanatori*
rehabilitation reabilitats* tavanbakhshi
hunting okhotnich* avcilik
nitrogen azotn* azot
oxygen kislorodn*
liquefied szhizhenn*
exploration poiskov*
polytechnic politekhnich* politekh*
mineral minerals mineraln*
port seaport seaports
people halk
party partisi
liberation kurtulus
revolution devrimci
group goruh
plant mill mills
production manufaktura manufactory vytvorch*
scientific navukov*
state dzyarzhaun*
republic republican
metal metalurji
transport avtotransport*
brothers hermanos
foundation stiftelse stichting stiftung
association foreningen forening jammeat
charity humanitarian benevolence blagotvoritel*
bureau bureaux
shipyard dockyard
analytical analitich*
fasteners krepezh krepezha
store superstore
administration administrats*
yakutsk yakutskaya yakutskii yakutskiy yakutskogo
tambov tambovsk*
perm permskii permskiy permskaya permskoe permsky
vologda vologodsk*
omsk omskii omskiy omskaya omskoe
tomsk tomskii tomskiy tomskaya tomskoe
penza penzensk*
kursk kurskii kurskiy kurskaya kurskoe
bryansk bryanskii bryanskiy briansk
tver tverskoi tverskaya tverskoe
kaluga kaluzhsk*
kostroma kostromsk*
rostov rostovsk*
volgograd volgogradsk*
astrakhan astrakhansk*
ufa ufimsk*
orenburg orenburgsk*
tyumen tyumensk* tiumen
barnaul barnaulsk*
kemerovo kemerovsk*
ulyanovsk ulyanovskii ulyanovskiy ulianovsk
lipetsk lipetskii lipetskiy
belgorod belgorodsk*
murmansk murmanskii murmanskiy
arkhangelsk arkhangelskii arkhangelskiy
vladivostok vladivostoksk*
nizhegorodsk nizhegorodskii nizhegorodskiy nizhegorodskaya
kaliningrad kaliningradsk*
pskov pskovskii pskovskiy
mytishchi mytishchinsk* mytishinsk*
podolsk podolskii podolskiy
kolomna kolomensk*
taganrog taganrogsk*
krasnodar krasnodarsk*
stavropol stavropolsk*
minsk minskii minskiy minskaya minsky
gomel gomelsk* homel
vitebsk vitebskii vitebskiy
mogilev mogilevsk* mahiliou
grodno grodnensk* hrodna hrodzensk*
zelenograd zelenogradsk*
gulf golfo khalij
market marketplace rynok
automobile car cars oto avtomobilnyi
aviation avia
club klub
trust trast
plus plyus
enterprise empresarial
supply supplies postavk*
technology tehnolog* tehnologije tekhnologicheskii
electronic elektronike
division div
trading komers komertsiya kommersiya
house khaus haus
soft softver
global globaln*
bridge bridzh
melting plavil*
welfare refah
health behdasht
chemical shimiyaei shimiaei khim
crew ekipazh
reconstruction rekonstruktsi* bazsazi
zone zona mantaghe
reserve rezerv rezervn*
"""

TRADE_PHRASES = """
radiotechnical radio design
electrotechnical electrical design
exchange bureau de change
exchange exchange exchange
exchange money exchange
exchange exchange services
exchange money transfer
invest invest gozari
invest invest kart
importexport import export
importexport import and export
importexport import ve export
importexport export import
importexport export and import
bank joint stock trading bank
bank aktsionernoe trading bank
bank trading bank
instrument instrument making
instrument instrument design
machine machine making
machine machine design
machine machine production
ran russian academy of scientific
ran russian academy scientific
offshore off shore
sea offshore
kb design bureau named after
mkb machine design bureau
asset asset management
ano autonomous nonprofit organization
ano autonomous non profit organization
ano autonomous non trading organization
ano autonomous not for profit organization
nko nonprofit organization
nko non profit organization
nko non trading organization
npf nonstate pension foundation
npf non state pension foundation
npf non government pension foundation
chop private security organization
chop private security enterprise
chop private security company
chop private security firm
chop choo
chop pso
svr foreign intelligence services
airlines aviation company
ntts scientific technology center
ntts scientific and technology center
nii research institute of
nii scientific research
rkts missile space center
rkts missile and space center
rkk missile space corporation
skb special design bureau
tco narcotics trafficking organization
tco narcotics trafficking group
gnpp state scientific production enterprise
gnpp state research and production enterprise
gnpo state scientific production association
gnpo state research and production association
nipi research and design institute
nipi scientific research and design institute
nipi scientific research design institute
nipi research design institute
sp joint enterprise
gp general contracting
mfk international finance club
ifk invest finance company
smt construction installation trust
ngo nongovernmental organization
ngo non governmental organization
ngo non government organization
fpk finance industry company
fpk finance and industry company
uav unmanned aviation
"""
