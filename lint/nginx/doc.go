// Package nginx holds what nginx itself knows about its configuration
// language, from release 1.18.0 on: every directive with its contexts, argument
// counts, value type and default, by release; how sizes, times and addresses
// are read; which variables exist.
//
// The package states facts and judges nothing. Where nginx's source decides,
// the doc comment names the file and the function.
//
// Some defaults depend on the machine nginx was built for. They are given for
// the common one, see [PageSize] and [CacheLineSize].
package nginx

// PageSize is the memory page, in bytes, that defaults such as
// "proxy_buffer_size 4k" are given for (ngx_pagesize, src/os/unix/ngx_posix_init.c).
// It is 4096 on x86-64 and on most ARM systems; a system with larger pages has
// larger default buffers.
const PageSize = 4096

// CacheLineSize is the processor's cache line, in bytes, that defaults such as
// "server_names_hash_bucket_size 64" are given for (ngx_cacheline_size,
// src/core/ngx_cpuinfo.c).
const CacheLineSize = 64
