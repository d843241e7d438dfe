-- 名称: 反复退单
-- Title: Tickets sent back again and again
-- Dataset: hotline
-- Parameters: first date, last date, times integer
-- 退单次数达到 times 次的工单（推诿线索），逐件列出。
-- Method: tickets returned at least `times` times, one by one: a sign that nobody wants to own them.
SELECT ticket, unit, called_on, coalesce(topic, '其他') AS topic, returned AS n
FROM hotline
WHERE called_on BETWEEN $first AND $last AND returned >= $times
ORDER BY called_on, ticket
