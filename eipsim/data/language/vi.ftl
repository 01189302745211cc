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
and = { $first } và { $last }

## How numbers are told

in-year = năm { $year }
over-years = giai đoạn { $first }–{ $last }
points = { $amount } điểm phần trăm
spread-range = chín phần mười của { $n } lần chạy: { $range }
spread-interval = khoảng tin cậy 95 % của { $n } cặp lần chạy: { $range }
spread-same = như nhau trong cả { $n } lần chạy
spread-one = một lần chạy, nên không xác định được độ bất định
change-points-more = cao hơn { $amount } điểm phần trăm so với “{ $base }”
change-points-less = thấp hơn { $amount } điểm phần trăm so với “{ $base }”
change-percent-more = cao hơn { $amount } % so với “{ $base }”
change-percent-less = thấp hơn { $amount } % so với “{ $base }”
change-units-more = cao hơn { $amount } so với “{ $base }”
change-units-less = thấp hơn { $amount } so với “{ $base }”
change-times = gấp { $amount } lần so với “{ $base }”

## Findings

title-plain = Kết quả của { $name }
title-level = { $scenario } – { $outcome } { $when }: { $value }
finding-rises = { $outcome }: tăng từ { $start } ({ $first }) lên { $end } ({ $last })
finding-falls = { $outcome }: giảm từ { $start } ({ $first }) xuống { $end } ({ $last })
finding-same = { $outcome }: { $end } ({ $last }), như năm { $first }
finding-differs = { $outcome } { $when }: theo “{ $scenario }”, { $change }{ $n ->
    [1] {""}
   *[other] , mức khác biệt lớn nhất
}
finding-none-differs = { $outcome } { $when }: { $n ->
    [1] kịch bản không khác biệt rõ rệt so với “{ $baseline }”
   *[other] không kịch bản nào trong { $n } kịch bản khác biệt rõ rệt so với “{ $baseline }”
}

## The page

kicker = Báo cáo của eipsim, mô hình mô phỏng quá trình khu công nghiệp tại Việt Nam trở thành khu công nghiệp sinh thái
subtitle-run = Kịch bản: { $scenarios } · { $n } lần chạy · { $first }–{ $last } · lập ngày { $date }
subtitle-comparison = Các kịch bản: { $scenarios } · mỗi kịch bản { $n } lần chạy · { $first }–{ $last } · lập ngày { $date }
subtitle-store = Các kịch bản: { $scenarios } · mỗi kịch bản { $n } lần chạy · { $first }–{ $last } · lập ngày { $date }
contents = Mục lục
footer = Mô hình không phải là dự báo: hãy đọc phần những điều mô hình không trả lời được trước khi sử dụng số liệu của báo cáo. Tiền tính bằng đô la Mỹ theo giá cố định năm 2024.

## Heads of tables

head-scenario = kịch bản
head-target = mục tiêu
head-year = năm
head-asked = yêu cầu
head-reached = đạt được (chín phần mười số lần chạy)
head-verdict = kết quả
head-public-money = ngân sách công so với kịch bản cơ sở
head-tonnes = CO₂ tránh thêm so với kịch bản cơ sở
head-per-million = trên mỗi triệu USD ngân sách công
head-shortfall = kém phương án kết hợp tốt nhất cùng mức ngân sách
head-public = ngân sách công
head-free-riders = trong đó cho doanh nghiệp vốn sẽ tự đầu tư
head-private = doanh nghiệp và nhà đầu tư hạ tầng
head-total = tổng cộng
head-transfers = khoản chuyển cho ngân sách, không tính ở các cột khác
head-measure = biện pháp
head-avoided = CO₂ tránh phát thải
head-capital = vốn đầu tư
head-cost-per-tonne = chi phí mỗi tấn
head-factor = yếu tố đầu vào bất định
head-interval = khoảng tin cậy 95 %
head-note = ghi chú
head-criterion = tiêu chí
head-failing = số khu không đạt
head-failing-alone = số khu chỉ không đạt tiêu chí này
head-shortfall-median = mức thiếu trung vị
head-outcome = chỉ tiêu
head-park = khu công nghiệp
head-id = mã
head-state = tình trạng
head-firms = doanh nghiệp
head-score = điểm (trên 100)
head-has = khu hiện có
head-needed = yêu cầu
head-what = nội dung
head-value = giá trị
head-table = số liệu của mô hình
head-values = số lượng
head-vietnamese = tiếng Việt
head-english = tiếng Anh
head-article = nguồn

## Summary

summary-title = Kết quả chính
summary-nothing = Kết quả này không có chỉ tiêu nào để báo cáo.
summary-run = { $n } lần chạy kịch bản “{ $scenario }” cho kết quả sau, tính cho mọi khu công nghiệp được mô phỏng (trung vị):
summary-comparison = { $others } kịch bản được so với “{ $scenario }” qua { $n } cặp lần chạy có cùng các biến ngẫu nhiên, nên chỉ khác nhau ở chính sách. “{ $scenario }” cho kết quả (trung vị):
summary-store = Kho “{ $folder }” có { $n } lần chạy cho mỗi kịch bản, với các yếu tố đầu vào chưa biết rõ. “{ $scenario }” cho kết quả (trung vị):
summary-level = { $outcome } { $when }: { $value } ({ $spread }).
summary-against = “{ $scenario }” so với “{ $baseline }”:
summary-difference = { $outcome } { $when }: { $difference } ({ $spread }).
summary-unclear = { $outcome } { $when }: { $difference }, không phân biệt được với 0 ({ $spread }).
summary-same = Không thay đổi: { $outcomes }.

## How to read

reading-title = Cách đọc số liệu
reading-range = Khoảng chín phần mười số lần chạy là khoảng chứa 90 % ở giữa của các lần chạy riêng lẻ: khác biệt do ngẫu nhiên và, trong kho kết quả, do những điều chưa biết.
reading-interval = Khoảng tin cậy 95 % cho biết giá trị trung bình của các cặp lần chạy được biết chính xác đến đâu: một bộ lần chạy khác sẽ cho trung bình khác, và 19 trong 20 lần nằm trong khoảng như vậy. Khoảng này không cho biết mô hình có đúng hay không.
reading-discounted = Chiết khấu nghĩa là tiền và số tấn về sau được tính thấp hơn, theo tỷ lệ chiết khấu xã hội của mô hình, quy về năm đầu tiên.
reading-flows = Các dòng (tấn, tiền) được cộng cho mọi năm khi có ghi như vậy; các chỉ tiêu khác là giá trị của năm cuối.
reading-additional = Phần tăng thêm là những gì sẽ không xảy ra theo kịch bản được dùng để so sánh.

## Pathways and targets

pathways-title = Lộ trình và các mục tiêu của pháp luật, kế hoạch
pathways-nothing = Kết quả này không có chỉ tiêu nào qua nhiều năm để vẽ.
pathways-some = Hình vẽ kịch bản cơ sở và các kịch bản khác biệt nhất vào năm cuối, tối đa { $n } kịch bản.
pathways-caption = Đường: trung vị của { $n } lần chạy; dải: một nửa và chín phần mười số lần chạy. Bên phải: trung vị năm { $year }.
pathways-caption-one = Chỉ một lần chạy nên không có dải. Bên phải: giá trị năm { $year }.
pathways-some-bands = Chỉ vẽ dải của kịch bản cơ sở và của kịch bản cao nhất vào năm cuối.
pathways-marks = Hình thoi: mức do pháp luật hoặc kế hoạch yêu cầu.
targets-title = Mục tiêu
targets-none = Kết quả này không nêu mục tiêu nào của pháp luật hoặc kế hoạch, hoặc kịch bản không còn đọc được như khi chạy. Lần chạy của một kịch bản trong thư viện có nêu các mục tiêu.
targets-finding = { $met ->
    [0] Không mục tiêu nào trong { $n } mục tiêu đạt được trong mọi lần chạy
   *[other] { $met } trong { $n } mục tiêu đạt được trong mọi lần chạy
}
target-at-least = ít nhất { $level }
target-at-most = nhiều nhất { $level }
target-cannot-tell = không xác định được
target-unknown = chưa rõ
target-met-all = đạt
target-met-none = không đạt
target-met-some = đạt trong { $met } của { $n } lần chạy

## Policies at equal cost

