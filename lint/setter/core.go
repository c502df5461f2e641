package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// coreTable are the directives of main and events.
func coreTable() map[string]check {
	return map[string]check{
		"worker_processes":    workerProcesses,
		"worker_cpu_affinity": workerCPUAffinity,
		"worker_priority":     workerPriority,
		"worker_connections":  workerConnections,
		"use":                 eventMethod,
		"thread_pool":         threadPool,
	}
}

// workerProcesses is ngx_set_worker_processes (src/core/nginx.c).
func workerProcesses(d *Directive) *Refusal {
	if v := d.Args[0]; v != "auto" {
		if _, ok := nginx.ParseNumber(v); !ok {
			return invalidValue(d, 0).with(`it takes a number or "auto"`)
		}
	}
	return nil
}

// maxCPUs is CPU_SETSIZE, the processors that a mask can name.
const maxCPUs = 1024

// workerCPUAffinity is ngx_set_cpu_affinity (src/core/nginx.c).
func workerCPUAffinity(d *Directive) *Refusal {
	masks, first := d.Args, 0
	if d.Args[0] == "auto" {
		if len(d.Args) > 2 {
			return refuse(Whole, `invalid number of arguments in "worker_cpu_affinity" directive`)
		}
		masks, first = d.Args[1:], 1
	}
	for i, mask := range masks {
		if len(mask) > maxCPUs {
			return refuse(first+i, `"worker_cpu_affinity" supports up to %d CPUs only`, maxCPUs)
		}
		// nginx reads from the right.
		if at := strings.LastIndexFunc(mask, func(c rune) bool { return c != '0' && c != '1' && c != ' ' }); at >= 0 {
			return refuse(first+i, `invalid character "%c" in "worker_cpu_affinity"`, mask[at]).with(`it takes "auto", or for each worker a mask such as "0001"`)
		}
	}
	return nil
}

// workerPriority is ngx_set_priority (src/core/nginx.c).
func workerPriority(d *Directive) *Refusal {
	v := d.Args[0]
	if v != "" && (v[0] == '-' || v[0] == '+') {
		v = v[1:]
	}
	if _, ok := nginx.ParseNumber(v); !ok {
		return refuse(0, "%q directive invalid number", d.Name)
	}
	return nil
}

// workerConnections is ngx_event_connections (src/event/ngx_event.c).
func workerConnections(d *Directive) *Refusal {
	if _, ok := nginx.ParseNumber(d.Args[0]); !ok {
		return refuse(0, "invalid number %s", quote(d.Args[0]))
	}
	return nil
}

// eventMethods are the event modules of all systems (src/event/modules).
var eventMethods = []string{"select", "poll", "epoll", "kqueue", "/dev/poll", "eventport", "iocp"}

// eventMethod is ngx_event_use (src/event/ngx_event.c).
func eventMethod(d *Directive) *Refusal {
	if v := d.Args[0]; !slices.Contains(eventMethods, v) {
		return suggest(refuse(0, "invalid event type %s", quote(v)), v, eventMethods)
	}
	return nil
}

// threadPool is ngx_thread_pool (src/core/ngx_thread_pool.c). It takes no
// notice of parameters that it does not know.
func threadPool(d *Directive) *Refusal {
	threads := false
	for i, v := range d.Args[1:] {
		if n, ok := valueOf(v, "threads"); ok {
			if n, ok := nginx.ParseNumber(n); !ok || n == 0 {
				return refuse(i+1, "invalid threads value %s", quote(v))
			}
			threads = true
		} else if n, ok := valueOf(v, "max_queue"); ok {
			if _, ok := nginx.ParseNumber(n); !ok {
				return refuse(i+1, "invalid max_queue value %s", quote(v))
			}
		}
	}
	if !threads {
		return refuse(Whole, `"thread_pool" must have "threads" parameter`).with(`write "thread_pool %s threads=32;"`, d.Args[0])
	}
	return nil
}
