# What pages and reports say, in Vietnamese. Terms are those of Decree 35/2022/ND-CP and Circular 05/2025/TT-BKHDT where they
# have one (see the glossary); not yet read by a native official. The same messages with the same variables as en.ftl.

## Numbers and units

scale-thousand = nghìn
scale-million = triệu
scale-billion = tỷ
from-to = { $low } đến { $high }

## Counts

counted-parks = { $n } khu công nghiệp
counted-firms = { $n } doanh nghiệp
counted-runs = { $n } lần chạy

## Units

unit-tCO2 = tCO₂
unit-tCO2-per-yr = tCO₂/năm
unit-parks = khu công nghiệp
unit-firms = doanh nghiệp
unit-USD = USD
unit-USD-per-yr = USD/năm
unit-m3 = m³
unit-m3-per-yr = m³/năm
unit-t = tấn
unit-t-per-yr = tấn/năm
unit-GJ-per-yr = GJ/năm
unit-MWh-per-yr = MWh/năm
unit-MWh-per-MUSD = MWh/triệu USD
unit-tCO2-per-MUSD = tCO₂/triệu USD
unit-share = tỷ lệ
unit-points-of-100 = điểm (trên 100)
unit-audits = cuộc đánh giá
unit-certificates-per-yr = giấy chứng nhận/năm
unit-exchanges = liên kết trao đổi
unit-firms-per-yr = doanh nghiệp/năm
unit-inspections-per-yr = cuộc thanh tra/năm
unit-violations-per-yr = vi phạm/năm
unit-jobs = việc làm
unit-measures = giải pháp
unit-measures-per-yr = giải pháp/năm
unit-options = phương án
unit-systems = hệ thống

## Outcomes

