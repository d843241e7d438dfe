-- 名称: 同一事项反复投诉
-- Title: Repeated complaints about one matter
-- Dataset: hotline
-- Parameters: first date, last date, times integer, days integer
-- 同一事项编号的求助、投诉、举报，任意连续 days 天内达到 times 件的，列出事项、最近一段的起止日和件数。
-- Method: matters with at least `times` calls within any `days` consecutive days; the latest such span and its count.
WITH calls AS (
  SELECT unit, matter, ticket, called_on,
    count(*) OVER (PARTITION BY matter ORDER BY date_diff('day', DATE '2000-01-01', called_on)
                   RANGE BETWEEN $days - 1 PRECEDING AND CURRENT ROW) AS n
  FROM hotline
  WHERE called_on BETWEEN $first AND $last AND matter IS NOT NULL AND kind IN ('求助', '投诉', '举报')
)
SELECT matter, max(unit) AS unit, min(called_on) AS first_reached, max(called_on) AS last_reached, max(n) AS n, min(ticket) AS sample
FROM calls
WHERE n >= $times
GROUP BY matter
ORDER BY n DESC, matter
