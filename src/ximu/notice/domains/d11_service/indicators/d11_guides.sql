-- 名称: 办事指南抽查逐点判定
-- Title: Points of guides, each accurate or not
-- Dataset: service_guides
-- Parameters: first date, last date
-- 按抽查日期归属；改正的仍按抽查时计；样本作废的不计。
-- Method: A point counts on the day of the check, as it was found; checks made void are left out.
SELECT check_no AS uid, item_name || '（' || point || '）' || coalesce('：' || fault, '') AS title, unit, 'guide' AS kind, checked_on AS on_day,
  NULL AS days, CASE WHEN accurate = '是' THEN 'guide_right' WHEN accurate = '否' AND (mended_on IS NULL OR mended_on > $last) THEN 'guide_wrong'
    ELSE 'guide_mended' END AS state, CASE WHEN accurate = '是' THEN 1 ELSE 0 END AS part, 1 AS whole,
  CASE WHEN accurate = '作废' THEN 'no_verdict' ELSE '' END AS why,
  CASE WHEN accurate = '否' AND (mended_on IS NULL OR mended_on > $last) THEN date_diff('day', checked_on, $last) ELSE 0 END AS late_days
FROM service_guides WHERE checked_on BETWEEN $first AND $last ORDER BY checked_on, check_no