equal-title = So sánh chính sách với cùng chi phí
equal-finding = Một triệu đô la ngân sách công tránh được nhiều CO₂ nhất theo “{ $scenario }”: { $tonnes }
equal-finding-none = Không kịch bản nào dùng thêm ngân sách công so với kịch bản cơ sở và tránh được lượng CO₂ phân biệt được với 0
equal-no-money = không có ngân sách công
equal-note = Đã chiết khấu, trong ngoặc là khoảng tin cậy 95 %. Trên mỗi triệu USD: số tấn chia cho ngân sách công, theo trung bình. Phương án kết hợp tốt nhất: lượng mà các kịch bản trong bảng, kể cả kịch bản cơ sở, sẽ tránh được với cùng ngân sách nếu ngân sách được phân chia tốt nhất giữa chúng.
equal-same-money = Các kịch bản sử dụng cùng mức ngân sách công nên có thể so sánh trực tiếp.
equal-other-money = Các kịch bản không sử dụng cùng mức ngân sách công. Số tấn trên mỗi triệu chỉ so sánh được nếu ngân sách gấp đôi cho kết quả gấp đôi; các kịch bản trong “equal-budget/” của thư viện sử dụng cùng mức ngân sách.
costs-need-comparison = Chi phí của một chính sách là phần khác biệt so với khi không có chính sách đó, nên cần một phép so sánh. Kết quả này chỉ có một kịch bản; lệnh sau tạo ra phép so sánh:
costs-not-stored = Kho này không có những gì cần để tính chi phí: một kịch bản cơ sở để các lần chạy đi thành cặp, và các chỉ tiêu về tiền và CO₂ của mô hình.

## Who pays for what tonne

payers-title = Ai trả cho tấn CO₂ nào
payers-finding-costs = Một tấn tránh phát thải có chi phí thấp nhất theo “{ $scenario }”: { $amount } tổng cộng
payers-finding-saves = Một tấn tránh phát thải tiết kiệm nhiều nhất theo “{ $scenario }”: { $amount } tổng cộng
payers-finding-none = Không kịch bản nào tránh được lượng CO₂ phân biệt được với 0, nên không có chi phí mỗi tấn
payers-table = Chi phí của một tấn CO₂ tránh thêm, theo bên chi trả
payers-axis = USD cho mỗi tấn CO₂ tránh thêm
payers-caption = Bên trái số 0: doanh nghiệp và nhà đầu tư hạ tầng tiết kiệm nhiều hơn chi. Đoạn thẳng: khoảng tin cậy 95 % của tổng, là hình thoi có số ở bên phải. Đã chiết khấu.
payers-note = USD cho mỗi tấn tránh thêm, đã chiết khấu, trong ngoặc là khoảng tin cậy 95 %. Giá các-bon, phí và tiền phạt là khoản chuyển: doanh nghiệp chi bao nhiêu thì ngân sách thu bấy nhiêu, và không tính ở các cột khác.
cost-no-tonne = không tránh thêm
cost-no-tonne-note = Không tránh thêm: phát thải không giảm so với kịch bản cơ sở.
cost-uncertain-tonne = lượng không phân biệt được với 0
cost-uncertain-tonne-note = Khi lượng tránh thêm không phân biệt được với 0 thì không nêu chi phí mỗi tấn.
cost-other-drivers = yếu tố bên ngoài khác nhau
cost-other-drivers-note = Khi các yếu tố bên ngoài khác với kịch bản cơ sở, số tấn gồm cả phần do các yếu tố đó.
legend-public = ngân sách công
legend-free-riders = ngân sách công, cho doanh nghiệp vốn sẽ tự đầu tư
legend-private = doanh nghiệp và nhà đầu tư hạ tầng
legend-total = tổng cộng
steps-finding = { $measure }: { $share } lượng CO₂ tránh phát thải năm { $year }, nhiều hơn mọi biện pháp khác
steps-note = Chi phí mỗi tấn: vốn quy về hằng năm trừ khoản tiết kiệm mỗi năm, không tính giá các-bon; dưới 0 là tiết kiệm tiền. Gồm giải pháp của doanh nghiệp, hệ thống dùng chung của khu và liên kết trao đổi đã thực hiện trong lần chạy này. Chi phí ở đây không phải là phần tăng thêm so với kịch bản cơ sở.

## Sensitivity

sensitivity-title = Yếu tố bất định nào quyết định
sensitivity-needs-store = Chỉ kho kết quả của một bộ lần chạy có thiết kế mới cho biết yếu tố đầu vào nào quyết định: một lần chạy hay một phép so sánh không thay đổi các yếu tố đầu vào. Lệnh `eipsim sweep` tạo kho từ một thiết kế.
sensitivity-not-allowed = Thiết kế của kho này, hoặc nội dung của kho, không cho phép quy khác biệt về từng yếu tố đầu vào. Lệnh sau cho biết lý do:
sensitivity-limits = Tỷ lệ tính trên những gì thiết kế thay đổi, trong các khoảng mà thiết kế đặt ra; những gì giữ cố định không nằm trong đó. Chỉ phân biệt được hai yếu tố khi khoảng tin cậy của chúng không chồng lên nhau. Lệnh `eipsim sensitivity` cho mọi chỉ số và những điều cần lưu ý.
sensitivity-none = { $outcome }: không xác định được yếu tố nào quan trọng nhất, vì yếu tố có chỉ số lớn nhất có khoảng tin cậy chạm tới 0, hoặc không có khoảng tin cậy; cần thêm điểm thiết kế.
sensitivity-finding = { $outcome }: { $factor } quan trọng nhất theo “{ $scenario }”
sensitivity-caption = Thanh: { $n } điểm của thiết kế; đoạn thẳng: khoảng tin cậy 95 % khi chọn lại các điểm.
sensitivity-luck = Ngẫu nhiên chiếm { $share } phương sai của một lần chạy.
sensitivity-no-luck = Không xác định được phần do ngẫu nhiên từ các lần chạy này.
sensitivity-table = { $outcome }: các yếu tố đầu vào quan trọng nhất
index-share = tỷ lệ phương sai, riêng và cùng các yếu tố khác
index-other = chỉ số { $index }
legend-matters = phân biệt được với 0
legend-not-told = không phân biệt được với 0, hoặc với yếu tố không có tác động
note-constant = chỉ tiêu không thay đổi
note-nothing = không phân biệt được với 0
note-dummy = không phân biệt được với yếu tố không có tác động

## Certificates

certificates-title = Vì sao khu công nghiệp chưa được chứng nhận
certificates-need-run = Tiêu chí nào cản trở chỉ được lưu trong lần chạy của một kịch bản, không có trong phép so sánh và kho kết quả. Lệnh sau cho biết:
certificates-no-decree = Không có nghị định nào về khu công nghiệp sinh thái có hiệu lực trong các năm của lần chạy này, nên không khu nào được chứng nhận.
certificates-states = Trong lần chạy đầu tiên, cuối năm { $year } có { $parks } khu công nghiệp. Tình trạng cao nhất của mỗi khu: { $states }.
certificates-finding = Năm { $year }, { $n } trong { $parks } khu công nghiệp đang hoạt động không đạt tiêu chí “{ $criterion }”, nhiều hơn mọi tiêu chí khác.
certificates-finding-alone = { $n } khu chỉ không đạt tiêu chí “{ $criterion }”.
certificates-finding-none = Năm { $year } không khu công nghiệp đang hoạt động nào không đạt tiêu chí
certificates-axis = % của { $parks } khu công nghiệp đang hoạt động có doanh nghiệp
certificates-caption = Tiêu chí của { $decree }, cuối năm { $year }. Bên phải: số khu không đạt / số khu chỉ không đạt tiêu chí này.
certificates-table = Các tiêu chí bằng số
certificates-note = Một khu không đạt tiêu chí khi riêng tiêu chí đó đủ để khu không được chứng nhận, dù khu có muốn hay không. Mức thiếu: của khu trung vị trong số các khu không đạt, theo đơn vị của tiêu chí. Khu đạt mọi tiêu chí vẫn có thể chưa được chứng nhận: nhà đầu tư hạ tầng chưa cam kết, hoặc hồ sơ đang chờ.
legend-failing = không đạt
legend-failing-alone = chỉ không đạt tiêu chí này
state-established = { $n } khu đã thành lập, chưa có doanh nghiệp
state-operating = { $n } khu đang hoạt động
state-committed = { $n } khu cam kết chuyển đổi
state-converted = { $n } khu đã chuyển đổi
state-applied = { $n } khu đang đề nghị chứng nhận
state-certified = { $n } khu được chứng nhận
of-state-established = đã thành lập, chưa có doanh nghiệp
of-state-operating = đang hoạt động
of-state-committed = cam kết chuyển đổi
of-state-converted = đã chuyển đổi
of-state-applied = đang đề nghị chứng nhận
of-state-certified = được chứng nhận

## A province

