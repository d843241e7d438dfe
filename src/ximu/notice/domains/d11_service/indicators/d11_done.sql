-- 名称: 已办结办件
-- Title: Cases that are finished
-- Dataset: service_cases
-- Parameters: first date, last date
-- 按受理日期归属，判定日以前已办结的；申请人撤回的不计。
-- Method: Cases accepted in the period and finished by the day; withdrawn ones are left out.
SELECT case_no AS uid, case_no || ' ' || item_name AS title, unit, kind, finished_on AS on_day, NULL AS days, 'unrated' AS state,
  0 AS part, 1 AS whole, CASE WHEN result = '撤回' THEN 'withdrawn' ELSE '' END AS why, 0 AS late_days
FROM service_cases WHERE accepted_on BETWEEN $first AND $last AND finished_on <= $last ORDER BY finished_on, case_no
