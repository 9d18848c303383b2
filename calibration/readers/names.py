"""What the columns of other people's files are called: one role a meaning, with its names in several languages.

English names are those of the DTM API and its HXL export, of DTM Libya's baseline workbook, of the Missing Migrants
Project and of Frontex, as found in such files. French, Spanish and Arabic names are ours: translations of the same
words, since no public file with such headers could be read. Names are compared without case, accents, blanks and marks.
"""

from __future__ import annotations

from typing import NamedTuple

from calibration.readers.values import fold


class Role(NamedTuple):
    """What a column may mean.

    Attributes:
        meaning: In plain words, for whoever looks at what was recognised.
        names: Headers, separated by bars.
        tags: HXL tags, separated by blanks; the order of attributes does not matter.
    """

    meaning: str
    names: str
    tags: str = ""


ROLES: dict[str, Role] = {
    "id": Role(
        "number of the record",
        "id | record id | _id | uuid | key | incident id | web id | identifiant | cle | numero | "
        "id registro | clave | identificador | المعرف | رقم السجل",
        "#id+code",
    ),
    "date": Role(
        "day counted",
        "date | survey date | date of survey | reporting date | incident date | reported date | website date | day | "
        "date de l'enquete | date enquete | date d'enquete | jour | date de rapport | fecha | fecha de la encuesta | "
        "fecha encuesta | dia | تاريخ | التاريخ | تاريخ المسح",
        "#date+occurred #date+reported #date",
    ),
    "from": Role(
        "first day counted",
        "from | start | start date | date start | period start | reference period start | debut | date debut | "
        "date de debut | du | desde | inicio | fecha inicio | fecha de inicio | من | تاريخ البدء | بداية",
        "#date+start",
    ),
    "to": Role(
        "last day counted",
        "to | end | end date | date end | period end | reference period end | fin | date fin | date de fin | au | "
        "hasta | fecha fin | fecha de fin | إلى | تاريخ الانتهاء | نهاية",
        "#date+end",
    ),
    "month": Role("month counted", "month | mois | mes | t | month year | الشهر | شهر", "#date+month"),
    "year": Role(
        "year (the day says it)",
        "year | year reporting date | incident year | reported year | annee | ano | año | السنة",
        "#date+year+reported",
    ),
    "month_name": Role(
        "month of the year (the day says it)", "month reporting date | reported month", "#date+month+reported"
    ),
    "round": Role(
        "round",
        "round | round number | assessment round | reporting round | cycle | ronde | tour | numero de ronde | ronda | "
        "numero de ronda | الجولة | رقم الجولة",
        "#round+code #round",
    ),
    "point": Role(
        "flow monitoring point",
        "fmp | fmp name | flow monitoring point | flow monitoring point name | monitoring point | point de suivi | "
        "point de suivi des flux | nom du fmp | nom du point | point de monitoring | punto de monitoreo | "
        "punto de monitoreo de flujo | punto de seguimiento de flujos | نقطة رصد التدفق | نقطة الرصد | نقطة المراقبة",
        "#loc+name+fmp #loc+fmp #loc+name #loc",
    ),
    "country": Role(
        "country",
        "country | fmp country | admin0 name | admin0 | adm0 name | pays | pays du fmp | pais | الدولة | البلد",
        "#country+name",
    ),
    "country_code": Role(
        "country, as a code", "country code | admin0 pcode | location code | iso3 | code pays", "#country+code"
    ),
    "admin1": Role(
        "first-level area",
        "admin1 name | admin1 | adm1 name | adm 1 geodivision en | adm1 region en | adm1 | region | wilaya | "
        "fmp admin1 name | provider admin1 name | province | departamento | provincia | المنطقة | الولاية",
        "#adm1+name",
    ),
    "admin2": Role(
        "second-level area",
        "admin2 name | admin2 | adm2 name | adm 2 mantika region en | adm2 mantika en | mantika | "
        "provider admin2 name | "
        "departement | district | municipio | المحافظة",
        "#adm2+name",
    ),
    "admin3": Role(
        "third-level area",
        "admin3 name | admin3 | adm 3 baladiya area en | adm3 baladiya en | baladiya | commune | comuna | البلدية",
        "#adm3+name",
    ),
    "admin4": Role("fourth-level area", "adm 4 muhalla en | adm4 muhalla en | muhalla | localite | localidad | المحلة"),
    "code": Role(
        "code of the area",
        "admin1 pcode | admin2 pcode | admin1 code | admin2 code | fmp admin1 pcode | baladiya pcode | muhalla pcode | "
        "muhalla p code | pcode",
        "#adm1+code #adm2+code #adm3+code",
    ),
    "latitude": Role("latitude", "lat | latitude | fmp lat | latitud | y | خط العرض", "#geo+lat"),
    "longitude": Role("longitude", "long | lon | lng | longitude | fmp lon | longitud | x | خط الطول", "#geo+lon"),
    "coordinates": Role("latitude and longitude", "coordinates | location coordinates | coordonnees | coordenadas"),
    "direction": Role(
        "type of flow",
        "flow type | type of flow | direction | type de flux | sens | sens du flux | tipo de flujo | sentido | "
        "نوع التدفق | الاتجاه",
        "#indicator+type+flow",
    ),
    "outgoing": Role(
        "people going out",
        "outgoing flow | outgoing | outflow | flux sortant | sortants | sorties | flujo saliente | salientes | "
        "التدفق الخارج | المغادرون",
    ),
    "incoming": Role(
        "people coming in",
        "incoming flow | incoming | inflow | flux entrant | entrants | entrees | flujo entrante | entrantes | "
        "التدفق الداخل | الوافدون",
    ),
    "departure": Role(
        "country of departure",
        "departure country | country of departure | pays de depart | pays de provenance | pais de salida | "
        "pais de procedencia | بلد المغادرة",
        "#country+code+origin",
    ),
    "destination": Role(
        "country of destination",
        "destination country | country of destination | destination | intended destination | pays de destination | "
        "pais de destino | destino | بلد المقصد | الوجهة",
        "#country+code+dest",
    ),
    "nationality": Role(
        "nationality",
        "nationality | nationality long | migrant nationality | nat | nationalite | nacionalidad | الجنسية",
        "#population+nationality+code #population+nationality",
    ),
    "transport": Role(
        "means of transport",
        "transport | mode of transport | moyen de transport | medio de transporte | وسيلة النقل",
        "#indicator+type+transport",
    ),
    "men": Role(
        "men",
        "men | adult men | migrants adult men | men 18-59 | hommes | hommes adultes | hommes 18-59 | hombres | "
        "hombres 18-59 | رجال",
        "#affected+m+adults",
    ),
    "women": Role(
        "women",
        "women | adult women | migrants adult women | women 18-59 | femmes | femmes adultes | femmes 18-59 | mujeres | "
        "mujeres 18-59 | نساء",
        "#affected+f+adults",
    ),
    "older_men": Role("men of 60 and more", "men 60+ | hommes 60+ | hombres 60+"),
    "older_women": Role("women of 60 and more", "women 60+ | femmes 60+ | mujeres 60+"),
    "boys": Role("boys", "boys | garcons | ninos | أولاد | فتيان", "#affected+m+children"),
    "girls": Role("girls", "girls | filles | ninas | بنات | فتيات", "#affected+f+children"),
    "children": Role(
        "children",
        "children | minors | migrants children | migrants childern | enfants | mineurs | menores | أطفال | قاصرون",
        "#affected+children",
    ),
    "unaccompanied": Role(
        "unaccompanied children",
        "unaccompanied children | uasc | unaccompanied minors | enfants non accompagnes | mineurs non accompagnes | "
        "menores no acompanados | أطفال غير مصحوبين",
        "#affected+children+unaccompanied",
    ),
    "total": Role(
        "people counted",
        "total | total people | total individuals | number of people | individuals | number | count | persons | n | "
        "total personnes | nombre total | effectif | nombre de personnes | individus | total personas | "
        "numero de personas | individuos | المجموع | العدد | الإجمالي | عدد الأشخاص",
        "#affected+ind #affected",
    ),
    "households": Role(
        "households (not people: not counted)",
        "households | hh | number of households | menages | nombre de menages | hogares | numero de hogares | الأسر",
        "#affected+hh",
    ),
    "idps": Role(
        "displaced people present",
        "num present idp ind | idps | idp individuals | idps ind | population | number of idps | pdi | "
        "personnes deplacees | deplaces internes | desplazados | personas desplazadas | النازحون",
        "#affected+idps",
    ),
    "migrants": Role(
        "migrants present",
        "migrants ind | migrant ind | migrant individuals | migrants | number of migrants | nombre de migrants | "
        "migrantes | numero de migrantes | المهاجرون | عدد المهاجرين",
    ),
    "males": Role("males", "number males | males | masculin | masculino | ذكور", "#affected+idps+m"),
    "females": Role("females", "number females | females | feminin | femenino | إناث", "#affected+idps+f"),
    "operation": Role("operation", "operation", "#operation+name"),
    "reason": Role("reason of displacement", "displacement reason | motif | motivo", "#cause+type"),
    "origin": Role(
        "area of origin", "idp origin admin1 name | idp origin admin1 pcode", "#adm1+name+origin #adm1+code+origin"
    ),
    "assessment": Role("type of assessment", "assessment type | type d'evaluation", "#assessment+type"),
    "level": Role("level of the area", "admin level | adm level", "#adm+level"),
    "status": Role("status of the operation", "operation status", "#operation+status"),
    "dead": Role("dead", "number of dead | number dead | dead"),
    "missing": Role("missing", "minimum estimated number of missing | missing"),
    "dead_missing": Role(
        "dead and missing", "total number of dead and missing | total dead and missing | total dead missing"
    ),
    "route": Role("route", "route | migration route | route mmp"),
    "border": Role("border", "border location | type"),
    "incident_region": Role("region of the incident", "region of incident"),
    "incident_country": Role("country of the incident", "country of incident"),
    "incident_type": Role("type of the incident", "incident type"),
    "detections": Role("detections", "detections | number of detections | ibc"),
    "source": Role("source", "source | source id | fuente", "#meta+source"),
}  # fmt: skip
NAMES: dict[str, str] = {fold(name): role for role, known in ROLES.items() for name in known.names.split("|")}


def _parse_tag(tag: str) -> tuple[str, frozenset[str]]:
    name, *attributes = tag.strip().casefold().replace(" ", "").split("+")
    return name, frozenset(attributes)


TAGS = {_parse_tag(tag): role for role, known in ROLES.items() for tag in known.tags.split()}


def find_role(header: str) -> str | None:
    """Return the role of a header or HXL tag; None if nobody told us such a name."""
    if header.startswith("#"):
        return TAGS.get(_parse_tag(header))
    return NAMES.get(fold(header))