outcome-parks_established = Khu công nghiệp đã thành lập
outcome-parks_operating = Khu công nghiệp đang hoạt động
outcome-parks_converted = Khu công nghiệp đã chuyển đổi
outcome-parks_applied = Khu công nghiệp đang đề nghị chứng nhận
outcome-parks_certified = Khu công nghiệp sinh thái được chứng nhận
outcome-parks_founded_eco = Khu công nghiệp sinh thái thành lập mới
outcome-parks_lapsed = Khu công nghiệp hết hiệu lực chứng nhận
outcome-park_score_mean = Điểm trung bình của khu công nghiệp
outcome-firms = Doanh nghiệp
outcome-firms_aware_share = Doanh nghiệp biết đến RECP
outcome-recp_firm_share = Doanh nghiệp áp dụng RECP có đo lường
outcome-recp_firm_share_unmeasured = Doanh nghiệp áp dụng RECP
outcome-recp_measures_installed = Giải pháp đang sử dụng
outcome-options_identified = Phương án được xác định
outcome-options_implemented = Phương án được thực hiện
outcome-exchanges_identified = Liên kết trao đổi được xác định
outcome-exchanges_feasible = Liên kết trao đổi khả thi
outcome-exchanges_operating = Liên kết trao đổi đang vận hành
outcome-exchange_tonnes = Phụ phẩm được trao đổi
outcome-shared_infrastructure = Hệ thống hạ tầng dùng chung
outcome-electricity_mwh = Điện mua
outcome-fuel_gj = Nhiên liệu đốt
outcome-water_m3 = Nước sử dụng
outcome-wastewater_m3 = Nước thải
outcome-waste_t = Chất thải
outcome-hazardous_waste_t = Chất thải nguy hại
outcome-co2_t = Phát thải CO₂
outcome-electricity_saved_mwh = Điện tiết kiệm
outcome-fuel_saved_gj = Nhiên liệu tiết kiệm
outcome-water_saved_m3 = Nước tiết kiệm
outcome-waste_avoided_t = Chất thải tránh phát sinh
outcome-co2_avoided_t = CO₂ tránh phát thải
outcome-firm_investment_usd = Đầu tư của doanh nghiệp
outcome-firm_saving_usd = Khoản tiết kiệm của doanh nghiệp
outcome-public_spending_usd = Chi ngân sách công
outcome-public_revenue_usd = Thu ngân sách công
outcome-subsidy_paid_usd = Hỗ trợ đã chi
outcome-audits_done = Cuộc đánh giá đã thực hiện
outcome-inspections_done = Cuộc thanh tra đã thực hiện
outcome-jobs = Việc làm
outcome-revenue_usd = Doanh thu
outcome-co2_intensity_t_per_musd = CO₂ trên doanh thu
outcome-operator_spending_usd = Chi của nhà đầu tư hạ tầng
outcome-operator_revenue_usd = Thu của nhà đầu tư hạ tầng
outcome-co2_scope1_t = CO₂ từ nhiên liệu
outcome-co2_scope2_t = CO₂ từ điện
outcome-material_saved_usd = Nguyên vật liệu tiết kiệm
outcome-exchange_water_m3 = Nước được trao đổi
outcome-exchange_heat_gj = Nhiệt được trao đổi
outcome-exchange_material_usd = Nguyên vật liệu được trao đổi
outcome-exchange_saving_usd = Khoản tiết kiệm từ trao đổi
outcome-exchange_investment_usd = Đầu tư vào trao đổi
outcome-co2_avoided_outside_t = CO₂ tránh phát thải ngoài khu công nghiệp
outcome-firms_assisted = Doanh nghiệp được hỗ trợ kỹ thuật
outcome-violations_found = Vi phạm được phát hiện
outcome-co2_process_t = CO₂ từ quá trình công nghiệp
outcome-co2_total_t = CO₂ từ năng lượng và quá trình công nghiệp
outcome-allowances_free_t = Hạn ngạch phân bổ miễn phí
outcome-allowances_net_usd = Hạn ngạch mua của bên khác
outcome-loans_outstanding_usd = Dư nợ vay
outcome-interest_paid_usd = Lãi vay đã trả
outcome-interest_subsidised_usd = Lãi vay được hỗ trợ
outcome-vouchers_offered_usd = Phiếu hỗ trợ được cấp
outcome-parks_committed = Khu công nghiệp cam kết chuyển đổi
outcome-operator_audits_done = Cuộc đánh giá do nhà đầu tư hạ tầng thực hiện
outcome-electricity_mwh_per_musd = Điện trên doanh thu
outcome-operation_saved_mwh = Điện không dùng do giá cao
outcome-operation_saved_gj = Nhiên liệu không đốt do giá cao
outcome-operation_co2_t = CO₂ của năng lượng không dùng do giá cao
outcome-operation_cost_usd = Giá trị bị bỏ lỡ do năng lượng đắt
outcome-provinces_committed_share = Tỉnh có khu công nghiệp cam kết
outcome-parks_certified_unconverted = Khu công nghiệp được chứng nhận, chưa từng chuyển đổi
outcome-certificates_granted = Giấy chứng nhận được cấp
outcome-park_score_management = Điểm quản lý trung bình
outcome-park_score_environment = Điểm môi trường trung bình
outcome-park_score_social = Điểm xã hội trung bình
outcome-park_score_economic = Điểm kinh tế trung bình
outcome-exchanges_screened = Liên kết trao đổi được rà soát
outcome-exchanges_screened_feasible = Liên kết trao đổi được rà soát, khả thi
outcome-options_investment_usd = Đầu tư vào phương án
outcome-options_saving_usd = Khoản tiết kiệm từ phương án
outcome-options_co2_avoided_t = CO₂ tránh phát thải nhờ phương án
outcome-public_money_usd = Tiền công đã chi
outcome-options_saving_recorded_usd = Khoản tiết kiệm được ghi nhận của phương án
outcome-options_co2_recorded_t = CO₂ tránh phát thải được ghi nhận của phương án
outcome-vouchers_asked_usd = Phiếu hỗ trợ được đề nghị
outcome-voucher_adoptions = Giải pháp áp dụng có phiếu hỗ trợ
outcome-voucher_adoptions_additional = Giải pháp áp dụng nhờ phiếu hỗ trợ
outcome-vouchers_spent_anyway_usd = Phiếu hỗ trợ cho giải pháp vốn sẽ được mua
outcome-measures_adopted = Giải pháp mới áp dụng
outcome-firms_adopting = Doanh nghiệp mới áp dụng
outcome-identified_investment_usd = Đầu tư mà đánh giá nêu ra
outcome-identified_saving_usd = Khoản tiết kiệm mà đánh giá nêu ra
outcome-identified_co2_avoided_t = CO₂ tránh phát thải mà đánh giá nêu ra

