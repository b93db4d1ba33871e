# Prints the table of what tests/bench/run.sh measured.  The arguments are its files of runs, named by what ran; a line is a run:
# seconds, kilobytes, status.  Variables: lines, runs, log_bytes, gzip_bytes, hostile_bytes, database_bytes.

FNR == 1 {
    name = FILENAME
    sub(/.*\//, "", name)
}

{
    seconds[name, ++count[name]] = $1 + 0
    if ($2 + 0 > most[name])
        most[name] = $2 + 0
}

# The middle one of values[1 .. many], the lower of two.
function middle(values, many,    i, j, sorted, value)
{
    for (i = 1; i <= many; i++) {
        value = values[i]
        for (j = i; j > 1 && sorted[j - 1] > value; j--)
            sorted[j] = sorted[j - 1]
        sorted[j] = value
    }
    return sorted[int((many + 1) / 2)]
}

function median(name,    i, values)
{
    for (i = 1; i <= count[name]; i++)
        values[i] = seconds[name, i]
    return middle(values, count[name])
}

# Of what ran in turn: a machine that is slower for a while is slower for both.  What ran once only did so after all others.
function median_ratio(a, b, times,    i, many, values)
{
    many = count[a] < count[b] ? count[a] : count[b]
    if (many == 1)
        return median(a) / (times * median(b))
    for (i = 1; i <= many; i++)
        values[i] = seconds[a, i] / (times * seconds[b, i])
    return middle(values, many)
}

function runs_of(name)
{
    return count[name] == runs ? "" : ", " count[name] (count[name] == 1 ? " run" : " runs")
}

function row(what, measured, format, wanted, detail)
{
    printf "%-57s %10s%s %10s   %s\n", what, sprintf(format, measured), (measured > wanted ? "*" : " "), sprintf(format, wanted), detail
}

function left_out(what, why)
{
    printf "%-57s %10s  %10s   %s\n", what, "-", "", why
}

# The seconds of a by those of b, times over, run by run; one of them is missing where `needs` is.
function ratio(what, wanted, a, b, times, needs,    detail)
{
    if (!(a in count) || !(b in count)) {
        left_out(what, needs)
        return
    }
    detail = sprintf("%.2f s / %s%.2f s%s", median(a), times > 1 ? times " x " : "", median(b), runs_of(a == "plain" ? b : a))
    row(what, median_ratio(a, b, times), "%.2f", wanted, detail)
}

function memory(what, name, needs)
{
    if (name in count)
        row("memory, " what, most[name] / 1024, "%.0f MB", 64, "the most of " count[name] (count[name] == 1 ? " run" : " runs"))
    else
        left_out("memory, " what, needs)
}

END {
    gz = "skipped: gzip or zcat is not installed"
    lnav = "skipped: lnav is not installed"
    huge = "left out: set HUGE=1"
    printf "%d lines, %.1f MB%s; medians of %d run%s, ratios within a run; a scan is one of the plain log into a new database.\n* more than wanted\n\n", lines,
        log_bytes / 1e6, (gzip_bytes > 0 ? sprintf(", %.1f MB gzipped", gzip_bytes / 1e6) : ""), runs, (runs == 1 ? "" : "s")
    printf "%-57s %10s  %10s   %s\n", "", "measured", "wanted", ""
    ratio("scan / sqlite3 .import of the lines", 0.5, "plain", "import", 1, "skipped: sqlite3 is not installed")
    ratio("scan / lnav grouping by its message template", 0.12, "plain", "group", 1, lnav)
    ratio("scan / lnav counting lines", 1.5, "plain", "count", 1, lnav)
    ratio("scan of .gz / zcat", 1, "gzip", "zcat", 1, gz)
    ratio("scan of eight .gz / of each of them alone", 0.95, "eight", "each", 1, gz)
    ratio("report FILE without a database / scan", 0.7, "report", "plain", 1)
    ratio("scan with ten times the classes / scan", 1.1, "tenfold", "plain", 1)
    ratio("scan of 50 times the lines / 50 scans", 1.15, "huge", "beside", 50, huge)
    ratio("scan of lines all distinct / scan", 3, "distinct", "plain", 1)
    ratio("report --since of lines all distinct / without --since", 15, "distinct_since", "distinct_report", 1)
    row("scan of texts by strangers / scan, time per byte", median("hostile") / hostile_bytes / (median("plain") / log_bytes), "%.2f", 10,
        sprintf("%.2f s, %.1f MB%s", median("hostile"), hostile_bytes / 1e6, runs_of("hostile")))
    ratio("scan of 2000 tiny logs that begin alike / four of 500", 1.1, "tiny", "fewer", 4)
    row("database / log, bytes", database_bytes / log_bytes, "%.2f", 0.5, sprintf("%.0f MB / %.0f MB", database_bytes / 1e6, log_bytes / 1e6))
    ratio("query --by class,server / by SQL over the view events", 0.7, "by", "view", 1)
    row("second scan of 30 unchanged logs", median("second") * 1000, "%.1f ms", 20, (gzip_bytes > 0 ? "20 of them .gz" : ""))
    memory("scan", "plain")
    memory("scan of .gz", "gzip", gz)
    memory("scan of eight .gz", "eight", gz)
    memory("scan of one client, URI and message", "same")
    memory("scan of " lines " distinct clients, URIs and shapes", "distinct")
    memory("scan of " 3 * lines " distinct clients, URIs and shapes", "triple")
    memory("scan of " 50 * lines " lines", "huge", huge)
    memory("report FILE without a database", "report")
    memory("report FILE, all distinct", "distinct_report")
    memory("report --since FILE, all distinct", "distinct_since")
}
