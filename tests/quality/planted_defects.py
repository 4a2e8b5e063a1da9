"""One defect or more for every rule: what is done to the clean file, and what only that rule then says.

A rule without a defect here fails test_rules.py, and so does a defect that another rule would have stopped as well.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Defect:
    """A defect planted in one file of a batch.

    Attributes:
        rule: The rule that catches it.
        plant: SQL on temp table `incoming` that spoils the clean file whose file_id is parameter `file`.
        says: What the outcome's examples must contain.
        also: Rules of lesser weight that see the defect too, and would not have stopped it.
    """

    feed: str
    rule: str
    plant: str
    says: str
    also: frozenset[str] = field(default_factory=frozenset)


def _set(feed: str, rule: str, change: str, where: str, says: str, *also: str) -> Defect:
    plant = f"update incoming set {change} where file_id = $file and {where}"  # written in this file
    return Defect(feed, rule, plant, says, frozenset(also))


def _delete(feed: str, rule: str, where: str, says: str) -> Defect:
    plant = f"delete from incoming where file_id = $file and {where}"  # written in this file
    return Defect(feed, rule, plant, says)


def _copy(feed: str, rule: str, where: str, change: str, says: str, *also: str) -> Defect:
    """Append copies of rows, changed (`replace` list of DuckDB), numbered on from the last row."""
    plant = (
        f"insert into incoming select * replace (row_number + 1000 as row_number{change}) "  # written here
        f"from incoming where file_id = $file and {where}"
    )
    return Defect(feed, rule, plant, says, frozenset(also))


def _numbers(feed: str, rule: str, column: str) -> list[Defect]:
    wrong = {
        "'n/a'": 'row 1: "n/a" is not a number',
        "'1.5'": 'row 1: "1.5" is not whole',
        "'-3'": 'row 1: "-3" is negative',
        "null": "row 1: the cell is blank",
        "' '": "row 1: the cell is blank",
        "'12345678901'": "not written as a whole number",
        "'1e2'": "not written as a whole number",
        "'1,234'": 'row 1: "1,234" is not a number',
    }
    return [_set(feed, rule, f"{column} = {cell}", "row_number = 1", says) for cell, says in wrong.items()]


def _of_a_wide_file(feed: str) -> list[Defect]:
    """What the Met's files by ward and by LSOA can have wrong as its file by borough can."""
    return [
        _delete(feed, "file_has_rows", "true", "the file has a header and no row"),
        _set(feed, "month_is_a_month", "month = '202413'", "month = '202405'", '"202413" is not a month'),
        _delete(feed, "months_have_no_hole", "month = '202404'", "1 month(s) missing"),
        *_numbers(feed, "count_is_a_whole_number", "offences"),
        _set(feed, "offence_pair_is_known", "offence_subgroup = 'Piracy'", "row_number = 2", "THEFT / Piracy"),
        _set(
            feed,
            "one_category_scheme",
            "offence_group = 'Robbery', offence_subgroup = 'Robbery of Personal Property'",
            "row_number = 1",
            "pairs of 2 category schemes stand in one file",
        ),
        _set(feed, "months_are_whole", "offences = '0'", "month = '202404'", "1 month(s) with less than half"),
        _delete(feed, "all_boroughs_present", "borough in ('Sutton', 'E09000029')", "no row for Sutton"),
    ]


BOROUGH = "mps_borough"
WARD = "mps_ward"
LSOA = "mps_lsoa"
DASHBOARD = "mps_dashboard"
ASB = "mps_asb"
VAWG = "mps_vawg"
SURVEY = "mopac_pas"
STREET = "police_uk_street"
POPULATION = "ons_population"
POPULATION_LSOA = "ons_population_lsoa"
BOUNDARIES = "boundaries"
LOOKUP = "ons_lookup"
HOME_OFFICE = "home_office_csp"

