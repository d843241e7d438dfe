-- 名称: 投诉举报周件数（按单位、按领域）
-- Title: Weekly complaints, by unit and topic
-- Dataset: hotline
-- Parameters: first date, last date
-- 投诉、举报、求助工单按来电日期归周（周一至周日）计数，供预警使用；领域不明的计入“其他”。没有报送的周不在此表中补零，由预警按“无数据”处理。
-- Method: complaints, reports and requests for help per unit, topic and week (Monday to Sunday) of the call; an unknown topic counts as
-- 其他. A week that was not delivered is not filled with zero; the detector takes it as no data.
SELECT unit, coalesce(topic, '其他') AS topic, CAST(date_trunc('week', called_on) AS DATE) AS week, count(*) AS n
FROM hotline
WHERE called_on BETWEEN $first AND $last
  AND kind IN ('求助', '投诉', '举报')
GROUP BY unit, coalesce(topic, '其他'), CAST(date_trunc('week', called_on) AS DATE)
ORDER BY unit, topic, week
