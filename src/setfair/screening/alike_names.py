"""Names that are one name in their own script, and are written in Latin letters in many ways.

Rules
-----
1. A line is one name: each of its spellings is the very same as every other that is listed. What differs
   there are vowels, and letters that one language hears like another. A misspelt one is near that from which
   it differs least, as any token is.
2. Names that are only related (``Salim`` and ``Salem``, ``Juan`` and ``John``) stand on lines of their own,
   or in `given_names`, where they make a second reading.
3. What `spelling.fold_token` writes in one way anyway (``Nur`` and ``Noor``) need not stand here.
"""

from __future__ import annotations

_NAMES = """
mohammed muhammad mohamed muhamed mohamad muhammed mohammad muhamad mouhamed mouhamad mohammod mahomed
mohammadi muhammadi mohamadi mohammedi
ahmed ahmad achmad achmed ehmed
ahmadi ahmedi
mahmoud mahmud mehmood mahmood mehmud mehmoud
hussein hussain husain husein hossein hosein hossain husayn hussayn hoseyn houssein hocine hussin huseyn
husseini hussaini husaini hosseini hoseini husayni huseini
hassan hasan hassen hasen
abdullah abdallah abdulla abdalla
yusuf yousef youssef yousuf yusef yusif youssouf yousif
omar umar umer
othman uthman osman usman outhman
ibrahim ebrahim ibraheem ibrahem brahim
ismail ismael esmail ismaeel esmaeil ismayil esmail
khalid khaled halid haled
said saeed saied sayeed saeid saaed
salim saleem selim
saleh salih
jamal gamal djamal cemal
kamal kemal
karim kareem kerim
rahman rehman
rashid rasheed rachid rashed
nasser nasir naser nassir
tariq tarek tareq tarik tarique
qasim kassem qassem kasim qasem kassim gasim qassim
majid majeed magid
faisal faysal feisal faycal
hashim hashem hachem
bashir basheer bachir
tahir taher
zahir zaher
mustafa mostafa moustafa mustapha mostapha moustapha
murtaza morteza murtada mortaza murtadha mortada
isa issa eisa essa
yahya yehia yahia yehya
suleiman sulaiman sulayman soleiman soleyman soliman suleman suliman sulaymon
daoud dawood daud dawud daood
younis yunus younes yunis younus
idris idrees edris driss
mubarak mobarak moubarak
sharif shareef sherif cherif charif
sadiq sadegh sadeq sadek sadik
reza rida ridha riza redha
yasin yassin yaseen yacine yassine
zaid zayd zeid
adel adil
anwar anouar
fadil fadel fazel fazil fadhil
fouad fuad foad
mahdi mehdi
laith layth leith
qadir qader kader kadir qadeer
ramadan ramazan ramzan ramadhan
tawfiq tawfik toufik taufik tofik taufiq
usama osama oussama usamah osamah
wael wail
ziad ziyad zeyad
zubair zubayr zoubair zubeir
fatima fatma fatemeh fatimah
khadija khadijah
zainab zaynab zeinab
haydar haidar heydar hayder haider heidar
kazem kazim kadhim kadhem
rafiq rafik rafeeq rafique
rahmatullah rehmatullah rahmatollah
habibullah habibollah
hamidullah hamidollah
nasrallah nasrullah nasrollah
asadullah assadullah asadollah asadallah
sultan soltan
qurban ghorban qorban gurban kurban
haqqani haghani haqani
akhund akhond
gul gol
sayf saif seif
sayfullah saifullah saifallah seifallah
izz ezz
badr bader badar
aleksandr alexander aleksander alexandr
sergei serguei sergej
nikolai nikolaj
andrei andrej
mikhail mikhael mihail
dmitri dimitri dmitrij
cho jo
chun joon jun
pak park bak
chong jong jeong jung
chol cheol
hyon hyun hyeon
kang gang
paek baek
choe choi
yong young
song seong sung
sok seok suk
kyong kyung gyeong
myong myung myeong
kwang gwang
tae dae
tong dong
chang jang
chin jin
ryong ryeong
pyong byong byung
yon yeon
kamil kamel
jaber jabir jabber
jasim jassem jassim jasem
malik malek
fahad fahd
ihsan ehsan
suhail sohail suhayl soheil suheil
mansour mansur mansoor mansor
raouf rauf raof rouf
farouk faruk faruq farooq farouq faroq
hossam hussam husam houssam hosam
muhsin mohsen mohsin mohsan muhsen mohsein
arif aref
hamza hamze hamzeh hamzah
yasir yasser yaser yassir
asif asef
rostam rustam rustem rostem
jafar jaafar jaffar jaffer jafer djaafar djafar
nasim nasseem nessim naseem
bilal belal bilel
ilyas elyas ilias elias
tayeb tayyab tayyib taib taieb
hafiz hafez hafidh hafeez
nadir nader
jamil jameel djamil gamil cemil
jalal djalal galal celal
amin ameen emin
amir ameer emir
farid fareed ferid
mazin mazen
najib najeeb nagib nadjib
walid waleed oualid walied
hisham hesham hicham
iyad eyad ayad
imad emad
riad riyad riyadh riadh reyad
marwan marouane merwan
munir mounir muneer monir
munther mundhir mounzer munzir monther
muslim moslem
muhyiddin mohieddine muhieddine mohyeddin
nidal nedal
rafi rafie
sabir saber
shakir shaker chaker
shafiq shafik chafik shafeeq
zakariya zakaria zakarya zekeriya zakariyya
ayman aiman aymen aimen
basim bassem bassim basem
ghulam gholam golam ghoulam
hatim hatem
harith hareth
hilal helal
jihad jehad djihad
kabir kabeer kebir
luqman lukman loqman loukman
mujahid mojahed mujahed
muqtada moqtada
muntasir montaser muntaser
mutaz moataz mutazz
rabi rabie
shahid shaheed chahid
talib taleb
ubaid obaid obeid ubayd
uthmani othmani osmani
zahid zahed zaheed
zaki zakki zeki
soleimani sulaymani soleymani solaimani sulaimani suleimani soleimany
ebrahimi ibrahimi
hashemi hashimi
rashidi rashedi
rezai rezaei rezaie rezayi rezaee
mousavi musavi mosavi moussavi mosawi musawi
bagheri baqeri bagiri
sadeghi sadeqi sadiqi
ghasemi qasemi qasimi ghassemi
tabatabaei tabatabaie tabatabai tabatabaee
rahmani rehmani
moghaddam moqaddam moghadam moqadam
ghanbari qanbari
ghorbani qorbani
akbari akberi
mohseni muhsini
chaudhry chaudhary choudhury chaudhri chowdhury choudhary choudhry
aleksei alexey alexei aleksej
fedor fyodor fiodor
gennadi gennady hennadiy genadi gennadii
artem artyom artiom
vyacheslav viacheslav vjaceslav
yaroslav iaroslav jaroslav
anatoli anatoly anatoliy anatol
julia yulia yuliya iuliia julija
evgenia yevgenia eugenia yevgeniya evgeniya
lyudmila ludmila liudmila
valeri valery valeriy valerij
george georges
gonzalez gonzales
vasquez vazquez vasques
velazquez velasquez velasques
masud masoud masood massoud massood messaoud
chehade shehadeh shehade chehadeh shihada shihadeh shahada
ayash ayache ayyash
shoman shouman chouman shuman
qadhafi gaddafi qaddafi kadhafi gadhafi khadafi
muhannad mohannad mohanad
muthanna mothanna mouthanna muthana
maher mahir
basil basel bassel
nizar nezar
haytham haitham heitham haithem hytham
muayad moayad muayyad mouayad moayyad
mukhtar mokhtar moktar muhtar mouktar
mumin momin moumen momen moomin
murad mourad morad
najm nejm
nimr nemer
numan noman nouman nauman
raed raid
rajab recep redjeb rejeb
shadi chadi
shams chams shems
shawqi shawki chawki shouki chaouki
shihab shehab chihab shahab
siraj seraj
subhi sobhi
taqi taghi
thabit thabet tabet sabet
uday odai oday udai
uways owais oweis
yaqub yaqoub yacoub yakub yaghoub yakoub
zakir zaker
zawahiri zawahri dhawahiri
zayn zain zein
zuhair zuhayr zoheir zouheir zohair
baqir bagher baqer baker bakir
burhan borhan
fayez faiz fayiz faez
firas feras
furqan forqan furkan
ghanem ghanim
hazim hazem
hijazi hejazi
hikmat hekmat
humaid humayd homeid
husni hosni housni
iqbal eqbal ikbal
irfan erfan
isam essam issam
ishaq eshaq ishak ishaaq
iskandar eskandar
izzat ezzat
jumah jumaa jomaa gomaa djoumaa
junaid junayd joneid
khalifa khalifah khalefa
khayr khair kheir
mahfouz mahfuz mahfoudh mahfoz
miqdad meqdad mikdad
muin moin mouin
muslih mosleh musleh
radwan ridwan redouane rizwan radhwan ridhwan rezvan
shaban shaaban chaabane
shukri shokri choukri
sufyan sofian soufiane sufian sofyan
thamir thamer
umayr umair omair
yemeni yamani yamaniyya
masri misri
maghribi maghrebi
shami chami
tunisi tounsi tunusi
jazairi jazaeri djazairi
chu ju joo
chi ji jee
che je jae
chon jeon
yol yeol
yop yeop yup
hyok hyuk hyeok
sop seop sup seob
kim gim
kil gil
ku koo goo
kun geun keun
kuk guk gook kook
kum geum keum
kwon gwon
kyu gyu
pom beom bum
pong bong
pok bok
noh roh
won weon
son sohn
tok deok duk dok
yu yoo ryu
rim lim
maung mg
hsu xu
hsiao xiao
hsieh xie tse
hsin xin
hsing xing
hsiang xiang
hsien xian
hsia xia
hsiung xiong
hsuan xuan
hsueh xue
hsi xi
tsai cai
tsao cao
tsui cui
tseng zeng tsang
chao zhao
chiang jiang
kuo guo kwok kuok
teng deng
chen chan
leung liang
yeung yang
lau liu
fung feng
yeh ye yip
kuei gui
kuan guan kwan
chien qian
pao bao
pai bai
evgeni yevgeny evgeny yevgeni yevhen
yakov iakov jakov
yury yuri yuriy iurii jurij juri
ilya ilia iliya ilja
ekaterina yekaterina katerina
elena yelena jelena
natalya natalia nataliya natalja
"""

LINES: tuple[tuple[str, ...], ...] = tuple(tuple(line.split()) for line in _NAMES.split("\n") if line)
"""The spellings of each name."""
