-- 名称: 虚假办结（按单位）
-- Title: False closures, by unit
-- Dataset: hotline
-- Parameters: first date, last date
-- 期间内回访过的“实际解决”工单中，诉求人认定未解决的件数，口径同 D13-5。
-- Method: of the tickets reported as solved and judged by the caller, those that the caller says are not solved; as in D13-5.
SELECT unit, count(*) AS claimed, count(CASE WHEN solved = '否' THEN 1 END) AS false_closed
FROM hotline
WHERE called_on BETWEEN $first AND $last
  AND kind IN ('求助', '投诉', '举报') AND excluded IS NOT TRUE AND outcome = '实际解决' AND solved IS NOT NULL
GROUP BY unit
ORDER BY unit
