"""What the literature says of keeping and winning, beside which the company's own figure stands."""

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["read", "quoted", "not_verified"]
About = Literal["cost", "profit", "value", "against"]


@dataclass(frozen=True)
class Claim:
    """
    One claim, with where it comes from.

    `evidence`: the passage itself was `read`; or `quoted` by others who name the source; or `not_verified`, as nobody
    was found who names one that can be read.
    """

    key: str
    about: About
    says: str
    measured: str  # what was really looked at
    caution: str  # why it need not hold here
    source: str
    url: str
    evidence: Evidence


CLAIMS = (
    Claim(
        "times_5",
        "cost",
        "Winning a customer costs 5 times as much as keeping one.",
        "Not known. It is repeated without a study; some name complaint studies of TARP (USA), and these with 5 to 10.",
        "What winning and keeping cost depends on the trade, and on which costs are counted as which.",
        "servicecheck.net (TARP, Technical Assistance Research Programs)",
        "https://www.servicecheck.net/whyServiceCheck.html",
        "not_verified",
    ),
    Claim(
        "times_6_7",
        "cost",
        "Winning a customer costs 6 to 7 times as much as keeping one.",
        "Not known. Some name Bain & Company, without a study.",
        "As above.",
        "skyglue.com, The Value of an Existing Customer, 2011",
        "https://www.skyglue.com/blog/20110108/the-value-of-an-existing-customer/",
        "not_verified",
    ),
    Claim(
        "times_5_25",
        "cost",
        "Winning a customer costs 5 to 25 times as much as keeping one.",
        "A range over other people's studies, which are not named: depending on study and industry.",
        "A range this wide says that there is no common number.",
        "Amy Gallo, The Value of Keeping the Right Customers, hbr.org, 2014",
        "https://hbr.org/2014/10/the-value-of-keeping-the-right-customers",
        "quoted",
    ),
    Claim(
        "profit_25_85",
        "profit",
        "5 percent fewer customers lost: 25 to 85 percent more profit.",
        "Profit of customers over their life in single firms: 85 percent in the branches of a bank, 50 percent at an "
        "insurance broker, 30 percent in a chain of car workshops.",
        "Reckoned from how long customers would stay, not observed in two groups. From 10 to 5 percent lost a year "
        "doubles how long they stay, and is half of the losses, not a twentieth.",
        "Reichheld & Sasser, Zero Defections: Quality Comes to Services, Harvard Business Review 68(5), 1990, 105-111",
        "https://hbr.org/1990/09/zero-defections-quality-comes-to-services",
        "quoted",
    ),
    Claim(
        "value_75",
        "value",
        "5 points more retention: up to 75 percent more.",
        "The discounted value of a customer over her life (not the yearly profit), in insurance, banks, car workshops.",
        "Holds where few leave already: from 90 to 95 percent doubles how long they stay, from 60 to 65 percent adds a "
        "seventh.",
        "Reichheld, The Loyalty Effect, Harvard Business School Press 1996, p. 36",
        "https://www.dbmarketing.com/2010/03/the-loyalty-effect-a-new-look-at-lifetime-value/",
        "quoted",
    ),
    Claim(
        "profit_25_95",
        "value",
        "5 points more retention: 25 to 95 percent more profit.",
        "The discounted value of a customer in several trades, by Bain & Company; 95 percent in advertising agencies.",
        "As above; and it supposes that who stays longer buys more, costs less and recommends.",
        "Reichheld & Schefter, E-Loyalty: Your Secret Weapon on the Web, Harvard Business Review 78(4), 2000, 105-113",
        "https://hbr.org/2000/07/e-loyalty-your-secret-weapon-on-the-web",
        "quoted",
    ),
    Claim(
        "profit_25",
        "profit",
        "5 percent more retention: more than 25 percent more profit, in financial services.",
        "Not said; one sentence in a note of two pages.",
        "Financial services have long contracts and high costs of winning.",
        "Reichheld, Prescription for Cutting Costs, Bain & Company 2001",
        "http://docplayer.net/29016-Prescription-for-cutting-costs.html",
        "read",
    ),
    Claim(
        "firms_5",
        "value",
        "1 percent more retention: 5 percent more value of the firm.",
        "A model of the customers of five listed firms, by their published figures.",
        "1 percent of the rate, not a point; value of the firm, not profit.",
        "Gupta, Lehmann & Stuart, Valuing Customers, Journal of Marketing Research 41(1), 2004, 7-18",
        "https://id.scribd.com/document/212074341/6-Valuing-Customers-Gupta",
        "read",
    ),
    Claim(
        "thought_experiment",
        "against",
        "5 percent fewer customers lost do not mean 80 percent more profit or more.",
        "The reasoning of 1990: if half as many leave each year, they stay twice as long. Nothing was observed.",
        "It criticises how the figures came about; it does not say what a point is worth.",
        "Byron Sharp, Loyalty Myths, marketingscience.info",
        "https://marketingscience.info/loyalty-myths/",
        "read",
    ),
    Claim(
        "loyal_not_cheaper",
        "against",
        "Who stays longer neither costs less nor pays more nor recommends more.",
        "16,000 customers of four firms; length of stay and profit go together weakly to moderately (.20 to .45).",
        "So a point here is worth what these customers bring, not what loyal ones are said to.",
        "Reinartz & Kumar, The Mismanagement of Customer Loyalty, Harvard Business Review 80(7), 2002, 86-94",
        "https://cb.hbsp.harvard.edu/cbmp/product/R0207F-HCB-ENG",
        "quoted",
    ),
)
