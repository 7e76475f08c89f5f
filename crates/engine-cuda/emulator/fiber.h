// Stacks that one thread of the operating system changes between.
#pragma once
#include "kernel.h"

namespace emulated {

// Bytes of each.
constexpr size_t STACK = 1 << 18;

struct EMULATED_HIDDEN Fiber {
    // Where it stopped.
    void* stopped = nullptr;

    // Runs `body`, which never returns, once it is switched to. Its memory is never given back.
    void prepare(void (*body)(), unsigned number);
};

// Stops `from`, which is running, and goes on where `to` stopped.
EMULATED_HIDDEN void change(Fiber& from, Fiber& to);

}  // namespace emulated
