-- 名称: 内容相同的工单
-- Title: Tickets with the same content
-- Dataset: hotline_marks
-- Parameters: first date, last date
-- 同一单位、同一天、同一诉求人且标题与内容完全相同而编号不同的工单。比对的是入库时生成的加密印记，内容本身不进入分析。
-- Method: tickets of one unit and day with another number but the same caller, title and text. Compared are keyed marks made at intake;
-- the text itself is not analysed here.
SELECT unit, called_on, mark, min(ticket) AS sample, max(ticket) AS other, count(*) AS n
FROM hotline_marks
WHERE called_on BETWEEN $first AND $last AND mark IS NOT NULL
GROUP BY unit, called_on, mark
HAVING count(*) > 1
ORDER BY called_on, sample
