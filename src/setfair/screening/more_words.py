"""A second table of words of firms and organisations, from general knowledge: see `translations`.

Lines are those of `translations.WORDS` and `translations.PHRASES`, in the same form. What is a word here is
looked up after the first table, which counts where both have one.
"""

from __future__ import annotations

MORE_WORDS = """
plant werk werke karkhan* glassworks steelworks ironworks
glass stekl* steklo verre vidrio shisheh
group jamaat jamaa jamaah gamaa gamaat gamaah jemaah jamaah dzhamaat djamaat jitu jituan
weapons weapon oruzhein* oruzheyn* oruzhie arms armaments armament vooruzhen* silah aslaha
armed vooruzhenn* armees armadas silahli musallah
unmanned bespilotn* uav uavs drone drones bpla
rescue spasatel* lifesaving salvage
network networks networking setevaya setevoi setevoy setevoe shabakeh
resistance soprotivlen* muqawama muqawamah moqavemat resistencia
hydrographic gidrografich* hydrography
hydro gidro
hydraulic gidravlich* hydraulics hidrolik
electromechanical elektromekhan* elektromech*
mechanical mekhanich* mekhanik* mechanics mechanic
physics fizik* physical fizich*
mathematics matematik* matematich* mathematical
experimental opytn* eksperimentaln* eksperiment*
testing ispytateln* ispytani* tests test
processing pererabat* obrabot* pererabotk* pardazesh pardazeshgar
heavy tyazhel* tiazhel* sangin
timber derevo* lesopromyshl* lesozagot* keresteh
paper bumag* bumazhn* kaghaz
furniture mebel* mobilya
textile textiles tekstil* nassaji
dairy molochn* moloko milk labaniyat
fish ryby
grain zernov* zerno cereals
bread khleb* bakery
water vodokan* agua
heat teplov* teplo thermal teploenerg*
road dorozhn* avtodor* roads
bridge mostov* mostostroi*
region oblast oblastn* oblasti
republic respublik* republica republique jomhouri jomhuri jumhuri* jumhuriyah jumhuriyya cumhuriyet*
province wilayat wilayah vilayat provincia ostan vilayet
education obrazovat* obrazovan* educational educacion
device devices ustroistv* apparatus apparat*
measurement measuring izmeritel* izmeren* metrolog* metrology
sensor sensors datchik*
quantum kvant*
photonics fotonik* photonic
vacuum vakuum*
magnetic magnit* magnet magnets
battery batteries akkumulyator* akumulyator* accumulator
turbine turbines turbin* turbinn*
pump pumps nasos* nasosn*
compressor compressors kompressor*
crane cranes kranov* kreyn
welding svarochn* svarka
forging kuznechn* forge
foundry liteyn* litein*
tool tools instrumentaln* instrumentalny
drive drives privod* draiv drayv
machinetool stankostroit* stanochn* stanki
tractor tractors traktor*
wagon wagons vagon* vagonn* railcar railcars
bus buses avtobus*
cargo gruzov* kargo freight fraht
foreign vneshn* inostrann* zarubezhn* dis khareji khariji kharijiya overseas
economic ekonomich* ekonomik* eghtesad* economico economica iqtisad* economy
trading handel handels maoyi muyok tijara tijariya tijarah tijari comercializadora bazargan merchant
technology keji teknolozhi teknolozi tekhnolodzhi teknoloji
international guoji beynolmelal* beinolmelal* beynalmelal* beinalmelal* beynolmelali melal duwaliya dawliya
electronic dianzi elektronike
chemical huagong kimyasal kemikal himich*
petrochemical neftekhim* petrokhim* patroshimi petroshimi petrochemicals petrokimya
refinery neftepererab* oilrefining refineria tasfiyeh refining refineries palayesh*
industry sanati sanate san sanayeh sanaee sinaa sinaiya senaye sanayee
machine mashinostroit* mashinostroen* machinebuild* jixie
instrument priborostroit* instrumentmaking
aviation aviastroit* havapeyma* havapaym* havapeima* hangkong
shipping hangyun shipmanagement keshtirani kashtiran* reederei
china chinese kitaisk* kitai zhongguo chinas
korea korean choson chosun joson
germany nemets* alemania deutschland deutsche
switzerland schweiz swiss suisse shveits*
sweden swedish svenska
norway norwegian norsk norske
finland finnish suomen
belarus belarusian belorussk* belarusk* byelorussian
ukraine ukrainian ukrain*
iraq iraqi irak
turkey turkish turkiye
cuba cuban cubana cubano
europe european evropeisk* evropeysk* europa
asia asian aziatsk*
caspian kaspiisk* kaspiysk* khazar
caucasus kavkaz*
volga volzhsk* povolzh*
donetsk donetskaya donetskii donetskoi
lugansk luhansk luganskaya
petersburg peterburg* sanktpeterburg*
sevastopol sevastopolsk*
novosibirsk novosibirskii novosibirskiy novosibirskoe
kazan kazansk*
tula tulsk* tulskii tulskiy tulsky
ryazan ryazansk* riazansk*
samara samarsk*
saratov saratovsk*
smolensk smolenskii smolenskiy
voronezh voronezhsk*
yaroslavl yaroslavsk*
izhevsk izhevskii izhevskiy
chelyabinsk cheliabinsk*
krasnoyarsk krasnoiarsk*
khabarovsk khabarovskii
irkutsk irkutskii irkutskiy
amur amursk*
mari mariisk* mariysk* mariyskiy
altai altaisk* altaysk*
kuban kubansk*
tatarstan tatarsk*
tehran teheran
police policia polis politsi* polizei shurta
intelligence razvedk* razvedyv* mukhabarat istikhbarat ettelaati istihbarat
command komandov* komanda qiyada farmandehi
committee komitet* komite comite lajna lajnat
congress kongress* congreso
commission komissi* comision
headquarters shtab gharargah qarargah
department departament* dept otdel*
division divizi* firqa firqat lashkare
corps korpus sepah faylaq failaq
soldiers jund jond jundullah askar
militia militias opolchen* milisiya milis
democratic demokratich* democratique democratico demokratik dimuqrati
socialist sotsialist* socialista
communist kommunist* comunista komunist
workers rabochi* trabajadores karkari karkaran
youth molodezhn* molodyozhn* shabab javanan juventud
women zhensk* mujeres nisa
students student studench* tulab
political politich* politico siyasi
cultural kulturn* cultura culture farhangi kultur
sports sport sportivn* deportivo deportes varzesh*
smart hushmand hooshmand houshmand intellekt* intelligent
knowledge znani*
printing poligraf* print pechat*
publishing izdatel* publisher publishers publicaciones
news novosti novostei khabar
press pressa presse prensa
television televizion telewizja
studio studiya studios estudio
pioneer pishgam* pioneers pishro
law yuridich* legal hoghoogh*
audit auditorsk* auditing
exchange birzha birzhev* currency doviz
deposit depozitarn* depozit*
pension pensionn* pensiones
registrar registrator*
marketing pazarlama
distribution distributor distributors distribuidora raspredelit* tawzi
workshop taller talleres mastersk*
restaurant restoran* restaurante restaurantes
tourism turizm* turistich* turismo tours tour travel
hotel gostinits* hoteles
clinic klinik* clinica
hospital bolnits* bimarestan mustashfa
health zdravookhr* zdorov* salud saglik salamat
jewelry jewellery jewelers jewellers yuvelir* joyeria joyerias kuyumculuk mucevherat
northeast noreste
northwest severozapad* noroeste
southwest yugozapad* suroeste
southeast yugovostoch* sureste
professional profesional professionaln*
transport nakliyat nakliye transportes tasimacilik tasima perevoz* perevozk* yunshu hamlonaghl
automobile automotriz avtomobilestr* autos oto
agricultural agropecuaria ganadera zirai selkhoz* agropromyshl*
property bienes inmobiliarias amlak
builder stroitel stroiteli builders
building stroeni* binalar edificaciones
enterprise empresarial entreprise entreprises betrieb yritys
corporation corporativo korporasyon
establishment anstalt etablissement etablissements muassasat moassasat mouassasat muessese moasese moassese
foundation stiftung stiftelse stichting vakif waqf bunyad
association verein foreningen forening verband associates
fuel fuels toplivn* akaryakit combustibles
software yazilim barnameh narmafzar
information bilisim etelaat ettelaat ettelaate
telecommunications mokhaberat ertebat* ertebatat ittisalat
quds qods ghods kods
kryl* ajnehat
shipyard sudoverf* shipyards
reactor reaktor*
radiation radiats*
microwave sverkhvysok* svch
antenna antenn*
radar radiolokat* radars
satellite sputnik* satellites sputnikov*
radiotechnical radiotekhn* radioengineering
electrotechnical elektrotekhn* electrotechnics
radioelectronic radioelektron*
optoelectronic optoelektron* optronic optronics
fibre fiber volokn* fibers
rubber rezin* kauchuk*
plastic plastics plastmass* plastik*
paint lakokras* paints boya
fertilizer fertilizers udobren*
ecology ekolog* ecological environmental
meteorological meteorolog* gidromet*
ocean okean* okeanolog* oceanology
arctic arktich* arktik*
alfa alpha
wings ajnehat wing
processing obogatiteln* enrichment beneficiation
foreigneconomic vneshneekonomich* vneshneekon*
police intizam* entezam* entizam* intezam*
trading kommerz* kommertsiya
city gorod gorodsk* munitsip* shahrdari belediye baladiya
mission missiya missii mision
warehouse sklad skladsk* almacenadora depolama
industry shiye
data dadeh dannykh dannye
alfa alpha
"""

