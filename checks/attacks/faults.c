/* Makes the n-th call of a chosen kind fail. Linux on x86-64.
 *
 *   cc -std=c99 -O1 -shared -fPIC -o faults.so faults.c -ldl
 *   FAULT_CALL=write FAULT_AT=7 FAULT_ERRNO=28 LD_PRELOAD=./faults.so PROGRAM
 *
 * FAULT_CALL        kind of the call, a name of KINDS; none: calls are counted, none fails
 * FAULT_AT          which call of that kind, from 1
 * FAULT_ERRNO       number of the error; 0 makes a read or write short, not wrong
 * FAULT_STICKY      1: this call and all after it
 * FAULT_UNDER       absolute path: only files below it are counted; maps and threads always are
 * FAULT_COUNT_FILE  file of 8-byte counts, one a kind in the order of KINDS, then the path that was
 *                   hit; a shared map, so that it is there however the program ends
 *
 * Rust programs make some calls without the C library, where no other function can stand in for
 * it. So the kernel is asked to send a signal for each call on files (seccomp), and its handler
 * makes the call or refuses it. Maps (of 64 KiB and more) and threads come through the C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __x86_64__
#error "registers of x86-64 only"
#endif

enum { OPEN, READ, WRITE, SYNC, RENAME, LINK, UNLINK, MKDIR, TRUNCATE, STAT, LIST, TOUCH, MAP, THREAD, KINDS };
static const char *const NAMES[KINDS] = {"open", "read", "write", "sync", "rename", "link", "unlink",
    "mkdir", "truncate", "stat", "list", "touch", "map", "thread"};

/* Where a call says which file it is about. */
enum { FD, PATH, AT };
struct call { int number, kind, where; };
static const struct call CALLS[] = {
    {SYS_open, OPEN, PATH}, {SYS_creat, OPEN, PATH}, {SYS_openat, OPEN, AT}, {SYS_openat2, OPEN, AT},
    {SYS_read, READ, FD}, {SYS_pread64, READ, FD}, {SYS_readv, READ, FD},
    {SYS_write, WRITE, FD}, {SYS_pwrite64, WRITE, FD}, {SYS_writev, WRITE, FD},
    {SYS_fsync, SYNC, FD}, {SYS_fdatasync, SYNC, FD},
    {SYS_rename, RENAME, PATH}, {SYS_renameat, RENAME, AT}, {SYS_renameat2, RENAME, AT},
    {SYS_link, LINK, PATH}, {SYS_linkat, LINK, AT},
    {SYS_unlink, UNLINK, PATH}, {SYS_unlinkat, UNLINK, AT}, {SYS_rmdir, UNLINK, PATH},
    {SYS_mkdir, MKDIR, PATH}, {SYS_mkdirat, MKDIR, AT},
    {SYS_ftruncate, TRUNCATE, FD},
    {SYS_stat, STAT, PATH}, {SYS_lstat, STAT, PATH}, {SYS_fstat, STAT, FD},
    {SYS_newfstatat, STAT, AT}, {SYS_statx, STAT, AT},
    {SYS_getdents64, LIST, FD}, {SYS_utimensat, TOUCH, AT},
};
enum { COUNT = sizeof CALLS / sizeof *CALLS };

/* In the sixth argument, which none of these calls has: the kernel lets the call through. */
#define PASS 0x7fa17ed1u

struct shared { uint64_t counts[KINDS]; char hit[4096]; };
static struct shared own, *shared = &own;
static int wanted = -1, error, sticky;
static uint64_t at;
static char under[4096];

static long raw(long n, const long *a, long sixth) {
    long result;
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = sixth;
    __asm__ volatile("syscall" : "=a"(result)
        : "a"(n), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
        : "rcx", "r11", "memory");
    return result;
}

/* Path of a descriptor, or of the working directory, into `path`; its length, 0 if unknown. */
static size_t path_of(int fd, char *path, size_t size) {
    char link[40] = "/proc/self/cwd";
    if (fd != AT_FDCWD) {
        char digits[12];
        int n = 0, length = 14;
        if (fd < 0) return 0;
        do digits[n++] = (char)('0' + fd % 10); while (fd /= 10);
        memcpy(link, "/proc/self/fd/", 14);
        while (n) link[length++] = digits[--n];
        link[length] = 0;
    }
    long a[5] = {(long)link, (long)path, (long)size - 1, 0, 0};
    long length = raw(SYS_readlink, a, 0);
    if (length < 0) length = 0;
    path[length] = 0;
    return (size_t)length;
}

