"""The public vocabulary: ids, types, members and flags are what callers have stored, in the order of answers."""

from __future__ import annotations

import re

import pytest

from app.rules.reading import read_fact
from app.rules.vocabulary import FactType, nearest
from tests.rules import plan, small

FACTS = {
    "who": """
        uscc:code name:text entity_type:enum(enterprise|individual_business|farmer_cooperative|other)
        ownership:enum(state|private|collective|foreign|other) registration_division:code established_on:date
        industry_code:code employees:int annual_revenue:money total_assets:money is_newly_established:bool
        converted_from_individual_business:bool is_listed_joint_stock_company:bool
        business_state:enum(operating|suspended|revoked|deregistered) is_key_enterprise:bool
        registered_in_county:bool registered_in_province:bool industry_section:enum(A…T)
        enterprise_size:enum(micro|small|medium|large)
    """,
    "finance": """
        tax_credit_rating:enum(A|B|M|C|D) has_bank_loan_history:bool has_current_bank_loan:bool
        hardship_causes:set(covid19|flood|raw_material_prices) credit_record_good:bool operating_normally:bool
        supply_chain_role:enum(core|upstream|downstream|none) core_enterprise_uscc:code
        bank_type:enum(large_state_owned|local_legal_person|other) bank_inclusive_loan_growth_rate:rate
        large_state_bank_growth_rate:rate bank_ftp_discount_bp:number
    """,
    "tax": """
        vat_taxpayer_type:enum(small_scale|general) vat_filing_period:enum(month|quarter) vat_period_sales:money
        vat_period_real_estate_sales:money vat_statutory_levy:enum(three_percent|five_percent)
        vat_credit_balance:money income_tax_overpaid:bool is_restricted_industry:bool
        annual_taxable_income:money employees_avg:int total_assets_avg:money other_tax_relief_amount:money
        transfer_of_land_or_house_on_conversion:bool transfer_between_same_investor:bool transfer_value:money
        investor_type:enum(venture_capital_enterprise|angel_individual|other)
        investee_kind:enum(unlisted_sme_hnte|seed_stage_tech|startup_tech|other)
        investee_is_qualifying_startup:bool investment_is_equity_cash:bool investment_held_months:int
        investment_amount:money land_use_tax_payer:bool
        key_group_category:enum(poverty_alleviated|registered_unemployed|zero_employment_family|graduate|veteran|none)
        key_group_role:enum(self_employed|employer) key_group_hires:int key_group_contract_and_insurance:bool
        key_group_months_used:int is_deed_tax_payer:bool
    """,
    "awards": """
        annual_output_value:money highest_output_tier_before:enum(none|tier_1|tier_2|tier_3)
        is_chain_leader:bool highest_revenue_tier_before:enum(none|tier_1|tier_2|tier_3)
        is_government_procurement:bool procurement_amount:money open_tender_threshold:money
        procurement_suitable_for_sme:bool is_government_investment_project:bool
        tender_has_unrelated_size_threshold:bool tender_has_excessive_qualification:bool
        pays_tender_deposit:bool
        service_business_kind:enum(star_hotel|premium_homestay|catering|cultural_creative|wellness|none)
        created_platform_kind:enum(ecommerce_demonstration_enterprise|hr_service_industrial_park|none)
        created_platform_level:enum(county|city|provincial|national) platform_award_received:bool
        is_ecommerce:bool newly_above_quota_retail:bool is_parcel_operator:bool rural_inbound_parcels:int
        person_role:enum(soe_executive|key_technician|core_researcher|outstanding_young_talent|new_executive|new_senior_technician|private_entrepreneur|individual_business_representative|other)
        outstanding_contribution:bool recognised_as_outstanding:bool field_supported_by_province:bool
        employer_is_key_enterprise:bool newly_settled_in_county:bool home_purchase_price:money
        personal_income_tax_paid:money guarantor_is_policy_based:bool
        guarantee_client_kind:enum(small_micro|agriculture_rural_farmers|strategic_emerging|other)
        guarantee_fee_rate:rate guaranteed_amount:money guarantee_months:int is_technology_enterprise:bool
        hnte_application_accepted:bool hnte_application_grant_received:bool hnte_certified_this_year:bool
        hnte_times_certified:int hnte_consecutive_certifications:int is_agricultural_enterprise:bool
    """,
    "projects": """
        project_township:text inside_cluster_boundary:bool touches_permanent_farmland:bool
        touches_ecological_redline:bool land_use_is_commercial:bool on_provincial_key_list:bool
        separately_sited:bool
        project_sector:enum(energy|transport|water|industry|automobile|general_equipment|special_equipment|photovoltaic|economic_forest|real_estate|coal_mining_washing|natural_gas|metal_or_nonmetal_mining|equipment_manufacturing|manufacturing|social_services|animal_husbandry|other)
        construction_land_approved:bool project_purpose:enum(affordable_housing|education|health|culture|other)
        in_provincial_development_zone:bool is_key_transformation_project:bool in_standard_land_area:bool
        on_green_mine_list:bool mine_work_kind:enum(new|rebuilt|extended|none) is_county_key_project:bool
        is_major_project:bool is_new_project:bool uses_feedstock_energy:bool is_major_industrial_project:bool
        meets_environment_quality:bool regional_quota_insufficient:bool is_two_high_project:bool
        sector_capacity_saturated:bool is_key_energy_user:bool is_strategic_emerging_project:bool
        lowers_energy_intensity:bool in_industrial_park:bool park_planning_eia_done:bool meets_zone_control:bool
        meets_park_eia_requirements:bool eia_document_kind:enum(report|report_form|registration_form|none)
        eia_catalogue_listed:bool coating_is_low_voc_non_solvent:bool coating_tonnes_per_year:number
        pv_capacity_kw:number is_raw_material_forest_base:bool involves_sensitive_area:bool
        eia_impact_controllable:bool same_kind_projects_in_park:bool
        discharge_permit_class:enum(key|simplified|registration|not_listed) managed_by_general_process:bool
        general_processes:set(boiler|furnace|surface_treatment|water_treatment) low_emissions:bool
        low_environmental_risk:bool advanced_process:bool
    """,
    "services": """
        request_kind:enum(enterprise_opening|tax_refund|simple_deregistration|investment_approval|power|water|gas|heat|telecom|cable_tv|commitment_licence|eia_commitment|other)
        power_voltage:enum(low|high) power_sources:enum(single|dual) is_residential:bool
        external_line_works:bool is_general_investment_project:bool
        shop_kind:enum(restaurant|convenience_store|pharmacy|other) first_invoice_claim:bool
        requested_invoice_limit:money moves_within_province:bool moves_across_provinces:bool
        debts_state:enum(never_incurred|settled|outstanding) abnormal_state:enum(none|minor|cleared|serious)
        involves_public_safety:bool involves_ecology:bool involves_energy_saving:bool
        involves_health_life_property:bool on_commitment_list:bool commitment_given:bool documents_complete:bool
        on_county_licence_list:bool licence_has_legal_basis:bool document_obtainable_by_sharing:bool
        available_as_electronic_licence:bool
    """,
}
ACTIONABLE = """
    tax_credit_rating credit_record_good operating_normally investment_is_equity_cash investment_held_months
    key_group_hires key_group_contract_and_insurance guarantee_fee_rate pays_tender_deposit annual_output_value
    annual_revenue newly_above_quota_retail created_platform_level hnte_application_accepted
    hnte_certified_this_year hnte_consecutive_certifications is_technology_enterprise rural_inbound_parcels
    touches_permanent_farmland touches_ecological_redline inside_cluster_boundary construction_land_approved
    meets_environment_quality meets_zone_control meets_park_eia_requirements coating_is_low_voc_non_solvent
    coating_tonnes_per_year pv_capacity_kw involves_sensitive_area general_processes low_emissions
    low_environmental_risk advanced_process on_green_mine_list shop_kind first_invoice_claim
    requested_invoice_limit debts_state abnormal_state commitment_given documents_complete
"""
PERSONAL = """
    name person_role outstanding_contribution recognised_as_outstanding newly_settled_in_county
    home_purchase_price personal_income_tax_paid key_group_category
"""
#: Personal where the asker is an individual business.
PERSONAL_OF_A_BUSINESS = "uscc annual_taxable_income other_tax_relief_amount"
RATES = {
    "guarantee_fee_rate": (0, 1),
    "bank_inclusive_loan_growth_rate": (-1, 100),
    "large_state_bank_growth_rate": (-1, 100),
}
CJK = re.compile(r"[\u3400-\u9fff]")


