package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/budget"
	"github.com/heapdiff/heapdiff/internal/human"
)

// resourceFlags say what may be used, and watch how it is.
type resourceFlags struct {
	maxMemory, tmp         string
	cpuProfile, memProfile string
}

func (o *resourceFlags) declare(flags *pflag.FlagSet) {
	about("work", flags, func() {
		flags.StringVar(&o.maxMemory, "max-memory", "", "stop at once if more than `SIZE` is needed, such as 4GiB (default: 75 % of what there is)")
		flags.StringVar(&o.tmp, "tmp", "", "keep a part of heaps that need more memory than that in `DIR`, on a fast disk")
		flags.StringVar(&o.cpuProfile, "cpuprofile", "", "write where heapdiff itself spends its time to `PATH`, for go tool pprof")
		flags.StringVar(&o.memProfile, "memprofile", "", "write what heapdiff itself allocates to `PATH`, for go tool pprof")
	})
}

// limit returns how much memory may be used.
func (o *resourceFlags) limit() (budget.Limit, error) {
	if o.maxMemory == "" {
		return budget.Default(os.DirFS("/")), nil
	}
	bytes, err := human.ParseSize(o.maxMemory)
	if err != nil {
		return budget.Limit{}, fmt.Errorf("--max-memory: %w", err)
	}
	return budget.Given(uint64(bytes)), nil
}

// watch sets the collector and starts the profiles; stop writes them.
func (o *resourceFlags) watch() (stop func() error, err error) {
	budget.SetCollector(0, budget.Limit{})
	if o.cpuProfile == "" && o.memProfile == "" {
		return func() error { return nil }, nil
	}
	var cpu *os.File
	if o.cpuProfile != "" {
		if cpu, err = os.Create(o.cpuProfile); err != nil {
			return nil, fileError(o.cpuProfile, err)
		}
		if err := pprof.StartCPUProfile(cpu); err != nil {
			return nil, err
		}
	}
	return func() error {
		if cpu != nil {
			pprof.StopCPUProfile()
			if err := cpu.Close(); err != nil {
				return err
			}
		}
		if o.memProfile == "" {
			return nil
		}
		file, err := os.Create(o.memProfile)
		if err != nil {
			return fileError(o.memProfile, err)
		}
		runtime.GC()
		if err := pprof.Lookup("allocs").WriteTo(file, 0); err != nil {
			file.Close()
			return err
		}
		return file.Close()
	}, nil
}
