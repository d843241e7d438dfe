-- 名称: 超过承诺时限的环节
-- Title: Steps beyond their promise
-- Dataset: service_steps
-- Parameters: first date, last date
-- 按环节开始日期归属；结束（未结束的按判定日）晚于承诺时限末日的。
-- Method: Steps that began in the period and ended, or are still open, after the last day of their promise.
SELECT case_no || '#' || place AS uid, case_no || ' ' || step AS title, unit, 'step' AS kind, due_on AS on_day, promised_days AS days,
  'step_late' AS state, 0 AS part, 1 AS whole, '' AS why, date_diff('day', due_on, least(coalesce(ended_on, $last), $last)) AS late_days
FROM service_steps
WHERE started_on BETWEEN $first AND $last AND due_on < least(coalesce(ended_on, $last), $last) ORDER BY started_on, case_no, place
