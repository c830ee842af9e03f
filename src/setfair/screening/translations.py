"""Words of firms and organisations that lists translate, transliterate or abbreviate, and the one for all.

Rules
-----
1. A line of `_WORDS` is one word in several languages (English, Russian, Spanish, French, Arabic, Persian,
   Turkish); all are compared as the first. A word that ends in ``*`` stands for all that begin with it and
   have at most `ENDING_MAX` letters more: Russian adjectives have a dozen endings.
2. A line of `_PHRASES` is one expression of several words, and its abbreviation: ``NPO`` is ``Research and
   Production Association`` is ``Nauchno-Proizvodstvennoe Obedinenie``. Phrases are looked for after words
   were translated, so they are written in the words of `_WORDS`.
3. No given name or family name stands here by itself. What many firms share does not make one of another:
   such words are common on the lists as well, and weigh little.
"""

from __future__ import annotations

from setfair.screening.more_words import MORE_PHRASES, MORE_WORDS
from setfair.screening.service_words import SERVICE_WORDS
from setfair.screening.trade_words import TRADE_PHRASES, TRADE_WORDS

_WORDS = """
plant zavod zavody kombinat combine factory fabrika zavodu works fabrica usine fabrik
group grupp gruppa gruppy grupa grupo groupe gruppe holding holdings kholding grup hruppa gruppi
international intl mezhdunarodn* internatsional* internacional internationale uluslararasi interneshnl
international interneshenl interneshnel
institute institut instituto
scientific nauchno nauchn* science scientifique nauchnoissled*
research issledovatel* investigacion recherche pazhouhesh pajohesh tahghighat
center centre tsentr centr tsentra centro merkezi markaz
bureau byuro biuro buro
design konstruktor* proekt* engineering inzhiniring* inzhenern* mohandesi muhendislik ingenieria
production proizvod* produksiya produccion tolid* tolidi manufacturing manufacture manufacturer
association obedin* obyedin* obydin* assotsiat* assoc asociacion asociatsiya anjoman dernegi
state gosudarstv* goskorp* gos
enterprise predpriyat* predpriiat* enterprises empresa entreprise pradpryem* pidpryiem* pidpryyem*
trading torgov* trade torgovlya commercial kommerch* tejarat* bazargani ticaret comercial commerce
trading comercio treiding treyding
house dom
leasing lizing*
invest investment investments investic* investits* inversion inversiones yatirim sarmaye*
chemical khimich* chemistry chemicals quimica kimya shimi* khimiya
shipbuilding sudostroit* sudostroen*
shiprepair sudoremont*
shipyard verf astillero astilleros tersane tersanesi tersanecilik
special spetsial* spets spec
technology technologies tekhnolog* tekhnologi* technolog* tech tecnologia teknoloji fanavar* fanavari
technology tekhnolodzh*
technical tekhnich* technic* tekhnik* tecnica teknik
electronic electronics elektronik* elektronn* electronica
electrical elektrich* elektr elektro electric
systems system sistem* systeme systemes sistemas sistemz
industry industries industrial promyshlenn* sanayi sanaye sanat industria industrie prom indastri
industry indastriz industri indastris
development razvit* desarrollo developpement tosee* toseh* divelopment
bank banka banque banco banku
foundation fond fund bonyad fundacion fondation vakfi
management upravl* managing yonetim modiriat
construction stroit* stroitelstv* construcciones construction construccion insaat sakhteman*
federal federaln*
general gen
services service servis servisi servicios uslug* khadamat khadamate hizmetleri
brothers bros
organization organisation org organizats* organizacion munazzamat munazamat sazman sazeman tanzim tandhim
university universitet* universidad universite daneshgah jamiat
petroleum oil neft neftyanaya neftyanoi neftegaz neftianaia naft petrol petrole nefte
gas gaz gazovyi gazovaya gazovoe
union soyuz soiuz ittihad ettehad birligi syndicat
concern kontsern* konzern
agency agentstv* agencia agence
military voenn* voyenn* militar
machine mashino* machinery machines machinebuilding mashineri mashinery maquinaria makine makina
metal metall metals metallurg* metalurgica
instrument pribor* instruments priborostr*
aviation aviats* aviatsion* aircraft aviacion havayi hava aerospace aerokosm* aviakosm*
helicopter vertolet* helicopters
space kosmich* kosmos cosmos
missile raketn* rocket missiles rockets
ship sudno sudov ships vessel
shipping sudokhod* navigation navigat* naviera kashtirani maritime marine morsk* denizcilik daryae daryaei
sea more sea
port port porto puerto liman
river rechnoi rechnoy
north northern severn* severo shomal norte kuzey
south southern yuzhn* iuzhn* jonoub sur guney
east eastern vostoch* vostok shargh sharq este dogu
west western zapad* gharb oeste bati
fareastern dalnevostochn*
russian rossiisk* rossiysk* rossiyisk* rossisk* russia rossii rossiya rossiia russische rusia russkoe russk*
iran iranian irani
syrian syria siriya
moscow moskva moskovsk*
ural uralsk*
siberian sibirsk* siberia
baltic baltiisk* baltiysk*
crimea krym krymsk* krimsk*
security bezopasn* seguridad securite amniyat guvenlik sekyuriti sekiuriti
defense oboron* defence defensa defa savunma
insurance strakhov* bimeh seguros assurance sigorta
credit kredit* credito
export eksport*
import import importn*
transport transportn* transportation transporte tasimacilik haml tarabari
logistics logistik* logistic logistica lojistik lodzhistik*
automobile avtomobil* automotive auto avto automoviles otomotiv khodro
energy energet* energ* energiya energia energie enerji enerdzhi
nuclear yadern* atomn* atomic atom hastei hasteyi
coal ugoln* ugol uglia
mining gorno gornaya gornyi gornorudn* mine mines minera mineria madencilik maadan
gold zoloto zolotoi zolotaya oro
materials material materialov materialy materiales
optics optik* optich* optical opto
laser lazern* lazer lasers
radio radio radiov
telecommunications telekommun* telecom communication communications svyaz* sviaz* telecomunicaciones
computer kompyuter* computers computing vychislit*
information informats* informatsion* informacion informatique
digital tsifrov* didzhital
software programmn*
automation avtomat* automatic automated automatik
control kontrol* upravliaiushch*
innovation innovats* innovative innovatsion* innovations
applied prikladn*
modern sovrem*
new novyi novaya novoe novye
united obedinenn* obyedinenn*
first pervyi pervaya pervoe
central tsentraln* tsentral
regional regionaln*
national natsional* nacional nationale milli melli natsyyanaln*
independent nezavis*
repair remont* reparacion
base baza bazy
equipment oborud* equipments tajhizat equipos equipement ekipman
products produkts* produkt* product productos
complex kompleks* komplex complejo
corporation korporats* corporacion
academy akadem* academia
society obshchestven* jamiyat jamiat cemiyeti sociedad
school shkola madrasa madrassa escuela medrese
solutions solution resheni* solushn soluciones cozumleri solyushn solyushns solyushnz soliushn soliushns
company kompani* kompaniya kampani* kompanii
consulting konsalt* consultancy consultants musavirlik
capital kapital*
finance finans* financial financiera finanzas
property nedvizhim* realty gayrimenkul inmobiliaria immobilien emlak
medical meditsin* medico tibbi pezeshki
pharmaceutical farmats* pharma darou daroo ilac farmaceutica
food pishchev* foods gida alimentos ghaza
agricultural selskokhoz* agro agrar* agricola tarim keshavarzi
microelectronics mikroelektron* microelectronic
semiconductor poluprovodn* semiconductors
catalyst kataliz* catalysts
cartridge patronn* patron
bearing podshipnik* bearings
engine dvigatel* engines dvigatelestr* motor motors
pipe trubn* pipes trub
steel staln* steels acero foolad celik
aluminum alyumin* aliumin* aluminium aluminio
acoustics akustik* akustich* acoustic
relay releinn* releyn* releinoi
brigade brigades kataib katibat kataeb katiba battalion battalions batallion liwa saraya brigada brigadas
army jaysh jaish jeish jays armiya ejercito armee lashkar lashkari jeysh
movement harakat haraka harakatul dvizhenie movimiento mouvement hareketi jonbesh tehrik tehreek
front jabhat jabhah jebhat jabha frente fronte cephesi jabhe jebhe
party hizb hezb partiya partido parti partii
islamic islami islamiya islamiyya islamiyah islamia islamique islamico islamskii islamiyyah eslami
jihad jehad cihad dzhikhad
state gosudarstvo dawla dawlat dawlah doulat estado etat
partisans ansar supporters ansaru helpers
mujahidin mujahideen mujahedin mojahedin mudzhakhid* mujahidun mojahedeen
martyrs shuhada shohada martyr
revolution thawra inqilab revolutsion* revolucion revolutionary enghelab revolucionario revolutionaire
liberation tahrir liberacion osvobozhd*
people narodn* popular shaab peoples pueblo khalq
council shura majlis soviet sovet consejo conseil
force quwat quwwat forces niru nirou sily fuerza fuerzas niruye
guard haras guards gvardiya guardia pasdaran
sons abna
lions usud osoud
charity khayriya khayriyya charitable khairi blagotvorit* relief ighatha igatha
exchange sarrafi sarafi hawala kambio
cartel kartel
club klub
media mediya
desert sahara sahra
institution uchrezhden* ustanova
budgetary byudzhetn* biudzhetn* budget budzhetn*
unitary unitarn*
treasury kazenn*
autonomous avtonomn*
allrussian vserossiisk* vserossiysk* vserossiyisk*
sky aseman aasman
ministry ministerstv* ministerio ministere vezarat wizarat bakanligi
federation federats* federacion
cooperative kooperativ* taavon taavoni cooperativa
airlines airline avialini* aviakompan* aerolinea* havayollari airways
railway zheleznodorozhn* railways
locomotive lokomotiv* locomotives
cement tsement*
laboratory laborator* laboratories
airport aeroport*
fleet flot flota
fishing rybolov* fishery fisheries
television televid* televizion*
polymer polimer* polymers
cable kabel* cables
drilling buren* burov*
geology geolog* geological
geophysics geofiz* geophysical
astrophysics astrofiz* astrophys*
supply snabzhen*
resource resurs* resources
partner partnery partners
alliance alyans aliyans
firm firma firmy
"""

