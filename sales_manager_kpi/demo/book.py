"""The customer book: one row for each, by the manager who has them."""

from typing import NamedTuple


class Customer(NamedTuple):
    """One row of the customer book."""

    name: str
    street: str
    zip: str
    city: str
    country: str
    industry: str
    size: str  # class A, B or C
    owner: str  # login, "" for nobody
    since: int = 0  # months after the story's start; 0: a customer already
    pays: str = "on time"
    currency: str = "EUR"


FURNITURE, HOTEL, RETAIL = "Manufacturing", "Food/Hospitality", "Wholesale/Retail"
CARE, STAGE, OFFICE = "Health/Social", "Entertainment", "Real Estate"

BOOK = [
    # Anna, Utrecht
    Customer("Meubelatelier Van Dam", "Oudegracht 187", "3511 NE", "Utrecht", "NL", FURNITURE, "A", "anna"),
    Customer("Gordijnhuis De Vries", "Steenweg 44", "3511 JR", "Utrecht", "NL", RETAIL, "A", "anna"),
    Customer("Hotel Domstad", "Maliebaan 72", "3581 CV", "Utrecht", "NL", HOTEL, "A", "anna", 0, "late"),
    Customer("Projectstoffering Gooi", "Havenstraat 19", "1211 KG", "Hilversum", "NL", OFFICE, "B", "anna"),
    Customer("Zorggroep Eemland", "Utrechtseweg 160", "3818 ES", "Amersfoort", "NL", CARE, "A", "anna"),
    Customer("Interieurstudio Lisse", "Heereweg 230", "2161 BR", "Lisse", "NL", RETAIL, "B", "anna"),
    Customer("Theater De Kroon", "Kleine Houtstraat 8", "2011 DM", "Haarlem", "NL", STAGE, "B", "anna", 0, "late"),
    Customer("Woonwinkel Noordzee", "Grote Krocht 21", "2042 LV", "Zandvoort", "NL", RETAIL, "C", "anna"),
    Customer("Stoffeerderij Kuipers", "Vismarkt 6", "3511 KS", "Utrecht", "NL", FURNITURE, "C", "anna"),
    Customer("Atelier Van Beek", "Prinsengracht 512", "1017 KH", "Amsterdam", "NL", FURNITURE, "B", "anna", 4),
    Customer("Grachtenhotel Amstel", "Herengracht 341", "1016 AZ", "Amsterdam", "NL", HOTEL, "B", "anna", 7),
    Customer("Raamwerk Interieur", "Overtoom 118", "1054 HM", "Amsterdam", "NL", RETAIL, "C", "anna", 9),
    Customer("Ashdown Interiors", "14 King Street", "M2 6AG", "Manchester", "GB", RETAIL, "B", "anna", 0, "on time", "GBP"),
    Customer("Pennine Upholstery", "3 Wellington Street", "LS1 4LT", "Leeds", "GB", FURNITURE, "C", "anna", 5, "late", "GBP"),
    # Bram, Utrecht
    Customer("Koninklijke Stoelenfabriek Tiel", "Waalkade 12", "4001 LE", "Tiel", "NL", FURNITURE, "A", "bram"),
    Customer("Wonen bij Willems", "Marktstraat 30", "5401 GJ", "Uden", "NL", RETAIL, "B", "bram"),
    Customer("Hotelgroep Brabant", "Parade 5", "5211 KL", "'s-Hertogenbosch", "NL", HOTEL, "A", "bram", 0, "late"),
    Customer("Bankenbouw Nijmegen", "Molenstraat 99", "6511 HC", "Nijmegen", "NL", FURNITURE, "B", "bram"),
    Customer("Schouwburg De Linde", "Kasteelplein 2", "4811 XC", "Breda", "NL", STAGE, "C", "bram"),
    Customer("Gordijnatelier Zwolle", "Sassenstraat 17", "8011 PA", "Zwolle", "NL", RETAIL, "B", "bram"),
    Customer("Zorgcentrum De Hanze", "Brink 48", "7411 BV", "Deventer", "NL", CARE, "B", "bram", 0, "stops"),
    Customer("Stoffenhal Groningen", "Oosterstraat 33", "9711 NN", "Groningen", "NL", RETAIL, "C", "bram"),
    Customer("Interieurhuis Venlo", "Lomstraat 25", "5911 GH", "Venlo", "NL", RETAIL, "C", "bram"),
    Customer("Van Oss Scheepsinterieurs", "Havendijk 3", "4201 XA", "Gorinchem", "NL", FURNITURE, "B", "bram", 3),
    Customer("Atelier Maasstad", "Nieuwe Binnenweg 201", "3021 GB", "Rotterdam", "NL", FURNITURE, "C", "bram", 6),
    Customer("Kantoorwerk Eindhoven", "Vestdijk 55", "5611 CA", "Eindhoven", "NL", OFFICE, "C", "bram", 11),
    Customer("Hudson Drapery Supply", "418 Broadway", "10013", "New York", "US", RETAIL, "C", "bram", 2, "on time", "USD"),
    # Elke, Gent
    Customer("Meubelen Vandevelde", "Korenmarkt 14", "9000", "Gent", "BE", FURNITURE, "A", "elke"),
    Customer("Hotel Gravensteen", "Jan Breydelstraat 35", "9000", "Gent", "BE", HOTEL, "B", "elke"),
    Customer("Gordijnen Lievens", "Steenstraat 61", "8000", "Brugge", "BE", RETAIL, "A", "elke"),
    Customer("Zetelfabriek De Leie", "Kortrijksestraat 210", "8500", "Kortrijk", "BE", FURNITURE, "A", "elke"),
    Customer("Interieur Mertens", "Meir 84", "2000", "Antwerpen", "BE", RETAIL, "B", "elke", 0, "late"),
    Customer("Woonzorg Scheldeland", "Grote Markt 9", "9200", "Dendermonde", "BE", CARE, "B", "elke"),
    Customer("Stoffenhuis Peeters", "Bruul 52", "2800", "Mechelen", "BE", RETAIL, "C", "elke"),
    Customer("Opera en Decor", "Schouwburgstraat 3", "9000", "Gent", "BE", STAGE, "B", "elke"),
    Customer("Kusthotels Westende", "Henri Jasparlaan 150", "8434", "Westende", "BE", HOTEL, "B", "elke", 0, "late"),
    Customer("Atelier Brabo", "Kloosterstraat 77", "2000", "Antwerpen", "BE", FURNITURE, "C", "elke"),
    Customer("Projectinrichting Zuid", "Louizalaan 231", "1050", "Brussel", "BE", OFFICE, "B", "elke", 3),
    Customer("Maison Dubois", "Rue Haute 118", "1000", "Bruxelles", "BE", RETAIL, "C", "elke", 5),
    Customer("Raamdecoratie Claeys", "Ooststraat 40", "8800", "Roeselare", "BE", RETAIL, "C", "elke", 8),
    Customer("Hasselt Interieur", "Demerstraat 22", "3500", "Hasselt", "BE", RETAIL, "C", "elke", 12),
    # Jonas, Hamburg; some go over to Finn
    Customer("Polsterei Petersen", "Mönckebergstraße 11", "20095", "Hamburg", "DE", FURNITURE, "A", "jonas"),
    Customer("Raumausstattung Krüger", "Osterstraße 102", "20259", "Hamburg", "DE", RETAIL, "B", "jonas"),
    Customer("Hotel Alsterblick", "An der Alster 64", "20099", "Hamburg", "DE", HOTEL, "A", "jonas"),
    Customer("Möbelmanufaktur Hanse", "Breite Straße 47", "23552", "Lübeck", "DE", FURNITURE, "B", "jonas"),
    Customer("Ostsee Ferienresort", "Strandpromenade 9", "18055", "Rostock", "DE", HOTEL, "B", "jonas", 0, "late"),
    Customer("Gardinen Schröder", "Langer Graben 5", "24937", "Flensburg", "DE", RETAIL, "C", "jonas"),
    Customer("Bremer Sitzmöbel", "Obernstraße 28", "28195", "Bremen", "DE", FURNITURE, "B", "jonas"),
    Customer("Pflegeheim Weser", "Am Wall 130", "28195", "Bremen", "DE", CARE, "C", "jonas"),
    Customer("Leine Objekteinrichtung", "Georgstraße 36", "30159", "Hannover", "DE", OFFICE, "B", "jonas"),
    Customer("Stoffkontor Oldenburg", "Achternstraße 14", "26122", "Oldenburg", "DE", RETAIL, "C", "jonas"),
    Customer("Theaterwerkstatt Elbe", "Reeperbahn 85", "20359", "Hamburg", "DE", STAGE, "C", "jonas", 6),
    # Finn, Hamburg, after he joined
    Customer("Spree Interieur", "Torstraße 140", "10119", "Berlin", "DE", RETAIL, "B", "finn", 11),
    Customer("Hotel Am Wannsee", "Königstraße 22", "14109", "Berlin", "DE", HOTEL, "B", "finn", 12),
    Customer("Polsterwerk Potsdam", "Brandenburger Straße 60", "14467", "Potsdam", "DE", FURNITURE, "C", "finn", 13),
    Customer("Kantine und Büro Mitte", "Friedrichstraße 180", "10117", "Berlin", "DE", OFFICE, "C", "finn", 14),
    Customer("Vorhang Lehmann", "Kieler Straße 73", "22769", "Hamburg", "DE", RETAIL, "C", "finn", 12),
    # Nobody's
    Customer("Wijkcentrum De Uithof", "Heidelberglaan 8", "3584 CS", "Utrecht", "NL", CARE, "C", ""),
    Customer("Studio Halfweg", "Dokter Baumannplein 2", "1165 AB", "Halfweg", "NL", RETAIL, "C", "", 3),
]  # fmt: skip
# What Jonas hands over to Finn.
HANDED_OVER = (
    "Möbelmanufaktur Hanse",
    "Bremer Sitzmöbel",
    "Pflegeheim Weser",
    "Leine Objekteinrichtung",
    "Stoffkontor Oldenburg",
)
