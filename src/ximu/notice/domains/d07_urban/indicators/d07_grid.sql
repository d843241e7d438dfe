-- 名称: 网格案件按期处置判定
-- Title: Grid cases by unit, kind and verdict
-- Dataset: grid_cases
-- Parameters: first date, as_of date
-- 统计口径：期限末日在期间开始之后、立案不晚于判定日的案件。期限内处置并已核查结案的为按期；结案而处置逾期的为逾期办结；
-- 已处置、期满未核查的为待核查；期满未处置的为逾期；其余在办。经上级决定剔除的单列。
-- Method: cases whose term ends in the period or later and that were filed by the day. Put right within the term and closed after a check:
-- in time; closed and put right late: late; put right, not checked, term over: unchecked; not put right, term over: overdue; else open.
SELECT coalesce(unit, '') AS unit, kind, CASE
  WHEN coalesce(excluded, FALSE) THEN 'excluded'
  WHEN closed_on <= $as_of AND disposed_on <= due_by THEN 'kept'
  WHEN closed_on <= $as_of THEN 'late'
  WHEN disposed_on <= $as_of AND due_by < $as_of THEN 'unchecked'
  WHEN due_by < $as_of THEN 'overdue'
  ELSE 'open' END AS verdict, count(*) AS n
FROM grid_cases
WHERE filed_on <= $as_of AND due_by >= $first
GROUP BY ALL ORDER BY ALL
