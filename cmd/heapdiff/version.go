package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"
)

func versionCommand() *command {
	return &command{
		name:  "version",
		usage: "heapdiff version",
		short: "show the version",
		start: func(*pflag.FlagSet) action {
			return func(_ context.Context, w world, _ []string) error { return writeVersion(w.stdout) }
		},
	}
}

func writeVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s (%s, %s/%s)\n", tool(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// tool is the name and version that reports carry: that of the module, as the
// Go tool wrote it into the program.
func tool() string {
	version := "development version"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	return "heapdiff " + version
}