## Sectors

sector-A01 = May mặc gia công
sector-A02 = Dệt, sợi, nhuộm
sector-A03 = Giày dép và túi xách
sector-A04 = Chế biến thủy sản
sector-A05 = Thực phẩm và đồ uống khác
sector-A06 = Gỗ và nội thất
sector-A07 = Nhà máy giấy
sector-A08 = Bao bì và in ấn
sector-A09 = Hóa chất, sơn, phân bón
sector-A10 = Nhựa và cao su
sector-A11 = Cán thép, lò hồ quang điện
sector-A12 = Sản phẩm kim loại và mạ
sector-A13 = Máy móc và thiết bị
sector-A14 = Điện tử và thiết bị điện
sector-A15 = Phụ tùng ô tô và xe máy
sector-A16 = Xi măng, gốm sứ, kính, bê tông
sector-A17 = Dược phẩm, mỹ phẩm, thiết bị y tế
sector-A18 = Kho vận

## Measures of firms

measure-lighting = Chiếu sáng LED
measure-compressed-air = Khí nén
measure-variable-speed-drives = Biến tần
measure-efficient-motors = Động cơ hiệu suất cao
measure-boiler-efficiency = Nâng hiệu suất lò hơi
measure-steam-system = Hệ thống hơi
measure-housekeeping-electricity = Quản lý nội vi, điện
measure-housekeeping-fuel = Quản lý nội vi, nhiên liệu
measure-housekeeping-water = Quản lý nội vi, nước
measure-cooling = Làm mát
measure-biomass-boiler = Lò hơi sinh khối
measure-biomass-boiler-at-renewal = Lò hơi sinh khối khi thay lò cũ
measure-rooftop-solar = Điện mặt trời mái nhà
measure-water-recycling = Tuần hoàn nước
measure-water-fittings = Thiết bị tiết kiệm nước
measure-chemical-dosing = Định lượng hóa chất
measure-scrap-reduction = Giảm phế phẩm
measure-waste-sorting = Phân loại chất thải
measure-energy-management = Quản lý năng lượng (ISO 50001)
measure-waste-heat-recovery = Thu hồi nhiệt thải
measure-heat-pump = Bơm nhiệt
measure-battery = Pin lưu trữ
measure-electric-boiler = Lò hơi điện
measure-electric-boiler-at-renewal = Lò hơi điện khi thay lò cũ
measure-high-temperature-electrification = Điện hóa nhiệt độ cao
measure-process-equipment = Thiết bị công nghệ

## Shared systems of parks

system-wastewater-plant = Nhà máy xử lý nước thải tập trung
system-irrigation-reuse = Nước thải đã xử lý dùng tưới cây, rửa đường
system-process-water-reuse = Nước thải đã xử lý thành nước sản xuất (UF và RO)
system-sludge-reuse = Bùn thải làm gạch hoặc phân compost
system-steam-network = Mạng dẫn hơi dư của doanh nghiệp
system-biomass-steam = Trung tâm cấp hơi sinh khối và mạng dẫn
system-solar-fleet = Cụm điện mặt trời mái nhà
system-waste-hub = Trung tâm phân loại, đóng kiện chất thải, nhiên liệu từ chất thải
system-fire-service = Dịch vụ phòng cháy, an ninh, y tế dùng chung
system-monitoring-platform = Nền tảng giám sát năng lượng và nước
system-logistics = Logistics dùng chung
system-rainwater = Thu nước mưa dùng chung

## Levers

