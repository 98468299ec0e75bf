"""
Words that make believable people, firms and places.

None of them exists; telephone numbers are those kept for fiction, and so are the ends of the e-mail addresses.
"""

# ruff: noqa: E501, SIM905 (lists of words read better as text)

WOMEN = (
    "Anna Petra Sabine Claudia Julia Katharina Monika Ursula Lena Laura Sarah Nicole Stefanie Andrea Birgit Heike Susanne "
    "Christina Melanie Sandra Martina Karin Gabriele Anja Ines Silke Kerstin Johanna Lea Marie Sophie Hannah Emma Charlotte "
    "Franziska Eva Barbara Renate Elisabeth Helga Ingrid Brigitte Aylin Elif Fatma Olga Natalia Agnieszka Giulia Mila"
).split()
MEN = (
    "Thomas Michael Andreas Stefan Peter Wolfgang Klaus Jürgen Markus Christian Martin Frank Bernd Uwe Matthias Jan Tobias "
    "Florian Daniel Sebastian Alexander Philipp Lukas Jonas Felix Maximilian Paul Leon Niklas Tim Jens Dirk Ralf Holger "
    "Günter Helmut Werner Manfred Karl Heinz Rainer Dieter Mehmet Ali Emre Ivan Piotr Marco Luca Anton"
).split()
FAMILIES = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
    "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid "
    "Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert "
    "Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig "
    "Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber "
    "Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Yılmaz Kaya "
    "Demir Nowak Kowalski Novak Ivanova Rossi Petersen Hansen Jansen Lindner Ahrens Böttcher Ernst Ebert Lenz Reuter Thiel "
    "Brinkmann Nagel Wendt Hein Burger Moser Eder Aigner Brenner Steiner Kern Frey Zeller Ritter Adler Falk Sander"
).split()
TITLES = ("Dr.", "Prof. Dr.", "Dipl.-Ing.")
STREETS = (
    "Hauptstraße Bahnhofstraße Gartenstraße Dorfstraße Schulstraße Bergstraße Lindenstraße Kirchstraße Waldstraße Ringstraße "
    "Wiesenweg Rosenweg Amselweg Birkenweg Ahornweg Fliederweg Tulpenweg Mühlenweg Feldstraße Schillerstraße Goethestraße "
    "Mozartstraße Beethovenstraße Uhlandstraße Lessingstraße Parkstraße Poststraße Marktstraße Marktplatz Kastanienallee "
    "Eichenweg Sonnenstraße Talstraße Brunnenstraße Friedhofstraße Industriestraße Gewerbestraße Hafenstraße Uferstraße "
    "Burgstraße Schloßstraße Weinbergstraße Mittelstraße Nordstraße Südstraße Weststraße Oststraße Neustraße Kapellenweg"
).split()

# city, postcode (the first digits), federal state, how many customers live there
CITIES = (
    ("Berlin", "12", "Berlin", 30), ("Hamburg", "22", "Hamburg", 20), ("München", "81", "Bayern", 18),
    ("Köln", "50", "Nordrhein-Westfalen", 14), ("Frankfurt am Main", "60", "Hessen", 11), ("Stuttgart", "70", "Baden-Württemberg", 9),
    ("Düsseldorf", "40", "Nordrhein-Westfalen", 9), ("Leipzig", "04", "Sachsen", 9), ("Dortmund", "44", "Nordrhein-Westfalen", 8),
    ("Essen", "45", "Nordrhein-Westfalen", 7), ("Bremen", "28", "Bremen", 7), ("Dresden", "01", "Sachsen", 8),
    ("Hannover", "30", "Niedersachsen", 8), ("Nürnberg", "90", "Bayern", 7), ("Duisburg", "47", "Nordrhein-Westfalen", 5),
    ("Bochum", "44", "Nordrhein-Westfalen", 4), ("Wuppertal", "42", "Nordrhein-Westfalen", 4), ("Bielefeld", "33", "Nordrhein-Westfalen", 5),
    ("Bonn", "53", "Nordrhein-Westfalen", 5), ("Münster", "48", "Nordrhein-Westfalen", 6), ("Karlsruhe", "76", "Baden-Württemberg", 5),
    ("Mannheim", "68", "Baden-Württemberg", 4), ("Augsburg", "86", "Bayern", 4), ("Wiesbaden", "65", "Hessen", 4),
    ("Braunschweig", "38", "Niedersachsen", 4), ("Kiel", "24", "Schleswig-Holstein", 4), ("Chemnitz", "09", "Sachsen", 3),
    ("Magdeburg", "39", "Sachsen-Anhalt", 3), ("Freiburg im Breisgau", "79", "Baden-Württemberg", 5), ("Halle (Saale)", "06", "Sachsen-Anhalt", 3),
    ("Mainz", "55", "Rheinland-Pfalz", 4), ("Lübeck", "23", "Schleswig-Holstein", 3), ("Erfurt", "99", "Thüringen", 3),
    ("Oldenburg", "26", "Niedersachsen", 3), ("Rostock", "18", "Mecklenburg-Vorpommern", 3), ("Kassel", "34", "Hessen", 3),
    ("Potsdam", "14", "Brandenburg", 3), ("Saarbrücken", "66", "Saarland", 2), ("Osnabrück", "49", "Niedersachsen", 3),
    ("Heidelberg", "69", "Baden-Württemberg", 3), ("Regensburg", "93", "Bayern", 3), ("Würzburg", "97", "Bayern", 3),
    ("Ulm", "89", "Baden-Württemberg", 2), ("Koblenz", "56", "Rheinland-Pfalz", 2), ("Jena", "07", "Thüringen", 2),
    ("Trier", "54", "Rheinland-Pfalz", 2), ("Göttingen", "37", "Niedersachsen", 2), ("Lüneburg", "21", "Niedersachsen", 2),
    ("Konstanz", "78", "Baden-Württemberg", 2), ("Bamberg", "96", "Bayern", 2), ("Weimar", "99", "Thüringen", 1),
    ("Flensburg", "24", "Schleswig-Holstein", 1), ("Passau", "94", "Bayern", 1), ("Görlitz", "02", "Sachsen", 1),
)  # fmt: skip
PHONES = ("030 23125", "0221 4710", "069 90009", "040 66969", "089 99998")  # and three digits: numbers kept for fiction
MOBILES = "+49 171 39200"  # and two digits