province-title = Tỉnh, thành phố { $province }
province-needs-run = Kho kết quả không lưu số liệu theo tỉnh. Lệnh sau tạo ra số liệu đó; sau đó hãy nêu tên tỉnh trong báo cáo của kết quả này:
province-both-maps = { $province }, cùng các khu theo địa giới năm 2024 và theo địa giới từ tháng 7 năm 2025
province-scenarios = { $province } năm { $year }, theo kịch bản
province-map-2024 = { $province } theo địa giới năm 2024
province-map-2025 = { $province } theo địa giới từ tháng 7 năm 2025, cho mọi năm
province-no-table = Kết quả này không có bảng theo địa giới đó.
province-no-parks = Tỉnh không có khu công nghiệp nào trong lần chạy này.
province-finding = Năm { $year }, { $certified } trong { $parks } khu công nghiệp đang hoạt động của { $province } có giấy chứng nhận
province-note = Của một lần chạy: ngẫu nhiên ảnh hưởng đến một tỉnh nhiều hơn cả nước.
province-parks = { $n } khu công nghiệp của tỉnh cuối năm { $year }, khu lớn nhất trước
province-parks-some = { $most } khu lớn nhất trong { $n } khu công nghiệp của tỉnh cuối năm { $year }
province-merged = Từ tháng 7 năm 2025, { $province } là một phần của { $successor }.

## A park

park-title = Khu công nghiệp { $park }
park-needs-run = Muốn xem chi tiết một khu công nghiệp phải chạy lại, từ kết quả của một lần chạy hoặc một phép so sánh. Lệnh sau tạo ra kết quả đó; sau đó hãy nêu lại tên khu:
park-synthetic = Khu công nghiệp chỉ có thật trong phạm vi các danh mục khu công nghiệp nêu; doanh nghiệp trong khu là doanh nghiệp giả lập. Kết quả của một khu có tên là kết quả của một khu có quy mô, địa điểm và loại hình như vậy, và ngẫu nhiên ảnh hưởng nhiều đến một khu riêng lẻ.
park-absent = Cuối năm { $year } khu công nghiệp chưa được thành lập.
park-verdict-certified = Có: cuối năm { $year } khu có giấy chứng nhận, được cấp hoặc cấp lại năm { $granted }.
park-verdict-applied = Chưa: cuối năm { $year } khu đã đề nghị (năm { $applied }) và đang chờ quyết định.
park-verdict-none = Không: cuối năm { $year } khu không có giấy chứng nhận.
park-verdict-preparing = Không: cuối năm { $year } khu không có giấy chứng nhận; khu đang chuẩn bị hồ sơ.
park-verdict-revoked = Không: cuối năm { $year } khu không có giấy chứng nhận; giấy chứng nhận trước đây đã bị thu hồi.
park-failing = Khu không đạt { $n } trong { $of } tiêu chí.
park-none-failing = Khu đạt cả { $of } tiêu chí; điều còn thiếu là cam kết của nhà đầu tư hạ tầng hoặc quyết định của tỉnh.
park-no-decree = Cuối năm { $year } không có nghị định nào về khu công nghiệp sinh thái có hiệu lực.
park-criteria = Các tiêu chí của { $decree } cuối năm { $year }
park-commit = Nhà đầu tư hạ tầng cam kết chuyển đổi năm { $year }.
park-not-commit = Nhà đầu tư hạ tầng chưa cam kết chuyển đổi.
park-converted = Việc chuyển đổi hoàn thành năm { $year }.
park-not-converted = Khu chưa chuyển đổi.
park-applied = Khu đề nghị chứng nhận lần cuối năm { $year }.
park-not-applied = Khu chưa từng đề nghị chứng nhận.
park-pursues = Đối với nhà đầu tư hạ tầng, giấy chứng nhận có giá trị { $benefit }, và những gì còn thiếu có chi phí { $cost }, nên nhà đầu tư thực hiện.
park-does-not-pursue = Đối với nhà đầu tư hạ tầng, giấy chứng nhận có giá trị { $benefit }, nhưng những gì còn thiếu có chi phí { $cost }, nên nhà đầu tư không thực hiện.
park-out-of-reach = Đối với nhà đầu tư hạ tầng, giấy chứng nhận có giá trị { $benefit }, nhưng có một tiêu chí không thể khắc phục.
park-nothing-missing = Đối với nhà đầu tư hạ tầng, giấy chứng nhận có giá trị { $benefit }; không còn thiếu điều gì có thể đặt làm.
park-audits = Nhà đầu tư hạ tầng đã đặt { $n } cuộc đánh giá doanh nghiệp trong khu từ năm 2015.
park-systems = { $n } hệ thống dùng chung đang được sử dụng
head-system = hệ thống dùng chung
head-since = từ năm
head-used = mức sử dụng
head-tenants = doanh nghiệp kết nối
park-no-systems = Hạ tầng dùng chung: chưa có hệ thống nào được sử dụng.
park-on-record = { $n } doanh nghiệp trong khu đang bị ghi nhận vi phạm.
holds = đạt
fails = không đạt
yes = có
no = không
no-violation = không có vi phạm được ghi nhận
again-own-code = Lần chạy dùng mã của người dùng mà báo cáo không chạy lại, nên không xem được chi tiết khu tại đây; lệnh `eipsim explain park` với --trust làm được.
again-ensemble = Các lần chạy khác nhau về tham số và doanh nghiệp giả lập (--ensemble), nên không có một lần chạy để xem; một lần chạy đơn của kịch bản thì có.
again-other-data = Dữ liệu của mô hình đã thay đổi từ khi có kết quả này nên không chạy lại như cũ được; hãy chạy lại kịch bản.
again-other-scenario = Kịch bản không còn đọc được như khi chạy (tệp của người dùng, hoặc đã thay đổi) nên không chạy lại như cũ được; lệnh `eipsim explain park` đọc được tệp đó.
again-other-world = Dữ liệu về các khu công nghiệp của lần chạy không còn như cũ nên không chạy lại được; hãy chạy lại kịch bản.

## Pages of things: parks, firms, provinces, stores