static void path_at(int fd, const char *name, char *path, size_t size) {
    size_t length = 0;
    path[0] = 0;
    if (!name || !*name) { path_of(fd, path, size); return; }
    if (*name != '/') {
        length = path_of(fd, path, size);
        if (length + 2 < size) path[length++] = '/';
        while (name[0] == '.' && name[1] == '/') name += 2;
    }
    size_t rest = strlen(name);
    if (length + rest >= size) rest = size - length - 1;
    memcpy(path + length, name, rest);
    path[length + rest] = 0;
}

/* Counts a call; whether it is to fail. */
static int fails(int kind, const char *path) {
    uint64_t now = __atomic_add_fetch(&shared->counts[kind], 1, __ATOMIC_RELAXED);
    if (kind != wanted || (sticky ? now < at : now != at)) return 0;
    if (now == at) strncpy(shared->hit, path, sizeof shared->hit - 1);
    return 1;
}

static void on_call(int signal, siginfo_t *info, void *context) {
    (void)signal;
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    long a[5] = {r[REG_RDI], r[REG_RSI], r[REG_RDX], r[REG_R10], r[REG_R8]};
    const struct call *call = CALLS;
    while (call < CALLS + COUNT && call->number != info->si_syscall) call++;
    char path[4096];
    if (call == CALLS + COUNT) { r[REG_RAX] = -ENOSYS; return; }
    if (call->where == FD) path_of((int)a[0], path, sizeof path);
    else if (call->where == PATH) path_at(AT_FDCWD, (const char *)a[0], path, sizeof path);
    else path_at((int)a[0], (const char *)a[1], path, sizeof path);
    size_t depth = strlen(under);
    int counts = !strncmp(path, under, depth) && (!depth || path[depth] == '/' || !path[depth]);
    if (counts && fails(call->kind, path)) {
        if (error) { r[REG_RAX] = -error; return; }
        int is_plain = call->number == SYS_read || call->number == SYS_write;
        if (is_plain && a[2] > 1) a[2] /= 2;
    }
    r[REG_RAX] = raw(call->number, a, PASS);
}

/* Smaller ones are the signal stacks that Rust gives each thread; without one it aborts, and no
 * program can do anything about that. */
#define SMALLEST_MAP (64 << 10)

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    if (length >= SMALLEST_MAP && fails(MAP, "memory")) { errno = error; return MAP_FAILED; }
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    return mmap(address, length, protection, flags, fd, offset);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *data) {
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    if (fails(THREAD, "thread")) return error;
    return real(thread, attributes, work, data);
}

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

__attribute__((constructor)) static void start(void) {
    for (int kind = 0; kind < KINDS; kind++)
        if (!strcmp(setting("FAULT_CALL"), NAMES[kind])) wanted = kind;
    at = strtoull(setting("FAULT_AT"), NULL, 10);
    error = atoi(setting("FAULT_ERRNO"));
    sticky = atoi(setting("FAULT_STICKY"));
    strncpy(under, setting("FAULT_UNDER"), sizeof under - 1);
    int file = open(setting("FAULT_COUNT_FILE"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file >= 0 && !ftruncate(file, sizeof own)) {
        void *map = (void *)syscall(SYS_mmap, NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (map != MAP_FAILED) shared = map;
    }
    if (file >= 0) close(file);
    memset(shared, 0, sizeof own);

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_call;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;
    sigaction(SIGSYS, &action, NULL);
    struct sock_filter filter[COUNT + 8];
    int n = 0;
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, COUNT + 1);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < COUNT; i++)
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)CALLS[i].number, (unsigned char)(COUNT - i), 0);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[5]));
    filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PASS, 0, 1);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
    struct sock_fprog program = {(unsigned short)(n + 1), filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        static const char said[] = "faults.c: the kernel refuses a seccomp filter\n";
        if (write(2, said, sizeof said - 1)) _exit(99);
        _exit(99);
    }
}
