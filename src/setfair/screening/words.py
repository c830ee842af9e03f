"""Words that say little about who is named: legal forms, honorifics, particles.

Rules
-----
1. A legal form in any spelling is one word or none: ``Limited Liability Company``, ``L.L.C.``, ``OOO``. Legal
   forms and honorifics are left out of a comparison, unless nothing else is left of the name.
2. Particles (``al``, ``bin``, ``de``, ``of``) stay, with little weight.
3. Words are in the form of `spelling.latin_tokens`: Latin letters without diacritics, lower case.
"""

from __future__ import annotations

from setfair.screening import translations

_LEGAL_PHRASES = """
limited liability company|limited liability partnership|limited liability|limited company|
public limited company|private limited company|public company limited|company limited|private limited|
private joint stock company|open joint stock company|closed joint stock company|
public joint stock company|joint stock company|joint stock|non public joint stock company|
obshchestvo s ogranichennoi otvetstvennostyu|obschestvo s ogranichennoi otvetstvennostyu|
obshchestvo s ogranichennoy otvetstvennostyu|obschestvo s ogranichennoy otvetstvennostyu|
obshestvo s ogranichennoi otvetstvennostiu|obshchestvo s ogranichennoi otvetstvennostiu|
obshchestvo s ogranichennoj otvetstvennostyu|obshchestvo s ogranichennoi otvetstvennostju|
aktsionernoe obshchestvo|aktsionernoe obschestvo|aktsionernoye obshchestvo|aktsionernoye obschestvo|
publichnoe aktsionernoe obshchestvo|publichnoe aktsionernoe obschestvo|
publichnoye aktsionernoye obshchestvo|otkrytoe aktsionernoe obshchestvo|
otkrytoe aktsionernoe obschestvo|zakrytoe aktsionernoe obshchestvo|zakrytoe aktsionernoe obschestvo|
nepublichnoe aktsionernoe obshchestvo|gesellschaft mit beschraenkter haftung|
gesellschaft mit beschrankter haftung|aktiengesellschaft|societe anonyme|
societe a responsabilite limitee|sociedad anonima de capital variable|sociedad anonima de c v|
sociedad anonima|sociedad de responsabilidad limitada de capital variable|
sociedad de responsabilidad limitada|sociedad limitada|sociedad por acciones simplificada|s a de c v|
s de r l de c v|sa de cv|s de rl de cv|s de r l|societa per azioni|societa a responsabilita limitata|
sociedade anonima|besloten vennootschap|naamloze vennootschap|anonim sirketi|limited sirketi|
limited sti|ltd sti|sherkat sahami|sherkat e sahami|tavarystva z abmezhavanay adkaznastsyu|
tavarystva z abmezhavanai adkaznastsiu|zamezhnaye tavarystva z abmezhavanay adkaznastsyu|
aktsyyanernae tavarystva|adkrytae aktsyyanernae tavarystva|zakrytae aktsyyanernae tavarystva|
inostrannoye obshchestvo s ogranichennoy otvetstvennostyu|tovarystvo z obmezhenoyu vidpovidalnistyu|
tovarystvo z obmezhenoiu vidpovidalnistiu|aktsionerne tovarystvo|publichne aktsionerne tovarystvo|
pryvatne aktsionerne tovarystvo|tovarishchestvo s ogranichennoy otvetstvennostyu|
tovarishchestvo s ogranichennoi otvetstvennostyu|gufen youxian gongsi|youxian gongsi|
youxian zeren gongsi|cong ty tnhh|cong ty co phan|spolka z ograniczona odpowiedzialnoscia|
spolka akcyjna|sp z oo|sp z o o|sp zoo|akciova spolecnost|spol s r o|drustvo s ogranicenom odgovornoscu|
drustvo sa ogranicenom odgovornoscu|akcionarsko drustvo|sendirian berhad|perseroan terbatas|pt tbk|
pte ltd|pvt ltd|pty ltd|fz llc|l l c|j s c|o o o|obshchestvo s dopolnitelnoy otvetstvennostyu|
obshchestvo s dopolnitelnoi otvetstvennostyu|additional liability company|
tavarystva z dadatkovay adkaznastsyu|proprietary limited|property limited|
sabiedriba ar ierobezotu atbildibu|akciju sabiedriba|uzdaroji akcine bendrove|akcine bendrove|
samostalna zanatska trgovinska radnja|samostalna trgovinska radnja|anonymi etaireia|anonymos etaireia|
sociedad anonima promotora de inversion|sapi de cv|s a p i de c v|sociedad de produccion rural|
spr de rl|eingetragener verein|e v|a s b l|b v b a|limited partnership|
private company limited by shares|private shareholding company|public shareholding company|
shareholding company|general partnership|obshchestvo s ogranichenoi otvetstvennostyu|
zhoopkerchiligi cheklengen koom|fz co|f z e|f z c o|free zone company|
society anonima de capital variable|society anonima de c v|society anonima|anonima sirketi|
society de responsabilidad limitada de capital variable|society de responsabilidad limitada|
society limitada|society por acciones simplificada|societe a responsabilite limited|
society anonima promotora de invest|society de production rural|eingetragener association|
foreign obshchestvo s ogranichennoi otvetstvennostyu|aktsionernoe tovarystvo|
publichnoe aktsionernoe tovarystvo|pryvatne aktsionernoe tovarystvo|private enterprise|private company|
with foreign invest|otkrytoye aktsionernoe obshchestvo|zakrytoye aktsionernoe obshchestvo|
otkritoe aktsionernoe obshchestvo|zakritoe aktsionernoe obshchestvo|
society de production rural de responsabilidad ilimitada|spr de ri|spr de r i|
unlimited company|sole proprietorship|individual entrepreneur|individualnyi predprinimatel|
publicly traded company|masuliyati cheklangan jamiyat|masuliyati cheklangan society|
tavarystva s abmezhavanay adkaznastsyu|tavarystva s abmezhavanai adkaznastsiu|
sherkat sahami khas|sherkat sahami aam|sahami khas|sahami aam|ba masouliyat mahdoud|ba masuliyat mahdud|
kabushiki kaisha|godo kaisha|yugen kaisha|chusik hoesa|jusik hoesa|yuhan hoesa|haftungsbeschrankt|
unternehmergesellschaft|societate cu raspundere limitata|drejtegsi me pergjegjesi te kufizuar|
jauapkershiligi shekteuli seriktestigi|aktsionerlik koghamy|
besloten vennootschap met beperkte aansprakelijkheid
"""
_LEGAL_WORDS = """
llc ltd limited inc incorporated corp corporation co company companies plc llp lp gmbh ag kg kgaa ohg se
sa sas sarl srl spa bv nv oy oyj ab as asa aps doo ooo oao zao pao ao ojsc cjsc pjsc jsc too tov pp chp
ip sal sarlu surl sociedad compania cia ltda eurl snc scs pte pty pvt sdn bhd tbk fze fzc fzco fzllc wll
kft zrt rt sro kk pjs psc kompaniya kompania kompani sirketi sti ltdsti gmbhcokg ooodoo ood eood ad ead
sh pk dba ulc cv rl cjs unltd fsue fgup fgbu fgbun fgku fgau taa sherkat sherkate bvba osauhing uab aat
iooo osoo zhchk sooo odo alc tda sia sztr sapi asbl vzw dmcc jlt fku fgbou sharika sharikat sharikah
chirket eirl dwc ev limitada
fkp gup mup fgaou fgbuk fgbvou fguk npao nao gbu gku gau mbu mku rup chup zat prat zhshs mchj asc qsc bsc
saoc saog qpsc kscc kscp ksc sae suarl spc pt persero pcl opc tnhh sac saa scrl sapib ca epe spr scop gie
sasu selarl sprl cvba vof gcv sagl srls sapa scarl lda unipessoal sgps eireli unipersonal sl slu slp sll
ehf ug gbr mbh gesmbh spzoo spj spk nyrt kkt sca jdoo szr shpk dooel ike mb vsi pllc lllp pbc ltee
xxk hhk cic cio incorporado
"""
_HONORIFICS = """
mr mrs ms miss dr prof professor sir dame lord lady sheikh shaykh shaikh sheik cheikh sheykh haji hajji
hadji haj hajj mullah mulla mola mawlawi maulavi mawlavi maulawi molvi moulvi qari hafiz sayyed sayyid
syed sayed seyed seyyed ustad ustaz imam ayatollah hojjatoleslam mufti mr. h.e. he excellency hon
honourable honorable general gen colonel col major maj captain capt lieutenant lt brigadier admiral
commander sergeant engineer eng ing maulana moulana mowlana alhaj alhaji hojatoleslam hojjat comandante
senor senora don dona monsieur madame mme herr frau signor king prince princess emir amir pan pani tov
gospodin sahib saheb sahab jr jnr junior snr senior daw hajjah mawlana ustadz datuk dato tengku kiai kyai
ayatullah shri phd
"""
_PARTICLES = """
al el ul ad an ar as at ash az bin ibn ben bint bent abu abou ould uld walad wuld de la le les del della di
da do dos das du van von der den ter ten zu zur und and the of for in on by et en e i y s u na ve wa va o a
und ag aw umm um bn bw l named after imeni
"""