_PHRASES = """
npo research production association
npo research and production association
npo scientific production association
npo scientific and production association
npp research and production enterprise
npp scientific production enterprise
npp research production enterprise
npp scientific and production enterprise
npp research and production company
npp scientific production company
npp srpe
npk scientific production complex
npk research and production complex
npk research production complex
npts scientific production center
npts research and production center
nii scientific research institute
nii research institute
nii scientific and research institute
nii institute scientific research
nii sri
nii research and development institute
tsnii central scientific research institute
tsnii central research institute
vnii allrussian scientific research institute
vnii allrussian research institute
vnii all russian scientific research institute
vnii all russian research institute
fnpts federal research and production center
fnpts federal scientific production center
nits scientific research center
nits research center
nits scientific and research center
nits src
kb design bureau
kb design bureau of
kb design design bureau
mkb machine design bureau
mkb machine building design bureau
arz aviation repair plant
arz aviaremontnyi plant
okb experimental design bureau
okb opytno design bureau
tskb central design bureau
sktb special design technology bureau
sktb special design and technology bureau
ktb design technology bureau
uk management company
uk mc
grk mining ore company
grk mining rudnaya company
pmc private military company
pmc chastnaya military company
pmc chvk
lng liquefied natural gas
lng spg
dto drug trafficking organization
tco transnational criminal organization
kb pkb
npf research and production firm
npf scientific production firm
shipyard shipbuilding plant
srz shiprepair plant
srz ship repair plant
property real estate
development tose e
minoborony ministry of defense
minoborony ministry defense
td trading house
td th
"""

