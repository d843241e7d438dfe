-- 名称: 企业诉求逐件判定
-- Title: Demands of firms, each with what it counts for
-- Dataset: demands
-- Parameters: first date, last date, judged_on date
-- 统计口径：按提出日期归属；每件对每项指标判为计入、仅作分母或不计入及其原因。
-- 期限自受理次日起算，一般问题5个工作日、疑难问题15个工作日；重新办理的，以最后一次答复日与最初期限比较。
-- 未经企业确认的为单方办结：只作分母，从不计入按期办结和解决，并另计单方办结率。企业撤回的不计入各项。
-- Method: a demand counts in the period in which it was raised; for each indicator it is counted, only in the base, or left out with its reason.
-- The term is counted from acceptance; a reopened demand is judged by its last answer against its first term. Closed without the firm's
-- word: in the base, never kept or solved, and counted apart. Withdrawn demands are left out everywhere.
SELECT
  demand, unit, district, kind, topic, raised_on, due_by, answered_on, closed_on, coalesce(closed_as, '') AS closed_as,
  coalesce(amount, 0) AS amount, least(coalesce(paid, 0), coalesce(amount, 0)) AS paid,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN kind <> '一般' THEN 'other_kind'
    WHEN due_by IS NULL OR due_by > $judged_on THEN 'not_due'
    WHEN coalesce(closed_as, '') = '单方办结' THEN 'base'
    WHEN answered_on <= due_by THEN 'counted' ELSE 'base' END AS d14_1,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN coalesce(closed_as, '') = '单方办结' OR (outcome = '无法办理' AND coalesce(closed_as, '') <> '') THEN 'base'
    WHEN solved = '是' THEN 'counted'
    WHEN solved = '否' THEN 'base' ELSE 'no_verdict' END AS d14_2,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN coalesce(outcome, '') <> '无法办理' THEN 'possible'
    WHEN explained_on IS NOT NULL THEN 'counted' ELSE 'base' END AS d14_3,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN topic <> '拖欠账款' OR coalesce(amount, 0) = 0 THEN 'no_debt'
    WHEN coalesce(paid, 0) > 0 THEN 'counted' ELSE 'base' END AS d14_4,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN kind <> '疑难' THEN 'other_kind'
    WHEN due_by IS NULL OR due_by > $judged_on THEN 'not_due'
    WHEN coalesce(closed_as, '') = '单方办结' THEN 'base'
    WHEN answered_on <= due_by THEN 'counted' ELSE 'base' END AS d14_5,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN rating IS NULL OR rating = '' THEN 'no_rating'
    WHEN rating IN ('满意', '基本满意') THEN 'counted' ELSE 'base' END AS d14_6,
  CASE WHEN coalesce(closed_as, '') = '撤回' THEN 'withdrawn'
    WHEN coalesce(closed_as, '') = '' THEN 'open'
    WHEN closed_as = '单方办结' THEN 'counted' ELSE 'base' END AS d14_7
FROM demands
WHERE raised_on BETWEEN $first AND $last
ORDER BY raised_on, demand