lever-capital_subsidy = Tỷ lệ hỗ trợ vốn đầu tư qua phiếu hỗ trợ
lever-voucher_cap_usd = Mức phiếu hỗ trợ tối đa cho một doanh nghiệp
lever-subsidy_budget_usd = Ngân sách phiếu hỗ trợ hằng năm
lever-soft_loan = Tỷ lệ chi phí được vay ưu đãi
lever-loan_guarantee = Tỷ lệ chi phí được bảo lãnh vay
lever-interest_subsidy = Hỗ trợ lãi suất
lever-carbon_price = Giá các-bon
lever-carbon_threshold_toe = Ngưỡng năng lượng phải trả giá các-bon
lever-carbon_facilities = Số cơ sở được phân bổ hạn ngạch
lever-auctioned_share = Tỷ lệ hạn ngạch phải đấu giá
lever-allocation_decline = Mức giảm phân bổ miễn phí hằng năm
lever-electricity_price_change = Thay đổi giá điện
lever-landfill_charge_usd_t = Phí chôn lấp chất thải
lever-hazardous_waste_charge_usd_t = Phí chất thải nguy hại
lever-wastewater_charge_usd_m3 = Phí nước thải
lever-certification_premium = Lợi ích của giấy chứng nhận
lever-infrastructure_cofunding = Tỷ lệ đồng tài trợ hạ tầng dùng chung
lever-infrastructure_budget_usd = Ngân sách cho hạ tầng dùng chung
lever-infrastructure_soft_loan = Vay ưu đãi cho hạ tầng dùng chung
lever-infrastructure_studies = Nghiên cứu hệ thống dùng chung
lever-inspection_probability = Xác suất thanh tra
lever-inspection_targeting = Tỷ lệ thanh tra nhắm vào cơ sở từng vi phạm
lever-fine_usd = Mức phạt
lever-no_new_fossil_boilers = Không lắp mới lò hơi hóa thạch (đến nhiệt độ)
lever-fossil_boiler_end = Ngừng lò hơi hóa thạch (đến nhiệt độ)
lever-monitoring = Tỷ lệ khu công nghiệp có hệ thống giám sát
lever-certification_capacity = Năng lực xử lý hồ sơ chứng nhận
lever-certification_duration = Thời gian xử lý hồ sơ chứng nhận
lever-solar_rules = Nới quy định điện mặt trời mái nhà
lever-eip_duty = Nghĩa vụ quy hoạch khu công nghiệp sinh thái với khu mới
lever-information = Thông tin và so chuẩn
lever-training = Đào tạo
lever-facilitation_grant = Hỗ trợ kết nối cộng sinh công nghiệp
lever-provincial_support = Hỗ trợ của tỉnh
lever-auditors_per_year = Số cuộc đánh giá có thể thực hiện trong năm
lever-programme_capacity = Năng lực thực hiện chương trình
lever-symbiosis_screening = Rà soát cộng sinh công nghiệp
lever-waste_reuse_reform = Cải cách tái sử dụng chất thải
lever-wastewater_reuse_reform = Cải cách tái sử dụng nước thải
lever-hazardous_reuse_reform = Cải cách thu hồi chất thải nguy hại
lever-licence_months_factor = Thời gian cấp phép so với hiện nay
lever-sandbox = Thử nghiệm có kiểm soát

## Scenarios of the library

