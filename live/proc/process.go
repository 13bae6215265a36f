package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/prometheus/procfs"
)

// Process is one that is running. Start tells it from a later one with its number.
type Process struct {
	PID   int
	Start uint64 // in ticks since the machine was started
	Exe   string // where its program lies; empty if that is not told
	Args  []string
	RSS   uint64 // bytes

	p procfs.Proc
}

// GoneError says that there is no such process.
type GoneError struct{ PID int }

func (e *GoneError) Error() string { return fmt.Sprintf("there is no process %d", e.PID) }

// Hint is what to try.
func (e *GoneError) Hint() string { return "heapdiff ps lists what is running" }

// Open looks at a process.
func Open(pid int) (*Process, error) {
	root, err := procfs.NewDefaultFS()
	if err != nil {
		return nil, fmt.Errorf("this machine has no /proc: %w", err)
	}
	p, err := root.Proc(pid)
	if err != nil {
		return nil, &GoneError{pid}
	}
	return open(p)
}

func open(p procfs.Proc) (*Process, error) {
	stat, err := p.Stat()
	if err != nil || stat.State == "Z" {
		return nil, &GoneError{p.PID}
	}
	process := &Process{PID: p.PID, Start: stat.Starttime, RSS: uint64(stat.ResidentMemory()), p: p}
	process.Exe, _ = p.Executable()
	process.Exe = strings.TrimSuffix(process.Exe, " (deleted)")
	process.Args, _ = p.CmdLine()
	return process, nil
}

// All are the processes that have a program, which the kernel's own have not.
func All() ([]*Process, error) {
	root, err := procfs.NewDefaultFS()
	if err != nil {
		return nil, fmt.Errorf("this machine has no /proc: %w", err)
	}
	list, err := root.AllProcs()
	if err != nil {
		return nil, fmt.Errorf("/proc: %w", err)
	}
	var all []*Process
	for _, p := range list {
		if process, err := open(p); err == nil && len(process.Args) > 0 {
			all = append(all, process)
		}
	}
	return all, nil
}

// Same says whether the process still runs and is no other with its number.
func (p *Process) Same() bool {
	stat, err := p.p.Stat()
	return err == nil && stat.State != "Z" && stat.Starttime == p.Start
}

// Name is the program's, and of an interpreter's the script's, too.
func (p *Process) Name() string {
	name := filepath.Base(p.Exe)
	if p.Exe == "" && len(p.Args) > 0 {
		name = filepath.Base(p.Args[0])
	}
	if !p.IsNode() && name != "deno" {
		return name
	}
	for _, arg := range p.Args[min(1, len(p.Args)):] {
		if ext := filepath.Ext(arg); !strings.HasPrefix(arg, "-") && strings.Contains(".js .cjs .mjs .ts", ext) && ext != "" {
			return name + " " + filepath.Base(arg)
		}
	}
	return name
}

// IsNode says whether the program is Node. What it calls itself says nothing:
// that is "MainThread" in some versions.
func (p *Process) IsNode() bool {
	base := filepath.Base(p.Exe)
	return base == "node" || base == "nodejs" || strings.HasPrefix(base, "node-")
}

// sigusr1 is its bit in the masks of the kernel.
const sigusr1 = 1 << (10 - 1)

// CatchesUSR1 says whether SIGUSR1 reaches a handler: without one it kills.
func (p *Process) CatchesUSR1() bool {
	caught, okCaught := p.mask("SigCgt:")
	blocked, okBlocked := p.mask("SigBlk:")
	return okCaught && okBlocked && caught&sigusr1 != 0 && blocked&sigusr1 == 0
}

func (p *Process) mask(name string) (uint64, bool) {
	text, err := os.ReadFile(p.path("status"))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			v, err := strconv.ParseUint(strings.TrimSpace(rest), 16, 64)
			return v, err == nil
		}
	}
	return 0, false
}

// Env is a variable of the environment the process was started with.
func (p *Process) Env(name string) string {
	list, err := p.p.Environ()
	if err != nil {
		return ""
	}
	for _, v := range list {
		if rest, ok := strings.CutPrefix(v, name+"="); ok {
			return rest
		}
	}
	return ""
}

// Dir is where its relative paths begin.
func (p *Process) Dir() string {
	dir, err := p.p.Cwd()
	if err != nil {
		return ""
	}
	return dir
}

func (p *Process) path(name string) string {
	return filepath.Join("/proc", strconv.Itoa(p.PID), name)
}

// Isolated says whether its network, or its files, are not ours.
func (p *Process) Isolated(namespace string) bool {
	ours, err1 := own(namespace)
	theirs, err2 := os.Readlink(p.path("ns/" + namespace))
	return err1 == nil && err2 == nil && ours != theirs
}

// own is the namespace that we were started in: later, the thread that stands for us
// in /proc may be the one that Dial took elsewhere.
func own(namespace string) (string, error) {
	if namespace == "net" {
		return ownNetwork()
	}
	return os.Readlink("/proc/self/ns/" + namespace)
}

var ownNetwork = sync.OnceValues(func() (string, error) { return os.Readlink("/proc/self/ns/net") })

// denied says whether something is only not told to us.
func denied(err error) bool { return errors.Is(err, fs.ErrPermission) }
