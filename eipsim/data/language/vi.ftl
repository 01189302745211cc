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
