-- 名称: 办理间隔与集中日（按单位）
-- Title: Intervals of handling and days on which work is dated, by unit
-- Dataset: hotline
-- Parameters: first date, last date
-- 期间来电的求助、投诉、举报：派单至办结（close）、办结至回访（callback）、办结至期限（deadline）的起止日与件数，供报送数据核查。
-- Method: requests, complaints and reports of the span: dispatch to closing (close), closing to call-back (callback), closing to its
-- due day (deadline), with how many tickets have these two days; input of the checks on reported days.
WITH used AS (
  SELECT unit, dispatched_on, closed_on, called_back_on, due_on
  FROM hotline
  WHERE called_on BETWEEN $first AND $last AND kind IN ('求助', '投诉', '举报') AND closed_on IS NOT NULL
)
SELECT 'close' AS what, unit, dispatched_on AS begun, closed_on AS ended, count(*) AS n
FROM used WHERE dispatched_on IS NOT NULL GROUP BY unit, dispatched_on, closed_on
UNION ALL
SELECT 'callback' AS what, unit, closed_on AS begun, called_back_on AS ended, count(*) AS n
FROM used WHERE called_back_on IS NOT NULL GROUP BY unit, closed_on, called_back_on
UNION ALL
SELECT 'deadline' AS what, unit, closed_on AS begun, due_on AS ended, count(*) AS n
FROM used WHERE due_on IS NOT NULL AND closed_on <= due_on GROUP BY unit, closed_on, due_on
ORDER BY 1, 2, 3, 4
