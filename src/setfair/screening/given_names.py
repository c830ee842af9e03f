"""Given names that one person bears in several forms, and names that are written together or apart.

Rules
-----
1. `other_reading` gives a second reading of a name: each short or translated given name as the form that
   stands for all (``Nadia`` is ``Nadezhda``), ``Abd al-X`` and ``X al-Din`` as one word, however the article
   is written (``Abdurrahman``, ``Abdel Rahman``, ``Abdirahman``).
2. A name is compared as it stands and in this reading, on both sides, and the better counts: whoever is
   listed as ``Rahman, Abdul`` is found by his two words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from setfair.screening.words import PARTICLES

_FAMILIES = """
aleksandr sasha sanya shura oleksandr aliaksandr
aleksei alyosha lyosha oleksii oleksiy aliaksei
anatoli tolya anatolii
anastasia nastya anastasiya
anna anya ania
boris borya
dmitri dima mitya dmytro dzmitry
evgeni eugene zhenya yevhen yevhenii evhen yauheni
ekaterina katya kateryna katerina catherine
elena lena olena alena helena
georgi gosha georgiy heorhii
andrei andrii andriy andrzej
grigori grisha hryhorii ryhor
ivan vanya iwan
igor ihor ihar
irina ira iryna
konstantin kostya kostiantyn
maria masha mariya mariia marija
mikhail misha mykhailo mykhaylo mikhas
nadezhda nadia nadya nadiia
natalia natasha natalya nataliia
nikita mykyta
nikolai kolya mykola mikalai
oleg oleh aleh
olga olya olha volha
pavel pasha pavlo
petr petya petro piotr pyotr peter
roman roma
sergei seryozha serhii serhiy siarhei
svetlana sveta svitlana sviatlana
sofia sonya sofiya
stepan styopa
tatiana tanya tetiana tetyana tatsiana
valentin valya
vasili vasya vasyl
viktor vitya viktar
vladimir vova volodya volodymyr uladzimir
vladislav vladik vladyslav uladzislau
yuri yura yurii iurie
vadim vadym vadzim
artem artsiom
maksim maxym maksym
fedor fedir
gennadi hennadiy hennadii henadz genadz
vyacheslav slava viacheslau viachaslau
yaroslav yaraslau
stanislav stas stanislau
kirill kyrylo kiryl
gleb hlib hleb
leonid leanid
denis denys dzianis
galina galya halyna halina
yulia juliana yuliia
viktoria vika viktoryia
oksana aksana
lyudmila lyuda liudmyla
yakov jakob jacob yakiv
matvei matvii
egor yahor yehor
deogratias deo
jesus chucho
jose pepe
manuel manolo
enrique quique
alberto beto
robert bob rob bobby
william bill billy
richard dick rick ricky
james jim jimmy
john johnny
joseph joe joey
edward ed eddie
thomas tom tommy
anthony tony
charles charlie
daniel dan danny
andrew andy
christopher chris
frederick fred freddy
henry harry
lawrence larry
leonard leo
matthew matt
patrick pat
philip phil
ronald ron ronnie
samuel sam sammy
timothy tim
kenneth ken kenny
benjamin ben benny
francisco paco pancho
ignacio nacho
rafael rafa
elizabeth liz beth betty
margaret maggie peggy
mohammed maxamed maxamad mohd muhd md mehmet muhammet mehmed mamadou magomed
ahmed ahmet akhmed axmed axmad
hussein xuseen xusen xuseyn huseyin hossein guseyn husayin
hassan gasan khasan xasan
mahmud maxamud maxamuud mehmood makhmud
salah salax saalax
ali cali
yusuf youssef yosef yusif yusip
ibrahim abraham ebrahim ibragim avraham
ismail esmail esmaeil izmail
suleiman solomon soliman sulayman
daud dawood dawud davud
musa moussa moses
isa eissa
yahya yehia yihya
zacharia zakaria zakariya zekeriya
othman osman usman uthman cusman cismaan cusmaan
omar umar omer cumar
khaled halid
javed javid jawed jawaid
qadhafi gaddafi gadhafi kadafi qaddafi kadhafi
nikolaevich mykolaiovych mikalaevich mikalayevich mykolayovych
vladimirovich volodymyrovych uladzimiravich
sergeevich serhiiovych siarheevich serhiyovych
aleksandrovich oleksandrovych aliaksandravich
alekseevich oleksiiovych aliakseevich
mikhailovich mykhailovych mikhailavich
vasilevich vasylovych vasilyevich vasilievich
grigorevich hryhorovych hryhoriiovych ryhoravich grigorievich
andreevich andriiovych andreyevich
pavlovich paulavich
dmitrievich dmytrovych dzmitryevich
petrovich piatrovich
nikolaevna mykolaivna mikalaeuna
vladimirovna volodymyrivna uladzimirauna
"""

GIVEN: dict[str, str] = {}
"""By short or translated form: the one that stands for all."""
for _line in filter(None, _FAMILIES.split("\n")):
    _first, *_others = _line.split()
    for _other in _others:
        GIVEN.setdefault(_other, _first)

_DIN_WRITTEN = ("din", "deen", "dine", "dein")
_ABD_WRITTEN = "abd abdul abdel abdal abdur abdus abdu abdoul abdi abed"
_ARTICLES_WRITTEN = "al el ul ar ur er as us es ash ush az uz ez an un en at ad ud ed"
_ABD = frozenset(_ABD_WRITTEN.split())
_ARTICLES = frozenset(_ARTICLES_WRITTEN.split())
_GOD = frozenset(("allah", "llah", "lah", "ullah", "ellah", "alla"))
_ABD_BEFORE = re.compile("abd(?:ou|oo|[aeiou])?l?(?=[a-z]{4})")
_DIN = frozenset(
    f"{article}{din}" for article in ("", "d", "ed", "ud", "al", "el", "ad") for din in _DIN_WRITTEN
)
_DIN_BEHIND = re.compile("(?<=[a-z]{3})(?:[aeiou]+[ld]?d?|d)(?:din|deen|dine|dein|dinn)$")


def other_reading(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return a name in its second reading; the same tokens where there is none."""
    if not any(map(_TURNS.__getitem__, tokens)):
        return tuple(tokens)
    read: list[str] = []
    place = 0
    while place < len(tokens):
        word, taken = _compound(tokens, place)
        read.append(word)
        place += taken
    return tuple(read)


