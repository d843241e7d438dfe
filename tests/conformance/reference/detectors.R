# Reference results of the detectors: Rscript detectors.R SERIES.json CASES.json OUT.json
# Made with R 4.2.2 and surveillance 1.20.3 (Debian 12). The numbers are facts about the published methods.
suppressMessages({library(surveillance); library(jsonlite)})
args <- commandArgs(trailingOnly = TRUE)
series <- fromJSON(args[1], simplifyVector = TRUE)
cases <- fromJSON(args[2], simplifyVector = FALSE)

run <- function(case) {
  s <- series[[case$series]]
  dated <- isTRUE(case$dated)
  x <- sts(as.numeric(s$observed), start = c(2001, 1), frequency = s$freq,
           epoch = if (dated) as.numeric(as.Date(s$dates)) else seq_along(s$observed), epochAsDate = dated)
  if (!is.null(s$population)) { x@populationFrac <- matrix(as.numeric(s$population), ncol = 1); x@multinomialTS <- FALSE }
  control <- lapply(case$param, function(v) if (is.list(v)) unlist(v) else v)
  control$range <- if (is.null(case$range)) NULL else seq(case$range[[1]], case$range[[2]])
  method <- case$method
  if (startsWith(method, "ears")) {
    control$method <- toupper(substring(method, 6))
    r <- earsC(x, control = control)
  } else if (method == "cusum") {
    r <- cusum(x, control = control)
  } else if (method == "farrington") {
    r <- farrington(x, control = control)
  } else {
    r <- farringtonFlexible(x, control = control)
  }
  out <- list(range = range(r@control$range), upperbound = as.vector(upperbound(r)), alarm = as.integer(as.vector(alarms(r))))
  if (method == "farrington") out$median <- as.vector(r@control$pd[, 2])
  if (method == "farrington-flexible") {
    out$range <- range(if (is.null(case$range)) (x@freq * (if (is.null(control$b)) 5 else control$b) + (if (is.null(control$w)) 3 else control$w) + 1):nrow(x) else control$range)
    for (what in c("expected", "score", "pvalue", "trend")) out[[what]] <- as.vector(r@control[[what]])
  }
  c(case, list(reference = out))
}
results <- lapply(cases, function(case) tryCatch(suppressWarnings(run(case)), error = function(e) c(case, list(error = conditionMessage(e)))))
write(toJSON(list(made_by = paste(R.version.string, "surveillance", packageVersion("surveillance")), cases = results),
             auto_unbox = TRUE, digits = NA, na = "null", null = "null"), args[3])
