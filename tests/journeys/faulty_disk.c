/* A disk that fails once, or from then on, at the n-th call that would change a file beneath FAULT_ROOT. Preloaded into a process;
   `fault_arm(n, errno, mode)` starts the count, `fault_count()` tells how many calls there were. Modes: 0 once, 1 from then on,
   2 a short write once and failure at the next write, 3 the process is killed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int at = 0, count = 0, kind = EIO, mode = 0, armed = 0, cut = 0;
void fault_arm(int n, int error, int how) { at = n; count = 0; kind = error; mode = how; cut = 0; armed = 1; }
int fault_count(void) { return count; }
void fault_rest(void) { armed = 0; }

/* While the file FAULT_FULL exists there is no room for anything beneath FAULT_ROOT, in whatever process. */
static int full(void) {
    const char *flag = getenv("FAULT_FULL");
    if (!flag || access(flag, F_OK)) return 0;
    errno = ENOSPC;
    return 1;
}
static int beneath(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    return root && !strncmp(path, root, strlen(root));
}
static int ours(int fd) {
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return beneath(path);
}
/* 0 go on, 1 fail, 2 write half */
static int turn(int writes) {
    if (cut && writes) { cut = 0; return 1; }
    count++;
    if (mode == 3 && count == at) kill(getpid(), SIGKILL);
    if (mode == 1 ? count >= at : count == at) {
        if (mode == 2 && writes) { cut = 1; return 2; }
        return 1;
    }
    return 0;
}
#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define FAIL do { errno = kind; return -1; } while (0)

ssize_t write(int fd, const void *b, size_t n) {
    REAL(write);
    if (full() && ours(fd)) { errno = ENOSPC; return -1; }
    if (armed && at && ours(fd)) { int t = turn(1); if (t == 1) FAIL; if (t == 2 && n > 1) n /= 2; }
    return real(fd, b, n);
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) {
    REAL(pwrite);
    if (full() && ours(fd)) { errno = ENOSPC; return -1; }
    if (armed && at && ours(fd)) { int t = turn(1); if (t == 1) FAIL; if (t == 2 && n > 1) n /= 2; }
    return real(fd, b, n, o);
}
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
    REAL(pwrite64);
    if (full() && ours(fd)) { errno = ENOSPC; return -1; }
    if (armed && at && ours(fd)) { int t = turn(1); if (t == 1) FAIL; if (t == 2 && n > 1) n /= 2; }
    return real(fd, b, n, o);
}
#define ON_FD(name) int name(int fd) { REAL(name); if (armed && at && ours(fd) && turn(0)) FAIL; return real(fd); }
ON_FD(fsync)
ON_FD(fdatasync)
int ftruncate(int fd, off_t n) { REAL(ftruncate); if (armed && at && ours(fd) && turn(0)) FAIL; return real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); if (armed && at && ours(fd) && turn(0)) FAIL; return real(fd, n); }
int rename(const char *a, const char *b) { REAL(rename); if (armed && at && beneath(b) && turn(0)) FAIL; return real(a, b); }
int renameat(int d, const char *a, int e, const char *b) { REAL(renameat); if (armed && at && beneath(b) && turn(0)) FAIL; return real(d, a, e, b); }
int link(const char *a, const char *b) { REAL(link); if (armed && at && beneath(b) && turn(0)) FAIL; return real(a, b); }
int unlink(const char *a) { REAL(unlink); if (armed && at && kind != ENOSPC && beneath(a) && turn(0)) FAIL; return real(a); }
int mkdir(const char *a, mode_t m) { REAL(mkdir); if (full() && beneath(a)) { errno = ENOSPC; return -1; } if (armed && at && beneath(a) && turn(0)) FAIL; return real(a, m); }
int openat(int d, const char *a, int flags, ...) {
    REAL(openat);
    if ((flags & O_CREAT) && full() && beneath(a) && access(a, F_OK)) { errno = ENOSPC; return -1; }
    va_list more; va_start(more, flags); mode_t m = va_arg(more, mode_t); va_end(more);
    if ((flags & O_CREAT) && armed && at && beneath(a) && turn(0)) FAIL;
    return real(d, a, flags, m);
}
int open(const char *a, int flags, ...) {
    REAL(open);
    if ((flags & O_CREAT) && full() && beneath(a) && access(a, F_OK)) { errno = ENOSPC; return -1; }
    va_list more; va_start(more, flags); mode_t m = va_arg(more, mode_t); va_end(more);
    if ((flags & O_CREAT) && armed && at && beneath(a) && turn(0)) FAIL;
    return real(a, flags, m);
}
int open64(const char *a, int flags, ...) {
    REAL(open64);
    if ((flags & O_CREAT) && full() && beneath(a) && access(a, F_OK)) { errno = ENOSPC; return -1; }
    va_list more; va_start(more, flags); mode_t m = va_arg(more, mode_t); va_end(more);
    if ((flags & O_CREAT) && armed && at && beneath(a) && turn(0)) FAIL;
    return real(a, flags, m);
}
