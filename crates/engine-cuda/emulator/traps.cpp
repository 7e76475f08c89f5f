// What goes wrong in the middle of a kernel, in words: accesses to no memory, misaligned ones,
// indices beyond an array, divisions by 0 and integers that overflow.
//
// The last ones come from -fsanitize: these are the functions that its code calls, in place of the
// library that would have to be installed for them.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <unistd.h>

#include "block.h"

namespace emulated {
namespace {

struct sigaction former[2];
const int SIGNALS[2] = {SIGSEGV, SIGBUS};

void on_signal(int, siginfo_t* info, void*) {
    // `fail` prints and aborts; nothing can be spoilt by that any more.
    for (int i = 0; i < 2; i++) sigaction(SIGNALS[i], &former[i], nullptr);
    fail("access to %p, where no memory is", info->si_addr);
}

struct Location {
    const char* file;
    uint32_t line, column;
};

struct Mismatch {
    Location at;
    const void* type;
    unsigned char log_of_alignment, kind;
};

}  // namespace

Watch::Watch() {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    for (int i = 0; i < 2; i++) sigaction(SIGNALS[i], &action, &former[i]);
}

Watch::~Watch() {
    for (int i = 0; i < 2; i++) sigaction(SIGNALS[i], &former[i], nullptr);
}

}  // namespace emulated

using namespace emulated;

#define TRAP(name, what)                                                              \
    extern "C" EMULATED_HIDDEN void __ubsan_handle_##name##_abort(Location* at, ...) { \
        fail("%s:%u:%u: " what, at->file, at->line, at->column);                      \
    }

TRAP(add_overflow, "integers overflow")
TRAP(sub_overflow, "integers overflow")
TRAP(mul_overflow, "integers overflow")
TRAP(negate_overflow, "integers overflow")
TRAP(divrem_overflow, "division by 0, or of the least integer by -1")
TRAP(shift_out_of_bounds, "shift by too many bits")
TRAP(pointer_overflow, "pointer beyond all memory")

extern "C" EMULATED_HIDDEN void __ubsan_handle_out_of_bounds_abort(Location* at, size_t index) {
    fail("%s:%u:%u: index %zd is beyond the array", at->file, at->line, at->column, (ssize_t)index);
}

extern "C" EMULATED_HIDDEN void __ubsan_handle_type_mismatch_v1_abort(Mismatch* at,
                                                                      const void* address) {
    fail("%s:%u:%u: %p is no multiple of %d", at->at.file, at->at.line, at->at.column, address,
         1 << at->log_of_alignment);
}
