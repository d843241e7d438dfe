-- 名称: 12345承办五项指标（按区、街镇、按月）
-- Title: Five indicators of hotline handling, by district, street and month
-- Dataset: hotline
-- Parameters: first date, last date, judged_on date
-- 口径同“12345承办五项指标（按单位、按月）”，按工单所填事发区和街镇归集；没有填写的为空。
-- Method: as in the five indicators by unit and month, by the district and street that the ticket names; null where it names none.
SELECT
  district, street, CAST(date_trunc('month', called_on) AS DATE) AS month,
  count(*) AS tickets,
  count(CASE WHEN contact_by <= $judged_on THEN 1 END) AS contact_due,
  count(CASE WHEN contact_by <= $judged_on AND contacted_on <= contact_by THEN 1 END) AS contacted,
  count(CASE WHEN due_on <= $judged_on AND enforcement IS NOT TRUE THEN 1 END) AS due,
  count(CASE WHEN due_on <= $judged_on AND enforcement IS NOT TRUE AND closed_on <= due_on THEN 1 END) AS on_time,
  count(solved) AS judged,
  count(CASE WHEN solved = '是' THEN 1 END) AS solved,
  count(rating) AS rated,
  count(CASE WHEN rating IN ('非常满意', '满意', '基本满意') THEN 1 END) AS satisfied,
  count(CASE WHEN outcome = '实际解决' AND solved IS NOT NULL THEN 1 END) AS claimed,
  count(CASE WHEN outcome = '实际解决' AND solved = '否' THEN 1 END) AS false_closed
FROM hotline
WHERE called_on BETWEEN $first AND $last
  AND kind IN ('求助', '投诉', '举报')
  AND excluded IS NOT TRUE
GROUP BY district, street, CAST(date_trunc('month', called_on) AS DATE)
ORDER BY district, street, month
