package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// writeOut writes to standard output if path is "-", else to the file at path,
// which is either written whole or left as it was.
func (w world) writeOut(path string, write func(io.Writer) error) error {
	if path == "-" {
		return buffered(w.stdout, write)
	}
	return writeFile(path, write)
}

// writeFile writes a file beside path and then gives it its name, so that
// nobody ever sees half of it. What is not a regular file, such as a named pipe
// or /dev/null, is written to as it is.
func writeFile(path string, write func(io.Writer) error) error {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved // the link stays, its target is replaced
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fileError(path, err)
		}
		return errors.Join(buffered(f, write), f.Close())
	}
	f, err := createBeside(path)
	if err != nil {
		return fileError(path, err)
	}
	defer os.Remove(f.Name()) // if anything fails, and in vain if nothing does
	if info != nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err = errors.Join(err, buffered(f, write), f.Close()); err != nil {
		return fileError(path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fileError(path, err)
	}
	return nil
}

// createBeside creates a hidden file in the folder of path, with the
// permissions of an ordinary new file.
func createBeside(path string) (*os.File, error) {
	dir, base := filepath.Split(path)
	for try := time.Now().UnixNano(); ; try++ {
		name := dir + "." + base + "." + strconv.FormatInt(try, 36)
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// buffered writes through a buffer and says what went wrong, whoever noticed.
func buffered(to io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(to, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// fileError names the file once, and the cause without the system call.
func fileError(path string, err error) error {
	var inPath *fs.PathError
	if errors.As(err, &inPath) {
		err = inPath.Err
	}
	return fmt.Errorf("%s: cannot be written: %w", path, err)
}

// checkTargets finds out, before any work is done, what would fail after it.
func checkTargets(c *command, targets, inputs []string) error {
	seen := map[string]bool{}
	for _, path := range targets {
		if seen[path] {
			if path == "-" {
				return &usageError{command: c, what: "standard output takes one report only", try: "give the others a file name"}
			}
			return &usageError{command: c, what: path + " is named for two reports"}
		}
		seen[path] = true
		if path == "-" {
			continue
		}
		if path == "" {
			return &usageError{command: c, what: "a report needs a file name", try: "- is standard output"}
		}
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			return &usageError{command: c, what: path + " is a directory", try: "name a file in it"}
		}
		for _, in := range inputs {
			if from, inErr := os.Stat(in); err == nil && inErr == nil && info.Mode().IsRegular() && os.SameFile(info, from) {
				return &usageError{command: c, what: path + " is an input, it will not be overwritten"}
			}
		}
		dir := filepath.Dir(path)
		if dirInfo, err := os.Stat(dir); err != nil || !dirInfo.IsDir() {
			return &usageError{command: c, what: path + ": there is no directory " + dir, try: "mkdir -p " + dir}
		}
	}
	return nil
}
