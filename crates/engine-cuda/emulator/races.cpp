// Races: two threads reach for the same byte, one of them to write it, with no barrier between.
//
// Linked only where kernels.cpp is compiled with -fsanitize=thread, whose code calls the functions
// below before every access; the library that has them otherwise knows nothing of fibers. Of every
// byte is kept who wrote and who read it last, and when. Seen are
// - in a block: two threads between the same two barriers. Lanes of one warp are threads like others,
//   as a shuffle orders no memory;
// - in a launch: two blocks, in memory that is not shared. No barrier is between blocks.
// Who writes what is there already races all the same.
#include <dlfcn.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "block.h"
#include "fiber.h"

namespace emulated {
namespace {

struct Byte {
    // When it was written and read last, and when the first block began that read it in that launch.
    unsigned written, read, reader_block;
    // By which thread.
    unsigned short writer, reader;
};

constexpr unsigned short MANY = 0xffff;
constexpr unsigned MANY_BLOCKS = 0xffffffff;

// One for every byte of 64 GiB of addresses, which only what is used takes memory for. Further apart
// no two pieces of memory of a test lie.
constexpr uint64_t SPAN = 1UL << 36;

Byte* bytes() {
    static Byte* all = [] {
        void* memory = mmap(nullptr, SPAN * sizeof(Byte), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) fail("no addresses for what is known of memory");
        return (Byte*)memory;
    }();
    return all;
}

// The lines of the sources behind an address of code, as far as they can be had.
std::string lines_of(void* code) {
    Dl_info info;
    if (!dladdr(code, &info) || !info.dli_fname) return "";
    char command[4096];
    // One byte back: a return address is behind its call. Symbols of a program that is not moved
    // are counted from 0.
    snprintf(command, sizeof command, "addr2line -s -i -e '%s' 0x%lx 2>/dev/null", info.dli_fname,
             (unsigned long)((char*)code - (char*)info.dli_fbase) - 1);
    std::string text;
    if (FILE* pipe = popen(command, "r")) {
        char line[512];
        while (fgets(line, sizeof line, pipe)) {
            std::string one = line;
            text += " " + one.substr(0, one.find_last_not_of(" \n") + 1);
        }
        pclose(pipe);
    }
    return text;
}

[[noreturn]] void report(const char* doing, const char* done, const void* at, int thread, bool same_block,
                         void* code) {
    std::string other = thread == MANY ? "several threads" : "thread " + std::to_string(thread);
    fail("race at %p (%s memory): it %s what %s%s %s%s;%s", at,
         is_shared(at, 1) ? "shared" : "device", doing, other.c_str(), same_block ? "" : " of another block", done,
         same_block ? " since the last barrier" : "", lines_of(code).c_str());
}

inline bool is_on_stack(const void* at) {
    return (uint64_t)((char*)at - (char*)__builtin_frame_address(0)) + STACK < 2 * STACK;
}

void on_read(const void* at, size_t count, void* code) {
    if (!running || is_on_stack(at)) return;
    auto own = (unsigned short)thread_index.x;
    bool is_device = !is_shared(at, count);
    for (size_t i = 0; i < count; i++) {
        Byte& byte = bytes()[((uint64_t)at + i) % SPAN];
        if (byte.written >= start_of_block) {
            if (byte.written == now && byte.writer != own) report("reads", "wrote", at, byte.writer, true, code);
        } else if (byte.written >= start_of_launch && is_device) {
            report("reads", "wrote", at, byte.writer, false, code);
        }
        bool is_first = byte.read < start_of_launch;
        if (byte.read == now && byte.reader != own)
            byte.reader = MANY;
        else
            byte.reader = own;
        byte.read = now;
        if (is_first)
            byte.reader_block = start_of_block;
        else if (byte.reader_block != start_of_block)
            byte.reader_block = MANY_BLOCKS;
    }
}

void on_write(const void* at, size_t count, void* code) {
    if (!running || is_on_stack(at)) return;
    auto own = (unsigned short)thread_index.x;
    bool is_device = !is_shared(at, count);
    for (size_t i = 0; i < count; i++) {
        Byte& byte = bytes()[((uint64_t)at + i) % SPAN];
        if (byte.written >= start_of_block) {
            if (byte.written == now && byte.writer != own) report("writes", "wrote", at, byte.writer, true, code);
        } else if (byte.written >= start_of_launch && is_device) {
            report("writes", "wrote", at, byte.writer, false, code);
        }
        if (byte.read == now && byte.reader != own) report("writes", "read", at, byte.reader, true, code);
        if (is_device && byte.read >= start_of_launch && byte.reader_block != start_of_block)
            report("writes", "read", at, byte.reader, false, code);
        byte.written = now;
        byte.writer = own;
    }
}

}  // namespace

// Matrix loads are made by warp.cpp.
__attribute__((constructor)) static void listen() {
    on_matrix_load = [](const void* row) { on_read(row, 16, __builtin_return_address(0)); };
}

}  // namespace emulated

using namespace emulated;

#define ACCESS(bytes)                                                                         \
    extern "C" EMULATED_HIDDEN void __tsan_read##bytes(void* at) {                            \
        on_read(at, bytes, __builtin_return_address(0));                                      \
    }                                                                                         \
    extern "C" EMULATED_HIDDEN void __tsan_write##bytes(void* at) {                           \
        on_write(at, bytes, __builtin_return_address(0));                                     \
    }                                                                                         \
    extern "C" EMULATED_HIDDEN void __tsan_unaligned_read##bytes(void* at) {                  \
        on_read(at, bytes, __builtin_return_address(0));                                      \
    }                                                                                         \
    extern "C" EMULATED_HIDDEN void __tsan_unaligned_write##bytes(void* at) {                 \
        on_write(at, bytes, __builtin_return_address(0));                                     \
    }

ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

extern "C" {
EMULATED_HIDDEN void __tsan_read_range(void* at, size_t count) {
    on_read(at, count, __builtin_return_address(0));
}
EMULATED_HIDDEN void __tsan_write_range(void* at, size_t count) {
    on_write(at, count, __builtin_return_address(0));
}
EMULATED_HIDDEN void __tsan_vptr_update(void*, void*) {}
EMULATED_HIDDEN void __tsan_vptr_read(void*) {}
EMULATED_HIDDEN void __tsan_func_entry(void*) {}
EMULATED_HIDDEN void __tsan_func_exit() {}
EMULATED_HIDDEN void __tsan_init() {}
}
