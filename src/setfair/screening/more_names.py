"""A second table of names that very many people bear, from general knowledge: see `common_names`."""

from __future__ import annotations

MORE_GIVEN = """
adela adolfo adrienne agnes aida aitor alba alberta alexandra alfonsa alicia alina aline allison alma alonso
alvaro amalia amelia anabel analia andreia anette angelica angelina anibal annette annika apolonia araceli
ariadna ariel arnaldo artemio asuncion aurelia aurelio aureliano aurora azucena baltasar barney beatrice
benita benito bernabe bernardo bertha bianca blanca bonifacio brigida candelaria carla carlota carolina
caroline catalina cecilia celestino celia clara clemente clotilde connie constance consuelo cornelio
courtney dalia damian daria dario darren dawn debbie delfina delia desiree destiny dionisio domingo dominic
dominique doreen dwayne edgar edgardo edith efrain efren elaine eleanor elias eliana eligio elisabeth eloisa
elsa elvira emilia ephraim erica erika ernestina ernst esperanza estefania estela esther eugenia eugenio
eulalia eusebio evelina fabian fabiana fabiola fabrice faustino felicia felix fermin fidel filip filipe
flora florencia florencio franz fred frida friedrich gareth gaston genaro genevieve geoffrey georgina
geraldine german gina gladys glenn graciela greta gretchen griselda gunnar gwendolyn harriet hayley helga
heloisa herbert heriberto hermann hilda holly horacio hubert humberto ida ilse imelda inga inge inmaculada
irene irma isaac isaias isidro ismael israel itzel ivonne jackie jairo jamie janine jared jasmine jeffery
jenny jeremiah jerome jeronimo jill joachim jocelyn joelle johann jon jonas jorg josefina josephine josue
juanita julian juliet justine karina karla katja katrin kelsey kerstin kirsten kristen kristin kurt lara
laurence laurie leah leandro leila lena leo leonel leonor leonora leopoldo leslie lidia lidya lieselotte
lilia liliana lilian lillian linus lisandro loren lorena lorraine louise lourdes lucas lucila luciana
luciano lucie ludwig luisa lukas lydia mabel magali maite malcolm manuela marcela marcelino margarete
margarida margot marian mariano maribel maricela marilia marilu marion marisa marisela marisol maristela
marjorie marlene marvin mateusz mathieu mathilde matilde mauricio maximiliano maximo melanie melinda melvin
micaela michaela miguelina mildred milena minerva miranda miriam mirta misty mitchell mitzi modesto moises
myriam nadine natalio nathaniel nayeli nestor nicola nina noelia noemi nora norberto norma octavio odette
ofelia olaf ophelia orlando oswaldo otto ovidio paloma pascual patricio paulina penelope perla philipp
phillip pio porfirio priscilla ramona randall regina reinaldo renata renato reyna rhonda rigoberto rocio
rodolfo rogelio rolando roland romina rosalia rosario roxana rudolf rufino sabina sabrina salma samara
sandro sarita saul selma serafin serge severino shane shannon sheila sherry sigrid silvana silvestre silvio
simona socorro sofia sonia soledad stella stuart susana suzanne svenja sylvain sylvia tamara tania teodoro
theo theodor theodore tiffany tina toni tracy trevor trinidad troy ulises ulrich ulrike urbano uriel valeria
vanesa vanessa vera vicente vicki virgilio virginie viviana waldemar wanda wilfredo wilhelm willi wolfram
xavier ximena yadira yesenia yvette yvonne zacarias zoe zoila aleksei alisa albina alla antonina arina
arkady artyom bogdan danila darya eduard efim egor evgenia fedor filipp gennadi gleb inna kira klavdia
ksenia lev lyubov marat matvei matvey miron nonna prokhor rimma rustam semyon semen sofya spartak stanislava
taisiya timofey timur uliana valeriya varvara vasilisa veronika viktoria violetta vsevolod yakov yana
yaroslav yegor yefim zinaida zoya bozena danuta dariusz dorota edyta grazyna halina henryk iwona jadwiga
jaroslaw kamil karol kinga krystian leszek maciej mariusz mieczyslaw przemyslaw radoslaw rafal ryszard
slawomir stefania sylwester szymon tadeusz urszula wieslaw witold wojciech zofia alena alois bohumil dagmar
dana drahomira eliska hana ivana jaromir jarmila jindrich jirina karel katerina kveta lenka libor lubos
ludek marketa milada miloslav miluse oldrich ondrej otakar radek radka radim sarka tereza vaclav vladislav
vlasta vojtech zdenka zuzana abbas adel adil afshin akbar alireza amin amirali anwar arash ashraf asghar
atefeh aziz babak bahram bashir behnam behrouz daoud ebrahim ehsan elham eqbal fahad faisal fardin farhad
farid farideh fariba faruq fawzi fereshteh firouz ghassan ghulam habib hadi haidar hakim hamideh hani hanif
harun hashim haytham hesam hossam hussam idris ilyas iman iqbal jaber jabir jafar jalal jasim kambiz karam
kazem kamran kareem mahdi maher mahnaz mansour marwan masoud masud mehran milad mina mohsen mojtaba moin
morteza mounir muath mubarak munir murtaza musa nabil nader nadia nadim naim najib nasim nasrin naveed nima
omid parisa parviz pejman qasim rafiq rahim rahman ramin rasoul rauf rayan rizwan rostam roya ruhollah saad
sabah sadegh sadiq sajad sahar salman samira sanaz saman sana sattar shahid shahin shahram sharif shirin
siavash siddiq soheil soraya suhail sultan taha taher tahir talal tayyeb usama vahid wael wahid waleed yaser
yasin yasir younes zaid zaki zakir zubair aarav aditi aditya akash akshay alok amrita ananya anjali ankit
ankur anushka arjun aryan ashish asha bhavna chandra deepa deepika dinesh divya ganesh gaurav geeta girish
gopal harish hema indira jagdish jaya jyoti kailash kamala kavita kiran komal lalit lata madhu mahesh manish
meena mohan mohit mukesh nandini naresh neeraj neha nikhil nitin pankaj parvati pooja prakash pramod pranav
prasad prashant pratap praveen preeti rajendra rajiv rani rashmi rekha renu ritu rohan rohit sachin sandeep
sangeeta satish savita seema shalini shankar sheela shilpa shivani shyam siddharth sneha sonal subhash
sudhir sujata sumit sushil swati tanvi uday uma usha vandana varun vikas vikram vimal vinay vipin vivek yash
alper arda arif asli aydin aylin bahar baris berk beyza bora bulent can cem cengiz ceren cihan deniz derya
dilek ebru ece ekrem engin erdal erhan ercan erol esra fatih ferhat fikret furkan gamze gizem gokhan gul
hakan halime haluk hande ilhan ilker irem kaan kadir kerem koray leman levent melek melike meltem merve
metin mert nazli nermin nihat nuray okan onur orhan ozan ozge ozgur ozlem pinar polat sedat selcuk selim
semra sengul serdar serkan sevgi sibel sinan suat tamer tarik taylan tolga tuba tugba tulay turgut ufuk ugur
umit umut volkan yasemin yavuz yunus zafer zehra zeki zerrin adi ade agung andi bambang bayu bima candra
cahya dani darmawan dedi deni diah dian dwi edi eka eko endang fajar fitri galih gunawan hari hendra heru
indah indra irfan iwan joko kartika kusuma lestari made mega nugroho nurul prasetyo puspita putra putu
rahayu rahmat rini rizki sari setiawan slamet suci sulistyo suryani susanti taufik teguh tri utami wahyu
wati wayan wibowo widodo wijaya yanti yudi yuliana yulianti hiroshi kenji takashi akira yuki haruto sakura
yoko keiko naoki satoshi kazuya tomoko yumi minoru makoto shigeru hideo minjun jiwoo seoyeon jihye sungmin
youngho minho jinwoo eunji hyunwoo annemarie bart bram daan diederik dirk eline femke floor frits gijs guus
henk jaap jasper jeroen joep joost jos kees koen lieke lotte maaike maarten marieke marijke marloes menno
merel mies niek nienke noortje pim rik roos ruud saskia sanne sjoerd stijn thijs tess thom tijn ton wim
wouter anne arvid asa axel birger bengt bertil carina emelie fredrika gosta gunilla gustav hanna helge
hjalmar ingmar ingegerd jesper joakim jonny kjerstin klara krister lennart linn linnea ludvig lovisa malin
margareta martina mattias mona oskar ove par patrik pernilla petter rolf rune siv sofie solveig stig susanna
svante tobias tommy torsten tove ulf ulla ulrika ylva adele agnese alessia allegra amedeo annalisa antonella
arianna benedetta benedetto bettina biagio camilla carlotta carmelo caterina cesare claudio corrado cristian
cristiano debora donatella donato edoardo eleonora elio emanuele enrica enzo ettore fabio fabrizio federico
ferdinando filippo fiorella flavia flavio fulvio gaetano gennaro germana giacomo gianluca gianna gianni
giancarlo gianfranco giada gilberto ginevra gino giordana giorgia gioia girolamo giuliana giuliano giusy
graziano guglielmo guido ilaria ivano ivo jacopo leone letizia licia livia livio lodovico loredana lorella
ludovica ludovico marcella marcello margherita maurizio massimiliano massimo michela mirco mirko natale
nicoletta niccolo nino oreste ornella ottavio paola patrizia pierluigi piero pasquale pina raffaele
raffaella riccardo roberta rocco rosaria rossana ruggero samuele santo saverio sebastiano serena tiziana
tiziano tommaso tullio ubaldo ugo umberto valerio vito vittoria vittorio adrien agathe aime alix amelie
anais anouk arlette armelle arnaud astrid aude auguste aurelien aurore baptiste bastien benoit brigitte
capucine cecile cedric chantal clement colette corinne cyril daniele didier edouard elise eliane elodie
emile emmanuelle estelle etienne fabien fernand florence florian franck frederique gabrielle gael germaine
gilbert gilles gisele gregoire guy helene henriette herve hugues honore hortense jeanne jeannine josette
jules juliette laetitia lea leon leonce lucien lucile lydie madeleine manon marguerite marianne marthe
matthieu maryse maxime mireille mickael muriel ninon noel odile pascale patrice paulette pauline philippine
quentin regis renaud remi remy rodolphe romain solange theophile therese thibault thibaut timothee tristan
valentin victoire vivien yann yannick yves yvon zacharie
"""
MORE_FAMILY = """
abreu acevedo acosta adame aguado aguilera aguirre alarcon alcala alcantara alfaro allende almaraz
altamirano amador amaya anaya andrade angulo antunez apodaca aponte aragon aranda arce archuleta arellano
arenas arevalo arias armas armenta arreola arriaga arroyo arteaga avalos avila aviles ayala baca badillo
baez baeza bahena balderas ballesteros banda banuelos barajas barba barbosa barragan barraza barrera barreto
barrientos barrios barron basurto batista bautista beltran benavides benitez bermudez bernal berrios blanco
bonilla borrego botello bravo briones briseno bueno burgos bustamante bustos caballero cabral cabrera cadena
caldera calderon calvillo camacho camarillo campos canales cano cantu caraballo carbajal cardenas cardona
carmona carranza carrasco carrasquillo carreon carrera carrero carrillo carrion carvajal casanova casares
casas casillas castaneda castellanos castrejon castrillo cavazos cazares ceballos cedillo ceja centeno
cepeda cerda cervantes cervantez chacon chapa chavarria cintron cisneros collado collazo colon colunga
cordero cordova cornejo corona coronado corral corrales correa cortes cortez cota covarrubias crespo cuellar
curiel davila deleon delgadillo delrio delacruz delatorre delvalle diez duarte duenas duran echeverria
elizondo enriquez escalante escamilla escobar escobedo esparza espinal espino espinosa esquibel esquivel
estevez fajardo farias feliciano ferrer fierro figueroa florez fonseca fontanez frias fuentes gaitan galarza
galindo gallardo gallegos galvan galvez gamboa gamez gaona garay garibay garica garrido gaytan gil giron
godinez godoy gonsalves gracia granado granados griego grijalva guajardo guardado guerra guevara guillen
gurule haro henriquez heredia hermosillo hernando herrero hidalgo hinojosa holguin huerta hurtado ibarra
iglesias irizarry izquierdo jaimes jaquez jaramillo jasso jauregui juarez jurado laboy laureano leal lebron
ledesma leiva lemus lerma leyva limon linares lira llamas loera lomeli longoria lovato loya lozada lozano
lucero lucio lugo lujan macias madera madrid madrigal maestas magana malave manzanares manzano mares marin
marrero marroquin mascarenas mata matias matos maya mayorga medrano mejias melendez melgar mena menchaca
meraz mercado merino mesa meza mireles mojica molina monroy montalvo montana montanez montano montero montes
montoya mora morado mota moya munguia muniz muro murillo najera naranjo narvaez natera nava navarrete
navarro nazario negrete negron nevarez nieto nieves noriega novoa ocampo ocasio ochoa ojeda olivares
olivarez olivas olivera olmos olvera oquendo ordaz ordonez orellana orosco orozco orta osorio otero ozuna
pabon pacheco padron paez pagan palacios palomar palomo pantoja paredes parra partida patino paz pedraza
pedroza pelayo peralta perea pereyra pichardo pineda pizarro polanco ponce porras portillo posada prado
preciado prieto puente puga pulido quesada quezada quinones quinonez quintana quintanilla quintero quiroz
rael rangel raya razo regalado rendon renteria resendez rico rincon riojas rivas rivero robledo robles
rodarte rodriquez roldan rolon romo roque rosado rosales rosas roybal rubio rueda ruelas ruvalcaba saavedra
saenz saiz salas salcedo salcido saldana saldivar salgado salinas samaniego sanabria sanches santana
santillan santoyo sarabia sauceda saucedo sedillo segovia segura sepulveda serna serrano serrato sevilla
sierra sisneros solano solis soliz solorio solorzano soria sosa sotelo suarez tafoya tamayo tamez tapia
tejada tejeda tellez tello terrazas teran tijerina tirado toledo toro tovar trejo trevino trujillo ulibarri
urbina urena urias uribe urrutia vaca valadez valdes valdivia valencia valenciano valenzuela valle vallejo
valles valverde vanegas varela vela velasco velasquez velazquez velez veliz venegas vergara verdugo verduzco
viera vigil villa villagomez villalba villalobos villalpando villanueva villareal villarreal villasenor
villegas yanez ybarra zambrano zamora zamudio zapata zaragoza zarate zavala zayas zelaya zepeda zuniga
abbott adkins atkins atkinson ball ballard barber barker barnett barrett barton bates beck benson berg
berger blair blake blankenship bond booth bowen bowers boyle bradford brady branch briggs brock browning
buchanan buck burch burgess burnett burris bush byrd cain caldwell calhoun callahan cameron cannon carey
carlisle carney carson casey cash chambers chan chandler chaney chang chase church clarke clay clayton
clements cline cobb cochran coffey cohen collier combs compton conley conner conrad conway cooke copeland
cote craig crane crosby cross cummings curry curtis dale dalton daugherty davidson davies dawson decker
denton dickerson dickson dillard dillon dodson donaldson donovan dorsey dotson downs doyle drake dudley
duffy duke dunlap durham dyer eaton emerson england english erickson estes everett ewing farley farmer
farrell faulkner ferrell finch finley fitzgerald fitzpatrick fleming fletcher floyd flynn foley forbes
foreman francis franks frazier frederick french frost fry fulton gaines gallagher galloway gamble garner
garrison gates gay gentry gibbs giles gill gillespie gilmore glass glover golden good goodman goodwin gould
graves greer grimes gross guthrie hahn hale haley hammond hampton hancock hardin harding hardy harmon
harrell harrington hartman hatfield haynes head heath hebert hendricks hendrix hensley herman herring herron
hess hester hewitt hickman higgins hines hobbs hodge hodges hogan holcomb holden holder holland holloway
holman holt hood hooper hoover hopkins hopper horn horne horton houston hubbard huber huff huffman hull
humphrey hurley hurst hutchinson hyde ingram irwin jarvis jefferson joyner justice kane kaufman keller kemp
kent kerr key kidd kinney kirby kirk kirkland kline knapp knowles kramer lamb lancaster landry lang langley
leach leblanc leonard lester levine levy lindsay lindsey livingston lloyd love lowe lowery lynn lyons
macdonald mack madden maddox mann manning marsh massey mathews mathis maxwell may mayer maynard mayo mays
mcbride mccall mccarthy mccarty mcclain mcclure mcconnell mccormick mccray mccullough mcdaniel mcdowell
mcfadden mcfarland mcgee mcgowan mcguire mcintosh mcintyre mckay mckee mckenzie mckinney mcknight mclaughlin
mclean mcleod mcmahon mcmillan mcneil mcpherson meadows melton mercer merritt middleton miles mooney moody
moon mosley moss mullen mullins nash neal newman newton nicholson nixon noble nolan norman norris norton
oconnell oconnor odom odonnell oneal oneil oneill orr osborne osborn owen pace page parrish parsons pate
patton pearson peck petersen petty phelps pickett pitts pollard poole pope potter potts powers pratt preston
prince pruitt pugh quinn reese reeves reilly rhodes rich richmond riddle riggs ritter roach robbins roberson
rodgers rollins rowe rowland rush rutledge sampson sargent savage sawyer schwartz sears sellers sexton
shaffer sharp sharpe shelton shepard shepherd sheppard sherman shields short singleton skinner slater sloan
small snow solomon sparks spears spence stafford stanley stanton stark steele stein stephenson stevenson
stokes stout strickland strong summers sutton swanson sweeney sweet sykes talley tanner tate terrell
thornton tillman todd townsend travis tyson underwood valentine vance vaughan vaughn vinson wade wall waller
walls walters walton ware warner waters watts weeks weiss whitaker whitehead whitfield whitley whitney
wiggins wilcox wilder wiley wilkerson wilkins wilkinson winters wise witt wolfe woodard woodward wooten
workman wyatt wynn yates york zimmerman barlow bibi bird bolton bowden bradshaw burrows byrne cartwright
chadwick connolly coates fraser gibbons goddard godfrey gough griffiths hargreaves hartley hayward hilton
howarth howe humphries kaur lees mahmood mellor miah mistry naylor ogden parkes parkin parry pritchard rees
rowley saunders schofield smart talbot thomson turnbull weston whittaker abel ackermann adler albrecht bach
baumann bergmann beyer bohm brandt brinkmann busch bruns burger christ diehl dietrich dietz ebert eckert
eder ehlers engel faber fiedler forster franke frey fritz fromm fuhrmann geiger gerlach gunther haas hamann
hauser heck heinrich heller hein herrmann herzog hesse hildebrandt hirsch hoffmann jager jahn junker karg
kern kessler kirchner klemm kohl kohler konig kraft kraus kretschmer kroger kruger kruse kuhn kunz lenz
lindner link linke lorenz lutz maier marx maurer meier meister menzel merkel metzger mohr moser naumann
nolte oswald ott pfeiffer pohl preuss probst raab rau reich reichert reimer reinhardt reuter riedel rohde
roth rudolph ruf sander sauer scharf schaefer schafer schenk scherer schiller schilling schlegel schlosser
schlueter schmid schmitz scholz schott schramm schreiber schrader schubert schuler schumacher schuster
schutte seidel seifert seiler sommer sonntag springer steffen steiner stoll strauss thiel thiele ullrich
unger voigt vogel vogt vollmer walther wegner weidner weis wendt wenzel wiedemann wieland wiese wilke wimmer
winkler winter wirth wolff wulf wunderlich zeller ziegler zimmer aubert aubry auger bailly barbier baron
barre barthelemy benard berthelot besnard blanchard blot blondel bodin boucher bouchet boulanger bourgeois
boutin bouvier boyer breton brun brunet caron carpentier carlier charpentier chauvin chevalier chevallier
clerc colas collet collin cordier coste cousin coulon courtois delaunay delattre delmas deschamps devaux
dufour duhamel dumas dumont dupuis dupuy duval fabre ferrand fleury fontaine fouquet gaillard gallet
gauthier gautier germain gillet giraud gros guillet guillot guyot hamel hamon hoarau huet imbert jacquet
jacquot joly joubert lacroix laine langlois laporte lebon lebreton leclerc leclercq lecomte leconte lefevre
leger legrand legros lejeune lemaire lemaitre lemoine leroux lesage loiseau mace maillard mallet marchal
marchand marechal masson menard mercier meunier michaud millet monnier morin moulin neveu normand pasquier
paris payet pelletier peltier perret perrier perrin perrot picard pichon pineau poirier pons potier poulain
prevost renard renault rey reynaud riviere robin roche rolland rousset roussel royer salmon samson seguin
tanguy techer texier vallee vasseur verdier vidal voisin barbieri bellini benedetti bernardi bianco bruni
caputo caruso cattaneo coppola damico esposito fabbri farina ferrara ferri ferraro fontana galli gatti
gentile giuliani grassi lombardi lombardo longo mancini marchetti mariani marini martinelli martini mazza
messina milani monti montanari moretti morelli negri neri palumbo parisi pellegrini pellegrino piras
ricciardi riva rizzi rizzo romeo ruggiero sala sanna santoro sartori serra silvestri sorrentino testa
valentini vitale zanella afonso antunes arruda azevedo baptista barros borges branco brito caldeira camargo
cardozo carneiro castilho cavalcanti coelho cunha dias esteves faria figueiredo freitas guimaraes henriques
leite lourenco macedo machado magalhaes maia marques mello melo mesquita moraes moura neves novaes nogueira
pimenta pinheiro pires queiroz reis sales sampaio siqueira simoes tavares vasconcelos vaz viana boer bos
bosch brouwer dekker dijk dijkstra graaf groot haan hendriks hoekstra huisman janssen koster kok kuiper
linden meer meijer molenaar mulder peeters postma prins schouten smits timmermans veenstra verhoeven
vermeulen verbeek vries vos willems wit wouters axelsson bengtsson bergman bergstrom bjork blom carlsson
claesson dahl dahlin danielsson eklund ekstrom engstrom falk forsberg fransson fredriksson gunnarsson
gustafsson hansson hedlund hellstrom henriksson hermansson holm holmberg holmgren isaksson jakobsson jansson
jonasson jonsson josefsson larsson lind lindberg lindgren lindholm lindqvist lindstrom lundberg lundgren
lundin lundqvist lundstrom magnusson martensson martinsson mattsson mansson nordin norberg nordstrom nyberg
nystrom oberg ohlsson olofsson ostlund pettersson samuelsson sandberg sandstrom sjoberg sjostrom soderberg
strom sundberg sundstrom viklund wallin wikstrom adamski baran bak borkowski brzezinski chmielewski
czarnecki dabrowski domanski duda dudek gajewski glowacki gorski grabowski jablonski jankowski jaworski
kaczmarek kaminski kalinowski kolodziej kozlowski kozak krawczyk krol kubiak kucharski laskowski lewandowski
lis maciejewski malinowski majewski marciniak mazur mazurek michalak michalski mroz nowakowski nowicki
olszewski ostrowski pawlak pawlowski piatek pietrzak piotrowski rutkowski sawicki sikora sikorski sobczak
sokolowski stepien szczepanski szewczyk szymanski szulc tomaszewski urban urbanski walczak wasilewski wilk
witkowski wojcik wojciechowski wozniak wrobel wroblewski wysocki zajac zakrzewski zalewski zawadzki
zielinski ziolkowski adamek bartos barta benes beran blazek blaha cech cerny cermak dolezal dusek fiala
hajek havel havlicek holub horak hruska hlavac hruby jelinek jezek kadlec kolar konecny kopecky kovar kral
kratochvil krejci kriz kubat kucera kolman liska mach malek maly matous matejka mikes moravec musil nemec
nemecek novotna urbanek pokorny pospisil polak prochazka riha ruzicka sedlacek sedlak simek slavik soukup
stanek stastny stepanek svec sykora tichy tuma vacek valenta vana vanek vavra vesely vitek vlcek zeman zak
aksenov alexandrov anisimov antonov arkhipov baranov belov belyaev belyakov biryukov blinov bobrov bogdanov
bolshakov borisov bykov chernov danilov davydov denisov dmitriev dorofeev efimov ershov evdokimov fadeev
filatov filippov fomin frolov gavrilov gerasimov golovin golubev gorbachev gorbunov gordeev grigoriev
grishin gromov guryev gusev ignatiev ilyin isaev kabanov kalashnikov kalinin kapustin karpov kazakov
kharitonov khokhlov kirillov kiselev klimov knyazev kolesnikov kolobov komarov komissarov kondratiev
konovalov konstantinov kopylov kornilov korolev kotov kovalev krylov kryukov kudryavtsev kudryashov kulagin
kulakov kulikov larionov lapin lavrentiev lazarev likhachev loginov lukin lytkin maksimov malyshev mamontov
markov martynov maslov matveev medvedev melnikov merkushev mironov mishin molchanov muravyov myasnikov
naumov nazarov nekrasov nesterov nikiforov nikitin nikonov nosov odintsov osipov ovchinnikov panfilov panov
pestov petukhov polyakov ponomarev potapov prokhorov pronin rodionov rogov rozhkov rusakov ryabov rybakov
samoylov samsonov savelyev savin selivanov semenov sergeev shcherbakov shestakov shilov shiryaev shubin
silin simonov sitnikov sobolev solovyov stepanov strelkov subbotin sukhanov suvorov sysoev tarasov terentiev
tikhonov timofeev titov tretyakov trofimov tsvetkov turov ustinov uvarov vinogradov vishnyakov vladimirov
vlasov vorobyov voronov voronin vorontsov yakovlev yakushev yefremov yermakov yudin zaitsev zhdanov zhukov
zimin zinovyev zuev zykov acar akin aksoy aktas alkan altin avci aydogan balci bas bayram bilgin bozkurt
bulut cakir candan ceylan cinar coban cosar dag demirci demirel dursun duman durmaz ekinci erdem erdogan
erdogmus eren ersoy gok guler gunes gungor guzel isik karaca karadeniz karahan karakas karatas kaplan keskin
kocak korkmaz koksal manco ozer ozkan ozcan seker sen sensoy sezer simsek soylu soysal tan tas tasci tekin
tekeli toprak tunc tuncer turan turk uysal ucar ulusoy unal uzun yalcin yaman yazici yener yigit yuksel
agarwal aggarwal anand arora babu bajwa bakshi bali balan bansal basu bhakta bhalla bhandari bhardwaj bhatia
bhatt bhattacharyya bose chadha chakrabarti chander chandran chaudhari chauhan chopra choudhary choudhury
dasgupta dalal dave datta desai deshmukh dey dhaliwal dhar dhillon dixit dubey dutta gandhi ganguly garg
ghosh goel goswami goyal grewal grover guha iyengar iyer jain jha kale kannan kapadia kapoor kar kashyap
kaul khanna khurana kohli krishnan kulkarni lal mahajan maharaj malhotra mammen mandal mangal menon mishra
mitra mittal modi mukhopadhyay murthy naidu nanda narang narayan natarajan nath nayar oza padmanabhan pande
pandey pandit pillai puri raghavan rajan raju raman ramachandran ramaswamy rana rastogi rathore raval rawat
sahni sahu saini saxena sengupta seth sethi shroff shukla sinha sodhi solanki som srinivasan srivastava
subramaniam sundaram swaminathan tandon thakkar thakur tiwari trivedi upadhyay vaidya varghese varma
venkatesan vohra vyas wadhwa walia yadav abdi afshar ahmadian akbari alavi alizadeh amini amiri ansari asadi
asgari azizi bagheri bahrami bakhtiari ebrahimi eskandari fallahi farahani fathi ghasemi ghorbani habibi
haghighi heidari hedayati jalali jalili kamali karami kazemi khalili khani khosravi maleki mansouri mirzaei
moghaddam mohseni mousavi naderi najafi norouzi nouri omidi parsa qasemi rahmani rajabi ramezani rashidi
rostami sadeghi safari salehi salimi samadi sharifi shirazi soleimani soltani tabatabaei taheri tehrani
yazdani zamani zandi zare halim handayani hartono hidayat hutagalung irawan kurniawan mansur maulana mulyani
napitupulu nainggolan permata pratama purwanti rahmawati ramadan santoso saragih sihombing simanjuntak
sinaga siregar situmorang sitorus tampubolon wulandari zulkarnain
"""