page-park = { $park } ({ $id }, { $province })
page-firm = Doanh nghiệp { $firm }
page-store = { $title }
page-why-park = Có giấy chứng nhận không, và vì sao?
page-scores = Điểm đánh giá
page-tenants = Doanh nghiệp trong khu
page-measures = Giải pháp đang áp dụng
page-exchanges = Liên kết cộng sinh
page-place = Vị trí
page-what-firm = Doanh nghiệp này là gì
page-history = Diễn biến qua các năm
page-decisions = Đã chọn và không chọn gì, năm { $year }
page-country = So với cả nước
page-ranks = Chính sách nào tốt nhất
page-failing = Chính sách thất bại với những đầu vào nào
page-search = Tìm kiếm
page-search-hint = Khu công nghiệp, tỉnh, hoặc mã doanh nghiệp
page-search-none = Không có gì mang tên “{ $text }”.
page-search-found = Có { $n } kết quả
page-index = Kết quả
page-parks = Khu công nghiệp
page-provinces = Tỉnh, thành phố
page-overview = Cả nước
page-all-parks = { $n } khu công nghiệp cuối năm { $year }
page-all-provinces = { $n } tỉnh, thành phố cuối năm { $year }
page-back = Mọi trang
page-other-language = English
page-not-again = Trang của các khu công nghiệp cần chạy lại một lần nữa, nhưng không thể thực hiện:
page-written = Lập bởi { $version }, ngày { $date }. Các trang này không cần mạng và không cần Python.
page-skip = Đến nội dung
page-kicker = eipsim, mô hình mô phỏng quá trình khu công nghiệp tại Việt Nam trở thành khu công nghiệp sinh thái
page-failed = Không thể hiển thị trang này:
page-working = Đang tính, mất thời gian bằng một lần chạy…
page-year = Cuối năm
store-none = Chưa có kho kết quả nào: `eipsim dashboard STORE` hiển thị một kho.
kind-park = khu công nghiệp
kind-firm = doanh nghiệp
kind-province = tỉnh, thành phố
score-score = Điểm trung bình
score-management = Quản lý
score-environment = Môi trường
score-social = Xã hội
score-economic = Kinh tế
scores-table = Điểm qua các năm, trên { $full }
scores-axis = điểm trên { $full }
scores-caption = Điểm của bốn nhóm tiêu chí và điểm trung bình.
tenants-none = Cuối năm { $year } khu chưa có doanh nghiệp.
tenants-finding = { $applying } trong { $n } doanh nghiệp áp dụng RECP cuối năm { $year }
tenants-largest = { $n } doanh nghiệp lớn nhất trong { $of } doanh nghiệp của khu
tenants-note = Xếp theo số lao động. CO₂ tránh phát thải: nhờ giải pháp của doanh nghiệp, liên kết trao đổi và hệ thống dùng chung, trong năm.
measures-none = Không doanh nghiệp nào áp dụng giải pháp nào.
measures-finding = { $measure } được nhiều doanh nghiệp áp dụng nhất: { $n }
measures-note = Đang áp dụng vào cuối năm. Tự đầu tư: không tính giải pháp đã có từ đầu. Có ngân sách công: mua với hỗ trợ (voucher).
exchanges-none = Chưa doanh nghiệp nào từng tham gia liên kết trao đổi được xem xét.
exchanges-none-now = Đã xác định { $n } liên kết trao đổi; hiện không liên kết nào hoạt động.
exchanges-finding = { $n } liên kết đang hoạt động, trong { $ever } liên kết từng được xác định
exchanges-some = { $n } dòng lớn nhất trong { $of } dòng.
side-partner = đối tác ngoài khu
side-elsewhere = { $sector }, ở khu khác
network-title = Ai cung cấp gì cho ai tại { $park }
network-caption = Dải càng dày thì càng nhiều liên kết, đi từ bên cung cấp ở bên trái đến bên tiếp nhận ở bên phải. Đậm: doanh nghiệp trong khu; nhạt: đối tác bên ngoài. Chữ trong hình là tiếng Anh.
english-figure = Chữ trong hình là tiếng Anh.
fold-figure = Hình của dòng lệnh
firm-what = { $sector }, { $employees } lao động, { $owner }, { $finance }, ở khu từ năm { $since }.
firm-foreign = vốn nước ngoài
firm-domestic = trong nước
firm-constrained = thiếu vốn
firm-unconstrained = không thiếu vốn
firm-synthetic = Doanh nghiệp là tổng hợp: không phải doanh nghiệp có thật.
firm-used = Sử dụng và tiết kiệm trong năm { $year }
of-firm-employees = Lao động
of-firm-revenue_usd = Doanh thu
of-firm-electricity_mwh = Điện sử dụng
of-firm-fuel_gj = Nhiên liệu sử dụng
of-firm-water_m3 = Nước sử dụng
of-firm-waste_t = Chất thải
of-firm-co2_t = CO₂
firm-entered = { $year }: vào khu công nghiệp.
firm-heard = { $year }: biết đến sản xuất sạch hơn (RECP).
firm-not-heard = Chưa biết đến sản xuất sạch hơn (RECP).
firm-audited = { $year }: được đánh giá RECP lần gần nhất.
firm-never-audited = Chưa từng được đánh giá RECP.
firm-adopted = { $year }: áp dụng { $measures }.
firm-with-voucher = có hỗ trợ (voucher)
firm-stock = Đã có từ đầu: { $measures }.
decisions-finding = Có { $has } trong { $applicable } giải pháp có tác dụng với doanh nghiệp, cuối năm { $year }
decisions-note = { $n ->
    [0] Chi phí, mức tiết kiệm và xác suất: của các giải pháp đã biết mà chưa có.
   *[other] { $n } giải pháp khác không có tác dụng trong ngành này, hoặc tiết kiệm thứ mà doanh nghiệp không dùng. Chi phí, mức tiết kiệm và xác suất: của các giải pháp đã biết mà chưa có.
} Chấp nhận: trong vòng hai năm.
decision-of = { $measure }: { $verdict }
decision-not-noticed = Chưa biết đến giải pháp: xác suất chưa nhận ra đã giảm còn { $left }, và doanh nghiệp nhận ra khi còn { $bar }, số ngẫu nhiên của mình.
decision-hazard = Xác suất nhận ra trong năm là { $hazard }.
decision-known = Biết đến giải pháp từ năm { $year }.
decision-cost = Chi phí { $cost }, gồm cả chi phí ẩn.
decision-voucher = Hỗ trợ (voucher) chi trả { $amount } trong số đó ({ $rate }).
decision-loan = Ngân hàng cho vay { $amount } trong { $years } năm với lãi suất { $rate } trên lạm phát.
decision-saves = Tiết kiệm { $saving }: thời gian hoàn vốn { $payback }.
decision-never-pays = Theo giá của năm, chi phí vận hành cao hơn mức tiết kiệm.
decision-peers = { $share } doanh nghiệp mà doanh nghiệp này quan sát đã có giải pháp.
decision-acceptance = Xác suất chấp nhận trong vòng hai năm là { $share }, theo quy tắc `{ $rule }`.
decision-accepted = Đã chấp nhận: xác suất chưa chấp nhận đã giảm còn { $chance }; số ngẫu nhiên của doanh nghiệp là { $bar }.
decision-not-accepted = Chưa chấp nhận: xác suất chưa chấp nhận đã giảm còn { $chance }, và doanh nghiệp chấp nhận khi còn { $bar }, số ngẫu nhiên của mình.
decision-budget = Ngân sách cho các giải pháp trong năm là { $amount }.
decision-turn = Khi đến lượt còn { $left }; cần { $needed } vốn tự có.
verdict-absent = không có ở khu
verdict-took-it = chọn trong năm này
verdict-renewed-it = hết tuổi thọ, thay mới ngay
verdict-chosen-at-renewal = chọn khi lò hơi hết tuổi thọ
verdict-new-boiler = lò hơi mới, thuộc loại khác
verdict-has-it-from-stock = có từ đầu
verdict-adopted-it-before = áp dụng từ năm trước
verdict-not-applicable = không có tác dụng
verdict-not-available = chưa có trên thị trường
verdict-not-known = chưa biết đến
verdict-excluded = không thể có cùng giải pháp khác
verdict-never-pays = chi phí cao hơn mức tiết kiệm
verdict-not-accepted = đã biết, chưa chấp nhận
verdict-cannot-pay = đã chấp nhận, vượt quá ngân sách
head-province = tỉnh, thành phố
head-sector = ngành
head-employees = lao động
head-owner = sở hữu
head-firm = doanh nghiệp
head-applies-recp = áp dụng RECP
head-co2 = CO₂
head-measures-used = giải pháp đang áp dụng
head-tenants-use = doanh nghiệp áp dụng
head-adopted = trong đó tự đầu tư
head-with-public-money = có ngân sách công
head-category = nhóm tiêu chí
head-stream = dòng
head-gives = bên cung cấp
head-takes = bên tiếp nhận
head-how-many = số liên kết
head-moved = lượng trong năm
head-a-measure = giải pháp
head-what-came = kết quả
head-known-since = biết hoặc có từ năm
head-cost = chi phí
head-saves = tiết kiệm
head-payback = hoàn vốn
head-acceptance = chấp nhận
head-here = tại đây
head-country = cả nước
head-part = phần của cả nước
head-rank = hạng
head-mean = trung bình
head-best-share = tốt nhất trong
head-regret = tổn thất trung bình
head-from = từ
head-to = đến
head-found-again = tìm lại được
head-parks = khu công nghiệp
the-country = cả nước
country-finding = { $province } chiếm { $share } lượng CO₂ tránh phát thải của cả nước năm { $year }
country-note = Tỷ lệ, điểm và cường độ không phải là phần của cả nước: chúng được đặt bên cạnh.
country-more = { $outcome }: { $province } ({ $here }) cao hơn cả nước ({ $country }), năm { $year }
country-less = { $outcome }: { $province } ({ $here }) thấp hơn cả nước ({ $country }), năm { $year }
country-same = { $outcome }: { $province } bằng cả nước ({ $country }), năm { $year }
country-caption = Của một lần chạy, qua từng năm.
province-new-map = { $province } chỉ có theo địa giới từ tháng 7 năm 2025, và lần chạy này không có bảng theo địa giới đó: lần chạy chi tiết mới có.
store-needs-factors = Cần một thiết kế có biến đổi đầu vào và đủ số điểm, ví dụ:
store-needs-scenarios = Kho này chỉ có một kịch bản nên không thể xếp hạng. Cần một thiết kế có nhiều kịch bản:
store-not-ranked = Nội dung của kho này không cho phép xếp hạng các kịch bản. Lệnh sau cho biết lý do:
store-not-discovered = Nội dung của kho này không cho phép tìm những đầu vào như vậy. Lệnh sau cho biết lý do:
ranks-finding = { $outcome } { $when }: “{ $scenario }” tốt nhất tính trung bình, và trong { $best } trên { $n } trạng thái
ranks-axis = % số trạng thái mà kịch bản là tốt nhất
ranks-caption = { $n } trạng thái: đầu vào và số ngẫu nhiên chung cho mọi kịch bản. Vạch: khoảng tin cậy 95 %.
ranks-table = { $outcome }: các kịch bản, tốt nhất trước
ranks-note = Tốt nhất trong: tỷ lệ số trạng thái. Tổn thất trung bình: phần mất đi so với kịch bản tốt nhất của từng trạng thái.
ranks-map = { $outcome }: mỗi kịch bản đạt mỗi hạng bao nhiêu lần
failing-means = Ở đây, thất bại là kết quả thuộc { $share } lần chạy kém nhất của chính chính sách: `{ $where }`.
failing-none = “{ $scenario }”: không tìm thấy đầu vào nào mà chính sách thất bại rõ rệt nhiều hơn, trong { $n } lần chạy.
failing-finding = “{ $scenario }” thất bại trong { $density } số lần chạy trong các giới hạn này (mọi lần chạy: { $base }); { $coverage } số thất bại nằm ở đó
failing-note = Dấu gạch: không có giới hạn ở phía đó. Tìm lại được: tỷ lệ mẫu rút lại cũng giới hạn đầu vào này.
page-of-one = Trang của các khu công nghiệp và tỉnh chỉ có với kết quả của một kịch bản. Các lệnh sau tạo ra chúng:
page-more = Xem thêm
page-report = Báo cáo của cả nước: lộ trình và mục tiêu, chi phí, giấy chứng nhận, giới hạn, nguồn gốc
page-search-hint-pages = Khu công nghiệp hoặc tỉnh, theo tên hoặc một phần của tên
network-command = Lệnh sau vẽ hình ai cung cấp gì cho ai:
ranks-tie = { $outcome } { $when }: không kịch bản nào tốt hơn kịch bản khác.