scenario-baseline = Chính sách đã ban hành
scenario-carbon-price = Giá các-bon cho mọi doanh nghiệp lớn
scenario-certification-benefits = Giấy chứng nhận có lợi ích
scenario-covid-shock-off = Không có chậm trễ do Covid-19
scenario-dearer-electricity = Giá điện cao hơn một phần năm
scenario-delayed-action = Cùng gói chính sách, chậm chín năm
scenario-enforcement = Thanh tra và xử phạt
scenario-equal-budget-per-adaptive-audits = Đánh giá do cơ quan quản lý điều chỉnh, cùng ngân sách
scenario-equal-budget-per-enforcement = Thanh tra và xử phạt, cùng ngân sách
scenario-equal-budget-per-operator-facilitation = Hỗ trợ kết nối, cùng ngân sách
scenario-equal-budget-per-screening = Rà soát cộng sinh, cùng ngân sách
scenario-equal-budget-per-shared-systems = Hệ thống dùng chung, cùng ngân sách
scenario-equal-budget-per-steady-audits = Số cuộc đánh giá đều hằng năm, cùng ngân sách
scenario-equal-budget-per-subsidy = Trợ cấp, cùng ngân sách
scenario-equal-budget-per-technical-assistance = Hỗ trợ kỹ thuật, cùng ngân sách
scenario-full-package = Toàn bộ gói chính sách hướng tới phát thải ròng bằng 0
scenario-green-finance = Tín dụng xanh
scenario-industrial-urban-exchange = Trao đổi giữa khu công nghiệp và đô thị
scenario-legal-reform = Cho phép tái sử dụng theo luật
scenario-national-target-2030 = Điều hành theo kế hoạch năm 2030
scenario-net-zero-2050 = Hướng tới phát thải ròng bằng 0 với chi phí thấp nhất (chưa đạt)
scenario-no-eip-policy = Không có chính sách khu công nghiệp sinh thái
scenario-operator-facilitation = Nhà đầu tư hạ tầng được hỗ trợ để kết nối
scenario-screening = Rà soát cộng sinh ở mọi khu công nghiệp
scenario-shared-systems = Nghiên cứu và đồng tài trợ hệ thống dùng chung
scenario-subsidy = Trợ cấp một phần năm
scenario-technical-assistance = Đánh giá cho mười nghìn doanh nghiệp
scenario-without-phase-two = Không có giai đoạn II của GEIPP

## Criteria of the certificate

criterion-tenant-firms-aware-of-RECP = Doanh nghiệp trong khu biết đến RECP
criterion-tenant-firms-applying-RECP = Doanh nghiệp trong khu áp dụng RECP
criterion-tenant-firms-applying-RECP-with-measured-savings = Doanh nghiệp trong khu áp dụng RECP, có kết quả đo lường
criterion-tenant-firms-planning-to-join-symbiosis = Doanh nghiệp trong khu có kế hoạch tham gia cộng sinh công nghiệp
criterion-industrial-symbiosis-links = Liên kết cộng sinh công nghiệp
criterion-industrial-symbiosis-with-suitable-ISO-systems-at-its-participants = Liên kết cộng sinh công nghiệp có doanh nghiệp tham gia áp dụng hệ thống quản lý ISO phù hợp
criterion-participants-of-the-symbiosis-without-violation = Doanh nghiệp tham gia cộng sinh không vi phạm
criterion-land-for-green-space--traffic-and-shared-infrastructure = Tỷ lệ đất cây xanh, giao thông và hạ tầng dùng chung
criterion-land-for-green-space-and-shared-infrastructure = Tỷ lệ đất cây xanh và hạ tầng dùng chung
criterion-investor-without-violation = Nhà đầu tư xây dựng và kinh doanh kết cấu hạ tầng không vi phạm
criterion-all-basic-services--symbiosis-support--tracking-of-inputs-and-outputs = Đủ dịch vụ cơ bản, hỗ trợ cộng sinh, giám sát đầu vào và đầu ra
criterion-annual-report-to-the-authority = Báo cáo hằng năm cho cơ quan quản lý

## Targets of laws and plans

target-Localities-with-a-plan-for-conversion = Địa phương có kế hoạch chuyển đổi
target-New-parks-that-are-eco-parks = Khu công nghiệp mới là khu công nghiệp sinh thái
target-Net-zero = Phát thải ròng bằng 0
target-source-Localities-with-a-plan-for-conversion = Kế hoạch năm 2030: 40-50 % địa phương có kế hoạch chuyển đổi; mô hình coi là có khi một khu công nghiệp của địa phương đã cam kết chuyển đổi
target-source-New-parks-that-are-eco-parks = Kế hoạch năm 2030: 8-10 % khu mới là khu công nghiệp sinh thái; tính từ năm 2026
target-source-Net-zero = Mục tiêu phát thải ròng bằng 0 năm 2050; giả định còn lại không quá một phần mười lượng CO₂ năm 2024 cho bể hấp thụ và loại bỏ

## More units

unit-links = liên kết
unit-years = năm
unit-reports = báo cáo
unit-ha = ha
unit-USD-per-tCO2 = USD/tCO₂
unit-yr = năm
unit-tCO2-per-million-USD = tCO₂/triệu USD