def vocabulary():
    return plan.policy().vocabulary


def written(fact):
    if fact.id == "industry_section":
        return "enum(A…T)"
    return fact.type.value + (f"({'|'.join(member.value for member in fact.members)})" if fact.members else "")


class TestThePlan:
    @pytest.mark.parametrize("section", FACTS)
    def test_facts_of_a_section_in_their_order(self, section):
        found = [f"{fact.id}:{written(fact)}" for fact in vocabulary().facts if fact.section == section]
        assert found == FACTS[section].split()

    def test_sections_in_their_order(self):
        assert list(dict.fromkeys(fact.section for fact in vocabulary().facts)) == list(FACTS)
        assert [fact.index for fact in vocabulary().facts] == list(range(169))

    def test_sections_of_industry(self):
        assert [member.value for member in vocabulary()["industry_section"].members] == list("ABCDEFGHIJKLMNOPQRST")

    def test_what_the_asker_can_change(self):
        assert {fact.id for fact in vocabulary().facts if fact.actionable} == set(ACTIONABLE.split())

    def test_what_is_personal(self):
        found = {"always": set(), "individual_business": set(), "never": set()}
        for fact in vocabulary().facts:
            found[fact.personal].add(fact.id)
        assert found["always"] == set(PERSONAL.split())
        assert found["individual_business"] == set(PERSONAL_OF_A_BUSINESS.split())

    def test_what_is_derived(self):
        assert [fact.id for fact in vocabulary().facts if fact.derived] == [
            "registered_in_county",
            "registered_in_province",
            "industry_section",
            "enterprise_size",
        ]

    def test_bounds(self):
        for fact in vocabulary().facts:
            if fact.type in (FactType.INT, FactType.MONEY, FactType.NUMBER, FactType.RATE):
                assert (fact.minimum, fact.maximum) == RATES.get(fact.id, (0, 10**15)), fact.id
            else:
                assert (fact.minimum, fact.maximum) == (None, None)

    def test_every_fact_speaks_both_languages_and_names_the_office_that_holds_it(self):
        for fact in vocabulary().facts:
            for text in (fact.label, fact.question, fact.owner, *(member.label for member in fact.members)):
                assert text.zh.strip()
                assert text.en.strip()
                assert not CJK.search(text.en.replace("寒王乡", "")), fact.id
            assert CJK.search(fact.question.zh), fact.id


