-- 名称: 承诺未兑现等词语
-- Title: Words that point to a broken promise
-- Dataset: hotline
-- Parameters: first date, last date
-- 标题或内容命中“承诺未兑现”“拖欠”“新官不理旧账”等词语的投诉、举报、求助；命中词在入库时判定，内容本身不进入分析。
-- Method: complaints whose title or text holds one of the listed words; the words are found at intake, the text itself is not analysed here.
SELECT ticket, unit, called_on, coalesce(topic, '其他') AS topic, words
FROM hotline
WHERE called_on BETWEEN $first AND $last AND words IS NOT NULL AND words <> '' AND kind IN ('求助', '投诉', '举报')
ORDER BY called_on, ticket
