# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table of a comparison, in Markdown, from the JSON lines of bench-cast.py. Of a peer that ran with several settings the best counts."""

import json

GB = 1e9
ORDER = ("Seatcast", "NORM", "UFTP", "udpcast", "wimlib + UFTP", "rsync")
FAILED = "did not finish"


def read_lines(paths):
    lines = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            lines += [json.loads(line) for line in file if line.startswith("{")]
    return [line for line in lines if line.get("benchmark") == "cast" and line.get("tool") != "all"]


def best(lines, key, **wanted):
    """{tool: its run with the lowest KEY (line) among those that are as WANTED; None where all failed}."""
    found = {}
    for line in lines:
        if all(line.get(name) == value for name, value in wanted.items()):
            before = found.setdefault(line["tool"], None)
            if line["ok"] and (before is None or key(line) < key(before)):
                found[line["tool"]] = line
    return {tool: found[tool] for tool in sorted(found, key=lambda tool: ORDER.index(tool) if tool in ORDER else len(ORDER))}


def table(headings, rows):
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def values(lines, name, **wanted):
    return sorted({line[name] for line in lines if name in line and all(line.get(key) == value for key, value in wanted.items())})


def cells(runs, tools, show):
    return [show(runs[tool]) if runs.get(tool) else FAILED if tool in runs else "–" for tool in tools]


def tools_of(lines):
    tools = {line["tool"] for line in lines}
    return [tool for tool in ORDER if tool in tools]


def overhead_rows(lines, tools):
    for loss in values(lines, "loss_percent"):
        runs = best(lines, lambda line: line["sent_per_content"], loss_percent=loss)
        yield [f"{loss} % loss", *cells(runs, tools, lambda run: f"{run['sent_per_content']:.3f}")]


def goodput_rows(lines, tools):
    for n_seats in values(lines, "seats"):
        runs = best(lines, lambda line: line["seconds"], seats=n_seats)
        peers = [run["goodput_bits_per_second"] for tool, run in runs.items() if run and tool != "Seatcast"]
        ours = runs.get("Seatcast")
        ratio = f"{ours['goodput_bits_per_second'] / max(peers):.1f}" if ours and peers else "–"
        yield [f"{n_seats} receivers, Mbit/s", *cells(runs, tools, lambda run: f"{run['goodput_bits_per_second'] / 1e6:.0f}"), ratio]


def link_rows(lines, tools):
    for n_seats in values(lines, "seats"):
        runs = best(lines, lambda line: line["seconds"], seats=n_seats)
        yield [f"{n_seats} receivers", *cells(runs, tools, lambda run: f"{run['goodput_bits_per_second'] / 1e6:.0f} Mbit/s, "
               f"{100 * run['goodput_bits_per_second'] / run['link_content_bits_per_second']:.1f} %")]


def per_gb(run, name):
    return run[name] * GB / run["size_bytes"]


def cpu_rows(lines, tools):
    for name, title in (("sender_cpu_seconds", "sender"), ("receiver_cpu_seconds", "one receiver"),
                        ("machine_cpu_seconds", "whole machine, with the kernel's network")):
        runs = best(lines, lambda line: per_gb(line, name))
        yield [title + ", s/GB", *cells(runs, tools, lambda run: f"{per_gb(run, name):.2f}")]
    runs = best(lines, lambda line: per_gb(line, "sender_cpu_seconds") + per_gb(line, "receiver_cpu_seconds"))
    yield ["both, s/GB", *cells(runs, tools, lambda run: f"{per_gb(run, 'sender_cpu_seconds') + per_gb(run, 'receiver_cpu_seconds'):.2f}")]


def straggler_rows(lines, tools):
    for kind in dict.fromkeys(line["straggler"] for line in lines if "straggler" in line):
        runs = best(lines, lambda line: line["seconds"], straggler=kind)

        def show(run):
            reference = run.get("reference_seconds")
            return f"{run['seconds']:.1f} s" + (f" ({run['seconds'] / reference:.2f} ×)" if reference else "")
        yield [kind, *cells(runs, tools, show)]


def fleet_rows(lines, tools):
    runs = {n_seats: best(lines, lambda line: line["seconds"], seats=n_seats) for n_seats in values(lines, "seats")}
    for n_seats, found in runs.items():
        yield [f"{n_seats} seats", *cells(found, tools, lambda run: f"{run['seconds']:.1f} s, sender's CPU {run['sender_cpu_seconds']:.2f} s")]
    if len(runs) > 1:
        few, many = runs[min(runs)], runs[max(runs)]

        def ratio(tool):
            if not few.get(tool) or not many.get(tool):
                return "–"
            cpu = many[tool]["sender_cpu_seconds"] / max(few[tool]["sender_cpu_seconds"], 0.01)
            return f"time {many[tool]['seconds'] / few[tool]['seconds']:.2f} ×, CPU {cpu:.2f} ×"
        yield ["the one of the other", *map(ratio, tools)]


def job_rows(lines, tools):
    runs = best(lines, lambda line: line["seconds"])
    least = best(lines, lambda line: line["wire_bytes"])
    ours = runs.get("Seatcast")

    def compare(value, name):
        return f" ({value[name] / ours[name]:.1f} ×)" if ours and value is not ours else ""
    yield ["seconds", *cells(runs, tools, lambda run: f"{run['seconds']:.1f}{compare(run, 'seconds')}")]
    yield ["MB on the console's link", *cells(least, tools, lambda run: f"{run['wire_bytes'] / 1e6:.0f}{compare(run, 'wire_bytes')}")]
    yield ["settings", *cells(runs, tools, lambda run: run["settings"])]


PARTS = {
    "overhead": ("Bytes on the wire for each byte of content, {seats} seats", overhead_rows, ()),
    "jumbo": ("The same with an MTU of 9,000", overhead_rows, ()),
    "goodput": ("Goodput, a link as fast as the machine", goodput_rows, ("of the best peer",)),
    "link": ("Goodput, a link of 1 Gbit/s, and its share of what the link carries at the tool's packet size", link_rows, ()),
    "cpu": ("CPU time for each GB", cpu_rows, ()),
    "stragglers": ("One bad seat: when all others of {seats} had everything", straggler_rows, ()),
    "fleet": ("From few seats to many", fleet_rows, ()),
    "job": ("The whole job: the next revision of a real disk to {seats} seats", job_rows, ()),
}


def make_table(paths):
    lines = read_lines(paths)
    blocks = []
    for part, (title, rows, more) in PARTS.items():
        here = [line for line in lines if line["part"] == part]
        if here:
            tools = tools_of(here)
            blocks.append(f"**{title.format(seats=max(line['seats'] for line in here))}**\n\n" +
                          table(["", *tools, *more], list(rows(here, tools))))
    return "\n\n".join(blocks)
