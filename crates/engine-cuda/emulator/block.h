// The threads of the block that is running.
#pragma once
#include "kernel.h"

namespace emulated {

// What threads wait for together.
struct Meeting {
    const char* what = nullptr;
    int line = 0;
    unsigned arrived = 0;
};

// The calling thread arrives at a meeting of threads `first..first + size`. The last one to do so
// calls `act` for all of them; then all go on.
EMULATED_HIDDEN void meet(Meeting& meeting, const char* what, int line, unsigned first,
                          unsigned size, void (*act)(unsigned first));

// Which kernel is running, for messages; null if none is.
extern EMULATED_HIDDEN const Kernel* running;

// Time, as far as memory is concerned: a number that grows with every barrier, block and launch;
// and what it was when this block and this launch began. See races.cpp.
extern EMULATED_HIDDEN unsigned now, start_of_block, start_of_launch;

// Told of every row that a matrix load reads, unless null.
extern EMULATED_HIDDEN void (*on_matrix_load)(const void* row);

// Fills shared memory with NaN, for the first or another block of a launch.
EMULATED_HIDDEN void poison(const Kernel& kernel, bool is_first);
EMULATED_HIDDEN bool is_shared(const void* at, size_t bytes);

// While it lives, an access to no memory says which kernel did it.
struct EMULATED_HIDDEN Watch {
    Watch();
    ~Watch();
};

}  // namespace emulated
