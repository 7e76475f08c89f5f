// The kernels. -DSOURCE='"kernels.cu"' names their source, -DBF16=0 or 1 how maps are stored.
//
// Internal linkage puts the statics of templates into .bss too, between first.cpp and last.cpp.
#include "emulation.h"

namespace {
#include SOURCE
}
