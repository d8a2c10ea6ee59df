"""Every rule of the plan that decides, written again by hand as plain Python on complete facts.

Nothing here is read from the pack. ``f`` holds the facts by name, ``on`` is the date asked; whether a rule is in force
on it is not told here. The tax rules with dated figures stand in ``tests/properties/test_plan_amounts.py`` as well.
"""

from __future__ import annotations

from decimal import Decimal

FIRMS = ("enterprise", "individual_business", "farmer_cooperative")
MACHINES = ("general_equipment", "special_equipment", "equipment_manufacturing")
TIERS = ("none", "tier_1", "tier_2", "tier_3")


def enterprise(f):
    return f.entity_type == "enterprise"


def market_entity(f):
    return f.entity_type in FIRMS


def local_enterprise(f):
    return enterprise(f) and f.registered_in_county


def small_or_micro(f):
    return enterprise(f) and f.enterprise_size in ("micro", "small")


def sme(f):
    return enterprise(f) and f.enterprise_size in ("micro", "small", "medium")


def small_micro_or_individual(f):
    return small_or_micro(f) or f.entity_type == "individual_business"


def newly_reached(value, before):
    """Whether a tier of 10, 50 or 100 亿 yuan is reached that no year before had."""
    return any(
        value >= figure * 10**8 and TIERS.index(before) < place for place, figure in enumerate((10, 50, 100), start=1)
    )


def vat(f, on):
    month, quarter = (150_000, 450_000) if on.year == 2022 else (100_000, 300_000)
    sales, rest = f.vat_period_sales, f.vat_period_sales - f.vat_period_real_estate_sales
    quarterly = f.vat_filing_period == "quarter"
    if on.year >= 2026:
        within = sales < month or (quarterly and sales < quarter)
    else:
        within = any(figure <= month or (quarterly and figure <= quarter) for figure in (sales, rest))
    overlay = on.year == 2022 and f.vat_statutory_levy == "three_percent"
    return f.vat_taxpayer_type == "small_scale" and (within or overlay)


def venture(f):
    route_a = f.investor_type == "venture_capital_enterprise" and f.investee_kind == "unlisted_sme_hnte"
    route_b = (
        f.investor_type in ("venture_capital_enterprise", "angel_individual")
        and f.investee_kind in ("seed_stage_tech", "startup_tech")
        and f.investee_is_qualifying_startup
        and f.investment_is_equity_cash
    )
    return f.investment_held_months >= 24 and (route_a or route_b)


def key_groups(f):
    both = f.key_group_category in ("poverty_alleviated", "registered_unemployed")
    alone = f.key_group_role == "self_employed" and (
        both or f.key_group_category in ("zero_employment_family", "graduate")
    )
    hired = f.key_group_role == "employer" and both and f.key_group_contract_and_insurance and f.key_group_hires >= 1
    return f.key_group_months_used < 36 and (alone or hired)


def reserved(f):
    return (
        f.is_government_procurement
        and f.procurement_amount <= f.open_tender_threshold
        and f.procurement_suitable_for_sme
    )


def eia_exempt(f):
    coating = f.coating_is_low_voc_non_solvent and f.coating_tonnes_per_year < 10
    return (
        not f.eia_catalogue_listed
        or (f.project_sector in ("automobile", "general_equipment", "special_equipment") and coating)
        or (f.project_sector == "photovoltaic" and f.pv_capacity_kw < 6000)
        or (f.project_sector == "economic_forest" and not f.is_raw_material_forest_base)
        or (f.project_sector == "real_estate" and not f.involves_sensitive_area)
    )


def green_mine(f):
    return f.on_green_mine_list and f.mine_work_kind in ("new", "rebuilt", "extended")


def commitment(f):
    involved = (
        f.involves_public_safety or f.involves_ecology or f.involves_energy_saving or f.involves_health_life_property
    )
    return not involved and f.on_commitment_list and f.commitment_given and f.documents_complete