class TestVocabulary:
    def test_lookup(self):
        found = small.vocabulary()
        assert found["price"] is found.get("price")
        assert found.get("pric") is None
        assert "price" in found
        assert "pric" not in found
        assert 5 not in found
        with pytest.raises(KeyError):
            found["pric"]

    def test_ids_in_the_order_of_the_vocabulary_without_repeats(self):
        assert small.vocabulary().ordered(["price", "kind", "price", "employees"]) == ("employees", "kind", "price")

    def test_what_a_fact_knows_of_its_values(self):
        found = small.vocabulary()
        assert found["kind"].allowed == frozenset("abc")
        assert found["kind"].member_labels["a"].in_("en") == "A"
        assert [(found[fact].decimals, str(found[fact].quantum)) for fact in ("count", "price", "share", "weight")] == [
            (0, "1"),
            (2, "0.01"),
            (10, "1E-10"),
            (6, "0.000001"),
        ]

    def test_whole_numbers_that_are_within_the_bounds_whichever_they_are(self):
        facts = (
            small.fact("any", "int"),
            small.fact("few", "int", maximum="36"),
            small.fact("part", "rate", maximum="0.5"),
            small.fact("some", "int", minimum="1"),
            small.fact("loss", "money", minimum="-10", maximum="-1"),
            small.fact("word", "text"),
        )
        found = small.vocabulary(facts)
        assert [found[fact["id"]].safe_digits for fact in facts] == [15, 1, 0, 0, 0, 0]
        for raw, value in (("0", None), ("1", 1), ("35", 35)):
            read = read_fact(found["some"], raw)
            assert read == value if value else [fault.code for fault in read] == ["out_of_range"]


class TestNearest:
    def test_the_likeliest_first_and_three_at_most(self):
        names = ["employees", "employee", "employers", "employed", "revenue"]
        found = nearest("employes", names)
        assert len(found) == 3
        assert set(found) <= {"employees", "employee", "employers"}

    def test_two_letters_in_the_wrong_order(self):
        assert nearest("anuual_revenue", ["annual_revenue", "total_assets"]) == ("annual_revenue",)

    def test_nothing_is_near(self):
        assert nearest("zzz", ["employees"]) == ()
        assert nearest("", ["employees"]) == ()
        assert nearest("employees", []) == ()

    def test_a_name_of_more_than_a_hundred_characters_is_not_compared(self):
        assert nearest("e" * 100, ["e" * 100]) == ("e" * 100,)
        assert nearest("e" * 101, ["e" * 101]) == ()
