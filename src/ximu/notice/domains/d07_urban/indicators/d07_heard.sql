-- 名称: 城建管理类热线工单按地点
-- Title: Hotline tickets of city management by place
-- Dataset: hotline
-- Parameters: first date, last date, topic text
-- 统计口径：期间内来电、领域分类为城乡建设与管理的工单，按区、街镇、来电日和承办单位计数；不读来电人和详细地址。
-- Method: tickets of the topic called in the period, counted by district, street, day and unit; neither caller nor address is read.
SELECT coalesce(district, '') AS district, coalesce(street, '') AS street, called_on, unit, count(*) AS n
FROM hotline
WHERE called_on BETWEEN $first AND $last AND topic = $topic
GROUP BY ALL ORDER BY ALL