## Limits

limits-title = Những điều mô hình không trả lời được
limits-intro = Mô hình không tự cho biết câu hỏi nào nó trả lời kém. Những điều đã biết:
limit-output = Sản lượng và số doanh nghiệp không phản ứng với chính sách: không nói được gì về việc làm tăng hay giảm do chính sách, về chuyển dịch sản xuất ra nước ngoài, hay về năng lực cạnh tranh.
limit-prices = Giá cả được cho từ bên ngoài (trừ giá sinh khối): một trăm khu mua bơm nhiệt không làm bơm nhiệt đắt lên hay rẻ đi.
limit-grid = Hệ số phát thải của lưới điện là một lộ trình cho trước: tiết kiệm điện không làm thay đổi cách sản xuất phần điện còn lại, và không tránh được CO₂ khi lộ trình gần bằng 0.
limit-answer = Khi năng lượng đắt, doanh nghiệp dùng ít đi và chịu thiệt; không biết ai khác được lợi hay bị thiệt, và doanh nghiệp từ bỏ điều gì.
limit-loans = Không ai mất khả năng trả nợ, nên bảo lãnh không làm ngân sách tốn kém: xếp hạng cao cho bảo lãnh là xếp hạng giả định này.
limit-limited = Kỹ sư, thợ lắp đặt, thiết bị, mặt bằng cho lò hơi và khả năng tiếp nhận của lưới điện không bị giới hạn, nên các kịch bản tham vọng có vẻ dễ hơn thực tế.
limit-catalogue = Có hai mươi bốn giải pháp, đều mua được hiện nay: không có hydro, không có thu giữ CO₂, không có quy trình mới. Phần còn lại vào năm 2050 là phần mà danh mục này để lại. Không tính mê-tan, N₂O và môi chất lạnh.
limit-programmes = Chưa có chương trình nào ở Việt Nam được đánh giá so với các doanh nghiệp không tham gia. Tác động của chương trình dựa trên một giả định có khoảng xuống đến không có tác động.
limit-judgement = Phần lớn số liệu về hành vi, năm có thể mua giải pháp và mức giảm chi phí của giải pháp là phán đoán.
limit-parks = Các khu công nghiệp liệt kê được là có thật, doanh nghiệp trong khu là giả lập.
limit-single-run = Một lần chạy nói được ít về một khu hay một chương trình: ngẫu nhiên ảnh hưởng nhiều đến một khu, và doanh nghiệp giả lập làm chi phí của chương trình thay đổi nhiều lần.

## How well the model's numbers are known

values-title = Số liệu của mô hình được biết rõ đến đâu
values-finding = { $sourced } số liệu của mô hình có trong nguồn đã xem; { $assumed } là giả định
values-parameters = tham số của mô hình
values-world = hằng số về các khu công nghiệp
values-measures = số liệu của các giải pháp
values-note = Có nguồn: nêu trong nguồn. Suy ra: tính từ các nguồn, hoặc nằm trong phạm vi các nguồn nêu. Hiệu chỉnh: khớp với kết quả của một chương trình. Giả định: phán đoán, hoặc chỉ nhớ lại. Theo phiên bản eipsim đã lập báo cáo này.
status-sourced = có nguồn
status-derived = suy ra
status-calibrated = hiệu chỉnh
status-assumed = giả định

## Provenance

provenance-title = Kết quả này từ đâu
provenance-table = Những gì quyết định kết quả
provenance-note = Cùng phiên bản, kịch bản, dữ liệu về các khu, số mầm ngẫu nhiên và lần lặp thì cho cùng kết quả. Trong ngoặc: phần đầu của mã băm nội dung; nội dung như nhau có mã như nhau.
provenance-folder = kết quả
provenance-design = thiết kế
provenance-scenarios = kịch bản
provenance-settings = giá trị đã đặt
provenance-world = dữ liệu về các khu
provenance-years = các năm
provenance-runs = số lần chạy
provenance-points = số điểm của thiết kế
provenance-sampler = cách lấy mẫu
provenance-factors = yếu tố đầu vào được thay đổi
provenance-rule = quy tắc quyết định
provenance-seed = số mầm ngẫu nhiên
provenance-replicate = lần lặp
provenance-population = bộ doanh nghiệp giả lập
provenance-replicates = số lần lặp
provenance-ensemble = số bộ tham số
provenance-parameters = mã băm của tham số
provenance-data = mã băm của dữ liệu
provenance-versions = phiên bản
provenance-commit = commit
provenance-finished = ngày chạy
provenance-report = báo cáo lập bằng
remark-missing = { $n } lần chạy của thiết kế không có kết quả và không được tính.
remark-failures = { $n } lần chạy bị lỗi và không được tính, cùng các lần chạy đi cặp với chúng.
remark-prices = Trong { $n } năm kể từ { $first }, một giá năng lượng lệch khỏi mức dự kiến nhiều hơn mức được tính.
remark-own-country = Dữ liệu là của một nước do người dùng đưa vào; bảng nào thiếu thì dùng của Việt Nam.
remark-totals = Dữ liệu về các khu không đạt mọi tổng số mà các bảng yêu cầu; tệp manifest liệt kê các tổng số đó.
remark-own-code = Mã của người dùng tham gia vào kết quả này.
remark-other-data = Dữ liệu của mô hình đã thay đổi từ khi có kết quả này.

## Terms

terms-title = Thuật ngữ
terms-intro = Thuật ngữ pháp lý lấy theo Nghị định 35/2022/NĐ-CP và Thông tư 05/2025/TT-BKHĐT khi có. Bản tiếng Việt của báo cáo chưa được cán bộ chuyên môn người Việt đọc soát.
terms-table = Thuật ngữ bằng hai thứ tiếng, và nguồn của mỗi thuật ngữ
terms-note = “Thuật ngữ của mô hình”: mô hình cần một từ mà các văn bản đã đọc không có, hoặc chưa biết chắc điều khoản.
term-park = khu công nghiệp
article-park = Nghị định 35/2022/NĐ-CP
term-eip = khu công nghiệp sinh thái
article-eip = Nghị định 35/2022/NĐ-CP, Điều 37 (tiêu chí)
term-symbiosis = cộng sinh công nghiệp
article-symbiosis = Nghị định 35/2022/NĐ-CP, khoản 2 Điều 37
term-recp = sử dụng hiệu quả tài nguyên và sản xuất sạch hơn (RECP)
article-recp = Nghị định 35/2022/NĐ-CP, khoản 2 Điều 37
term-operator = nhà đầu tư xây dựng và kinh doanh kết cấu hạ tầng khu công nghiệp
article-operator = Nghị định 35/2022/NĐ-CP, khoản 1 Điều 37
term-firm = doanh nghiệp trong khu công nghiệp
article-firm = Nghị định 35/2022/NĐ-CP
term-certificate = giấy chứng nhận khu công nghiệp sinh thái
article-certificate = Nghị định 35/2022/NĐ-CP; thủ tục: Thông tư 05/2025/TT-BKHĐT
term-criteria = tiêu chí xác định khu công nghiệp sinh thái
article-criteria = Nghị định 35/2022/NĐ-CP, Điều 37
term-services = dịch vụ hạ tầng cơ bản
article-services = Nghị định 35/2022/NĐ-CP, khoản 1 Điều 37
term-waste-reuse = tái sử dụng chất thải
article-waste-reuse = Nghị định 08/2022/NĐ-CP, khoản 6 Điều 3; khoản 1 Điều 65
term-waste-recycling = tái chế chất thải
article-waste-recycling = Nghị định 08/2022/NĐ-CP, khoản 7 Điều 3
term-conversion = chuyển đổi sang khu công nghiệp sinh thái
article-conversion = Nghị định 35/2022/NĐ-CP
term-shared-infrastructure = hạ tầng dùng chung
article-shared-infrastructure = Thông tư 05/2025/TT-BKHĐT, coi là cộng sinh công nghiệp
term-audit = đánh giá RECP
article-audit = thuật ngữ của mô hình
term-voucher = phiếu hỗ trợ (ngân sách chi một phần chi phí của giải pháp)
article-voucher = thuật ngữ của mô hình
term-carbon-price = giá các-bon
article-carbon-price = thuật ngữ của mô hình; thị trường các-bon: Nghị định 119/2025
term-scenario = kịch bản
article-scenario = thuật ngữ của mô hình
term-baseline = kịch bản cơ sở, dùng để so sánh
article-baseline = thuật ngữ của mô hình
term-run = lần chạy (một lần mô phỏng)
article-run = thuật ngữ của mô hình
term-outcome = chỉ tiêu (đại lượng theo năm)
article-outcome = thuật ngữ của mô hình
term-assumed = giả định (phán đoán không có nguồn)
article-assumed = thuật ngữ của mô hình

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
measure-heat-pump-at-renewal = Bơm nhiệt khi thay lò cũ
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