class _Turns(dict[str, bool]):
    """Whether a name may be read otherwise because of a token; filled as tokens come."""

    def __missing__(self, token: str) -> bool:
        found = token in _ABD or token in _DIN or _alone(token) != token
        if len(self) < TURNS_MAX:
            self[token] = found
        return found


TURNS_MAX = 1 << 17
"""Tokens of which it is remembered."""
_TURNS = _Turns()


def _compound(tokens: Sequence[str], place: int) -> tuple[str, int]:
    """Return the word that begins at a place, and of how many tokens it is made."""
    token = tokens[place]
    end = place + 1
    if end < len(tokens) and tokens[end] in _ARTICLES:
        end += 1
    if end < len(tokens):
        if token in _ABD and len(tokens[end]) >= 3:
            last = tokens[end]
            return ("abdullah" if last in _GOD else f"abd{last}"), end + 1 - place
        if tokens[end] in _DIN and len(token) >= 3 and token not in _ABD and token not in PARTICLES:
            return f"{token}din", end + 1 - place
    return _alone(token), 1


def _alone(token: str) -> str:
    if token in GIVEN:
        return GIVEN[token]
    if token.startswith("abd"):
        before = _ABD_BEFORE.match(token)
        if before and token[before.end() :] not in _GOD:
            rest = token[before.end() :]
            return f"abd{rest[1:] if rest[0] == rest[1] else rest}"
    elif token.endswith(("in", "een", "ine", "inn")):
        return _DIN_BEHIND.sub("din", token)
    return token
