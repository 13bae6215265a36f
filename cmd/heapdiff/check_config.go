package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/heapdiff/heapdiff/gate"
)

// configError says that the configuration is wrong: that is a matter of usage,
// but no command line would be right.
type configError struct {
	cause error
	try   string // may be empty
}

func (e *configError) Error() string { return e.cause.Error() }

// readConfig reads the configuration that was named, or else the one that
// counts here.
func readConfig(c *command, path string, none bool) (*gate.Config, error) {
	switch {
	case none && path != "":
		return nil, &usageError{command: c, what: "--config and --no-config exclude each other"}
	case none:
		return gate.ReadConfig("")
	case path == "":
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		path = gate.FindConfig(dir)
	}
	config, err := gate.ReadConfig(path)
	var in *fs.PathError
	if errors.As(err, &in) {
		return nil, &configError{errors.New(path + ": the configuration cannot be read: " + in.Err.Error()), "check the path, or say --no-config"}
	}
	if err != nil {
		return nil, &configError{err, "mend it, or say --no-config"}
	}
	return config, nil
}
