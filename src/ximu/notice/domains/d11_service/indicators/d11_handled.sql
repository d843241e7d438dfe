-- 名称: 办件按时办结逐件判定
-- Title: Cases, each judged by its promise
-- Dataset: service_cases
-- Parameters: first date, last date
-- 按受理日期归属；承诺时限末日由受理次日起按工作日计，依法不计入的工作日顺延。在判定日以前办结且不晚于末日的为按时。
-- Method: A case counts in the period in which it was accepted; its last day is counted in working days, those that the law leaves out are added.
SELECT case_no AS uid, case_no || ' ' || item_name AS title, unit, kind, due_on AS on_day, promised_days AS days,
  CASE WHEN result = '撤回' AND finished_on <= $last THEN 'withdrawn'
    WHEN finished_on <= $last AND finished_on > due_on THEN 'late' WHEN finished_on <= $last THEN 'in_time'
    WHEN due_on < $last THEN 'case_overdue' ELSE 'open' END AS state,
  CASE WHEN finished_on <= $last AND finished_on <= due_on THEN 1 ELSE 0 END AS part, 1 AS whole,
  CASE WHEN result = '撤回' AND finished_on <= $last THEN 'withdrawn'
    WHEN promised_days IS NULL THEN 'no_promise' WHEN due_on IS NULL THEN 'no_calendar'
    WHEN (finished_on IS NULL OR finished_on > $last) AND due_on >= $last THEN 'not_due' ELSE '' END AS why,
  greatest(0, coalesce(date_diff('day', due_on, least(coalesce(finished_on, $last), $last)), 0)) AS late_days
FROM service_cases WHERE accepted_on BETWEEN $first AND $last ORDER BY accepted_on, case_no
