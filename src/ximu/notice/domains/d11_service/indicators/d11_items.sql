-- 名称: 事项时限逐项判定
-- Title: Items, each promise against the law
-- Dataset: service_items
-- Parameters: first date, last date
-- 判定日在册的事项；没有法定时限或没有公布承诺时限的不计。
-- Method: Items in force on the day; those without a legal or a promised limit are left out.
SELECT item AS uid, item_name AS title, unit, kind, listed_on AS on_day, promised_days AS days,
  CASE WHEN delisted_on <= $last THEN 'delisted' WHEN promised_days > legal_days AND legal_days > 0 THEN 'promise_long' ELSE 'listed' END AS state,
  coalesce(promised_days, 0) AS part, coalesce(legal_days, 0) AS whole,
  CASE WHEN delisted_on <= $last THEN 'delisted' WHEN coalesce(legal_days, 0) = 0 OR promised_days IS NULL THEN 'no_legal' ELSE '' END AS why,
  0 AS late_days
FROM service_items WHERE listed_on <= $last AND $first <= $last ORDER BY listed_on, item