# Firms: the industry, what they call themselves ({} is a family or a word), the words, how many of a hundred
FIRMS = (
    ("Gastronomie", "Gasthaus {}", "family", 9), ("Gastronomie", "Café {}", "word", 9),
    ("Gastronomie", "Restaurant {} GmbH", "word", 8), ("Hotellerie", "Hotel {}", "word", 7),
    ("Hotellerie", "Landhotel {} GmbH & Co. KG", "word", 5), ("Floristik", "Blumen {}", "family", 8),
    ("Floristik", "Floristik {} e.K.", "family", 6), ("Gartenbau", "Gartenbau {} GmbH", "family", 8),
    ("Gartenbau", "{} Garten- und Landschaftsbau", "family", 6), ("Einzelhandel", "Wohnkultur {}", "family", 5),
    ("Einzelhandel", "Hofladen {}", "word", 5), ("Hausverwaltung", "Hausverwaltung {} GmbH", "family", 6),
    ("Büro & Dienstleistung", "{} & Partner Steuerberatung", "family", 4),
    ("Büro & Dienstleistung", "Architekturbüro {}", "family", 4), ("Pflege & Bildung", "Seniorenresidenz {} gGmbH", "word", 4),
    ("Pflege & Bildung", "Kita {} e.V.", "word", 4), ("Öffentliche Hand", "Stadtgärtnerei {}", "city", 2),
)  # fmt: skip
WORDS = (
    "Sonnenschein", "Seeblick", "Morgenrot", "Lindenhof", "Rosengarten", "Alte Mühle", "Am Markt", "Waldesruh",
    "Goldener Hirsch", "Zum Anker", "Birkenhof", "Kastanie", "Abendstern", "Bergblick", "Kranich", "Schwalbennest",
    "Flora", "Zur Linde", "Zur Post", "Am Park", "Weitblick", "Am Ufer", "Brunnenhof", "Apfelbaum", "Sonneneck", "Zeitlos",
)  # fmt: skip
SEGMENTS_OF_FIRMS = (("Gewerbe", 60), ("Fachhandel", 25), ("Großkunde", 15))
SEGMENTS_OF_PERSONS = (("Hobbygarten", 40), ("Balkon & Terrasse", 32), ("Wohnen", 28))

STAFF = (
    ("Miriam Falkner", "miriam.falkner@gruenwerk.example", "management"),
    ("Jonas Thiele", "jonas.thiele@gruenwerk.example", "sales"),
    ("Sevda Aydın", "sevda.aydin@gruenwerk.example", "sales"),
    ("Karl Brandes", "karl.brandes@gruenwerk.example", "sales"),
    ("Lea Winkelmann", "lea.winkelmann@gruenwerk.example", "marketing"),
    ("Piet Jansen", "piet.jansen@gruenwerk.example", "service"),
)
COMPANY = "Grünwerk Haus & Garten GmbH"
SHOP = "https://www.gruenwerk.example/"

MATTERS = (
    "Legt Wert auf torffreie Erde, fragt jedes Mal nach.",
    "Bitte nie vor 10 Uhr anrufen, vormittags ist Lieferverkehr.",
    "Freut sich über Neuheiten bei Lavendel und Rosmarin.",
    "Plant die Terrasse jedes Jahr im Februar neu: rechtzeitig Muster zeigen.",
    "Tochter hat im Sommer Abitur gemacht, danach fragen.",
    "Sehr enttäuscht, als die Hochbeete zu spät kamen. Termine ernst nehmen.",
    "Ist im Imkerverein aktiv, schätzt Wildblumenmischungen.",
    "Braucht Rechnungen mit Kostenstelle, sonst bleibt die Zahlung liegen.",
    "Entscheidet gemeinsam mit dem Bruder, beide einladen.",
    "Hat uns zwei Nachbarbetriebe empfohlen.",
    "Mag es kurz: lieber E-Mail als Telefon.",
    "Feiert nächstes Jahr zwanzigjähriges Bestehen.",
    "Trinkt Tee statt Kaffee, wenn er im Laden ist.",
    "Sammelt Terrakotta aus der Toskana.",
)
HEARD = (
    "Angerufen wegen der Frühjahrsbestellung: meldet sich nach Ostern.",
    "Reklamation Bruchware, Ersatz am selben Tag verschickt.",
    "War auf der Hausmesse, Interesse an Lichterketten für den Außenbereich.",
    "Fragt nach Staffelpreisen für Erde ab 100 Säcken.",
    "Neues Lager, bitte Lieferadresse prüfen.",
    "Hat beim Mitbewerber Sonnenschirme gekauft, unsere waren nicht lieferbar.",
)
