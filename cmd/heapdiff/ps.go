package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
)

func psCommand() *command {
	c := &command{
		name:  "ps",
		usage: "heapdiff ps [flags]",
		short: "list running programs that can be looked at",
		long: `A TARGET of watch, diagnose and capture is what stands in the first column, a part
of the name, or an address: host:port, ws://…, http://…/debug/pprof.`,
		examples: []example{
			{"heapdiff ps", "what watch, diagnose and capture can look at"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		asJSON := flags.Bool("json", false, "write JSON, for programs")
		return func(ctx context.Context, w world, args []string) error {
			if err := files(c, args, 0); err != nil {
				return err
			}
			found, err := live.Find(ctx, os.Getpid())
			if err != nil {
				return err
			}
			for _, t := range found {
				if t.Exposed() {
					w.complain(exposed(t), "")
				}
			}
			return w.writeOut("-", func(out io.Writer) error {
				if *asJSON {
					return writeTargetsJSON(out, found)
				}
				return writeTargets(out, found)
			})
		}
	}
	return c
}

func writeTargets(out io.Writer, found []*live.Target) error {
	if len(found) == 0 {
		_, err := fmt.Fprintln(out, "no program of Node, Deno, Chromium or Go is running that this user may look at")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TARGET\tRUNTIME\tRSS\tNAME\tREACH")
	for _, t := range found {
		rss := "-"
		if t.Process != nil {
			rss = human.Bytes(t.Process.RSS)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", printable(t.ID()), printable(t.Runtime()), rss, printable(t.Name), printable(t.Reach()))
	}
	return table.Flush()
}

func writeTargetsJSON(out io.Writer, found []*live.Target) error {
	type row struct {
		Target  string    `json:"target"`
		Kind    live.Kind `json:"kind"`
		PID     int       `json:"pid,omitempty"`
		RSS     uint64    `json:"rss,omitempty"`
		Name    string    `json:"name"`
		Version string    `json:"version,omitempty"`
		Reach   string    `json:"reach"`
		Exposed bool      `json:"exposed"`
	}
	rows := []row{}
	for _, t := range found {
		r := row{Target: t.ID(), Kind: t.Kind, PID: t.PID(), Name: t.Name, Version: t.Version, Reach: t.Reach(), Exposed: t.Exposed()}
		if t.Process != nil {
			r.RSS = t.Process.RSS
		}
		rows = append(rows, r)
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}