## Types of exchange

exchange-IS01 = Mạng dẫn hơi dư từ sản xuất
exchange-IS02 = Nhiệt thải 80-300 °C, bốn liên kết nhỏ
exchange-IS03 = Công nghiệp – đô thị: hơi từ lò đốt chất thải sinh hoạt
exchange-IS04 = Gỗ vụn, mùn cưa, trấu làm nhiên liệu lò hơi
exchange-IS05 = Nước thải đã xử lý để tưới, dập bụi, rửa (lọc cát và clo)
exchange-IS06 = Nước thải đã xử lý UF và RO thành nước sản xuất
exchange-IS07 = Dùng nối tiếp nước rửa sạch, nước thải RO, nước ngưng
exchange-IS08 = Tro bay cho xi măng, bê tông
exchange-IS09 = Tro đáy, xỉ làm gạch không nung hoặc san lấp
exchange-IS10 = Xỉ lò hồ quang, lò cao làm cốt liệu hoặc xi măng
exchange-IS11 = Thạch cao FGD, thạch cao phốt-pho cho xi măng, tấm thạch cao
exchange-IS12 = Kính vụn làm nền đường hoặc nấu lại
exchange-IS13 = Màng nhựa đã dùng trong bê tông nhựa
exchange-IS14 = Phế liệu kim loại (thép, nhôm, đồng)
exchange-IS15 = Nhựa vụn, nhựa tái sinh
exchange-IS16 = Bìa, giấy, pa-lét: tái chế hoặc dùng lại
exchange-IS17 = Vải vụn, da vụn
exchange-IS18 = Chất thải thực phẩm và hữu cơ
exchange-IS19 = Phụ phẩm cá và tôm
exchange-IS20 = Nước thải COD cao và bùn làm khí sinh học
exchange-IS21 = Bùn thải đã tách nước
exchange-IS22 = Chất thải không tái chế làm nhiên liệu RDF, đồng xử lý
exchange-IS23 = Dung môi thải để tái sinh
exchange-IS24 = Axit, kiềm thải
exchange-IS25 = Thu hồi CO₂ thành CO₂ lỏng
exchange-IS26 = Dầu thải và chất bôi trơn
exchange-IS27 = Phòng cháy, an ninh, môi trường – an toàn, y tế dùng chung
exchange-IS28 = Xử lý nước thải dùng chung
exchange-IS29 = Logistics dùng chung
exchange-IS30 = Điện mặt trời, lưu trữ, khí nén và khí công nghiệp dùng chung
exchange-IS31 = Công nghiệp – đô thị: nước thải đô thị thành nước công nghiệp
exchange-IS32 = Thu nước mưa dùng chung

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

## What levers do

help-capital_subsidy = Phần chi phí của một giải pháp mà phiếu hỗ trợ trả cho doanh nghiệp, trong phạm vi ngân sách phiếu hỗ trợ.
help-voucher_cap_usd = Số tiền phiếu hỗ trợ nhiều nhất mà một doanh nghiệp được nhận trong một năm.
help-subsidy_budget_usd = Kinh phí trong năm cho phiếu hỗ trợ; không có kinh phí thì không chi hỗ trợ, dù tỷ lệ hỗ trợ là bao nhiêu.
help-soft_loan = Phần chi phí của một giải pháp mà doanh nghiệp thiếu vốn có thể vay ngoài tiền mặt của mình.
help-loan_guarantee = Phần chi phí của một giải pháp mà ngân hàng cho doanh nghiệp thiếu vốn vay nhờ có bảo lãnh công.
help-interest_subsidy = Phần lãi suất của khoản vay cho giải pháp mà ngân sách công trả thay doanh nghiệp trong suốt thời hạn vay, tính bằng điểm: 0.02 là hai điểm phần trăm.
help-carbon_price = Giá mỗi tấn CO₂ từ nhiên liệu và điện, do doanh nghiệp ở mức ngưỡng trở lên trả.
help-carbon_threshold_toe = Mức tiêu thụ năng lượng mà từ đó trở lên doanh nghiệp phải trả giá các-bon.
help-carbon_facilities = Số doanh nghiệp nhiều nhất của một ngành được phân bổ hạn ngạch, trong số doanh nghiệp ở mức ngưỡng trở lên, chọn ngẫu nhiên; mặc định: tất cả.
help-auctioned_share = Phần hạn ngạch mà doanh nghiệp thuộc diện phải mua của Nhà nước; phần còn lại miễn phí, theo định mức của ngành.
help-allocation_decline = Tỷ lệ mà định mức phân bổ miễn phí của một ngành giảm đi hằng năm, kể từ sau năm đầu.
help-electricity_price_change = Thay đổi giá điện so với lộ trình: 0.1 là đắt hơn mười phần trăm.
help-landfill_charge_usd_t = Phí trên mỗi tấn chất thải công nghiệp thông thường đem thải bỏ, ngoài mức phí hiện nay.
help-hazardous_waste_charge_usd_t = Phí trên mỗi tấn chất thải nguy hại đem thải bỏ, ngoài mức phí hiện nay.
help-wastewater_charge_usd_m3 = Phí trên mỗi mét khối nước thải xả ra, ngoài mức phí hiện nay.
help-certification_premium = Giá trị của giấy chứng nhận đối với khu công nghiệp (giá thuê cao hơn, thuế thấp hơn, vay rẻ hơn), theo tỷ lệ tiền thuê.
help-infrastructure_cofunding = Phần vốn của hạ tầng dùng chung được trả cho nhà đầu tư hạ tầng xây dựng nó.
help-infrastructure_budget_usd = Số tiền nhiều nhất chi trong một năm để đồng tài trợ và cho vay ưu đãi hạ tầng dùng chung; mặc định: bao nhiêu cũng được.
help-infrastructure_soft_loan = Phần tự chi của nhà đầu tư hạ tầng cho hạ tầng dùng chung có thể vay với lãi suất ưu đãi.
help-infrastructure_studies = Nghiên cứu mọi hệ thống dùng chung của một khu trong năm, do ngân sách công trả: 0 là không, 1 là nghiên cứu đầy đủ.
help-inspection_probability = Xác suất một doanh nghiệp bị thanh tra trong năm.
help-inspection_targeting = Phần thanh tra nhắm vào doanh nghiệp và nhà đầu tư hạ tầng đang bị ghi nhận vi phạm, và doanh nghiệp trong khu của các nhà đầu tư đó.
help-fine_usd = Tiền phạt đối với doanh nghiệp bị thanh tra phát hiện vi phạm.
help-no_new_fossil_boilers = Không được lắp lò hơi hóa thạch cho nhiệt đến nhiệt độ này: cả khi thay lò cũ lẫn ở doanh nghiệp mới. 0: được lắp mọi loại.
help-fossil_boiler_end = Lò hơi hóa thạch cho nhiệt đến nhiệt độ này phải ngừng sử dụng trong năm đầu tiên có quy định. 0: không có lò nào.
help-monitoring = Tỷ lệ khu công nghiệp có hệ thống đo và công bố mức sử dụng tài nguyên của doanh nghiệp trong khu.
help-certification_capacity = Số hồ sơ đề nghị chứng nhận mà một tỉnh xử lý được trong năm.
help-certification_duration = Thời gian từ khi nộp hồ sơ đến khi tỉnh quyết định, so với tham số regulators.dossier_years.
help-solar_rules = Mức nới quy định về điện mặt trời mái nhà của nhà đầu tư hạ tầng: 0 như hiện nay, 1 chỉ cần hợp đồng và đăng ký.
help-eip_duty = Tỷ lệ khu thành lập trong năm phải được quy hoạch là khu công nghiệp sinh thái ngay từ đầu.
help-information = Mức thực hiện thông tin và so chuẩn: 0 là không, 1 là chương trình đầy đủ đến mọi doanh nghiệp hằng năm.
help-training = Đào tạo nhà đầu tư hạ tầng và qua họ các doanh nghiệp trong khu: 0 là không, 1 là chương trình đầy đủ hằng năm.
help-facilitation_grant = Phần chi phí kết nối đầy đủ của nhà đầu tư hạ tầng được chi trả.
help-provincial_support = Mức nỗ lực của tỉnh để các khu cam kết theo hướng sinh thái: 0 là không, 1 là mục tiêu của tỉnh.
help-auditors_per_year = Số cuộc đánh giá mà chuyên gia trong cả nước thực hiện được trong năm; 0: theo tham số regulators.auditors_per_year.
help-programme_capacity = Mức thực hiện của các chương trình trong năm so với năm bình thường (Covid-19): mức thấp làm chậm, tổng số vẫn đạt.
help-symbiosis_screening = Rà soát một khu để tìm liên kết trao đổi phụ phẩm trong năm: 0 là không, 1 là rà soát đầy đủ.
help-waste_reuse_reform = Mức độ có hiệu lực của tiêu chuẩn tái sử dụng chất thải thông thường: ở mức 1, loại R2 được xử lý như R1.
help-wastewater_reuse_reform = Mức độ có hiệu lực của tiêu chuẩn tái sử dụng nước thải đã xử lý: ở mức 1, loại R2 được xử lý như R1.
help-hazardous_reuse_reform = Mức độ nới việc thu hồi và đồng xử lý chất thải nguy hại: ở mức 1, loại R3 được xử lý như R1.
help-licence_months_factor = Thời gian xin phép và cấp phép cho liên kết trao đổi, so với hiện nay.
help-sandbox = Mức độ một khu được thử những gì cải cách tái sử dụng sẽ cho phép; kết quả thử có thể làm cải cách đến sớm hơn.

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
scenario-full-package = Gói chính sách toàn diện
scenario-green-finance = Tín dụng xanh
scenario-industrial-urban-exchange = Trao đổi giữa khu công nghiệp và đô thị
scenario-legal-reform = Cho phép tái sử dụng theo luật
scenario-national-target-2030 = Điều hành theo kế hoạch năm 2030
scenario-net-zero-2050 = Hướng tới phát thải ròng bằng 0
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

