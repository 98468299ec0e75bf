"""
Which of several encodings a text is written in, judged by what it then says: words, names, umlauts in their place.

All bytes fit half a dozen encodings, so that they decode says nothing. An umlaut inside of a word does, and so does a
sign that stands where no language has one.
"""

import re
from collections import Counter
from collections.abc import Iterable

from charset_normalizer import from_bytes

# Shops and ERPs write these; where two say the same, the first is taken.
USUAL = ("cp1252", "cp850", "mac_roman", "iso8859_15", "cp1250", "iso8859_2")
_SURE = 1.5  # points for each letter beyond ASCII: below, other encodings are asked for as well
_PROPOSED_BYTES = 1 << 14
_MOST_WORDS = 4000

# What stands in customers' and products' names, streets, places and headings, and has an umlaut or an accent.
_TEXT = """
    straße größe stück für über größer geschäft geschäftsführer käufer verkäufer händler empfänger währung länge höhe
    stückpreis ermäßigt mäßig rückgabe rücksendung gebühr gebühren schlüssel kürzel geändert gelöscht gültig ungültig
    bestätigt zurück nächste übersicht öffnung grün weiß süß groß größen außen äußere übergang österreich schweiz
    köln düsseldorf münchen nürnberg fürth würzburg göttingen tübingen lübeck münster osnabrück saarbrücken zürich
    mönchengladbach gütersloh düren mülheim lüneburg görlitz bär köthen döbeln löbau plön möller müller mühlhausen
    müllers böhm krämer köhler köster schröder schäfer schäffer jäger kühn günther günter jürgen jörg björn sören
    könig krüger hübner lührs bäcker bäckerei böcker förster gärtner gärtnerei größmann weiß weiss voß groß strauß
    söhne söhnen brüder gebrüder töchter frühling blüte bäume früchte öl öle käse brötchen würste gemüse nüsse getränke
    schön schöner möbel tür türen fenster küche küchen böden stühle stuhl tücher hüte gürtel schmuck füller füße rühr
    natürlich bücher buch glühwein räder bälle hälfte jänner märz samstag möglich täglich jährlich monatlich löffel
    café crème rené andré josé françois geneviève hélène zoë chloë noël señor niño são coração québec málaga córdoba
    montréal société général générale privé prénom quantité numéro téléphone adresse référence remisé réduction créé
    łódź kraków gdańsk wrocław poznań dvořák novák nováková příbram plzeň košice žilina győr łukasz paweł małgorzata
"""
_WORDS = frozenset(_TEXT.split())
_UMLAUTS = frozenset("äöüßÄÖÜẞ")
_COMMON = frozenset("éèêëàâáãåçñíìîïóòôõøúùûýœæÉÈÊÀÁÂÇÑÍÓÔÕØÅÆŒšžčřěůťďňĺľąęłńśźżćőűğışăâîșțŠŽČŘĚŮŤĎŇŁŚŹŻĆŐŰĞİŞĂȘȚ")
_MARKS = frozenset("\u00a0“”„‚‘’–—…•«»‹›°§²³®™©½¼¾×·±µ†‡¡¿ªº£")  # beside words, not inside of them
_WORD = re.compile(r"[^\W\d_½¼¾²³¹]+")
_INSIDE = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f\w’'‘´–\u00ad\u00a0](?=[^\W\d_])")


def judge(lines: Iterable[bytes], *, among: Iterable[str] = USUAL) -> str:
    """Choose the encoding in which lines that are no UTF-8 say most."""
    data = b"\n".join(lines)
    scores = {name: _points(data, name) for name in among}
    best = max(scores, key=scores.__getitem__)
    beyond = sum(one > 127 for one in data)
    if scores[best] < _SURE * beyond:
        proposed = (match.encoding for match in from_bytes(data[:_PROPOSED_BYTES]))
        more = {name: _points(data, name) for name in proposed if name not in scores and name != "utf_8"}
        other = max(more, key=more.__getitem__, default="")
        if other and more[other] > scores[best]:
            return other
    return best


def _points(data: bytes, encoding: str) -> float:
    try:
        text = data.decode(encoding)
        misfits = 0
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        misfits = text.count("\ufffd")
    words = Counter(_WORD.findall(text))
    points = sum(_of_word(word) * count for word, count in words.most_common(_MOST_WORDS) if not word.isascii())
    signs = sum(_of_sign(sign) * count for sign, count in Counter(text).items() if ord(sign) > 127)
    return points + signs - 4 * len(_INSIDE.findall(text)) - 6 * misfits


def _of_word(word: str) -> float:
    """Give the points of a word with letters beyond ASCII: for letters of our languages in a case that words have."""
    points = sum(2.0 if one in _UMLAUTS else 1.0 if one in _COMMON else 0.5 for one in word if one > "\x7f")
    if len(word) == 1 or _is_mixed(word) or (len(word) > 2 and _is_all_accents(word)):
        points = -3
    if not (word.islower() or word[1:].islower() or word.isupper() or _like_upper(word)):
        points -= 4
    if word.casefold().replace("ss", "ß") in _WORDS or word.lower() in _WORDS:
        points += 4
    return points


def _is_mixed(word: str) -> bool:
    """Tell whether a word has letters of several scripts."""
    return any(one.isascii() for one in word) and any(ord(one) >= 0x370 for one in word)


def _is_all_accents(word: str) -> bool:
    """Tell whether most letters have accents, as no language of ours has it."""
    return 2 * sum("\x7f" < one < "\u0370" for one in word) > len(word)


def _like_upper(word: str) -> bool:
    """Tell whether a word is in capitals but for ß, which has none: "STRAßE"."""
    return word.replace("ß", "").isupper()


def _of_sign(sign: str) -> float:
    if sign.isalpha():
        return 0.0  # its word has counted
    if sign == "€":
        return 2.0
    return 0.3 if sign in _MARKS else -2.0