_LIGHT_WORDS = """
joint stock public private closed open liability jointstock obshchestvo obschestvo obshestvo ogranichennoi
ogranichennoy otvetstvennostyu otvetstvennostiu aktsionernoe aktsionernoye aktcionernoe publichnoe
publichnoye zakrytoe otkrytoe nepublichnoe unitary enterprise predpriyatie predpriiatie
"""
_COMMON_TYPOS_OF = """
limited liability company corporation incorporated obshchestvo ogranichennoi otvetstvennostyu aktsionernoe
publichnoe joint stock public private sociedad anonima gesellschaft
"""

LEGAL_WORDS = frozenset(_LEGAL_WORDS.split())
HONORIFICS = frozenset(_HONORIFICS.split())
NOT_CORE = LEGAL_WORDS | HONORIFICS
PARTICLES = frozenset(_PARTICLES.split() + _LIGHT_WORDS.split())
LONG_WORDS = tuple(sorted(set(_COMMON_TYPOS_OF.split())))
"""Words of legal forms that are recognised when they are misspelt."""
PHRASES = {
    tuple(words.split()): () for words in _LEGAL_PHRASES.replace("\n", "").split("|")
} | translations.PHRASES
"""By the words of an expression, what stands for them: nothing for a legal form."""


def replace_phrases(tokens: list[str]) -> tuple[list[str], bool]:
    """Return the tokens with one word, or none, for expressions of several; and whether a legal form went."""
    starts = _PHRASES_BY_FIRST
    if not any(token in starts for token in tokens):
        return tokens, False
    kept: list[str] = []
    legal, place = False, 0
    while place < len(tokens):
        for words in starts.get(tokens[place], ()):
            if tuple(tokens[place : place + len(words)]) == words:
                kept += PHRASES[words]
                legal |= not PHRASES[words]
                place += len(words)
                break
        else:
            kept.append(tokens[place])
            place += 1
    return kept, legal


_PHRASES_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _words in sorted(PHRASES, key=lambda words: (-len(words), words)):
    _PHRASES_BY_FIRST.setdefault(_words[0], []).append(_words)
"""Longer phrases first, so that the longest that fits is taken."""