aim-Localities-with-a-plan-for-conversion = Địa phương có kế hoạch chuyển đổi
aim-New-parks-that-are-eco-parks = Khu công nghiệp mới là khu công nghiệp sinh thái
aim-Net-zero = Phát thải ròng bằng 0
aim-source-Localities-with-a-plan-for-conversion = Kế hoạch năm 2030: 40-50 % địa phương có kế hoạch chuyển đổi; mô hình coi là có khi một khu công nghiệp của địa phương đã cam kết chuyển đổi
aim-source-New-parks-that-are-eco-parks = Kế hoạch năm 2030: 8-10 % khu mới là khu công nghiệp sinh thái; tính từ năm 2026
aim-source-Net-zero = Mục tiêu phát thải ròng bằng 0 năm 2050; giả định còn lại không quá một phần mười lượng CO₂ năm 2024 cho bể hấp thụ và loại bỏ

## More units

unit-links = liên kết
unit-years = năm
unit-reports = báo cáo
unit-ha = ha
unit-USD-per-tCO2 = USD/tCO₂
unit-yr = năm
unit-tCO2-per-million-USD = tCO₂/triệu USD
unit-1-per-yr = mỗi năm
unit-1-per-yr-of-a-loan = mỗi năm của khoản vay
unit-TOE-per-yr = TOE/năm
unit-USD-per-firm-and-year = USD mỗi doanh nghiệp và năm
unit-USD-per-m3 = USD/m³
unit-USD-per-t = USD/t
unit-USD-per-t-CO2 = USD/t CO₂
unit-audits-per-yr = cuộc đánh giá/năm
unit-deg-C = °C
unit-dossiers-per-yr-and-province = hồ sơ/năm và tỉnh
unit-firms-of-the-sector = doanh nghiệp của ngành
unit-screenings-per-yr = lần rà soát/năm
unit-share-of-allowances = tỷ lệ hạn ngạch
unit-share-of-capital = tỷ lệ vốn
unit-share-of-cost = tỷ lệ chi phí
unit-share-of-cost-lent = tỷ lệ chi phí cho vay
unit-share-of-new-parks = tỷ lệ khu mới
unit-share-of-inspections = tỷ lệ số cuộc thanh tra
unit-share-of-normal-delivery = tỷ lệ mức thực hiện bình thường
unit-share-of-normal-duration = tỷ lệ thời gian bình thường
unit-share-of-own-capital-lent = tỷ lệ vốn tự có cho vay
unit-share-of-parks = tỷ lệ khu công nghiệp
unit-share-of-rent = tỷ lệ tiền thuê
unit-share-of-today-s-months = tỷ lệ số tháng hiện nay
unit-studies-per-yr = nghiên cứu/năm

## The dashboard: frame

dash-title = eipsim – khu công nghiệp sinh thái Việt Nam, trực tiếp
dash-subtitle = khu công nghiệp sinh thái, trực tiếp
dash-skip = Đến nội dung
dash-pages = Các trang
dash-tab-what-if = Nếu như
dash-tab-pathways = Lộ trình
dash-tab-map = Bản đồ
dash-tab-funnel = Phễu
dash-tab-money = Tiền
dash-tab-store = Kho kết quả
dash-light = Nền sáng
dash-dark = Nền tối
dash-mistakes = Không thể hiển thị đúng như yêu cầu:
dash-computing = Đang mô phỏng …
dash-no-page = Không có trang “{ $path }”. Các thẻ phía trên dẫn đến những trang hiện có.

## The dashboard: what if

dash-choose-scenario = Kịch bản
dash-choose-beside = So với
dash-choose-world = Phạm vi
dash-choose-rule = Doanh nghiệp quyết định theo
dash-choose-seed = Số hạt giống ngẫu nhiên
dash-choose-outcome = Kết quả
dash-own-files = Tệp nêu trong lệnh
dash-group-enacted = Đã ban hành
dash-group-single-instruments = Công cụ đơn lẻ
dash-group-packages = Gói chính sách
dash-group-counterfactuals = Giả định ngược
dash-group-equal-budget = Cùng ngân sách
dash-world-vietnam = Việt Nam, mọi khu
dash-world-pilot-parks = Tám khu thí điểm
dash-rule-acceptance_curve = Đường cong chấp nhận
dash-rule-npv_hurdle = Giá trị hiện tại ròng
dash-rule-planned_behaviour = Hành vi có kế hoạch
dash-rule-real_option = Quyền chọn thực
dash-rule-threshold = Ngưỡng theo đồng nghiệp
dash-with-levers = { $scenario }, thay đổi { $n } đòn bẩy
dash-levers = Đòn bẩy chính sách
dash-levers-note = Mỗi đòn bẩy áp dụng cho tất cả kể từ năm đã chọn; trước đó, và với những gì không thay đổi, kịch bản giữ nguyên.
dash-kind-economic = Công cụ kinh tế
dash-kind-informational = Thông tin và đào tạo
dash-kind-regulatory = Pháp luật và thanh tra
dash-kind-facilitation = Hỗ trợ và chứng nhận
dash-kind-symbiosis = Cộng sinh và hệ thống dùng chung
dash-moved = (đã thay đổi { $n })
dash-lever-stands = Trong kịch bản: { $value } năm { $year }.
dash-lever-differs = Trong kịch bản, mức này khác nhau giữa các nơi hoặc doanh nghiệp.
dash-lever-mistake = { $lever }: không thể dùng “{ $typed }”. Cho phép: từ { $low } đến { $high } ({ $unit }), từ một năm trong khoảng { $first } đến { $last }. Chưa có gì thay đổi.
dash-from = từ năm
dash-back = Trở lại kịch bản
dash-more-pairs = (đã có { $n } trong { $all } cặp)
dash-what-if-caption = Đường: cặp lần chạy đầu tiên, cùng các số ngẫu nhiên. Dải, khi đã có ba cặp: từ lần chạy thấp nhất đến cao nhất.
dash-differences = Những khác biệt
dash-questions = Nên kiểm tra lại:
dash-head-outcome = kết quả
dash-head-mine = nếu như
dash-head-base = so với
dash-head-difference = chênh lệch
dash-head-spread = mức chắc chắn
dash-beside = { $name }: { $value }
dash-save-title = Lưu
dash-save-note = Tệp kịch bản dùng cho “eipsim check” và “eipsim run”; trình duyệt sẽ lưu tệp.
dash-save = Lưu thành tệp kịch bản

## The dashboard: pathways, map, funnel, money

