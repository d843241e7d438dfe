-- 名称: 没有责任单位的网格案件
-- Title: Grid cases without a unit
-- Dataset: grid_cases
-- Parameters: as_of date
-- 统计口径：责任单位未报送、责任清单也不能唯一确定的案件，按事项和地点计数；重新报送并写明处置单位后不再列出。
-- Method: cases that came without a unit and that the duty list gives to none or to several, by kind and place.
SELECT kind, coalesce(district, '') AS district, coalesce(street, '') AS street, how, coalesce(duty, '') AS duty, count(*) AS n
FROM grid_cases
WHERE unit IS NULL AND filed_on <= $as_of
GROUP BY ALL ORDER BY ALL
