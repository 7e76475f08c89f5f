// Linked after kernels.cpp: where shared memory ends.
extern "C" {
__attribute__((visibility("hidden"), aligned(64))) char emulated_shared_last[64];
}