dash-pathways-caption = Chấm: giá trị năm { $year }. Mỗi kịch bản một lần chạy.
dash-play = Phát
dash-pause = Dừng
dash-year = Năm
dash-map-finding = { $scenario }: đến { $year }, { $converted } trong { $parks } khu công nghiệp đã chuyển đổi; có giấy chứng nhận: { $certified }
dash-map-caption = Mỗi điểm là một khu công nghiệp, theo trạng thái; khu chưa rõ vị trí nằm gần điểm của tỉnh. Bấm để mở trang của khu. Đường viền không thể hiện quan điểm về ranh giới.
dash-state-established = Đã thành lập
dash-state-operating = Đang hoạt động
dash-state-committed = Đã cam kết chuyển đổi
dash-state-converted = Đã chuyển đổi
dash-state-applied = Đang xin chứng nhận
dash-state-certified = Có giấy chứng nhận
dash-funnel-finding = { $scenario }: đến { $year }, { $aware } doanh nghiệp biết đến sản xuất sạch hơn, { $apply } áp dụng; số khu được chứng nhận: { $certified }
dash-funnel-caption = Số lượng, và tỷ lệ so với giai đoạn đầu. RECP: sử dụng hiệu quả tài nguyên và sản xuất sạch hơn.
dash-funnel-options = Giải pháp do đánh giá khuyến nghị
dash-funnel-firms = Doanh nghiệp trong khu
dash-funnel-parks = Khu công nghiệp
dash-stage-options-identified = được xác định
dash-stage-options-implemented = đã thực hiện
dash-stage-firms = trong khu
dash-stage-firms-aware-share = biết đến RECP
dash-stage-recp-firm-share-unmeasured = áp dụng RECP
dash-stage-recp-firm-share = áp dụng, có đo lường
dash-stage-parks-established = đã thành lập
dash-stage-parks-operating = đang hoạt động
dash-stage-parks-committed = đã cam kết
dash-stage-parks-converted = đã chuyển đổi
dash-stage-parks-certified = được chứng nhận
dash-money-of = Ai trả tiền, ai hưởng lợi: { $scenario }
dash-payer-firms = Doanh nghiệp
dash-payer-operators = Nhà đầu tư hạ tầng khu
dash-payer-public = Ngân sách công
dash-gained = Tiết kiệm và thu được trong năm
dash-payers-finding = Trong { $total } chi ra { $first }–{ $last }, doanh nghiệp trả { $firms }, nhà đầu tư hạ tầng { $operators }, ngân sách công { $public }; tiết kiệm và thu nhập gấp { $times } lần
dash-payers-nothing = Không chi gì trong { $first }–{ $last }
dash-payers-caption = Đô la Mỹ theo giá cố định năm 2024, không chiết khấu. Doanh nghiệp: giải pháp, trao đổi và lãi vay. Nhà đầu tư hạ tầng: hệ thống dùng chung, chứng nhận, kết nối. Ngân sách công: phiếu hỗ trợ, đánh giá, thanh tra, tài trợ, quản lý. Giá các-bon, phí và tiền phạt là khoản chuyển giao, không thể hiện.
dash-size-below = dưới { $n } lao động
dash-size-between = { $low } đến { $high }
dash-size-from = từ { $low } trở lên
dash-size-finding = { $firms } số doanh nghiệp, có { $name } lao động, chi { $invested } vốn tự có và hưởng { $saving } khoản tiết kiệm của doanh nghiệp
dash-owner-domestic = Doanh nghiệp trong nước
dash-owner-foreign = Doanh nghiệp nước ngoài
dash-owner-finding = Doanh nghiệp nước ngoài chiếm { $firms } số doanh nghiệp, chi { $invested } vốn tự có và hưởng { $saving } khoản tiết kiệm
dash-share-of-firms = tỷ lệ số doanh nghiệp
dash-share-of-revenue = tỷ lệ doanh thu
dash-share-of-invested = tỷ lệ vốn tự có đã chi
dash-share-of-vouchers = tỷ lệ phiếu hỗ trợ đã trả
dash-share-of-saving = tỷ lệ khoản tiết kiệm
dash-firms-caption = Doanh nghiệp có mặt trong năm cuối. Vốn tự có và phiếu hỗ trợ: từ khi doanh nghiệp có mặt, cho giải pháp, việc thay mới và phần do đơn vị vận hành đặt làm cho doanh nghiệp. Khoản tiết kiệm: hóa đơn tránh được trong năm cuối nhờ giải pháp, hệ thống và trao đổi, trừ chi phí vận hành.
dash-public-money-usd = ngân sách công đã chi
dash-firm-investment-usd = đầu tư của doanh nghiệp
dash-firm-saving-usd = khoản tiết kiệm của doanh nghiệp
dash-provinces-finding = { $names } hưởng { $share } khoản tiết kiệm của doanh nghiệp
dash-provinces-caption = { $n } trong { $all } tỉnh có doanh nghiệp tiết kiệm nhiều nhất, tổng { $first }–{ $last }; các tỉnh theo địa giới năm 2024.

## Mistakes: what the core tells in English

mistake = { $where }: { $what }
mistake-with-hint = { $where }: { $what }; { $hint }
mistake-unknown = không có { $kind ->
    [scenario] kịch bản
    [baseline] kịch bản cơ sở
    [world] phạm vi
    [rule] quy tắc quyết định
    [lever] đòn bẩy
    [outcome] kết quả
    [language] ngôn ngữ
    [park] khu công nghiệp
    [firm] doanh nghiệp
    [province] tỉnh, thành phố
    [sector] ngành
    [store] kho kết quả
    [measure] giải pháp
    [parameter] tham số
    [factor] yếu tố đầu vào
    [decree] nghị định
    [criterion] tiêu chí
    [function] hàm
   *[other] “{ $kind }”
} { $name }
mistake-number = { $text } không phải là số dùng được ở đây
mistake-no-number = { $text } không phải là số
mistake-bounds = { $value } nằm ngoài giới hạn
mistake-year = năm { $year } nằm ngoài giới hạn
mistake-park-fits = có { $n } khu công nghiệp hợp với tên { $name }
mistake-own-code = nêu mã của người dùng, chỉ chạy khi bạn đồng ý: { $code }
mistake-no-store = không có kho kết quả
mistake-later-store = do một phiên bản eipsim mới hơn ghi (định dạng { $format }, phiên bản này đọc được { $ours })
mistake-damaged = đã bị hỏng
hint-none = không có gì để chọn
hint-near = có phải ý bạn là { $name }?
hint-two = có phải ý bạn là { $first } hoặc { $second }?
hint-allowed = cho phép: { $names }
hint-none-near = không tên nào gần giống trong { $n } tên đã biết
hint-between = cho phép: từ { $low } đến { $high }
hint-between-of = cho phép: từ { $low } đến { $high } ({ $unit })
hint-one-of = hãy viết một trong các tên: { $names }
hint-trust = hãy đọc mã đó, rồi thêm --trust; trong Python: trust=True
hint-install = hãy cài đặt phiên bản đó
hint-make-store = lệnh `eipsim sweep DESIGN --store DIR` tạo một kho, lệnh `eipsim store ls` tìm các kho
hint-sweep-again = chạy lại đúng lệnh `eipsim sweep` đó với tệp thiết kế sẽ ghi lại
kind-store = kho kết quả
firm-in-year = doanh nghiệp năm { $year }
where-argument = thiết lập
where-lever = { $lever }
where-store = kho kết quả { $folder }
question-anyway = “{ $setting }” không có tác dụng: trong các năm mô phỏng vốn đã như vậy
question-alone = “{ $setting }” không có tác dụng khi “{ $lever }” bằng 0
question-far = “{ $setting }” vượt xa các mức mà thư viện kịch bản sử dụng
hint-set-too = hãy đặt cả “{ $lever }” cho cùng các năm đó
hint-at-most = ở đó cao nhất là { $most }
hint-in-dong = ở đó cao nhất là { $most }; có phải tính bằng đồng? { $dong } VND bằng { $usd } USD, và tiền trong mô hình tính bằng USD

## Mistakes: what else the core tells, which is English in every language

told-input = Có chỗ sai trong tệp hoặc dữ liệu được đưa vào. Nguyên văn tiếng Anh: “{ $detail }”
told-run = Lần chạy không hoàn thành. Nguyên văn tiếng Anh: “{ $detail }”
told-balance = Một cân bằng vật chất, năng lượng hoặc tiền không khớp: đây là lỗi của mô hình, không phải của bạn. Nguyên văn tiếng Anh: “{ $detail }”
told-error = Không thể hiển thị do có lỗi. Nguyên văn tiếng Anh: “{ $detail }”
told-question = Có một giá trị nên xem lại. Nguyên văn tiếng Anh: “{ $detail }”
