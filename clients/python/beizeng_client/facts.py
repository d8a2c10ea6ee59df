"""The facts of the vocabulary, as the service's `/openapi.json` names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, TypedDict

__all__ = ["FactValue", "Facts", "GivenFacts"]

#: No float: money and rates are exact.
FactValue = bool | int | str | Decimal | date | Sequence[str] | None


class Facts(TypedDict, total=False):
    """Every fact, each optional; left out or `None` is unknown, which is neither false nor zero."""

    uscc: str | None
    name: str | None
    entity_type: Literal["enterprise", "individual_business", "farmer_cooperative", "other"] | None
    ownership: Literal["state", "private", "collective", "foreign", "other"] | None
    registration_division: str | None
    established_on: date | str | None
    industry_code: str | None
    employees: int | None
    annual_revenue: Decimal | int | str | None
    total_assets: Decimal | int | str | None
    is_newly_established: bool | None
    converted_from_individual_business: bool | None
    is_listed_joint_stock_company: bool | None
    business_state: Literal["operating", "suspended", "revoked", "deregistered"] | None
    is_key_enterprise: bool | None
    registered_in_county: bool | None
    registered_in_province: bool | None
    industry_section: (
        Literal["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T"]
        | None
    )
    enterprise_size: Literal["micro", "small", "medium", "large"] | None
    tax_credit_rating: Literal["A", "B", "M", "C", "D"] | None
    has_bank_loan_history: bool | None
    has_current_bank_loan: bool | None
    hardship_causes: Sequence[Literal["covid19", "flood", "raw_material_prices"]] | None
    credit_record_good: bool | None
    operating_normally: bool | None
    supply_chain_role: Literal["core", "upstream", "downstream", "none"] | None
    core_enterprise_uscc: str | None
    bank_type: Literal["large_state_owned", "local_legal_person", "other"] | None
    bank_inclusive_loan_growth_rate: Decimal | int | str | None
    large_state_bank_growth_rate: Decimal | int | str | None
    bank_ftp_discount_bp: Decimal | int | str | None
    vat_taxpayer_type: Literal["small_scale", "general"] | None
    vat_filing_period: Literal["month", "quarter"] | None
    vat_period_sales: Decimal | int | str | None
    vat_period_real_estate_sales: Decimal | int | str | None
    vat_statutory_levy: Literal["three_percent", "five_percent"] | None
    vat_credit_balance: Decimal | int | str | None
    income_tax_overpaid: bool | None
    is_restricted_industry: bool | None
    annual_taxable_income: Decimal | int | str | None
    employees_avg: int | None
    total_assets_avg: Decimal | int | str | None
    other_tax_relief_amount: Decimal | int | str | None
    transfer_of_land_or_house_on_conversion: bool | None
    transfer_between_same_investor: bool | None
    transfer_value: Decimal | int | str | None
    investor_type: Literal["venture_capital_enterprise", "angel_individual", "other"] | None
    investee_kind: Literal["unlisted_sme_hnte", "seed_stage_tech", "startup_tech", "other"] | None
    investee_is_qualifying_startup: bool | None
    investment_is_equity_cash: bool | None
    investment_held_months: int | None
    investment_amount: Decimal | int | str | None
    land_use_tax_payer: bool | None
    key_group_category: (
        Literal["poverty_alleviated", "registered_unemployed", "zero_employment_family", "graduate", "veteran", "none"]
        | None
    )
    key_group_role: Literal["self_employed", "employer"] | None
    key_group_hires: int | None
    key_group_contract_and_insurance: bool | None
    key_group_months_used: int | None
    is_deed_tax_payer: bool | None
    annual_output_value: Decimal | int | str | None
    highest_output_tier_before: Literal["none", "tier_1", "tier_2", "tier_3"] | None
    is_chain_leader: bool | None
    highest_revenue_tier_before: Literal["none", "tier_1", "tier_2", "tier_3"] | None
    is_government_procurement: bool | None
    procurement_amount: Decimal | int | str | None
    open_tender_threshold: Decimal | int | str | None
    procurement_suitable_for_sme: bool | None
    is_government_investment_project: bool | None
    tender_has_unrelated_size_threshold: bool | None
    tender_has_excessive_qualification: bool | None
    pays_tender_deposit: bool | None
    service_business_kind: (
        Literal["star_hotel", "premium_homestay", "catering", "cultural_creative", "wellness", "none"] | None
    )
    created_platform_kind: Literal["ecommerce_demonstration_enterprise", "hr_service_industrial_park", "none"] | None
    created_platform_level: Literal["county", "city", "provincial", "national"] | None
    platform_award_received: bool | None
    is_ecommerce: bool | None
    newly_above_quota_retail: bool | None
    is_parcel_operator: bool | None
    rural_inbound_parcels: int | None
    person_role: (
        Literal[
            "soe_executive",
            "key_technician",
            "core_researcher",
            "outstanding_young_talent",
            "new_executive",
            "new_senior_technician",
            "private_entrepreneur",
            "individual_business_representative",
            "other",
        ]
        | None
    )
    outstanding_contribution: bool | None
    recognised_as_outstanding: bool | None
    field_supported_by_province: bool | None
    employer_is_key_enterprise: bool | None
    newly_settled_in_county: bool | None
    home_purchase_price: Decimal | int | str | None
    personal_income_tax_paid: Decimal | int | str | None
    guarantor_is_policy_based: bool | None
    guarantee_client_kind: Literal["small_micro", "agriculture_rural_farmers", "strategic_emerging", "other"] | None
    guarantee_fee_rate: Decimal | int | str | None
    guaranteed_amount: Decimal | int | str | None
    guarantee_months: int | None
    is_technology_enterprise: bool | None
    hnte_application_accepted: bool | None
    hnte_application_grant_received: bool | None
    hnte_certified_this_year: bool | None
    hnte_times_certified: int | None
    hnte_consecutive_certifications: int | None
    is_agricultural_enterprise: bool | None
    project_township: str | None
    inside_cluster_boundary: bool | None
    touches_permanent_farmland: bool | None
    touches_ecological_redline: bool | None
    land_use_is_commercial: bool | None
    on_provincial_key_list: bool | None
    separately_sited: bool | None
    project_sector: (
        Literal[
            "energy",
            "transport",
            "water",
            "industry",
            "automobile",
            "general_equipment",
            "special_equipment",
            "photovoltaic",
            "economic_forest",
            "real_estate",
            "coal_mining_washing",
            "natural_gas",
            "metal_or_nonmetal_mining",
            "equipment_manufacturing",
            "manufacturing",
            "social_services",
            "animal_husbandry",
            "other",
        ]
        | None
    )
    construction_land_approved: bool | None
    project_purpose: Literal["affordable_housing", "education", "health", "culture", "other"] | None
    in_provincial_development_zone: bool | None
    is_key_transformation_project: bool | None
    in_standard_land_area: bool | None
    on_green_mine_list: bool | None
    mine_work_kind: Literal["new", "rebuilt", "extended", "none"] | None
    is_county_key_project: bool | None
    is_major_project: bool | None
    is_new_project: bool | None
    uses_feedstock_energy: bool | None
    is_major_industrial_project: bool | None
    meets_environment_quality: bool | None
    regional_quota_insufficient: bool | None
    is_two_high_project: bool | None
    sector_capacity_saturated: bool | None
    is_key_energy_user: bool | None
    is_strategic_emerging_project: bool | None
    lowers_energy_intensity: bool | None
    in_industrial_park: bool | None
    park_planning_eia_done: bool | None
    meets_zone_control: bool | None
    meets_park_eia_requirements: bool | None
    eia_document_kind: Literal["report", "report_form", "registration_form", "none"] | None
    eia_catalogue_listed: bool | None
    coating_is_low_voc_non_solvent: bool | None
    coating_tonnes_per_year: Decimal | int | str | None
    pv_capacity_kw: Decimal | int | str | None
    is_raw_material_forest_base: bool | None
    involves_sensitive_area: bool | None
    eia_impact_controllable: bool | None
    same_kind_projects_in_park: bool | None
    discharge_permit_class: Literal["key", "simplified", "registration", "not_listed"] | None
    managed_by_general_process: bool | None
    general_processes: Sequence[Literal["boiler", "furnace", "surface_treatment", "water_treatment"]] | None
    low_emissions: bool | None
    low_environmental_risk: bool | None
    advanced_process: bool | None
    request_kind: (
        Literal[
            "enterprise_opening",
            "tax_refund",
            "simple_deregistration",
            "investment_approval",
            "power",
            "water",
            "gas",
            "heat",
            "telecom",
            "cable_tv",
            "commitment_licence",
            "eia_commitment",
            "other",
        ]
        | None
    )
    power_voltage: Literal["low", "high"] | None
    power_sources: Literal["single", "dual"] | None
    is_residential: bool | None
    external_line_works: bool | None
    is_general_investment_project: bool | None
    shop_kind: Literal["restaurant", "convenience_store", "pharmacy", "other"] | None
    first_invoice_claim: bool | None
    requested_invoice_limit: Decimal | int | str | None
    moves_within_province: bool | None
    moves_across_provinces: bool | None
    debts_state: Literal["never_incurred", "settled", "outstanding"] | None
    abnormal_state: Literal["none", "minor", "cleared", "serious"] | None
    involves_public_safety: bool | None
    involves_ecology: bool | None
    involves_energy_saving: bool | None
    involves_health_life_property: bool | None
    on_commitment_list: bool | None
    commitment_given: bool | None
    documents_complete: bool | None
    on_county_licence_list: bool | None
    licence_has_legal_basis: bool | None
    document_obtainable_by_sharing: bool | None
    available_as_electronic_licence: bool | None


GivenFacts = Facts | Mapping[str, FactValue]
