"""
What the demo company sells: house and garden goods that go together, cost something, and have their season.

Prices are net, in euro. Margins lie between 15 and 60 %; what some goods cost, nobody knows.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pyarrow as pa

#                       Jan  Feb  Mar  Apr  May  Jun  Jul  Aug  Sep  Oct  Nov  Dec
SPRING = np.array([0.4, 0.8, 1.7, 2.0, 1.8, 1.2, 0.8, 0.6, 0.7, 0.5, 0.3, 0.2])
SUMMER = np.array([0.2, 0.3, 0.7, 1.3, 1.9, 2.2, 1.9, 1.3, 0.7, 0.3, 0.2, 0.3])
AUTUMN = np.array([0.7, 0.6, 0.8, 0.9, 0.8, 0.7, 0.7, 0.9, 1.2, 1.5, 1.6, 1.6])
WINTER = np.array([0.9, 0.7, 0.6, 0.6, 0.6, 0.5, 0.5, 0.6, 0.9, 1.4, 2.2, 2.6])

OLD_STOCK = {"Saatgut", "Gartenwerkzeug"}  # of the last good in these groups nobody knows any more what it cost
CENTS_AND_MORE = 10_000  # prices are kept in ten-thousandths


@dataclass(frozen=True, kw_only=True)
class Group:
    name: str
    season: np.ndarray
    margin: float  # share of the price
    persons: float  # how often private customers choose it
    companies: float
    goods: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]  # name, variants with their prices
    together: dict[str, float] = field(default_factory=dict)  # which groups are bought with it, how readily
    bulk: float = 3.0  # how many pieces a company takes


def _sizes(unit: str, *pairs: tuple[float, float]) -> tuple[tuple[str, float], ...]:
    return tuple((f"{size:g} {unit}".replace(".", ","), price) for size, price in pairs)


def _colours(price: float, *names: str) -> tuple[tuple[str, float], ...]:
    return tuple((name, price) for name in names)


GROUPS = (
    Group(
        name="Blumentöpfe", season=SPRING, margin=0.52, persons=1.4, companies=1.2, bulk=12,
        goods=(
            ("Terrakottatopf", _sizes("cm", (12, 2.49), (18, 4.99), (24, 8.49), (32, 15.9))),
            ("Keramiktopf Lina", _sizes("cm", (14, 7.9), (18, 11.9), (22, 16.9))),
            ("Anzuchttopf Kokosfaser", (("24 Stück", 5.49), ("96 Stück", 17.9))),
            ("Übertopf Nordlicht", _colours(9.9, "weiß", "salbei", "anthrazit")),
        ),
        together={"Erde & Substrate": 5, "Stauden & Kräuter": 3, "Dünger": 2},
    ),
    Group(
        name="Pflanzkübel", season=SPRING, margin=0.44, persons=0.5, companies=1.1, bulk=5,
        goods=(
            ("Pflanzkübel Fiberstein", _sizes("cm", (40, 59.0), (60, 99.0), (80, 149.0))),
            ("Hochbeet Lärche", _sizes("cm", (80, 119.0), (120, 169.0))),
            ("Balkonkasten Eiche", _sizes("cm", (60, 24.9), (80, 29.9), (100, 36.9))),
        ),
        together={"Erde & Substrate": 5, "Stauden & Kräuter": 3, "Bewässerung": 2},
    ),
    Group(
        name="Erde & Substrate", season=SPRING, margin=0.31, persons=1.5, companies=1.6, bulk=15,
        goods=(
            ("Blumenerde torffrei", _sizes("l", (20, 5.49), (40, 8.99), (60, 11.9))),
            ("Kräuter- und Anzuchterde", _sizes("l", (10, 3.99), (20, 6.49))),
            ("Rindenmulch", _sizes("l", (60, 7.9))),
            ("Blähton", _sizes("l", (10, 5.9), (50, 21.9))),
        ),
        together={"Dünger": 5, "Blumentöpfe": 2, "Saatgut": 2},
    ),
    Group(
        name="Dünger", season=SPRING, margin=0.48, persons=1.1, companies=1.2, bulk=6,
        goods=(
            ("Bio-Flüssigdünger", _sizes("l", (1, 6.99), (5, 24.9))),
            ("Hornspäne", _sizes("kg", (2.5, 8.49), (10, 26.9))),
            ("Rasendünger Frühling", _sizes("kg", (5, 16.9), (20, 49.9))),
            ("Tomatendünger", _sizes("kg", (1, 5.99))),
        ),
        together={"Erde & Substrate": 4, "Bewässerung": 2, "Saatgut": 2},
    ),
    Group(
        name="Saatgut", season=SPRING, margin=0.58, persons=1.3, companies=0.5, bulk=10,
        goods=(
            ("Bio-Samen Tomate", _colours(3.29, "Rote Murmel", "Ochsenherz", "Black Cherry")),
            ("Bio-Samen Kräutermischung", (("Tüte", 2.99),)),
            ("Wildblumenmischung", _sizes("m²", (10, 5.9), (50, 19.9))),
            ("Rasensamen Schatten", _sizes("kg", (1, 12.9), (5, 49.0))),
        ),
        together={"Erde & Substrate": 4, "Blumentöpfe": 3, "Gartenwerkzeug": 1},
    ),
    Group(
        name="Stauden & Kräuter", season=SPRING, margin=0.46, persons=1.2, companies=1.0, bulk=14,
        goods=(
            ("Lavendel", (("Topf", 3.99), ("Kübel", 14.9))),
            ("Rosmarin", (("Topf", 3.79),)),
            ("Funkie Halcyon", (("Topf", 6.49),)),
            ("Staudenpaket Sonne", (("12 Stück", 44.9),)),
            ("Staudenpaket Schatten", (("12 Stück", 46.9),)),
        ),
        together={"Blumentöpfe": 4, "Erde & Substrate": 4, "Dünger": 2},
    ),
    Group(
        name="Gartenwerkzeug", season=SPRING, margin=0.38, persons=0.7, companies=0.8, bulk=2,
        goods=(
            ("Gartenschere Solinger Stahl", (("klein", 24.9), ("groß", 34.9))),
            ("Spaten Eschenholz", (("1 Stück", 39.9),)),
            ("Handschaufel Edelstahl", (("1 Stück", 12.9),)),
            ("Gartenhandschuhe", _colours(8.9, "Größe 8", "Größe 10")),
        ),
        together={"Saatgut": 3, "Dünger": 2, "Bewässerung": 2},
    ),
    Group(
        name="Bewässerung", season=SUMMER, margin=0.35, persons=0.7, companies=0.9, bulk=3,
        goods=(
            ("Gießkanne Zink", _sizes("l", (5, 22.9), (9, 29.9))),
            ("Gartenschlauch", _sizes("m", (20, 27.9), (50, 59.9))),
            ("Tropfbewässerung Set", (("Balkon", 49.9), ("Beet", 79.9))),
            ("Wasserspeicherkugel", (("4 Stück", 11.9),)),
        ),
        together={"Dünger": 3, "Gartenwerkzeug": 2, "Pflanzkübel": 1},
    ),
    Group(
        name="Gartenmöbel", season=SUMMER, margin=0.27, persons=0.35, companies=0.6, bulk=4,
        goods=(
            ("Klappstuhl Akazie", (("1 Stück", 49.9),)),
            ("Bistrotisch Paris", _colours(89.0, "moosgrün", "schwarz")),
            ("Loungesessel Insel", (("1 Stück", 199.0),)),
            ("Gartentisch Teak", _sizes("cm", (140, 349.0), (200, 499.0))),
            ("Sonnenschirm", _sizes("m", (2.5, 99.0), (3.5, 189.0))),
        ),
        together={"Wohntextilien": 4, "Beleuchtung": 3, "Grill & Feuer": 1},
    ),
    Group(
        name="Beleuchtung", season=AUTUMN, margin=0.41, persons=0.6, companies=0.7, bulk=6,
        goods=(
            ("Lichterkette außen", _sizes("m", (10, 29.9), (20, 44.9))),
            ("Solarlaterne", _colours(24.9, "klein", "mittel")),
            ("Windlicht Glas", (("klein", 9.9), ("groß", 17.9))),
        ),
        together={"Kerzen & Düfte": 4, "Gartenmöbel": 1, "Vasen & Deko": 2},
    ),
    Group(
        name="Grill & Feuer", season=SUMMER, margin=0.19, persons=0.35, companies=0.2, bulk=1,
        goods=(
            ("Kugelgrill", _sizes("cm", (47, 149.0), (57, 219.0))),
            ("Feuerschale Stahl", _sizes("cm", (60, 89.0), (80, 139.0))),
            ("Grillkohle Buche", _sizes("kg", (5, 11.9), (10, 19.9))),
        ),
        together={"Gartenmöbel": 2, "Beleuchtung": 2, "Wohntextilien": 1},
    ),
    Group(
        name="Vasen & Deko", season=AUTUMN, margin=0.56, persons=0.9, companies=0.8, bulk=5,
        goods=(
            ("Vase Welle", _colours(19.9, "weiß", "sand", "petrol")),
            ("Bodenvase Ton", _sizes("cm", (45, 49.0), (60, 69.0))),
            ("Türkranz Naturmaterial", (("1 Stück", 27.9),)),
            ("Tablett Mango", (("rund", 22.9), ("oval", 26.9))),
        ),
        together={"Kerzen & Düfte": 4, "Wohntextilien": 3},
    ),
    Group(
        name="Wohntextilien", season=AUTUMN, margin=0.5, persons=0.8, companies=0.5, bulk=6,
        goods=(
            ("Kissenbezug Leinen", _colours(19.9, "natur", "rost", "salbei", "blau")),
            ("Plaid Schurwolle", _colours(79.0, "grau", "senf")),
            ("Sitzkissen Garten", _colours(16.9, "grün", "grau")),
            ("Tischläufer", _colours(24.9, "natur", "blau")),
        ),
        together={"Vasen & Deko": 3, "Kerzen & Düfte": 3, "Gartenmöbel": 1},
    ),
    Group(
        name="Kerzen & Düfte", season=WINTER, margin=0.59, persons=1.0, companies=0.7, bulk=10,
        goods=(
            ("Stumpenkerze", _colours(6.9, "elfenbein", "rot", "tanne")),
            ("Duftkerze", _colours(17.9, "Zeder", "Feige", "Apfel-Zimt")),
            ("Raumduft", _sizes("ml", (100, 22.9), (200, 34.9))),
            ("Bienenwachskerzen", (("4 Stück", 14.9),)),
        ),
        together={"Vasen & Deko": 4, "Wohntextilien": 2, "Beleuchtung": 2},
    ),
)  # fmt: skip
FREIGHT = ("F-001", "Speditionslieferung", 39.0, 34.0)  # no good of its own: postage, fees and the like
HEAVY_CENTS = 40_000  # an order above takes a carrier


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The goods as arrays, one place per product; the freight comes last."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]
    group: np.ndarray  # place of the group in GROUPS; -1: freight
    price_e4: np.ndarray
    cost_e4: np.ndarray
    cost_known: np.ndarray

    @property
    def freight(self) -> int:
        return len(self.numbers) - 1


@cache
def catalogue() -> Catalogue:
    """Spread the groups out into products, always the same."""
    goods = [
        (place, f"{place + 1:02d}-{count + 1:03d}", f"{name} {variant}", price, _margin(group, count))
        for place, group in enumerate(GROUPS)
        for count, (name, variant, price) in enumerate(_variants(group))
    ]
    number, name, price, cost = FREIGHT
    price_e4 = np.array([round(good[3] * CENTS_AND_MORE) for good in goods] + [round(price * CENTS_AND_MORE)])
    cost_e4 = np.array([round(good[3] * (1 - good[4]) * CENTS_AND_MORE) for good in goods])
    return Catalogue(
        numbers=(*(good[1] for good in goods), number),
        names=(*(good[2] for good in goods), name),
        group=np.array([good[0] for good in goods] + [-1]),
        price_e4=price_e4,
        cost_e4=np.append(cost_e4, round(cost * CENTS_AND_MORE)),
        cost_known=np.array([_cost_known(GROUPS[good[0]], good[2]) for good in goods] + [True]),
    )


def _variants(group: Group) -> list[tuple[str, str, float]]:
    return [(name, variant, price) for name, variants in group.goods for variant, price in variants]


def _cost_known(group: Group, name: str) -> bool:
    last = " ".join(_variants(group)[-1][:2])
    return group.name not in OLD_STOCK or name != last


def _margin(group: Group, count: int) -> float:
    """Vary the group's margin a little from product to product, within 15 and 60 %."""
    return min(0.6, max(0.15, group.margin + (count * 7 % 11 - 5) / 100))


def table() -> pa.Table:
    """Give the products as our own table of products."""
    goods = catalogue()
    groups = [GROUPS[place].name if place >= 0 else "Versand" for place in goods.group]
    costs = [
        cost / CENTS_AND_MORE if known else None for cost, known in zip(goods.cost_e4, goods.cost_known, strict=True)
    ]
    return pa.table(
        {
            "product_number": goods.numbers,
            "product_name": goods.names,
            "product_category": groups,
            "product_kind": ["product" if place >= 0 else "other" for place in goods.group],
            "price": goods.price_e4 / CENTS_AND_MORE,
            "cost": pa.array(costs, pa.float64()),
        }
    )
