package linttest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// newNamespaces makes cmd start in namespaces of its own. Without root rights it also gets a user
// namespace: there it stays who it is, but may set up the other ones.
func newNamespaces(cmd *exec.Cmd, i isolation) error {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if i.Net {
		attr.Cloneflags |= syscall.CLONE_NEWNET
	}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		attr.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN}
	}
	cmd.SysProcAttr = attr
	return nil
}

// becomeIsolated finishes the namespaces from the inside and becomes the program of l. It returns
// only on failure.
func becomeIsolated(l launch) error {
	if l.Net {
		if err := loopbackUp(); err != nil {
			return fmt.Errorf("bringing the loopback interface up: %w", err)
		}
	}
	if l.Hosts != "" {
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			return fmt.Errorf("making the mounts private: %w", err)
		}
		if err := unix.Mount(l.Hosts, "/etc/hosts", "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mounting %q on /etc/hosts: %w", l.Hosts, err)
		}
	}
	// What was needed up to here is dropped: nginx is to run as it does elsewhere. The thread that
	// drops it must be the one that becomes nginx.
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("dropping capabilities: %w", err)
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, envIsolate+"=") })
	return unix.Exec(l.Argv[0], l.Argv, env)
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}