_STATE_FORMS = """
federal state unitary enterprise
federal state budgetary institution
federal state budgetary institution of scientific
federal state budgetary scientific institution
federal state autonomous institution
federal state treasury institution
federal state institution
federal state enterprise
federal treasury enterprise
federal treasury institution
state budgetary institution
state treasury institution
state unitary enterprise
municipal unitary enterprise
unitary enterprise
state enterprise
"""

ENDING_MAX = 9
"""Letters that may follow a word that ends in ``*``."""

STEM_LENGTH_MIN = 5
"""Letters of the beginning of a word that stands for all that begin so."""

WORDS: dict[str, str] = {}
"""By word: the one that stands for all."""
STEMS: dict[str, str] = {}
"""By the beginning of a word: the same."""
_LINES = [line.split() for line in f"{_WORDS}{MORE_WORDS}{TRADE_WORDS}{SERVICE_WORDS}".split("\n") if line]
_FIRSTS = {line[0] for line in _LINES}
for _first, *_others in _LINES:
    for _word in _others:
        if _word not in _FIRSTS:
            (STEMS if _word.endswith("*") else WORDS).setdefault(_word.rstrip("*"), _first)

DESCRIPTIVE_WORDS = frozenset((*WORDS.values(), *STEMS.values()))
"""What stands for others: words that say what a firm or an organisation is, and where."""

PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {}
"""By the words of an expression: the one word that stands for them; nothing for a legal form."""
for _first, *_others in map(str.split, filter(None, f"{_PHRASES}{MORE_PHRASES}{TRADE_PHRASES}".split("\n"))):
    PHRASES[tuple(_others)] = (_first,)
PHRASES |= {tuple(form.split()): () for form in filter(None, _STATE_FORMS.split("\n"))}
