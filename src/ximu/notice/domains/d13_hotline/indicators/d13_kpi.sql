-- 名称: 12345承办五项指标（按单位、按月）
-- Title: Five indicators of hotline handling, by unit and month
-- Dataset: hotline
-- Parameters: first date, last date, judged_on date
-- 统计口径：按来电月份归属；咨询、建议、表扬不计；上级批准剔除的工单不计；期限尚未到的工单不计入该项分母。
-- D13-1 先行联系率 = 派单后一个工作日内联系诉求人的工单 ÷ 应先行联系的工单。
-- D13-2 按时办结率 = 在期限内办结的工单 ÷ 期限已到的工单；行政执法程序另有法定期限，不计。
-- D13-3 实际解决率 = 诉求人认定“已解决”的工单 ÷ 诉求人作出认定的工单；联系不上、未表态的不计。
-- D13-4 市民满意率 = （非常满意＋满意＋基本满意）÷ 作出评价的工单。
-- D13-5 虚假办结率 = 单位报“实际解决”而诉求人认定“未解决”的工单 ÷ 单位报“实际解决”且诉求人作出认定的工单，即同一批工单上两种解决率之差。
-- 分母为零时为空，不按零计。missing_days 为该月没有报送的天数，没有报送不按零件计。
-- Method: tickets count in the month of the call; inquiries, suggestions and praise are left out, so are tickets excluded by decision and
-- tickets whose term has not come by judged_on. First contact within one working day of dispatch; law-enforcement procedures have terms
-- of their own and are left out of D13-2; the caller's verdict decides D13-3; D13-5 is the gap between solved as reported and solved as
-- called back, on the tickets that have both. A rate without a denominator is null, never zero.
WITH tallied AS (
  SELECT
    unit,
    date_trunc('month', called_on) AS month,
    count(*) AS tickets,
    count_if(contact_by <= $judged_on) AS contact_due,
    count_if(contact_by <= $judged_on AND contacted_on <= contact_by) AS contacted,
    count_if(due_on <= $judged_on AND enforcement IS NOT TRUE) AS due,
    count_if(due_on <= $judged_on AND enforcement IS NOT TRUE AND closed_on <= due_on) AS on_time,
    count(solved) AS judged,
    count_if(solved = '是') AS solved,
    count(rating) AS rated,
    count_if(rating IN ('非常满意', '满意', '基本满意')) AS satisfied,
    count_if(outcome = '实际解决' AND solved IS NOT NULL) AS claimed,
    count_if(outcome = '实际解决' AND solved = '否') AS false_closed
  FROM hotline
  WHERE called_on BETWEEN $first AND $last
    AND kind IN ('求助', '投诉', '举报')
    AND excluded IS NOT TRUE
  GROUP BY unit, date_trunc('month', called_on)
), counted AS (
  SELECT
    unit, CAST(month AS DATE) AS month, tickets, judged, rated,
    CAST(coalesce(contact_due, 0) AS BIGINT) AS contact_due,
    CAST(coalesce(contacted, 0) AS BIGINT) AS contacted,
    CAST(coalesce(due, 0) AS BIGINT) AS due,
    CAST(coalesce(on_time, 0) AS BIGINT) AS on_time,
    CAST(coalesce(solved, 0) AS BIGINT) AS solved,
    CAST(coalesce(satisfied, 0) AS BIGINT) AS satisfied,
    CAST(coalesce(claimed, 0) AS BIGINT) AS claimed,
    CAST(coalesce(false_closed, 0) AS BIGINT) AS false_closed
  FROM tallied
), delivered AS (
  SELECT CAST(date_trunc('month', day) AS DATE) AS month, count(*) AS days
  FROM hotline_days
  WHERE day BETWEEN $first AND $last
  GROUP BY CAST(date_trunc('month', day) AS DATE)
)
SELECT
  counted.unit, counted.month, tickets, contact_due, contacted, due, on_time, judged, solved, rated, satisfied, claimed, false_closed,
  100.0 * contacted / nullif(contact_due, 0) AS contact_rate,
  100.0 * on_time / nullif(due, 0) AS on_time_rate,
  100.0 * solved / nullif(judged, 0) AS solved_rate,
  100.0 * satisfied / nullif(rated, 0) AS satisfied_rate,
  100.0 * false_closed / nullif(claimed, 0) AS false_rate,
  date_diff('day', greatest(counted.month, $first), least(CAST(counted.month + INTERVAL 1 MONTH AS DATE) - 1, $last)) + 1
    - coalesce(delivered.days, 0) AS missing_days
FROM counted
LEFT JOIN delivered ON counted.month = delivered.month
ORDER BY counted.unit, counted.month
