// Command compare does the same work with this library and with its peers, in
// turn, and prints how they compare. It writes compare.json and compare.svg too.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"example.com/socket/bench/internal/compare"
	"example.com/socket/bench/internal/work"
)

func main() {
	err, child := work.Main(os.Args[1:], os.Stdin, os.Stdout)
	if !child {
		err = run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	rounds := flag.Int("rounds", 5, "how often each peer's turn comes")
	only := flag.String("only", "", "the letters of the works to run, as in `a,f`; all if empty")
	quick := flag.Bool("quick", false, "see that everything runs: one short round whose numbers mean little")
	cpu := flag.Bool("cpu", false, "compare processor time instead of time: for a machine that is busy with other things")
	out := flag.String("out", "", "the `folder` for compare.json and compare.svg (default results, "+
		"and with -only, -quick or -cpu none)")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("what is %q? The flags are told by -help", flag.Arg(0))
	}
	if *quick {
		*rounds = 1
	}
	if *out == "" && *only == "" && !*quick && !*cpu {
		*out = "results"
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := compare.Options{Rounds: *rounds, Only: *only, Quick: *quick, CPU: *cpu, Log: os.Stderr}
	report, failed := compare.Run(ctx, o)
	if report == nil {
		return failed
	}
	if err := report.WriteTable(os.Stdout); err != nil {
		return err
	}
	if *out == "" || failed != nil {
		return failed // the results of a whole run aren't replaced by half of them
	}
	return write(*out, report)
}

// write puts both files into dir.
func write(dir string, r *compare.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, to := range map[string]func(io.Writer) error{
		"compare.json": r.WriteJSON,
		"compare.svg":  r.WriteChart,
	} {
		if err := writeFile(filepath.Join(dir, name), to); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, to func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := to(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