SECTORS_OF_DIRECT_QUOTA = [
    "energy",
    "photovoltaic",
    "coal_mining_washing",
    "natural_gas",
    "transport",
    "water",
    "industry",
    "manufacturing",
    "automobile",
    "general_equipment",
    "special_equipment",
    "equipment_manufacturing",
    "metal_or_nonmetal_mining",
]
SECTORS_OF_COMMITMENT = [
    "social_services",
    "manufacturing",
    "automobile",
    "general_equipment",
    "special_equipment",
    "equipment_manufacturing",
    "animal_husbandry",
    "transport",
]
SECTORS_OF_REGISTRATION = ("coal_mining_washing", "natural_gas", "metal_or_nonmetal_mining", *MACHINES)

#: Rule → whether it applies on complete facts and a date on which it is in force.
RULES = {
    "m01-bank-tax-credit-loan": lambda f, on: (
        f.entity_type in ("enterprise", "individual_business") and f.tax_credit_rating in ("A", "B")
    ),
    "m01-credit-repair": lambda f, on: f.tax_credit_rating in ("C", "D"),
    "m02-emergency-turnover-fund": lambda f, on: enterprise(f) and f.has_current_bank_loan,
    "m02-loan-renewal": lambda f, on: enterprise(f) and f.has_current_bank_loan,
    "m02-medium-term-credit-line": lambda f, on: small_or_micro(f),
    "m02-repayment-deferral": lambda f, on: (
        small_micro_or_individual(f) and f.hardship_causes & {"covid19", "flood", "raw_material_prices"}
    ),
    "m03-first-loan-list": lambda f, on: small_micro_or_individual(f) and not f.has_bank_loan_history,
    "m04-large-bank-inclusive-loan-growth": lambda f, on: (
        f.bank_type == "large_state_owned" and f.bank_inclusive_loan_growth_rate >= Decimal("0.30")
    ),
    "m04-local-bank-inclusive-loan-growth": lambda f, on: (
        f.bank_type == "local_legal_person" and f.bank_inclusive_loan_growth_rate > f.large_state_bank_growth_rate
    ),
    "m04-ftp-discount": lambda f, on: f.bank_ftp_discount_bp >= 50,
    "m05-credit-loan-renewal": lambda f, on: sme(f) and f.credit_record_good and f.operating_normally,
    "m07-supply-chain-finance": lambda f, on: small_or_micro(f) and f.supply_chain_role in ("upstream", "downstream"),
    "m09-vat-small-scale-exemption": vat,
    "m09-small-profit-income-tax": lambda f, on: (
        enterprise(f)
        and not f.is_restricted_industry
        and f.annual_taxable_income <= 3_000_000
        and f.employees_avg <= 300
        and f.total_assets_avg <= 50_000_000
    ),
    "m09-individual-business-income-tax": lambda f, on: f.entity_type == "individual_business",
    "m09-conversion-deed-tax": lambda f, on: (
        f.converted_from_individual_business
        and f.transfer_of_land_or_house_on_conversion
        and f.transfer_between_same_investor
    ),
    "m09-venture-investment-deduction": lambda f, on: venture(f),
    "m10-land-use-tax-reduction": lambda f, on: f.land_use_tax_payer,
    "m10-key-group-employment": lambda f, on: key_groups(f),
    "m10-deed-tax-minimum-rate": lambda f, on: f.is_deed_tax_payer,
    "m11-carry-forward-refund-merged": lambda f, on: f.vat_credit_balance > 0,
    "m11-income-tax-overpayment-refund": lambda f, on: enterprise(f) and f.income_tax_overpaid,
    "m11-small-scale-no-application-refund": lambda f, on: f.vat_taxpayer_type == "small_scale",
    "m12-construction-output-tier": lambda f, on: (
        local_enterprise(f)
        and f.industry_section == "E"
        and newly_reached(f.annual_output_value, f.highest_output_tier_before)
    ),
    "m13-chain-leader-revenue-tier": lambda f, on: (
        local_enterprise(f) and f.is_chain_leader and newly_reached(f.annual_revenue, f.highest_revenue_tier_before)
    ),
    "m14-intention-disclosure": lambda f, on: f.is_government_procurement,
    "m14-sme-reservation": lambda f, on: reserved(f),
    "m14-sme-bid": lambda f, on: reserved(f) and sme(f),
    "m14-no-barrier-thresholds": lambda f, on: (
        f.is_government_investment_project
        and (f.tender_has_unrelated_size_threshold or f.tender_has_excessive_qualification)
    ),
    "m14-guarantee-letter-deposit": lambda f, on: enterprise(f) and f.pays_tender_deposit,
    "m15-service-industry-support": lambda f, on: (
        market_entity(f) and f.registered_in_county and f.service_business_kind != "none"
    ),
    "m16-platform-creation-award": lambda f, on: (
        f.registered_in_county
        and f.created_platform_kind != "none"
        and f.created_platform_level in ("provincial", "national")
        and not f.platform_award_received
    ),
    "m16-ecommerce-above-quota-award": lambda f, on: (
        enterprise(f) and f.registered_in_province and f.is_ecommerce and f.newly_above_quota_retail
    ),
    "m17-rural-parcel-subsidy": lambda f, on: f.is_parcel_operator and f.rural_inbound_parcels >= 1,
    "m18-soe-executive-award": lambda f, on: f.person_role == "soe_executive" and f.outstanding_contribution,
    "m18-talent-income-tax-subsidy": lambda f, on: (
        f.person_role in ("key_technician", "core_researcher", "outstanding_young_talent")
        and f.field_supported_by_province
    ),
    "m18-talent-housing-subsidy": lambda f, on: (
        f.person_role in ("new_executive", "new_senior_technician")
        and f.employer_is_key_enterprise
        and f.newly_settled_in_county
        and f.home_purchase_price > 0
    ),
    "m19-guarantee-fee-subsidy": lambda f, on: (
        f.guarantor_is_policy_based and f.guarantee_client_kind != "other" and f.guarantee_fee_rate < Decimal("0.03")
    ),
    "m20-industrial-cluster-siting": lambda f, on: (
        f.project_township == "寒王乡"
        and f.inside_cluster_boundary
        and not f.touches_permanent_farmland
        and not f.touches_ecological_redline
    ),
    "m21-online-land-trading": lambda f, on: f.land_use_is_commercial,
    "m23-direct-quota": lambda f, on: (
        f.on_provincial_key_list
        and f.separately_sited
        and f.project_sector in SECTORS_OF_DIRECT_QUOTA
        and f.construction_land_approved
    ),
    "m23-priority-quota": lambda f, on: (
        f.project_purpose in ("affordable_housing", "education", "health", "culture")
        or (f.in_provincial_development_zone and f.is_key_transformation_project)
    ),
    "m24-key-project-land-service": lambda f, on: f.is_county_key_project,
    "m26-standard-land": lambda f, on: f.in_standard_land_area,
    "m29-green-mine-land": lambda f, on: green_mine(f),
    "m29-green-mine-flexible-grant": lambda f, on: green_mine(f) and f.construction_land_approved,
    "m29-green-mine-guidance": lambda f, on: f.industry_section == "B",
    "m30-feedstock-energy-deduction": lambda f, on: f.is_new_project and f.uses_feedstock_energy,
    "m31-provincial-reserve-quota": lambda f, on: (
        f.is_major_industrial_project and f.meets_environment_quality and f.regional_quota_insufficient
    ),
    "m31-two-high-substitution": lambda f, on: f.is_two_high_project and f.sector_capacity_saturated,
    "m31-online-energy-monitoring": lambda f, on: f.is_key_energy_user,
    "m31-emerging-priority": lambda f, on: f.is_strategic_emerging_project and f.lowers_energy_intensity,
    "m32-park-eia-simplified": lambda f, on: (
        f.in_industrial_park and f.park_planning_eia_done and f.meets_zone_control and f.meets_park_eia_requirements
    ),
    "m32-report-form-simplified": lambda f, on: f.eia_document_kind == "report_form",
    "m33-eia-exempt": lambda f, on: eia_exempt(f),
    "m34-eia-commitment": lambda f, on: f.eia_impact_controllable and f.project_sector in SECTORS_OF_COMMITMENT,
    "m35-no-eia-registration": lambda f, on: f.discharge_permit_class == "registration",
    "m35-bundled-eia": lambda f, on: f.in_industrial_park and f.same_kind_projects_in_park and small_or_micro(f),
    "m36-no-discharge-permit": lambda f, on: f.discharge_permit_class == "not_listed",
    "m36-registration-only": lambda f, on: (
        f.managed_by_general_process and not f.general_processes and f.project_sector in SECTORS_OF_REGISTRATION
    ),
    "m37-enforcement-positive-list": lambda f, on: (
        small_or_micro(f) and f.low_emissions and f.low_environmental_risk and f.advanced_process
    ),
    "m38-cultivation-pool": lambda f, on: local_enterprise(f) and f.is_technology_enterprise,
    "m38-hnte-application-grant": lambda f, on: (
        local_enterprise(f) and f.hnte_application_accepted and not f.hnte_application_grant_received
    ),
    "m38-hnte-certification-award": lambda f, on: (
        local_enterprise(f)
        and f.hnte_certified_this_year
        and (f.hnte_times_certified == 1 or f.hnte_consecutive_certifications == 3)
    ),
    "m39-technology-envoy": lambda f, on: (
        f.registered_in_county
        and ((enterprise(f) and f.is_agricultural_enterprise) or f.entity_type == "farmer_cooperative")
    ),
    "m40-free-seal-and-ukey": lambda f, on: f.is_newly_established or f.converted_from_individual_business,
    "m41-electronic-licence-and-seal": lambda f, on: enterprise(f) and f.is_newly_established,
    "m42-one-industry-one-licence": lambda f, on: f.shop_kind != "other",
    "m43-new-taxpayer-invoices": lambda f, on: f.is_newly_established and f.first_invoice_claim,
    "m43-three-month-supply": lambda f, on: f.tax_credit_rating == "A",
    "m43-million-yuan-approve-first": lambda f, on: (
        f.tax_credit_rating == "A" and f.requested_invoice_limit == 1_000_000
    ),
    "m43-e-invoice-platform": lambda f, on: f.vat_taxpayer_type in ("small_scale", "general"),
    "m44-in-province-move": lambda f, on: f.moves_within_province,
    "m44-cross-province-move": lambda f, on: f.moves_across_provinces,
    "m44-tax-services": lambda f, on: market_entity(f),
    "m45-simple-deregistration": lambda f, on: (
        not f.is_listed_joint_stock_company
        and f.debts_state in ("never_incurred", "settled")
        and f.abnormal_state in ("none", "cleared")
    ),
    "m46-consolidated-report": lambda f, on: f.is_general_investment_project,
    "m47-one-stop-utilities": lambda f, on: f.request_kind in ("power", "water", "gas", "heat", "telecom", "cable_tv"),
    "m48-full-agency": lambda f, on: f.is_major_project,
    "m48-expert-team": lambda f, on: enterprise(f),
    "m49-commitment-licence": lambda f, on: commitment(f),
    "m50-one-matter-service": lambda f, on: market_entity(f),
    "m51-licence-list": lambda f, on: not f.on_county_licence_list,
    "m51-no-legal-basis": lambda f, on: not f.licence_has_legal_basis,
    "m52-no-repeat-documents": lambda f, on: f.document_obtainable_by_sharing or f.available_as_electronic_licence,
    "m53-all-hours-service": lambda f, on: market_entity(f),
    "m54-policy-platform": lambda f, on: enterprise(f),
    "m55-lead-association": lambda f, on: enterprise(f) and f.ownership == "private" and f.is_key_enterprise,
    "m56-entrepreneur-honours": lambda f, on: (
        f.person_role in ("private_entrepreneur", "individual_business_representative") and f.recognised_as_outstanding
    ),
    "m56-entrepreneur-services": lambda f, on: f.person_role == "private_entrepreneur",
    "m56-entrepreneur-training": lambda f, on: f.person_role == "private_entrepreneur",
}