DEFECTS: tuple[Defect, ...] = (
    *(
        _delete(feed, "file_has_rows", "true", "the file has a header and no row")
        for feed in (BOROUGH, DASHBOARD, ASB, STREET, POPULATION, LOOKUP, VAWG, SURVEY)
    ),
    _set(ASB, "day_is_a_day", "incident_day = '07-13-2024'", "row_number = 26", '"07-13-2024" is not a day'),
    _set(ASB, "day_is_a_day", "incident_day = null", "row_number = 26", '"" is not a day'),
    Defect(
        ASB,
        "months_have_no_hole",
        "delete from incoming where file_id = $file and incident_day like '%-08-2024'",
        "1 month(s) missing",
        frozenset({"days_have_no_hole"}),
    ),
    _delete(ASB, "days_have_no_hole", "incident_day = '12-08-2024'", "1 day(s) without a single call"),
    _delete(ASB, "months_are_whole", "incident_day in ('29-09-2024', '30-09-2024')", "1 month(s) at the file's ends"),
    _delete(ASB, "months_are_whole", "incident_day = '01-07-2024'", "1 month(s) at the file's ends"),
    *_numbers(ASB, "count_is_a_whole_number", "incidents"),
    _set(ASB, "borough_is_known", "borough = 'Camelot'", "row_number = 1", '"Camelot" is not in places.csv'),
    _set(ASB, "unplaced_share", "borough = null", "row_number <= 20", "row 1: no borough is given (20 times)"),
    _set(ASB, "no_call_is_a_duplicate", "duplicate = 'Yes'", "row_number = 1", '"Yes" stands in Duplicate'),
    _set(BOROUGH, "month_is_a_month", "month = '2023.1'", "month = '202303'", '"2023.1" is not a month'),
    _set(BOROUGH, "month_is_a_month", "month = '202313'", "month = '202303'", '"202313" is not a month'),
    _delete(BOROUGH, "months_have_no_hole", "month = '202302'", "1 month(s) missing"),
    *_numbers(BOROUGH, "count_is_a_whole_number", "offences"),
    _set(
        BOROUGH,
        "offence_pair_is_known",
        "offence_subgroup = 'Time travel'",
        "row_number = 3",
        'row 3: "Arson and Criminal Damage / Time travel" is not in offence_aliases.csv (3 times)',
    ),
    _set(
        BOROUGH,
        "one_category_scheme",
        "offence_group = 'ROBBERY', offence_subgroup = 'ROBBERY OF PERSONAL PROPERTY'",
        "row_number = 1",
        "pairs of 2 category schemes stand in one file",
    ),
    _set(BOROUGH, "borough_is_known", "borough = 'Camelot'", "borough = 'Unknown'", '"Camelot" is not in places.csv'),
    _set(BOROUGH, "borough_is_known", "borough = null", "borough = 'Unknown'", '"" is not in places.csv'),
    _copy(
        BOROUGH,
        "one_row_a_key",
        "row_number = 2 and month = '202302'",
        ", '9' as offences",
        "stands 2 times, first in row 2",
    ),
    _delete(BOROUGH, "all_boroughs_present", "borough in ('Sutton', 'Barnet')", "no row for Barnet, Sutton"),
    _set(DASHBOARD, "month_is_a_month", "month = '07/31/2025'", "row_number = 36", '"07/31/2025" is not the first day'),
    _set(DASHBOARD, "month_is_a_month", "month = '15/07/2025'", "row_number = 36", '"15/07/2025" is not the first day'),
    _set(DASHBOARD, "month_is_a_month", "month = null", "row_number = 36", '"" is not the first day'),
    _delete(DASHBOARD, "months_have_no_hole", "month = '01/06/2025'", "1 month(s) missing"),
    _set(DASHBOARD, "refresh_date_is_a_date", "refresh_date = 'soon'", "row_number = 4", 'row 4: "soon" is not a date'),
    _set(DASHBOARD, "measure_is_known", "measure = 'Victims'", "row_number = 4", '"Victims" is not a known measure'),
    _set(DASHBOARD, "area_type_is_known", "area_type = 'Ward'", "row_number = 10", '"Ward" is not a known area type'),
    *_numbers(DASHBOARD, "count_is_a_whole_number", "records"),
    _set(
        DASHBOARD,
        "offence_pair_is_known",
        "offence_subgroup = 'Piracy'",
        "row_number = 1",
        'row 1: "Domestic Abuse / Piracy" is not in offence_aliases.csv',
    ),
    _set(
        DASHBOARD, "borough_is_known", "borough = 'Camelot'", "row_number = 1", 'row 1: "Camelot" is not in places.csv'
    ),
    _set(DASHBOARD, "area_code_fits_borough", "area_code = null", "row_number = 1", "Camden has no area code"),
    _set(
        DASHBOARD,
        "area_code_fits_borough",
        "area_code = 'E09000033'",
        "row_number = 1",
        "Camden has the area code E09000033",
    ),
    _copy(DASHBOARD, "one_row_a_key", "row_number = 7", ", '5' as records", "stands 2 times, first in row 7"),
    _set(VAWG, "month_is_a_month", "month = '2024-11-15'", "row_number = 3", '"2024-11-15" is not the first day'),
    _set(VAWG, "month_is_a_month", "month = '11/01/24'", "row_number = 3", '"11/01/24" is not the first day'),
    _set(VAWG, "month_is_a_month", "month = null", "row_number = 3", '"" is not the first day'),
    _set(
        VAWG,
        "month_committed_is_a_month",
        "month_committed = 'long ago'",
        "row_number = 2",
        'row 2: "long ago" is not the first day of a month',
    ),
    Defect(
        VAWG,
        "months_have_no_hole",
        "update incoming set month = '2024-10-01' where file_id = $file and month = '2024-11-01'",
        "1 month(s) missing",
    ),
    _set(VAWG, "last_month_is_whole", "offences = '1'", "month = '2024-12-01'", "has 25 % of the mean of those before"),
    *_numbers(VAWG, "count_is_a_whole_number", "offences"),
    _set(VAWG, "borough_is_known", "borough = 'Camelot'", "row_number = 3", 'row 3: "Camelot" is not in places.csv'),
    _set(VAWG, "borough_is_known", "borough = null", "row_number = 3", 'row 3: "" is not in places.csv'),
    _copy(VAWG, "one_row_a_key", "row_number = 2", ", '9' as offences", "stands 2 times, first in row 2"),
    _delete(VAWG, "all_boroughs_present", "borough in ('Sutton', 'Barnet')", "no row for Barnet, Sutton"),
    _set(SURVEY, "day_is_a_quarter_end", "day = '01/12/2023'", "row_number = 14", '"01/12/2023" is not the last day'),
    _set(SURVEY, "day_is_a_quarter_end", "day = '12/31/2023'", "row_number = 14", '"12/31/2023" is not the last day'),
    _set(SURVEY, "day_is_a_quarter_end", "day = null", "row_number = 14", '"" is not the last day'),
    _delete(SURVEY, "quarters_have_no_hole", "day = '30/09/2023'", "1 quarter(s) missing"),
    _set(SURVEY, "survey_is_known", "survey = 'USS'", "row_number = 3", 'row 3: "USS" is not PAS'),
    _set(SURVEY, "measure_is_known", "measure = 'Joy'", "row_number = 3", 'row 3: "Joy" is not a known measure'),
    _set(SURVEY, "borough_is_known", "borough = 'Camelot'", "row_number = 3", '"Camelot" is not in places.csv'),
    _set(SURVEY, "borough_is_known", "borough = null", "row_number = 3", '"" is not in places.csv'),
    *(
        _set(SURVEY, rule, f"{column} = {cell}", where, f"{says} is not a share from 0 to 1")
        for rule, column, where in (
            ("share_is_a_proportion", "proportion", "row_number = 3"),
            ("london_share_is_a_proportion", "proportion_mps", "day = '31/12/2023' and measure = 'Trust MPS'"),
        )
        for cell, says in (
            ("'67'", '"67"'),
            ("'1,2'", '"1,2"'),
            ("'-0,1'", '"-0,1"'),
            ("'n/a'", '"n/a"'),
            ("null", '""'),
        )
    ),
    _set(SURVEY, "london_is_one_value", "proportion_mps = '0,68'", "row_number = 3", "3 row(s) of quarters"),
    _copy(SURVEY, "one_row_a_key", "row_number = 2", ", '0,5' as proportion", "stands 2 times, first in row 2"),
    _set(STREET, "month_is_a_month", "month = 'Nov-17'", "true", 'row 1: "Nov-17" is not a month (YYYY-MM) (51 times)'),
    _set(
        STREET,
        "one_month_a_file",
        "month = '2017-12'",
        "row_number = 5",
        'row 5: "2017-12" is not the month of the other',
    ),
    _set(
        STREET, "crime_id_is_64_hex", "crime_id = 'ABC'", "row_number = 5", 'row 5: "ABC" is not 64 hexadecimal digits'
    ),
    _set(
        STREET,
        "crime_id_is_there",
        "crime_id = null",
        "row_number = 5",
        "row 5: Burglary of Metropolitan Police Service has no",
    ),
    _set(
        STREET,
        "crime_id_is_there",
        "crime_id = ''",
        "row_number = 5",
        "row 5: Burglary of Metropolitan Police Service has no",
    ),
    _set(
        STREET,
        "crime_type_is_known",
        "crime_type = 'Piracy'",
        "row_number = 5",
        'row 5: "Piracy" is not in offence_aliases',
    ),
    _set(STREET, "falls_within_is_there", "falls_within = ' '", "row_number = 5", "row 5: Falls within is blank"),
    _set(
        STREET, "coordinates_in_britain", "longitude = '51.6', latitude = '-0.2'", "row_number = 5", "is not a point in"
    ),
    _set(STREET, "coordinates_in_britain", "longitude = 'west'", "row_number = 5", 'longitude "west"'),
    _set(
        STREET, "lsoa_code_has_its_shape", "lsoa_code = 'E0100012'", "row_number = 5", '"E0100012" is not an LSOA code'
    ),
    _set(
        STREET,
        "few_rows_misplaced",
        "longitude = latitude, latitude = longitude",
        "row_number in (1, 2, 3)",
        'row 1: longitude "51.6", latitude "-0.2", LSOA code "E01000120" (3 times)',
        "coordinates_in_britain",
    ),
    _set(STREET, "lsoa_code_with_coordinates", "lsoa_code = null", "row_number = 5", "row 5: longitude"),
    _set(
        STREET,
        "unplaced_share",
        "longitude = null, latitude = null, lsoa_code = null",
        "row_number in (1, 2)",
        "row 1: no place is given (3 times)",
    ),
    _copy(
        STREET,
        "older_outcome_of_a_repeat",
        "row_number = 5",
        ", 'Local resolution' as last_outcome",
        'row 5: repeats row 1005, which has the newest outcome; this one says "Under investigation"',
        "crime_id_repeats",
    ),
    _copy(STREET, "crime_id_repeats", "row_number = 5", ", 'Drugs' as crime_type", "row 1005: Crime ID 000000000000"),
    _copy(
        STREET,
        "crime_id_repeats_too_often",
        "row_number <= 6",
        ", 'Drugs' as crime_type",
        "row 1001: Crime ID 000000000000",
        "crime_id_repeats",
    ),
    _set(
        POPULATION, "area_code_has_its_shape", "area_code = 'Barnet'", "row_number = 1", '"Barnet" is not an area code'
    ),
    _set(POPULATION, "mid_year_is_plausible", "mid_year = '1801'", "row_number = 1", '"1801" is not a year that ONS'),
    _set(
        POPULATION, "mid_year_is_plausible", "mid_year = '2021.4'", "row_number = 1", '"2021.4" is not a year that ONS'
    ),
    _set(POPULATION, "mid_year_is_plausible", "mid_year = null", "row_number = 1", '"" is not a year that ONS'),
    *_numbers(POPULATION, "population_is_a_whole_number", "population"),
    _set(
        POPULATION, "population_is_a_whole_number", "population = '0'", "row_number = 1", "row 1: the population is 0"
    ),
    _copy(POPULATION, "one_row_a_key", "row_number = 2", ", '407148' as population", "E09000003 / 2022 stands 2 times"),
    *(
        _delete(feed, "file_has_rows", "true", "the file has a header and no row")
        for feed in (POPULATION_LSOA, BOUNDARIES)
    ),
    _set(POPULATION_LSOA, "lsoa21_code_has_its_shape", "lsoa21_code = 'E02000001'", "row_number = 1", "is not an LSOA"),
    _set(POPULATION_LSOA, "mid_year_is_plausible", "mid_year = '22'", "row_number = 1", '"22" is not a year that ONS'),
    *_numbers(POPULATION_LSOA, "population_is_a_whole_number", "population"),
    _copy(
        *(POPULATION_LSOA, "one_row_a_key", "row_number = 2", ", '1' as population"),
        "E01000115 / 2022 stands 2 times, first in row 2",
    ),
    _set(BOUNDARIES, "code_has_its_shape", "code = null", "row_number = 1", '"" is not a code of the map'),
    _set(BOUNDARIES, "code_has_its_shape", "code = 'E0500981'", "row_number = 2", '"E0500981" is not a code of'),
    _set(BOUNDARIES, "code_has_its_shape", "code = 'E05013628'", "row_number = 3", "kind of area (borough)"),
    _set(BOUNDARIES, "code_has_its_shape", "code = 'E09000003'", "row_number = 5", "kind of area (lsoa21)"),
    _copy(BOUNDARIES, "one_row_a_key", "row_number = 1", "", "ward / E05013628 stands 2 times, first in row 1"),
    _set(BOUNDARIES, "shape_is_an_area", "shape = null", "row_number = 1", "row 1: E05013628 has no shape"),
    _set(BOUNDARIES, "shape_is_an_area", "shape = 'LineString'", "row_number = 2", "W05000981 is a LineString"),
    _set(BOUNDARIES, "inside_great_britain", "west = '-1.5'", "row_number = 1", "E05013628 lies outside (west -1.5"),
    _set(BOUNDARIES, "inside_great_britain", "north = '1300001'", "row_number = 3", "E09000003 lies outside"),
    _set(
        BOUNDARIES,
        "inside_great_britain",
        "west = null, south = null, east = null, north = null",
        "row_number = 3",
        "E09000003 lies outside",
    ),
    _set(
        BOUNDARIES,
        "outline_does_not_cross_itself",
        "defect = 'Self-intersection[524300 190300]'",
        "row_number = 1",
        "row 1: E05013628 was mended: Self-intersection[524300 190300]",
    ),
    _set(LOOKUP, "lsoa11_code_has_its_shape", "lsoa11_code = 'x'", "row_number = 2", '"x" is not a 2011 LSOA code'),
    _set(LOOKUP, "lsoa11_code_has_its_shape", "lsoa11_code = null", "row_number = 2", '"" is not a 2011 LSOA code'),
    _set(LOOKUP, "lsoa21_code_has_its_shape", "lsoa21_code = 'x'", "row_number = 2", '"x" is not a 2021 LSOA code'),
    _set(LOOKUP, "ward_code_has_its_shape", "ward_code = 'x'", "row_number = 2", '"x" is not a ward code'),
    _set(LOOKUP, "lad_code_has_its_shape", "lad_code = null", "row_number = 2", '"" is not a district code'),
    _copy(LOOKUP, "one_row_a_key", "row_number = 2", "", "stands 2 times, first in row 2"),
    *(defect for feed in (WARD, LSOA) for defect in _of_a_wide_file(feed)),
    _set(WARD, "borough_is_known", "borough = 'E09000002'", "row_number = 1", '"E09000002" is not in places.csv'),
    _set(LSOA, "borough_is_known", "borough = 'E09000099'", "row_number = 1", '"E09000099" is not in places.csv'),
    _set(WARD, "ward_code_has_its_shape", "ward_code = 'E09000003'", "row_number = 3", '"E09000003" is not the code'),
    _set(WARD, "ward_code_has_its_shape", "ward_code = null", "row_number = 3", '"" is not the code of a ward'),
    _set(LSOA, "lsoa_code_has_its_shape", "lsoa_code = 'E02000024'", "row_number = 3", '"E02000024" is not the code'),
    _set(
        WARD,
        "ward_code_in_one_borough",
        "ward_code = 'E05000001'",
        "row_number = 3",
        "E05000001 stands under Barking and Dagenham and Barnet",
    ),
    _set(
        LSOA,
        "lsoa_code_in_one_borough",
        "borough = 'Barnet'",
        "row_number = 1",
        "E01000001 stands under Barking and Dagenham and Barnet",
    ),
    *(
        _copy(feed, "one_row_a_key", "row_number = 2 and month = '202404'", ", '9' as offences", "stands 2 times")
        for feed in (WARD, LSOA)
    ),
    _delete(HOME_OFFICE, "file_has_rows", "true", "the file has a header and no row"),
    _set(
        HOME_OFFICE,
        "quarter_is_a_quarter",
        "financial_year = '2024-25'",
        "row_number = 3",
        'row 3: "2024-25 Q3" is not a quarter of a financial year',
    ),
    _delete(HOME_OFFICE, "quarters_have_no_hole", "financial_quarter = '4'", "1 quarter(s) missing"),
    _set(
        HOME_OFFICE,
        "count_is_a_whole_number",
        "offences = '1.5'",
        "row_number = 3",
        'row 3: "1.5" is not a whole number',
    ),
    _set(HOME_OFFICE, "count_is_a_whole_number", "offences = null", "row_number = 3", 'row 3: "" is not a whole'),
    _set(
        HOME_OFFICE,
        "offence_pair_is_known",
        "offence_subgroup = 'Piracy'",
        "row_number in (3, 4)",
        'row 3: "Theft offences / Piracy" is not in offence_aliases.csv',
    ),
    _set(
        HOME_OFFICE,
        "partnership_is_known",
        "csp_name = 'Camelot'",
        "row_number = 3",
        'row 3: "Camelot" is neither a district nor in csp_areas.csv',
    ),
    _copy(HOME_OFFICE, "one_row_a_key", "row_number = 2", ", '9' as offences", "stands 2 times, first in row 2"),
)
