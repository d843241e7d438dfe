-- 名称: 全程网办逐件判定
-- Title: Cases, each handled wholly online or not
-- Dataset: service_cases
-- Parameters: first date, last date
-- 按受理日期归属；申请人撤回的不计。
-- Method: A case counts in the period in which it was accepted; withdrawn ones are left out.
SELECT case_no AS uid, case_no || ' ' || item_name AS title, unit, kind, accepted_on AS on_day, NULL AS days,
  CASE WHEN online = '是' THEN 'online' ELSE 'offline' END AS state, CASE WHEN online = '是' THEN 1 ELSE 0 END AS part, 1 AS whole,
  CASE WHEN result = '撤回' AND finished_on <= $last THEN 'withdrawn' ELSE '' END AS why, 0 AS late_days
FROM service_cases WHERE accepted_on BETWEEN $first AND $last ORDER BY accepted_on, case_no