MORE_PHRASES = """
police law enforcement
machine machine building
instrument instrument building
machinetool machine tool
ntts scientific technical center
ntts scientific and technical center
ntts technical center
npk research and production concern
npk research production concern
npk scientific production concern
npk scientific and production concern
npp spe
npp rpe
npo rpa
kb db
okb edb
mkb mbdb
tskb cdb
po production association
mz machine plant
tpk trading industry complex
tpk trading and industry complex
tpk trading industry company
tpk trading and industry company
gok mining processing plant
gok mining and processing plant
gok mining plant
ik invest company
ik infrastructure corporation
uk control company
vo foreigneconomic association
vo foreign economic association
jv joint venture
sp sovmestnoe enterprise
rf russian federation
dnr donetsk people republic
dnr dpr
lnr lugansk people republic
lnr lpr
isil islamic state of iraq and the levant
isil islamic state in iraq and the levant
isil islamic state of iraq and levant
isil islamic state of iraq and syrian
isil islamic state of iraq and the sham
isil islamic state of iraq and al sham
isil islamic state of iraq and ash sham
isil islamic state
isil islamic states
isil isis
isil daesh
it information technology
irgc islamic revolution guard corps
irgc islamic revolution guard
irgc corps guard islamic revolution
irisl islamic republic of iran shipping lines
irisl islamic republic of iran shipping line
nioc national iran petroleum company
nigc national iran gas company
nitc national iran tanker company

"""
