-- 名称: 环境空气质量（按评价区域、按月：当月与本年累计）
-- Title: Ambient air by area and month: of the month, and of the year so far
-- Dataset: air
-- Parameters: first date, last date
-- 统计口径：点位月值的有效天数达到所需天数（GB 3095-2012，每月27天、二月25天）的为有效；应测点位按点位名册，缺测的按无效计，不按零计。
-- 区域月均浓度 = 有效点位月均浓度的算术平均；有效点位比例低于所需比例的月份为空（数据不足）。
-- 本年累计浓度（_year，12月即年均浓度）= 一月至该月各月浓度按天数加权平均，保留一位小数；其间任何一月数据不足或没有报送的，为空。
-- gaps 为该月缺测或无效的点位项目数。
-- Method: the value of a station in a month is valid with enough valid days; the stations are those of the roster, and one that was not
-- delivered is invalid, never zero. An area's month is the mean of its valid stations, and null where too few are valid. The value of the
-- year so far weighs the months by their days, one decimal; it is null from the first month without a value. gaps counts station items
-- without a valid value.
WITH placed AS (
  SELECT
    unit, item,
    CAST(date_trunc('month', measured_to) AS DATE) AS month,
    max(days) AS days,
    max(share) AS share,
    count(*) AS stations,
    CAST(sum(CASE WHEN valid_days >= needed AND value IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT) AS valid,
    avg(CASE WHEN valid_days >= needed THEN value END) AS mean
  FROM air
  WHERE measured_to BETWEEN CAST(date_trunc('year', $first) AS DATE) AND $last
  GROUP BY unit, item, CAST(date_trunc('month', measured_to) AS DATE)
), judged AS (
  SELECT unit, item, month, days, stations, valid, CASE WHEN 100 * valid >= share * stations THEN mean END AS value
  FROM placed
), summed AS (
  SELECT
    unit, item, month, stations, valid, value,
    sum(value * days) OVER (PARTITION BY unit, item, extract(YEAR FROM month) ORDER BY month) AS total,
    sum(days) OVER (PARTITION BY unit, item, extract(YEAR FROM month) ORDER BY month) AS days,
    count(value) OVER (PARTITION BY unit, item, extract(YEAR FROM month) ORDER BY month) AS months
  FROM judged
), whole AS (
  SELECT
    unit, item, month, stations, valid, value,
    CASE WHEN months = extract(MONTH FROM month) THEN round(total / days, 1) END AS so_far
  FROM summed
  WHERE month >= CAST(date_trunc('month', $first) AS DATE)
)
SELECT
  unit, month,
  max(CASE WHEN item = 'PM2.5' THEN value END) AS pm25,
  max(CASE WHEN item = 'PM2.5' THEN so_far END) AS pm25_year,
  max(CASE WHEN item = 'PM10' THEN value END) AS pm10,
  max(CASE WHEN item = 'PM10' THEN so_far END) AS pm10_year,
  max(CASE WHEN item = 'SO2' THEN value END) AS so2,
  max(CASE WHEN item = 'SO2' THEN so_far END) AS so2_year,
  max(CASE WHEN item = 'NO2' THEN value END) AS no2,
  max(CASE WHEN item = 'NO2' THEN so_far END) AS no2_year,
  CAST(sum(stations - valid) AS BIGINT) AS gaps
FROM whole
GROUP BY unit, month
ORDER BY unit, month
