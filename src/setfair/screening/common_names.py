"""Names that very many people bear, wherever a list comes from.

A list shows how common a name is among those that are listed, not how common it is: few entries are called
``Jennifer``. What stands here weighs no more than `index.COMMON_WEIGHT`, however rare it is on a list. Each
line is one region; names are in the form of `spelling.latin_tokens`, so that those in Arabic script have no
vowels. Other spellings of one sound need no place of their own, since tokens are compared in their one
spelling (`spelling.fold_token`).
"""

from __future__ import annotations

from setfair.screening.more_names import MORE_FAMILY, MORE_GIVEN

_GIVEN = """
james john robert michael david william richard joseph thomas charles christopher daniel matthew anthony mark
donald steven stephen paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan
jacob gary nicholas eric jonathan larry justin scott brandon benjamin samuel gregory frank alexander raymond
patrick jack dennis jerry tyler aaron adam nathan henry douglas peter kyle walter harold jeremy keith roger
arthur terry lawrence sean christian austin albert joe ethan jesse willie billy bryan bruce ralph roy jordan
eugene wayne alan juan louis russell gabriel randy philip harry vincent bobby johnny logan simon martin
mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra
ashley kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura
cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha katherine christine debra
rachel carolyn janet catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren
christina joan evelyn judith megan andrea cheryl hannah jacqueline martha gloria teresa ann sara madison
frances kathryn janice jean abigail alice julia judy sophia grace denise amber doris marilyn danielle beverly
isabella theresa diana natalie brittany charlotte marie kayla alexis lori wendy crystal claire jane lucy
jose luis carlos juan jorge pedro miguel manuel francisco antonio jesus alejandro fernando rafael roberto
ricardo eduardo javier mario sergio raul alberto ramon enrique oscar andres diego pablo julio cesar hector
victor guillermo arturo armando gustavo alfredo ruben ernesto felipe jaime gerardo marcos angel ignacio
salvador hugo ivan adrian alfonso rodrigo martin tomas nicolas santiago sebastian mateo lorenzo agustin
joaquin gonzalo esteban emilio camilo leonardo rosa carmen ana guadalupe juana margarita veronica adriana
alejandra gabriela leticia silvia patricia elena isabel lucia paula beatriz claudia monica marta pilar
cristina raquel teresa dolores mercedes josefa concepcion antonia francisca yolanda camila valentina daniela
joao paulo antonio luiz marcelo rodrigo tiago bruno rui nuno goncalo joaquim jose edson mariana juliana
fernanda catarina ines beatriz rita
jean pierre michel andre philippe alain jacques bernard claude francois laurent nicolas christophe eric
stephane frederic olivier pascal thierry sebastien julien guillaume vincent antoine alexandre marc gerard
henri roger marcel rene christian maurice georges isabelle nathalie sylvie catherine francoise martine
monique nicole valerie sophie camille celine aurelie sandrine veronique
hans peter wolfgang klaus juergen jurgen michael thomas andreas stefan uwe werner horst bernd dieter frank
manfred guenter gunter heinz helmut karl josef martin ralf matthias markus alexander christian sven jan
ursula monika petra sabine renate andrea birgit gabriele susanne heike claudia anna maria katharina johanna
giuseppe giovanni antonio mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno
paolo michele giorgio aldo sergio marco andrea alessandro stefano roberto luca matteo davide simone
giulia chiara francesca elisa federica silvia anna maria rosa angela giovanna lucia
jan piet hendrik cornelis johannes willem pieter gerrit lars erik anders johan karl per nils mikael fredrik
henrik magnus bjorn olav kjell arne jens soren niels ole mats jari matti juha timo mika antti heidi ingrid
kristina birgitta karin eva helena liisa
piotr krzysztof andrzej tomasz pawel jan michal marcin jakub adam marek grzegorz lukasz zbigniew jerzy
katarzyna malgorzata agnieszka barbara ewa krystyna joanna magdalena jiri josef pavel jaroslav martin tomas
petr miroslav frantisek zdenek milan istvan laszlo jozsef janos zoltan sandor gabor ferenc attila
aleksandr alexander sergey sergei vladimir andrey andrei aleksey alexei dmitry dmitri dmitriy nikolay
nikolai ivan mikhail viktor victor yuri yuriy igor oleg anatoly anatoliy vasily vasiliy pavel evgeny evgeniy
evgenii valery konstantin roman denis maxim maksim anton ilya artem kirill vitaly vitaliy vyacheslav
viacheslav stanislav boris petr leonid georgy gennady vadim ruslan grigory elena olga natalia natalya tatiana
tatyana irina svetlana anna maria marina ekaterina galina lyudmila yulia nadezhda valentina larisa oksana
anastasia aleksandra oleksandr mykola volodymyr serhii andrii dmytro oleksii
mehmet mustafa ahmet ali huseyin hasan ibrahim ismail osman yusuf murat omer ramazan halil suleyman abdullah
mahmut recep kemal emre burak fatma ayse emine hatice zeynep elif
mohammed mohamed muhammad mohammad ahmed ahmad ali hassan hasan hussein husayn hussain omar umar ibrahim
abdullah abdallah khalid khaled yusuf youssef mahmoud mahmud mustafa abdul abd abdel ismail said saeed salim
salem saleh salih hamza hamid hamad karim tariq tarek jamal kamal nasser nasir samir walid ziad fatima
fatma aisha khadija zainab zaynab maryam mariam amina noor nur layla
reza hossein mehdi hamid amir javad majid saeed zahra maryam fatemeh sepideh
mhmd hmd mhmwd hsn hsyn ly mr bd lh llh lrhmn nsr ldyn mhdy rd slh khld brhym smyl ywsf
raj rajesh sanjay anil sunil vijay ashok ramesh suresh rakesh amit rahul deepak manoj ravi arun ajay vinod
kumar ram krishna lakshmi priya anita sunita imran asif bilal usman farooq rashid
wei fang min jing li yan lei jun yang yong jie qiang tao ming chao ping hong hua xin
minh thi van anh hung dung tuan
budi agus siti sri dewi putri
emmanuel samuel joseph daniel blessing kwame kofi
mstfy thmn syd slm jml kml krym rshyd trq qsm mjd fysl hshm bshyr thr zhr mrtdy ysy yhyy slymn dwd ywns drys
mbrk shryf sdq ysyn zyd nwr fdl fwd lyth qdr rmdn twfyq wyl zbyr ftmh khdyjh zynb hydr kdhm rfyq sltn syf bdr
bdllh bdlrhmn bdlzyz bdlkrym lkrym lrhym lhmyd lmlk lqdr lslm ljbr lhsyn lhsn lsyd lshykh mrym hdy smyr smy
nbyl jbr hmzh rshd fhd trky bndr wlyd hythm shrf shdy rmy hny hsm jfr bqr mwsy hrwn njyb mnyr bll shms njm
fkhr nsrldyn jwd mjyd hbyb ltyf jll jmh khlyl ghnm frs lwy mzn mlk mrwn mdh mhnd nzr ysr yzyd kbr sghr lyrd
"""
_FAMILY = """
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson
anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis
robinson walker young allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera
campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart
morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim
cox ward richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes price alvarez castillo
sanders patel myers long ross foster jimenez powell jenkins perry russell sullivan bell coleman butler
henderson barnes gonzales fisher vasquez simmons romero jordan patterson alexander hamilton graham reynolds
griffin wallace moreno west cole hayes bryant herrera gibson ellis tran medina aguilar stevens murray ford
castro marshall owens harrison fernandez mcdonald woods washington kennedy wells vargas henry chen freeman
webb tucker guzman burns crawford olson simpson porter hunter gordon mendez silva shaw snyder mason dixon
munoz hunt hicks holmes palmer wagner black robertson boyd rose stone salazar fox warren mills meyer rice
schmidt garza daniels ferguson nichols stephens soto weaver ryan gardner payne grant dunn kelley spencer
hawkins arnold pierce hansen peters santos hart bradley knight elliott cunningham duncan armstrong hudson
carroll lane riley andrews alvarado ray delgado berry perkins hoffman johnston matthews pena richards
contreras willis carpenter lawrence sandoval guerrero george chapman rios estrada ortega watkins greene nunez
wheeler valdez harper burke larson santiago maldonado morrison franklin carlson austin dominguez carr lawson
jacobs obrien lynch singh vega bishop montgomery oliver jensen harvey williamson gilbert dean sims espinoza
howell li wong reid hanson le mccoy garrett burton fuller wang weber welch rojas lucas marquez fields park
yang little banks padilla day walsh bowman schultz luna fowler mejia zhang liu wu huang zhao zhou xu sun ma
zhu hu guo lin luo zheng liang xie tang cao deng feng han peng zeng xiao tian dong pan yuan cai jiang yu du
ye cheng wei su lu ding ren shen yao choi jung kang cho yoon jang lim kwon hwang song hong
pham hoang huynh phan vo dang bui do ngo duong ly sato suzuki takahashi tanaka watanabe ito yamamoto nakamura
kobayashi kato yoshida yamada sasaki
ferreira pereira oliveira souza rodrigues almeida costa carvalho gomes lima ribeiro araujo rocha alves
monteiro lopes fernandes goncalves teixeira moreira correia mendes nunes soares vieira cardoso pinto
ferrari rossi russo bianchi romano colombo ricci marino greco bruno gallo conti costa giordano
dubois durand leroy moreau simon laurent lefebvre michel garcia bertrand roux vincent fournier girard bonnet
dupont lambert rousseau blanc guerin muller faure morel petit richard robert
mueller schneider fischer meyer becker schulz koch bauer richter klein wolf schroeder neumann schwarz
zimmermann braun krueger hofmann hartmann lange schmitt werner krause lehmann kaiser fuchs
jansen bakker visser smit devries vandenberg nielsen jensen hansen pedersen andersen christensen larsen
johansson andersson karlsson nilsson eriksson olsson persson svensson korhonen virtanen
nowak kowalski wisniewski kowalczyk novak svoboda novotny dvorak nagy kovacs toth szabo horvath popescu
ionescu petrov ivanov sidorov smirnov kuznetsov popov sokolov lebedev kozlov novikov morozov volkov fedorov
mikhailov pavlov makarov andreev romanov vasiliev nikolaev alekseev orlov zakharov kovalenko bondarenko
shevchenko ivanova petrova
yilmaz kaya demir celik sahin yildiz yildirim ozturk aydin ozdemir arslan aslan dogan kilic cetin kara koc
khan ahmed ali hussain malik sheikh shah iqbal akhtar butt chaudhry chowdhury rahman islam begum hossain
singh kumar sharma verma gupta mehta joshi reddy rao nair das roy mukherjee banerjee
mohammadi hosseini ahmadi karimi rezaei moradi jafari rahimi hashemi
okafor mensah diallo traore keita toure camara barry ndiaye diop
mhmdy hmdy hsyny mwswy krymy rhymy hshmy jfry sdqy rdyy zdh nzhd hjy
schroder schulze moller schulte kuhne rinaldi conte grasso amato carbone barone rossetti palmieri martino
fiore ferretti basile donati battaglia costantini pagano leeuwen kuipers brink scholten evers bakkers heuvel
kwiatkowski wieczorek adamczyk jasinski sadowski jakubowski wlodarczyk gustavsson berglund hakansson bergqvist
arvidsson lofgren blomqvist coskun ates durmus topal bayrak kahraman gokce akgun akbulut durdu tarhan sakarya
guclu nascimento medeiros leao porto rezende garnier lebrun nemcova navratil peskova
soloviev vorobiev kuzmin sorokin zhuravlev belousov fedotov egorov veselov afanasiev isakov abramov mukhin
emelyanov gorshkov seleznev mikheev galkin lobanov drozdov safonov moiseev eliseev koshelev kostin orekhov
noskov agafonov fedoseev pakhomov ignatov artemiev gurev kononov dementiev gulyaev sharov evseev bragin avdeev
sharapov shchukin dyachkov sazonov krasilnikov bespalov shashkov bobylev doronin belozerov fomichev
gushchin teterin fokin blokhin seliverstov lykin moskvin vazquez sanz calvo gallego gimenez ibanez pastor saez
soler pardo casado redondo luque galan marti valero exposito villar moyano giraldo ospina monsalve chaparro
"""
_FIRM = """
group international global general trading services technology industry systems development bank invest
construction center petroleum company management production enterprise association organization holding plant
institute foundation union agency engineering logistics transport shipping energy solutions consulting
finance capital product products equipment special state national electronics design security
"""
_FIRM_COMMON = """
star king royal gold golden silver blue green red sun moon lion eagle city world europe asia africa america
east west north south pacific atlantic new grand casa grande norte sur oriental central media digital data
net online hotel food farm export import supply marine air aviation motor auto medical pharma health gas
power steel metal palm oak pine cedar maple willow olive lotus lily laurel apollo atlas titan phoenix feniks
orion sirius polaris venus jupiter saturn mercury neptune alpha beta gamma delta sigma omega crown diamond
pearl ruby emerald crystal sapphire amber falcon hawk tiger panther bear horse dragon summit peak horizon
vista harmony unity fortune prosperity victory success progress future vision dream hope ocean river lake
island coast harbor harbour tower gate arrow shield prime first elite premier supreme ultimate universal
continental classic modern anchor compass spring winter summer dawn sunrise sunset rainbow cosmos planet
galaxy pioneer leader champion captain mega super ultra micro mini maxi plus pro expert express rapid fast
quick trust fidelity heritage legacy noble regal imperial metro urban rural local home family best top high
sky cloud wind fire earth stone rock sand valley forest garden flora nova terra aqua vita luna sol mar monte
villa bella alba aurora iris diana victoria regina olympia
empire millennium century liberty sovereign allied double great grace glory morning union republic kingdom
orient oriental western eastern southern northern imperium alliance venture ventures partner partners
properties property plaza square park resort palace hall line lines point bridge road street port bay
international internacional internacionales internationale national nacional nationale general generales
promociones suministros distribuciones representaciones comercializadora inmobiliaria industrias servicios
creative smart strategic integrated select selected quality value standard perfect excellent genuine royalty
dynamic dynamics power force strong speed swift flash bolt storm thunder spark flame blaze bright brilliant
eurasia eurasian american european asian african arabian arab gulf mediterranean caspian baltic balkan
philippines indonesia malaysia singapore vietnam thailand japan china india pakistan bangladesh nepal canada
mexico brazil argentina chile peru colombia spain portugal france germany italy austria belgium holland
england scotland ireland norway sweden denmark finland poland hungary romania bulgaria greece egypt morocco
tunisia kenya nigeria ghana kuwait qatar bahrain jordan lebanon
"""

GIVEN_NAMES = frozenset(f"{_GIVEN}{MORE_GIVEN}".split())
"""Given names alone: two people who share no other name share little."""
_FAMILIES = f"{_FAMILY}{MORE_FAMILY}".split()
_WOMENS = [f"{name}a" for name in _FAMILIES if name.endswith(("ov", "ev", "in"))]
"""As Slavic family names are a woman's."""
COMMON_NAMES = GIVEN_NAMES | frozenset((*_FAMILIES, *_WOMENS, *_FIRM_COMMON.split()))
"""Given names, family names and words of firms that say little by themselves."""
FIRM_WORDS = frozenset(_FIRM.split())
"""Words of firms that say little, in the form of `translations`."""
EMPTY_WORDS = frozenset(("group", "general", "bd", "ldyn", "lh"))
"""Words that say nothing: a second pair is none with them. In Arabic script a name like ``Abd al-Malik`` or
``Nasr al-Din`` is written as two words, of which one is half a name."""
